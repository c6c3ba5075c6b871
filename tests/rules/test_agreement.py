"""The product and an independent reading of the same page (oracle.py) give the same verdict."""

import json
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import oracle
import pytest
from cases import CENT, EDGES, EVENT_KINDS, FACTS, MAY_BE_UNSURE, SCOPE_FACTS, Facts, answers, cases
from hypothesis import HealthCheck, assume, event, given, settings
from oracle_case import Case, add_months, months_between

import rules
from rules.assessment import assess
from rules.case import parse_case
from rules.loader import FILES, load_rules
from rules.ruleset import RuleSet
from rules.verdict import verdict_json

PACK = Path(rules.__file__).parent / "packs" / "shizuishan"
TODAY = date(2026, 11, 23)
steady = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@cache
def shizuishan() -> RuleSet:
    return load_rules({name: (PACK / name).read_text(encoding="utf-8") for name in FILES})


def product(raw: Facts) -> dict[str, Any]:
    """The product's verdict as the JSON that is printed."""
    verdict = assess(shizuishan(), parse_case(shizuishan(), raw, today=TODAY))
    return json.loads(json.dumps(verdict_json(verdict)))


def compared(printed: dict[str, Any]) -> dict[str, Any]:
    """The part of a printed verdict that the oracle states too, in the oracle's form."""
    return {
        "scope": printed["scope"],
        "tier": printed["tier"],
        "findings": {found["id"]: found["status"] for found in printed["findings"]},
        "documents": {need["id"]: (need["requirement"], need["status"]) for need in printed["documents"]},
        "route": [leg["step"] for leg in printed["route"]],
        "deadlines": [
            (due["id"], due["due"], due["extended_due"], due["inferred"]) for due in printed["deadlines"]
        ],
        "open_questions": printed["open_questions"],
    }


def agree(raw: Facts) -> str:
    """Assert that both sides say the same of a case, and return its scope."""
    expected, actual = oracle.verdict(raw), compared(product(raw))
    assert sorted(actual.pop("deadlines")) == sorted(expected.pop("deadlines"))
    for part, value in expected.items():
        assert actual[part] == value, part
    return expected["scope"]


@given(cases())
@settings(steady, max_examples=400)
def test_product_and_oracle_give_the_same_verdict(raw: Facts) -> None:
    event(f"scope: {agree(raw)}")


@pytest.mark.parametrize(
    ("nature", "category"), [("rebuild", "engineering"), ("purchased_service", "service")]
)
@pytest.mark.parametrize("total", ["59.99", *(edge + near for edge in EDGES for near in (-CENT, 0, CENT))])
def test_product_and_oracle_agree_on_every_boundary_of_the_amounts(
    total: Decimal | str, nature: str, category: str
) -> None:
    facts = {"classified": False, "unit_level": "county", "unit_kind": "government"}
    facts |= {"nature": nature, "category": category, "feasibility_commissioned": False}
    award = {"kind": "award_notice", "date": "2026-05-31", "amount": 500}
    for counted in (None, "59.99", "60", "60.01"):
        for budget in (None, "499.99", "500", "500.01"):
            amounts = {"total_investment": total, "counted_investment": counted, "budget_estimate": budget}
            agree({"facts": facts | amounts, "events": [award]})


@pytest.mark.parametrize(
    ("accepted", "found"),
    [(["2026-05-30"], False), (["2026-05-31"], False), (["2026-06-01"], True), ([], True)],
)
def test_going_live_on_the_day_of_acceptance_is_not_too_early(accepted: list[str], found: bool) -> None:
    facts = {"classified": False, "unit_kind": "government", "nature": "new", "total_investment": 600}
    happened = [{"kind": "go_live", "date": "2026-05-31"}]
    happened += [{"kind": "final_acceptance", "date": day} for day in accepted]
    raw = {"facts": facts, "events": happened}
    agree(raw)
    assert ("live_before_acceptance" in compared(product(raw))["findings"]) is found


@given(cases())
@settings(steady, max_examples=60)
def test_printed_verdict_has_exactly_the_keys_and_types_of_the_format(raw: Facts) -> None:
    printed = product(raw)
    text, texts, found = str, list, {"found", "undetermined"}
    assert {key: type(value) for key, value in printed.items() if key != "tier"} == {
        "pack": text,
        "as_of": text,
        "scope": text,
        "findings": list,
        "documents": list,
        "route": list,
        "deadlines": list,
        "open_questions": list,
    }
    assert printed["pack"] == "shizuishan"
    assert printed["as_of"] == raw.get("as_of", TODAY.isoformat())
    shapes: dict[str, dict[str, type]] = {
        "findings": {
            "id": text,
            "effect": text,
            "status": text,
            "articles": texts,
            "facts": texts,
            "message": text,
        },
        "documents": {
            "id": text,
            "stage": text,
            "requirement": text,
            "status": text,
            "articles": texts,
            "because": text,
        },
        "route": {"step": text, "authority": text},
        "deadlines": {"id": text, "due": text, "articles": texts, "inferred": bool},
    }
    for part, shape in shapes.items():
        for item in printed[part]:
            extended = item.pop("extended_due") if part == "deadlines" else None
            assert extended is None or date.fromisoformat(extended) >= date.fromisoformat(item["due"])
            assert {key: type(value) for key, value in item.items()} == shape
            assert all(isinstance(name, str) for key in item if shape[key] is list for name in item[key])
    assert {item["status"] for item in printed["findings"]} <= found


@given(cases(), answers())
@settings(steady, max_examples=60)
def test_answering_the_facts_that_an_undetermined_finding_names_decides_it(raw: Facts, known: Facts) -> None:
    undetermined = [item for item in product(raw)["findings"] if item["status"] == "undetermined"]
    assume(undetermined and known["classified"] != "unsure")
    given_facts = Case(raw).facts
    for item in undetermined:
        assert item["facts"], item["id"]
        assert all(given_facts.get(name, "unsure") == "unsure" for name in item["facts"]), item["id"]
        answered = {name: known[name] for name in item["facts"] if name in known}
        later = oracle.verdict(raw | {"facts": raw["facts"] | answered})
        assert later["findings"].get(item["id"]) != "undetermined", item["id"]


@pytest.mark.parametrize(("level", "own"), [("city", True), ("park", True), ("county", False)])
def test_a_county_project_goes_through_its_own_authorities(level: str, own: bool) -> None:
    facts = {"classified": False, "unit_kind": "government", "nature": "new", "total_investment": 600}
    printed = product({"facts": facts | {"unit_level": level}})
    authorities = {leg["step"]: leg["authority"] for leg in printed["route"]}
    assert ("市审批服务管理局" in authorities["project_approval"]) is own
    assert ("县区数据局" in authorities["filing"]) is not own
    assert "市数据局" in authorities["technical_review"]
    assert "自治区政府办公厅" in authorities["regional_review"]


def test_the_same_facts_documents_findings_steps_deadlines_and_events_exist_on_both_sides() -> None:
    pack = shizuishan().pack
    assert list(shizuishan().facts) == FACTS
    assert {kind.id for kind in pack.head.events} == set(EVENT_KINDS)
    assert [(item.id, item.stage) for item in pack.documents] == [row[:2] for row in oracle.DOCUMENTS]
    assert {item.id for item in pack.documents if item.requirement == "recommended"} == oracle.RECOMMENDED
    assert [(item.id, item.effect) for item in pack.findings] == [row[:2] for row in oracle.FINDINGS]
    assert [step.id for step in pack.route] == ["guidance", *(step for step, _ in oracle.ROUTE)]
    assert [deadline.id for deadline in pack.deadlines] == list(oracle.DEADLINES)


def test_unsure_is_an_answer_for_the_same_facts_on_both_sides() -> None:
    unsure = {question.id for question in shizuishan().questions.values() if question.unsure}
    assert unsure == {"classified", *MAY_BE_UNSURE}


def test_every_article_of_the_tables_is_cited_by_the_pack() -> None:
    pack = shizuishan().pack
    cited = {item.id: set(item.articles) for item in (*pack.documents, *pack.findings, *pack.deadlines)}
    tables = [(row[0], row[3]) for row in (*oracle.DOCUMENTS, *oracle.FINDINGS)]
    missing = {name: set(articles) - cited[name] for name, articles in [*tables, *oracle.DEADLINES.items()]}
    assert not {name: articles for name, articles in missing.items() if articles}


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2026, 1, 1), date(2028, 12, 31), 36),
        (date(2026, 1, 1), date(2029, 1, 1), 37),
        (date(2026, 1, 31), date(2026, 2, 27), 1),
        (date(2026, 1, 31), date(2026, 2, 28), 2),
        (date(2026, 1, 2), date(2026, 1, 1), 0),
    ],
)
def test_months_of_a_period_as_the_page_counts_them(start: date, end: date, months: int) -> None:
    assert months_between(start, end) == months
    facts = {"category": "service", "service_start": start.isoformat(), "service_end": end.isoformat()}
    assert Case({"facts": facts}).service_months == months


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 5, 31), date(2026, 6, 30)),
        (date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_a_month_ends_on_the_corresponding_day_or_the_last_of_the_month(start: date, end: date) -> None:
    assert add_months(start, 1) == end
    awarded = {"kind": "award_notice", "date": start.isoformat()}
    printed = product({"facts": {"nature": "new"}, "events": [awarded]})
    assert [due["due"] for due in printed["deadlines"]] == [end.isoformat()]


def test_the_generator_knows_the_facts_it_withholds() -> None:
    assert set(SCOPE_FACTS) <= set(FACTS)
