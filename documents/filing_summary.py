"""The 备案 summary as a spreadsheet: one line for each project of an area, their investment added up (18)."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from math import ceil
from typing import TYPE_CHECKING, Any

import msgspec

from documents.archive import EPOCH, repack
from documents.characters import clean
from documents.worksheet import LONGEST_CELL

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTHS = {
    "number": 5,
    "unit_name": 14,
    "project_name": 18,
    "nature": 9,
    "category": 11,
    "total_investment": 11,
    "funds": 14,
    "scope": 8,
    "documents_missing": 15,
    "findings": 11,
    "winner": 10,
    "settlement": 8,
    "approver": 10,
    "service_period": 12,
    "mlps": 14,
    "crypto": 15,
    "submitted_at": 14,
    "next_deadline": 14,
    "contact": 12,
}
"""The columns in order, each the name of a field and of its label, and their widths in half-width characters."""
_NAMED = 3
"""The columns that say which project it is; they stay in sight."""
_INVESTMENT = list(_WIDTHS).index("total_investment")
_LAST = len(_WIDTHS) - 1
_TITLE, _AS_OF, _HEADING, _FIRST = range(4)
_A4 = 9
_LINE, _PADDING, _TALLEST = 14, 4, 409
"""Points: a printed line, the room around the lines of a row, the tallest row a spreadsheet program keeps."""

_FONT: dict[str, Any] = {"font_name": "仿宋_GB2312", "font_size": 10}
_BOXED = _FONT | {"border": 1, "text_wrap": True, "num_format": "@"}
_NUMBER = _BOXED | {"num_format": "0", "valign": "top", "align": "center"}
_AMOUNT = _BOXED | {"num_format": "0.00##", "valign": "top"}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"font_name": "方正小标宋简体", "font_size": 22, "align": "center", "valign": "vcenter"},
    "plain": _FONT | {"num_format": "@"},
    "heading": _BOXED | {"bold": True, "bg_color": "#DDEBF7", "align": "center", "valign": "vcenter"},
    "text": _BOXED | {"valign": "top"},
    "number": _NUMBER,
    "amount": _AMOUNT,
    "total": _BOXED | {"bold": True, "valign": "vcenter"},
    "sum": _AMOUNT | {"bold": True, "valign": "vcenter"},
}
_STYLE_OF = {"number": "number", "total_investment": "amount"}


class FilingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One project of the summary, in words ready to print; an empty text prints as a blank cell.

    Attributes:
        number: its running number.
        unit_name: the unit that declares it.
        project_name: 项目名称.
        nature: 新建, 购买服务 and so on.
        category: 工程类, 货物类 or 服务类.
        total_investment: 万元; a real number in the sheet. None: not known, which is not 0.
        funds: who pays how much.
        scope: whether the regulation applies.
        documents_missing: what must still be handed in.
        findings: how many problems there are of each kind.
        winner: 中标单位.
        settlement: 结算金额, or 待结算.
        approver: 审批部门.
        service_period: 服务期限.
        mlps: 等级保护备案情况.
        crypto: 密码应用、安全性评估情况.
        submitted_at: the day it was handed in.
        next_deadline: the next date to keep, and what for.
        contact: who answers questions, with a telephone number.
    """

    number: int
    unit_name: str = ""
    project_name: str = ""
    nature: str = ""
    category: str = ""
    total_investment: Decimal | None = None
    funds: str = ""
    scope: str = ""
    documents_missing: str = ""
    findings: str = ""
    winner: str = ""
    settlement: str = ""
    approver: str = ""
    service_period: str = ""
    mlps: str = ""
    crypto: str = ""
    submitted_at: str = ""
    next_deadline: str = ""
    contact: str = ""


class FilingLabels(msgspec.Struct, frozen=True, kw_only=True):
    """The fixed words of the summary, so that it can be printed in another language.

    Attributes:
        sheet: the name of the sheet, at most 31 characters.
        total_partly: in place of ``total`` when ``{count}`` projects have no investment to add.
        page: the foot of a printed page; &P is its number, &N how many there are.
    """

    sheet: str = "备案汇总"
    as_of: str = "截至："
    number: str = "序号"
    unit_name: str = "申报单位"
    project_name: str = "项目名称"
    nature: str = "项目性质"
    category: str = "项目类别"
    total_investment: str = "总投资（万元）"
    funds: str = "资金来源"
    scope: str = "适用情况"
    documents_missing: str = "缺少的材料"
    findings: str = "检查结果"
    winner: str = "中标单位"
    settlement: str = "结算金额"
    approver: str = "审批部门"
    service_period: str = "服务期限"
    mlps: str = "等级保护备案情况"
    crypto: str = "密码应用、安全性评估情况"
    submitted_at: str = "提交日期"
    next_deadline: str = "下一个期限"
    contact: str = "联系人"
    total: str = "合计"
    total_partly: str = "合计（另有 {count} 个项目没有填总投资，未计入）"
    page: str = "第 &P 页，共 &N 页"


def write_filing_summary(
    title: str, as_of: str, rows: Sequence[FilingRow], labels: FilingLabels | None = None
) -> bytes:
    """Return the summary (xlsx); the same rows give the same bytes.

    Nothing in a text can become a formula, a number or a link; control characters are left out.

    Args:
        title: above the table, such as the area and the year.
        as_of: the day of the summary, ready to print.
        rows: the projects, in order.
        labels: the fixed words; None for Chinese.
    """
    labels = labels or FilingLabels()
    xlsxwriter: Any = import_module("xlsxwriter")  # it carries no types
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        workbook.set_properties({"title": clean(title), "created": datetime(*EPOCH, tzinfo=UTC)})
        styles = {name: workbook.add_format(style) for name, style in _STYLES.items()}
        sheet = workbook.add_worksheet(labels.sheet)
        _lay_out(sheet, labels)
        _write_across(sheet, _TITLE, _LAST, title, styles["title"])
        _write(sheet, _AS_OF, 0, labels.as_of + as_of, styles["plain"])
        _write_row(sheet, _HEADING, labels, dict.fromkeys(_WIDTHS, styles["heading"]))
        by_column = {name: styles[_STYLE_OF.get(name, "text")] for name in _WIDTHS}
        for place, row in enumerate(rows, start=_FIRST):
            _write_row(sheet, place, row, by_column)
        _write_total(sheet, rows, labels, styles)
    return repack(stream.getvalue())


def _lay_out(sheet: Any, labels: FilingLabels) -> None:
    """Set widths, what stays in sight, and how it is printed: A4 across, as many pages down as it takes."""
    for column, width in enumerate(_WIDTHS.values()):
        sheet.set_column(column, column, width)
    sheet.set_row(_TITLE, 38)
    sheet.freeze_panes(_FIRST, _NAMED)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADING)
    sheet.set_footer(f"&C{labels.page}")


def _write_row(sheet: Any, place: int, row: FilingRow | FilingLabels, styles: dict[str, Any]) -> None:
    """Write the columns of a row, and make it as tall as its longest text: not every program does so itself."""
    lines = 1
    for column, (name, width) in enumerate(_WIDTHS.items()):
        value: str | Decimal | int | None = getattr(row, name)
        if isinstance(value, str):
            lines = max(lines, _line_count(value, width))
        _write(sheet, place, column, value, styles[name])
    sheet.set_row(place, _height(lines))


def _height(lines: int) -> float:
    return min(lines * _LINE + _PADDING, _TALLEST)


def _line_count(words: str, width: int) -> int:
    """Estimate over how many lines a text runs; in GB 18030 a Chinese character has two bytes, as it has widths."""
    sizes = (len(line.encode("gb18030", "replace")) for line in words.split("\n"))
    return sum(max(1, ceil(size / (width - 1))) for size in sizes)


def _write(sheet: Any, row: int, column: int, value: str | Decimal | int | None, style: Any) -> None:
    """Write a number as a number and a text as a text, whatever it begins with."""
    if isinstance(value, (int, Decimal)):
        sheet.write_number(row, column, float(value), style)
    elif words := clean(value or "")[:LONGEST_CELL]:
        sheet.write_string(row, column, words, style)
    else:
        sheet.write_blank(row, column, None, style)


def _write_across(sheet: Any, row: int, last: int, words: str, style: Any) -> None:
    """Write a text over the columns from the first to ``last``; merging alone would guess what the text is."""
    sheet.merge_range(row, 0, row, last, "", style)
    _write(sheet, row, 0, words, style)


def _write_total(sheet: Any, rows: Sequence[FilingRow], labels: FilingLabels, styles: dict[str, Any]) -> None:
    """Add up the investment below the rows, and say how many projects are not in the sum."""
    amounts = [row.total_investment for row in rows if row.total_investment is not None]
    unknown = len(rows) - len(amounts)
    words = labels.total_partly.replace("{count}", str(unknown)) if unknown else labels.total
    end = _FIRST + len(rows)
    _write_across(sheet, end, _INVESTMENT - 1, words, styles["total"])
    sheet.set_row(end, _height(_line_count(words, sum(list(_WIDTHS.values())[:_INVESTMENT]))))
    total = sum(amounts, Decimal(0))
    if rows:
        column = chr(ord("A") + _INVESTMENT)
        formula = f"=SUM({column}{_FIRST + 1}:{column}{end})"
        sheet.write_formula(end, _INVESTMENT, formula, styles["sum"], float(total))
    else:
        _write(sheet, end, _INVESTMENT, total, styles["sum"])
    for column in range(_INVESTMENT + 1, _LAST + 1):
        _write(sheet, end, column, None, styles["total"])
