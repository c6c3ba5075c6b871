"""The cells of a form, filled from answers; without an answer a cell stays blank or says what is missing."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, cast

import msgspec

from rules.amounts import format_wan
from rules.catalogue import BY_ID
from rules.facts import UNSURE
from rules.paper import FormCell
from rules.ruleset import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rules.assessment import Assessment
    from rules.facts import Fact, Value
    from rules.paper import CellLine, Form

FIXED_CELLS: dict[str, frozenset[str]] = {
    "declaration": frozenset(
        [
            "applicant_unit",
            "form_date",
            "unit_name",
            "project_lead",
            "phone",
            "partner_units",
            "project_name",
            "project_category",
            "project_address",
            "project_basis",
            "planned_start",
            "planned_end",
            "readiness",
            "total_investment",
            "this_year_investment",
            "fund_national",
            "fund_regional",
            "fund_city",
            "fund_social",
            "materials",
            "remarks",
        ]
    ),
    "review": frozenset(
        [
            "applicant_unit",
            "form_date",
            "unit_name",
            "project_lead",
            "phone",
            "project_name",
            "project_category",
            "construction_content",
            "security_summary",
            "crypto_summary",
        ]
    ),
}
"""The cells of the forms that are laid out as their annexes: all of them, and no others."""

GAP = "【待补充：{guidance}】"
MOST_LINES = 6
"""Documents that a form lists one a line; more of them run on, so that the form stays on its page."""
ATTACHED = "随附"
BLANK = "________"
LONGEST_LIST = 50
"""Entries of a catalogue that a form names; of a longer one it names the first, and how many there are."""


class FilledLine(msgspec.Struct, frozen=True):
    """A line of a cell as it is printed; ``is_gap``: it says what is missing."""

    text: str
    is_gap: bool = False


class FilledCell(msgspec.Struct, frozen=True):
    """A cell of a form with what is printed in it."""

    cell: FormCell
    lines: tuple[FilledLine, ...]

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(line.text for line in self.lines)


def forms_of(seen: Assessment) -> tuple[Form, ...]:
    """Return the forms that are made for a case, in the order in which they are handed in."""
    return tuple(form for form in seen.rules.pack.forms if seen.evaluation.test(form.when))


def drafted_documents(seen: Assessment) -> frozenset[str]:
    """Return the ids of the documents that these forms draft."""
    return frozenset(form.document for form in forms_of(seen) if form.document)


def fill_form(seen: Assessment, form_id: str, handed_in: Sequence[str]) -> dict[str, str]:
    """Return the text of every cell of a form by its id; the arguments are those of ``filled_cells``."""
    return {
        filled.cell.id: filled.text for filled in filled_cells(seen, seen.rules.forms[form_id], handed_in)
    }


def filled_cells(seen: Assessment, form: Form, handed_in: Sequence[str]) -> tuple[FilledCell, ...]:
    """Return the cells that a form has in this case, in Chinese, as they are to be printed.

    Args:
        seen: the case.
        form: a form of the pack.
        handed_in: titles of the documents that go with it, in order.
    """
    return tuple(
        FilledCell(cell, tuple(_lines(seen, cell, handed_in)))
        for cell in form.cells
        if seen.evaluation.test(cell.when)
    )


def form_notes(seen: Assessment, form: Form) -> tuple[str, ...]:
    """Return what is printed beneath a form."""
    return tuple(note.text for note in form.notes if seen.evaluation.test(note.when))


def printed_date(day: date) -> str:
    """Return a date without zero padding (GB/T 9704)."""
    return f"{day.year}年{day.month}月{day.day}日"


def _lines(seen: Assessment, cell: FormCell, handed_in: Sequence[str]) -> Iterable[FilledLine]:
    for line in cell.lines:
        if (filled := _line(seen, line)) is not None:
            yield filled
    match cell.source:
        case "as_of":
            yield FilledLine(printed_date(seen.case.as_of))
        case "handed_in":
            few = len(handed_in) <= MOST_LINES
            yield from (FilledLine(words) for words in (handed_in if few else ("；".join(handed_in),)))
        case "sharing" if sharing := _sharing(seen):
            yield FilledLine(sharing)
        case _:
            pass
    if cell.document and seen.case.documents.get(cell.document, "missing") != "missing":
        yield FilledLine(ATTACHED)


def _line(seen: Assessment, line: CellLine) -> FilledLine | None:
    if not seen.evaluation.test(line.when) or seen.facts.get(line.unless):
        return None
    words: dict[str, str] = {}
    for name in PLACEHOLDER.findall(line.text):
        value = seen.facts.get(name)
        if name in seen.rules.event_kinds:
            words[name] = _last_day(seen, name)
        else:
            words[name] = "" if value is None else _printed(seen.rules.facts[name], value)
    if line.blanks:
        words = {name: text or BLANK for name, text in words.items()}
    if all(words.values()):
        return FilledLine(line.text.format_map(words))
    return FilledLine(GAP.format(guidance=line.guidance), is_gap=True) if line.guidance else None


def _last_day(seen: Assessment, kind: str) -> str:
    """Return the day of the latest event of a kind; empty when there was none."""
    days = [event.date for event in seen.case.events if event.kind == kind]
    return printed_date(max(days)) if days else ""


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
            return _names(cast("tuple[dict[str, str], ...]", value))
        case _:
            return str(value)


def _names(entries: Sequence[dict[str, str]]) -> str:
    names = [entry["name"] for entry in entries]
    if len(names) > LONGEST_LIST:
        names = [*names[:LONGEST_LIST], f"……（共 {len(entries)} 条，详见信息资源目录）"]
    return "\n".join(names)


def _sharing(seen: Assessment) -> str:
    """Say how many entries of the catalogue are shared in which way, and how many are open to the public."""
    entries = cast("tuple[dict[str, str], ...]", seen.facts.get("catalogue", ()))
    if not entries:
        return ""
    shared = Counter(entry["share"] for entry in entries)
    parts = [
        f"{option.label.render()} {shared[option.key]} 条"
        for option in BY_ID["share"].options
        if shared[option.key]
    ]
    opened = sum(entry["open"] == "yes" for entry in entries)
    parts += [f"向社会开放 {opened} 条"] if opened else []
    return f"信息资源目录共 {len(entries)} 条：{'，'.join(parts)}。"
