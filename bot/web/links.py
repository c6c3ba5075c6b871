"""The page about oneself: chats that are linked, codes that link more, one's own data."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from starlette.exceptions import HTTPException

from bot import forgetting, linking, membership
from bot.access_codes import CodeRefusedError, find, issue
from bot.linking import Party, channel_text
from bot.people import moved_told, state_text
from bot.personal_data import ZIP_FILE, Person, person_data
from bot.web.principal import LOCAL_CHANNEL
from rules.text import T, Text

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response

    from bot.web.visit import Visit
    from storage.codes import AccessCode
    from storage.unit_of_work import UnitOfWork

_LONGEST = 40


class LinkedChat(NamedTuple):
    """A chat of the user as the page lists it."""

    channel: str
    user: str
    label: Text
    name: str
    seen_at: datetime
    state: Text


def listing(visit: Visit) -> Response:
    """Show the user's chats, and what can be done about them."""
    return _page(visit)


def issue_code(visit: Visit) -> Response:
    """Make a code that links a chat, and show it: this once, for only its hash is kept."""
    with visit.site.conversation.database.unit_of_work() as work:
        code = issue(work, "link", at=visit.now, **_party(visit, work)._asdict())
    return _page(visit, code=code, bots=bot_links(visit, f"link_{code.replace('-', '')}"))


def redeem(visit: Visit) -> Response:
    """Use a code that was made elsewhere: link that chat, or join that project."""
    typed = visit.value("code", longest=_LONGEST)
    conversation = visit.site.conversation
    try:
        with conversation.database.unit_of_work() as work:
            code = find(work, conversation.wrong_codes, typed, None, chat=visit.user.actor, at=visit.now)
            if code.kind == "project":
                return visit.redirect(f"/projects/{_join(visit, work, code)}#ask")
            party = _party(visit, work)
            link = linking.plan(work, code, party)
            count = linking.project_count(work, link)
            if count and not visit.value("confirmed"):
                return _page(visit, typed=typed, told=moved_told(work, link, count), within=work)
            work.codes.take(code.code_hash, visit.now)
            linking.carry_out(work, link, at=visit.now)
    except CodeRefusedError as error:
        return _page(visit, error=error.text, typed=typed, status=422)
    return visit.redirect("/links")


def unlink(visit: Visit) -> Response:
    """Make a chat a person of its own again."""
    with visit.site.conversation.database.unit_of_work() as work:
        contact = work.contacts.get(
            visit.value("channel", longest=_LONGEST), visit.value("user", longest=_LONGEST)
        )
        if contact is None or contact.person != visit.user.person:
            raise HTTPException(404)
        if linking.is_linked(contact):
            linking.unlink(work, contact, at=visit.now)
    return visit.redirect("/links")


def export(visit: Visit) -> Response:
    """Return everything that is kept about the user."""
    conversation = visit.site.conversation
    with conversation.database.unit_of_work() as work:
        data = person_data(conversation, work, _person(visit, work), translate=visit.translate)
        visit.note(work, "data_exported")
    return visit.download(ZIP_FILE, data, "application/zip")


def forget(visit: Visit) -> Response:
    """Delete what is kept about the user, except what must stay; the account is the operator's to close."""
    if not visit.value("confirmed"):
        return _page(visit, error=T("请先勾选，确认要删除。"), status=422)
    with visit.site.conversation.database.unit_of_work() as work:
        forgetting.carry_out(work, forgetting.plan(work, _person(visit, work)), at=visit.now)
    visit.site.conversation.uploads.tidy()
    return visit.redirect("/links")


def bot_links(visit: Visit, start: str) -> list[str]:
    """Return what opens a chat with each bot that the settings name, and tells it something."""
    return [link for bot in visit.site.settings.telegram if (link := bot.link(start))]


def _join(visit: Visit, work: UnitOfWork, code: AccessCode) -> int:
    """Join the project of a code; return its number."""
    user = visit.user
    if user.role != "member":
        raise CodeRefusedError(T("数据局人员不能加入单位的项目；提交以后就能看到。"))
    return membership.join(work, code, person=user.person, owner=user.owner, name=user.name, at=visit.now).id


def _party(visit: Visit, work: UnitOfWork) -> Party:
    """Return who the user is to other channels; an officer's chats are their own, not their unit's."""
    user = visit.user
    if user.is_local:
        chat = work.contacts.meet(LOCAL_CHANNEL, user.user, name="", key=user.owner, at=visit.now)
        return Party(chat.person, chat.owner, chat.account_id, user.name)
    owner = user.owner if user.role == "member" else user.person
    return Party(user.person, owner, user.account_id, user.name)


def _person(visit: Visit, work: UnitOfWork) -> Person:
    party = _party(visit, work)
    return Person(party.person, party.owner, work.contacts.of_person(party.person))


def _page(
    visit: Visit,
    *,
    error: Text | None = None,
    code: str = "",
    bots: list[str] | None = None,
    typed: str = "",
    told: Text | None = None,
    within: UnitOfWork | None = None,
    status: int = 200,
) -> Response:
    if within is None:
        with visit.site.conversation.database.unit_of_work() as work:
            return _page(
                visit,
                error=error,
                code=code,
                bots=bots,
                typed=typed,
                told=told,
                within=work,
                status=status,
            )
    plan = forgetting.plan(within, _person(visit, within))
    chats = [
        LinkedChat(
            each.channel,
            each.user,
            channel_text(each.channel),
            each.name or each.user,
            each.seen_at,
            state_text(each),
        )
        for each in plan.person.contacts
    ]
    return visit.page(
        "links.html",
        status=status,
        chats=chats,
        error=error,
        code=code,
        bots=bots or [],
        typed=typed,
        told=told,
        goes=plan.goes(),
        stays=plan.stays(within),
    )
