"""Overviews at any time: progress, what is missing, all answers, route and deadlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.display import (
    answer_text,
    citation,
    date_text,
    effect_label,
    finding_text,
    requirement_label,
    status_label,
)
from dialogs.messages import Say, Table
from rules.facts import UNSURE
from rules.text import T, Text, joined, verbatim

if TYPE_CHECKING:
    from dialogs.messages import Outgoing
    from dialogs.view import View
    from rules.pack import Effect
    from rules.verdict import DueDate


_MOST_LISTED = 12


def progress(view: View) -> list[Outgoing]:
    """Return how far the conversation is, section by section."""
    rows: list[tuple[Text, ...]] = []
    for section in view.rules.pack.sections:
        asked = [question for question in section.questions if view.puts(question)]
        if asked:
            answered = sum(view.is_answered(question) for question in asked)
            skipped = sum(
                question.id in view.draft.skipped and not view.is_answered(question) for question in asked
            )
            rows.append(
                (
                    Text(section.title),
                    T("{answered}/{asked}", answered=answered, asked=len(asked)),
                    T("跳过 {count} 题", count=skipped) if skipped else verbatim(""),
                )
            )
    return [Table(T("进度"), (T("部分"), T("已答"), T("说明")), tuple(rows))]


def verdict_summary(view: View) -> list[Outgoing]:
    """Return the outcome in a few lines: scope, what must be worked out, the way through the authorities."""
    verdict = view.verdict
    rule = verdict.scope_rule
    said: list[Outgoing] = []
    if rule is None:
        said.append(Say(T("还不能判断是否适用本办法：有答案空着或不清楚。"), "confirm"))
    else:
        source = citation(view.rules, rule.articles)
        said.append(
            Say(
                T(
                    "{title}：{message}（依据：{source}）",
                    title=Text(rule.title),
                    message=Text(rule.message),
                    source=source,
                )
            )
        )
    if verdict.tier is not None:
        source = citation(view.rules, verdict.tier.articles)
        said.append(
            Say(T("要编的文件：{tier}（依据：{source}）", tier=Text(verdict.tier.title), source=source))
        )
    if verdict.route:
        steps = joined([Text(leg.step.title) for leg in verdict.route], verbatim(" → "))
        said.append(Say(T("办理路线：{steps}", steps=steps)))
    return said


def stop_messages(view: View) -> list[Outgoing]:
    """Return why nothing more is asked: the regulation does not apply, or nothing may be collected (4)."""
    question = view.stop
    if question is None or question.stop is None:
        return verdict_summary(view)
    unsure = view.facts.get(question.id) == UNSURE
    said: list[Outgoing] = [Say(Text(question.stop.unsure_text if unsure else question.stop.text), "refuse")]
    if len(view.draft.facts) > 1:
        said.append(Say(T("之前填过的内容不再使用；说「重来」可以全部清除。"), "refuse"))
    return said


def documents_table(view: View) -> list[Outgoing]:
    """Return the documents that are wanted, with their state and the article that asks for each."""
    rows = tuple(
        (
            Text(need.document.title),
            requirement_label(need.requirement),
            status_label(view.rules, need),
            citation(view.rules, need.document.articles),
        )
        for need in view.verdict.documents
        if need.requirement != "not_required"
    )
    if not rows:
        return [Say(T("按现在的答案，没有要交的材料。"))]
    return [Table(T("申报材料"), (T("材料"), T("要求"), T("状态"), T("依据")), rows)]


def missing(view: View, *, most: int | None = _MOST_LISTED) -> list[Outgoing]:
    """Return everything that still stands between the user and a complete declaration.

    Args:
        view: the project.
        most: how many names a long list shows; None for all.
    """
    said = documents_table(view)
    if view.open:
        labels = _some([Text(question.label) for question in view.open], most)
        said.append(Say(T("还没答的 {count} 题：{labels}", count=len(view.open), labels=labels), "confirm"))
    said += [Say(finding_text(view.rules, found), found.finding.effect) for found in view.settled_findings]
    undecided = [found for found in view.verdict.findings if found.status == "undetermined"]
    if undecided:
        labels = _some([Text(found.finding.title) for found in undecided], most)
        said.append(
            Say(T("还判断不了的 {count} 项：{labels}", count=len(undecided), labels=labels), "confirm")
        )
    return said


def _some(labels: list[Text], most: int | None) -> Text:
    """Return the first of many labels; in a chat the whole list would bury what matters."""
    if most is None or len(labels) <= most:
        return joined(labels)
    return T("{labels}等", labels=joined(labels[:most]))


def all_answers(view: View) -> list[Outgoing]:
    """Return every answer that counts, by section, and those that are set aside."""
    said: list[Outgoing] = []
    for section in view.rules.pack.sections:
        rows = tuple(
            (Text(question.label), _shown(view, question.id))
            for question in section.questions
            if view.puts(question) or any(part.id in view.facts for part in question.parts)
        )
        if rows:
            said.append(Table(Text(section.title), (T("问题"), T("答案")), rows))
    if view.set_aside:
        labels = joined([Text(question.label) for question in view.set_aside])
        said.append(Say(T("暂不使用的答案（保留着，条件恢复时再用）：{labels}", labels=labels)))
    return said


def _shown(view: View, question_id: str) -> Text:
    question = view.rules.questions[question_id]
    if any(part.id in view.facts for part in question.parts):
        return answer_text(view.rules, question, view.facts)
    return T("（跳过）") if question_id in view.draft.skipped else T("（未答）")


def deadlines_table(view: View) -> list[Outgoing]:
    """Return the due dates that can be told already, soonest first."""
    if not view.verdict.deadlines:
        return []
    rows = tuple(
        (Text(due.deadline.title), date_text(due.due), _note(view, due)) for due in view.verdict.deadlines
    )
    return [Table(T("期限"), (T("事项"), T("到期日"), T("说明")), rows)]


def _note(view: View, due: DueDate) -> Text:
    if due.is_done or due.due >= view.as_of or due.deadline.each == "fact":
        return extended_text(due)
    return T("已经过期 {days} 天", days=(view.as_of - due.due).days)


def extended_text(due: DueDate) -> Text:
    """Return that it is done, what a due date on a day off moves to, or that the calendar is not known yet."""
    if due.is_done:
        return T("已办完")
    notes: list[Text] = []
    if due.extended_due is None:
        notes.append(T("当年放假安排还没有公布，请按到期日办"))
    elif due.extended_due != due.due:
        notes.append(T("到期日放假，可顺延到 {day}；请尽量按到期日办", day=date_text(due.extended_due)))
    if due.inferred:
        notes.append(T("条文没有写，按推定提醒"))
    return joined(notes, T("；")) if notes else verbatim("")


def full_review(view: View) -> list[Outgoing]:
    """Return the whole review: answers, outcome, documents, problems, deadlines."""
    return [*all_answers(view), *verdict_summary(view), *missing(view), *deadlines_table(view)]


def counts_by_effect(view: View) -> Text:
    """Return how many findings of each effect hold, in words."""
    effects: list[Effect] = [found.finding.effect for found in view.settled_findings]
    parts = [
        T("{effect} {count} 项", effect=effect_label(effect), count=effects.count(effect))
        for effect in dict.fromkeys(effects)
    ]
    return joined(parts) if parts else T("没有发现问题")
