"""What a server counts of itself, in the form of Prometheus; nothing in it names a person, a project or a text."""

from __future__ import annotations

from importlib.metadata import version
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.reminders.promote import next_promotion
from bot.watch import Watch
from storage.backlog import Backlog, backlogs
from storage.errors import Duplicate, NotFound, StorageError, VersionConflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from prometheus_client import Metric

    from bot.conversation import Conversation
    from bot.watch import Fate, Outcome

FRESH = 5.0
"""Seconds for which what was read from the database is told again."""
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_USUAL = (NotFound, Duplicate, VersionConflict)
"""What the program asks the database to find out is no failure of it."""
disable_created_metrics()


class Metrics(Watch):
    """The figures of this process, and those of the outbox that all processes share."""

    def __init__(self, conversation: Conversation, *, seconds: Callable[[], float] = monotonic) -> None:
        """Count what happens in a conversation, which is told so, and in its database.

        Args:
            conversation: knows the database and the clock.
            seconds: a clock that is never set.
        """
        self.registry = CollectorRegistry()
        self._turns = self._counter("turns", "Updates that were carried out.", "channel", "outcome")
        self._turn_seconds = Histogram(
            "shenbao_turn_seconds",
            "From the moment an update was taken to the commit.",
            ["channel"],
            buckets=SECONDS,
            registry=self.registry,
        )
        # Finding what bears some labels takes longer than to count.
        self._of_turns: dict[tuple[str, Outcome], tuple[Counter, Histogram]] = {}
        self._sendings = self._counter("sendings", "Parts of messages.", "channel", "outcome")
        self._reminders = self._counter("reminders", "Reminders that were put into the outbox.")
        self._errors = self._counter("database_errors", "Transactions that were not kept.", "kind")
        Info("shenbao_build", "The version.", registry=self.registry).info({"version": version("shenbao")})
        ProcessCollector(registry=self.registry)
        self.registry.register(Kept(conversation, seconds))
        conversation.watch = self
        conversation.database.on_error = self.storage_failed

    def text(self) -> bytes:
        """Return everything in the text format of Prometheus; may wait for the database."""
        return generate_latest(self.registry)

    def turn_ended(self, channel: str, outcome: Outcome, seconds: float) -> None:
        """Count a turn."""
        found = self._of_turns.get((channel, outcome))
        if found is None:
            kind = _kind(channel)
            found = self._turns.labels(kind, outcome), self._turn_seconds.labels(kind)
            self._of_turns[channel, outcome] = found
        count, duration = found
        count.inc()
        duration.observe(seconds)

    def sending_ended(self, channel: str, fate: Fate) -> None:
        """Count a part of a message."""
        self._sendings.labels(_kind(channel), fate).inc()

    def promoted(self, count: int) -> None:
        """Count reminders."""
        self._reminders.inc(count)

    def storage_failed(self, error: StorageError) -> None:
        """Count a failure of the database."""
        if not isinstance(error, _USUAL):
            self._errors.labels(type(error).__name__).inc()

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(f"shenbao_{name}", says, labels, registry=self.registry)


class Standing(NamedTuple):
    """What the database says.

    Attributes:
        backlogs: of every channel.
        next_reminder: when the next reminder is due; None for never.
    """

    backlogs: list[Backlog]
    next_reminder: datetime | None


class Kept(Collector):
    """Figures that are read from the database when they are asked for."""

    def __init__(self, conversation: Conversation, seconds: Callable[[], float]) -> None:
        self._conversation = conversation
        self._seconds = seconds
        self._lock = Lock()
        self._standing: Standing | None = None
        self._read_at = float("-inf")

    def describe(self) -> Iterable[Metric]:
        """Return nothing: the registry need not ask the database for the names."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Return the figures; without the database only that it is gone."""
        database = self._conversation.database
        standing = self._look()
        yield GaugeMetricFamily(
            "shenbao_database_up", "Whether the database answers.", float(standing is not None)
        )
        if database.is_on_server:
            yield GaugeMetricFamily(
                "shenbao_database_connections",
                "Connections of this process that are at work.",
                database.connections_in_use,
            )
        if standing is not None:
            yield from self._of_outbox(standing.backlogs)
            if standing.next_reminder is not None:
                yield GaugeMetricFamily(
                    "shenbao_next_reminder_timestamp_seconds",
                    "When the next reminder is due.",
                    standing.next_reminder.timestamp(),
                )

    def _of_outbox(self, found: Iterable[Backlog]) -> Iterable[Metric]:
        messages = GaugeMetricFamily(
            "shenbao_outbox_messages", "Messages that are not out.", labels=["channel", "status"]
        )
        oldest = GaugeMetricFamily(
            "shenbao_outbox_oldest_due_seconds",
            "For how long the message that waits longest is due.",
            labels=["channel"],
        )
        ambiguous = GaugeMetricFamily(
            "shenbao_outbox_ambiguous",
            "Messages still kept that may have gone out twice: their sender was killed.",
            labels=["channel"],
        )
        now = self._conversation.clock.now()
        for kind, group in _by_kind(found).items():
            messages.add_metric([kind, "pending"], sum(each.pending for each in group))
            messages.add_metric([kind, "dead"], sum(each.dead for each in group))
            ambiguous.add_metric([kind], sum(each.ambiguous for each in group))
            waited = [(now - each.first_due).total_seconds() for each in group if each.first_due is not None]
            oldest.add_metric([kind], max(0.0, *waited, 0.0))
        return messages, oldest, ambiguous

    def _look(self) -> Standing | None:
        with self._lock:
            if self._seconds() - self._read_at >= FRESH:
                try:
                    with self._conversation.database.unit_of_work() as work:
                        self._standing = Standing(backlogs(work.connection), next_promotion(work))
                except StorageError:
                    self._standing = None
                self._read_at = self._seconds()
            return self._standing


def _by_kind(found: Iterable[Backlog]) -> dict[str, list[Backlog]]:
    grouped: dict[str, list[Backlog]] = {}
    for each in found:
        grouped.setdefault(_kind(each.channel), []).append(each)
    return grouped


def _kind(channel: str) -> str:
    """Return what kind of channel it is: ``telegram`` for each of its bots."""
    return channel.partition(".")[0]
