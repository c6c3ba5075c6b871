"""The cells of an official form, filled from answers; a cell without an answer stays blank, nothing is invented."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, cast

from rules.amounts import format_wan
from rules.facts import UNSURE
from rules.ruleset import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rules.assessment import Assessment
    from rules.facts import Fact, Value
    from rules.pack import CellLine, FormCell


def fill_form(seen: Assessment, form_id: str, handed_in: Sequence[str]) -> dict[str, str]:
    """Return the text of every cell of a form, in Chinese, as it is to be printed.

    Args:
        seen: the case.
        form_id: a form of the pack.
        handed_in: titles of the documents that go with it, in order.
    """
    return {cell.id: _cell(seen, cell, handed_in) for cell in seen.rules.forms[form_id].cells}


def printed_date(day: date) -> str:
    """Return a date without zero padding (GB/T 9704)."""
    return f"{day.year}年{day.month}月{day.day}日"


def _cell(seen: Assessment, cell: FormCell, handed_in: Sequence[str]) -> str:
    if cell.source == "as_of":
        return printed_date(seen.case.as_of)
    if cell.source == "handed_in":
        return "\n".join(handed_in)
    return "\n".join(line for line in (_line(seen, line) for line in cell.lines) if line)


def _line(seen: Assessment, line: CellLine) -> str:
    if not seen.evaluation.test(line.when):
        return ""
    words: dict[str, str] = {}
    for name in PLACEHOLDER.findall(line.text):
        value = seen.facts.get(name)
        words[name] = "" if value is None else _printed(seen.rules.facts[name], value)
        if not words[name]:
            return ""
    return line.text.format_map(words)


def _printed(fact: Fact, value: Value) -> str:
    labels = {option.key: option.label for option in fact.question.options}
    match fact.type:
        case "yes_no":
            return "" if value == UNSURE else ("是" if value else "否")
        case "choice":
            return labels.get(str(value), str(value))
        case "set":
            return "、".join(labels.get(key, key) for key in cast("tuple[str, ...]", value))
        case "amount":
            return format_wan(cast("int", value))
        case "date":
            return printed_date(date.fromisoformat(str(value)))
        case "catalogue":
            return "\n".join(entry["name"] for entry in cast("tuple[dict[str, str], ...]", value))
        case _:
            return str(value)
