"""``shenbao outbox``: what is to be sent, what was given up and why; given-up messages are tried again or dropped."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal, get_args

import msgspec

from bot.accounts import Operator
from bot.delivery.opening import AMBIGUOUS, UNREADABLE
from bot.delivery.outcomes import BLOCKED
from bot.failures import one_line
from bot.operating import RefusedError
from bot.paint import plain_console, show
from bot.updates import Reply
from dialogs.messages import Ask, Prompt, Say, SendFile, Table
from rules.text import T, Text, joined, verbatim

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.messages import Message, Status
    from storage.unit_of_work import UnitOfWork

Shown = Literal["unsent", "pending", "dead", "sent", "all"]
ALL = "all"
_FIRST_WORDS = 40
_AT_ONCE = 500
_LONGEST_NUMBER = 18
_COMMA = T("，")
_STATUSES: dict[str, Text] = {"pending": T("待发"), "sent": T("已发"), "dead": T("未发出")}
_REASONS: dict[str, Text] = {
    AMBIGUOUS: T("中断时可能已经发出，等您决定"),
    UNREADABLE: T("内容读不出来"),
    BLOCKED: T("对方停用了机器人"),
}


def read_shown(word: str) -> Shown | None:
    """Return which messages a word means; None when it means none."""
    return next((shown for shown in get_args(Shown) if shown == word), None)


class Listed(msgspec.Struct, frozen=True, omit_defaults=False):
    """A message as a script reads it; ``text`` is None unless it was asked for."""

    id: int
    channel: str
    chat: str
    status: str
    due_at: datetime
    attempt: int
    part: int
    ambiguous: int
    reason: str | None
    sent_at: datetime | None
    text: str | None


class Overview(msgspec.Struct, frozen=True):
    """The outbox as a script reads it.

    Attributes:
        counts: messages by channel and status.
        oldest_due: since when the message that has waited longest is due, by channel.
        ambiguous: messages that may have gone out twice, or not at all, since the program was killed, by channel.
        messages: the first of them.
    """

    counts: dict[str, dict[str, int]]
    oldest_due: dict[str, datetime]
    ambiguous: dict[str, int]
    messages: list[Listed]


class OutboxOperator(Operator):
    """The operator at the outbox: each method is one command, and returns the exit code."""

    def list_messages(self, shown: Shown, *, limit: int, with_text: bool, as_json: bool) -> int:
        """Print the outbox.

        Args:
            shown: which messages; ``unsent`` are those that wait and those that were given up.
            limit: at most so many.
            with_text: show the first words of each; they are personal.
            as_json: print JSON for a script.
        """
        tables: list[Table] = []

        def act(work: UnitOfWork, _now: datetime) -> Text:
            found = _overview(work, shown, limit, with_text=with_text)
            if as_json:
                return verbatim(msgspec.json.format(msgspec.json.encode(found)).decode())
            if found.messages:
                tables.append(_table(found.messages, shown, with_text=with_text))
            return _summary(found)

        status = self._run(act)
        console = plain_console()
        for table in tables:
            show(console, table, self.translate)
        return status

    def retry(self, which: str) -> int:
        """Send a given-up message, or all of them, once more."""

        def act(work: UnitOfWork, now: datetime) -> Text:
            if which == ALL:
                revived = 0
                while dead := work.outbox.listing(status="dead", limit=_AT_ONCE):
                    revived += sum(work.outbox.revive(message.id, at=now) for message in dead)
                return T("{count} 条消息会再发一次。", count=revived)
            if not work.outbox.revive(_number(which), at=now):
                raise RefusedError(
                    T("没有编号 {id} 的未发出消息；用 shenbao outbox list 查看编号。", id=verbatim(which))
                )
            return T("消息 {id} 会再发一次。", id=verbatim(which))

        return self._run(act)

    def drop(self, which: str) -> int:
        """Forget a message, sent or not."""

        def act(work: UnitOfWork, _now: datetime) -> Text:
            if not work.outbox.drop(_number(which)):
                raise RefusedError(
                    T("没有编号 {id} 的消息；用 shenbao outbox list 查看编号。", id=verbatim(which))
                )
            return T("消息 {id} 已删除，不会再发。", id=verbatim(which))

        return self._run(act)


def _number(which: str) -> int:
    if not (which.isascii() and which.isdecimal()):
        raise RefusedError(
            T("「{id}」不是消息编号；编号是数字，例如 12。", id=verbatim(one_line(which)[:20]))
        )
    return int(which) if len(which) <= _LONGEST_NUMBER else 0


def _overview(work: UnitOfWork, shown: Shown, limit: int, *, with_text: bool) -> Overview:
    statuses = {"unsent": ("dead", "pending"), "all": (None,)}.get(shown, (shown,))
    found = [message for status in statuses for message in work.outbox.listing(status=status, limit=limit)][
        :limit
    ]
    counts: dict[str, dict[str, int]] = {}
    for (channel, status), count in sorted(work.outbox.counts().items()):
        counts.setdefault(channel, {})[status] = count
    oldest = {channel: due for channel in counts if (due := work.outbox.next_due(channel)) is not None}
    listed = [_listed(message, with_text=with_text) for message in found]
    return Overview(counts, oldest, work.outbox.ambiguous(), listed)


def _statuses(shown: Shown) -> tuple[Status | None, ...]:
    match shown:
        case "unsent":
            return ("dead", "pending")
        case "all":
            return (None,)
        case _:
            return (shown,)


def _listed(message: Message, *, with_text: bool) -> Listed:
    return Listed(
        id=message.id,
        channel=message.channel,
        chat=message.chat,
        status=message.status,
        due_at=message.due_at,
        attempt=message.attempt,
        part=message.part,
        ambiguous=message.ambiguous,
        reason=message.error,
        sent_at=message.sent_at,
        text=_first_words(message.payload) if with_text else None,
    )


def _first_words(payload: bytes) -> str:
    """Return how a message begins; a word for what has no text."""
    try:
        reply = msgspec.json.decode(payload, type=Reply)
    except msgspec.DecodeError:
        return ""
    for message in reply.outgoing:
        match message:
            case Say(text=text) | Ask(text=text) | Prompt(text=text) | Table(title=text):
                return one_line(text.render())[:_FIRST_WORDS]
            case SendFile(name=name):
                return one_line(name)[:_FIRST_WORDS]
            case _:
                continue
    return ""


def _summary(found: Overview) -> Text:
    if not found.counts:
        return T("发件箱是空的。")
    lines = [_channel_line(channel, counts, found) for channel, counts in found.counts.items()]
    return joined(lines, verbatim("\n"))


def _channel_line(channel: str, counts: Mapping[str, int], found: Overview) -> Text:
    parts = [
        T("{status} {count} 条", status=_STATUSES[status], count=counts[status])
        for status in _STATUSES
        if status in counts
    ]
    if channel in found.oldest_due:
        parts.append(T("最早的应在 {moment} 发出", moment=_moment(found.oldest_due[channel])))
    if found.ambiguous.get(channel):
        parts.append(T("{count} 条在中断时可能已经发出", count=found.ambiguous[channel]))
    return T("{channel}：{parts}", channel=verbatim(channel), parts=joined(parts, _COMMA))


def _table(messages: list[Listed], shown: Shown, *, with_text: bool) -> Table:
    columns = [T("编号"), T("发给"), T("状态"), T("应发时间"), T("次数"), T("原因")]
    rows = [
        [
            verbatim(str(message.id)),
            verbatim(one_line(message.chat)),
            _STATUSES[message.status],
            _moment(message.due_at),
            verbatim(str(message.attempt)),
            _reason(message.reason),
            verbatim(message.text or ""),
        ]
        for message in messages
    ]
    if with_text:
        columns.append(T("开头"))
    title = T("未发出和待发的消息") if shown == "unsent" else T("消息")
    return Table(title, tuple(columns), tuple(tuple(row[: len(columns)]) for row in rows))


def _reason(reason: str | None) -> Text:
    """Return a reason of our own in words; a service's own words as they are."""
    kind, _, detail = (reason or "").partition(": ")
    return _REASONS.get(kind) or verbatim(one_line(f"{kind}: {detail}" if detail else kind))


def _moment(moment: datetime) -> Text:
    return verbatim(f"{moment.astimezone():%Y-%m-%d %H:%M:%S}")
