"""A second, independent reading of the regulation: the verdict of one case, written from the domain notes alone.

Nothing here imports the product. Each table below is one section of the notes; a condition is a function of the
case that answers True, False or None (unknown). The agreement test compares this reading with `rules`.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from oracle_case import (
    CONSTRUCT,
    Case,
    Truth,
    add_months,
    and3,
    at_least,
    equal,
    less,
    next_working_day,
    nonempty,
    not3,
    or3,
    within,
)

Condition = Callable[[Case], Truth]

# Section 4: id, stage, condition, articles. `applies` is added to every condition but those of COVERED_DOCUMENTS.
COVERED_DOCUMENTS = {"filing_form", "prior_evaluation", "mlps_record", "crypto_record"}
RECOMMENDED = {"security_review_form"}
DOCUMENTS: list[tuple[str, str, Condition, tuple[str, ...]]] = [
    ("project_proposal", "technical_review", lambda c: at_least(c.total, 5000), ("15",)),
    ("feasibility_report", "technical_review", lambda c: at_least(c.total, 1500), ("15",)),
    ("preliminary_design", "technical_review", lambda _: True, ("15",)),
    ("data_catalogue", "technical_review", lambda c: c.construct, ("10", "13(3)")),
    ("superior_approval", "technical_review", lambda c: c.construct, ("13(2)",)),
    ("industry_opinion", "technical_review", lambda c: c("industry_project"), ("15",)),
    (
        "special_provision_basis",
        "technical_review",
        lambda c: and3(c.infrastructure, c("special_provision")),
        ("13",),
    ),
    (
        "common_capability_consent",
        "technical_review",
        lambda c: and3(c.construct, c("common_capability")),
        ("12",),
    ),
    ("operation_funding_statement", "technical_review", lambda c: c.category("engineering"), ("14",)),
    ("security_review_form", "technical_review", lambda c: c.construct, ("13(7)", "21")),
    ("requirements_report", "regional_review", lambda c: at_least(c.budget, 500), ("16",)),
    ("declaration_form", "regional_review", lambda c: at_least(c.budget, 500), ("16",)),
    ("county_opinion", "regional_review", lambda c: and3(c.county, at_least(c.budget, 500)), ("16",)),
    ("filing_form", "filing", lambda _: True, ("18",)),
    ("prior_evaluation", "filing", lambda c: within(c("nature"), {"expansion", "rebuild"}), ("18",)),
    ("mlps_record", "filing", lambda c: c.construct, ("18",)),
    ("crypto_record", "filing", lambda c: c.construct, ("18",)),
    ("acceptance_opinion", "acceptance", lambda c: c.construct, ("25",)),
]


def engineering(condition: Condition) -> Condition:
    return lambda c: and3(c.category("engineering"), condition(c))


def service(condition: Condition) -> Condition:
    return lambda c: and3(c.category("service"), condition(c))


def construct(condition: Condition) -> Condition:
    return lambda c: and3(c.construct, condition(c))


def no_basis(entry: Mapping[str, Any]) -> bool:
    return not (entry.get("basis") or "").strip()


# Section 5: id, effect, condition, articles. `applies` is added to every condition, `covered` to those marked °.
ALSO_REFERENCE_ONLY = {
    "funding_mismatch", "this_year_exceeds_total", "schedule_reversed",
    "boundary_60", "bases_straddle", "goods_filing_inferred",
}  # fmt: skip
FINDINGS: list[tuple[str, str, Condition, tuple[str, ...]]] = [
    (
        "infrastructure_included", "refuse",
        construct(lambda c: and3(c.infrastructure, not3(c("special_provision")))), ("13(1)", "9"),
    ),
    ("infrastructure_special", "confirm", construct(lambda c: and3(c.infrastructure, c("special_provision"))), ("13",)),
    ("infrastructure_purchase", "correct", lambda c: and3(not3(c.construct), c.infrastructure), ("9",)),
    (
        "infrastructure_operation", "confirm",
        lambda c: and3(equal(c("nature"), "operation"), c("operates_infrastructure")), ("9",),
    ),
    ("superior_not_approved", "refuse", construct(lambda c: not3(c("superior_approved"))), ("13(2)",)),
    ("catalogue_not_provided", "refuse", construct(lambda c: not3(c("catalogue_provided"))), ("13(3)",)),
    ("duplicate_project", "refuse", construct(lambda c: c("duplicates_existing")), ("13(4)",)),
    ("similar_unaccepted", "refuse", construct(lambda c: c("similar_unaccepted")), ("13(5)",)),
    ("not_integrated", "refuse", lambda c: and3(equal(c("nature"), "new"), not3(c("integrated"))), ("13(6)",)),
    (
        "security_not_planned", "refuse",
        construct(lambda c: or3(not3(c("security_planned")), not3(c("crypto_planned")))), ("13(7)",),
    ),
    ("operation_not_included", "correct", engineering(lambda c: not3(c("includes_operation"))), ("14",)),
    ("free_operation_too_short", "correct", engineering(lambda c: less(c("free_operation_months"), 36)), ("14",)),
    (
        "operation_funding_missing", "correct",
        engineering(lambda c: not3(nonempty(c("operation_funding_source")))), ("14",),
    ),
    ("service_too_long", "correct", service(lambda c: less(36, c.service_months)), ("14",)),
    ("service_includes_construction", "correct", service(lambda c: c("includes_construction")), ("14",)),
    (
        "feasibility_not_commissioned", "correct",
        lambda c: and3(at_least(c.total, 1500), not3(c("feasibility_commissioned"))), ("15",),
    ),
    (
        "unshared_without_basis", "correct",
        construct(lambda c: and3(c("catalogue_provided"), c.entries(no_basis))), ("10",),
    ),
    (
        "unshared_on_policy", "confirm",
        construct(lambda c: and3(c("catalogue_provided"), c.entries(lambda e: e.get("basis_kind") == "policy"))),
        ("10",),
    ),
    ("bigdata_not_connected", "correct", construct(lambda c: not3(c("bigdata_access"))), ("10",)),
    ("not_on_government_cloud", "correct", construct(lambda c: not3(c("on_government_cloud"))), ("11",)),
    (
        "my_ningxia_not_docked", "correct",
        construct(lambda c: and3(c.domains, not3(c("docks_my_ningxia")))), ("11",),
    ),
    (
        "ningzhengtong_not_docked", "correct",
        construct(lambda c: and3(c.domains, not3(c("docks_ningzhengtong")))), ("11",),
    ),
    (
        "common_facility", "correct",
        construct(lambda c: and3(c("builds_common_facility"), not3(c("common_capability")))), ("9",),
    ),
    ("standards_not_followed", "correct", construct(lambda c: not3(c("follows_standards"))), ("12",)),
    ("county_rebuilds", "confirm", lambda c: and3(c.county, c("city_system_exists")), ("12",)),
    (
        "common_capability_unapproved", "correct",
        construct(lambda c: and3(c("common_capability"), not3(c("common_capability_consent")))), ("12",),
    ),
    ("domestic_not_preferred", "correct", lambda c: not3(c("prefers_domestic")), ("22",)),
    ("mlps_undetermined", "confirm", construct(lambda c: equal(c("mlps_level"), "undetermined")), ("21",)),
    ("funding_mismatch", "correct", lambda c: not3(equal(c.funds, c.total)), ("附件1",)),
    ("this_year_exceeds_total", "correct", lambda c: less(c.total, c("this_year_investment")), ("附件1",)),
    ("schedule_reversed", "correct", lambda c: less(c("planned_end"), c("planned_start")), ("附件1",)),
    ("boundary_60", "notice", lambda c: equal(c.counted, 60), ("4",)),
    ("boundary_500", "notice", lambda c: equal(c.budget, 500), ("16",)),
    ("boundary_1500", "notice", lambda c: equal(c.total, 1500), ("15",)),
    ("boundary_5000", "notice", lambda c: equal(c.total, 5000), ("15",)),
    ("bases_straddle", "confirm", lambda c: and3(at_least(c.total, 60), less(c.counted, 60)), ("4",)),
    ("review_of_non_construction", "confirm", lambda c: not3(c.construct), ("13", "15", "17")),
    ("award_exceeds_estimate", "correct", lambda c: c.award_exceeds, ("20",)),
    ("live_before_acceptance", "correct", construct(lambda c: c.live_unaccepted), ("25",)),
    ("park_route_unstated", "confirm", lambda c: equal(c("unit_level"), "park"), ("7", "16")),
    ("county_approval_unstated", "confirm", construct(lambda c: c.county), ("17",)),
    ("goods_filing_inferred", "confirm", lambda c: equal(c("nature"), "goods_purchase"), ("18",)),
]  # fmt: skip

# Section 6: the steps of a case that applies, in order.
ROUTE: list[tuple[str, Condition]] = [
    ("technical_review", lambda _: True),
    ("county_review", lambda c: and3(c.county, at_least(c.budget, 500))),
    ("regional_review", lambda c: at_least(c.budget, 500)),
    ("project_approval", lambda c: c.construct),
    ("government_procurement", lambda c: within(c("category"), {"goods", "service"})),
    ("tendering", lambda c: c.category("engineering")),
    ("filing", lambda _: True),
    ("preliminary_acceptance", lambda c: c.construct),
    ("trial_run", lambda c: c.construct),
    ("final_acceptance", lambda c: c.construct),
]

# Section 7: id and articles.
DEADLINES = {
    "filing_after_award": ("18",),
    "operation_filing": ("18",),
    "filing_update": ("18",),
    "mlps_filing": ("公通字〔2007〕43号15",),
    "service_end": ("14",),
    "free_operation_end": ("14",),
    "rectification": ("24",),
}

# Section 1: which facts are asked when, in the order of the table.
QUESTIONS: list[tuple[str, Condition]] = [
    ("classified unit_level unit_kind", lambda _: True),
    ("uses_city_funds", lambda c: equal(c("unit_kind"), "vertical")),
    ("nature category total_investment", lambda _: True),
    ("counted_investment", lambda c: and3(at_least(c.total, 60), less(c.total, 120))),
    ("budget_estimate", lambda _: False),  # only when the user says that it differs
    ("this_year_investment fund_national fund_regional fund_city fund_social", lambda _: True),
    ("fund_other", lambda c: within(c("unit_level"), {"county", "park"})),
    (
        "fund_other_note",
        lambda c: less(0, c.fund_other),
    ),  # the table names "self-raised money", which is no fact
    (
        "includes_operation free_operation_months operation_funding_source",
        lambda c: c.category("engineering"),
    ),
    ("service_start service_end", lambda c: c.category("service")),
    ("service_months", lambda c: and3(c.category("service"), c.service_months is None)),
    ("includes_construction", lambda c: c.category("service")),
    ("infrastructure_items", lambda _: True),
    ("special_provision", lambda c: c.infrastructure),
    ("operates_infrastructure", lambda c: equal(c("nature"), "operation")),
    ("superior_approved duplicates_existing similar_unaccepted", lambda c: c.construct),
    ("integrated", lambda c: equal(c("nature"), "new")),
    ("security_planned crypto_planned", lambda c: c.construct),
    ("industry_project", lambda _: True),
    ("feasibility_commissioned", lambda c: at_least(c.total, 1500)),
    ("city_system_exists", lambda c: c.county),
    ("common_capability", lambda c: c.construct),
    ("common_capability_consent", lambda c: and3(c.construct, c("common_capability"))),
    ("builds_common_facility follows_standards on_government_cloud service_domains", lambda c: c.construct),
    ("docks_my_ningxia docks_ningzhengtong", lambda c: c.domains),
    ("bigdata_access catalogue_provided", lambda c: c.construct),
    ("catalogue", lambda c: c("catalogue_provided")),
    ("mlps_level mlps_filed crypto_assessment", lambda c: c.construct),
    ("prefers_domestic", lambda _: True),
    (
        "unit_name applicant_unit project_lead phone partner_units project_name project_address",
        lambda _: True,
    ),
    ("project_basis planned_start planned_end readiness remarks", lambda _: True),
    ("construction_content security_summary crypto_summary", lambda c: and3(c.applies, c.construct)),
    (
        "unit_profile accountable_person background current_state significance",
        lambda c: at_least(c.budget, 500),
    ),
    ("business_analysis environment_needs function_needs sharing_needs", lambda c: at_least(c.budget, 500)),
    ("goals scale", lambda c: at_least(c.budget, 500)),
]


def tier(case: Case) -> str | None:
    """Section 3: by total_investment, when the regulation applies."""
    if case.scope != "applies" or case.total is None:
        return None
    if case.total >= 5000:
        return "proposal_feasibility_design"
    return "feasibility_design" if case.total >= 1500 else "design"


def findings(case: Case) -> dict[str, str]:
    """Section 5: found when the condition is true, undetermined when it is unknown, else not listed."""
    result: dict[str, str] = {}
    for name, _, condition, _ in FINDINGS:
        within_scope = case.covered if name in ALSO_REFERENCE_ONLY else case.applies
        truth = and3(within_scope, condition(case))
        if truth is not False:
            result[name] = "found" if truth else "undetermined"
    return result


def documents(case: Case) -> dict[str, tuple[str, str]]:
    """Section 4: requirement and status of every document."""
    result: dict[str, tuple[str, str]] = {}
    for name, _, condition, _ in DOCUMENTS:
        truth = and3(case.covered if name in COVERED_DOCUMENTS else case.applies, condition(case))
        wanted = "recommended" if name in RECOMMENDED else "required"
        requirement = {True: wanted, False: "not_required", None: "undetermined"}[truth]
        result[name] = (requirement, case.documents.get(name, "missing"))
    return result


def route(case: Case) -> list[str]:
    """Section 6: the ordered steps; a step whose condition is unknown is left out."""
    if case.scope == "reference_only":
        return ["guidance", "filing"]
    return [step for step, condition in ROUTE if case.scope == "applies" and condition(case)]


def deadlines(case: Case) -> list[tuple[str, str, str | None, bool]]:
    """Section 7: (id, due, extended_due, inferred) of every deadline whose condition is true, in table order."""
    if case.scope == "out_of_scope":
        return []
    nature, start, end = case("nature"), case("service_start"), case("service_end")
    due: list[tuple[str, date]] = []
    if nature in CONSTRUCT | {"purchased_service", "goods_purchase"}:
        due += [("filing_after_award", add_months(day, 1)) for day in case.dated("award_notice")]
    if nature == "operation" and start and end and start <= end:
        due += [("operation_filing", date(year + 1, 1, 31)) for year in range(start.year, end.year + 1)]
    due += [("filing_update", add_months(day, 1)) for day in case.dated("filing_changed")]
    if at_least(case.mlps_level, 2):
        due += [("mlps_filing", day + timedelta(days=30)) for day in case.dated("go_live")]
    if end:
        due.append(("service_end", end))
    if (free := case("free_operation_months")) is not None:
        due += [("free_operation_end", add_months(day, free)) for day in case.dated("final_acceptance")]
    ordered = [event for event in case.events if event["kind"] == "rectification_ordered"]
    due += [("rectification", date.fromisoformat(event["due"])) for event in ordered if event.get("due")]
    return [(name, day.isoformat(), extended(day), inferred(name, nature)) for name, day in due]


def extended(due: date) -> str | None:
    later = next_working_day(due)
    return later.isoformat() if later else None


def inferred(name: str, nature: str | None) -> bool:
    return name == "filing_after_award" and nature == "goods_purchase"


def open_questions(case: Case) -> list[str]:
    """Section 1: the facts whose "asked when" is true and that are not answered; `unsure` is an answer."""
    if case.scope == "out_of_scope" or case.facts.get("classified") == "unsure":
        return []
    asked = [name for names, condition in QUESTIONS if condition(case) for name in names.split()]
    return [name for name in asked if name not in case.facts]


def verdict(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The verdict of one case of section 8, as far as the two implementations are compared."""
    case = Case(raw)
    return {
        "scope": case.scope,
        "tier": tier(case),
        "findings": findings(case),
        "documents": documents(case),
        "route": route(case),
        "deadlines": deadlines(case),
        "open_questions": open_questions(case),
    }
