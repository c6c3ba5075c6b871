"""The page of an officer on what is overdue in the area: of submitted projects only, the longest overdue first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.reminders.schedule import kept
from bot.web.principal import unit_owner

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.opened import Opened
    from bot.web.visit import Visit
    from rules.verdict import DueDate
    from storage.unit_of_work import UnitOfWork


class Late(NamedTuple):
    """Something that should have been done by now, and by whom."""

    opened: Opened
    unit_name: str
    due: DueDate

    @property
    def days(self) -> int:
        """How many days it is overdue."""
        return (self.opened.view.as_of - self.due.due).days


def listing(visit: Visit) -> Response:
    """Show what is overdue in the officer's area."""
    with visit.site.conversation.database.unit_of_work() as work:
        rows = overdue_in_area(visit, work)
    return visit.page("overdue.html", rows=rows)


def overdue_in_area(visit: Visit, work: UnitOfWork) -> list[Late]:
    """Return what the units of the officer's area have not done in time, the longest overdue first.

    The end of a period, such as of a service, is nothing that somebody failed to do.
    """
    names = {unit_owner(unit.id): unit.name for unit in work.units.in_area(visit.user.area)}
    conversation = visit.site.conversation
    today = conversation.today(conversation.current).isoformat()
    submitted = {summary.id for summary in work.projects.list_submitted(list(names))}
    late: set[int] = set()
    found: dict[int, Opened] = {}
    for row in work.deadlines.overdue(list(names), today):
        if row.project_id in submitted:
            late.add(row.id)
            if row.project_id not in found:
                found[row.project_id] = visit.open(work, row.project_id, for_reading=True)
    rows = [
        Late(opened, names[opened.project.owner], each.due)
        for project_id, opened in found.items()
        for each in kept(work, project_id, opened.view)
        if each.row.id in late and not each.due.is_done and each.due.deadline.each != "fact"
    ]
    return sorted(rows, key=lambda row: (row.due.due, row.opened.project.id))
