"""One transaction and the repositories that share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.attachments import Attachments
from storage.editions import Editions
from storage.events import Events
from storage.inbox import Inbox
from storage.outbox import Outbox
from storage.projects import Projects
from storage.sessions import Sessions

if TYPE_CHECKING:
    from sqlalchemy import Connection


class UnitOfWork:
    """What is written through it is kept together or not at all.

    Attributes:
        connection: the transaction, for the rare statement that no repository has.
        editions: rule packs as they stood.
        projects: the declarations.
        events: what changed in them.
        inbox: updates that were taken.
        outbox: messages to be sent.
        sessions: what users have open.
        attachments: documents that were handed in.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.editions = Editions(connection)
        self.projects = Projects(connection)
        self.events = Events(connection)
        self.inbox = Inbox(connection)
        self.outbox = Outbox(connection)
        self.sessions = Sessions(connection)
        self.attachments = Attachments(connection)
