"""``shenbao chat``: opens the store and starts the terminal channel."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bot import paint
from bot.clock import Clock, SystemClock
from bot.conversation import Conversation
from bot.failures import failure_text
from bot.packs import DEFAULT_PACK, PackNotFoundError
from bot.place import database_location, user_name
from bot.terminal import BAD_INPUT, Terminal
from bot.translation import translator
from rules.ruleset import PackError
from storage.database import open_database
from storage.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path


def run_chat(
    *, language: str, data: Path | None, out: Path, pack: str = DEFAULT_PACK, clock: Clock | None = None
) -> int:
    """Talk on this terminal until the user leaves; return the exit code.

    Args:
        language: spoken at first; the user may change it.
        data: folder of the database; None for the user's own data folder (or SHENBAO_DATA).
        out: folder under which documents are put.
        pack: the rules that new projects begin with.
        clock: tells the time; the machine's own when None.
    """
    if not sys.stdin.isatty():
        sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr] - a pipe may feed anything
    console = paint.plain_console()
    try:
        with open_database(database_location(data)) as database:
            database.migrate()
            conversation = Conversation(database, clock or SystemClock(), language=language, pack=pack)
            conversation.uploads.tidy()
            return Terminal(conversation, console, sys.stdin, user=user_name(), out=out).run()
    except (StorageError, PackNotFoundError, PackError) as error:
        paint.error(console, failure_text(error).render(translator(language)))
        return BAD_INPUT
