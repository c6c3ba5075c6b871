"""What goes in and out of a conversation: an update from a channel, the reply to it, its delivery."""

from __future__ import annotations

import msgspec

from bot.uploads import IncomingFile
from dialogs.messages import Outgoing


class Incoming(msgspec.Struct, frozen=True):
    """What a user said on a channel.

    Attributes:
        update_id: unique on the channel; the same one again is the same update redelivered.
        text: what was typed; None when the user has just come (opened the terminal, pressed start).
        window: names one of several windows of the user, each with a project of its own; empty where the
            channel has only one conversation with a user, whose project the session keeps.
        project_id: the project that is open in this window, as the last reply to it said.
        file: what was sent along; ``text`` then says which document it is.
    """

    channel: str
    update_id: str
    user: str
    text: str | None
    window: str = ""
    project_id: int | None = None
    file: IncomingFile | None = None

    @property
    def owner(self) -> str:
        """Whose projects these are: users of different channels are different people until they are linked."""
        return chat_of(self.channel, self.user)


class Reply(msgspec.Struct, frozen=True):
    """What is said in return, as it waits in the outbox."""

    outgoing: tuple[Outgoing, ...]
    language: str
    project_id: int | None
    update_id: str


class Delivery(msgspec.Struct, frozen=True):
    """A reply that the channel is to deliver, and its row in the outbox."""

    message_id: int
    reply: Reply


def chat_of(channel: str, user: str) -> str:
    """Return the name of a user on a channel: whose projects these are, and where replies wait."""
    return f"{channel}:{user}"
