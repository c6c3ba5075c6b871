"""The 备案 summary as a spreadsheet: numbers add up, words stay words, and it prints as a table."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.characters import clean
from documents.filing_summary import FilingLabels, FilingRow, write_filing_summary

COLUMNS = FilingRow.__struct_fields__
LABELS = FilingLabels()
TITLE, AS_OF = "示例市2026年政务信息化项目备案汇总表", "2026年11月23日"
ROW = FilingRow(
    number=1,
    unit_name="示例市政务服务局",
    project_name="一体化平台",
    nature="新建",
    category="工程类",
    total_investment=Decimal("1500.5"),
    funds="市级资金 1500.5 万元",
    scope="适用本办法",
    documents_missing="齐全",
    findings="提示 1 项",
    winner="示例公司",
    settlement="待结算",
    approver="示例市审批服务管理局",
    service_period="36 个月",
    mlps="定级：第三级。\n尚未办理等级保护备案。",
    crypto="密码应用安全性评估已完成。",
    submitted_at="2026年11月20日",
    next_deadline="2026年12月31日 招标后备案",
    contact="李明 0952-2012345",
)
HEADING, FIRST = 3, 4
INVESTMENT = COLUMNS.index("total_investment")


def written(*rows: FilingRow, title: str = TITLE, labels: FilingLabels | None = None) -> bytes:
    return write_filing_summary(title, AS_OF, rows, labels)


def sheet_of(data: bytes, *, values: bool = False) -> Any:
    [sheet] = openpyxl.load_workbook(io.BytesIO(data), data_only=values).worksheets
    return sheet


def total(data: bytes) -> tuple[Any, Any]:
    """Return the words and the sum of the last row, as a reader sees them that does not calculate."""
    sheet = sheet_of(data, values=True)
    return sheet.cell(sheet.max_row, 1).value, sheet.cell(sheet.max_row, INVESTMENT + 1).value


def row(**changed: Any) -> FilingRow:
    return FilingRow(**({"number": 1} | changed))


# --- what it says -------------------------------------------------------------------------------------------


def test_every_field_stands_below_its_heading() -> None:
    sheet = sheet_of(written(ROW), values=True)
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == TITLE
    assert rows[1][0] == "截至：2026年11月23日"
    assert list(rows[2]) == [getattr(LABELS, name) for name in COLUMNS]
    shown = [getattr(ROW, name) for name in COLUMNS]
    shown[INVESTMENT] = 1500.5
    assert list(rows[3]) == shown
    assert len(rows) == 5


def test_the_investment_is_a_number_that_shows_what_was_declared() -> None:
    cell = sheet_of(written(ROW)).cell(FIRST, INVESTMENT + 1)
    assert (cell.data_type, cell.value, cell.number_format) == ("n", 1500.5, "0.00##")
    assert (
        sheet_of(written(row(total_investment=Decimal("59.999999")))).cell(4, INVESTMENT + 1).value
        == 59.999999
    )


def test_the_sum_is_exact_and_goes_on_adding_when_rows_are_edited() -> None:
    data = written(*[row(total_investment=Decimal("0.1"))] * 3)
    assert total(data) == ("合计", 0.3)
    assert sheet_of(data).cell(FIRST + 3, INVESTMENT + 1).value == "=SUM(F4:F6)"


def test_an_unknown_investment_is_blank_and_the_sum_says_that_it_is_not_in_it() -> None:
    data = written(row(total_investment=None), ROW, row(total_investment=Decimal(0)))
    sheet = sheet_of(data, values=True)
    assert [sheet.cell(place, INVESTMENT + 1).value for place in (4, 5, 6)] == [None, 1500.5, 0]
    assert total(data) == ("合计（另有 1 个项目没有填总投资，未计入）", 1500.5)


def test_no_projects_give_a_table_of_nothing() -> None:
    data = written()
    assert total(data) == ("合计", 0)
    assert sheet_of(data).max_row == FIRST


def test_the_fixed_words_can_be_in_another_language() -> None:
    labels = FilingLabels(
        sheet="Filings", as_of="As of ", number="No.", total_partly="Total ({count} without an amount)"
    )
    data = written(row(), row(), labels=labels)
    sheet = sheet_of(data)
    assert (sheet.title, sheet["A2"].value, sheet["A3"].value) == ("Filings", f"As of {AS_OF}", "No.")
    assert total(data)[0] == "Total (2 without an amount)"


# --- what it must not do ------------------------------------------------------------------------------------

HARMFUL = [
    "=1+1",
    "=cmd|' /C calc'!A1",
    "{=1+1}",
    "+86 0952",
    "-无-",
    "@示例",
    "\t=1",
    "http://example.invalid",
    "internal:Sheet1!A1",
    "001",
    "_x0041_",
]


@pytest.mark.parametrize("words", HARMFUL)
def test_words_never_become_a_formula_a_link_or_a_number(words: str) -> None:
    texts = {name: words for name in COLUMNS if name not in ("number", "total_investment")}
    data = written(row(**texts, total_investment=Decimal(1)), title=words)
    sheet = sheet_of(data)
    cells = [sheet["A1"], *(cell for cell in sheet[FIRST] if cell.data_type != "n")]
    assert {(cell.data_type, cell.value, cell.hyperlink) for cell in cells} == {("s", words, None)}
    assert len(cells) == 1 + len(texts)
    formulas = [cell.coordinate for line in sheet.iter_rows() for cell in line if cell.data_type == "f"]
    assert formulas == ["F5"], "only the sum"


def test_control_characters_are_left_out_and_every_line_end_is_one() -> None:
    data = written(row(project_name="甲\x00\x07\x1b乙\r\n丙\u2028丁\ud800"), title="题\x0b目\x00")
    sheet = sheet_of(data)
    assert sheet.cell(FIRST, 3).value == "甲乙\n丙\n丁"
    assert sheet["A1"].value == "题\n目"


def test_a_text_longer_than_a_cell_is_cut() -> None:
    data = written(row(funds="长" * 40_000))
    assert len(sheet_of(data).cell(FIRST, COLUMNS.index("funds") + 1).value) == 32_767


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60), st.decimals(0, 10**8, places=6))
def test_any_words_and_amounts_are_read_back(words: str, amount: Decimal) -> None:
    sheet = sheet_of(written(row(project_name=words, total_investment=amount)))
    assert (sheet.cell(FIRST, 3).value or "") == clean(words)
    assert Decimal(repr(sheet.cell(FIRST, INVESTMENT + 1).value)) == amount


def test_the_same_rows_give_the_same_bytes_and_no_moment_in_them() -> None:
    data = written(ROW)
    assert data == written(ROW)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"1980-01-01" in archive.read("docProps/core.xml")


@pytest.mark.slow
def test_ten_thousand_projects() -> None:
    rows = [row(number=number, total_investment=Decimal("60.01")) for number in range(1, 10_001)]
    book = openpyxl.load_workbook(io.BytesIO(written(*rows)), read_only=True, data_only=True)
    lines = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(lines) == FIRST + 10_000
    assert (lines[-2][0], lines[-1][0], lines[-1][INVESTMENT]) == (10_000, "合计", 600_100)


# --- how it prints ------------------------------------------------------------------------------------------


def test_it_prints_across_a4_with_its_heading_on_every_page() -> None:
    sheet = sheet_of(written(ROW))
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == f"${HEADING}:${HEADING}"
    assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"
    assert sheet.freeze_panes == "D4"


def test_a_row_is_as_tall_as_its_longest_text_and_never_too_tall_for_a_spreadsheet() -> None:
    sheet = sheet_of(written(row(), row(mlps="一\n二\n三"), row(crypto="长" * 1000)))
    low, three, tall = (sheet.row_dimensions[place].height for place in (4, 5, 6))
    assert low < three < 400 < tall <= 409
    assert sheet.cell(5, COLUMNS.index("mlps") + 1).alignment.wrap_text
