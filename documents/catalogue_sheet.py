"""The catalogue (信息资源目录) as a spreadsheet: the template, the one that is handed in, the one with its problems.

Headings and codes are Chinese in every language, as offices file them; what explains is in the user's language.
"""

from __future__ import annotations

import io
from collections import defaultdict
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from documents.archive import EPOCH, repack
from documents.catalogue_reading import CatalogueSheet, Header, find_catalogue, read_catalogue
from documents.characters import clean
from documents.grid import MOST_ENTRIES, Grid
from documents.guard import RefusedFileError
from documents.worksheet import LONGEST_CELL
from rules.catalogue import BY_ID, FIELDS, CatalogueField
from rules.text import T, Text, Translate, joined

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence

    from rules.catalogue_check import Problem

__all__ = ["CatalogueSheet", "annotate", "read_catalogue", "write_catalogue", "write_template"]

TITLE, EXAMPLES_TITLE, NOTES_TITLE, CODES_TITLE = "信息资源目录", "示例", "填写说明", "代码"
RESULT = "检查结果"
_WIDTHS = {"name": 26, "provider": 22, "summary": 36, "items": 36, "condition": 24, "basis": 36}
_WIDTH, _RESULT_WIDTH = 14, 60
_HEIGHT = 22
_LONGEST_HINT = 255
_EXAMPLES: tuple[dict[str, str], ...] = (
    {
        "name": "办件基本信息",
        "provider": "示例市政务服务局",
        "summary": "各类办件的受理、办理和办结情况",
        "format": "数据库",
        "items": "办件编号、事项名称、受理时间、办结时间",
        "share": "conditional",
        "condition": "用于核对办理结果",
        "method": "共享平台",
        "open": "no",
        "update_cycle": "实时",
    },
    {
        "name": "办事指南",
        "provider": "示例市政务服务局",
        "summary": "事项的办理条件、材料和流程",
        "format": "电子文件",
        "items": "事项名称、办理条件、所需材料",
        "share": "unconditional",
        "method": "共享平台",
        "open": "yes",
        "update_cycle": "每季度",
    },
)
_PLACES = {field.id: column for column, field in enumerate(FIELDS)}
_LISTED = tuple(field for field in FIELDS if field.listed)
_NOTES = (
    T("在「{sheet}」这一页从第 2 行起填写，一行一条；不要改动表头的文字。", sheet=TITLE),
    T("深色表头的列必须填；其他列按「说明」填写。"),
    T("信息资源名称写数据叫什么，不写系统或项目的名称；同一名称只登记一次。"),
    T("有条件共享要写共享条件；不予共享要写依据和依据的种类。"),
    T("有下拉列表的列请选名称，不填编号。"),
    T("一份表最多 {most} 行，超过的请拆成几份。", most=MOST_ENTRIES),
)


def write_template(translate: Translate = str) -> bytes:
    """Return an empty catalogue (xlsx) with dropdown lists, examples and notes in the user's language."""
    with _book() as book:
        sheet = book.sheet(TITLE)
        book.headings(sheet, 0)
        book.dropdowns(sheet, 0, _PLACES, translate)
        examples = book.sheet(EXAMPLES_TITLE)
        book.headings(examples, 0)
        book.entries(examples, _EXAMPLES)
        _write_notes(book, translate)
        book.codes()
    return book.data


def write_catalogue(entries: Iterable[Mapping[str, str]]) -> bytes:
    """Return the catalogue that is handed in (xlsx); the same entries give the same bytes.

    Args:
        entries: keys are field ids, values are words or keys of options; every cell is written as text.
    """
    with _book() as book:
        sheet = book.sheet(TITLE)
        book.headings(sheet, 0)
        book.entries(sheet, entries)
    return book.data


def annotate(data: bytes, problems: Sequence[Problem], translate: Translate = str) -> bytes:
    """Return a copy (xlsx) of a catalogue, each problem beside its row and its cell coloured.

    Rows and columns stand where they stood; formulas and formats become plain text.

    Args:
        data: a file that ``read_catalogue`` reads.
        problems: what is wrong, by the row numbers that ``read_catalogue`` gave.
        translate: the language of the problems.

    Raises:
        RefusedFileError: as ``read_catalogue``.
    """
    found = find_catalogue(data)
    if found is None:
        raise RefusedFileError(T("没有找到目录的表头，请用模板填写后再传。"))
    grid, header = found
    by_row: dict[int, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_row[problem.row].append(problem)
    with _book() as book:
        sheet = book.sheet(TITLE)
        result = _result_column(grid, header)
        for number, cells in grid.rows:
            style = "heading" if number == header.row else "text"
            in_row = by_row.get(number, [])
            styles = _styles(in_row, header)
            for column in sorted(styles.keys() | range(len(cells))):
                words = cells[column] if column < len(cells) else ""
                if column != result:
                    book.write(sheet, number - 1, column, words, styles.get(column, style))
            lines = [_line(problem).render(translate) for problem in in_row]
            book.write(sheet, number - 1, result, "\n".join(lines), "wrapped")
        book.write(sheet, header.row - 1, result, RESULT, "required")
        book.widths(sheet, header.columns)
        sheet.set_column(result, result, _RESULT_WIDTH)
        sheet.freeze_panes(header.row, 0)
        book.dropdowns(sheet, header.row - 1, header.columns, translate)
        book.codes()
    return book.data


class _Book:
    """A workbook being written: every cell is text, and nothing tells when or where it was written."""

    def __init__(self) -> None:
        xlsxwriter: Any = import_module("xlsxwriter")  # it carries no types
        self.stream = io.BytesIO()
        self.workbook = xlsxwriter.Workbook(self.stream, {"in_memory": True, "strings_to_formulas": False})
        self.workbook.set_properties({"title": TITLE, "created": datetime(*EPOCH, tzinfo=UTC)})
        text: dict[str, Any] = {"num_format": "@", "valign": "top"}
        head: dict[str, Any] = {
            "num_format": "@",
            "bold": True,
            "border": 1,
            "text_wrap": True,
            "valign": "vcenter",
        }
        styles: dict[str, dict[str, Any]] = {
            "text": text,
            "wrapped": text | {"text_wrap": True},
            "error": text | {"bg_color": "#F8CBAD"},
            "warning": text | {"bg_color": "#FFF2CC"},
            "heading": head | {"bg_color": "#DDEBF7"},
            "required": head | {"bg_color": "#9DC3E6"},
        }
        self.styles = {name: self.workbook.add_format(style) for name, style in styles.items()}
        self.data = b""

    def sheet(self, title: str) -> Any:
        """Return a new worksheet."""
        return self.workbook.add_worksheet(title)

    def write(self, sheet: Any, row: int, column: int, words: str, style: str = "text") -> None:
        """Write a cell as text, whatever it begins with; row and column count from 0."""
        if words:
            sheet.write_string(row, column, clean(words)[:LONGEST_CELL], self.styles[style])
        else:
            sheet.write_blank(row, column, None, self.styles[style])

    def headings(self, sheet: Any, row: int) -> None:
        """Write the headings of all fields, and keep them in sight."""
        self.widths(sheet, _PLACES)
        for column, field in enumerate(FIELDS):
            self.write(sheet, row, column, field.label.msgid, _heading_style(field))
        sheet.set_row(row, _HEIGHT)
        sheet.freeze_panes(row + 1, 1)

    def widths(self, sheet: Any, columns: Mapping[str, int]) -> None:
        """Make columns as wide as their fields need, and text whatever is typed into them later."""
        for field, column in columns.items():
            sheet.set_column(column, column, _WIDTHS.get(field, _WIDTH), self.styles["text"])

    def entries(self, sheet: Any, entries: Iterable[Mapping[str, str]]) -> None:
        """Write entries below the headings."""
        for row, entry in enumerate(entries, start=1):
            for column, field in enumerate(FIELDS):
                self.write(sheet, row, column, _shown(field, entry.get(field.id, "")), "wrapped")

    def dropdowns(self, sheet: Any, header: int, columns: Mapping[str, int], translate: Translate) -> None:
        """Offer the code lists below the headings; a list that is only suggested lets other words pass."""
        for field_id, column in columns.items():
            field = BY_ID[field_id]
            hint = field.prompt.render(translate)[:_LONGEST_HINT]
            rule: dict[str, object] = {"validate": "any", "input_message": hint}
            if field.listed:
                rule |= {
                    "validate": "list",
                    "source": _codes_range(field),
                    "error_message": T("请从列表里选。").render(translate),
                    "show_error": not field.suggestions,
                }
            sheet.data_validation(header + 1, column, header + MOST_ENTRIES, column, rule)

    def codes(self) -> None:
        """Write the hidden sheet that the dropdown lists point to."""
        sheet = self.sheet(CODES_TITLE)
        sheet.hide()
        for column, field in enumerate(_LISTED):
            self.write(sheet, 0, column, field.label.msgid, "heading")
            for row, option in enumerate(field.listed, start=1):
                self.write(sheet, row, column, option.label.msgid)


@contextmanager
def _book() -> Generator[_Book]:
    book = _Book()
    yield book
    book.workbook.close()
    book.data = repack(book.stream.getvalue())


def _codes_range(field: CatalogueField) -> str:
    column = chr(ord("A") + _LISTED.index(field))
    return f"='{CODES_TITLE}'!${column}$2:${column}${len(field.listed) + 1}"


def _heading_style(field: CatalogueField) -> str:
    return "required" if field.required or field.id == "update_cycle" else "heading"


def _shown(field: CatalogueField, value: str) -> str:
    """Return a value as a sheet holds it: the label, not the key."""
    return next((option.label.msgid for option in field.listed if option.key == value), value)


def _write_notes(book: _Book, translate: Translate) -> None:
    sheet = book.sheet(NOTES_TITLE)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 2, 60)
    for row, note in enumerate(_NOTES):
        book.write(sheet, row, 0, f"{row + 1}. {note.render(translate)}")
    first = len(_NOTES) + 1
    for column, heading in enumerate((T("列"), T("说明"), T("可选的值"))):
        book.write(sheet, first, column, heading.render(translate), "heading")
    for row, field in enumerate(FIELDS, start=first + 1):
        choices = joined([option.label for option in field.listed]) if field.listed else Text("")
        book.write(sheet, row, 0, field.label.msgid)
        book.write(sheet, row, 1, field.prompt.render(translate), "wrapped")
        book.write(sheet, row, 2, choices.render(), "wrapped")


def _result_column(grid: Grid, header: Header) -> int:
    """Return the column of an earlier check, else the first that is free."""
    headings = next(cells for number, cells in grid.rows if number == header.row)
    if RESULT in headings:
        return headings.index(RESULT)
    return max(len(cells) for _, cells in grid.rows)


def _styles(problems: Sequence[Problem], header: Header) -> dict[int, str]:
    """Return the styles of the cells that have a problem; where a cell has both kinds, it is an error."""
    by_column: dict[int, str] = {}
    for problem in problems:
        if problem.field in header.columns:
            column = header.columns[problem.field]
            by_column[column] = "error" if by_column.get(column) == "error" else problem.severity
    return by_column


def _line(problem: Problem) -> Text:
    label = BY_ID[problem.field].label
    if problem.severity == "error":
        return T("【要改】{field}：{problem}", field=label, problem=problem.text)
    return T("【请确认】{field}：{problem}", field=label, problem=problem.text)
