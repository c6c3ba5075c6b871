"""The operator's pages: units, accounts, invitations, and the log of who did what. No project is shown here."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from bot import operating
from bot.operating import RefusedError, role_label
from bot.web.visit import number_in
from rules.text import T, Text
from storage.errors import NotFound

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.web.visit import Visit
    from storage.accounts import Account
    from storage.unit_of_work import UnitOfWork

LOG_PAGE = 100


def overview(visit: Visit) -> Response:
    """Show the units with their accounts, and what can be done about them."""
    return _page(visit)


def add_unit(visit: Visit) -> Response:
    """Add a unit."""
    try:
        with visit.site.conversation.database.unit_of_work() as work:
            operating.add_unit(
                work,
                visit.value("name", longest=200),
                visit.value("area", longest=20).strip(),
                actor=visit.user.actor,
                at=visit.now,
            )
    except RefusedError as error:
        return _page(visit, error=error.text, status=422)
    return visit.redirect("/admin")


def invite(visit: Visit) -> Response:
    """Make an invitation, and show its link: this once, for only its digest is kept."""
    settings = visit.site.settings
    unit_id = number_in(visit.value("unit", longest=20))
    try:
        with visit.site.conversation.database.unit_of_work() as work:
            unit = None if unit_id is None else work.units.get(unit_id)
            token = operating.invite(
                work,
                unit,
                visit.value("role", longest=20),
                actor=visit.user.actor,
                at=visit.now,
                lasts=timedelta(hours=settings.invitation_hours),
            )
    except RefusedError as error:
        return _page(visit, error=error.text, status=422)
    return _page(visit, link=settings.invitation_link(token))


def reset(visit: Visit) -> Response:
    """Make a link by which somebody sets a new password, and show it this once."""
    settings = visit.site.settings
    with visit.site.conversation.database.unit_of_work() as work:
        token = operating.reset(
            work,
            _account(visit, work),
            actor=visit.user.actor,
            at=visit.now,
            lasts=timedelta(hours=settings.invitation_hours),
        )
    return _page(visit, link=settings.invitation_link(token))


def set_active(visit: Visit) -> Response:
    """Close an account, or open it again; an operator cannot close the account they are using."""
    if visit.number("account_id") == visit.user.account_id:
        return _page(visit, error=T("不能停用自己正在用的账号。"), status=422)
    with visit.site.conversation.database.unit_of_work() as work:
        operating.set_active(
            work,
            _account(visit, work),
            is_active=visit.value("active") == "1",
            actor=visit.user.actor,
            at=visit.now,
        )
    return visit.redirect("/admin")


def log(visit: Visit) -> Response:
    """Show who did what, the latest first; never what was answered."""
    before = visit.asked_number("before")
    with visit.site.conversation.database.unit_of_work() as work:
        entries = work.audit.latest(limit=LOG_PAGE, before=before)
        units = {unit.id: unit.name for unit in work.units.list()}
        people = {f"web:account:{account.id}": account.name for account in work.accounts.list()}
    return visit.page("log.html", entries=entries, units=units, people=people, page=LOG_PAGE)


def _account(visit: Visit, work: UnitOfWork) -> Account:
    try:
        return work.accounts.get(visit.number("account_id"))
    except NotFound:
        raise HTTPException(404) from None


def _page(visit: Visit, *, error: Text | None = None, link: str = "", status: int = 200) -> Response:
    with visit.site.conversation.database.unit_of_work() as work:
        units = work.units.list()
        accounts = work.accounts.list()
        invitations = work.invitations.open(visit.now)
    return visit.page(
        "administration.html",
        status=status,
        units=units,
        members={unit.id: [each for each in accounts if each.unit_id == unit.id] for unit in units},
        unattached=[account for account in accounts if account.unit_id is None],
        invitations=invitations,
        roles={role: role_label(role) for role in operating.ROLES},
        error=error,
        link=link,
    )
