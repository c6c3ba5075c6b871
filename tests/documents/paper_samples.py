"""The further papers that the document tests print."""

from __future__ import annotations

from documents.papers import (
    Chapter,
    FormRow,
    FormTable,
    Line,
    Report,
    ReportSection,
    SecurityReview,
    Statement,
)

REVIEW = SecurityReview(
    title="石嘴山市政务信息化项目网络安全\n和密码保护审查表",
    applicant_unit="石嘴山市某局",
    form_date="2026年1月5日",
    unit_name="石嘴山市某局信息中心",
    project_lead="王䶮",
    phone="0952-2012345",
    project_name="智慧水务综合管理平台",
    project_category="工程类（新建）",
    construction_content="1.监测子系统；\n2.调度子系统。",
    security_summary="定级为第三级。",
    crypto_summary="采用商用密码产品。",
)
TABLE = FormTable(
    title="备案信息\n（运行维护类）",
    head=Line("项目建设单位：石嘴山市某局"),
    rows=(FormRow("项目名称", "智慧水务运维"), FormRow("中标单位"), FormRow("结算金额", "待结算")),
    notes=("注：参照填写。",),
)
REPORT = Report(
    title="需求分析报告",
    chapters=(
        Chapter(
            "一、项目基本信息",
            (
                ReportSection("（一）项目名称", ("智慧水务综合管理平台",)),
                ReportSection("（二）概况", ("第一段。\n第二段。", "【待补充：责任人】")),
            ),
        ),
        Chapter("五、投资估算", (ReportSection("", ("总投资 680.5 万元。",)),)),
    ),
)
STATEMENT = Statement(
    title="真实性承诺书",
    paragraphs=(Line("我单位郑重承诺："), Line("一、内容真实。")),
    signature=(Line("项目建设单位（盖章）：石嘴山市某局"), Line("项目负责人（签字）：")),
)
PAPERS = {"review": REVIEW, "table": TABLE, "report": REPORT, "statement": STATEMENT}
