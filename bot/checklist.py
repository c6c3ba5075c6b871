"""The checklist 申报材料清单 in the user's language: documents by stage, problems, route, deadlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.display import citation, date_text, effect_label, reading_text, requirement_label, status_label
from dialogs.review import extended_text
from documents.content import (
    Checklist,
    ChecklistItem,
    ChecklistLabels,
    ChecklistStage,
    DeadlineLine,
    FindingLine,
    RouteLine,
)
from rules.text import T, Text, joined

if TYPE_CHECKING:
    from dialogs.view import View
    from rules.text import Translate
    from rules.verdict import DocumentNeed, FoundFinding


def checklist_content(view: View, translate: Translate = str) -> Checklist:
    """Return the checklist of a project, ready to print."""

    def say(text: Text) -> str:
        return text.render(translate)

    verdict = view.verdict
    return Checklist(
        title=say(T("申报材料清单")),
        draft=not view.is_complete,
        project_name=str(view.facts.get("project_name", "")),
        unit_name=str(view.facts.get("applicant_unit", view.facts.get("unit_name", ""))),
        as_of=say(date_text(view.as_of)),
        summary=tuple(say(line) for line in _summary(view)),
        stages=tuple(
            ChecklistStage(
                title=say(Text(stage.title)),
                items=tuple(
                    _item(view, number, need, translate)
                    for number, need in enumerate(
                        (need for need in verdict.wanted if need.document.stage == stage.id), start=1
                    )
                ),
            )
            for stage in view.rules.pack.stages
            if any(need.document.stage == stage.id for need in verdict.wanted)
        ),
        route=tuple(
            RouteLine(number=str(number), step=say(Text(leg.step.title)), authority=say(Text(leg.authority)))
            for number, leg in enumerate(verdict.route, start=1)
        ),
        deadlines=tuple(
            DeadlineLine(
                title=say(Text(due.deadline.title)),
                due=say(date_text(due.due)),
                extended=say(date_text(due.extended_due))
                if due.extended_due and due.extended_due != due.due
                else "",
                note=say(T("{message}{note}", message=Text(due.deadline.message), note=extended_text(due))),
            )
            for due in verdict.deadlines
        ),
        findings=tuple(_finding(view, found, translate) for found in view.settled_findings),
        notes=tuple(say(line) for line in _notes(view)),
        labels=_labels(translate),
    )


def _summary(view: View) -> list[Text]:
    verdict = view.verdict
    if verdict.scope_rule is None:
        return [T("还不能判断是否适用本办法：有答案空着或不清楚。")]
    rule = verdict.scope_rule
    lines = [T("{title}：{message}", title=Text(rule.title), message=Text(rule.message))]
    if verdict.tier is not None:
        lines.append(T("要编的文件：{tier}", tier=Text(verdict.tier.title)))
    return lines


def _item(view: View, number: int, need: DocumentNeed, translate: Translate) -> ChecklistItem:
    reasons = [Text(need.document.because), *(Text(note) for note in need.notes)]
    if need.document.reading:
        reasons.append(reading_text(need.document.reading))
    return ChecklistItem(
        number=str(number),
        title=translate(need.document.title),
        requirement=requirement_label(need.requirement).render(translate),
        status=status_label(view.rules, need).render(translate),
        articles=citation(view.rules, need.document.articles).render(translate),
        because=joined(reasons, T("　")).render(translate),
    )


def _finding(view: View, found: FoundFinding, translate: Translate) -> FindingLine:
    return FindingLine(
        effect=effect_label(found.finding.effect).render(translate),
        message=translate(found.finding.message),
        advice=translate(found.finding.advice),
        articles=citation(view.rules, found.finding.articles).render(translate),
    )


def _notes(view: View) -> list[Text]:
    verdict = view.verdict
    entries = [
        verdict.scope_rule,
        verdict.tier,
        *(found.finding for found in verdict.findings if found.status == "found"),
    ]
    entries += [*(leg.step for leg in verdict.route), *(due.deadline for due in verdict.deadlines)]
    readings = dict.fromkeys(entry.reading for entry in entries if entry is not None and entry.reading)
    notes = [reading_text(reading) for reading in readings]
    if view.open:
        labels = joined([Text(question.label) for question in view.open])
        notes.append(T("还没答的 {count} 题：{labels}", count=len(view.open), labels=labels))
    undecided = [found for found in view.verdict.findings if found.status == "undetermined"]
    if undecided:
        labels = joined([Text(found.finding.title) for found in undecided])
        notes.append(T("还判断不了的 {count} 项：{labels}", count=len(undecided), labels=labels))
    notes.append(
        T(
            "本清单按《{title}》（{status}）编制，条文没有写明的地方请向市数据局确认。",
            title=Text(view.rules.pack.head.title),
            status=Text(view.rules.pack.head.status),
        )
    )
    return notes


def _labels(translate: Translate) -> ChecklistLabels:
    """The words of the page; the Chinese of each stands in ``ChecklistLabels`` too, as its default."""
    words = {
        "draft_mark": T("草稿"),
        "project_name": T("项目名称："),
        "unit_name": T("申报单位："),
        "as_of": T("日期："),
        "item_number": T("序号"),
        "item_title": T("材料"),
        "item_requirement": T("要求"),
        "item_status": T("状态"),
        "item_articles": T("依据"),
        "item_because": T("说明"),
        "findings": T("需要修改或确认的事项"),
        "finding_effect": T("类别"),
        "finding_message": T("问题"),
        "finding_advice": T("怎么办"),
        "finding_articles": T("依据"),
        "route": T("办理流程"),
        "deadlines": T("时限"),
        "deadline_title": T("事项"),
        "deadline_due": T("截止日期"),
        "deadline_extended": T("遇假日顺延至"),
        "deadline_note": T("说明"),
        "notes": T("备注"),
    }
    return ChecklistLabels(**{name: text.render(translate) for name, text in words.items()})
