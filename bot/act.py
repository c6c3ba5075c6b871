"""An update on its way to an answer: what is worked out before its transaction, and what is done in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.queueing import queue_written
from bot.turn import Turn

if TYPE_CHECKING:
    from bot.conversation import Conversation
    from bot.foresight import Foreseen
    from bot.updates import Incoming, Reply
    from bot.uploads import Content, UploadError
    from storage.unit_of_work import UnitOfWork


class Taken(NamedTuple):
    """What came of an update.

    Attributes:
        reply: what is said; None when it was taken before.
        is_to_be_tidied: contents of files may be loose now.
    """

    reply: Reply | None
    is_to_be_tidied: bool = False


class Act:
    """What is done in the transaction of an update, and before it."""

    def __init__(
        self, conversation: Conversation, incoming: Incoming, content: Content | UploadError | None
    ) -> None:
        """Note the moment of the turn.

        Args:
            conversation: takes the update.
            incoming: the update.
            content: what :meth:`Conversation.look_at` has made of its file.
        """
        self._conversation = conversation
        self._incoming = incoming
        self._content = content
        self._now = conversation.clock.now()
        self._foreseen: Foreseen | None = None

    def foresee(self) -> None:
        """Do in advance what need not be done in the transaction."""
        conversation = self._conversation
        self._foreseen = conversation.foresight.of(self._incoming, conversation.current)

    def __call__(self, work: UnitOfWork) -> Taken:
        """Answer the update, keep what changed, and queue the reply; ignore it when it was taken before."""
        incoming, now = self._incoming, self._now
        if not work.inbox.take(incoming.channel, incoming.update_id, now):
            return Taken(None)
        # A turn may change what came of a step, so a second attempt takes its own.
        foreseen, self._foreseen = self._foreseen, None
        turn = Turn(self._conversation, work, incoming, now, self._content, foreseen=foreseen)
        said = turn.reply()
        if not incoming.is_shown_from_history:
            queue_written(work, incoming.chat, incoming.turn_key, said.payload, at=now)
        return Taken(said.reply, turn.is_to_be_tidied)
