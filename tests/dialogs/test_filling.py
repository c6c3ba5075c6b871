"""A form is read as the conversation reads answers; what was not filled in otherwise changes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.packs import installed_pack
from dialogs.confirming import to_confirm
from dialogs.dialogue import Dialogue
from dialogs.draft import Draft
from dialogs.fields import entry_mark, field_name, field_values, form_sections, mark, mark_name
from dialogs.filling import read_form
from dialogs.view import View
from rules.amounts import LARGEST, SMALLEST
from rules.facts import UNSURE

if TYPE_CHECKING:
    from rules.facts import Fact, Value

AS_OF = date(2026, 11, 23)
RULES = installed_pack()[0]
DIALOGUE = Dialogue(RULES)
Sent = dict[str, list[str]]

COUNTY: dict[str, Value] = {"classified": False, "unit_level": "county", "unit_kind": "government"}
BUILDING = COUNTY | {"nature": "new", "category": "engineering", "total_investment": 680_000_000}
SERVICE = COUNTY | {"nature": "purchased_service", "category": "service", "total_investment": 480_000_000}
ENTRY = {"name": "人员名册", "share": "none", "basis": "某条例", "basis_kind": "law"}


def view(facts: dict[str, Value]) -> View:
    draft = DIALOGUE.begin(as_of=AS_OF).draft
    return View(RULES, DIALOGUE.put(draft, facts, as_of=AS_OF).draft, AS_OF)


def drawn(seen: View) -> Sent:
    """Return the fields of all sections as a browser would send them untouched."""
    fields: Sent = {}
    for section in form_sections(seen):
        for question in section.questions:
            fields[mark_name(question.id)] = [mark(question, seen.facts)]
            for part in question.parts:
                held = field_values(seen, question, part, seen.facts.get(part.id))
                fields[field_name(part.id)] = [text.replace("\n", "\r\n") for text in held or [""]]
    return fields


def typed(**answers: str | list[str]) -> Sent:
    return {field_name(name): [said] if isinstance(said, str) else said for name, said in answers.items()}


def values(fact: Fact) -> st.SearchStrategy[Value]:
    """Return values that the conversation can have kept for a fact."""
    options = [option.key for option in fact.question.options]
    match fact.type:
        case "yes_no":
            return st.sampled_from([True, False, *([UNSURE] if fact.question.unsure else [])])
        case "choice":
            return st.sampled_from(options)
        case "set":
            return st.sets(st.sampled_from(options)).map(
                lambda chosen: tuple(key for key in options if key in chosen)
            )
        case "amount":
            return st.just(0) | st.integers(SMALLEST, LARGEST)
        case "months":
            return st.integers(1, 600)
        case "date":
            return st.dates(date(2020, 1, 1), date(2039, 12, 31)).map(date.isoformat)
        case "phone":
            return st.sampled_from(
                ["0952-2012345", "13800000000", "0952-2012345转801", "010-65550000、13900000000"]
            )
        case "catalogue":
            return st.lists(st.sampled_from("甲乙丙丁"), min_size=1, unique=True).map(
                lambda names: tuple(ENTRY | {"name": name} for name in names)
            )
        case _:
            lines = st.text("一二三 abc&<>\"'「」，。123\n", max_size=60)
            return lines.map(str.strip).filter(lambda text: "  " not in text and bool(text))


@st.composite
def projects(draw: st.DrawFn) -> dict[str, Value]:
    """Return answers of a project that goes on, some questions open."""
    facts = dict(draw(st.sampled_from([BUILDING, SERVICE])))
    for fact in RULES.facts.values():
        if fact.id not in facts and draw(st.booleans()):
            facts[fact.id] = draw(values(fact))
    return facts


@given(projects())
def test_a_form_sent_as_it_was_drawn_changes_nothing(facts: dict[str, Value]) -> None:
    seen = view(facts)
    filled = read_form(seen, drawn(seen))
    assert filled == ({}, (), {}, ())
    assert to_confirm(seen, filled) is None


@given(projects(), projects())
def test_an_old_form_that_was_not_touched_overwrites_nothing(
    before: dict[str, Value], now: dict[str, Value]
) -> None:
    filled = read_form(view(now), drawn(view(before)))
    assert (filled.problems, filled.overtaken) == ({}, ())
    for name, value in filled.facts.items():
        assert now.get(name, before.get(name)) == value


NAMES = [field_name(name) for name in RULES.facts] + [mark_name(name) for name in RULES.questions]
JUNK = st.dictionaries(
    st.sampled_from(NAMES) | st.text(max_size=20),
    st.lists(
        st.text(max_size=60)
        | st.sampled_from(
            ["yes", "unsure", "none", "约600万", "480到520万", "680万", "明年3月", "三年", "\ud800"]
        ),
        max_size=3,
    ),
)


@given(st.sampled_from([BUILDING, SERVICE, COUNTY, {}, {"classified": True}]), JUNK)
def test_junk_in_any_field_never_raises_and_keeps_what_is_good(facts: dict[str, Value], junk: Sent) -> None:
    seen = view(facts)
    kept_out = {field_name("classified"), field_name("unit_name"), mark_name("unit_name")}
    fields = {name: said for name, said in junk.items() if name not in kept_out}
    filled = read_form(seen, fields | typed(unit_name="青山街道办事处"))
    to_confirm(seen, filled)
    if facts and facts["classified"] is False:
        assert filled.facts["unit_name"] == "青山街道办事处"
    else:
        assert set(filled.facts) <= {"classified"}
    after = DIALOGUE.put(seen.draft, filled.facts, cleared=filled.cleared, as_of=AS_OF)
    assert View(RULES, after.draft, AS_OF).verdict is not None


@pytest.mark.parametrize(
    ("name", "said", "value"),
    [
        ("total_investment", "６８０ 万", 680_000_000),
        ("total_investment", "六百八十万元", 680_000_000),
        ("this_year_investment", "1.2亿", 12_000_000_000),
        ("free_operation_months", "三年", 36),
        ("phone", "０９５２－２０１２３４５", "0952-2012345"),
        ("planned_start", "明年3月", "2027-03-01"),
        ("planned_end", "明年3月", "2027-03-31"),
        ("includes_operation", "no", False),
        ("mlps_filed", "unsure", UNSURE),
        ("mlps_level", "3", "3"),
        ("infrastructure_items", ["", "server", "network"], ("network", "server")),
        ("infrastructure_items", ["", "none"], ()),
        ("budget_estimate", "700", 700_000_000),
        ("project_basis", "第一行\r\n第二行", "第一行\n第二行"),
    ],
)
def test_what_may_be_said_may_be_typed(name: str, said: str | list[str], value: Value) -> None:
    facts = {key: kept for key, kept in BUILDING.items() if key != name}
    filled = read_form(view(facts), typed(**{name: said}))
    assert filled.facts[name] == value
    assert filled.problems == {}


@pytest.mark.parametrize(
    ("name", "said", "suggestions"),
    [
        ("total_investment", "约600万", ["600"]),
        ("total_investment", "50000", ["50000万元", "5"]),
        ("total_investment", "480到520万", ["480", "520"]),
        ("total_investment", "很多", []),
        ("free_operation_months", "3", ["36个月", "3个月"]),
        ("planned_end", "大概明年3月", ["2027-03-31"]),
        ("phone", "2012345", []),
        ("unit_level", "moon", []),
        ("includes_operation", "unsure", []),  # this one cannot be left in doubt
        ("infrastructure_items", ["none", "server"], []),
        ("project_name", "字" * 101, []),
        ("project_name", "😀", []),
    ],
)
def test_what_is_unclear_or_wrong_is_said_and_nothing_is_kept(
    name: str, said: str | list[str], suggestions: list[str]
) -> None:
    seen = view(BUILDING)
    filled = read_form(seen, typed(**{name: said}))
    assert filled.facts == {}
    assert [each.text for each in filled.problems[name].suggestions] == suggestions
    for each in suggestions:
        assert read_form(seen, typed(**{name: each})).facts[name] is not None


def test_the_same_as_before_refers_to_what_the_same_form_says() -> None:
    filled = read_form(view(BUILDING), typed(unit_name="青山街道办事处", applicant_unit="同上"))
    assert filled.facts["applicant_unit"] == "青山街道办事处"


def test_all_from_one_source_refers_to_the_total_that_the_same_form_says() -> None:
    filled = read_form(view(COUNTY), typed(total_investment="300", fund_national="全部市级", fund_city=""))
    assert (filled.facts["fund_national"], filled.facts["fund_city"]) == (0, 300_000_000)


def test_a_part_that_is_emptied_is_taken_back_and_the_other_stays() -> None:
    seen = view(BUILDING | {"planned_start": "2027-03-01", "planned_end": "2027-12-31"})
    filled = read_form(seen, typed(planned_start="2027-03-01", planned_end=""))
    assert filled.cleared == ("planned_start",)
    assert filled.facts == {"planned_start": "2027-03-01"}
    after = seen.supposing(filled.facts, filled.cleared)
    assert "planned_end" not in after.facts


def test_a_length_in_place_of_a_period_answers_both_questions() -> None:
    filled = read_form(view(SERVICE), typed(service_start="三年", service_end=""))
    assert filled.facts == {"service_months": 36}
    assert filled.cleared == ("service_start",)


def test_a_period_takes_the_place_of_a_length_that_was_said_before() -> None:
    seen = view(SERVICE | {"service_months": 36})
    filled = read_form(seen, drawn(seen) | typed(service_start="2027-01-01", service_end="2031-12-31"))
    assert filled.cleared == ("service_months",)
    after = seen.supposing(filled.facts, filled.cleared)
    assert after.seen.facts["service_months"] == 60
    asked = to_confirm(seen, filled)
    assert asked is not None
    assert filled.without(seen, asked.questions).facts == {}


def test_an_answer_that_stops_everything_takes_nothing_else_with_it() -> None:
    for said, value in (("yes", True), ("unsure", UNSURE)):
        filled = read_form(view(BUILDING), typed(classified=said, project_name="某某", phone="?"))
        assert filled == ({"classified": value}, (), {}, ())


def test_nothing_else_is_read_before_it_is_settled_that_it_is_not_secret() -> None:
    for facts in ({}, {"classified": True}, {"classified": UNSURE}):
        assert read_form(view(facts), typed(unit_level="city", project_name="某某")).facts == {}
    assert read_form(view({}), typed(classified="no", unit_level="city")).facts == {"classified": False}


def test_entries_that_are_ticked_leave_the_catalogue() -> None:
    entries = (ENTRY, ENTRY | {"name": "事件台账"})
    seen = view(BUILDING | {"catalogue_provided": True, "catalogue": entries})
    kept = seen.facts["catalogue"]
    assert isinstance(kept, tuple)
    one = read_form(seen, typed(catalogue=[entry_mark(kept[0]), "junk"]))
    assert one.facts == {"catalogue": kept[1:]}
    both = read_form(seen, typed(catalogue=[entry_mark(entry) for entry in kept]))
    assert (both.facts, both.cleared) == ({}, ("catalogue",))


def test_an_answer_to_a_question_that_is_not_asked_any_more_is_set_aside() -> None:
    form = drawn(view(BUILDING)) | typed(fund_other="100")
    now = view(BUILDING | {"unit_level": "city"})
    filled = read_form(now, form)
    assert filled.facts == {"fund_other": 100_000_000}
    assert "fund_other" not in now.supposing(filled.facts).facts


def test_an_answer_that_was_changed_elsewhere_is_not_overwritten() -> None:
    form = drawn(view(BUILDING | {"project_name": "旧"}))
    now = view(BUILDING | {"project_name": "别处改的"})
    filled = read_form(now, form | typed(project_name="这里改的", project_lead="李明"))
    assert filled.overtaken == ("project_name",)
    assert filled.facts == {"project_lead": "李明"}
    assert read_form(now, form | typed(project_name="别处改的")) == ({}, (), {}, ())


def test_only_what_changes_an_earlier_answer_with_consequences_is_confirmed() -> None:
    seen = view(BUILDING | {"project_name": "平台"})
    asked = to_confirm(
        seen, read_form(seen, typed(total_investment="1500", project_name="新平台", project_lead="李明"))
    )
    assert asked is not None
    assert asked.questions == {"total_investment"}
    assert len(asked.changes) == 1
    assert to_confirm(seen, read_form(seen, typed(project_name="新平台"))) is None
    assert to_confirm(seen, read_form(seen, typed(this_year_investment="9999"))) is None


def test_what_first_answers_lead_to_is_not_blamed_on_the_change() -> None:
    seen = view(BUILDING | {"project_name": "平台"})
    filled = read_form(seen, typed(project_name="新平台", free_operation_months="12个月"))
    assert to_confirm(seen, filled) is None


def test_a_day_that_is_drawn_reads_back_as_the_same_day() -> None:
    for offset in range(0, 4000, 37):
        day = (AS_OF + timedelta(days=offset)).isoformat()
        assert read_form(view(BUILDING), typed(planned_end=day)).facts == {"planned_end": day}


def test_a_draft_without_answers_has_a_form() -> None:
    (section,) = form_sections(View(RULES, Draft(state="classified"), AS_OF))
    assert [question.id for question in section.questions] == ["classified"]
