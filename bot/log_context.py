"""What the lines of a log belong to: a request, a turn. Threads that are begun within one belong to it too."""

from __future__ import annotations

from contextvars import ContextVar
from hashlib import blake2s

REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The id of the request that is being answered."""
TURN: ContextVar[str] = ContextVar("turn", default="")
"""The key of the update that is being carried out, see ``Incoming.turn_key``."""


def turn_id(key: str) -> str:
    """Return what names a turn in a log: the same on every machine and when the update comes again."""
    return blake2s(key.encode(), digest_size=8).hexdigest()
