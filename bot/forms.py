"""The forms of the pack that a project needs, filled from its answers, as pages ready to print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from documents.content import Declaration
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
from rules.forms import fill_form, filled_cells, form_notes, forms_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.view import View
    from documents.page import Content
    from rules.forms import FilledCell
    from rules.paper import Form


def form_contents(view: View) -> list[tuple[Form, Content]]:
    """Return the forms that are made for a project with their pages, in the order of handing in.

    They are always in Chinese: the authorities read them, whatever language the user speaks.
    """
    forms = forms_of(view.seen)
    return [(form, _content(view, form, handed_in(view, forms, form))) for form in forms]


def handed_in(view: View, forms: Sequence[Form], form: Form) -> list[str]:
    """Return the titles of what is handed in beside ``form`` when the project is declared, in order.

    What comes only after the declaration, such as 备案信息, is not among it.
    """
    listed = [
        need.document.title
        for need in view.verdict.wanted
        if need.status != "missing"
        and need.document.stage not in view.rules.later_stages
        and need.document.id != form.document
    ]
    titles = (other.title for other in forms if not other.document and other is not form)
    return [*listed, *("".join(title.split("\n")) for title in titles)]


def _content(view: View, form: Form, beside: list[str]) -> Content:
    draft = not view.is_complete
    if form.layout == "declaration":
        texts = fill_form(view.seen, form.id, beside)
        materials = tuple(texts.pop("materials").splitlines())
        return Declaration(title=form.title, draft=draft, materials=materials, **texts)
    if form.layout == "review":
        return SecurityReview(title=form.title, draft=draft, **fill_form(view.seen, form.id, beside))
    cells = filled_cells(view.seen, form, beside)
    body = [filled for filled in cells if filled.cell.place == "body"]
    match form.layout:
        case "report":
            return Report(title=form.title, draft=draft, chapters=_chapters(body))
        case "statement":
            return Statement(
                title=form.title,
                draft=draft,
                paragraphs=tuple(Line(line.text, filled.cell.id) for filled in body for line in filled.lines),
                signature=_labelled(cells, "signature"),
            )
        case "table":
            return FormTable(
                title=form.title,
                draft=draft,
                head=_joined(_labelled(cells, "head")),
                rows=tuple(FormRow(filled.cell.label, filled.text, filled.cell.id) for filled in body),
                notes=form_notes(view.seen, form),
            )


def _labelled(cells: Sequence[FilledCell], place: str) -> tuple[Line, ...]:
    return tuple(
        Line(f"{filled.cell.label}：{filled.text}", filled.cell.id)
        for filled in cells
        if filled.cell.place == place
    )


def _joined(lines: Sequence[Line]) -> Line:
    """Return the lines as one; of several cells it bears the id of the first."""
    return Line("　".join(line.text for line in lines), lines[0].id if lines else "")


def _chapters(cells: Sequence[FilledCell]) -> tuple[Chapter, ...]:
    """Gather the cells under the headings that begin with them."""
    chapters: list[tuple[str, list[ReportSection]]] = []
    for filled in cells:
        if filled.cell.heading or not chapters:
            chapters.append((filled.cell.heading, []))
        paragraphs = tuple(line.text for line in filled.lines)
        chapters[-1][1].append(ReportSection(filled.cell.label, paragraphs, filled.cell.id))
    return tuple(Chapter(heading, tuple(sections)) for heading, sections in chapters)
