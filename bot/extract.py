"""``shenbao extract``: the facts that a description states, as JSON for scripts or as a list to read."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from bot.clock import Clock, SystemClock, local_date
from bot.failures import failure_text, one_line
from bot.packs import DEFAULT_PACK, PackNotFoundError, installed_pack
from dialogs.extraction import TooLongError, extract, extraction_messages
from rules.facts import FactError, parse_date, plain_value
from rules.ruleset import PackError
from rules.source import SourceError
from rules.text import T

if TYPE_CHECKING:
    from datetime import date

    from dialogs.extraction import Extraction
    from rules.ruleset import RuleSet
    from rules.text import Translate

OK, BAD_INPUT = 0, 2
FROM_STANDARD_INPUT = "-"
LONGEST_INPUT = 20_000_000
"""Bytes of standard input: thousands of descriptions."""
_encoder = msgspec.json.Encoder(decimal_format="number")


def run_extract(
    text: str,
    translate: Translate = str,
    *,
    as_json: bool = False,
    as_of: str | None = None,
    pack: str = DEFAULT_PACK,
    clock: Clock | None = None,
) -> int:
    """Print what a description states; return 0, or 2 with one line on stderr for each bad input.

    Args:
        text: the description; ``-`` reads one a line from standard input, and prints one JSON object a line.
        translate: the user's language.
        as_json: print JSON rather than tables.
        as_of: the day from which 明年 is counted, 2027-03-01; None means today.
        pack: the rules whose facts are read.
        clock: tells the time; the machine's own when None.
    """
    try:
        rules, _ = installed_pack(pack)
        today = local_date(clock or SystemClock(), rules.pack.head.timezone)
        day = today if as_of is None else parse_date("--as-of", as_of)
        if text == FROM_STANDARD_INPUT:
            return _lines(rules, day, translate)
        found = extract(rules, _encodable(text), day)
    except (FactError, SourceError, TooLongError) as error:
        return _refused([error.text.render(translate)])
    except (PackError, PackNotFoundError) as error:
        return _refused([failure_text(error).render(translate)])
    if as_json:
        sys.stdout.write(msgspec.json.format(_line(rules, found), indent=2).decode() + "\n")
    else:
        _show(rules, found, translate)
    return OK


def extraction_json(rules: RuleSet, found: Extraction) -> dict[str, Any]:
    """Return an extraction as JSON data: amounts are exact numbers of 万元, dates ISO, yes and no booleans."""
    return {
        "facts": {name: _plain(rules, name, value) for name, value in found.facts.items()},
        "spans": found.spans,
        "open": list(found.open),
    }


def _plain(rules: RuleSet, name: str, value: Any) -> object:
    fact = rules.facts[name]
    plain = plain_value(fact, value)
    return Decimal(str(plain)) if fact.type == "amount" else plain


def _line(rules: RuleSet, found: Extraction) -> bytes:
    return _encoder.encode(extraction_json(rules, found))


def _lines(rules: RuleSet, day: date, translate: Translate) -> int:
    """Read a description a line; nothing is printed to stdout when one of them cannot be read."""
    output: list[bytes] = []
    problems: list[str] = []
    for number, line in enumerate(_standard_input().split("\n"), start=1):
        if not line.strip():
            continue
        try:
            output.append(_line(rules, extract(rules, line, day)))
        except TooLongError as error:
            problems.append(f"-:{number}: {error.text.render(translate)}")
    if problems:
        return _refused(problems)
    sys.stdout.write("".join(line.decode() + "\n" for line in output))
    return OK


def _standard_input() -> str:
    data = sys.stdin.buffer.read(LONGEST_INPUT + 1)
    if len(data) > LONGEST_INPUT:
        raise SourceError(T("标准输入超过 {most} MB，请分几次来读。", most=LONGEST_INPUT // 1_000_000))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError(T("标准输入不是 UTF-8 文本，请另存为 UTF-8 后再试。")) from None


def _encodable(text: str) -> str:
    """Return what came on the command line without bytes that are no text."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _show(rules: RuleSet, found: Extraction, translate: Translate) -> None:
    from bot import paint

    console = paint.plain_console()
    for message in extraction_messages(rules, found):
        paint.show(console, message, translate)


def _refused(sentences: list[str]) -> int:
    sys.stderr.write("".join(one_line(sentence) + "\n" for sentence in sentences))
    return BAD_INPUT
