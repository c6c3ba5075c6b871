"""A project as one line of the 备案 summary that 市数据局 and 县区数据局 export (18)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dialogs.display import date_text, requirement_label, value_text
from dialogs.review import counts_by_effect
from dialogs.view import CATALOGUE_DOCUMENT, CATALOGUE_FACT
from documents.filing_summary import FilingLabels, FilingRow
from rules.amounts import FEN_PER_WAN
from rules.forms import drafted_documents, filled_cells, forms_of
from rules.text import T, Text, joined, verbatim

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.view import View
    from rules.text import Translate

FILING_DOCUMENT = "filing_form"
_FUND = "fund_"
_LONGEST = 60
"""Characters of one item of 备案信息: the summary points to a project, it does not replace its papers."""


def filing_row(
    view: View, number: int, *, unit_name: str, submitted_at: datetime | None, translate: Translate = str
) -> FilingRow:
    """Return a project as a line of the summary.

    审批部门, 结算金额, 等级保护 and 密码应用 are said in the words of its 备案信息, which are always Chinese.

    Args:
        view: the project. Of one that may be secret, nothing that was typed is shown (4).
        number: its running number.
        unit_name: the unit that handed it in.
        submitted_at: when it was handed in, with its time zone; None when it was not.
        translate: the language of everything else.
    """

    def say(text: Text) -> str:
        return text.render(translate)

    rule = view.verdict.scope_rule
    scope = say(requirement_label("undetermined") if rule is None else Text(rule.title))
    submitted = "" if submitted_at is None else say(date_text(_local_day(view, submitted_at)))
    if view.stop is not None:
        return FilingRow(number=number, unit_name=unit_name, scope=scope, submitted_at=submitted)
    cells = _filing_cells(view)
    investment = view.facts.get("total_investment")
    return FilingRow(
        number=number,
        unit_name=unit_name,
        project_name=str(view.facts.get("project_name", "")),
        nature=say(_answer(view, "nature")),
        category=say(_answer(view, "category")),
        total_investment=Decimal(investment) / FEN_PER_WAN if isinstance(investment, int) else None,
        funds=say(_funds(view)),
        scope=scope,
        documents_missing=say(_missing(view)),
        findings=say(_findings(view)),
        winner=cells.get("winner", ""),
        settlement=cells.get("settlement", ""),
        approver=cells.get("approver", ""),
        service_period=say(_service_period(view)),
        mlps=cells.get("mlps", ""),
        crypto=cells.get("crypto", ""),
        submitted_at=submitted,
        next_deadline=say(_next_deadline(view)),
        contact=" ".join(str(view.facts[name]) for name in ("project_lead", "phone") if name in view.facts),
    )


def filing_labels(translate: Translate = str) -> FilingLabels:
    """Return the fixed words of the summary; the Chinese of each stands in ``FilingLabels`` too, as its default."""
    words = {
        "sheet": T("备案汇总"),
        "as_of": T("截至："),
        "number": T("序号"),
        "unit_name": T("申报单位"),
        "project_name": T("项目名称"),
        "nature": T("项目性质"),
        "category": T("项目类别"),
        "total_investment": T("总投资（万元）"),
        "funds": T("资金来源"),
        "scope": T("适用情况"),
        "documents_missing": T("缺少的材料"),
        "findings": T("检查结果"),
        "winner": T("中标单位"),
        "settlement": T("结算金额"),
        "approver": T("审批部门"),
        "service_period": T("服务期限"),
        "mlps": T("等级保护备案情况"),
        "crypto": T("密码应用、安全性评估情况"),
        "submitted_at": T("提交日期"),
        "next_deadline": T("下一个期限"),
        "contact": T("联系人"),
        "total": T("合计"),
        "total_partly": T("合计（另有 {count} 个项目没有填总投资，未计入）", count="{count}"),
        "page": T("第 &P 页，共 &N 页"),
    }
    return FilingLabels(**{name: text.render(translate) for name, text in words.items()})


def _local_day(view: View, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(view.rules.pack.head.timezone)).date()


def _answer(view: View, name: str) -> Text:
    return value_text(view.rules.facts[name], view.facts[name]) if name in view.facts else verbatim("")


def _filing_cells(view: View) -> dict[str, str]:
    """Return the cells of the 备案信息 that is made for this project, each cut to what a summary can hold."""
    return {
        filled.cell.id: "\n".join(_short(line.text) for line in filled.lines)
        for form in forms_of(view.seen)
        if form.document == FILING_DOCUMENT
        for filled in filled_cells(view.seen, form, ())
    }


def _short(words: str) -> str:
    return words[:_LONGEST] + "…" if len(words) > _LONGEST else words


def _funds(view: View) -> Text:
    """Name the sources that pay something; an operation has them too, though its 备案信息 has no such cell."""
    named = [
        fact for fact in view.rules.facts.values() if fact.id.startswith(_FUND) and view.facts.get(fact.id)
    ]
    return _listed(
        [
            T("{label} {value}", label=Text(fact.label), value=value_text(fact, view.facts[fact.id]))
            for fact in named
        ]
    )


def _service_period(view: View) -> Text:
    known = view.seen.facts
    parts: list[Text] = []
    if "service_start" in known and "service_end" in known:
        start, end = (date.fromisoformat(str(known[name])) for name in ("service_start", "service_end"))
        parts.append(T("{start}至{end}", start=date_text(start), end=date_text(end)))
    if isinstance(months := known.get("service_months"), int):
        parts.append(T("{months} 个月", months=months))
    return _listed(parts)


def _missing(view: View) -> Text:
    """List what is not there of what submission and 备案 ask for, and of what they may ask for."""
    filing = view.rules.documents.get(FILING_DOCUMENT)
    filing_stage = filing.stage if filing else ""
    ours = drafted_documents(view.seen)
    if view.facts.get(CATALOGUE_FACT):
        ours |= {CATALOGUE_DOCUMENT}
    asked = [
        need
        for need in view.verdict.documents
        if need.requirement in ("required", "undetermined")
        and (need.document.stage not in view.rules.later_stages or need.document.stage == filing_stage)
    ]
    missing: list[Text] = []
    for need in asked:
        if need.status != "missing" or need.document.id in ours:
            continue
        title = Text(need.document.title)
        if need.requirement == "undetermined":
            title = T("{title}（{state}）", title=title, state=requirement_label("undetermined"))
        elif need.document.stage == filing_stage:
            title = T("{title}（备案时交）", title=title)
        missing.append(title)
    return _listed(missing) if missing or not asked else T("齐全")


def _findings(view: View) -> Text:
    """Count what was found; what cannot be judged yet is counted too, so that it never reads as a pass."""
    if view.is_over:
        return verbatim("")
    counts = counts_by_effect(view)
    undecided = sum(found.status == "undetermined" for found in view.verdict.findings)
    if not undecided:
        return counts
    return joined([counts, T("还判断不了的 {count} 项", count=undecided)], T("；"))


def _next_deadline(view: View) -> Text:
    coming = next((due for due in view.verdict.deadlines if due.due >= view.as_of and not due.is_done), None)
    if coming is None:
        return verbatim("")
    return T("{day} {title}", day=date_text(coming.due), title=Text(coming.deadline.title))


def _listed(parts: list[Text]) -> Text:
    return joined(parts) if parts else verbatim("")
