"""Facts out of free text: nothing that was not said, and most of what was."""

from datetime import date
from typing import Any

import pytest
from described import HERE, assert_most_is_read, cases_of, read, said, wrongly_read
from hypothesis import given
from hypothesis import strategies as st

from bot.extract import extraction_json
from dialogs.dialogue import Dialogue
from dialogs.extraction import LONGEST_DESCRIPTION, Extraction, TooLongError, extract, extraction_messages
from dialogs.messages import Say, Table
from rules.facts import parse_fact
from rules.ruleset import RuleSet

# In one process: what is read in one test is not read again in the next.
pytestmark = pytest.mark.xdist_group("extraction")

CASES = cases_of("extraction.jsonl")
NOTHING = [
    line.replace("\\n", "\n").replace("\\t", "\t")
    for line in (HERE / "extraction_nothing.txt").read_text("utf-8").splitlines()
]
RECALL = 0.985
"""Of the facts that these descriptions state; a new rule may not lose any."""
EXAMPLE = "我们是大武口区的街道办，想建一个基层治理平台，预算680万，其中市级500万、自治区180万，明年3月到12月，等保三级"
FRAGMENTS = [
    *"，。、；：？！（）\n|- 不没非约或",
    *[
        "我们是",
        "大武口区",
        "街道办",
        "石嘴山市",
        "教育局",
        "预算",
        "总投资",
        "680万",
        "500万元",
        "市级",
        "自治区",
        "其中",
        "明年",
        "3月",
        "到",
        "12月",
        "2027年",
        "等保",
        "三级",
        "不涉密",
        "涉密",
        "如果",
        "可能",
        "左右",
        "去年",
        "旧系统",
        "是不是",
        "吗",
        "部署在",
        "自治区政务云",
        "免费运维",
        "三年",
        "服务期",
        "电话",
        "13800000000",
        "项目名称：",
        "新建",
        "平台",
        "扩建",
        "密评",
        "已完成",
        "不对，是",
        "还没定",
        "以上",
        "工程费",
        "设备费",
        "预备费",
        "共",
        "各",
        "全部",
        "由",
        "只采购",
        "服务器",
        "对接",
        "我的宁夏",
        "宁政通",
        "😀",
        "\u200b",
        "①",
        "１２",
        "㈠",
        "ﷺ",
        "�",
        "【】",
    ],
]


@pytest.fixture(scope="module")
def rules(dialogue: Dialogue) -> RuleSet:
    return dialogue.rules


def check(rules: RuleSet, text: str, found: Extraction) -> None:
    assert found.facts.keys() == found.spans.keys()
    assert not found.facts.keys() & found.doubts.keys()
    assert all(span and span in text for span in found.spans.values())
    assert all(doubt.words in text for doubt in found.doubts.values())
    plain = extraction_json(rules, found)["facts"]
    for name, value in found.facts.items():
        assert parse_fact(rules.facts[name], plain[name]) == value


def test_a_description_gives_nothing_wrong(rules: RuleSet):
    assert not wrongly_read(rules, CASES)
    for case in CASES:
        check(rules, case["text"], read(rules, case["text"]))


def test_most_of_what_is_said_is_read(rules: RuleSet):
    assert_most_is_read(rules, CASES, recall=RECALL)


def test_what_settles_nothing_gives_no_fact(rules: RuleSet):
    wrong: dict[str, Any] = {}
    for text in NOTHING:
        found = read(rules, text)
        check(rules, text, found)
        if found.facts:
            wrong[text] = found.spans
    assert not wrong


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join))
def test_any_mixture_is_read_without_a_word_that_is_not_there(dialogue: Dialogue, text: str):
    check(dialogue.rules, text, read(dialogue.rules, text))


@given(st.text(st.characters(codec=None), max_size=60))
def test_any_text_is_read(dialogue: Dialogue, text: str):
    check(dialogue.rules, text, read(dialogue.rules, text))


@given(
    st.sampled_from([case["text"] for case in CASES]),
    st.sampled_from(["以上数字都是估的。", "以上都还没最后定。", "上述内容仅供参考。"]),
)
def test_what_is_taken_back_at_the_end_gives_no_sum(dialogue: Dialogue, text: str, taken_back: str):
    found = read(dialogue.rules, f"{text}\n{taken_back}")
    assert "total_investment" not in found.facts


@given(st.sampled_from(CASES), st.sampled_from(CASES))
def test_two_projects_in_one_text_never_give_a_third(
    dialogue: Dialogue, one: dict[str, Any], other: dict[str, Any]
):
    """Whatever is said of two projects, a fact is one of theirs or open."""
    text = f"{one['text']}\n\n{other['text']}"
    counted = {"counted_investment", "fund_city", "fund_regional", "fund_national", "fund_other"}
    for name, value in said(dialogue.rules, text).items():
        if name not in counted:
            assert value in (one["facts"].get(name), other["facts"].get(name)), (name, text)


@pytest.mark.parametrize("size", [LONGEST_DESCRIPTION, 200])
@pytest.mark.parametrize(
    "unit",
    [EXAMPLE, "预算", "1", "一", "万", "不", "，", "\n", "市级500万、", "|", "三年", "（", "2027年3月到"],
)
def test_a_long_text_is_read(rules: RuleSet, unit: str, size: int):
    text = (unit * size)[:size]
    check(rules, text, read(rules, text))


def test_a_text_that_is_too_long_is_refused_in_one_sentence(rules: RuleSet):
    with pytest.raises(TooLongError) as refused:
        read(rules, "万" * (LONGEST_DESCRIPTION + 1))
    assert "20000" in refused.value.text.render()


def test_of_a_classified_project_nothing_else_is_kept(rules: RuleSet):
    found = read(rules, "我们是大武口区的街道办，本项目属于涉密项目，总投资680万元，等保三级。")
    assert found.facts == {"classified": True}
    assert found.open == ()


def test_relative_dates_count_from_the_given_day(rules: RuleSet):
    found = extract(rules, "明年3月到12月建设", date(2030, 5, 1))
    assert found.facts == {"planned_start": "2031-03-01", "planned_end": "2031-12-31"}


def test_the_words_are_exactly_those_that_were_typed(rules: RuleSet):
    found = read(rules, "总投资：６８０ 万元，“不涉密”")
    assert found.spans == {"total_investment": "总投资：６８０ 万元", "classified": "不涉密"}


def test_the_list_to_confirm_names_the_words_and_why_something_is_open(rules: RuleSet):
    facts, doubts = extraction_messages(rules, read(rules, "总投资680万元，等保可能三级"))
    assert isinstance(facts, Table)
    assert isinstance(doubts, Table)
    assert [cell.render() for cell in facts.rows[0]] == ["项目预计总投资", "680 万元", "总投资680万元"]
    assert [cell.render() for cell in doubts.rows[0]][::2] == ["等级保护定级", "说得不确定"]


def test_a_text_that_says_nothing_is_answered(rules: RuleSet):
    (message,) = extraction_messages(rules, read(rules, "你好"))
    assert isinstance(message, Say)
