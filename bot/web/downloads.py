"""Files of a project to be saved: what was handed in, papers as they are made now, an empty catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from starlette.exceptions import HTTPException

from bot.package import as_drafted, papers_of
from bot.project_export import saved_name
from bot.web.document_rows import PAPER_FORMATS, SHEET
from dialogs.view import CATALOGUE_DOCUMENT, CATALOGUE_FACT

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.web.visit import Visit
    from dialogs.view import View

BYTES = "application/octet-stream"
MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    SHEET: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def file_of_document(visit: Visit) -> Response:
    """Return a version of a document that was handed in."""
    project_id, document_id = visit.number("project_id"), visit.path("document")
    version = visit.number("version")
    with visit.site.conversation.database.unit_of_work() as work:
        visit.open(work, project_id, for_reading=True)
        kept = work.attachments.versions(project_id, document_id)
        found = next((row for row in kept if row.version == version and row.removed_at is None), None)
        if found is None:
            raise HTTPException(404)
        detail = msgspec.json.encode({"document": document_id, "version": version})
        visit.note(work, "downloaded", project_id=project_id, detail=detail)
    data = visit.site.conversation.uploads.blobs.read(found.sha256)
    return visit.download(saved_name(found), data, MEDIA_TYPES.get(found.kind, BYTES))


def paper(visit: Visit) -> Response:
    """Return a paper as it is made from the answers now."""
    wanted, ending = visit.path("paper"), visit.path("ending")
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open(work, visit.number("project_id"), for_reading=True)
    if opened.view.is_over:
        raise HTTPException(404)
    view = as_drafted(opened.view)
    if (wanted, ending) == (CATALOGUE_DOCUMENT, SHEET):
        title = view.rules.documents[CATALOGUE_DOCUMENT].title
        return visit.download(f"{title}.{SHEET}", _catalogue(view), MEDIA_TYPES[SHEET])
    found = next((each for each in papers_of(view, visit.translate) if each.id == wanted), None)
    if found is None or ending not in PAPER_FORMATS:
        raise HTTPException(404)
    from documents.docx import render_docx  # take longer to import than to use
    from documents.pdf import render_pdf

    data = render_docx(found.content) if ending == "docx" else render_pdf(found.content).data
    return visit.download(f"{found.file}.{ending}", data, MEDIA_TYPES[ending])


def catalogue_template(visit: Visit) -> Response:
    """Return an empty catalogue to fill in."""
    from bot.catalogue import TEMPLATE_FILE, write_template

    with visit.site.conversation.database.unit_of_work() as work:
        visit.open(work, visit.number("project_id"))
    return visit.download(TEMPLATE_FILE, write_template(visit.translate), MEDIA_TYPES[SHEET])


def _catalogue(view: View) -> bytes:
    from documents.catalogue_sheet import write_catalogue

    entries = view.facts.get(CATALOGUE_FACT)
    if not isinstance(entries, tuple) or not entries:
        raise HTTPException(404)
    return write_catalogue(entries)
