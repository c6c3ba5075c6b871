"""A process of its own that sends what is in an outbox, and prints what its channel takes: DATABASE CHANNEL."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from delivering import Words, words_of

from bot.clock import SystemClock
from bot.conversation import Conversation
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.limits import Limits
from bot.delivery.sender import Sent
from storage.database import open_database

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.updates import Reply


class Printer:
    """A channel whose only reader is whoever started this process."""

    def __init__(self, channel: str) -> None:
        self.channel = channel

    def parts(self, reply: Reply) -> Sequence[Words]:
        return words_of(reply)

    def interval(self, chat: str) -> timedelta:
        del chat
        return timedelta(0)

    async def send(self, chat: str, reply: Reply, part: Words, *, keyboard: str | None) -> Sent:
        del reply, keyboard
        await asyncio.sleep(0)
        sys.stdout.write(f"{chat.partition(':')[2]} {part.text}\n")
        sys.stdout.flush()
        return Sent()


async def main(file: str, channel: str) -> None:
    with open_database(file) as database:
        database.migrate()
        conversation = Conversation(database, SystemClock())
        dispatcher = Dispatcher(conversation, Printer(channel), Limits(per_second=1000), owner="here")
        await dispatcher.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
