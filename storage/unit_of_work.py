"""One transaction and the repositories that share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    from sqlalchemy import Connection

    from storage.blobs import Blobs
    from storage.contents import Contents


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

    def __init__(self, connection: Connection, blobs: Blobs | Contents) -> None:
        self.connection = connection
        self.blobs = blobs
        self.editions = Editions(connection)
        self.projects = Projects(connection)
        self.events = Events(connection)
        self.inbox = Inbox(connection)
        self.outbox = Outbox(connection)
        self.sessions = Sessions(connection)
        self.attachments = Attachments(connection)
        self.history = History(connection)
        self.editors = Editors(connection)
        self.units = Units(connection)
        self.accounts = Accounts(connection)
        self.invitations = Invitations(connection)
        self.web_sessions = WebSessions(connection)
        self.audit = Audit(connection)
        self.official_texts = OfficialTexts(connection)
        self.contacts = Contacts(connection)
        self.codes = Codes(connection)
        self.members = Members(connection)
        self.deadlines = Deadlines(connection)
        self.pace = Pace(connection)
