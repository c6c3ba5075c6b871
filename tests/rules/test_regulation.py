"""Official texts are split into articles, items and annexes, however they are numbered and laid out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_regulation import BICYCLES, PARTS, articles, fingerprints

from rules.numbering import chinese, item_mark, numeral
from rules.regulation import fingerprint, split_regulation

if TYPE_CHECKING:
    from collections.abc import Callable

ITEM_STYLES: dict[str, Callable[[int], str]] = {
    "（一）": lambda n: f"（{chinese(n)}）",
    "(一)": lambda n: f"({chinese(n)}) ",
    "一、": lambda n: f"{chinese(n)}、",
    "(1)": lambda n: f"({n})",
    "（１）": lambda n: f"（{n}）".translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    "1、": lambda n: f"{n}、",
    "1.": lambda n: f"{n}. ",
    "1．": lambda n: f"{n}．",
    "1。": lambda n: f"{n}。",
    "1)": lambda n: f"{n}）",
    "①": lambda n: chr(ord("①") + n - 1),
    "⑴": lambda n: chr(ord("⑴") + n - 1),
    "⒈": lambda n: chr(ord("⒈") + n - 1),
    "㈠": lambda n: chr(ord("㈠") + n - 1),
}
ARTICLE_STYLES: dict[str, Callable[[int], str]] = {
    "第十三条  ": lambda n: f"第{chinese(n)}条  ",
    "第十三条": lambda n: f"第{chinese(n)}条",
    "第 十三 条　": lambda n: f"第 {chinese(n)} 条\N{IDEOGRAPHIC SPACE}",
    "第13条 ": lambda n: f"第{n}条 ",
    "第１３条": lambda n: f"第{n}条".translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    "第十三条\\n": lambda n: f"第{chinese(n)}条\n",
    "  第十三条\\t": lambda n: f"  第{chinese(n)}条\t",
}


# How a text is split.


def test_a_text_is_split_into_what_packs_cite() -> None:
    regulation = split_regulation(BICYCLES)
    assert list(regulation.parts) == PARTS
    assert (regulation.title, regulation.version) == ("示例市公共自行车管理办法", "征求意见稿")
    assert (regulation.count("article"), regulation.count("item"), regulation.count("annex")) == (4, 3, 2)
    assert regulation.parts["3(2)"].text == "地面不平，包括：\n1。有坑的；\n2。有坡的。"
    assert regulation.parts["3(2)"].number == "（二）"
    assert regulation.parts["3(2)"].sub_items == ("1。有坑的；", "2。有坡的。")
    assert regulation.parts["3"].number == "第三条"
    assert regulation.parts["3"].items == ("3(1)", "3(2)", "3(3)")
    assert regulation.parts["附件1"].heading == "站点图样"


def test_paragraphs_are_told_from_items() -> None:
    parts = split_regulation(BICYCLES).parts
    assert parts["2"].paragraphs == (
        "本办法所称公共自行车，是指市里统一投放的自行车。",
        "街道自己投放的，参照本办法。",
    )
    assert parts["3"].paragraphs == ("有下列情形之一的，不设站点：", "前款情形消除以后，可以重新申请。")


def test_a_second_paragraph_of_an_item_stays_with_it_while_the_list_goes_on() -> None:
    text = articles("分两种：\n（一）甲。\n甲还包括子。\n（二）乙。\n结尾。")
    parts = split_regulation(text).parts
    assert parts["1(1)"].text == "甲。\n甲还包括子。"
    assert parts["1(2)"].text == "乙。"
    assert parts["1"].paragraphs == ("分两种：", "结尾。")


def test_an_item_goes_on_while_its_sentence_is_open() -> None:
    parts = split_regulation(articles("分两种：\n（一）甲，\n也就是子；\n（二）乙。")).parts
    assert parts["1(1)"].text == "甲，也就是子；"


@pytest.mark.parametrize("style", ITEM_STYLES.values(), ids=ITEM_STYLES)
def test_items_are_numbered_in_any_style(style: Callable[[int], str]) -> None:
    text = articles(f"分三种：\n{style(1)}甲；\n{style(2)}乙；\n{style(3)}丙。", "完。")
    parts = split_regulation(text).parts
    assert list(parts) == ["1", "1(1)", "1(2)", "1(3)", "2"]
    assert [parts[f"1({n})"].text for n in (1, 2, 3)] == ["甲；", "乙；", "丙。"]


@pytest.mark.parametrize("style", ARTICLE_STYLES.values(), ids=ARTICLE_STYLES)
def test_articles_are_numbered_in_any_style(style: Callable[[int], str]) -> None:
    text = "\n".join(f"{style(n)}讲的是第{n}件事。" for n in range(1, 25))
    parts = split_regulation(text).parts
    assert list(parts) == [str(n) for n in range(1, 25)]
    assert parts["13"].text == "讲的是第13件事。"


@pytest.mark.parametrize("outer", ITEM_STYLES.values(), ids=ITEM_STYLES)
@pytest.mark.parametrize("inner", ITEM_STYLES.values(), ids=ITEM_STYLES)
def test_sub_items_are_told_by_their_other_style(
    outer: Callable[[int], str], inner: Callable[[int], str]
) -> None:
    marks = item_mark(f"{outer(1)}甲"), item_mark(f"{inner(1)}甲")
    text = articles(
        f"分两种：\n{outer(1)}甲：\n{inner(1)}子；\n{inner(2)}丑；\n{outer(2)}乙：\n{inner(1)}寅。"
    )
    regulation = split_regulation(text)
    if marks[0] and marks[1] and marks[0].style != marks[1].style:
        assert list(regulation.parts) == ["1", "1(1)", "1(2)"]
        assert len(regulation.parts["1(1)"].sub_items) == 2
        assert regulation.doubts == ()
    else:
        assert regulation.doubts, "one style for two levels cannot be told apart, and that is said"


def test_the_style_of_numbers_is_no_change() -> None:
    other = re.sub(r"第([一二三四])条", lambda found: f"第{numeral(found[1])}条", BICYCLES)
    other = re.sub(r"^（([一二三])）", lambda found: f"{numeral(found[1])}、", other, flags=re.MULTILINE)
    other = re.sub(r"^([12])。有", lambda found: f"{'①②'[int(found[1]) - 1]}有", other, flags=re.MULTILINE)
    assert fingerprints(other) == fingerprints(BICYCLES)


def test_a_style_that_changes_in_the_middle_of_a_list_is_followed() -> None:
    parts = split_regulation(articles("分三种：\n（一）甲；\n(2)乙；\n（三）丙。")).parts
    assert [parts[f"1({n})"].text for n in (1, 2, 3)] == ["甲；", "乙；", "丙。"]


def test_items_in_one_line_are_split() -> None:
    split = split_regulation(articles("分两种：（一）甲；（二）乙。"))
    assert split.parts["1(2)"].text == "乙。"
    on_lines = split_regulation(articles("分两种：\n（一）甲；\n（二）乙。"))
    assert {name: part.fingerprint for name, part in split.parts.items()} == {
        name: part.fingerprint for name, part in on_lines.parts.items()
    }


@pytest.mark.parametrize(
    "words",
    [
        "按第三条第\n（一）项办理。",
        "投资在\n1.5 万元以上。",
        "见（一）项和（二）项。",
        "按国标（GB/T 40692-20\n21）办理。",
        "在2026年\n3月1日以前。",
    ],
)
def test_numbers_in_the_middle_of_a_sentence_open_no_item(words: str) -> None:
    regulation = split_regulation(articles(words, "完。"))
    assert list(regulation.parts) == ["1", "2"]
    assert regulation.doubts == ()


# Fingerprints.


def test_spacing_widths_and_invisible_marks_are_no_change() -> None:
    assert fingerprint("投资 60 万元，（含）") == fingerprint("投\u200b资６０万元,\n(含)\ufeff")
    assert fingerprint("60 万元") != fingerprint("61 万元")


def test_lines_broken_to_fit_a_page_are_joined() -> None:
    body, _, annexes = BICYCLES.partition("附件：")
    broken = "\n".join(
        line[at : at + 14] for line in body.splitlines() for at in range(0, len(line) or 1, 14)
    )
    assert fingerprints(f"{broken}\n附件：{annexes}") == fingerprints(BICYCLES)


def test_another_closing_mark_is_the_same_item() -> None:
    before, after = (split_regulation(articles(f"分：\n（一）甲{mark}")).parts["1(1)"] for mark in "。；")
    assert before.fingerprint != after.fingerprint
    assert before.matches(after.fingerprint)
    assert not before.matches(fingerprint("乙。"))


# Texts that are none.


@pytest.mark.parametrize(
    "text", ["", " \n\t\n", "没有条文。", "第条", "第十三", "🙂", "\x00\x01", "附件1\n表", "（一）甲"]
)
def test_a_text_without_articles_has_no_parts(text: str) -> None:
    assert split_regulation(text).parts == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "第一条  " + "." * 10_000_000,
        "第" + " " * 10_000_000 + "一条",
        "第一条  甲；" + " " * 10_000_000 + "（一）乙。",
        "第一条  分：\n" + "（一）甲；\n" * 20_000,
        "".join(f"第{9999 - n}条  甲。\n" for n in range(9_000)),
        "目录\n" + "第一条  甲。\n" * 20_000,
    ],
    ids=[
        "dots",
        "space in a number",
        "space",
        "one number over and over",
        "falling numbers",
        "contents only",
    ],
)
def test_huge_texts_come_to_an_end(text: str) -> None:
    assert len(split_regulation(text).parts) <= 9_000


@given(st.text(st.sampled_from("第一二三十百条章（）()1２.。、：；\n\t 附件之目录甲乙…—①㈠年月日")))
def test_any_text_is_split_without_an_error(text: str) -> None:
    regulation = split_regulation(text)
    assert all(part.fingerprint for part in regulation.parts.values())


@given(st.data())
def test_what_is_written_in_any_style_is_read_back(data: st.DataObject) -> None:
    words = st.text(st.sampled_from("系统数据共享部门应当公开站点车辆"), min_size=2, max_size=30)
    write_article = data.draw(st.sampled_from(list(ARTICLE_STYLES.values())))
    item_style = data.draw(st.sampled_from(list(ITEM_STYLES.values())))
    written: list[str] = []
    expected: dict[str, str] = {}
    for number in range(1, data.draw(st.integers(1, 12)) + 1):
        paragraphs = [said + "。" for said in data.draw(st.lists(words, max_size=2))]
        lead = data.draw(words) + "："
        items = [said + "；" for said in data.draw(st.lists(words, max_size=5))]
        listed = [item_style(at) + said for at, said in enumerate(items, start=1)]
        lines = [*paragraphs, lead, *listed]
        written.append(write_article(number) + "\n".join(lines))
        expected[str(number)] = "\n".join(lines)
        expected |= {f"{number}({at})": said for at, said in enumerate(items, start=1)}
    regulation = split_regulation("某某办法\n" + "\n".join(written))
    assert {name: part.text.replace(" ", "") for name, part in regulation.parts.items()} == {
        name: said.replace(" ", "") for name, said in expected.items()
    }
    assert regulation.doubts == ()
