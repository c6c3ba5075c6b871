"""One person on several channels: whose chats become whose when a code is redeemed, and what moves with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.access_codes import CodeRefusedError
from bot.identity import UNIT
from bot.updates import chat_of
from rules.text import T, Text, verbatim

if TYPE_CHECKING:
    from datetime import datetime

    from storage.codes import AccessCode
    from storage.contacts import Contact
    from storage.unit_of_work import UnitOfWork


class Party(NamedTuple):
    """Who issues or redeems a code.

    Attributes:
        person: the same on every channel that is linked.
        owner: whose projects are theirs.
        account_id: their account; None for somebody without.
        name: what others read.
    """

    person: str
    owner: str
    account_id: int | None
    name: str


class Link(NamedTuple):
    """Two that are one person: the chats, projects and memberships of ``moves`` become those of ``keeps``."""

    keeps: Party
    moves: Party

    @property
    def has_own_projects(self) -> bool:
        """Projects move only with somebody whose own they are; those of a unit stay with it."""
        return self.moves.owner == self.moves.person


def plan(work: UnitOfWork, code: AccessCode, party: Party) -> Link:
    """Return what redeeming a code does: whoever has an account goes on as that, else whoever issued the code.

    Raises:
        CodeRefusedError: both are the same person, both have accounts, or the issuer is nobody any more.
    """
    issuer = Party(code.person, code.owner, code.account_id, code.name)
    if issuer.person == party.person:
        raise CodeRefusedError(T("这个码是您自己在这里发的；请到另一个渠道去输入。"))
    if issuer.account_id is not None and party.account_id is not None:
        raise CodeRefusedError(
            T("这里已经绑定了另一个账号，一个人只能用一个；要换，请先说「解除绑定」，再输入这个码。")
        )
    if issuer.account_id is None and not work.contacts.of_person(issuer.person):
        raise CodeRefusedError(T("发这个码的一方已经变了，请让对方再发一个。"))
    return Link(party, issuer) if party.account_id is not None else Link(issuer, party)


def project_count(work: UnitOfWork, link: Link) -> int:
    """Return how many projects move to another owner, archived ones too."""
    return len(work.projects.list_for(link.moves.owner)) if link.has_own_projects else 0


def carry_out(work: UnitOfWork, link: Link, *, at: datetime) -> int:
    """Make two one person; return how many projects moved."""
    keeps, moves = link
    given = work.projects.give(moves.owner, keeps.owner) if link.has_own_projects else 0
    work.members.move(moves.person, keeps.person)
    for project_id in work.members.projects_of(keeps.person):
        if work.projects.get(project_id).owner == keeps.owner:
            work.members.remove(project_id, keeps.person)  # their own now
    for contact in work.contacts.of_person(moves.person):
        work.contacts.link(
            contact.channel,
            contact.user,
            person=keeps.person,
            owner=keeps.owner,
            account_id=keeps.account_id,
        )
    work.audit.append(at=at, actor=keeps.person, action="chat_linked", unit_id=unit_of(keeps.owner))
    return given


def unlink(work: UnitOfWork, contact: Contact, *, at: datetime) -> None:
    """Make a chat a person of its own again; what moved when it was linked stays where it is."""
    key = chat_of(contact.channel, contact.user)
    work.contacts.unlink(contact.channel, contact.user, key=key)
    work.audit.append(at=at, actor=contact.person, action="chat_unlinked", unit_id=unit_of(contact.owner))


def is_linked(contact: Contact) -> bool:
    """Say whether a chat belongs to a person of another channel."""
    return contact.person != chat_of(contact.channel, contact.user)


def unit_of(owner: str) -> int | None:
    """Return the number of the unit that an owner is; None for a person."""
    number = owner.removeprefix(UNIT)
    return int(number) if number != owner and number.isdecimal() else None


def owner_text(work: UnitOfWork, owner: str) -> Text:
    """Return whose projects these are, in words."""
    unit_id = unit_of(owner)
    return person_text(work, owner) if unit_id is None else verbatim(work.units.get(unit_id).name)


def person_text(work: UnitOfWork, person: str) -> Text:
    """Return what others read of a person: the name of the account, or of the chat, else where they are."""
    account = work.accounts.get(number) if (number := _account_of(person)) is not None else None
    if account is not None:
        return verbatim(account.name)
    channel, _, user = person.partition(":")
    contact = work.contacts.get(channel, user)
    if contact is not None and contact.name:
        return verbatim(contact.name)
    return T("{channel}用户", channel=channel_text(channel))


def channel_text(channel: str) -> Text:
    """Return a channel in words."""
    labels = {"terminal": T("终端"), "web": T("网页"), "telegram": verbatim("Telegram")}
    kind = channel.partition(".")[0]
    return labels.get(kind, verbatim(kind))


def _account_of(person: str) -> int | None:
    number = person.removeprefix("web:account:")
    return int(number) if number != person and number.isdecimal() else None
