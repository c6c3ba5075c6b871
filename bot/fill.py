"""``shenbao fill``: the documents from an answers file, without questions."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.bundle import produce
from bot.clock import Clock, SystemClock, local_date
from bot.failures import failure_text, one_line
from bot.packs import named_rules
from bot.paint import plain_console, produced, show
from bot.reading import parse_yaml, read_text
from dialogs.draft import Draft
from dialogs.machine import REVIEW
from dialogs.reading import read_fact
from dialogs.review import missing, stop_messages, verdict_summary
from dialogs.view import View, mark_drafted
from rules.case import CaseError, parse_case
from rules.facts import FactError, parse_date
from rules.ruleset import PackError
from rules.source import SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from rules.case import Case
    from rules.ruleset import RuleSet
    from rules.source import Source
    from rules.text import Translate


OK, NOTHING_TO_MAKE, BAD_INPUT = 0, 1, 2


def run_fill(answers: Path, out: Path, translate: Translate = str, *, clock: Clock | None = None) -> int:
    """Make the documents of one answers file; what is not answered is listed, and they are marked 草稿.

    Returns:
        0; 2 with one line on stderr for each wrong answer; 1 when the regulation asks for no documents.
    """
    source: Source | None = None
    try:
        source = parse_yaml(read_text(answers))
        rules = named_rules(source.data)
        case = _case(rules, source, clock or SystemClock())
    except SourceError as error:
        _complain(f"{answers}: {error.text.render(translate)}")
        return BAD_INPUT
    except PackError as error:
        _complain(failure_text(error).render(translate))
        return BAD_INPUT
    except CaseError as error:
        for path, text in error.problems:
            _complain(f"{answers}:{_line(source, path)}: {text.render(translate)}")
        return BAD_INPUT
    draft = Draft(
        state=REVIEW, facts=case.facts, documents=case.documents, events=case.events, materials_checked=True
    )
    view = View(rules, draft, case.as_of)
    if view.is_over:
        return _stopped(view, translate)
    mark_drafted(view)
    view = View(rules, draft, case.as_of)
    try:
        made = produce(view, out, translate=translate)
    except OSError as error:
        _complain(failure_text(error).render(translate))
        return BAD_INPUT
    console = plain_console()
    for message in [*verdict_summary(view), *missing(view, most=None)]:
        show(console, message, translate)
    produced(console, made, complete=view.is_complete, translate=translate)
    return OK


def _case(rules: RuleSet, source: Source, clock: Clock) -> Case:
    today = local_date(clock, rules.pack.head.timezone)
    as_of = today
    if isinstance(source.data, dict):
        with suppress(FactError):  # parse_case reports a bad date; here it only leaves 明年 to today
            as_of = parse_date("as_of", source.data.get("as_of", today.isoformat()))
    return parse_case(
        rules, source.data, today=today, read_fact=lambda fact, raw: read_fact(fact, raw, as_of=as_of)
    )


def _complain(sentence: str) -> None:
    sys.stderr.write(one_line(sentence) + "\n")


def _stopped(view: View, translate: Translate) -> int:
    console = plain_console()
    for message in stop_messages(view)[:1]:  # what follows is said to somebody in a conversation
        show(console, message, translate)
    return NOTHING_TO_MAKE


def _line(source: Source | None, path: tuple[str | int, ...]) -> int:
    if source is None:
        return 1
    known = (path[:end] for end in range(len(path), -1, -1))
    return next((source.lines[start] for start in known if start in source.lines), 1)
