"""Yes is yes, no is no, and anything short of that is asked again."""

import pytest

from dialogs.parsing.result import Parsed, Rejected
from dialogs.parsing.yes_no import match_yes_no

YES = (
    "是 是的 对 有 有的 要 会 好 行 可以 嗯 没错 y YES Yes. ok 1 １ ① 一 涉密 需要 已有 已备案 已获得批准 已经通过了"
    " 已经获得上级主管部门同意 有，已经批了 是的。"
)
NO = (
    "否 不 不是 不对 没 没有 没有的 无 未 不要 不会 不需要 还没有 尚未 暂无 n No nope 2 不涉密 没有获得 没有获得上级批准"
    " 尚未备案 还没批准 未通过 没有，还没批准 没有重复建设"
)
UNSURE = (
    "不清楚 不知道 我不知道 不太清楚 还不清楚 不确定 不好说 说不好 不一定 再问问 要问一下领导 待定 可能 3"
)
UNREAD = (
    "不是没有 没有不 有没有 是不是 应该是 可能有 不会吧 没有吧 不错 没问题 没有问题 不少 不得不 不仅 无所谓 没有，已经批了"
    " 是，没有 已取消 已提交 要批准 会通过 没有全部完成 部分有 随便 4 0 ？ 。 是否"
)


@pytest.mark.parametrize("typed", YES.split())
def test_yes(typed: str):
    assert match_yes_no(typed, allow_unsure=True) == Parsed(True)


@pytest.mark.parametrize("typed", [*NO.split(), "not yet", "no, we do not"])
def test_no(typed: str):
    assert match_yes_no(typed, allow_unsure=True) == Parsed(False)


@pytest.mark.parametrize("typed", [*UNSURE.split(), "not sure", "I don't know", "I don’t know"])
def test_unsure_is_an_answer_only_where_it_is_allowed(typed: str):
    assert match_yes_no(typed, allow_unsure=True) == Parsed("unsure")
    refused = match_yes_no(typed, allow_unsure=False)
    assert isinstance(refused, Rejected)
    assert "明确" in refused.message.render()


@pytest.mark.parametrize("typed", UNREAD.split())
def test_double_negation_hedges_and_contradictions_are_asked_again(typed: str):
    for allow_unsure in (True, False):
        assert isinstance(match_yes_no(typed, allow_unsure=allow_unsure), Rejected)


def test_the_choices_are_named():
    refused = match_yes_no("嘿", allow_unsure=True)
    assert isinstance(refused, Rejected)
    assert "不清楚" in refused.message.render()
