"""What came of sending a part, and what is kept of it."""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from bot.delivery.colleagues import tell_colleagues
from bot.delivery.limits import back_off
from bot.delivery.sender import Blocked, Refused, RetryAfter, SendError, Sent
from storage.pace import LONGEST_HOLD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.conversation import Conversation
    from bot.delivery.limits import Limits
    from bot.delivery.sender import Part
    from bot.updates import Reply
    from bot.watch import Fate, Watch
    from storage.unit_of_work import UnitOfWork

BLOCKED = "blocked"
_log = logging.getLogger(__name__)


class Parcel(NamedTuple):
    """A part of a message on its way out.

    Attributes:
        message_id: the message.
        chat: where it goes.
        user: the chat's name on its channel.
        reply: the whole message.
        part: what is sent now.
        number: which part that is, counted from 0.
        is_last: whether the message is out with it.
        interval: how long the chat is left alone after it.
        attempt: how often sending it was begun.
        due_at: the message's moment.
        slot: it may not leave before.
        lease_until: until when it is reserved; names the reservation.
        keyboard: the last message with buttons in the chat.
    """

    message_id: int
    chat: str
    user: str
    reply: Reply
    part: Part
    number: int
    is_last: bool
    interval: timedelta
    attempt: int
    due_at: datetime
    slot: datetime
    lease_until: datetime | None
    keyboard: str | None

    @property
    def channel(self) -> str:
        """The channel of its chat."""
        return self.chat.partition(":")[0]


class Outcome(NamedTuple):
    """What came of sending.

    Attributes:
        parcel: what was to be sent.
        at: when it was known.
        result: what the channel returned, what it raised, or until when a part is put off that was not tried.
    """

    parcel: Parcel
    at: datetime
    result: Sent | SendError | datetime


def keep_all(
    work: UnitOfWork,
    outcomes: Sequence[Outcome],
    conversation: Conversation,
    limits: Limits,
    now: datetime,
) -> None:
    """Write outcomes down; those of what was sent, which are nearly all, in a few statements.

    What was taken over meanwhile is left to whoever has it now: it would be sent behind what comes after it.

    Args:
        work: the transaction.
        outcomes: what came of sending.
        conversation: whose chats are told when one of them is gone.
        limits: how long to go on trying.
        now: the moment of the transaction.
    """
    if not outcomes:
        return
    held = work.outbox.still_held(
        {outcome.parcel.message_id: outcome.parcel.lease_until for outcome in outcomes}
    )
    sent: list[int] = []
    paused: defaultdict[timedelta, list[str]] = defaultdict(list)
    for outcome in outcomes:
        parcel = outcome.parcel
        if parcel.message_id not in held:
            _log.warning("%s: message %d was taken over, or is gone", parcel.channel, parcel.message_id)
            continue
        if not isinstance(outcome.result, Sent):
            _keep_failed(work, outcome, conversation, limits)
            continue
        if parcel.is_last:
            sent.append(parcel.message_id)
        else:
            work.outbox.mark_part(parcel.message_id, parcel.number + 1)
        if parcel.interval:
            paused[parcel.interval].append(parcel.chat)
        if outcome.result.leaves_keyboard:
            work.contacts.set_keyboard(parcel.channel, parcel.user, outcome.result.keyboard)
    if sent:
        work.outbox.mark_all_sent(sent, at=now)
    for interval, chats in paused.items():
        work.pace.hold_all(chats, now + interval)


def note_all(watch: Watch, outcomes: Sequence[Outcome], limits: Limits) -> None:
    """Tell who watches what came of sending, once it is committed."""
    for outcome in outcomes:
        fate = _fate(outcome, limits)
        if fate is not None:
            watch.sending_ended(outcome.parcel.channel, fate)


def _fate(outcome: Outcome, limits: Limits) -> Fate | None:
    match outcome.result:
        case Sent():
            return "sent"
        case RetryAfter():
            return "failed"
        case Blocked():
            return "blocked"
        case Refused():
            return "given_up"
        case SendError():
            return "given_up" if _is_too_late(outcome, limits) else "failed"
        case _:  # it was put off, not tried
            return None


def _is_too_late(outcome: Outcome, limits: Limits) -> bool:
    return outcome.at >= outcome.parcel.due_at + limits.give_up_after


def _keep_failed(work: UnitOfWork, outcome: Outcome, conversation: Conversation, limits: Limits) -> None:
    parcel, at, result = outcome
    channel = parcel.channel
    match result:
        case RetryAfter():
            until = at + min(timedelta(seconds=result.seconds), LONGEST_HOLD)
            work.pace.hold(channel, until)
            work.outbox.retry(parcel.message_id, not_before=until, error=result.reason)
        case Blocked():
            work.outbox.kill_pending(parcel.chat, error=BLOCKED)
            if work.contacts.block(channel, parcel.user, at):
                told = tell_colleagues(work, conversation, channel, parcel.user, at)
                _log.warning("%s: a chat has blocked the bot; colleagues told: %d", channel, told)
        case Refused():
            _give_up(work, parcel, result.reason)
        case SendError() if _is_too_late(outcome, limits):
            _give_up(work, parcel, result.reason)
        case SendError():
            until = at + back_off(parcel.message_id, parcel.attempt)
            work.outbox.retry(parcel.message_id, not_before=until, error=result.reason)
        case datetime():
            work.outbox.retry(parcel.message_id, not_before=result)


def _give_up(work: UnitOfWork, parcel: Parcel, reason: str) -> None:
    work.outbox.mark_dead(parcel.message_id, error=reason)
    _log.error("%s: message %d is given up; see shenbao outbox", parcel.channel, parcel.message_id)
