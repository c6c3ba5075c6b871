"""Values, articles and findings in words that the user reads."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from rules.amounts import format_wan
from rules.facts import UNSURE
from rules.text import T, Text, joined, verbatim

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rules.facts import Fact, Value
    from rules.pack import Effect, Question, Requirement
    from rules.ruleset import RuleSet
    from rules.verdict import DocumentNeed, FoundFinding

_ARTICLE = re.compile(r"(\d+)(?:\((\d+)\))?$")
_OWN = re.compile(r"\d|附件")
_LONGEST_SHOWN = 60
_EFFECTS: dict[Effect, Text] = {
    "refuse": T("原则上不受理"),
    "correct": T("提交前要改"),
    "confirm": T("需要确认"),
    "notice": T("提示"),
}
_REQUIREMENTS: dict[Requirement, Text] = {
    "required": T("必交"),
    "recommended": T("建议"),
    "not_required": T("不要求"),
    "undetermined": T("待定"),
}


def value_text(fact: Fact, value: Value) -> Text:
    """Return a fact's value as the user would say it; long text is cut short."""
    match fact.type:
        case "yes_no":
            if value == UNSURE:
                return T("不清楚")
            return T("是") if value else T("否")
        case "choice":
            return option_label(fact, str(value))
        case "set":
            keys = cast("tuple[str, ...]", value)
            return joined([option_label(fact, key) for key in keys]) if keys else T("都没有")
        case "amount":
            return T("{amount} 万元", amount=format_wan(cast("int", value)))
        case "months":
            return T("{months} 个月", months=cast("int", value))
        case "date":
            return date_text(date.fromisoformat(str(value)))
        case "catalogue":
            return T("{count} 条", count=len(cast("tuple[object, ...]", value)))
        case _:
            words = str(value)
            return verbatim(words[:_LONGEST_SHOWN] + "…" if len(words) > _LONGEST_SHOWN else words)


def answer_text(rules: RuleSet, question: Question, facts: Mapping[str, Value]) -> Text:
    """Return the whole answer to a question, several facts with their names."""
    parts = [part for part in question.parts if part.id in facts]
    if len(question.parts) == 1 and parts:
        return value_text(rules.facts[parts[0].id], facts[parts[0].id])
    return joined(
        [
            T(
                "{label} {value}",
                label=Text(part.label),
                value=value_text(rules.facts[part.id], facts[part.id]),
            )
            for part in parts
        ]
    )


def option_label(fact: Fact, key: str) -> Text:
    """Return the label of a choice; the key itself when the pack no longer offers it."""
    return next((Text(option.label) for option in fact.question.options if option.key == key), verbatim(key))


def date_text(day: date) -> Text:
    """Return a date without zero padding (GB/T 9704)."""
    return T("{year}年{month}月{day}日", year=day.year, month=day.month, day=day.day)


def citation(rules: RuleSet, articles: Sequence[str]) -> Text:
    """Return the articles as a source: 第13条第1项、附件1（送审稿）; other laws (民法典201) have no draft."""
    return _cited(tuple(articles), rules.pack.head.status)


@lru_cache(maxsize=1024)
def _cited(articles: tuple[str, ...], status: str) -> Text:
    own = [name for name in articles if _OWN.match(name)]
    others = [Text(name) for name in articles if name not in own]
    if not own:
        return joined(others)
    cited = T(
        "{articles}（{status}）", articles=joined([_article(name) for name in own]), status=Text(status)
    )
    return joined([cited, *others])


def _article(name: str) -> Text:
    numbered = _ARTICLE.match(name)
    if not numbered:
        return Text(name)
    if numbered[2]:
        return T("第{article}条第{item}项", article=numbered[1], item=numbered[2])
    return T("第{article}条", article=numbered[1])


def effect_label(effect: Effect) -> Text:
    """Return what a finding means for the project, in three or four characters."""
    return _EFFECTS[effect]


def requirement_label(requirement: Requirement) -> Text:
    """Return whether a document is needed, in words."""
    return _REQUIREMENTS[requirement]


def status_label(rules: RuleSet, need: DocumentNeed) -> Text:
    """Return whether a document is there; one of a stage after submission is not missing yet."""
    if need.status == "missing" and need.document.stage in rules.later_stages:
        return T("以后")
    labels = {"missing": T("缺"), "drafted": T("已生成"), "provided": T("已备")}
    return labels[need.status]


def reading_text(reading: str) -> Text:
    """Return how a doubtful place of the law is read here, so that nothing is decided silently."""
    return T("条文有不清楚的地方：{reading}", reading=Text(reading))


def finding_text(rules: RuleSet, found: FoundFinding) -> Text:
    """Return a finding with its effect and its source."""
    return T(
        "【{effect}】{message}（依据：{source}）",
        effect=effect_label(found.finding.effect),
        message=found.message,
        source=citation(rules, found.finding.articles),
    )
