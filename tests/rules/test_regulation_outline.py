"""Where articles and annexes begin in an official text, and what belongs to none of them."""

from __future__ import annotations

import pytest
from made_up_regulation import BICYCLES, articles, doubts, fingerprints, texts

from rules.numbering import chinese
from rules.regulation import split_regulation

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
