"""Hypothesis strategies for whole cases of `shenbao assess`: mostly deep ones, with boundaries met often."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from oracle import DOCUMENTS, QUESTIONS
from oracle_case import FUNDS, add_months

Draw = Callable[[st.SearchStrategy[Any]], Any]
Facts = dict[str, Any]


def words(text: str) -> list[str]:
    return text.split()


FACTS = [name for names, _ in QUESTIONS for name in names.split()]
MAY_BE_UNSURE = words(
    "operates_infrastructure superior_approved duplicates_existing similar_unaccepted integrated "
    "security_planned crypto_planned industry_project city_system_exists builds_common_facility "
    "follows_standards on_government_cloud bigdata_access catalogue_provided mlps_filed prefers_domestic"
)
YES_NO = words(
    "includes_operation includes_construction special_provision feasibility_commissioned common_capability "
    "common_capability_consent docks_my_ningxia docks_ningzhengtong"
)
FLAGS = YES_NO + MAY_BE_UNSURE
TEXTS = words(
    "unit_name applicant_unit project_lead partner_units project_name project_address project_basis readiness "
    "remarks construction_content security_summary crypto_summary unit_profile accountable_person background "
    "current_state significance business_analysis environment_needs function_needs sharing_needs goals scale "
    "fund_other_note operation_funding_source"
)
SCOPE_FACTS = words("classified unit_kind uses_city_funds total_investment counted_investment nature")
UNIT_KINDS = words(
    "party npc government cppcc discipline court procuratorate institution social_org enterprise vertical other"
)
CATEGORIES = {
    "new": ["engineering", "goods"],
    "expansion": ["engineering", "goods"],
    "rebuild": ["engineering", "goods"],
    "operation": ["service"],
    "purchased_service": ["service"],
    "goods_purchase": ["goods"],
}
INFRASTRUCTURE = ["machine_room", "network", "cloud", "server", "base_software", "office_device"]
DOMAINS = ["government_service", "convenience_service", "social_governance", "city_management"]
EVENT_KINDS = words(
    "award_notice go_live final_acceptance filing_changed rectification_ordered technical_review_passed "
    "regional_review_passed project_approved filed preliminary_acceptance trial_run_passed"
)

CENT = Decimal("0.01")
FINEST = Decimal("0.000001")  # 1 分
EDGES = [Decimal(edge) for edge in (60, 120, 500, 1500, 5000)]
NEAR = [Decimal(0), Decimal(0), Decimal(0), CENT, -CENT, FINEST, -FINEST]
DAYS = [
    date(2026, 1, 31),
    date(2024, 2, 29),
    date(2027, 2, 28),
    date(2026, 5, 31),
    date(2026, 8, 31),
    date(2026, 12, 31),
    date(2026, 1, 1),
    date(2025, 9, 1),
    date(2026, 4, 4),
    date(2026, 9, 30),
]

yes_no = st.booleans()
days = st.one_of(st.sampled_from(DAYS), st.dates(date(2023, 6, 1), date(2027, 12, 31)))
edges = st.builds(lambda edge, near: edge + near, st.sampled_from(EDGES), st.sampled_from(NEAR))
wan = st.one_of(edges, edges, st.integers(1, 800_000).map(lambda cents: cents * CENT))
deep_wan = st.one_of(
    st.sampled_from(EDGES),
    st.sampled_from(EDGES),
    edges,
    st.integers(6_000, 800_000).map(lambda cents: cents * CENT),
)
below_60 = st.sampled_from([60 - CENT, 60 - FINEST, Decimal(40)])
texts = st.sampled_from(["已列入部门预算", "一段说明", "", "   "])


def some_of(keys: list[str]) -> st.SearchStrategy[list[str]]:
    return st.sampled_from([[], *([key] for key in keys), keys[1:3], keys])


@st.composite
def written(draw: Draw, amounts: st.SearchStrategy[Decimal]) -> Any:
    """An amount as a file may state it: digits, a decimal number or a whole number."""
    amount: Decimal = draw(amounts)
    forms: list[Any] = [str(amount), amount]
    if amount == amount.to_integral_value():
        forms.append(int(amount))
    return draw(st.sampled_from(forms))


def written_as(amount: Decimal) -> st.SearchStrategy[Any]:
    return written(st.just(amount))


@st.composite
def scopes(draw: Draw) -> Facts:
    """Whose project it is: nearly always one that the regulation covers."""
    common = draw(st.integers(0, 7)) > 0
    kinds = ["government", "party", "institution"] if common else ["vertical"] * 8 + UNIT_KINDS
    return {
        "classified": False if common else draw(st.sampled_from([True, False, "unsure"])),
        "unit_level": draw(st.sampled_from(["city", "county", "park"])),
        "unit_kind": draw(st.sampled_from(kinds)),
        "uses_city_funds": draw(yes_no),
    }


@st.composite
def kinds(draw: Draw) -> Facts:
    """Nature and category, which fit together four times in five."""
    nature = draw(st.sampled_from(list(CATEGORIES)))
    fitting = draw(st.integers(0, 4)) > 0
    categories = CATEGORIES[nature] if fitting else ["engineering", "goods", "service"]
    return {"nature": nature, "category": draw(st.sampled_from(categories))}


@st.composite
def money(draw: Draw) -> Facts:
    """Total, the bases derived from it, and funds that add up to it or miss it by little or much."""
    total: Decimal = draw(st.one_of(deep_wan, deep_wan, deep_wan, wan))
    others = st.one_of(st.just(total), wan)
    facts = {"total_investment": total, "this_year_investment": draw(others)}
    if draw(st.integers(0, 3)) == 0:
        facts["counted_investment"] = draw(st.one_of(below_60, below_60, others))
    if draw(yes_no):
        facts["budget_estimate"] = draw(others)
    parts = [draw(st.sampled_from([Decimal(0), total / 4, CENT])) for _ in FUNDS[1:]]
    parts = [part.quantize(CENT) for part in parts]
    rest = total - sum(parts) + draw(st.sampled_from([Decimal(0), Decimal(0), CENT, -CENT, Decimal(100)]))
    shares = dict(zip(FUNDS, [max(rest, Decimal(0)), *parts], strict=True))
    tiny = {name: amount for name, amount in shares.items() if 0 < amount < CENT}
    facts |= shares | dict.fromkeys(tiny, Decimal(0))
    return {name: draw(written_as(amount)) for name, amount in facts.items()}


@st.composite
def periods(draw: Draw) -> tuple[date, date]:
    """A period of 35, 36 or 37 months, to the day or a day off it, or any other, even a reversed one."""
    start: date = draw(days)
    if draw(st.integers(0, 3)) == 0:
        return start, draw(days)
    end = add_months(start, draw(st.sampled_from([35, 36, 37])))
    return start, end + timedelta(days=draw(st.sampled_from([-2, -1, 0, 1])))


def entry(share: str) -> st.SearchStrategy[Facts]:
    return st.fixed_dictionaries(
        {"name": st.just("办件信息"), "share": st.just(share)},
        optional={
            "provider": texts,
            "basis": st.sampled_from(["某法第三条", "", "  "]),
            "basis_kind": st.sampled_from(
                ["law", "administrative_regulation", "state_council_decision", "policy"]
            ),
            "condition": texts,
            "open": st.sampled_from(["yes", "no"]),
        },
    )


entries = st.one_of(
    entry("none"),
    entry("none"),
    entry("conditional"),
    entry("unconditional"),
    st.just({"name": "未填共享类型"}),
)
on_policy = st.just({"name": "办件信息", "share": "none", "basis": "某市通知", "basis_kind": "policy"})
catalogues = st.one_of(
    st.lists(st.one_of(entry("none"), on_policy), min_size=1, max_size=2), st.lists(entries, max_size=3)
)


@st.composite
def answers(draw: Draw) -> Facts:
    """Every fact with a legal value, nothing missing."""
    start, end = draw(periods())
    planned_start, planned_end = draw(days), draw(days)
    months = st.sampled_from([35, 36, 36, 37, 0, 60])
    facts: Facts = draw(scopes()) | draw(kinds()) | draw(money())
    facts |= zip(FLAGS, draw(st.lists(yes_no, min_size=len(FLAGS), max_size=len(FLAGS))), strict=True)
    facts |= dict.fromkeys(TEXTS, draw(texts))
    facts |= {
        "operation_funding_source": draw(texts),
        "free_operation_months": draw(months),
        "service_start": start.isoformat(),
        "service_end": end.isoformat(),
        "planned_start": planned_start.isoformat(),
        "planned_end": planned_end.isoformat(),
        "infrastructure_items": draw(some_of(INFRASTRUCTURE)),
        "service_domains": draw(some_of(DOMAINS)),
        "catalogue": draw(catalogues),
        "mlps_level": draw(st.sampled_from([1, 2, 3, "4", "5", "undetermined"])),
        "crypto_assessment": draw(st.sampled_from(["done", "planned", "none"])),
        "phone": "0952-2012345",
    }
    if draw(yes_no):
        facts["service_months"] = draw(months)
    return facts


@st.composite
def events(draw: Draw, facts: Facts) -> list[Facts]:
    """Events on few days, so that several fall together; awards around the estimate."""
    pool = st.sampled_from(draw(st.lists(days, min_size=1, max_size=3)))
    estimate = Decimal(str(facts.get("budget_estimate", facts["total_investment"])))
    amounts = st.sampled_from([estimate, estimate + FINEST, estimate + CENT, max(estimate - CENT, CENT)])
    found: list[Facts] = []
    for kind in draw(st.lists(st.sampled_from(EVENT_KINDS[:5] * 3 + EVENT_KINDS[5:]), max_size=5)):
        event: Facts = {"kind": kind, "date": draw(pool).isoformat()}
        if kind == "award_notice" and draw(yes_no):
            event["amount"] = draw(written(st.one_of(amounts, wan)))
        if kind == "rectification_ordered":
            event["due"] = draw(days).isoformat()
        found.append(event)
    return found


@st.composite
def holed(draw: Draw, whole: Facts) -> Facts:
    """The facts of a whole case with a few missing or unsure, answered up to some question, or with few left."""
    some = st.lists(st.sampled_from(FACTS), max_size=8)
    match draw(st.sampled_from(["full", "full", "holes", "begun", "begun", "sparse"])):
        case "holes":
            kept = set(FACTS) - set(draw(some))
        case "begun":
            kept = set(FACTS[: draw(st.integers(7, len(FACTS)))]) - set(draw(some)[:2])
        case "sparse":
            kept = set(draw(some) + draw(st.sampled_from([SCOPE_FACTS, []])))
        case _:
            kept = set(FACTS)
    facts = {name: value for name, value in whole.items() if name in kept}
    for name in draw(st.lists(st.sampled_from(MAY_BE_UNSURE), max_size=3)):
        if name in facts:
            facts[name] = "unsure"
    if draw(st.integers(0, 9)) == 0:
        facts[draw(st.sampled_from(FACTS))] = None
    return facts


@st.composite
def cases(draw: Draw) -> Facts:
    """A case of section 8, read from JSON or YAML."""
    whole: Facts = draw(answers())
    statuses = st.sampled_from(["missing", "drafted", "provided"])
    raw: Facts = {
        "pack": "shizuishan",
        "facts": draw(holed(whole)),
        "documents": draw(
            st.dictionaries(st.sampled_from([row[0] for row in DOCUMENTS]), statuses, max_size=3)
        ),
        "events": draw(events(whole)),
    }
    if draw(yes_no):
        raw["as_of"] = draw(days).isoformat()
    return raw
