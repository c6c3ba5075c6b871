"""What holds in every conversation, whatever is typed."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.packs import installed_pack
from dialogs.dialogue import Dialogue
from dialogs.draft import Draft, dump_draft, load_draft
from dialogs.machine import states
from dialogs.messages import Ask, Produce
from dialogs.view import View

AS_OF = date(2026, 11, 23)
DIALOGUE = Dialogue(installed_pack()[0])
SAID = st.one_of(
    st.sampled_from(
        [
            "是",
            "否",
            "不清楚",
            "返回",
            "跳过",
            "跳过本节",
            "为什么",
            "进度",
            "修改",
            "复核",
            "清单",
            "暂停",
            "重来",
            "帮助",
            "帮我选",
            "生成",
            "完成",
            "0",
            "1",
            "2",
            "3",
            "1,2",
            "新建",
            "运维",
            "工程类",
            "680万",
            "59.99",
            "60",
            "500",
            "1500",
            "约600万",
            "480到520万",
            "全部市级",
            "36",
            "三年",
            "0952-2012345",
            "2027年3月至12月",
            "同上",
            "语言",
            "示例单位",
        ]
    ),
    st.sampled_from(
        ["修改 总投资", "修改 项目性质 改为 运维", "修改 投资概算 改为 500", "删除 1", "修改 材料"]
    ),
    st.text(max_size=30),
    st.just("字" * 2_000),
    st.characters(categories=["Cs", "Cc", "So", "Co"]),
)

LONG = "字" * 10_000


def talk(inputs: list[str], draft: Draft | None = None) -> Draft:
    draft = draft or DIALOGUE.begin(as_of=AS_OF).draft
    for typed in inputs:
        draft = DIALOGUE.step(draft, typed, as_of=AS_OF).draft
    return draft


@settings(max_examples=60, deadline=None, derandomize=True)
@example([LONG])
@given(st.lists(SAID, min_size=1, max_size=60))
def test_whatever_is_typed_the_conversation_goes_on(inputs: list[str]) -> None:
    result = DIALOGUE.begin(as_of=AS_OF)
    for typed in ["否", "市直", "政府", *inputs]:
        before = dump_draft(result.draft)
        result = DIALOGUE.step(load_draft(before), typed, as_of=AS_OF)
        assert isinstance(result.outgoing[-1], Ask), "every turn ends with the question that is open"
        assert result.draft.state in states(DIALOGUE.machine)
        assert dump_draft(load_draft(dump_draft(result.draft))) == dump_draft(result.draft)
        for message in result.outgoing:
            if hasattr(message, "text"):
                message.text.render()


@settings(max_examples=40, deadline=None, derandomize=True)
@example([LONG])
@given(st.lists(SAID, max_size=30))
def test_the_view_of_a_step_is_the_view_of_its_draft(inputs: list[str]) -> None:
    result = DIALOGUE.begin(as_of=AS_OF)
    for typed in ["否", "市直", "政府", *inputs]:
        result = DIALOGUE.step(result.view, typed, as_of=AS_OF)
        new = View(DIALOGUE.rules, load_draft(dump_draft(result.draft)), AS_OF)
        assert result.view.verdict == new.verdict
        assert (result.view.asked, result.view.ahead) == (new.asked, new.ahead)


@settings(max_examples=40, deadline=None, derandomize=True)
@example([LONG])
@given(st.lists(SAID, max_size=20))
def test_a_step_does_not_change_the_draft_it_was_given(inputs: list[str]) -> None:
    draft = talk(["否", "市直", "政府", "新建", "工程类"])
    before = dump_draft(draft)
    for typed in inputs:
        DIALOGUE.step(draft, typed, as_of=AS_OF)
    assert dump_draft(draft) == before


def test_an_answer_out_of_reach_is_kept_and_counts_again() -> None:
    draft = talk(["否", "市直", "政府", "新建", "工程类", "300", "300", "全部市级", "是", "3年", "年度预算"])
    assert draft.facts["free_operation_months"] == 36
    draft = talk(["修改 项目性质 改为 运维", "1"], draft)
    view = View(DIALOGUE.rules, draft, AS_OF)
    assert draft.facts["free_operation_months"] == 36
    assert "free_operation_months" not in view.facts
    assert view.facts["category"] == "service"
    assert "free_operation_months" in {question.id for question in view.set_aside}
    draft = talk(["修改 项目性质 改为 新建", "1", "工程类"], draft)
    assert View(DIALOGUE.rules, draft, AS_OF).facts["free_operation_months"] == 36


def test_a_change_takes_effect_only_when_agreed_to() -> None:
    draft = talk(["否", "市直", "政府", "采购货物", "480"])
    asked = talk(["修改 总投资 改为 520"], draft)
    assert asked.facts["total_investment"] == 480_000_000
    assert asked.pending is not None
    assert talk(["不改了"], asked).facts["total_investment"] == 480_000_000
    assert talk(["确认修改"], asked).facts["total_investment"] == 520_000_000


@pytest.mark.parametrize("said", ["是", "不清楚"])
def test_nothing_is_collected_of_a_classified_project(said: str) -> None:
    draft = talk([said, "项目叫某某工程", "680万", "修改 项目名称 改为 某某工程", "跳过", "生成", "复核"])
    assert set(draft.facts) == {"classified"}
    assert "某某工程" not in dump_draft(draft).decode()


def test_unsure_is_never_a_pass() -> None:
    draft = talk(["否", "市直", "政府", "扩建", "货物类", "300", "300", "全部市级", "0", "不清楚"])
    verdict = View(DIALOGUE.rules, draft, AS_OF).verdict
    status = {found.finding.id: found.status for found in verdict.findings}
    assert status["superior_not_approved"] == "undetermined"


def test_a_skipped_question_stays_on_the_list() -> None:
    draft = talk(["否", "市直", "政府", "采购货物", "300", "跳过"])
    view = View(DIALOGUE.rules, draft, AS_OF)
    assert "this_year_investment" in {question.id for question in view.open}
    assert not view.is_complete


def test_pausing_and_coming_back_stands_at_the_same_question() -> None:
    draft = talk(["否", "市直", "政府", "采购货物", "300"])
    paused = talk(["暂停"], draft)
    assert DIALOGUE.resume(paused, as_of=AS_OF).draft.state == draft.state


def test_a_pending_question_survives_a_restart() -> None:
    draft = talk(["否", "市直", "政府", "采购货物", "480到520万"])
    resumed = DIALOGUE.resume(load_draft(dump_draft(draft)), as_of=AS_OF)
    ask = resumed.outgoing[-1]
    assert isinstance(ask, Ask)
    assert [choice.label.render() for choice in ask.choices] == ["480 万元", "520 万元", "都不是，重新输入"]


def test_generating_marks_what_we_draft() -> None:
    draft = talk(["否", "市直", "政府", "采购货物", "600"])
    result = DIALOGUE.step(draft, "生成", as_of=AS_OF)
    assert any(isinstance(message, Produce) for message in result.outgoing)
    drafted = {"declaration_form", "requirements_report", "filing_form"}
    assert result.draft.documents == dict.fromkeys(drafted, "drafted")


def test_a_huge_input_is_refused_with_its_size() -> None:
    result = DIALOGUE.step(talk(["否"]), "字" * 50_000, as_of=AS_OF)
    assert "50000" in result.outgoing[0].text.render()
