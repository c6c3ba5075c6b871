"""The pages of an officer (市数据局 or 县区数据局): what the units of the area have submitted, to be read only."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from starlette.exceptions import HTTPException

from bot.filing_summary import filing_labels, filing_row
from bot.web.overdue import overdue_in_area
from bot.web.principal import unit_owner
from bot.web.side import side_context
from dialogs.display import date_text
from dialogs.review import all_answers, missing
from documents.filing_summary import write_filing_summary
from rules.text import T

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.opened import Opened
    from bot.web.visit import Visit
    from storage.attachments import Attachment
    from storage.unit_of_work import UnitOfWork

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SUMMARY_FILE = "备案汇总.xlsx"


class Submitted(NamedTuple):
    """A project that was submitted, and whose it is."""

    opened: Opened
    unit_name: str


def listing(visit: Visit) -> Response:
    """Show what was submitted in the officer's area, the latest first."""
    with visit.site.conversation.database.unit_of_work() as work:
        rows = _submitted(visit, work)
        late = Counter(each.opened.project.id for each in overdue_in_area(visit, work))
    return visit.page("submitted.html", rows=rows, late=late)


def show(visit: Visit) -> Response:
    """Show a project as it was submitted: its forms, its answers, its files."""
    project_id = visit.number("project_id")
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open(work, project_id, for_reading=True)
        files: dict[str, Attachment] = work.attachments.current(project_id)
    return visit.page(
        "submitted_project.html",
        opened=opened,
        files=files,
        answers=all_answers(opened.view),
        remarks=missing(opened.view, most=None),
        **side_context(visit, opened),
    )


def summary(visit: Visit) -> Response:
    """Return the 备案 summary of the area as a spreadsheet."""
    with visit.site.conversation.database.unit_of_work() as work:
        rows = _submitted(visit, work)
        visit.note(work, "summary_exported")
    if not rows:
        raise HTTPException(404)
    lines = [
        filing_row(
            row.opened.view,
            number,
            unit_name=row.unit_name,
            submitted_at=row.opened.project.submitted_at,
            translate=visit.translate,
        )
        for number, row in enumerate(rows, start=1)
    ]
    title = visit.say(T("{unit}备案汇总", unit=visit.user.unit_name))
    as_of = visit.say(date_text(rows[0].opened.view.as_of))
    data = write_filing_summary(title, as_of, lines, filing_labels(visit.translate))
    return visit.download(SUMMARY_FILE, data, SHEET_TYPE)


def _submitted(visit: Visit, work: UnitOfWork) -> list[Submitted]:
    names = {unit_owner(unit.id): unit.name for unit in work.units.in_area(visit.user.area)}
    return [
        Submitted(visit.open(work, summary.id, for_reading=True), names[summary.owner])
        for summary in work.projects.list_submitted(list(names))
    ]
