"""What is said about the rows of a catalogue."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.catalogue import BY_ID, FIELDS, heading_named, option_named, options_named, plain
from rules.catalogue_check import check_catalogue, good_rows

GOOD = {
    "name": "办件信息",
    "format": "数据库",
    "share": "unconditional",
    "method": "共享平台",
    "open": "no",
    "update_cycle": "每日",
}
UNSHARED = GOOD | {"share": "none", "method": "", "basis": "《档案法》第二十八条", "basis_kind": "law"}


def found(*entries: dict[str, str], project_name: str = "") -> list[tuple[int, str, str]]:
    problems = check_catalogue(enumerate(entries, start=2), project_name=project_name)
    return [(problem.row, problem.field, problem.severity) for problem in problems]


@pytest.mark.parametrize(
    "entry", [GOOD, UNSHARED, GOOD | {"share": "conditional", "condition": "办理本部门事项"}]
)
def test_a_good_row_has_no_problem(entry: dict[str, str]) -> None:
    assert found(entry, project_name="智慧水务平台") == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "——？"}, "name"),
        ({"share": ""}, "share"),
        ({"share": "部分共享"}, "share"),
        ({"share": "1"}, "share"),
        ({"share": "conditional"}, "condition"),
        ({"share": "none"}, "basis"),
        ({"share": "none", "basis": "《档案法》"}, "basis_kind"),
        ({"share": "none", "basis": "《档案法》", "basis_kind": "内部规定"}, "basis_kind"),
        ({"open": "也许"}, "open"),
        ({"format": "流媒体", "method": "邮件"}, "method"),
        ({"format": "数据库", "method": "电子邮件"}, "method"),
        ({"format": "视频", "method": "邮箱"}, "method"),
        ({"format": "03"}, "format"),
        ({"method": "2"}, "method"),
        ({"update_cycle": ""}, "update_cycle"),
        ({"update_cycle": "4"}, "update_cycle"),
        ({"summary": "字" * 501}, "summary"),
    ],
    ids=str,
)
def test_one_error(changed: dict[str, str], field: str) -> None:
    assert found(GOOD | changed) == [(2, field, "error")]


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (UNSHARED | {"basis_kind": "policy"}, "basis_kind"),
        (GOOD | {"format": "羊皮纸"}, "format"),
        (GOOD | {"method": "当面领取"}, "method"),
        (GOOD | {"update_cycle": "每半年"}, "update_cycle"),
    ],
)
def test_what_is_to_be_confirmed_is_a_warning_and_the_row_stays_good(
    entry: dict[str, str], field: str
) -> None:
    assert found(entry) == [(2, field, "warning")]
    rows = [(2, entry)]
    assert good_rows(rows, check_catalogue(rows)) == (entry,)


def test_the_policy_warning_names_the_regulation() -> None:
    problem = check_catalogue([(2, UNSHARED | {"basis_kind": "policy"})])[0]
    assert "政务数据共享条例" in problem.text.render()


@pytest.mark.parametrize("again", ["办件信息", " 办 件 信 息 ", "办件信息。", "“办件”信息", "办件－信息"])
def test_a_name_given_twice_but_for_spaces_and_punctuation(again: str) -> None:
    assert found(GOOD, GOOD | {"name": "评价信息"}, GOOD | {"name": again}) == [(4, "name", "error")]
    assert "第 2 行" in check_catalogue([(2, GOOD), (3, GOOD)])[0].text.render()


def test_every_repeat_points_to_the_first() -> None:
    texts = [problem.text.render() for problem in check_catalogue([(5, GOOD), (6, GOOD), (7, GOOD)])]
    assert [text.count("第 5 行") for text in texts] == [1, 1]


@pytest.mark.parametrize(
    "name", ["智慧水务平台", "智慧水务平台项目", "智慧 水务平台（项目）", "智慧水务平台建设项目"]
)
def test_the_name_of_the_system_is_no_name_of_a_resource(name: str) -> None:
    assert found(GOOD | {"name": name}, project_name="智慧水务平台建设项目") == [(2, "name", "error")]
    assert found(GOOD | {"name": name}) == []


def test_what_is_kept_from_sharing_needs_no_way_of_sharing() -> None:
    assert found(UNSHARED | {"format": "流媒体", "method": "邮件"}) == []


def test_one_way_that_fits_is_enough() -> None:
    assert found(GOOD | {"method": "邮件、共享平台"}) == []


@pytest.mark.parametrize(
    "words", ["电子文件（PDF）", "PDF", "数据库表", "XLSX、pdf", "数据库/图片", "电子 文件"]
)
def test_formats_as_people_write_them_are_known(words: str) -> None:
    assert found(GOOD | {"format": words}) == []


def test_problems_come_in_the_order_of_rows_and_columns() -> None:
    bad = {"name": "", "share": "", "format": "1", "update_cycle": ""}
    order = {field.id: place for place, field in enumerate(FIELDS)}
    problems = found(bad, GOOD, bad)
    assert problems == sorted(problems, key=lambda problem: (problem[0], order[problem[1]]))
    assert {row for row, _, _ in problems} == {2, 4}


def test_good_rows_are_those_without_an_error() -> None:
    rows = [(2, GOOD), (3, GOOD | {"name": "评价信息", "share": ""}), (4, UNSHARED | {"name": "档案"})]
    assert good_rows(rows, check_catalogue(rows)) == (GOOD, rows[2][1])


@given(st.dictionaries(st.sampled_from([field.id for field in FIELDS]), st.text(max_size=600)))
def test_any_words_are_answered_in_short_sentences(entry: dict[str, str]) -> None:
    for problem in check_catalogue([(2, entry)], project_name=entry.get("name", "")):
        assert problem.field in BY_ID
        assert len(problem.text.render()) < 200


def test_labels_keys_and_synonyms_name_an_option() -> None:
    for field in FIELDS:
        for option in field.listed:
            for words in (option.label.msgid, option.key, *option.synonyms, f" {option.label.msgid}。"):
                assert option_named(field, words) == option


def test_every_label_and_heading_belongs_to_one_field() -> None:
    headings = [
        (plain(words), field.id) for field in FIELDS for words in (field.label.msgid, *field.headings)
    ]
    assert len(dict(headings)) == len(headings)
    assert all(heading_named(words) == BY_ID[field] for words, field in headings)


def test_a_list_is_read_piece_by_piece() -> None:
    read = options_named(BY_ID["method"], "共享平台接口、面谈;U盘")
    assert {piece: option and option.key for piece, option in read.items()} == {
        "共享平台接口": "共享平台",
        "面谈": None,
        "U盘": "拷盘",
    }
