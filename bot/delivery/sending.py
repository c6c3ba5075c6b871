"""One attempt to send a part: whatever goes wrong is a result, so that one message never stops the others."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from bot.delivery.sender import SendError, Sent, Unreachable

if TYPE_CHECKING:
    from bot.delivery.outcomes import Parcel
    from bot.delivery.sender import Sender

SENDING = 300.0
"""Seconds that a part may take; less than its lease."""
_log = logging.getLogger(__name__)


async def attempt(sender: Sender[Any], parcel: Parcel) -> Sent | SendError:
    """Send a part and return what came of it."""
    try:
        async with asyncio.timeout(SENDING):
            return await sender.send(parcel.chat, parcel.reply, parcel.part, keyboard=parcel.keyboard)
    except SendError as error:
        return error
    except TimeoutError:
        return Unreachable("no answer in time")
    except Exception as error:  # noqa: BLE001 - one message must not stop the others
        name = type(error).__name__
        # no traceback: it may hold what was said
        _log.error("%s: message %d: unexpected %s", sender.channel, parcel.message_id, name)
        return Unreachable(f"unexpected {name}")
