"""The pieces that our Word templates are put together from: page, fonts, tables, rows, cells."""

# ruff: noqa: SLF001 - python-docx shows most of the XML under private names only

from __future__ import annotations

from typing import TYPE_CHECKING

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

if TYPE_CHECKING:
    from docx.document import Document as DocxDocument
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

BODY_FONT = "仿宋_GB2312"
TITLE_FONT = "方正小标宋简体"
CHAPTER_FONT, PART_FONT = "黑体", "楷体_GB2312"
SUBSTITUTES = {BODY_FONT: "仿宋", TITLE_FONT: "宋体", CHAPTER_FONT: "SimHei", PART_FONT: "楷体"}
TITLE_SIZE, SECTION_SIZE, BODY_SIZE, CELL_SIZE = Pt(22), Pt(14), Pt(12), Pt(10.5)
FORM_WIDTH = 158
CENTRE = WD_ALIGN_PARAGRAPH.CENTER
LONGEST_PROPERTY = 255
"""What the file format allows for a document property."""

UNUSED_PARTS = {
    "thumbnail",
    "stylesWithEffects",
    "numbering",
    "customXml",
    "webSettings",
    "extended-properties",
}
KEPT_STYLES = {"Normal", "DefaultParagraphFont", "TableNormal", "NoList"}


def blank_page(side: float) -> DocxDocument:
    """Return an empty A4 document with our fonts, ``side`` mm of margin left and right, and nobody's name."""
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(30)
    section.left_margin = section.right_margin = Mm(side)
    section.header_distance, section.footer_distance = Mm(20), Mm(18)
    styles = document.styles.element
    for style in styles.findall(qn("w:style")):
        if style.get(qn("w:styleId")) not in KEPT_STYLES:
            styles.remove(style)
    normal = document.styles["Normal"]
    normal.font.size = BODY_SIZE
    set_font(normal.element.get_or_add_rPr(), BODY_FONT)
    spacing = normal.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing_rule = WD_LINE_SPACING.SINGLE
    for rule in ("w:autoSpaceDE", "w:autoSpaceDN"):
        # otherwise Word puts gaps around the figures of a date, which then no longer fits its cell
        off = OxmlElement(rule)
        off.set(qn("w:val"), "0")
        normal.element.pPr.insert_element_before(off, "w:spacing")
    languages = [*styles.iter(qn("w:lang")), *document.settings.element.iter(qn("w:themeFontLang"))]
    for language in languages:
        language.set(qn("w:eastAsia"), "zh-CN")
    for spacing_control in document.settings.element.iter(qn("w:characterSpacingControl")):
        spacing_control.set(qn("w:val"), "compressPunctuation")
    core = document.core_properties
    core.author = core.comments = core.last_modified_by = ""
    core.title = f"{{{{ name[:{LONGEST_PROPERTY}] }}}}"
    for moment in ("dcterms:created", "dcterms:modified"):
        # they tell of python-docx's own template, not of ours
        core._element.remove(core._element.find(qn(moment)))
    drop_unused_parts(document)
    name_substitutes(document)
    return document


def drop_unused_parts(document: DocxDocument) -> None:
    """Leave out what python-docx's own template carries along: a picture of it, lists, effects, custom data."""
    for relations in (document.part.rels, document.part.package.rels):
        for identifier, relation in list(relations.items()):
            if relation.reltype.rpartition("/")[2] in UNUSED_PARTS:
                del relations[identifier]


def name_substitutes(document: DocxDocument) -> None:
    """Tell the word processor which font to take when a machine lacks the official one."""
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in SUBSTITUTES.items()
    )
    table = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="{namespace}">{fonts}</w:fonts>'
    for part in document.part.package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            part._blob = table.encode()


def set_font(properties: object, name: str) -> None:
    """Set one font for every script: the Latin letters of a Chinese form come from the Chinese font."""
    fonts = properties.get_or_add_rFonts()
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), name)
    fonts.set(qn("w:hint"), "eastAsia")


def write(paragraph: Paragraph, words: str, size: Pt | None = None, font: str = "") -> Paragraph:
    """Add a run of text to a paragraph."""
    run = paragraph.add_run(words)
    if size is not None:
        run.font.size = size
    if font:
        set_font(run._element.get_or_add_rPr(), font)
    return paragraph


def page_title(document: DocxDocument) -> None:
    """Add the title of the page."""
    paragraph = document.add_paragraph()
    paragraph.alignment = CENTRE
    paragraph.paragraph_format.space_after = Mm(5)
    write(paragraph, "{{ title }}", TITLE_SIZE, TITLE_FONT)


def draft_header(document: DocxDocument, mark: str) -> None:
    """Add the draft mark, which is there on drafts only."""
    paragraph = document.sections[0].header.paragraphs[0]
    paragraph.style = document.styles["Normal"]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    write(paragraph, f"{{% if draft %}}{mark}{{% endif %}}")


def page_numbers(document: DocxDocument) -> None:
    """Add 「— 1 —」 at the foot of the page."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.style = document.styles["Normal"]
    paragraph.alignment = CENTRE
    write(paragraph, "— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
    write(paragraph, " —")


def bordered_table(document: DocxDocument, widths: list[float], inset: float) -> Table:
    """Return a table without rows: fixed columns in mm, thin black borders, ``inset`` mm beside the text."""
    table = document.add_table(rows=0, cols=len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    properties = table._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        border = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "000000")):
            border.set(qn(f"w:{name}"), value)
        borders.append(border)
    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", 1.2), ("left", inset), ("bottom", 1.2), ("right", inset)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(Mm(width).twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties.find(qn("w:tblLayout")).addprevious(borders)
    properties.find(qn("w:tblLayout")).addnext(margins)
    return table


def add_row(table: Table, at_least: float) -> list[_Cell]:
    """Add a row of at least that many mm and return its cells."""
    row = table.add_row()
    row.height, row.height_rule = Mm(at_least), WD_ROW_HEIGHT_RULE.AT_LEAST
    for cell, column in zip(row.cells, table.columns, strict=True):
        cell.width = column.width
    return list(row.cells)


def whole_if_short(table: Table) -> None:
    """Keep the last row on one page while its ``row`` is short."""
    whole = OxmlElement("w:cantSplit")
    whole.set(qn("w:val"), "{{ 'true' if row.short else 'false' }}")
    table.rows[-1]._tr.get_or_add_trPr().insert(0, whole)


def fill(cell: _Cell, words: str, *, centred: bool = False, size: Pt | None = None) -> None:
    """Write into a cell, in the middle of its height; a line break in ``words`` starts a paragraph."""
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for number, line in enumerate(words.split("\n")):
        paragraph = cell.add_paragraph() if number else cell.paragraphs[0]
        if centred:
            paragraph.alignment = CENTRE
        write(paragraph, line, size)


def form_head(document: DocxDocument, words: str) -> None:
    """Add the line above the table of a form: whose it is, and its date at the right."""
    head = document.add_paragraph()
    head.paragraph_format.space_after = Mm(1.5)
    head.paragraph_format.tab_stops.add_tab_stop(Mm(FORM_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    write(head, f"{words}\t{{{{ form_date }}}}")


def annex_table(document: DocxDocument) -> Table:
    """Return the table of an annex with its first rows: the unit, who leads the project, and the telephone."""
    table = bordered_table(document, [33, 31.25, 31.25, 31.25, 31.25], inset=1.5)
    upper, lower = add_row(table, 10), add_row(table, 10)
    fill(upper[0].merge(lower[0]), "项目建设单位", centred=True)
    fill(upper[1].merge(lower[2]), "{{ unit_name }}")
    fill(upper[3], "项目负责人", centred=True)
    fill(upper[4], "{{ project_lead }}")
    fill(lower[3], "联系电话", centred=True)
    fill(lower[4], "{{ phone }}")
    return table


def one(table: Table, at_least: float, label: str, value: str) -> _Cell:
    """Add a row with one label and one value, and return the cell of the value."""
    cells = add_row(table, at_least)
    fill(cells[0], label, centred=True)
    wide = cells[1].merge(cells[4])
    fill(wide, value)
    return wide


def two(table: Table, at_least: float, left: tuple[str, str], right: tuple[str, str]) -> None:
    """Add a row with two labels and their values."""
    cells = add_row(table, at_least)
    fill(cells[0], left[0], centred=True)
    fill(cells[1].merge(cells[2]), left[1])
    fill(cells[3], right[0], centred=True)
    fill(cells[4], right[1])


def end_of_table(document: DocxDocument) -> None:
    """Add the paragraph that Word wants after a table; a tall one could go over to an empty page."""
    document.add_paragraph().paragraph_format.line_spacing = Pt(1)


def control(document: DocxDocument, tag: str) -> None:
    """Add a paragraph that holds only a tag and leaves nothing on the page."""
    document.add_paragraph(tag)


def text_line(document: DocxDocument, words: str) -> Paragraph:
    """Add a paragraph of text."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(4)
    return write(paragraph, words)


def section_title(document: DocxDocument, words: str) -> None:
    """Add the head of a section, kept with what follows."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before = Mm(5)
    paragraph.paragraph_format.space_after = Mm(2)
    paragraph.paragraph_format.keep_with_next = True
    write(paragraph, words, SECTION_SIZE)
