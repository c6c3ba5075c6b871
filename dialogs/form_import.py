"""A declaration that somebody filled in by hand (附件1) as facts of a draft, cell by cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, cast

import msgspec
from rapidfuzz import fuzz

from dialogs import form_cells
from dialogs.form_cells import BLANK, CellReading, Status
from dialogs.parsing import form_words
from dialogs.parsing.amounts import parse_amount
from dialogs.parsing.checkboxes import read_boxes
from dialogs.parsing.dates import parse_date, parse_period
from dialogs.parsing.funds import COLUMNS, OTHER, parse_funds
from dialogs.parsing.result import Parsed
from dialogs.parsing.text import excerpt
from dialogs.view import View
from rules.amounts import format_wan
from rules.case import DocumentStatus
from rules.facts import FactError, Value, parse_fact
from rules.ruleset import PLACEHOLDER
from rules.text import T, Text, joined, verbatim

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from dialogs.draft import Draft
    from rules.paper import FormCell
    from rules.ruleset import RuleSet

FORM = "declaration"
_SURE, _LIKELY = 90, 65
"""Likeness (0 to 100) from which a document is the one meant, and from which it may be."""
_LONGEST_CELL = 20_000
_DATES = ("planned_start", "planned_end")


class GivenCell(NamedTuple):
    """What stands in a cell of the form, and the label as it is written there: it may name a unit."""

    text: str
    label: str = ""


class CellResult(msgspec.Struct, frozen=True):
    """What came of one cell.

    Attributes:
        id: the cell of the form.
        label: its name.
        read: the words in it.
        status: ``accepted``, ``confirm``, ``wrong`` or ``blank``.
        note: how it was understood, what to ask, or what is wrong.
        is_problem: it must be mended, answered or filled in before the form is handed in.
    """

    id: str
    label: Text
    read: str
    status: Status
    note: Text | None
    is_problem: bool


class FormImport(msgspec.Struct, frozen=True):
    """A form as far as it was understood.

    Attributes:
        cells: one result for each cell, in the order of the form.
        facts: what it says for certain; what is unclear is absent.
        documents: those that it lists as handed in.
        skipped: questions that it answers with nothing (无).
    """

    cells: tuple[CellResult, ...]
    facts: dict[str, Value]
    documents: dict[str, DocumentStatus]
    skipped: tuple[str, ...]

    @property
    def problems(self) -> int:
        """How many cells must be looked at again."""
        return sum(cell.is_problem for cell in self.cells)

    def fill(self, draft: Draft) -> None:
        """Put what is certain into a draft; a list of documents counts as the answer which ones are ready."""
        draft.put(self.facts)
        draft.documents |= self.documents
        draft.skipped += [name for name in self.skipped if name not in draft.skipped]
        draft.materials_checked = draft.materials_checked or bool(self.documents)


def import_declaration(rules: RuleSet, given: Mapping[str, GivenCell], *, as_of: date) -> FormImport:
    """Read the words of a filled form as facts.

    Args:
        rules: the rules whose form it is.
        given: the words by cell id; besides the cells of the form, ``schedule`` and ``funds`` when the dates or
            the amounts were written in one cell, and ``fund_other`` when the form has a column for it.
        as_of: today, for dates without a year (which are asked about).
    """
    return _Import(rules, given, as_of).result()


class _Import:
    """Reads the cells of one form; a cell may say something for another (a number behind a name)."""

    def __init__(self, rules: RuleSet, given: Mapping[str, GivenCell], as_of: date) -> None:
        self.rules = rules
        self.given = given
        self.as_of = as_of
        self.readings: dict[str, CellReading] = {}
        self.documents: dict[str, DocumentStatus] = {}
        self.cells = {cell.id: cell for cell in rules.forms[FORM].cells}

    def result(self) -> FormImport:
        for cell in self.cells:
            self.readings[cell] = self._read(cell)
        if OTHER in self.given:
            self.readings[OTHER] = self._other_funds(self.given[OTHER])
        self._lead_with_phone()
        self._one_cell_schedule()
        self._one_cell_funds()
        self._fitting_category()
        facts: dict[str, Value] = {}
        for reading in self.readings.values():
            facts |= reading.facts
        skipped = tuple(cell for cell, reading in self.readings.items() if reading.is_settled)
        cells = tuple(self._result(cell, reading, facts) for cell, reading in self.readings.items())
        return FormImport(cells, facts, self.documents, skipped)

    def _read(self, cell: str) -> CellReading:
        text, label = self.given.get(cell, GivenCell(""))
        if len(text) > _LONGEST_CELL:
            message = T(
                "这一栏有 {count} 个字，请精简到 {most} 字以内。", count=len(text), most=_LONGEST_CELL
            )
            return CellReading("wrong", message)
        match cell:
            case "form_date":
                return self._form_date(text)
            case "materials":
                return self._materials(text)
            case "project_category":
                return form_cells.read_category(self.rules, text)
            case "remarks":
                return self._remarks(text)
            case "phone":
                return form_cells.read_phone(text)
            case _:
                fact = self.rules.facts[cell]
        match fact.type:
            case "amount":
                return form_cells.read_amount(fact, text, label)
            case "date":
                edge = "start" if cell == _DATES[0] else "end"
                return form_cells.read_date(fact, text, as_of=self.as_of, edge=edge)
            case _:
                return form_cells.read_text(fact, text)

    def _form_date(self, text: str) -> CellReading:
        words = form_words.without_lines(text)
        if not words or form_words.is_filler(words):
            return BLANK
        read = parse_date(words, as_of=self.as_of, edge="start")
        return CellReading("accepted") if isinstance(read, Parsed) else CellReading("wrong", read.message)

    def _materials(self, text: str) -> CellReading:
        words = form_words.without_lines(text)
        if not words:
            return BLANK
        if form_words.is_filler(words):
            return CellReading(
                "wrong", T("「{typed}」不是材料名称，请列出随表提交的材料。", typed=excerpt(words))
            )
        boxes = read_boxes(words)
        if boxes is not None:
            words = "\n".join(name for name, is_ticked in boxes if is_ticked)
        return self._listed(form_words.material_lines(words))

    def _listed(self, lines: Sequence[str]) -> CellReading:
        likely: list[Text] = []
        strange: list[Text] = []
        for line in lines:
            documents = [self._document(line)]
            pieces = [line]
            if documents[0][1] < _SURE:  # 、 ends a name, unless the name has one
                pieces = [form_words.bare_material(piece) for piece in re.split("[、,，]", line)]
                documents = [self._document(piece) for piece in pieces]
            for piece, (document, likeness) in zip(pieces, documents, strict=True):
                if not piece or form_words.is_not_ready(piece):
                    continue
                if likeness >= _SURE:
                    self.documents[document] = "provided"
                elif likeness >= _LIKELY:
                    title = Text(self.rules.documents[document].title)
                    likely.append(T("「{typed}」是「{title}」吗？", typed=excerpt(piece), title=title))
                else:
                    strange.append(verbatim(excerpt(piece)))
        notes: list[Text] = []
        if self.documents:
            titles = joined([Text(self.rules.documents[name].title) for name in self.documents])
            notes.append(T("认作已备：{titles}。", titles=titles))
        if strange:
            notes.append(T("不在材料清单里：{names}。", names=joined(strange)))
        notes += likely
        return CellReading(
            "confirm" if likely else "accepted", joined(notes, verbatim("")) if notes else None
        )

    def _document(self, name: str) -> tuple[str, float]:
        """Return the document that is most like a name, and how like it is."""
        key = form_words.material_key(name)
        likeness = {
            document.id: fuzz.ratio(key, form_words.material_key(document.title))
            for document in self.rules.pack.documents
        }
        best = max(likeness, key=lambda document: likeness[document])
        return best, likeness[best]

    def _remarks(self, text: str) -> CellReading:
        facts: dict[str, Value] = {}
        kept: list[str] = []
        for line in text.splitlines():
            said = self._own_line(self.cells["remarks"], line.strip())
            facts |= said
            kept += [] if said else [line]
        words = "\n".join(kept)
        reading = form_cells.read_text(self.rules.facts["remarks"], words)
        if reading.status in ("wrong", "confirm"):
            return reading
        found = form_words.other_funds(words)
        if len(found) == 1 and OTHER not in facts and OTHER not in self.given:
            note, amount = found[0]
            facts |= self._money(OTHER, amount) | {"fund_other_note": note}
        estimates = form_words.estimates(words)
        if len(estimates) == 1:
            facts |= self._money("budget_estimate", estimates[0])
        notes = [
            T("{label} {amount} 万元", label=Text(self.rules.facts[name].label), amount=format_wan(value))
            for name, value in facts.items()
            if isinstance(value, int)
        ]
        if len(found) > 1:
            message = T("备注里有几项其他资金，请合成一个数并写明来源。")
            return CellReading("confirm", message, reading.facts | facts)
        status: Status = "accepted" if facts else reading.status
        note = T("记为：{chosen}。", chosen=joined(notes)) if notes else reading.note
        return CellReading(status, note, reading.facts | facts, is_settled=reading.is_settled)

    def _own_line(self, cell: FormCell, line: str) -> dict[str, Value]:
        """Read a line that we ourselves would have printed from facts without a cell of their own."""
        for template in cell.lines:
            names = PLACEHOLDER.findall(template.text)
            if names == [cell.id]:
                continue
            pattern = PLACEHOLDER.sub(
                "(.+?)", re.escape(template.text).replace(r"\{", "{").replace(r"\}", "}")
            )
            found = re.fullmatch(pattern, line)
            if found:
                try:
                    return {
                        name: parse_fact(self.rules.facts[name], words)
                        for name, words in zip(names, found.groups(), strict=True)
                    }
                except FactError:
                    return {}
        return {}

    def _money(self, fact: str, amount: str) -> dict[str, Value]:
        read = parse_amount(amount)
        return {fact: read.value} if isinstance(read, Parsed) else {}

    def _other_funds(self, cell: GivenCell) -> CellReading:
        reading = form_cells.read_amount(self.rules.facts[OTHER], cell.text, cell.label)
        if not reading.facts.get(OTHER):
            return reading
        note = form_words.without_brackets(cell.label).strip(": ")
        return msgspec.structs.replace(reading, facts=reading.facts | {"fund_other_note": note})

    def _lead_with_phone(self) -> None:
        """Read 张三 13800000000 in one cell as the two answers that it is."""
        text = self.given.get("project_lead", GivenCell("")).text
        numbers = form_words.phones_in(text)
        if not numbers:
            return
        name = form_words.without_phones(text)
        self.readings["project_lead"] = form_cells.read_text(self.rules.facts["project_lead"], name)
        if self.readings["phone"].status == "blank":
            self.readings["phone"] = form_cells.read_phone("、".join(numbers))

    def _one_cell_schedule(self) -> None:
        text = self.given.get("schedule", GivenCell("")).text
        if not text or any(self.readings[name].status != "blank" for name in _DATES):
            return
        read = parse_period(form_words.one_line(text), as_of=self.as_of)
        if not isinstance(read, Parsed):
            for name in _DATES:
                self.readings[name] = CellReading("wrong", read.message)
            return
        if not form_words.names_year(text):
            for name in _DATES:
                message = T("「{typed}」没有写是哪一年，请写全。", typed=excerpt(text))
                self.readings[name] = CellReading("confirm", message)
            return
        for name, day in zip(_DATES, read.value, strict=True):
            self.readings[name] = CellReading("accepted", read.echo, {name: day.isoformat()})

    def _one_cell_funds(self) -> None:
        text = self.given.get("funds", GivenCell("")).text
        if not text or any(self.readings[name].status != "blank" for name in COLUMNS):
            return
        total = self.readings["total_investment"].facts.get("total_investment")
        read = parse_funds(text, total=total if isinstance(total, int) else None)
        for name in COLUMNS:
            if not isinstance(read, Parsed):
                self.readings[name] = CellReading("wrong", read.message)
            elif read.value[name] or form_words.names_source(text, name):
                wan = format_wan(read.value[name])
                self.readings[name] = CellReading(
                    "accepted", T("按 {wan} 万元记。", wan=wan), {name: read.value[name]}
                )
        if isinstance(read, Parsed) and OTHER in read.value:
            self.readings[OTHER] = CellReading("accepted", read.echo, {OTHER: read.value[OTHER]})

    def _fitting_category(self) -> None:
        """Refuse a category that its nature does not have (服务类 of 新建)."""
        from dialogs.draft import Draft

        reading = self.readings["project_category"]
        question = self.rules.questions["category"]
        if not {"category", "nature"} <= reading.facts.keys():
            return
        view = View(self.rules, Draft(state="", facts=dict(reading.facts)), self.as_of)
        if reading.facts["category"] not in [option.key for option in view.offered(question)]:
            message = T("{said}：这两样对不上，请改其中一个。", said=reading.note or verbatim(""))
            self.readings["project_category"] = CellReading("wrong", message)

    def _result(self, cell: str, reading: CellReading, facts: Mapping[str, Value]) -> CellResult:
        words = self.given[cell].text if cell in self.given else ""
        note = reading.note
        if reading.status == "blank" and note is None:
            is_there = cell in self.given or self._is_grouped(cell)
            note = T("请填写。") if is_there else T("表上没有找到这一栏。")
            if is_there and cell in COLUMNS:
                note = T("没有这项资金请填 0。")
        is_problem = reading.status in ("confirm", "wrong") or reading.is_mended
        if reading.status == "blank" and not reading.is_settled:
            is_problem = self._is_needed(cell, facts)
        return CellResult(cell, self._label(cell), words, reading.status, note, is_problem)

    def _is_grouped(self, cell: str) -> bool:
        return (cell in _DATES and "schedule" in self.given) or (cell in COLUMNS and "funds" in self.given)

    def _is_needed(self, cell: str, facts: Mapping[str, Value]) -> bool:
        """Say whether a blank cell must be filled in."""
        if cell in ("form_date", "materials", OTHER):
            return False
        if cell in COLUMNS:
            # a column without money is mostly left blank: nothing is wrong with it when the others add up
            known = [facts[name] for name in (*COLUMNS, OTHER) if name in facts]
            return not known or sum(cast("list[int]", known)) != facts.get("total_investment")
        return cell == "project_category" or not self.rules.facts[cell].question.optional

    def _label(self, cell: str) -> Text:
        if cell in self.rules.facts:
            return Text(self.rules.facts[cell].label)
        labels = {
            "form_date": T("填报日期"),
            "project_category": Text(self.rules.questions["category"].label),
            "materials": T("申报材料"),
        }
        return labels.get(cell) or verbatim(self.cells[cell].label)
