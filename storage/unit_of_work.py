"""One transaction and the repositories that share it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from storage.accounts import Accounts
from storage.attachments import Attachments
from storage.audit import Audit
from storage.codes import Codes
from storage.contacts import Contacts
from storage.deadlines import Deadlines
from storage.editions import Editions
from storage.editors import Editors
from storage.events import Events
from storage.history import History
from storage.inbox import Inbox
from storage.invitations import Invitations
from storage.members import Members
from storage.official_texts import OfficialTexts
from storage.outbox import Outbox
from storage.pace import Pace
from storage.projects import Projects
from storage.sessions import Sessions
from storage.units import Units
from storage.web_sessions import WebSessions

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from storage.blobs import Blobs
    from storage.contents import Contents

Kind = TypeVar("Kind")


class _Repository(Generic[Kind]):
    """A repository of a unit of work, made when it is first asked for: a turn needs a third of them."""

    def __init__(self, kind: Callable[[Connection], Kind]) -> None:
        self._kind = kind

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, work: UnitOfWork, owner: type) -> Kind:
        """Return it; the next time it is found in the unit of work itself."""
        repository = work.__dict__[self._name] = self._kind(work.connection)
        return repository


class UnitOfWork:
    """What is written through it is kept together or not at all.

    Attributes:
        connection: the transaction, for the rare statement that no repository has.
        blobs: the contents of documents that were handed in.
        editions: rule packs as they stood.
        projects: the declarations.
        events: what changed in them.
        inbox: updates that were taken.
        outbox: messages to be sent.
        sessions: what users have open.
        attachments: documents that were handed in.
        history: the conversations, as they were shown.
        editors: who edits a project now.
        units: the organisations.
        accounts: who may log in.
        invitations: links that let somebody make an account.
        web_sessions: the browsers that are logged in.
        audit: who did what.
        official_texts: the texts of regulations that an operator has loaded.
        contacts: chats in which people can be reached.
        codes: codes that link chats, or let colleagues into a project.
        members: who works on a project of somebody else.
        deadlines: due dates, and what is reminded of when.
        pace: when may be sent to whom again.
    """

    editions = _Repository(Editions)
    projects = _Repository(Projects)
    events = _Repository(Events)
    inbox = _Repository(Inbox)
    outbox = _Repository(Outbox)
    sessions = _Repository(Sessions)
    attachments = _Repository(Attachments)
    history = _Repository(History)
    editors = _Repository(Editors)
    units = _Repository(Units)
    accounts = _Repository(Accounts)
    invitations = _Repository(Invitations)
    web_sessions = _Repository(WebSessions)
    audit = _Repository(Audit)
    official_texts = _Repository(OfficialTexts)
    contacts = _Repository(Contacts)
    codes = _Repository(Codes)
    members = _Repository(Members)
    deadlines = _Repository(Deadlines)
    pace = _Repository(Pace)

    def __init__(self, connection: Connection, blobs: Blobs | Contents) -> None:
        self.connection = connection
        self.blobs = blobs
