"""Replies to an offer of the bot: which one was agreed to, or that none was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.parsing.choices import Option, match_one
from dialogs.parsing.result import Parsed
from dialogs.parsing.words import words
from dialogs.parsing.yes_no import match_yes_no
from rules.text import T

if TYPE_CHECKING:
    from dialogs.draft import Pending, PendingKind
    from rules.text import Text, Translate

_REFUSALS = tuple(words("都不是", "不改", "取消", "算了", "不登记", "不登记了", "先不", "先不登记", "no"))
_LABELS: dict[PendingKind, Text] = {
    "reading": T("都不是，重新输入"),
    "change": T("不改了"),
    "suggestion": T("我自己选"),
    "which": T("不改了"),
    "restart": T("不重来"),
    "facts": T("不对，一项一项来问"),
    "event": T("都不是"),
    "day": T("先不登记"),
    "amount": T("都不是，重新输入"),
    "due": T("先不登记"),
    "unregister": T("不撤销"),
    "again": T("还没有"),
}


def refusal(kind: PendingKind) -> Text:
    """Return what declines everything that a question of the bot's own offers."""
    return _LABELS[kind]


def chosen_offer(pending: Pending, typed: str, translate: Translate) -> int | None:
    """Return the index of the offer that was agreed to, the number of offers for a refusal, None for neither."""
    count = len(pending.offers)
    options = [
        Option(key=f"offer-{index}", label=offer.label.render(translate))
        for index, offer in enumerate(pending.offers)
    ]
    refused = refusal(pending.kind)
    synonyms = (refused.msgid, T("不改了").render(translate), *_REFUSALS)
    options.append(Option(key="refuse", label=refused.render(translate), synonyms=synonyms))
    said = match_yes_no(typed, allow_unsure=False)
    if count == 1 and isinstance(said, Parsed):  # among several offers, 2 is the second one and not a no
        return 0 if said.value else count
    found = match_one(typed, options)
    if isinstance(found, Parsed):
        return count if found.value == "refuse" else int(found.value.removeprefix("offer-"))
    return count if isinstance(said, Parsed) and said.value is False else None
