"""The conversation for who runs an event loop: it goes on while a turn is carried out by the database's own thread."""

from __future__ import annotations

from asyncio import get_running_loop, to_thread
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from bot.act import Act

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future

    from bot.act import Taken
    from bot.conversation import Conversation
    from bot.updates import Incoming, Reply
    from storage.outcome import Outcome


class _Ended(NamedTuple):
    waiter: Future[Taken]
    outcome: Outcome[Taken]


class AsyncConversation:
    """Takes updates in one event loop."""

    def __init__(self, conversation: Conversation) -> None:
        """Take them for a conversation."""
        self._conversation = conversation
        self._ended: deque[_Ended] = deque()
        self._is_woken = False

    async def receive(self, incoming: Incoming) -> Reply | None:
        """Take an update as :meth:`Conversation.receive` does; it is carried out even if the wait is given up.

        Returns:
            The reply; None when the update was taken before.

        Raises:
            StalePlaceError: the question it answers is not open any more; nothing was kept.
            EditedElsewhereError: somebody else is editing the project; nothing was kept.
            StorageError: nothing was kept; the update may be sent again.
        """
        conversation = self._conversation
        with conversation.watch.turn(incoming) as seen:
            content = None if incoming.file is None else await to_thread(conversation.look_at, incoming.file)
            seen.reply, is_to_be_tidied = await self._run(Act(conversation, incoming, content))
            if is_to_be_tidied:
                await to_thread(conversation.uploads.tidy)
        return seen.reply

    async def _run(self, act: Act) -> Taken:
        loop = get_running_loop()
        waiter: Future[Taken] = loop.create_future()
        self._conversation.database.submit(
            act, lambda outcome: self._end(loop, _Ended(waiter, outcome)), ahead=act.foresee
        )
        return await waiter

    def _end(self, loop: AbstractEventLoop, ended: _Ended) -> None:
        """Take what came of a turn, in the thread that carried it out: one wake-up serves all of a commit."""
        self._ended.append(ended)
        if not self._is_woken:
            self._is_woken = True
            loop.call_soon_threadsafe(self._hand_over)

    def _hand_over(self) -> None:
        # First of all: what comes from now on wakes the loop again.
        self._is_woken = False
        while self._ended:
            waiter, outcome = self._ended.popleft()
            if waiter.done():
                continue
            if outcome.error is None:
                waiter.set_result(outcome.get())
            else:
                waiter.set_exception(outcome.error)
