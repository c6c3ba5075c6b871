"""No parser raises, whatever is typed; every message can be rendered and sent."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.parsing.amounts import parse_amount
from dialogs.parsing.choices import Option, match_many, match_one
from dialogs.parsing.dates import parse_date, parse_period
from dialogs.parsing.funds import parse_funds
from dialogs.parsing.months import parse_months
from dialogs.parsing.phones import parse_phone
from dialogs.parsing.result import Parsed, Rejected, Unclear
from dialogs.parsing.text import clean_text
from dialogs.parsing.yes_no import match_yes_no

OPTIONS = (Option("new", "新建", ("new one",)), Option("operation", "运行和维护"), Option("three", "三级"))
TODAY = date(2026, 11, 23)
PARSERS: list[Callable[[str], Any]] = [
    parse_amount,
    parse_months,
    parse_phone,
    lambda typed: clean_text(typed, max_length=500),
    lambda typed: parse_funds(typed, total=680_000_000),
    lambda typed: parse_funds(typed, total=None),
    lambda typed: parse_date(typed, as_of=TODAY, edge="start"),
    lambda typed: parse_period(typed, as_of=TODAY),
    lambda typed: match_one(typed, OPTIONS),
    lambda typed: match_many(typed, OPTIONS),
    lambda typed: match_yes_no(typed, allow_unsure=False),
]
FRAGMENTS = (
    "680 0 1 12 -1 . , ， 、 - ~ / 万 亿 元 十 百 千 零 一 两 半 点 个 约 左右 多 到 至 年 月 日 号 季度 上半年 底 前 起 共 "
    "2027 02 30 29 今年 明年 下个月 月底 年底 市级 自治区 国家 社会 区 全部 没有 不 是 已 批准 转 +86 0952 138 新建 和 第 ( ) "
    "{x} { } % \\ < & 😀 \u200b \u202e \ud800 ０ ① 々 ㈠"
)


def check(result: Any) -> None:
    assert isinstance(result, Parsed | Unclear | Rejected)
    texts = [result.echo if isinstance(result, Parsed) else result.message]
    if isinstance(result, Unclear):
        assert result.readings
        texts += [reading.label for reading in result.readings]
    for text in filter(None, texts):
        words = text.render()
        assert words
        words.encode()


@given(st.text(st.characters(codec=None)))
def test_any_text_has_a_result(typed: str):
    for parse in PARSERS:
        check(parse(typed))


@given(st.lists(st.sampled_from(FRAGMENTS.split(" ")), max_size=12), st.sampled_from(["", " "]))
def test_any_mixture_of_known_words_has_a_result(words: list[str], between: str):
    typed = between.join(words)
    for parse in PARSERS:
        check(parse(typed))


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "万",
        "十",
        "亿1",
        ",",
        "-",
        " ",
        "不",
        "和",
        "1,",
        "年",
        "市级1",
        "是,",
        "(",
        "￥",
        "ﷺ",
        "😀",
        "\ud800",
    ],
)
def test_ten_thousand_characters_have_a_result(unit: str):
    for length in (190, 10_000):
        for parse in PARSERS:
            check(parse((unit * length)[:length]))


@given(
    st.dates(),
    st.sampled_from(["明年", "下下个月", "昨天", "大后天", "3月5日", "2月29日", "月底", "5号", "年底前"]),
)
def test_any_day_can_be_today(as_of: date, typed: str):
    check(parse_date(typed, as_of=as_of, edge="end"))
    check(parse_period(f"{typed}到{typed}", as_of=as_of))
    check(parse_period(f"{typed}起600个月", as_of=as_of))
