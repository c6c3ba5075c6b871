"""Make the .docx templates that ``documents/docx.py`` fills in.

Run it after changing anything here or in ``word_parts.py``, and commit what it writes::

    uv run --no-sync python scripts/build_templates.py

The look follows GB/T 9704: A4, title in 小标宋 二号, text in 仿宋. The PDF templates beside them (``*.typ``)
repeat the same measures; change both.
"""

# ruff: noqa: SLF001 - python-docx shows most of the XML under private names only

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from docx.oxml import OxmlElement
from docx.shared import Mm
from paper_templates import form_table, report, security_review, statement
from word_parts import (
    CELL_SIZE,
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
    section_title,
    text_line,
    two,
    whole_if_short,
)

if TYPE_CHECKING:
    from docx.document import Document as DocxDocument
    from docx.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from documents.archive import repack  # noqa: E402 - a script finds its project first

TEMPLATES = ROOT / "documents" / "templates"


class Column(NamedTuple):
    """A column of a list: its head, the key of its values, its width in mm, centred or not."""

    head: str
    key: str
    width: float
    centred: bool = False


ITEM_COLUMNS = (
    Column("item_number", "number", 11, centred=True),
    Column("item_title", "title", 40),
    Column("item_requirement", "requirement", 21, centred=True),
    Column("item_status", "status", 20, centred=True),
    Column("item_articles", "articles", 25, centred=True),
    Column("item_because", "because", 53),
)
FINDING_COLUMNS = (
    Column("finding_effect", "effect", 30, centred=True),
    Column("finding_message", "message", 60),
    Column("finding_advice", "advice", 55),
    Column("finding_articles", "articles", 25, centred=True),
)
DEADLINE_COLUMNS = (
    Column("deadline_title", "title", 50),
    Column("deadline_due", "due", 33, centred=True),
    Column("deadline_extended", "extended", 33, centred=True),
    Column("deadline_note", "note", 54),
)


def save(document: DocxDocument, name: str) -> None:
    """Write a template; the same template gives the same bytes."""
    out = io.BytesIO()
    document.save(out)
    (TEMPLATES / name).write_bytes(repack(out.getvalue()))


def declaration() -> DocxDocument:
    """Return the template of Annex 1, 项目申报表."""
    document = blank_page(side=26)
    draft_header(document, "草稿")
    page_title(document)
    form_head(document, "项目申报单位：{{ applicant_unit }}")
    table = annex_table(document)
    one(table, 12, "参与建设单位", "{{ partner_units }}")
    two(table, 12, ("项目名称", "{{ project_name }}"), ("项目类别", "{{ project_category }}"))
    one(table, 12, "项目建设地址", "{{ project_address }}")
    one(table, 21, "项目建设依据", "{{ project_basis }}")
    plan = one(table, 12, "项目计划时间", "起始时间：{{ planned_start }}\t完成时间：{{ planned_end }}")
    plan.paragraphs[0].paragraph_format.tab_stops.add_tab_stop(Mm(62))
    one(table, 22, "项目准备情况", "{{ readiness }}")
    two(
        table,
        14,
        ("项目预计\n总投资（万元）", "{{ total_investment }}"),
        ("本年度预计\n投入（万元）", "{{ this_year_investment }}"),
    )
    funds(table)
    one(table, 26, "申报材料", "{{ materials }}")
    one(table, 18, "备注", "{{ remarks }}")
    end_of_table(document)
    return document


def funds(table: Table) -> None:
    """Add the two rows of 计划资金来源: the four sources, and their amounts beneath."""
    heads, amounts = add_row(table, 10), add_row(table, 12)
    fill(heads[0].merge(amounts[0]), "计划资金来源", centred=True)
    sources = {
        "国家资金": "fund_national",
        "自治区资金": "fund_regional",
        "市级资金": "fund_city",
        "社会资金": "fund_social",
    }
    for place, (source, name) in enumerate(sources.items(), start=1):
        fill(heads[place], source, centred=True)
        fill(amounts[place], f"{{{{ {name} }}}}", centred=True)


def checklist() -> DocxDocument:
    """Return the template of 申报材料清单."""
    document = blank_page(side=20)
    draft_header(document, "{{ labels.draft_mark }}")
    page_numbers(document)
    page_title(document)
    for name in ("project_name", "unit_name", "as_of"):
        text_line(document, f"{{{{ labels.{name} }}}}{{{{ {name} }}}}")
    control(document, "{%p for paragraph in summary %}")
    text_line(document, "{{ paragraph }}")
    control(document, "{%p endfor %}")

    control(document, "{%p for stage in stages %}")
    section_title(document, "{{ stage.title }}")
    listing(document, ITEM_COLUMNS, "stage['items']")
    control(document, "{%p endfor %}")

    control(document, "{%p if findings %}")
    section_title(document, "{{ labels.findings }}")
    listing(document, FINDING_COLUMNS, "findings")
    control(document, "{%p endif %}")

    control(document, "{%p if route %}")
    section_title(document, "{{ labels.route }}")
    control(document, "{%p for line in route %}")
    step = text_line(document, "{{ line.number }}\t{{ line.step }}　{{ line.authority }}")
    step.paragraph_format.left_indent, step.paragraph_format.first_line_indent = Mm(9), Mm(-9)
    control(document, "{%p endfor %}")
    control(document, "{%p endif %}")

    control(document, "{%p if deadlines %}")
    section_title(document, "{{ labels.deadlines }}")
    listing(document, DEADLINE_COLUMNS, "deadlines")
    control(document, "{%p endif %}")

    control(document, "{%p if notes %}")
    section_title(document, "{{ labels.notes }}")
    control(document, "{%p for paragraph in notes %}")
    text_line(document, "{{ paragraph }}")
    control(document, "{%p endfor %}")
    control(document, "{%p endif %}")
    return document


def listing(document: DocxDocument, columns: tuple[Column, ...], rows: str) -> None:
    """Add a table with a head that repeats on every page and one row for each of ``rows``."""
    table = bordered_table(document, [column.width for column in columns], inset=1)
    head = add_row(table, 6)
    for cell, column in zip(head, columns, strict=True):
        fill(cell, f"{{{{ labels.{column.head} }}}}", centred=True, size=CELL_SIZE)
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    fill(add_row(table, 1)[0], f"{{%tr for row in {rows} %}}")
    cells = add_row(table, 6)
    for cell, column in zip(cells, columns, strict=True):
        fill(cell, f"{{{{ row.{column.key} }}}}", centred=column.centred, size=CELL_SIZE)
    whole_if_short(table)
    fill(add_row(table, 1)[0], "{%tr endfor %}")


if __name__ == "__main__":
    TEMPLATES.mkdir(exist_ok=True)
    save(declaration(), "declaration.docx")
    save(checklist(), "checklist.docx")
    save(security_review(), "security_review.docx")
    save(form_table(), "form_table.docx")
    save(report(), "report.docx")
    save(statement(), "statement.docx")
