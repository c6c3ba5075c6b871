"""Pages that the document tests print, and how they read them back."""

from __future__ import annotations

import io

import msgspec
from hypothesis import strategies as st
from pypdf import PdfReader

from documents.content import (
    Checklist,
    ChecklistItem,
    ChecklistStage,
    DeadlineLine,
    Declaration,
    FindingLine,
    RouteLine,
)

AWKWARD = (
    "水务局 & 林业局",
    "<旧址> 5 > 3 </w:t>",
    "{{ title }} {% raw %} {# 无 #} {%p if x %}",
    "{_{ a }_} {_% b %_}",
    "\"引号\" '单引号' “中文” ‘单’",
    r"C:\路径\n不是换行 \\ #let x = 1 $x$ *粗* _斜_ @a <b> `c` // d",
    "&amp; &#123; &lt;",
    "第一行\n第二行\n\n第四行",
    "甲\t乙",
    "〔2026〕5号 ①⑳ 〇 ℃ ㎡ ㈠ Ⅲ ½ É ß — … ·",
)
"""Texts that templates, XML or typst could take for their own."""

awkward_text = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(st.sampled_from("{}%#&<>\"'\\_$@*`~/;=[]() \n\t甲乙，。「」AZaz09"), max_size=60),
    st.text(max_size=30),
)

DECLARATION = Declaration(
    title="石嘴山市政务信息化项目申报表",
    applicant_unit="石嘴山市某局",
    form_date="2026年1月5日",
    unit_name="石嘴山市某局信息中心",
    project_lead="王䶮",
    phone="0952-2012345",
    partner_units="石嘴山市数据局",
    project_name="智慧水务综合管理平台",
    project_category="新建",
    project_address="大武口区朝阳西街",
    project_basis="1.《行动计划》；\n2.《指导意见》。",
    planned_start="2026年3月1日",
    planned_end="2027年2月28日",
    readiness="已完成需求调研。",
    total_investment="680.5",
    this_year_investment="400",
    fund_national="11",
    fund_regional="222",
    fund_city="333.5",
    fund_social="114",
    materials=("1. 初步设计", "2. 信息资源目录"),
    remarks="无其他事项。",
)

CHECKLIST = Checklist(
    title="申报材料清单",
    project_name="智慧水务综合管理平台",
    unit_name="石嘴山市某局",
    as_of="2026年1月5日",
    summary=("本项目适用送审稿。", "投资概算达到 500 万元。"),
    stages=(
        ChecklistStage(
            title="一、技术审查",
            items=(
                ChecklistItem(
                    number="1",
                    title="初步设计",
                    requirement="必交",
                    status="待准备",
                    articles="第15条",
                    because="总投资低于1500万元。",
                ),
                ChecklistItem(number="2", title="信息资源目录", requirement="必交", status="已生成"),
            ),
        ),
        ChecklistStage(title="二、自治区审核", items=(ChecklistItem(number="1", title="需求分析报告"),)),
    ),
    route=(RouteLine(number="1.", step="技术审查", authority="市数据局"),),
    deadlines=(DeadlineLine(title="备案", due="2026年1月31日", extended="2026年2月2日", note="每年一次。"),),
    findings=(
        FindingLine(
            effect="提交前须修改", message="资金合计不符。", advice="请核对五项资金。", articles="附件1"
        ),
    ),
    notes=("依据送审稿编制。",),
)


def texts_of(content: Declaration | Checklist) -> list[str]:
    """Return every text of a page that is not empty, labels included."""

    def walk(value: object) -> list[str]:
        match value:
            case str():
                return [value] if value else []
            case dict():
                return [text for part in value.values() for text in walk(part)]
            case list() | tuple():
                return [text for part in value for text in walk(part)]
            case _:
                return []

    return walk(msgspec.to_builtins(content))


def squeezed(text: str) -> str:
    """Return a text without its white space: where a line ends is for the page to decide."""
    return "".join(text.split())


def pdf_text(data: bytes) -> str:
    """Return all text of a PDF, squeezed."""
    pages = PdfReader(io.BytesIO(data)).pages
    return squeezed("".join(page.extract_text() for page in pages))
