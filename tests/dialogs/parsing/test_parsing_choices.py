"""A choice is taken when it is certain, asked about when it is likely, and never guessed."""

import pytest

from dialogs.parsing.choices import Option, match_many, match_one
from dialogs.parsing.result import Parsed, Rejected, Unclear

NATURES = (
    Option("new", "新建"),
    Option("expansion", "扩建"),
    Option("rebuild", "改建", ("改造", "升级")),
    Option("operation", "运行维护", ("运维",)),
    Option("purchased_service", "购买服务"),
)
ITEMS = (
    Option("machine_room", "机房"),
    Option("network", "网络"),
    Option("cloud", "云平台", ("云",)),
    Option("base_software", "基础软件和数据库"),
)
ENGLISH = (
    Option("machine_room", "Machine room"),
    Option("network", "Network"),
    Option("cloud", "Cloud platform"),
)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        *((typed, "expansion") for typed in ("2", "２", "2.", "二", "第二个", "②", "选2", "no. 2")),
        *((typed, "expansion") for typed in ("expansion", "扩建", "扩", " 扩建 ", "2. 扩建")),
        ("运维", "operation"),
        ("运行", "operation"),
        ("升级", "rebuild"),
    ],
)
def test_a_number_a_name_or_part_of_one_name_is_certain(typed: str, key: str):
    result = match_one(typed, NATURES)
    assert isinstance(result, Parsed), result
    assert result.value == key


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("建", ["new", "expansion", "rebuild"]),
        ("新健", ["new"]),
        ("我们是新建项目", ["new"]),
        ("新建还是扩建", ["new", "expansion"]),
        ("2. 新建", ["new", "expansion"]),
    ],
)
def test_a_likely_choice_is_asked_about(typed: str, keys: list[str]):
    result = match_one(typed, NATURES)
    assert isinstance(result, Unclear), result
    assert result.kind == "choice"
    assert [reading.value for reading in result.readings] == keys


@pytest.mark.parametrize("typed", ["不是新建", "除了新建", "随便", "，", "a", "新" * 300])
def test_what_names_no_option_is_refused_with_the_list(typed: str):
    result = match_one(typed, NATURES)
    assert isinstance(result, Rejected), result
    assert "1. 新建；2. 扩建" in result.message.render()


@pytest.mark.parametrize("typed", ["0", "6", "第十个"])
def test_a_number_out_of_range_is_refused_with_the_range(typed: str):
    result = match_one(typed, NATURES)
    assert isinstance(result, Rejected), result
    assert "1 到 5" in result.message.render()


def test_a_number_that_is_also_the_name_of_another_option_is_asked_about():
    result = match_one("1", (Option("two", "2"), Option("one", "1")))
    assert isinstance(result, Unclear)
    assert {reading.value for reading in result.readings} == {"two", "one"}


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("1,3", ("machine_room", "cloud")),
        ("3、1、1", ("machine_room", "cloud")),
        ("1 3", ("machine_room", "cloud")),
        ("机房和网络", ("machine_room", "network")),
        ("有机房和网络", ("machine_room", "network")),
        ("机房\n云", ("machine_room", "cloud")),
        ("基础软件和数据库", ("base_software",)),
        ("机房、基础软件和数据库", ("machine_room", "base_software")),
        ("全部", ("machine_room", "network", "cloud", "base_software")),
        ("都有", ("machine_room", "network", "cloud", "base_software")),
        *((typed, ()) for typed in ("都没有", "无", "没有", "0", "以上都没有", "不涉及", "none")),
    ],
)
def test_a_set_is_in_the_order_of_the_options(typed: str, keys: tuple[str, ...]):
    result = match_many(typed, ITEMS)
    assert isinstance(result, Parsed), result
    assert result.value == keys


@pytest.mark.parametrize("typed", ["1,0", "机房、都没有", "全部，0"])
def test_some_and_none_at_once_is_refused(typed: str):
    result = match_many(typed, ITEMS)
    assert isinstance(result, Rejected)
    assert "前后不一致" in result.message.render()


@pytest.mark.parametrize("typed", ["没有机房", "机房没有，网络有", "除了机房都有", "1,9", "13", "1-3", ""])
def test_a_set_with_something_unread_is_refused(typed: str):
    assert isinstance(match_many(typed, ITEMS), Rejected)


def test_a_set_with_a_likely_name_is_asked_about():
    result = match_many("机房，网路", ITEMS)
    assert isinstance(result, Unclear)
    assert [reading.value for reading in result.readings] == [("machine_room", "network")]


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("machine room and network", ("machine_room", "network")),
        ("2 and 3", ("network", "cloud")),
        ("none", ()),
    ],
)
def test_english_labels_work_the_same_way(typed: str, keys: tuple[str, ...]):
    result = match_many(typed, ENGLISH)
    assert isinstance(result, Parsed), result
    assert result.value == keys


@pytest.mark.parametrize("typed", ["no network", "not the cloud"])
def test_english_negation_is_not_a_choice(typed: str):
    assert isinstance(match_many(typed, ENGLISH), Rejected)


def test_without_options_nothing_can_be_chosen():
    assert isinstance(match_one("1", ()), Rejected)
    assert isinstance(match_many("1", ()), Rejected)
