"""What one set of answers leads to that another does not: shown before a change takes effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.text import T, Text, joined

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialogs.view import View


def consequences(before: View, after: View) -> list[Text]:
    """Return in words how the outcome differs; empty when only the answer itself does.

    Covers scope, tier, documents, route, findings, and questions that appear or are set aside.
    """
    lines: list[Text] = []
    old, new = before.verdict, after.verdict
    if old.scope != new.scope:
        lines.append(T("适用情况：{old} → {new}", old=_scope(before), new=_scope(after)))
    if old.tier != new.tier and new.tier is not None:
        lines.append(T("要编的文件：{tier}", tier=Text(new.tier.title)))
    wanted_before = {need.document.id: Text(need.document.title) for need in old.wanted}
    wanted_after = {need.document.id: Text(need.document.title) for need in new.wanted}
    _compare(lines, wanted_before, wanted_after, T("要增加的材料"), T("不再需要的材料"))
    _compare(
        lines,
        {leg.step.id: Text(leg.step.title) for leg in old.route},
        {leg.step.id: Text(leg.step.title) for leg in new.route},
        T("要增加的环节"),
        T("不再需要的环节"),
    )
    _compare(
        lines,
        {found.finding.id: Text(found.finding.title) for found in before.settled_findings},
        {found.finding.id: Text(found.finding.title) for found in after.settled_findings},
        T("新出现的问题"),
        T("不再有的问题"),
    )
    _compare(
        lines,
        {question.id: Text(question.label) for question in before.asked},
        {question.id: Text(question.label) for question in after.asked},
        T("会多问"),
        T("不再问（已填的先放在一边）"),
    )
    return lines


def _compare(
    lines: list[Text], old: dict[str, Text], new: dict[str, Text], added: Text, dropped: Text
) -> None:
    _list(lines, added, [new[key] for key in new if key not in old])
    _list(lines, dropped, [old[key] for key in old if key not in new])


def _list(lines: list[Text], head: Text, items: Iterable[Text]) -> None:
    parts = list(items)
    if parts:
        lines.append(T("{head}：{items}", head=head, items=joined(parts)))


def _scope(view: View) -> Text:
    rule = view.verdict.scope_rule
    return Text(rule.title) if rule else T("待定")
