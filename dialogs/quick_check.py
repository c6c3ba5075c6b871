"""我要交什么: a few questions, chosen by what they decide, and then what must be handed in, where and by when."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dialogs.display import finding_text
from dialogs.messages import Ask, Choice, Say
from dialogs.review import deadlines_table, documents_table, verdict_summary
from rules.text import T, Text, joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.messages import Outgoing
    from dialogs.view import View
    from rules.pack import Question

TITLE = T("我要交什么")
MOST = 7
"""Questions of one check."""
_SCOPE_WEIGHT = 10
"""Whether the regulation applies at all decides everything else."""


def next_question(view: View) -> Question | None:
    """Return the question that decides most of what is still undecided; None when the check is over.

    Scope comes first, then documents, the way through the authorities and red lines, each undecided one a vote
    for every fact that it waits for. Whether the project is secret is asked before anything else (4).
    """
    if view.is_over or len(view.draft.quick or ()) >= MOST:
        return None
    asked = {question.id: question for question in view.ahead}
    for question in asked.values():
        if question.stop is not None:
            return question
    votes: Counter[str] = Counter()
    for condition, weight in _undecided(view):
        for question in {fact.question.id for fact in view.seen.unknown_facts(condition)} & asked.keys():
            votes[question] += weight
    if not votes:
        return None
    return asked[max(asked, key=lambda name: votes[name])]


def outcome(view: View) -> list[Outgoing]:
    """Return what the answers so far lead to: documents, way, deadlines and red lines, each with its article."""
    said: list[Outgoing] = [*verdict_summary(view), *documents_table(view), *deadlines_table(view)]
    said += [Say(finding_text(view.rules, found), found.finding.effect) for found in view.settled_findings]
    waiting = [Text(question.label) for question in _deciding(view)]
    if waiting:
        said.append(Say(T("还有几份要不要交，看这几题：{labels}。", labels=joined(waiting)), "confirm"))
    said.append(
        Say(
            T(
                "以上按您刚才的回答判断。想知道换个条件会怎样，直接问，例如「如果总投资是1400万呢」；把一个项目拆小来躲开一档，不是办法。"
            )
        )
    )
    return said


def ask_what_next() -> Ask:
    """Return the question that stands after the outcome; each choice is a command."""
    choices = (
        Choice("declare", T("开始申报（刚才的回答都保留）")),
        Choice("edit", T("修改答案")),
        Choice("pause", T("先到这里")),
    )
    return Ask(text=T("接下来做什么？"), section=TITLE, choices=choices)


def _undecided(view: View) -> Iterator[tuple[str, int]]:
    """Yield the conditions that cannot be decided yet, with their weight."""
    test, pack = view.seen.evaluation.test, view.rules.pack
    if view.seen.scope_rule is None:
        for rule in pack.head.scope:
            if test(rule.when) is None:
                yield rule.when, _SCOPE_WEIGHT
    conditions = [document.when for document in pack.documents]
    conditions += [step.when for step in pack.route] + [tier.when for tier in pack.head.tiers]
    conditions += [finding.when for finding in pack.findings if finding.effect == "refuse"]
    for condition in conditions:
        if test(condition) is None:
            yield condition, 1


def _deciding(view: View) -> list[Question]:
    """Return the questions on which it still depends whether a document must be handed in."""
    test = view.seen.evaluation.test
    found = {
        fact.question.id
        for document in view.rules.pack.documents
        if document.stage not in view.rules.later_stages and test(document.when) is None
        for fact in view.seen.unknown_facts(document.when)
    }
    return [question for question in view.asked if question.id in found]
