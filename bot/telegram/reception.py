"""Takes the updates of one bot: each is carried out in a transaction, and may be confirmed once it returns."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
from anyio import CapacityLimiter, to_thread

from bot.async_conversation import AsyncConversation
from bot.delivery.colleagues import tell_colleagues
from bot.freshness import EditedElsewhereError, StalePlaceError
from bot.queueing import queue
from bot.telegram import incoming as meanings
from bot.telegram.connection import markup_of
from bot.telegram.downloads import NotFetchedError, fetch
from bot.telegram.groups import answer_group
from bot.telegram.library import AiogramError, TelegramRetryAfter
from bot.updates import Reply, chat_of
from dialogs.messages import Say
from rules.text import T, verbatim
from storage.errors import Duplicate, NotFound, StorageCorrupt, StorageError
from storage.pace import LONGEST_HOLD

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from aiogram.types import Update

    from bot.conversation import Conversation
    from bot.telegram.connection import Account
    from bot.updates import Incoming
    from rules.text import Text

TRIES = 3
"""How often an update is tried that fails because of a mistake of ours."""
THREADS = 4
"""Updates that are worked on at once: a turn is Python, and more threads only make each other wait."""
MOVED = T("这个项目刚才在别处（网页、别的渠道或同事那里）动过，您这句没有记；现在要答的是下面这一题。")
SORRY = T("这一句我处理不了，没有记下来；已经记录下来给维护的人。请换个说法，或说「项目」换一个项目。")
_NOT_TRANSIENT = (StorageCorrupt, NotFound, Duplicate)
"""Failures of one update's rows: trying again does not help, and the others need not wait for it."""
_log = logging.getLogger(__name__)


class Reception:
    """Where the updates of one bot come in, by polling or by webhook."""

    def __init__(self, conversation: Conversation, account: Account, *, wake: Callable[[], None]) -> None:
        """Serve a bot.

        Args:
            conversation: answers and keeps.
            account: the bot.
            wake: is called when a reply is in the outbox.
        """
        self.account = account
        self._conversation = conversation
        self._turns = AsyncConversation(conversation)
        self._wake = wake
        self._threads = CapacityLimiter(THREADS)
        self._errands: set[asyncio.Task[None]] = set()

    async def take(self, update: Update) -> None:
        """Take an update. When this returns it is kept, or will never be: it may be confirmed to Telegram.

        Raises:
            StorageError: nothing was kept; the update must come again.
        """
        for attempt in range(1, TRIES + 1):
            try:
                await self._carry_out(update)
                break
            except Exception as error:
                if isinstance(error, StorageError) and not isinstance(error, _NOT_TRANSIENT):
                    raise
                # no traceback: it may hold what was said
                _log.error("%s: update %d failed: %s", self.account.channel, update.update_id, _where(error))
                if attempt == TRIES:
                    await self._in_thread(self._excuse, update)
        self._wake()
        query = update.callback_query
        if query is not None:
            self._run(self.account.bot.answer_callback_query(query.id))

    async def finish(self) -> None:
        """Wait for what was begun beside the updates."""
        if self._errands:
            await asyncio.wait(self._errands)

    async def _carry_out(self, update: Update) -> None:
        match meanings.read(update, self.account):
            case meanings.Said(incoming=incoming):
                await self._receive(incoming)
            case meanings.HandedIn(incoming=incoming, file=sent):
                try:
                    file = await fetch(self.account.bot, sent)
                except NotFetchedError as error:
                    await self._turn_away(incoming, error.text)
                    return
                await self._receive(msgspec.structs.replace(incoming, file=file))
            case meanings.TurnedAway(incoming=incoming, text=text):
                await self._turn_away(incoming, text)
            case meanings.Ticked() as ticked:
                await self._tick(ticked)
            case meanings.AskedInGroup(incoming=incoming, question=question):
                await self._in_thread(self._answer_group, incoming, question)
            case meanings.Reachable(incoming=incoming, is_blocked=is_blocked):
                await self._in_thread(self._note_reachable, incoming, is_blocked)
            case meanings.Ignored():
                pass

    async def _receive(self, incoming: Incoming) -> None:
        """Let the conversation carry an update out, or say why it does not."""
        plain = msgspec.structs.replace(incoming, used=None, file=None)
        try:
            await self._turns.receive(incoming)
        except StalePlaceError:
            await self._turn_away(plain, MOVED if incoming.mark is None else meanings.STALE)
        except EditedElsewhereError as error:
            said = T(
                "{name} 正在填这个项目，您这句没有记；等几分钟再答，或先商量好谁来填。",
                name=verbatim(error.editor.name),
            )
            await self._turn_away(plain, said)

    async def _turn_away(self, incoming: Incoming, text: Text) -> None:
        await self._in_thread(self._conversation.turn_away, incoming, text)

    async def _tick(self, ticked: meanings.Ticked) -> None:
        if not await self._in_thread(self._conversation.is_at_mark, ticked.incoming):
            await self._turn_away(ticked.incoming, meanings.STALE)
            return
        self._run(
            self.account.bot.edit_message_reply_markup(
                chat_id=int(ticked.incoming.user),
                message_id=ticked.message_id,
                reply_markup=markup_of(ticked.rows),
            )
        )

    def _answer_group(self, incoming: Incoming, question: str) -> None:
        answer_group(self._conversation, incoming, question, link=self.account.link)

    def _note_reachable(self, incoming: Incoming, is_blocked: bool) -> None:  # noqa: FBT001 - called in a thread
        now = self._conversation.clock.now()
        with self._conversation.database.unit_of_work() as work:
            if not is_blocked:
                work.contacts.meet(
                    incoming.channel, incoming.user, name=incoming.name, key=incoming.chat, at=now
                )
            elif work.contacts.block(incoming.channel, incoming.user, now):
                work.outbox.kill_pending(incoming.chat, error="blocked")
                tell_colleagues(work, self._conversation, incoming.channel, incoming.user, now)

    def _excuse(self, update: Update) -> None:
        """Mark an update as taken that cannot be carried out, and say so."""
        chat_id, now = meanings.chat_id_of(update), self._conversation.clock.now()
        channel, update_id = self.account.channel, str(update.update_id)
        with self._conversation.database.unit_of_work() as work:
            if not work.inbox.take(channel, update_id, now) or chat_id <= 0:
                return
            session = work.sessions.get(channel, str(chat_id))
            language = self._conversation.language_of(session)
            said = Reply(
                outgoing=(Say(SORRY, "error"),), language=language, project_id=None, update_id=update_id
            )
            queue(work, chat_of(channel, str(chat_id)), f"{channel}:{update_id}", said, at=now)

    async def _in_thread(self, work: Callable[..., Any], *arguments: object) -> Any:
        return await to_thread.run_sync(work, *arguments, limiter=self._threads)

    def _run(self, errand: Coroutine[Any, Any, object]) -> None:
        """Call Telegram beside the updates: a button stops turning, a tick appears; nothing depends on it."""
        task = asyncio.create_task(self._best_effort(errand))
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _best_effort(self, errand: Coroutine[Any, Any, object]) -> None:
        try:
            await errand
        except TelegramRetryAfter as error:
            await self._in_thread(self._hold, timedelta(seconds=error.retry_after))
        except (AiogramError, OSError) as error:
            _log.info("%s: %s", self.account.channel, type(error).__name__)

    def _hold(self, wait: timedelta) -> None:
        """Let the whole bot wait, as Telegram asks."""
        with self._conversation.database.unit_of_work() as work:
            until = self._conversation.clock.now() + min(wait, LONGEST_HOLD)
            work.pace.hold(self.account.channel, until)


def _where(error: Exception) -> str:
    """Return what failed and in which line, without what was said."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{place}"
