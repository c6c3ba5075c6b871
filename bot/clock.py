"""The machine's clock, in one place, so that tests and benchmarks can set the time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """Return the moment, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the moment, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the one place that asks the machine


class FixedClock:
    """A clock that stands still: for tests, and for reproducing a package."""

    def __init__(self, moment: datetime) -> None:
        """Stand at ``moment``."""
        self.moment = moment

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self.moment


def local_date(clock: Clock, timezone: str) -> date:
    """Return today where the pack applies."""
    return clock.now().astimezone(ZoneInfo(timezone)).date()
