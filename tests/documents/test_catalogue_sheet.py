"""The catalogue as a spreadsheet: what is written is what is read, and what does harm is refused."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spreadsheets import HEADINGS, HOSTILE, ROW, SHEET, STRINGS, plain_xlsx, with_parts, with_sheet, xlsx

from documents.catalogue_sheet import annotate, read_catalogue, write_catalogue, write_template
from documents.characters import clean
from documents.grid import MOST_ENTRIES
from documents.guard import RefusedFileError
from rules.catalogue import FIELDS
from rules.catalogue_check import Problem, check_catalogue
from rules.text import T

LABELS = [field.label.msgid for field in FIELDS]
FREE = ("name", "provider", "summary", "items", "condition", "basis")
ENTRY = {
    "name": "办件信息",
    "provider": "市局",
    "summary": "办件的\n受理和办结",
    "format": "数据库",
    "items": "编号、时间",
    "share": "conditional",
    "condition": "办理本部门事项",
    "basis": "",
    "basis_kind": "",
    "method": "共享平台",
    "open": "no",
    "update_cycle": "每日",
}
FORMULAS = [
    "=1+1",
    "+86 0952",
    "-无-",
    "@示例",
    "=cmd|' /C calc'!A1",
    "\t=1",
    "http://example.invalid",
    "001",
]


def entries(data: bytes) -> list[dict[str, str]]:
    return [entry for _, entry in read_catalogue(data, "目录.xlsx").rows]


def filled(data: bytes) -> list[dict[str, str]]:
    return [{field: words for field, words in entry.items() if words} for entry in entries(data)]


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def column(data: bytes, number: int) -> list[object]:
    return [row[number - 1].value for row in opened(data).worksheets[0].iter_rows()]


# --- writing ------------------------------------------------------------------------------------------------


def test_what_is_written_is_read_back() -> None:
    unshared = dict.fromkeys(ENTRY, "") | {
        "name": "档案",
        "share": "none",
        "basis_kind": "law",
        "open": "yes",
    }
    assert entries(write_catalogue([ENTRY, unshared])) == [ENTRY, unshared]


def test_a_sheet_holds_labels_and_not_keys() -> None:
    rows = list(opened(write_catalogue([ENTRY])).worksheets[0].iter_rows(values_only=True))
    assert list(rows[0]) == LABELS
    assert rows[1][LABELS.index("共享类型")] == "有条件共享"
    assert rows[1][LABELS.index("是否向社会开放")] == "否"


@pytest.mark.parametrize("words", FORMULAS)
def test_what_looks_like_a_formula_or_a_number_is_written_as_text(words: str) -> None:
    data = write_catalogue([ENTRY | {"name": words, "items": words}])
    cell = opened(data).worksheets[0]["A2"]
    assert (cell.data_type, cell.value, cell.number_format) == ("s", clean(words), "@")
    assert cell.hyperlink is None
    assert entries(data)[0]["name"] == words.strip()
    marked = annotate(data, [Problem(2, "name", "error", T("不好"))])
    assert {cell.data_type for row in opened(marked).worksheets[0].iter_rows() for cell in row} <= {"s", "n"}
    assert entries(marked) == entries(data)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.fixed_dictionaries({field: st.text(max_size=40) for field in FREE}), max_size=4))
def test_any_words_survive_but_for_control_characters(written: list[dict[str, str]]) -> None:
    kept = [{field: clean(words).strip() for field, words in entry.items()} for entry in written]
    expected = [
        {field: words for field, words in entry.items() if words} for entry in kept if any(entry.values())
    ]
    assert filled(write_catalogue(written)) == expected


@pytest.mark.parametrize(
    "write", [write_template, lambda: write_catalogue([ENTRY])], ids=["template", "catalogue"]
)
def test_same_bytes_every_time_and_no_moment_in_them(write: Any) -> None:
    data = write()
    assert data == write()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"1980-01-01" in archive.read("docProps/core.xml")


def test_the_template_offers_the_lists_and_is_empty() -> None:
    data = write_template()
    book = opened(data)
    assert [sheet.title for sheet in book.worksheets] == ["信息资源目录", "示例", "填写说明", "代码"]
    assert [sheet.sheet_state for sheet in book.worksheets] == ["visible"] * 3 + ["hidden"]
    main = book.worksheets[0]
    assert main.freeze_panes == "B2"
    lists = {str(rule.sqref): rule for rule in main.data_validations.dataValidation if rule.type == "list"}
    offered = {LABELS[ord(where[0]) - ord("A")]: rule for where, rule in lists.items()}
    assert set(offered) == {field.label.msgid for field in FIELDS if field.listed}
    for field in FIELDS:
        if field.listed:
            rule = offered[field.label.msgid]
            start, end = rule.formula1.split("!")[1].replace("$", "").split(":")
            cells = [cell.value for row in book["代码"][f"{start}:{end}"] for cell in row]
            assert cells == [option.label.msgid for option in field.listed]
            assert rule.showErrorMessage is not bool(field.suggestions), "a suggestion lets other words pass"
    assert entries(data) == []


def test_the_examples_of_the_template_are_without_fault() -> None:
    rows = list(opened(write_template())["示例"].iter_rows(values_only=True))
    read = read_catalogue(xlsx(rows), "示例.xlsx")
    assert len(read.rows) == 2
    assert check_catalogue(read.rows) == ()


# --- reading ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headings",
    [
        HEADINGS,
        ["信息资源名称（必填）", "信息资源提供方*", " 共享 类型 ", "更新\n周期"],
        ["资源名称", "提供单位", "共享属性", "更新频率"],
        ["name", "provider", "share", "update_cycle"],
    ],
    ids=["labels", "marks and spaces", "synonyms", "ids"],
)
def test_columns_are_known_by_their_headings(headings: list[str]) -> None:
    data = xlsx([headings, ROW])
    assert filled(data) == [
        {"name": "办件信息", "provider": "市局", "share": "unconditional", "update_cycle": "每日"}
    ]


def test_columns_may_stand_in_any_order_among_others_below_a_title() -> None:
    data = xlsx([["某局信息资源目录"], [], ["序号", *reversed(HEADINGS), "备注"], [1, *reversed(ROW), "无"]])
    sheet = read_catalogue(data, "目录.xlsx")
    assert sheet.rows[0][0] == 4
    assert sheet.title == "目录"
    assert sheet.rows[0][1]["name"] == "办件信息"
    assert "items" in sheet.absent
    assert "name" not in sheet.absent


def test_headings_over_two_rows() -> None:
    upper = ["信息资源名称", "信息资源提供方", "共享属性", None, "更新周期"]
    lower = [None, None, "共享类型", "共享方式", None]
    data = xlsx([upper, lower, ["办件信息", "市局", "不予共享", "邮件", "每年"]])
    assert filled(data) == [
        {"name": "办件信息", "provider": "市局", "share": "none", "method": "邮件", "update_cycle": "每年"}
    ]


def test_empty_rows_are_skipped_and_numbers_are_those_of_the_sheet() -> None:
    sheet = read_catalogue(xlsx([HEADINGS, [], ROW, ["  "], [], ROW]), "目录.xlsx")
    assert [number for number, _ in sheet.rows] == [3, 6]


def test_labels_become_keys_and_unknown_words_stay() -> None:
    heads = ["信息资源名称", "共享类型", "信息资源格式", "依据的种类", "是否向社会开放"]
    data = xlsx(
        [heads, ["甲", " 不予 共享 ", "数 据 库", "行政法规", "是"], ["乙", "2", "PDF", "习惯", True]]
    )
    assert filled(data) == [
        {
            "name": "甲",
            "share": "none",
            "format": "数据库",
            "basis_kind": "administrative_regulation",
            "open": "yes",
        },
        {"name": "乙", "share": "2", "format": "PDF", "basis_kind": "习惯", "open": "yes"},
    ]


def test_cells_that_are_not_text() -> None:
    values = [12, 1.5, 0.1 + 0.2, date(2026, 1, 5), "=1+1", "甲_x0041_"]
    data = xlsx([["信息资源名称", "摘要"], *[[value, "x"] for value in values]])
    names = [entry["name"] for entry in entries(data)]
    assert names[:5] == ["12", "1.5", "0.3", "2026-01-05", "=1+1"]


def test_text_in_runs_is_joined_and_its_pronunciation_left_out() -> None:
    strings = (
        '<sst><si><t>信息资源名称</t></si><si><t>共享类型</t></si><si><r><t>办件</t></r><r><t xml:space="preserve">'
        "信息 </t></r><rPh><t>ban jian</t></rPh></si></sst>"
    )
    rows = "".join(
        f'<row><c t="s"><v>{first}</v></c><c t="inlineStr"><is><t>{second}</t></is></c></row>'
        for first, second in ((0, "共享类型"), (2, "不予共享"))
    )
    parts = {
        STRINGS: strings.encode(),
        SHEET: f"<x:worksheet>{rows}</x:worksheet>".encode(),
    }
    assert filled(with_parts(dict(parts))) == [{"name": "办件信息", "share": "none"}]


def test_a_hidden_sheet_is_not_read() -> None:
    assert len(entries(xlsx([HEADINGS, ROW], hidden=["旧的"]))) == 1


def test_a_dimension_that_says_too_little_hides_nothing() -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="str"><v>{name}</v></c><c r="B{n}" t="str"><v>{share}</v></c></row>'
        for n, (name, share) in enumerate([("信息资源名称", "共享类型"), ("甲", "x"), ("乙", "x")], start=1)
    )
    assert len(entries(with_sheet(rows.encode(), b'<dimension ref="A1"/>'))) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv(encoding: str, delimiter: str) -> None:
    lines = [HEADINGS, ["王䶮的信息", '"市局\n信息中心"', "有条件共享", "实时"], [""] * 4, ROW]
    text = "\r\n".join(delimiter.join(line) for line in lines)
    sheet = read_catalogue(text.encode(encoding), "目录.csv")
    assert [(number, entry["name"]) for number, entry in sheet.rows] == [(2, "王䶮的信息"), (4, "办件信息")]
    assert sheet.rows[0][1]["provider"] == "市局\n信息中心"
    assert sheet.rows[0][1]["share"] == "conditional"
    assert sheet.title == ""


def test_content_counts_and_not_the_name() -> None:
    assert read_catalogue(plain_xlsx(), "目录.csv") == read_catalogue(plain_xlsx(), "目录.xlsx")


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_five_thousand_rows_are_read_and_one_more_is_refused(kind: str) -> None:
    def made(count: int) -> bytes:
        if kind == "xlsx":
            return write_catalogue([ENTRY] * count)
        return "\n".join([",".join(HEADINGS), *[",".join(ROW)] * count]).encode()

    assert len(entries(made(MOST_ENTRIES))) == MOST_ENTRIES
    with pytest.raises(RefusedFileError, match="5000"):
        entries(made(MOST_ENTRIES + 1))


# --- bad input ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_refused_with_one_sentence(name: str) -> None:
    with pytest.raises(RefusedFileError) as refused:
        read_catalogue(HOSTILE[name](), "目录.xlsx")
    sentence = refused.value.text.render()
    assert sentence.endswith("。")
    assert "\n" not in sentence
    assert len(sentence) < 100


def test_the_file_without_headings_is_named() -> None:
    with pytest.raises(RefusedFileError, match=r"「我的表\.xlsx」"):
        read_catalogue(xlsx([["甲", "乙"], ["丙", "丁"]]), "我的表.xlsx")


def test_headings_below_the_tenth_row_are_not_looked_for() -> None:
    assert entries(xlsx([*[["标题"]] * 9, HEADINGS, ROW]))
    with pytest.raises(RefusedFileError):
        entries(xlsx([*[["标题"]] * 10, HEADINGS, ROW]))


def test_a_long_string_that_many_cells_share_is_kept_once() -> None:
    strings = (
        f"<sst><si><t>信息资源名称</t></si><si><t>共享类型</t></si><si><t>{'字' * 32_767} </t></si></sst>"
    )
    row = b"<row>" + b'<c t="s"><v>2</v></c>' * 250 + b"</row>"
    head = b'<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
    data = with_parts({STRINGS: strings.encode(), SHEET: b"<worksheet>" + head + row * 150 + b"</worksheet>"})
    rows = read_catalogue(data, "目录.xlsx").rows
    assert len({id(entry["name"]) for _, entry in rows}) == 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(changes: list[tuple[float, int]]) -> None:
    data = bytearray(_PLAIN)
    for where, byte in changes:
        data[int(where * len(data))] = byte
    with suppress(RefusedFileError):
        read_catalogue(bytes(data), "目录.xlsx")


_PLAIN = plain_xlsx()


# --- the copy with its problems -----------------------------------------------------------------------------


def test_problems_stand_beside_their_rows() -> None:
    data = xlsx([["某局目录"], ["序号", *HEADINGS, "发布日期"], [1, *ROW, date(2026, 1, 5)], [2, *ROW, None]])
    sheet = read_catalogue(data, "目录.xlsx")
    problems = check_catalogue(sheet.rows)
    marked = annotate(data, problems)
    rows = list(opened(marked).worksheets[0].iter_rows(values_only=True))
    assert rows[1] == ("序号", *HEADINGS, "发布日期", "检查结果")
    assert rows[2][:6] == ("1", *ROW, "2026-01-05")
    assert rows[2][6] is None
    assert rows[3][6].startswith("【要改】信息资源名称：")
    name = opened(marked).worksheets[0]["B4"]
    assert name.fill.start_color.rgb != opened(marked).worksheets[0]["B3"].fill.start_color.rgb


def test_the_copy_is_mended_and_sent_again() -> None:
    bad = ENTRY | {"share": "", "format": "羊皮纸", "method": "=1"}
    data = write_catalogue([ENTRY, bad])
    marked = annotate(data, check_catalogue(read_catalogue(data, "一.xlsx").rows))
    assert entries(marked) == entries(data)
    again = annotate(marked, [Problem(3, "share", "error", T("还是没有填"))])
    result = column(again, len(FIELDS) + 1)
    assert result == ["检查结果", None, "【要改】共享类型：还是没有填"]
    assert opened(again).worksheets[0].max_column == len(FIELDS) + 1


def test_each_problem_has_its_line_and_an_error_its_colour() -> None:
    data = write_catalogue([ENTRY])
    marked = annotate(
        data,
        [
            Problem(2, "name", "warning", T("一")),
            Problem(2, "name", "error", T("二")),
            Problem(2, "open", "warning", T("三")),
        ],
    )
    assert (
        column(marked, 13)[1]
        == "【请确认】信息资源名称：一\n【要改】信息资源名称：二\n【请确认】是否向社会开放：三"
    )
    sheet = opened(marked).worksheets[0]
    assert sheet["A2"].fill.start_color.rgb == "FFF8CBAD"
    assert sheet["K2"].fill.start_color.rgb == "FFFFF2CC"


def test_a_csv_comes_back_as_a_workbook_with_lists() -> None:
    text = "\n".join([",".join(HEADINGS), ",".join(ROW)])
    marked = annotate(text.encode("gb18030"), [])
    assert entries(marked) == entries(text.encode())
    assert opened(marked).worksheets[0].data_validations.count > 0


def test_the_copy_speaks_the_language_of_the_user() -> None:
    marked = annotate(plain_xlsx(), [Problem(2, "name", "error", T("不好"))], lambda text: f"[{text}]")
    assert "[不好]" in str(column(marked, 13)[1])
