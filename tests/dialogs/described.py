"""What the tests of extraction share: descriptions, each read once, and what they give beside what they state."""

import json
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from bot.extract import extraction_json
from dialogs.extraction import Extraction, extract
from rules.ruleset import RuleSet

HERE = Path(__file__).parent
TODAY = date(2026, 11, 23)
Case = dict[str, Any]
"""A text, the facts that it states, and those that have to be left open."""


def cases_of(name: str) -> list[Case]:
    return [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]


@cache
def read(rules: RuleSet, text: str) -> Extraction:
    return extract(rules, text, TODAY)


def said(rules: RuleSet, text: str) -> dict[str, Any]:
    return json.loads(json.dumps(extraction_json(rules, read(rules, text))["facts"], default=float))


def wrongly_read(rules: RuleSet, cases: list[Case]) -> dict[str, Any]:
    """Return the facts and the open ones of every text that gives other facts than it states, or leaves others open."""
    wrong: dict[str, Any] = {}
    for case in cases:
        text, stated = case["text"], case["facts"]
        facts, is_open = said(rules, text), set(read(rules, text).open) - stated.keys()
        if facts != {name: stated.get(name) for name in facts} or is_open != set(case["open"]):
            wrong[text] = facts, is_open
    return wrong


def assert_most_is_read(rules: RuleSet, cases: list[Case], *, recall: float) -> None:
    """See that at least this share of the stated facts is read."""
    stated, got = Counter[str](), Counter[str]()
    for case in cases:
        stated.update(case["facts"].keys())
        got.update(said(rules, case["text"]).keys() & case["facts"].keys())
    lost = {name: f"{got[name]}/{count}" for name, count in stated.items() if got[name] < count}
    assert got.total() / stated.total() >= recall, lost
