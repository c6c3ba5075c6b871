"""What a channel offers to the dispatcher: a reply in parts, a way to send one, and what can go wrong."""

# ruff: noqa: N818 - the names are what the dispatcher tells apart; "Error" would only repeat the base class

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from bot.updates import Reply


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent at one go; each channel adds what it needs.

    Attributes:
        slots: how many requests it costs, such as two where the last keyboard is closed as well.
    """

    slots: int = 1


class Sent(msgspec.Struct, frozen=True):
    """A part that the channel took.

    Attributes:
        keyboard: the id of the message that carries buttons now.
        leaves_keyboard: whether ``keyboard`` is to be remembered in place of the one known so far.
    """

    keyboard: str | None = None
    leaves_keyboard: bool = False


class SendError(Exception):
    """The part did not go out."""

    def __init__(self, reason: str) -> None:
        """Say why, without anything personal: the operator reads it beside the message."""
        super().__init__(reason)
        self.reason = reason


class RetryAfter(SendError):
    """The channel asks the whole bot to wait."""

    def __init__(self, seconds: float) -> None:
        """Wait so many seconds."""
        super().__init__(f"retry after {seconds:g} s")
        self.seconds = seconds


class Unreachable(SendError):
    """The network or the service failed; the same part may go out later."""


class Blocked(SendError):
    """The chat does not want the bot any more, or is gone."""


class Refused(SendError):
    """The service will never take this part."""


PartT = TypeVar("PartT", bound=Part)


class Sender(Protocol[PartT]):
    """Sends to the chats of one channel; a chat is named by its whole key, ``telegram.1:42``.

    Attributes:
        channel: whose messages it sends, such as ``telegram.1``.
    """

    channel: str

    def parts(self, reply: Reply) -> Sequence[PartT]:
        """Return what a reply is sent as: pure, and the same every time, since sending goes on at a part's number."""
        ...

    def interval(self, chat: str) -> timedelta:
        """Return how far apart two messages to a chat must be."""
        ...

    async def send(self, chat: str, reply: Reply, part: PartT, *, keyboard: str | None) -> Sent:
        """Send a part.

        Args:
            chat: where to.
            reply: the whole reply, for its language.
            part: one of its parts.
            keyboard: the id of the last message with buttons in this chat.

        Raises:
            SendError: the part did not go out; the kind says what to do about it.
        """
        ...
