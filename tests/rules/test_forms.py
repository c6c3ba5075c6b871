from datetime import date
from typing import Any

from bot.packs import installed_pack
from rules.assessment import Assessment
from rules.case import parse_case
from rules.forms import fill_form

RULES = installed_pack()[0]
TODAY = date(2026, 1, 5)


def filled(facts: dict[str, Any], handed_in: list[str] | None = None) -> dict[str, str]:
    seen = Assessment(RULES, parse_case(RULES, {"facts": facts}, today=TODAY))
    return fill_form(seen, "declaration", handed_in or [])


def test_an_empty_form_is_blank_but_for_its_date() -> None:
    cells = filled({})
    assert {name for name, text in cells.items() if text} == {"form_date"}
    assert cells["form_date"] == "2026年1月5日"


def test_cells_hold_what_was_answered() -> None:
    cells = filled(
        {
            "nature": "rebuild",
            "category": "engineering",
            "total_investment": "59.90",
            "planned_start": "2027-03-01",
        },
        ["初步设计", "信息资源目录"],
    )
    assert cells["project_category"] == "工程类（改建）"
    assert cells["total_investment"] == "59.9"
    assert cells["planned_start"] == "2027年3月1日"
    assert cells["materials"] == "初步设计\n信息资源目录"


def test_money_without_a_column_goes_to_the_remarks() -> None:
    cells = filled({"fund_other": 280, "remarks": "分两年实施。", "fund_social": 0})
    assert cells["remarks"].splitlines() == [
        "分两年实施。",
        "另有其他资金 280 万元，申报表没有对应栏目，在此列明。",
    ]
    assert cells["fund_social"] == "0"


def test_no_other_money_is_not_mentioned() -> None:
    assert filled({"fund_other": 0})["remarks"] == ""


def test_an_estimate_that_differs_is_stated() -> None:
    assert "投资概算 499 万元。" in filled({"total_investment": 520, "budget_estimate": 499})["remarks"]
    assert filled({"total_investment": 520})["remarks"] == ""
