"""The life of a project after submission: the second state machine, the state ``tracking``, and asking again."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.packs import installed_pack
from dialogs.dialogue import Dialogue, StepResult
from dialogs.draft import Draft, dump_draft, load_draft
from dialogs.lifecycle import IN_OPERATION, PREPARING, SUBMITTED, standing
from dialogs.machine import TRACKING, states
from dialogs.messages import Ask, Say, Table
from dialogs.submission import may_change_after_submission
from dialogs.view import View
from rules.case import Event

if TYPE_CHECKING:
    from rules.facts import Value

AS_OF = date(2026, 11, 23)
DIALOGUE = Dialogue(installed_pack()[0])
RULES = DIALOGUE.rules
FACTS: dict[str, Value] = {
    "classified": False,
    "unit_level": "city",
    "unit_kind": "government",
    "nature": "new",
    "category": "engineering",
    "total_investment": 480_000_000,
    "mlps_level": "3",
    "mlps_filed": False,
    "free_operation_months": 36,
}
SETTLED = [name for name in RULES.questions if name not in FACTS]


def draft_of(*events: Event, submitted: bool = True, **facts: Value) -> Draft:
    return Draft(
        state=TRACKING, facts=FACTS | facts, skipped=list(SETTLED), events=events, submitted=submitted
    )


def event(kind: str, day: str) -> Event:
    return Event(kind, date.fromisoformat(day))


def say(draft: Draft, *typed: str, as_of: date = AS_OF) -> StepResult:
    result = StepResult(View(RULES, draft, as_of), ())
    for words in typed:
        result = DIALOGUE.step(load_draft(dump_draft(result.draft)), words, as_of=as_of)
    return result


def told(result: StepResult) -> str:
    return "\n".join(message.text.render() for message in result.outgoing if isinstance(message, (Say, Ask)))


def stands(draft: Draft) -> str:
    return standing(DIALOGUE.life, View(RULES, draft, AS_OF)).state


WAY = [
    ("technical_review_passed", "technical_review"),
    ("project_approved", "project_approval"),
    ("award_notice", "tendering"),
    ("filed", "filing"),
    ("preliminary_acceptance", "preliminary_acceptance"),
    ("trial_run_passed", "trial_run"),
    ("final_acceptance", "final_acceptance"),
    ("go_live", IN_OPERATION),
]


def test_a_project_goes_through_its_steps_in_order() -> None:
    assert stands(draft_of(submitted=False)) == PREPARING
    assert stands(draft_of()) == SUBMITTED
    happened: list[Event] = []
    for number, (kind, state) in enumerate(WAY):
        happened.append(Event(kind, AS_OF + timedelta(days=number - 100)))
        assert stands(draft_of(*happened)) == state


def test_events_out_of_order_and_repeated_lead_to_the_same_place() -> None:
    events = [Event(kind, AS_OF - timedelta(days=number)) for number, (kind, _) in enumerate(WAY)]
    assert stands(draft_of(*events, *reversed(events))) == IN_OPERATION


def test_steps_that_nobody_registered_are_named_and_do_not_hold_a_project_back() -> None:
    draft = draft_of(event("preliminary_acceptance", "2026-11-01"), event("award_notice", "2026-05-31"))
    now = standing(DIALOGUE.life, View(RULES, draft, AS_OF))
    assert now.state == "preliminary_acceptance"
    assert [leg.step.id for leg in now.passed] == ["technical_review", "project_approval", "filing"]
    assert [leg.step.id for leg in now.ahead] == ["trial_run", "final_acceptance"]


def test_steps_that_the_route_does_not_have_are_never_entered() -> None:
    assert stands(draft_of(event("regional_review_passed", "2026-11-01"))) == SUBMITTED
    bought = draft_of(event("award_notice", "2026-05-31"), category="goods")
    assert stands(bought) == "government_procurement"


def test_a_system_in_use_before_acceptance_is_not_yet_in_operation() -> None:
    assert stands(draft_of(event("go_live", "2026-11-01"))) == SUBMITTED
    accepted = draft_of(event("go_live", "2026-11-01"), event("final_acceptance", "2026-11-02"))
    assert stands(accepted) == IN_OPERATION


def test_submitting_and_taking_it_back_move_the_conversation() -> None:
    draft = Draft(state="review", facts=FACTS, skipped=list(SETTLED))
    submitted = DIALOGUE.submit(draft, as_of=AS_OF)
    assert (submitted.draft.state, submitted.draft.submitted) == (TRACKING, True)
    assert any(isinstance(message, Table) for message in submitted.outgoing)
    recalled = DIALOGUE.recall(submitted.draft, as_of=AS_OF)
    assert (recalled.draft.state, recalled.draft.submitted) == ("review", False)
    assert draft.state == "review", "the draft that went in is unchanged"


@pytest.mark.parametrize("state", ["nature", "materials", "review", "package", "editing", "paused"])
def test_a_project_can_be_submitted_wherever_the_conversation_stands(state: str) -> None:
    draft = Draft(state=state, facts=FACTS, editing="total_investment" if state == "editing" else "")
    result = DIALOGUE.submit(draft, as_of=AS_OF)
    assert result.draft.state == TRACKING
    again = DIALOGUE.resume(say(result.draft, "暂停").draft, as_of=AS_OF)
    assert again.draft.state == TRACKING


def test_after_submission_only_what_comes_later_may_change() -> None:
    before = draft_of()
    unchanged = before.copy()
    assert may_change_after_submission(RULES, before, unchanged)
    registered = say(before, "昨天通过技术审查").draft
    assert registered.events
    assert may_change_after_submission(RULES, before, registered)
    later = before.copy()
    later.facts["mlps_filed"] = True
    later.documents["acceptance_opinion"] = "provided"
    later.documents["declaration_form"] = "drafted"
    assert may_change_after_submission(RULES, before, later)
    for name, value in (("total_investment", 1), ("crypto_planned", True)):
        changed = before.copy()
        changed.facts[name] = value
        assert not may_change_after_submission(RULES, before, changed)
    handed_in = before.copy()
    handed_in.documents["preliminary_design"] = "provided"
    assert not may_change_after_submission(RULES, before, handed_in)


def test_what_cannot_be_changed_is_not_opened_for_change() -> None:
    result = say(draft_of(), "修改 总投资")
    assert result.draft.state == TRACKING
    assert "收回提交" in told(result)
    assert say(draft_of(), "修改 等保是否已备案").draft.editing == "mlps_filed"


def test_registering_says_what_is_due_and_what_to_do() -> None:
    result = say(draft_of(), "5月31日收到中标通知书，中标价467.8万")
    assert result.draft.events == (Event("award_notice", date(2026, 5, 31), 4_678_000_00),)
    for words in ("2026年6月30日", "待结算", "撤销登记", "过期 146 天"):
        assert words in told(result)


def test_an_award_above_the_estimate_is_said_at_once() -> None:
    assert "超过了核定的投资概算" in told(say(draft_of(), "5月31日收到中标通知书，中标价487.8万"))


def test_the_same_event_is_kept_once() -> None:
    result = say(draft_of(), "昨天备案了", "11月22日备案了")
    assert len(result.draft.events) == 1
    assert "已经登记过了" in told(result)


def test_a_sum_that_was_passed_over_can_be_added() -> None:
    result = say(draft_of(), "昨天收到中标通知书", "跳过", "昨天收到中标通知书，中标价467.8万")
    assert [each.amount for each in result.draft.events] == [4_678_000_00]


def test_an_event_is_taken_back_with_what_followed_from_it() -> None:
    result = say(draft_of(event("award_notice", "2026-05-31")), "撤销登记 1")
    assert result.draft.events == ()
    assert "不再提醒：「招标后备案」" in told(result)
    assert say(draft_of(), "撤销登记").draft.pending is None


def test_registering_in_the_middle_goes_back_to_the_open_question() -> None:
    draft = Draft(state="this_year_investment", facts=FACTS)
    result = say(draft, "昨天收到中标通知书", "467.8万")
    assert result.draft.state == "this_year_investment"
    assert result.draft.pending is None
    assert say(result.draft, "160").draft.facts["this_year_investment"] == 160_000_000


def test_the_bots_own_question_waits_while_something_is_registered() -> None:
    draft = say(Draft(state="this_year_investment", facts=FACTS), "约160万").draft
    assert draft.pending is not None
    asked = say(draft, "通过初验").draft
    assert asked.pending is not None
    assert asked.pending.kind == "day"
    for words in ("昨天", "返回", "先不登记"):
        assert say(asked, words).draft.pending == draft.pending


def test_after_an_edit_a_submitted_project_is_tracked_again() -> None:
    result = say(draft_of(), "修改 等保是否已备案", "是")
    assert (result.draft.state, result.draft.facts["mlps_filed"]) == (TRACKING, True)


def test_what_was_planned_is_asked_for_again_once_a_day() -> None:
    result = say(draft_of(crypto_assessment="planned"), "昨天投入运行了")
    assert result.draft.editing == "mlps_filed"
    result = say(result.draft, "否")
    assert result.draft.editing == "crypto_assessment"
    result = say(result.draft, "计划", "期限")
    assert result.draft.state == TRACKING, "the same day it is not asked twice"
    tomorrow = AS_OF + timedelta(days=1)
    assert DIALOGUE.resume(result.draft, as_of=tomorrow).draft.editing == "mlps_filed"
    settled = say(result.draft, "修改 等保是否已备案", "是", "修改 密码应用安全性评估", "已完成").draft
    assert DIALOGUE.resume(settled, as_of=tomorrow).draft.state == TRACKING


def test_a_settled_sum_is_registered_as_a_change_of_what_was_filed() -> None:
    result = say(draft_of(), "11月20日通过竣工验收")
    assert result.draft.pending is not None
    assert result.draft.pending.kind == "again"
    assert say(result.draft, "还没有").draft.state == TRACKING
    changed = say(result.draft, "是", "今天").draft
    assert [each.kind for each in changed.events] == ["final_acceptance", "filing_changed"]
    assert DIALOGUE.resume(changed, as_of=AS_OF + timedelta(days=1)).draft.pending is None


def test_a_due_date_names_the_day_from_which_it_runs() -> None:
    view = View(RULES, draft_of(event("award_notice", "2026-05-31")), AS_OF)
    (due,) = view.verdict.deadlines
    assert (due.since, due.key) == (date(2026, 5, 31), "filing_after_award.2026-05-31")
    service: dict[str, Value] = {
        "nature": "operation",
        "category": "service",
        "service_start": "2026-01-01",
        "service_end": "2026-12-31",
    }
    keys = [each.key for each in View(RULES, draft_of(**service), AS_OF).verdict.deadlines]
    assert keys == ["service_end", "operation_filing.2027-01-01"]


def test_a_draft_of_before_still_loads() -> None:
    old = json.loads(dump_draft(Draft(state="review", facts=FACTS)))
    for name in ("submitted", "asked_again", "events"):
        old.pop(name, None)
    old["pending"] = {"kind": "which", "message": {"msgid": "要修改哪一个？"}, "offers": []}
    draft = load_draft(json.dumps(old).encode())
    assert not draft.submitted
    assert say(draft, "返回").draft.pending is None


SENTENCES = [
    line.split("\t")[0]
    for line in (Path(__file__).parent / "events.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
EVENTS = st.builds(
    Event,
    st.sampled_from([*RULES.event_kinds, "no_such_kind"]),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.none() | st.integers(0, 10**12),
    st.none() | st.dates(date(2020, 1, 1), date(2030, 12, 31)),
)
NATURES: list[dict[str, Value]] = [
    {},
    {"nature": "operation", "category": "service"},
    {"nature": "goods_purchase", "category": "goods", "total_investment": 500_000},
    {"unit_kind": "other"},
]


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.lists(EVENTS, max_size=12), st.sampled_from(NATURES), st.booleans())
def test_any_events_leave_a_project_somewhere(
    events: list[Event], facts: dict[str, Value], submitted: bool
) -> None:
    draft = draft_of(*events, submitted=submitted, **facts)
    assert load_draft(dump_draft(draft)) == draft
    now = standing(DIALOGUE.life, View(RULES, draft, AS_OF))
    assert now.state in states(DIALOGUE.life)
    result = say(draft, "进展", "期限")
    assert isinstance(result.outgoing[-1], Ask)
    told(result)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from(SENTENCES)
        | st.sampled_from(
            ["登记", "撤销登记", "撤销登记 1", "进展", "返回", "跳过", "今天", "1", "2", "是", "否", "暂停"]
        ),
        max_size=25,
    )
)
def test_whatever_is_reported_the_draft_stays_sound(said: list[str]) -> None:
    result = StepResult(View(RULES, draft_of(), AS_OF), ())
    for words in said:
        result = say(result.draft, words)
        draft = result.draft
        assert isinstance(result.outgoing[-1], Ask)
        assert draft.state in states(DIALOGUE.machine)
        assert load_draft(dump_draft(draft)) == draft
        assert all(each.date <= AS_OF for each in draft.events)
        assert len({(each.kind, each.date) for each in draft.events}) == len(draft.events)
        assert may_change_after_submission(RULES, draft_of(), draft)
