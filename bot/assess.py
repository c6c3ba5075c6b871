"""``shenbao assess``: verdicts for scripts, one case or thousands (domain 8)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import msgspec

from bot.clock import Clock, SystemClock, local_date
from bot.failures import failure_text, one_line
from bot.packs import named_rules
from bot.reading import parse_json, parse_yaml, read_text
from rules.assessment import assess
from rules.case import CaseError, parse_case
from rules.ruleset import PackError
from rules.source import SourceError
from rules.text import T
from rules.verdict import verdict_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rules.text import Translate

OK, BAD_INPUT = 0, 2
LINES = (".jsonl", ".ndjson")
_encoder = msgspec.json.Encoder()


def run_assess(file: Path, translate: Translate = str, *, clock: Clock | None = None) -> int:
    """Print the verdict of every case in ``file``; return 0, or 2 with one line on stderr for each bad input.

    JSON Lines give one verdict a line. Nothing is printed to stdout when anything is wrong.
    """
    output: list[bytes] = []
    problems: list[str] = []
    try:
        for place, raw in _cases(file):
            try:
                output.append(_verdict(raw, clock or SystemClock()))
            except CaseError as error:
                problems += [
                    f"{_where(file, place, path)}{text.render(translate)}" for path, text in error.problems
                ]
            except SourceError as error:
                problems.append(f"{_where(file, place, ())}{error.text.render(translate)}")
    except SourceError as error:
        problems.append(f"{_where(file, Place(), ())}{error.text.render(translate)}")
    except PackError as error:
        problems.append(failure_text(error).render(translate))
    if problems:
        sys.stderr.write("".join(one_line(problem) + "\n" for problem in problems))
        return BAD_INPUT
    if file.suffix.lower() not in LINES and str(file) != "-":
        output = [msgspec.json.format(line, indent=2) for line in output]
    sys.stdout.write(b"\n".join(output).decode() + "\n" if output else "")
    return OK


class Place(msgspec.Struct, frozen=True):
    """Where a case stands in its file: a line of JSON Lines, or the lines of its entries in YAML."""

    line: int = 0
    lines: dict[tuple[str | int, ...], int] = {}


def _cases(file: Path) -> Iterator[tuple[Place, Any]]:
    if str(file) == "-" or file.suffix.lower() in LINES:
        text = _standard_input() if str(file) == "-" else read_text(file)
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                yield Place(line=number), _Unparsed(line)
        return
    text = read_text(file)
    if file.suffix.lower() in (".yaml", ".yml"):
        source = parse_yaml(text)
        yield Place(lines=source.lines), source.data
    else:
        yield Place(), parse_json(text)


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError(T("标准输入不是 UTF-8 文本，请另存为 UTF-8 后再试。")) from None


class _Unparsed(str):
    """A line that is parsed only when its turn comes, so that one bad line does not hide the others."""

    __slots__ = ()


def _verdict(raw: Any, clock: Clock) -> bytes:
    data = parse_json(str(raw)) if isinstance(raw, _Unparsed) else raw
    rules = named_rules(data)
    case = parse_case(rules, data, today=local_date(clock, rules.pack.head.timezone))
    return _encoder.encode(verdict_json(assess(rules, case)))


def _where(file: Path, place: Place, path: tuple[str | int, ...]) -> str:
    line = place.line or next(
        (place.lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in place.lines), 0
    )
    return f"{file}:{line}: " if line else f"{file}: "
