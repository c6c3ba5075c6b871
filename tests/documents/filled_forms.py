"""Declarations as different people fill them in Word: the official layout, and what becomes of it."""

from __future__ import annotations

import copy
import io
import re
import zipfile
from typing import TYPE_CHECKING

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

if TYPE_CHECKING:
    from collections.abc import Callable

    from docx.document import Document
    from docx.table import Table, _Cell

TITLE = "石嘴山市政务信息化项目申报表"
FILLED = {
    "applicant_unit": "示例市水务局",
    "form_date": "2026年11月23日",
    "unit_name": "示例市水务局信息中心",
    "project_lead": "李明",
    "phone": "0952-2012345",
    "partner_units": "示例市数据局",
    "project_name": "智慧水务综合管理平台",
    "project_category": "工程类（改建）",
    "project_address": "示例区青山路 1 号",
    "project_basis": "1.《行动计划》；\n2.《指导意见》。",
    "planned_start": "2027年3月1日",
    "planned_end": "2027年12月31日",
    "readiness": "需求调研已完成。",
    "total_investment": "680",
    "this_year_investment": "400",
    "fund_national": "0",
    "fund_regional": "200",
    "fund_city": "480",
    "fund_social": "0",
    "materials": "1.初步设计\n2.信息资源目录",
    "remarks": "无其他事项",
}
SOURCES = {
    "fund_national": "国家资金",
    "fund_regional": "自治区资金",
    "fund_city": "市级资金",
    "fund_social": "社会资金",
}
W = nsdecls("w")


def saved(document: Document) -> bytes:
    """Return the bytes of a document."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def rewritten(data: bytes, change: Callable[[str], str], part: str = "word/document.xml") -> bytes:
    """Return a document with the XML of one part changed."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            held = source.read(name)
            target.writestr(name, change(held.decode()).encode() if name == part else held)
    return out.getvalue()


def write(cell: _Cell, words: str) -> None:
    """Write lines into a cell, each a paragraph."""
    first, *others = words.split("\n")
    cell.paragraphs[0].add_run(first)
    for line in others:
        cell.add_paragraph(line)


def merged(table: Table, row: int, first: int, last: int, words: str, *, bottom: int | None = None) -> None:
    """Write into several cells made one."""
    end = row if bottom is None else bottom
    write(table.cell(row, first).merge(table.cell(end, last)), words)


def blank_document(said: dict[str, str], title: str = TITLE) -> Document:
    """Return a page with the title and the header line."""
    document = docx.Document()
    document.add_paragraph("附件 1")
    document.add_paragraph(title)
    if said["applicant_unit"]:
        document.add_paragraph(f"项目申报单位：{said['applicant_unit']}\t\t{said['form_date']}")
    return document


def official(said: dict[str, str] | None = None, document: Document | None = None) -> Document:
    """Return the form in its official layout."""
    said = FILLED if said is None else said
    document = document or blank_document(said)
    table = document.add_table(rows=13, cols=5)
    merged(table, 0, 0, 0, "项目建设单位", bottom=1)
    merged(table, 0, 1, 2, said["unit_name"], bottom=1)
    for row, label, name in ((0, "项目负责人", "project_lead"), (1, "联系电话", "phone")):
        write(table.cell(row, 3), label)
        write(table.cell(row, 4), said[name])
    for row, label, name in (
        (2, "参与建设单位", "partner_units"),
        (4, "项目建设地址", "project_address"),
        (5, "项目建设依据", "project_basis"),
        (7, "项目准备情况", "readiness"),
        (11, "申报材料", "materials"),
        (12, "备注", "remarks"),
    ):
        write(table.cell(row, 0), label)
        merged(table, row, 1, 4, said[name])
    pairs = (
        (3, ("项目名称", "project_name"), ("项目类别", "project_category")),
        (
            8,
            ("项目预计\n总投资（万元）", "total_investment"),
            ("本年度预计\n投入（万元）", "this_year_investment"),
        ),
    )
    for row, (left, left_name), (right, right_name) in pairs:
        write(table.cell(row, 0), left)
        merged(table, row, 1, 2, said[left_name])
        write(table.cell(row, 3), right)
        write(table.cell(row, 4), said[right_name])
    write(table.cell(6, 0), "项目计划时间")
    merged(
        table,
        6,
        1,
        4,
        f"起始时间：{said['planned_start']}                    完成时间：{said['planned_end']}",
    )
    merged(table, 9, 0, 0, "计划资金来源", bottom=10)
    for column, (name, label) in enumerate(SOURCES.items(), start=1):
        write(table.cell(9, column), label)
        write(table.cell(10, column), said[name])
    return document


def plain_rows(document: Document, rows: list[list[str]]) -> Table:
    """Add a table whose rows may differ in length; the last cell of a short row spans the rest."""
    width = max(len(row) for row in rows)
    table = document.add_table(rows=len(rows), cols=width)
    for number, row in enumerate(rows):
        for column, words in enumerate(row[:-1]):
            write(table.cell(number, column), words)
        merged(table, number, len(row) - 1, width - 1, row[-1])
    return table


def narrow_rows(said: dict[str, str]) -> list[list[str]]:
    """Return the form as rows of one label and one value."""
    return [
        ["建设单位名称", said["unit_name"]],
        ["负责人", said["project_lead"]],
        ["联系人电话", said["phone"]],
        ["参建单位", said["partner_units"]],
        ["项 目 名 称：", said["project_name"]],
        ["项 目 类 型", said["project_category"]],
        ["建设地点", said["project_address"]],
        ["立项依据", said["project_basis"]],
        ["计划开始时间", said["planned_start"]],
        ["计划完成时间", said["planned_end"]],
        ["前期准备情况", said["readiness"]],
        ["项目投资(万元)", said["total_investment"]],
        ["2026年度计划投入（万元）", said["this_year_investment"]],
        ["中央财政资金", said["fund_national"]],
        ["自治区财政资金", said["fund_regional"]],
        ["市财政资金", said["fund_city"]],
        ["社会资本", said["fund_social"]],
        ["申报材料清单", said["materials"]],
        ["备   注", said["remarks"]],
    ]


def narrow(said: dict[str, str]) -> Document:
    """Two columns, other names for most labels, the unit and date in the table."""
    document = docx.Document()
    document.add_paragraph(TITLE)
    rows = [["项目申报单位", said["applicant_unit"]], ["填报日期", said["form_date"]], *narrow_rows(said)]
    plain_rows(document, rows)
    return document


def value_beneath(said: dict[str, str]) -> Document:
    """Every label with its value in the row beneath it."""
    document = blank_document(said)
    plain_rows(
        document,
        [
            ["项目建设单位", "项目负责人", "联系电话"],
            [said["unit_name"], said["project_lead"], said["phone"]],
            ["参与建设单位", "项目名称", "项目类别"],
            [said["partner_units"], said["project_name"], said["project_category"]],
            ["项目建设地址"],
            [said["project_address"]],
            ["项目建设依据"],
            [said["project_basis"]],
            ["起始时间", "完成时间"],
            [said["planned_start"], said["planned_end"]],
            ["项目准备情况"],
            [said["readiness"]],
            ["项目预计总投资（万元）", "本年度预计投入（万元）"],
            [said["total_investment"], said["this_year_investment"]],
            ["国家资金", "自治区资金", "市级资金", "社会资金"],
            [said[name] for name in SOURCES],
            ["申报材料"],
            [said["materials"]],
            ["备注"],
            [said["remarks"]],
        ],
    )
    return document


def same_cell(said: dict[str, str]) -> Document:
    """Label and value in one cell, with a colon or on the next line; dates and money in a line."""
    document = docx.Document()
    plain_rows(
        document,
        [
            [TITLE],
            [f"申报单位：{said['applicant_unit']}（盖章）    {said['form_date']}"],
            [f"项目建设单位：{said['unit_name']}"],
            [f"项目负责人：{said['project_lead']}", f"联系电话：{said['phone']}"],
            [f"参与建设单位：{said['partner_units']}"],
            [f"项目名称： {said['project_name']}", f"项目类别:{said['project_category']}"],
            [f"项目建设地址\n{said['project_address']}"],
            [f"项目建设依据\n{said['project_basis']}"],
            [f"项目计划时间：起始时间：{said['planned_start']}，完成时间：{said['planned_end']}"],
            [f"项目准备情况：\n{said['readiness']}"],
            [
                f"项目预计总投资（万元）：{said['total_investment']}",
                f"本年度预计投入（万元）：{said['this_year_investment']}",
            ],
            ["计划资金来源：" + "；".join(f"{SOURCES[name]}：{said[name]}" for name in SOURCES)],
            [f"申报材料：\n{said['materials']}"],
            [f"备注：{said['remarks']}"],
        ],
    )
    return document


def paragraphs_only(said: dict[str, str]) -> Document:
    """No table at all."""
    document = blank_document(said)
    for words in (
        f"一、项目建设单位：{said['unit_name']}",
        f"二、项目负责人：{said['project_lead']}　　联系电话：{said['phone']}",
        f"三、参与建设单位：{said['partner_units']}",
        f"四、项目名称：{said['project_name']}",
        f"五、项目类别：{said['project_category']}",
        f"六、项目建设地址：{said['project_address']}",
        "七、项目建设依据：",
        *said["project_basis"].split("\n"),
        f"八、起始时间：{said['planned_start']}；完成时间：{said['planned_end']}",
        f"九、项目准备情况：{said['readiness']}",
        f"十、项目预计总投资（万元）：{said['total_investment']}",
        f"本年度预计投入（万元）：{said['this_year_investment']}",
        *(f"{SOURCES[name]}：{said[name]}" for name in SOURCES),
        "申报材料：",
        *said["materials"].split("\n"),
        f"备注：{said['remarks']}",
    ):
        document.add_paragraph(words)
    return document


def two_tables(said: dict[str, str]) -> Document:
    """The form goes over to a second table, with its title again."""
    document = official(said)
    body = document.tables[0]._tbl
    second = copy.deepcopy(body)
    for row in body.findall(qn("w:tr"))[6:]:
        body.remove(row)
    for row in second.findall(qn("w:tr"))[:6]:
        second.remove(row)
    again = document.add_paragraph(f"{TITLE}（续）")
    again._p.addnext(second)
    return document


def nested(said: dict[str, str]) -> Document:
    """The whole form in the one cell of a table that draws the frame; the money in a table of its own."""
    document = docx.Document()
    frame = document.add_table(rows=1, cols=1).cell(0, 0)
    frame.paragraphs[0].add_run(TITLE)
    frame.add_paragraph(f"项目申报单位：{said['applicant_unit']}   {said['form_date']}")
    form = official(said).tables[0]
    table = form._tbl
    for row in table.findall(qn("w:tr"))[9:11]:
        table.remove(row)
    frame._tc.insert(len(frame._tc) - 1, copy.deepcopy(table))
    inner = next(iter(frame.tables))
    row = inner.add_row()
    write(row.cells[0], "计划资金来源")
    money = row.cells[1].merge(row.cells[4]).add_table(rows=2, cols=4)
    for column, (name, label) in enumerate(SOURCES.items()):
        write(money.cell(0, column), label)
        write(money.cell(1, column), said[name])
    return document


def extra_cells(said: dict[str, str]) -> Document:
    """A column of numbers in front, blank columns and rows, a cell split in two, a row split in two."""
    document = blank_document(said)
    half = len(said["project_name"]) // 2
    first, *others = said["project_basis"].split("\n")
    rows = [
        ["1", "项目建设单位", said["unit_name"], "", "项目负责人", said["project_lead"], ""],
        ["", "", "", "", "", "", ""],
        ["2", "联系电话", said["phone"], "", "参与建设单位", said["partner_units"], ""],
        [
            "3",
            "项目名称",
            said["project_name"][:half],
            said["project_name"][half:],
            "项目类别",
            said["project_category"],
            "",
        ],
        ["4", "项目建设地址", said["project_address"], "", "", "", ""],
        ["5", "项目建设依据", first, "", "", "", ""],
        *(["", "", line, "", "", "", ""] for line in others),
        ["6", "项目计划时间", "起始时间", said["planned_start"], "完成时间", said["planned_end"], ""],
        ["7", "项目准备情况", said["readiness"], "", "", "", ""],
        [
            "8",
            "项目预计总投资",
            said["total_investment"],
            "万元",
            "本年度预计投入（万元）",
            said["this_year_investment"],
            "",
        ],
        ["9", "计划资金来源", "国家资金", "自治区资金", "市级资金", "社会资金", ""],
        ["", "", "", "", "", "", ""],
        ["", "", *(said[name] for name in SOURCES), ""],
        ["10", "申报材料", said["materials"], "", "", "", ""],
        ["11", "备注", said["remarks"], "", "", "", ""],
    ]
    table = document.add_table(rows=len(rows), cols=7)
    for number, row in enumerate(rows):
        for column, words in enumerate(row):
            write(table.cell(number, column), words)
    return document


def split_runs(data: bytes) -> bytes:
    """Cut every run into single letters, as spelling checks and edits do."""

    def cut(found: re.Match[str]) -> str:
        properties, words = found[1] or "", found[2]
        return "".join(
            f'<w:r>{properties}<w:t xml:space="preserve">{letter}</w:t></w:r><w:proofErr w:type="spellEnd"/>'
            for letter in re.findall(r"&\w+;|.", words)
        )

    return rewritten(
        data, lambda xml: re.sub(r"<w:r>(<w:rPr>.*?</w:rPr>)?<w:t[^>]*>([^<]*)</w:t></w:r>", cut, xml)
    )


def tracked(data: bytes) -> bytes:
    """Make every value an insertion, each after a deleted one."""
    gone = '<w:del w:id="1" w:author="a"><w:r><w:delText>旧的</w:delText></w:r></w:del>'
    moved = '<w:moveFrom w:id="2" w:author="a"><w:r><w:t>搬走的</w:t></w:r></w:moveFrom>'
    return rewritten(
        data,
        lambda xml: re.sub(
            r"(<w:r><w:t[^>]*>[^<]*</w:t></w:r>)",
            rf'{gone}{moved}<w:ins w:id="3" w:author="a">\1</w:ins>',
            xml,
        ),
    )


def controlled(data: bytes) -> bytes:
    """Put every run into a content control, as forms with fields have them."""
    return rewritten(
        data,
        lambda xml: re.sub(
            r"(<w:r><w:t[^>]*>[^<]*</w:t></w:r>)",
            r"<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>\1</w:sdtContent></w:sdt>",
            xml,
        ),
    )


def strict(data: bytes) -> bytes:
    """Use the namespaces of strict OOXML."""
    return rewritten(
        data,
        lambda xml: xml.replace(
            "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            "http://purl.oclc.org/ooxml/wordprocessingml/main",
        ),
    )


def in_text_box(said: dict[str, str]) -> bytes:
    """Put the whole table into a text box, for newer and for older programs."""
    document = official(said)
    table = document.tables[0]._tbl
    table.getparent().remove(table)
    inner = copy.deepcopy(table)
    run = parse_xml(
        f'<w:r {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        ' xmlns:v="urn:schemas-microsoft-com:vml"><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
        "<w:txbxContent/></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent/></v:textbox>"
        "</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    for box in run.iter(qn("w:txbxContent")):
        box.append(copy.deepcopy(inner))
    document.add_paragraph()._p.append(run)
    return saved(document)
