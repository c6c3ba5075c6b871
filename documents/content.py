"""What a printed page says, in words ready to print.

The caller formats amounts, dates and article numbers and chooses the language; here a text is only placed. An
empty text prints as a blank cell, as on the official form, never as a zero, a dash or 「无」.
"""

from __future__ import annotations

import msgspec


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """Annex 1, 项目申报表. The words of the form itself are official and stand in the template.

    Attributes:
        title: 石嘴山市政务信息化项目申报表, or that of another city.
        draft: print the draft mark in the page header.
        applicant_unit: 项目申报单位, above the table.
        form_date: such as 2026年1月5日; empty prints the blank 年 月 日 to fill in by hand.
        unit_name: 项目建设单位.
        project_lead: 项目负责人.
        phone: 联系电话.
        partner_units: 参与建设单位.
        project_name: 项目名称.
        project_category: 项目类别.
        project_address: 项目建设地址.
        project_basis: 项目建设依据.
        planned_start: 起始时间.
        planned_end: 完成时间.
        readiness: 项目准备情况.
        total_investment: 项目预计总投资, digits in 万元 (the unit stands in the form).
        this_year_investment: 本年度预计投入, likewise, as are the four amounts that follow.
        fund_national: 国家资金.
        fund_regional: 自治区资金.
        fund_city: 市级资金.
        fund_social: 社会资金.
        materials: 申报材料, one line each.
        remarks: 备注.
    """

    title: str = ""
    draft: bool = False
    applicant_unit: str = ""
    form_date: str = ""
    unit_name: str = ""
    project_lead: str = ""
    phone: str = ""
    partner_units: str = ""
    project_name: str = ""
    project_category: str = ""
    project_address: str = ""
    project_basis: str = ""
    planned_start: str = ""
    planned_end: str = ""
    readiness: str = ""
    total_investment: str = ""
    this_year_investment: str = ""
    fund_national: str = ""
    fund_regional: str = ""
    fund_city: str = ""
    fund_social: str = ""
    materials: tuple[str, ...] = ()
    remarks: str = ""


class ChecklistItem(msgspec.Struct, frozen=True, kw_only=True):
    """One document to hand in: what it is, whether it is required, how far it is, and why."""

    number: str = ""
    title: str = ""
    requirement: str = ""
    status: str = ""
    articles: str = ""
    because: str = ""


class ChecklistStage(msgspec.Struct, frozen=True, kw_only=True):
    """The documents of one stage of the procedure."""

    title: str = ""
    items: tuple[ChecklistItem, ...] = ()


class RouteLine(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the procedure and the authority that takes it."""

    number: str = ""
    step: str = ""
    authority: str = ""


class DeadlineLine(msgspec.Struct, frozen=True, kw_only=True):
    """One deadline: the date to keep, and the date it moves to when that is a day off."""

    title: str = ""
    due: str = ""
    extended: str = ""
    note: str = ""


class FindingLine(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to mend or to ask about before handing in."""

    effect: str = ""
    message: str = ""
    advice: str = ""
    articles: str = ""


class ChecklistLabels(msgspec.Struct, frozen=True, kw_only=True):
    """The fixed words of the checklist, so that it can be printed in another language."""

    draft_mark: str = "草稿"
    project_name: str = "项目名称："
    unit_name: str = "申报单位："
    as_of: str = "日期："
    item_number: str = "序号"
    item_title: str = "材料"
    item_requirement: str = "要求"
    item_status: str = "状态"
    item_articles: str = "依据"
    item_because: str = "说明"
    findings: str = "需要修改或确认的事项"
    finding_effect: str = "类别"
    finding_message: str = "问题"
    finding_advice: str = "怎么办"
    finding_articles: str = "依据"
    route: str = "办理流程"
    deadlines: str = "时限"
    deadline_title: str = "事项"
    deadline_due: str = "截止日期"
    deadline_extended: str = "遇假日顺延至"
    deadline_note: str = "说明"
    notes: str = "备注"


class Checklist(msgspec.Struct, frozen=True, kw_only=True):
    """申报材料清单: what to hand in, what to mend, where it goes and by when. An empty section is left out.

    Attributes:
        title: 申报材料清单, in the language of the page.
        draft: print the draft mark in the page header.
        project_name: the project.
        unit_name: the unit that declares it.
        as_of: the day the list was drawn up.
        summary: paragraphs above the tables, such as scope and tier.
        stages: the documents, stage by stage.
        route: the steps of the procedure, in order.
        deadlines: in the order they fall due.
        findings: in order of weight.
        notes: paragraphs at the end, such as the status of the regulation.
        labels: the fixed words of the page.
    """

    title: str = ""
    draft: bool = False
    project_name: str = ""
    unit_name: str = ""
    as_of: str = ""
    summary: tuple[str, ...] = ()
    stages: tuple[ChecklistStage, ...] = ()
    route: tuple[RouteLine, ...] = ()
    deadlines: tuple[DeadlineLine, ...] = ()
    findings: tuple[FindingLine, ...] = ()
    notes: tuple[str, ...] = ()
    labels: ChecklistLabels = ChecklistLabels()
