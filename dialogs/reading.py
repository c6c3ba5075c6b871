"""Facts as people write them in an answers file: the exact form first, then any form the conversation takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from dialogs.answers import answer_options
from dialogs.parsing.amounts import parse_amount
from dialogs.parsing.choices import match_many, match_one
from dialogs.parsing.dates import parse_date
from dialogs.parsing.months import parse_months
from dialogs.parsing.phones import parse_phone
from dialogs.parsing.result import Parsed, Rejected, Unclear
from dialogs.parsing.text import clean_text
from dialogs.parsing.yes_no import match_yes_no
from rules.catalogue import LONGEST_FIELD
from rules.facts import LONGEST_TEXT, FactError, Value, parse_fact
from rules.text import T, Text

if TYPE_CHECKING:
    from datetime import date

    from rules.facts import Fact


def read_fact(fact: Fact, raw: object, *, as_of: date) -> Value:
    """Read one value of an answers file.

    Args:
        fact: the fact that it is given for.
        raw: what the file holds: exact (59.99, 2027-03-01, true) or as one would say it (680万元, 明年3月, 是).
        as_of: today, for dates such as 明年3月.

    Raises:
        FactError: it cannot be read, or it can be read in more than one way.
    """
    if fact.type == "catalogue":
        entries = cast("tuple[dict[str, str], ...]", parse_fact(fact, raw))
        return tuple(
            _clean_entry(f"{fact.id}[{number}]", entry) for number, entry in enumerate(entries, start=1)
        )
    if fact.type in ("text", "phone"):
        return _said(fact, str(parse_fact(fact, raw)), as_of)
    try:
        return parse_fact(fact, raw)
    except FactError:
        if not isinstance(raw, str):
            raise
        return _said(fact, raw, as_of)


def _clean_entry(name: str, entry: dict[str, str]) -> dict[str, str]:
    clean: dict[str, str] = {}
    for field, typed in entry.items():
        read = clean_text(typed, max_length=LONGEST_FIELD) if typed else Parsed("")
        if isinstance(read, Rejected):
            raise FactError(T("{name}：{problem}", name=f"{name}.{field}", problem=read.message))
        clean[field] = read.value
    return clean


def _said(fact: Fact, typed: str, as_of: date) -> Value:
    result = _parse(fact, typed, as_of)
    match result:
        case Parsed(value=value):
            return value.isoformat() if fact.type == "date" else value
        case Unclear(message=message):
            raise FactError(_named(fact, message))
        case Rejected(message=message):
            raise FactError(_named(fact, message))


def _parse(fact: Fact, typed: str, as_of: date) -> Parsed[Any] | Unclear[Any] | Rejected:
    question = fact.question
    match fact.type:
        case "amount":
            return parse_amount(typed)
        case "months":
            return parse_months(typed)
        case "date":
            edge = "end" if fact.id == question.parts[-1].id and len(question.parts) > 1 else "start"
            return parse_date(typed, as_of=as_of, edge=edge)
        case "yes_no":
            return match_yes_no(typed, allow_unsure=question.unsure)
        case "choice":
            return match_one(typed, answer_options(question.options, str))
        case "set":
            return match_many(typed, answer_options(question.options, str))
        case "phone":
            return parse_phone(typed)
        case _:
            return clean_text(typed, max_length=question.max_length or LONGEST_TEXT)


def _named(fact: Fact, message: Text) -> Text:
    return T("{name}：{problem}", name=fact.id, problem=message)
