"""The Word templates of the papers beside 申报表 and 申报材料清单: 审查表, 备案信息, reports and statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from word_parts import (
    CHAPTER_FONT,
    PART_FONT,
    add_row,
    annex_table,
    blank_page,
    bordered_table,
    control,
    draft_header,
    end_of_table,
    fill,
    form_head,
    one,
    page_numbers,
    page_title,
    two,
    whole_if_short,
    write,
)

if TYPE_CHECKING:
    from docx.document import Document as DocxDocument
    from docx.table import Table
    from docx.text.paragraph import Paragraph

SIDE = 26
TEXT_SIZE, LINE_HEIGHT = Pt(16), Pt(28)


def security_review() -> DocxDocument:
    """Return the template of Annex 2, 网络安全和密码保护审查表."""
    document = _paper()
    form_head(document, "项目申报单位：{{ applicant_unit }}")
    table = annex_table(document)
    two(table, 12, ("项目名称", "{{ project_name }}"), ("项目类别", "{{ project_category }}"))
    one(table, 29, "项目建设内容", "{{ construction_content }}")
    one(table, 27, "网络安全保护\n基本情况", "{{ security_summary }}")
    _review(table, "网络安全审查")
    one(table, 27, "密码保护应用\n基本情况", "{{ crypto_summary }}")
    _review(table, "密码保护审查")
    end_of_table(document)
    return document


def _review(table: Table, label: str) -> None:
    """Add a cell that the reviewers fill in, with the words that the annex prints in it."""
    cell = one(table, 27, label, "审查结果：（符合/不符合）\n审查单位：\n20   年   月   日")
    for paragraph in cell.paragraphs[1:]:
        paragraph.paragraph_format.space_before = Mm(3)
    date = cell.paragraphs[-1]
    date.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    date.paragraph_format.right_indent = Mm(8)


def form_table() -> DocxDocument:
    """Return the template of a form that asks one thing a row."""
    document = _paper()
    form_head(document, "{{ head.text }}")
    table = bordered_table(document, [55, 103], inset=1.5)
    fill(add_row(table, 1)[0], "{%tr for row in rows %}")
    label, value = add_row(table, 12)
    fill(label, "{{ row.label }}", centred=True)
    fill(value, "{{ row.text }}")
    whole_if_short(table)
    fill(add_row(table, 1)[0], "{%tr endfor %}")
    control(document, "{%p for paragraph in notes %}")
    note = write(document.add_paragraph(), "{{ paragraph }}")
    note.paragraph_format.space_before = Mm(2)
    control(document, "{%p endfor %}")
    end_of_table(document)
    return document


def report() -> DocxDocument:
    """Return the template of a report in chapters."""
    document = _paper()
    page_numbers(document)
    control(document, "{%p for chapter in chapters %}")
    _heading(document, "{{ chapter.title }}", CHAPTER_FONT)
    control(document, "{%p for section in chapter.sections %}")
    control(document, "{%p if section.title %}")
    _heading(document, "{{ section.title }}", PART_FONT)
    control(document, "{%p endif %}")
    control(document, "{%p for paragraph in section.paragraphs %}")
    _running_text(document, "{{ paragraph }}")
    control(document, "{%p endfor %}")
    control(document, "{%p endfor %}")
    control(document, "{%p endfor %}")
    return document


def statement() -> DocxDocument:
    """Return the template of a statement with lines to sign."""
    document = _paper()
    control(document, "{%p for paragraph in paragraphs %}")
    _running_text(document, "{{ paragraph.text }}")
    control(document, "{%p endfor %}")
    for _ in range(2):
        _running_text(document, "").paragraph_format.keep_with_next = True
    control(document, "{%p for line in signature %}")
    _signed(document, "{{ line.text }}").paragraph_format.keep_with_next = True
    control(document, "{%p endfor %}")
    date = _signed(document, "{{ form_date }}")
    date.alignment, date.paragraph_format.right_indent = WD_ALIGN_PARAGRAPH.RIGHT, 4 * TEXT_SIZE
    return document


def _paper() -> DocxDocument:
    document = blank_page(side=SIDE)
    draft_header(document, "草稿")
    page_title(document)
    return document


def _running_text(document: DocxDocument, words: str, font: str = "") -> Paragraph:
    """Add a paragraph of 三号 text, 28 points a line, its first line two characters in."""
    paragraph = write(document.add_paragraph(), words, TEXT_SIZE, font)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    shape = paragraph.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, LINE_HEIGHT
    indent = OxmlElement("w:ind")
    # Word goes by the first, LibreOffice by the second
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), str(2 * TEXT_SIZE.twips))
    paragraph._p.get_or_add_pPr().insert_element_before(indent, "w:jc")  # noqa: SLF001 - python-docx has no name for it
    return paragraph


def _heading(document: DocxDocument, words: str, font: str) -> None:
    _running_text(document, words, font).paragraph_format.keep_with_next = True


def _signed(document: DocxDocument, words: str) -> Paragraph:
    """Add a line on the right half of the page, where the unit seals and signs."""
    paragraph = write(document.add_paragraph(), words, TEXT_SIZE)
    shape = paragraph.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, LINE_HEIGHT
    shape.left_indent = Mm(45)
    shape.space_before = Mm(4)
    return paragraph
