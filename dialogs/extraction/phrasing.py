"""How a yes/no fact is spoken of: a topic, the wordings that say yes, those that say no."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rules.facts import Fact

APPS = ("docks_my_ningxia", "docks_ningzhengtong")
"""Facts about an app, whose name is in the label of the pack: 是否对接我的宁夏."""


class Statement(NamedTuple):
    """How a yes/no fact is spoken of.

    Attributes:
        fact: its id.
        topic: words that mention it, whatever they say.
        yes, no: words that settle it.
        is_strict: any other mention of the topic leaves the fact open.
        is_of_others: it is a fact about other systems, so words about them count.
    """

    fact: str
    topic: re.Pattern[str]
    yes: re.Pattern[str]
    no: re.Pattern[str]
    is_strict: bool = False
    is_of_others: bool = False


def _any_of(wordings: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(wordings) or "(?!)")


def statement(
    fact: str,
    topic: str,
    *,
    yes: tuple[str, ...] = (),
    no: tuple[str, ...] = (),
    strict: bool = False,
    others: bool = False,
) -> Statement:
    """Return how a fact is spoken of, from the wordings of each answer."""
    return Statement(fact, re.compile(topic), _any_of(yes), _any_of(no), strict, others)


def app_statement(fact: Fact) -> Statement:
    """Return how a fact about an app is spoken of, by the app's name in its label."""
    name = re.escape(fact.label.removeprefix("是否对接"))
    listed = f"(?:[一-龥]{{2,4}}(?:app)?(?:和|与|、|及|以及))?{name}(?:app)?"
    dock = "(?:对接|接入|打通|联通|互联互通)"
    return Statement(
        fact.id,
        re.compile(name),
        yes=re.compile(
            f"{dock}(?:好|了|到|至)?(?:自治区)?{listed}|(?:与|和|同|跟)(?:自治区)?{listed}(?:(?:和|与|、|及|"
            f"以及)[一-龥]{{2,4}}(?:app)?)?(?:都|均|已|要|进行|做|实现|完成|平台)*{dock}"
            f"|{listed}(?:(?:和|与|、|及|以及)[一-龥]{{2,4}}(?:app)?)?(?:(?:都|均|全部|也)*(?:已经?|要|将|会)|都|均|全部)(?:完成|实现|做)?{dock}(?!中|需求|条件|要求|费|的话)"
        ),
        no=re.compile(
            f"(?:不|没有?|未|无需|无须|不必|不需要?)(?:做|用|与|和|跟|同)*(?:{dock}(?:到|至)?(?:自治区)?{listed}|{listed}(?:(?:和|与|"
            f"、|及)[一-龥]{{2,4}}(?:app)?)?(?:做|进行)?{dock}(?!需求|条件|要求|计划|过|经验))|(?:与|和|同|跟)?{listed}(?:(?:和|与|、|"
            f"及)[一-龥]{{2,4}}(?:app)?)?(?:都|均|也|还|目前)*(?:不|没有?|未)(?:做|进行|需要?)?{dock}(?!需求|条件|要求|计划|过|经验)"
        ),
    )
