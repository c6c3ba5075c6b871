"""Reads back a 申报表 (Annex 1) that somebody filled in Word: for each cell of the form, the words in it.

The layout decides, not the look: a label, and what stands beside it, beneath it, or after it in the same cell.
Nothing is interpreted here; ``dialogs.form_import`` makes facts of the words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from documents.form_labels import GROUPS, LABELS, OTHER_FUNDS, bare, label_of, labels_in
from documents.form_layout import FOREIGN, Layout, is_blank
from documents.guard import RefusedFileError
from documents.word_reading import WordTable, read_word
from rules.text import T, Text

if TYPE_CHECKING:
    from documents.word_reading import WordCell, WordText

READABLE = (*LABELS, *GROUPS, OTHER_FUNDS)
"""What may be read: the cells of Annex 1, the groups when their cells are not told apart, other funds."""
_OWN = {
    "project_basis", "planned_start", "planned_end", "readiness", "total_investment", "this_year_investment",
    "fund_national", "fund_regional", "fund_city", "fund_social", "materials", "partner_units", *GROUPS,
}  # fmt: skip
"""What Annex 1 has and its sister, Annex 2, has not."""
_FEWEST, _FEWEST_OWN = 5, 2
_TITLE = re.compile(r"(?:申报表|申请表)$")
_OTHER_TITLE = re.compile(r"(?:审查表|需求分析报告|编制提纲|备案表|备案信息|承诺书)$")
_OWN_ANNEX = {"附件1", "附件一"}
_OTHER_ANNEX = re.compile("附件[2-9二三四五]")
_LONGEST_TITLE = 40
_GAP = r"[ \t\u3000\xa0]{0,20}"
_DAY = (
    rf"(?:[0-9０-９]{{2,4}}|[〇○零一二三四五六七八九]{{2,4}}){_GAP}[年./\-．－]{_GAP}"
    rf"(?:[0-9０-９]{{1,2}}|[一二三四五六七八九十]{{1,3}}){_GAP}[月./\-．－]{_GAP}"
    rf"(?:[0-9０-９]{{1,2}}|[一二三四五六七八九十]{{1,3}}){_GAP}[日号]?"
)
_BLANK_DAY = r"[_＿2０0 \t\u3000\xa0]{0,40}年[_＿ \t\u3000\xa0]{0,40}月[_＿ \t\u3000\xa0]{0,40}日"
_DAY_AT_END = re.compile(rf"(?P<day>{_DAY}|{_BLANK_DAY})[_＿\s]{{0,40}}$")
_BLANK_DATE = re.compile(_BLANK_DAY)
_UNIT_LINE = re.compile(r"单位[:：]\s*(?:人民币)?\s*(万元|亿元|元)")
_UNIT_IN_LABEL = re.compile("万元|亿元|元")
_SEAL = re.compile("意见|盖章|公章|签字|签章|审核")
_ANNEX = re.compile(r"附件?[0-9一二三]?")
_SUMS = {"total_investment", "this_year_investment"}
_AMOUNTS = {*_SUMS, *GROUPS["funds"][1], OTHER_FUNDS}


class ReadCell(msgspec.Struct, frozen=True):
    """What stands in one cell of the form.

    Attributes:
        id: the cell (``LABELS``), or a group when its cells are not told apart.
        text: its words, lines kept; empty when it is blank.
        label: the label as it is written, with the unit if it names one.
        table: number of the table, from 1; 0 for a paragraph.
        row: number of the row, or of the paragraph, from 1.
        has_image: a picture stands in it, which cannot be read.
    """

    id: str
    text: str
    label: str
    table: int
    row: int
    has_image: bool = False


class StrayText(msgspec.Struct, frozen=True):
    """Words that belong to no cell of the form, and where they stand."""

    text: str
    table: int
    row: int


class ReadForm(msgspec.Struct, frozen=True):
    """A form as it was read.

    Attributes:
        cells: by id; a cell whose label was not found is absent.
        missing: cells whose label was not found, in the order of the form.
        strays: words that belong to no cell.
    """

    cells: dict[str, ReadCell]
    missing: tuple[str, ...]
    strays: tuple[StrayText, ...]


def read_declaration(data: bytes) -> ReadForm:
    """Return what somebody wrote into Annex 1.

    Args:
        data: the .docx file.

    Raises:
        RefusedFileError: it cannot be read, or there is no such form in it.
    """
    word = read_word(data)
    form = _Form(_of_the_form(word.blocks), word.headers)
    found = set(form.cells)
    if len(found) < _FEWEST or len(found & _OWN) < _FEWEST_OWN:
        raise RefusedFileError(_no_form(word))
    grouped = {cell for group in GROUPS if group in found for cell in GROUPS[group][1]}
    missing = tuple(cell for cell in LABELS if cell not in found | grouped)
    return ReadForm(form.cells, missing, tuple(form.strays))


class _Form:
    """The cells of a form as they are found: tables first, for what stands in a cell of its own is certain."""

    def __init__(self, blocks: list[str | WordTable], headers: list[str]) -> None:
        self.cells: dict[str, ReadCell] = {}
        self.strays: list[StrayText] = []
        self._unit = ""
        lines = [block for block in blocks if isinstance(block, str)]
        self._in_lines = {name for line in lines for name, _, _ in labels_in(line, tuple(LABELS)) if name}
        for block in blocks:
            if isinstance(block, WordTable):
                self._table(block)
        has_table = bool(self.cells)
        last = ""
        for number, block in enumerate(lines, start=1):
            last = self._paragraph(block, number, "" if has_table else last)
        for header in headers:
            self._labelled(header, 0, 0)
        self._name_units()

    def _table(self, table: WordTable) -> None:
        layout = Layout(table, frozenset(self._in_lines | self.cells.keys()))
        for entry in layout.entries:
            row = entry.row + 1
            if entry.id in GROUPS:
                for inner in entry.tables:
                    self._table(inner)
                self._group(entry.id, entry.label, entry.text, table.number, row)
            elif entry.id in READABLE:
                self._keep(entry.id, entry.label, entry.text, table.number, row, has_image=entry.has_image)
            elif entry.text and entry.id == FOREIGN:
                self._stray(f"{entry.label.rstrip(':： ')}：{entry.text}", table.number, row)
        for cell in layout.rest:
            self._loose_cell(cell, table.number)

    def _loose_cell(self, cell: WordCell, table: int) -> None:
        """Read a cell without a label of its own: labels stand in it, or tables, or what nobody asked for."""
        for inner in cell.tables:
            self._table(inner)
        row = cell.top + 1
        if not cell.own_text or self._labelled(cell.own_text, table, row):
            return
        if not self._headed(cell, table):
            self._other(cell.own_text, table, row)

    def _headed(self, cell: WordCell, table: int) -> bool:
        """Read a cell whose first line or word is a label without a colon."""
        text = cell.own_text
        breaks = [found for found in re.finditer(r"\s+", text) if found.start() <= _LONGEST_TITLE]
        for found in breaks:
            label, value = text[: found.start()], text[found.end() :]
            name = label_of(label)
            if name in GROUPS:
                self._group(name, label, value, table, cell.top + 1)
                return True
            if name in READABLE and name not in self.cells and not _SEAL.match(value):
                self._keep(name, label, value, table, cell.top + 1)
                return True
        return False

    def _group(self, group: str, label: str, text: str, table: int, row: int) -> None:
        """Read what stands under 项目计划时间 or 计划资金来源 in one cell."""
        wanted = tuple(cell for cell in GROUPS[group][1] if cell not in self.cells)
        (_, _, rest), *found = labels_in(text, wanted, group=group)
        for name, inner, value in found:
            self._keep(name, inner, value, table, row)
        self._keep(group, label, "" if found and not rest.strip() else rest.strip(), table, row)

    def _paragraph(self, text: str, number: int, last: str) -> str:
        """Read a paragraph outside the tables; return the cell that the next may go on with."""
        found = self._labelled(text, 0, number)
        if found:
            return found
        if last and text.strip():
            cell = self.cells[last]
            self.cells[last] = msgspec.structs.replace(cell, text=f"{cell.text}\n{text.strip()}".strip())
            return last
        self._other(text, 0, number)
        return ""

    def _labelled(self, text: str, table: int, row: int) -> str:
        """Read labels with their words after them, as far as they are not found yet; return the last."""
        wanted = tuple(cell for cell in LABELS if cell not in self.cells)
        groups = tuple(group for group in GROUPS if group not in self.cells)
        (_, _, before), *found = labels_in(text, (*wanted, *groups))
        for name, label, value in found:
            if name in GROUPS:
                self._group(name, label, value, table, row)
            else:
                self._keep(name, label, value, table, row)
        if found and before.strip():
            self._other(before, table, row)
        return found[-1][0] if found else ""

    def _other(self, text: str, table: int, row: int) -> None:
        """Take words without a label: a date, a unit, a title, or words that belong to no cell."""
        day = _DAY_AT_END.fullmatch(text.strip())
        unit = _UNIT_LINE.search(text)
        if day is not None and not self._has("form_date"):
            self._keep("form_date", "", day["day"], table, row)
        elif unit is not None:
            self._unit = unit[1]
        elif not is_blank(text) and not _is_heading(text):
            self._stray(text, table, row)

    def _keep(
        self, name: str, label: str, text: str, table: int, row: int, *, has_image: bool = False
    ) -> None:
        """Keep what stands in a cell; what was found first stays, unless it is blank."""
        if name == "applicant_unit":
            text = self._without_day(text, table, row)
        if name == "form_date" and _BLANK_DATE.fullmatch(text):
            text = ""
        value = "" if is_blank(text) else text.strip()
        before = self.cells.get(name)
        if before is None or not before.text:
            self.cells[name] = ReadCell(name, value, label.strip(" :：\t"), table, row, has_image)
        elif value and value != before.text and bare(label) != bare(before.label):
            # 项目类别 and 建设性质 are two questions of one cell
            self.cells[name] = msgspec.structs.replace(before, text=f"{before.text}\n{value}")
        elif value and value != before.text:
            self._stray(f"{label.strip(' :：')}：{value}", table, row)

    def _without_day(self, text: str, table: int, row: int) -> str:
        """Take the date off the end of the header line."""
        day = _DAY_AT_END.search(text)
        if day is None or self._has("form_date"):
            return text
        self._keep("form_date", "", day["day"], table, row)
        return text[: day.start()].rstrip()

    def _has(self, name: str) -> bool:
        return name in self.cells and bool(self.cells[name].text)

    def _stray(self, text: str, table: int, row: int) -> None:
        self.strays.append(StrayText(text.strip(), table, row))

    def _name_units(self) -> None:
        """Put the unit that stands beside the table, or in the label of the group, to each amount's label."""
        for name in _AMOUNTS & self.cells.keys():
            cell = self.cells[name]
            group = self.cells.get("funds")
            unit = self._unit
            if group is not None and name not in _SUMS:
                named = _UNIT_IN_LABEL.search(group.label)
                unit = named[0] if named else unit
            if unit and not _UNIT_IN_LABEL.search(cell.label):
                self.cells[name] = msgspec.structs.replace(cell, label=f"{cell.label}（{unit}）")


def _no_form(word: WordText) -> Text:
    if word.images:
        return T("文件里是图片（扫描件或照片），读不出文字；请给出用 Word 填写的申报表。")
    return T("文件里没有找到申报表的栏目；请给出按附件1格式用 Word 填写的申报表。")


def _is_heading(text: str) -> bool:
    """Say whether a text is the title of the form, the number of the annex, or the number of a row."""
    words = bare(text)
    return (
        not words
        or words.isdecimal()
        or (len(words) <= _LONGEST_TITLE and bool(_TITLE.search(words) or _ANNEX.fullmatch(words)))
    )


def _of_the_form(blocks: list[str | WordTable]) -> list[str | WordTable]:
    """Leave out what follows the title of another document: all annexes often stand in one file."""
    kept: list[str | WordTable] = []
    has_table = any(isinstance(block, WordTable) for block in blocks)
    is_ours = True
    for block in blocks:
        if isinstance(block, WordTable):
            first = block.rows[0] if block.rows else []
            title = first[0].text if len(first) == 1 else ""
        else:
            title = block
        name = bare(title) if len(title) < 2 * _LONGEST_TITLE else ""
        if _TITLE.search(name) or name in _OWN_ANNEX:
            is_ours = True
        elif _OTHER_ANNEX.fullmatch(name) or (has_table and _is_other_title(title, name)):
            is_ours = False
        if is_ours:
            kept.append(block)
    return kept


def _is_other_title(title: str, name: str) -> bool:
    """Say whether a line is the title of another document, not one of a list of documents."""
    is_listed = name and not "".join(title.split()).startswith(name[0])
    return bool(_OTHER_TITLE.search(name)) and len(name) <= _LONGEST_TITLE and not is_listed
