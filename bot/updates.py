"""What goes in and out of a conversation: an update from a channel, the reply to it, its delivery."""

from __future__ import annotations

import msgspec

from bot.uploads import IncomingFile
from dialogs.messages import Outgoing
from rules.facts import Value
from rules.text import Text


class Editor(msgspec.Struct, frozen=True):
    """Who edits: a key that is compared, and a name for the others to read."""

    key: str
    name: str


class Change(msgspec.Struct, frozen=True):
    """Answers given all at once, on a form.

    Attributes:
        facts: by fact id.
        cleared: questions whose answers are taken back.
        documents: whether each is ready, by document id.
    """

    facts: dict[str, Value] = {}
    cleared: tuple[str, ...] = ()
    documents: dict[str, bool] = {}


class Used(msgspec.Struct, frozen=True):
    """A button that was pressed: the message that carried it, and what stood on it."""

    message_id: str
    label: str


class Incoming(msgspec.Struct, frozen=True):
    """What a user said on a channel.

    Attributes:
        update_id: unique on the channel; the same one again is the same update redelivered.
        text: what was typed; None when the user has just come (opened the terminal, pressed start).
        window: names one of several windows of the user, each with a project of its own; empty where the
            channel has only one conversation with a user, whose project the session keeps.
        project_id: the project that is open in this window, as the last reply to it said.
        file: what was sent along; ``text`` then says which document it is.
        change: answers from a form, in place of ``text``.
        owner: whose projects these are; empty for the user's own on this channel.
        actor: who said it, for the log; empty for the user's own name on this channel.
        said: what the conversation shows in place of ``text``: the label of the button that was pressed.
        place: where the user saw the conversation stand (``Draft.place``); an answer to a question that is
            not open any more is not taken for one to the next. None where nobody else can have moved it.
        mark: names the question whose button was pressed (see ``bot/open_question.py``); when another one is
            open, the button is not taken for an answer to it. None where nothing was pressed.
        editor: who must be the one that edits the project (see ``bot/editing.py``); None where nobody is asked.
        name: what the channel calls the user.
        welcome: a line for the very first reply in this chat.
        used: the button that was pressed, on channels that close the others once one is used.
        is_shown_from_history: the channel shows replies from the conversation's history, not from the outbox.
    """

    channel: str
    update_id: str
    user: str
    text: str | None
    window: str = ""
    project_id: int | None = None
    file: IncomingFile | None = None
    change: Change | None = None
    owner: str = ""
    actor: str = ""
    said: str | None = None
    place: str | None = None
    mark: str | None = None
    editor: Editor | None = None
    name: str = ""
    welcome: Text | None = None
    used: Used | None = None
    is_shown_from_history: bool = False

    @property
    def chat(self) -> str:
        """The user on this channel: users of different channels are different people until they are linked."""
        return chat_of(self.channel, self.user)

    @property
    def turn_key(self) -> str:
        """Names this update among those of all channels."""
        return f"{self.channel}:{self.update_id}"


class Reply(msgspec.Struct, frozen=True):
    """What is said in return, as it waits in the outbox.

    Attributes:
        used: the button that was pressed, which the channel marks as used.
        mark: names the question at the end, for its buttons to carry.
        about: the user's message that it is about, on channels that can reply to one.
        is_private: it is forgotten once it was delivered, as it holds a code or somebody's data.
    """

    outgoing: tuple[Outgoing, ...]
    language: str
    project_id: int | None
    update_id: str
    used: Used | None = None
    mark: str = ""
    about: str = ""
    is_private: bool = False


# msgspec looks at a type at its first use, and when two threads do so at once the process ends: so here, before any.
msgspec.json.Decoder(Reply)


class Delivery(msgspec.Struct, frozen=True):
    """A reply that the channel is to deliver, and its row in the outbox."""

    message_id: int
    reply: Reply


def chat_of(channel: str, user: str) -> str:
    """Return the name of a user on a channel: whose projects these are, and where replies wait."""
    return f"{channel}:{user}"
