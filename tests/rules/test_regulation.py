"""Official texts are split into articles, items and annexes, however they are numbered and laid out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_regulation import BICYCLES, PARTS

from rules.numbering import chinese, item_mark, numeral, read_citation
from rules.regulation import Regulation, fingerprint, split_regulation

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


def texts(regulation: Regulation) -> dict[str, str]:
    return {name: part.text for name, part in regulation.parts.items()}


def doubts(regulation: Regulation) -> str:
    return "\n".join(doubt.text.render() for doubt in regulation.doubts)


def fingerprints(text: str) -> dict[str, str]:
    return {name: part.fingerprint for name, part in split_regulation(text).parts.items()}


def articles(*words: str) -> str:
    """Return a text whose articles say these words, from 第一条 on."""
    return "\n".join(f"第{chinese(n)}条  {said}" for n, said in enumerate(words, start=1))


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


# Where articles begin.


@pytest.mark.parametrize("number", [1, 9, 10, 11, 19, 20, 21, 100, 101, 110, 123, 999, 1000, 1011, 1260])
def test_huge_numbers_are_read(number: int) -> None:
    text = f"第{chinese(number - 1)}条  甲。\n第{chinese(number)}条  乙。" if number > 1 else "第一条  乙。"
    assert split_regulation(text).parts[str(number)].text == "乙。"


def test_articles_that_were_put_in_later() -> None:
    text = "第一条  甲。\n第一条之一  乙：\n（一）丙；\n（二）丁。\n第一条之二　戊。\n第二条  己。"
    assert list(split_regulation(text).parts) == ["1", "1之1", "1之1(1)", "1之1(2)", "1之2", "2"]
    assert split_regulation(text).doubts == ()


@pytest.mark.parametrize(
    "reference",
    [
        "第三条规定的情形除外。",
        "第一条所称的车，也算。",
        "第五条、第六条另有安排的，从其安排。",
        "第五条第二款另有安排的除外。",
        "第五条 第二款另有安排的除外。",
        "第五条至第七条不适用。",
        "第四条另作说明。",
    ],
)
def test_a_reference_at_the_beginning_of_a_line_opens_no_article(reference: str) -> None:
    text = articles("甲。", f"乙。\n{reference}", "丙。", "丁。", "戊。")
    parts = split_regulation(text).parts
    assert list(parts) == ["1", "2", "3", "4", "5"]
    assert parts["2"].text == f"乙。\n{reference}"


def test_articles_out_of_order_are_kept_and_said() -> None:
    regulation = split_regulation("第一条  甲。\n第三条  丙。\n第二条  乙。\n第四条  丁。\n第五条  戊。")
    assert {name: part.text for name, part in regulation.parts.items()} == {
        "1": "甲。", "2": "乙。", "3": "丙。", "4": "丁。", "5": "戊。",
    }  # fmt: skip
    assert "不在它的次序上" in doubts(regulation)


def test_a_number_that_stands_twice_is_said_and_nothing_is_lost() -> None:
    regulation = split_regulation("第一条  甲。\n第二条  乙。\n第二条  丙。\n第三条  丁。")
    assert list(regulation.parts) == ["1", "2", "3"]
    assert regulation.parts["2"].text == "乙。\n第二条  丙。"
    assert "「第二条」不止一次" in doubts(regulation)


def test_missing_numbers_are_named() -> None:
    regulation = split_regulation("第二条  甲。\n第三条  乙。\n第九条  丙：\n（一）丁；\n（三）戊。")
    assert doubts(regulation).splitlines() == [
        "缺第 1 条。", "缺第 4 条到第 8 条。", "第九条的编号从 1 跳到「（三）」。"
    ]  # fmt: skip
    assert "9(3)" in regulation.parts
    assert "9(2)" not in regulation.parts


def test_a_second_list_in_an_article_is_said() -> None:
    regulation = split_regulation(articles("甲：\n（一）子；\n（二）丑。\n乙：\n（一）寅；\n（二）卯。"))
    assert texts(regulation)["1(1)"] == "子；"
    assert regulation.parts["1"].text.endswith("乙：\n（一）寅；\n（二）卯。")
    assert "又出现一次" in doubts(regulation)


def test_an_article_without_words_is_said() -> None:
    regulation = split_regulation("第一条\n第二条  乙。")
    assert regulation.parts["1"].text == ""
    assert "第一条没有内容" in doubts(regulation)


# What belongs to no article.


@pytest.mark.parametrize("heading", ["第二章  站点", "第二节 站点", "第 二 章", "第二章 站点、车辆和人"])
def test_headings_belong_to_no_article(heading: str) -> None:
    regulation = split_regulation(f"第一条  甲。\n{heading}\n第二条  乙。")
    assert texts(regulation) == {"1": "甲。", "2": "乙。"}
    assert regulation.doubts == ()


def test_a_heading_that_lost_its_number_is_left_out_and_said() -> None:
    regulation = split_regulation(BICYCLES)
    assert "站点设置" not in regulation.parts["2"].text
    assert [doubt.text.render() for doubt in regulation.doubts] == ["「站点设置」没有编号，按章节标题处理。"]
    assert BICYCLES.splitlines()[regulation.doubts[0].line - 1] == "站点设置"


def test_a_heading_on_two_lines_is_left_out() -> None:
    regulation = split_regulation("第一条  甲。\n第二章\n站点\n第二条  乙。")
    assert texts(regulation) == {"1": "甲。", "2": "乙。"}


def test_a_short_item_is_no_heading() -> None:
    parts = split_regulation(articles("分两种：\n（一）甲\n（二）其他", "完。")).parts
    assert parts["1(2)"].text == "其他"


@pytest.mark.parametrize(
    "contents",
    [
        "目  录\n第一章 总则………1\n第二章 站点………3\n附件1 站点图样......9\n",
        "目录\n第一条 目的\t1\n第二条 定义\t2\n第三条 站点\t3\n",
        "目录\n第一条 目的\n第二条 定义\n第三条 站点\n第四条 附件\n附件1 站点图样\n",
    ],
)
def test_a_table_of_contents_is_no_text(contents: str) -> None:
    title, _, rest = BICYCLES.partition("\n")
    assert fingerprints(f"{title}\n{contents}{rest}") == fingerprints(BICYCLES)


def test_page_numbers_are_left_out() -> None:
    pages = BICYCLES.replace("街道自己", "— 1 —\n街道自己").replace("（三）", "- 2 -\n（三）")
    pages = pages.replace("前款情形", "第 3 页 共 4 页\n前款情形")
    assert fingerprints(pages) == fingerprints(BICYCLES)


def test_numbers_alone_in_a_line_are_pages_only_when_they_count_pages() -> None:
    said = [f"讲第{chinese(n)}件事。" for n in range(1, 25)]
    paged = articles(*said).splitlines()
    for page, at in ((3, 18), (2, 11), (1, 4)):
        paged.insert(at, str(page))
    assert fingerprints("\n".join(paged)) == fingerprints(articles(*said))
    assert split_regulation(articles("费用是：\n60\n元。")).parts["1"].text == "费用是：\n60元。"


@pytest.mark.parametrize(
    "signature",
    [
        "示例市交通局\n2026年3月1日",
        "示例市交通局        二〇二六年三月一日",
        "2026年3月1日\n抄送：示例市公安局。\n示例市交通局办公室    2026年3月2日印发",
    ],
)
def test_a_signature_belongs_to_no_article(signature: str) -> None:
    text = f"{articles('甲。', '本办法自2026年3月1日起施行。')}\n{signature}\n"
    if "抄送" in signature:
        text = text.replace("公安局。", "公安局")
    assert split_regulation(text).parts["2"].text == "本办法自2026年3月1日起施行。"


def test_a_date_inside_the_last_article_is_no_signature() -> None:
    regulation = split_regulation(articles("甲。", "本办法自\n2026年3月1日\n起施行。"))
    assert regulation.parts["2"].text == "本办法自2026年3月1日起施行。"


@pytest.mark.parametrize("number", ["附件 {}", "附件{}", "附件{}：", "附　件　{}"])
def test_annexes_are_found(number: str) -> None:
    text = articles("甲。") + "".join(f"\n{number.format(n)}\n表{n}\n栏目" for n in (1, 2))
    regulation = split_regulation(text.replace("附　件", "附件"))
    assert texts(regulation) == {"1": "甲。", "附件1": "表1\n栏目", "附件2": "表2\n栏目"}


def test_a_list_of_annexes_is_no_annex() -> None:
    text = articles("甲。") + "\n附件1：图样\n附件2：申请表\n交通局\n附件1：图样\n长\n附件2：申请表\n单位"
    assert texts(split_regulation(text)) == {"1": "甲。", "附件1": "图样\n长", "附件2": "申请表\n单位"}


def test_an_annex_without_a_number() -> None:
    assert list(split_regulation(articles("甲。") + "\n附件\n申请表").parts) == ["1", "附件"]


def test_articles_of_an_annex_are_not_those_of_the_text() -> None:
    text = f"{articles('甲。', '乙。')}\n附件1\n合同样本\n{articles('丙。', '丁。', '戊。')}"
    regulation = split_regulation(text)
    assert list(regulation.parts) == ["1", "2", "附件1"]
    assert "戊。" in regulation.parts["附件1"].text


def test_a_notice_before_the_text_does_not_disturb() -> None:
    notice = "示例市交通局关于印发《示例市公共自行车管理办法》的通知\n各单位：\n现印发给你们。\n附件：示例市公共自行车管理办法\n"
    regulation = split_regulation(notice + BICYCLES)
    assert fingerprints(notice + BICYCLES) == fingerprints(BICYCLES)
    assert regulation.title == "示例市公共自行车管理办法"


def test_a_title_of_an_article_is_kept_with_it() -> None:
    regulation = split_regulation(
        "第一条 【目的】为了骑车。\n第二条（定义） 车就是车。\n第三条（一）甲；（二）乙。"
    )
    assert [regulation.parts[name].heading for name in ("1", "2", "3")] == ["目的", "定义", ""]
    assert list(regulation.parts)[2:] == ["3", "3(1)", "3(2)"]


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


# Numbers.


@given(st.integers(1, 9999))
def test_numbers_are_written_and_read_back(number: int) -> None:
    assert numeral(chinese(number)) == numeral(str(number)) == number


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("一百一十", 110),
        ("一百十", 110),
        ("一〇三", 103),
        ("一百零三", 103),
        ("两", 2),
        ("１３", 13),
        ("一 十", 10),
    ],
)
def test_numbers_are_read_in_every_spelling(written: str, number: int) -> None:
    assert numeral(written) == number


@pytest.mark.parametrize(
    "written", ["", "零", "0", "十十", "百", "三十百", "12345", "1.5", "-1", "甲", "一万"]
)
def test_what_is_no_number_of_an_article(written: str) -> None:
    assert numeral(written) is None


@pytest.mark.parametrize(
    ("said", "citation"),
    [
        ("13", "13"),
        ("第十三条", "13"),
        ("第十三条第一项", "13(1)"),
        ("13（1）", "13(1)"),
        ("第 13 条 （七） 项", "13(7)"),
        ("第十三条之一", "13之1"),
        ("附件一", "附件1"),
        ("附件 2", "附件2"),
        ("民法典203", "民法典203"),
        ("", ""),
    ],
)
def test_citations_are_read_as_people_say_them(said: str, citation: str) -> None:
    assert read_citation(said) == citation
