"""The further papers of a declaration, in words ready to print, as in ``documents/content.py``."""

from __future__ import annotations

import msgspec


class SecurityReview(msgspec.Struct, frozen=True, kw_only=True):
    """Annex 2, 网络安全和密码保护审查表. The two review cells are the reviewers' and stand in the template, blank.

    Attributes:
        title: of the form; a line break in it is kept.
        draft: print the draft mark in the page header.
        applicant_unit: 项目申报单位, above the table.
        form_date: such as 2026年1月5日; empty prints the blank 年 月 日 to fill in by hand.
        unit_name: 项目建设单位.
        project_lead: 项目负责人.
        phone: 联系电话.
        project_name: 项目名称.
        project_category: 项目类别.
        construction_content: 项目建设内容.
        security_summary: 网络安全保护基本情况.
        crypto_summary: 密码保护应用基本情况.
    """

    title: str = ""
    draft: bool = False
    applicant_unit: str = ""
    form_date: str = ""
    unit_name: str = ""
    project_lead: str = ""
    phone: str = ""
    project_name: str = ""
    project_category: str = ""
    construction_content: str = ""
    security_summary: str = ""
    crypto_summary: str = ""


class Line(msgspec.Struct, frozen=True):
    """A text that is not in a table; ``id`` is that of the form's cell it comes from, if it comes from one."""

    text: str = ""
    id: str = ""


class FormRow(msgspec.Struct, frozen=True):
    """A row of a form: what is asked, and the answer; an empty one prints as a blank cell.

    ``id`` is that of the form's cell, and is not printed.
    """

    label: str
    text: str = ""
    id: str = ""


class FormTable(msgspec.Struct, frozen=True, kw_only=True):
    """A form of rows that each ask one thing, such as 备案信息; its date is left blank to fill in by hand.

    Attributes:
        title: of the form; a line break in it is kept.
        draft: print the draft mark in the page header.
        head: above the table on the left, such as 项目建设单位：….
        rows: in order.
        notes: beneath the table.
    """

    title: str = ""
    draft: bool = False
    head: Line = Line()
    rows: tuple[FormRow, ...] = ()
    notes: tuple[str, ...] = ()


class ReportSection(msgspec.Struct, frozen=True):
    """A section of a chapter; without a title its paragraphs follow the chapter's own.

    ``id`` is that of the form's cell, and is not printed.
    """

    title: str = ""
    paragraphs: tuple[str, ...] = ()
    id: str = ""


class Chapter(msgspec.Struct, frozen=True):
    """A chapter of a report."""

    title: str
    sections: tuple[ReportSection, ...] = ()


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A report in numbered chapters, such as 需求分析报告; the titles bring their numbers with them.

    Attributes:
        title: of the report.
        draft: print the draft mark in the page header.
        chapters: in order.
    """

    title: str = ""
    draft: bool = False
    chapters: tuple[Chapter, ...] = ()


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A short statement of a unit, such as 承诺书; beneath it stand the lines to sign and a blank date.

    Attributes:
        title: of the statement.
        draft: print the draft mark in the page header.
        paragraphs: the statement.
        signature: the lines to seal and sign, such as 项目建设单位（盖章）：….
    """

    title: str = ""
    draft: bool = False
    paragraphs: tuple[Line, ...] = ()
    signature: tuple[Line, ...] = ()
