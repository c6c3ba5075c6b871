"""Nothing is sent sooner than the pace allows, whoever sends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

from storage.pace import LONGEST_HOLD

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database

SECOND = timedelta(seconds=1)


def test_moments_are_given_out_one_interval_apart(database: Database, now: datetime) -> None:
    with database.unit_of_work() as work:
        assert work.pace.next_free("t") is None
        slots = [work.pace.reserve("t", at=now, interval=SECOND) for _ in range(3)]
        assert slots == [now, now + SECOND, now + 2 * SECOND]
        assert work.pace.next_free("t") == now + 3 * SECOND


def test_what_was_not_used_is_not_saved_up(database: Database, now: datetime) -> None:
    with database.unit_of_work() as work:
        work.pace.reserve("t", at=now, interval=SECOND)
        assert work.pace.reserve("t", at=now + 9 * SECOND, interval=SECOND) == now + 9 * SECOND
        assert work.pace.next_free("t") == now + 10 * SECOND


def test_a_clock_that_is_set_back_lets_nothing_go_sooner(database: Database, now: datetime) -> None:
    with database.unit_of_work() as work:
        work.pace.reserve("t", at=now, interval=SECOND)
        assert work.pace.reserve("t", at=now - 60 * SECOND, interval=SECOND) == now + SECOND


def test_keys_do_not_wait_for_each_other(database: Database, now: datetime) -> None:
    with database.unit_of_work() as work:
        work.pace.hold("t", now + 60 * SECOND)
        assert work.pace.reserve("t:a", at=now, interval=SECOND) == now


def test_a_hold_is_never_shortened(database: Database, now: datetime) -> None:
    with database.unit_of_work() as work:
        work.pace.hold("t", now + 5 * SECOND)
        work.pace.hold("t", now + SECOND)
        assert work.pace.next_free("t") == now + 5 * SECOND
        work.pace.hold("t", now + 6 * SECOND)
        assert work.pace.reserve("t", at=now, interval=SECOND) == now + 6 * SECOND


def test_many_senders_share_one_pace(database: Database, now: datetime) -> None:
    start = Barrier(4)

    def reserve(_number: int) -> datetime:
        start.wait(timeout=10)
        with database.unit_of_work() as work:
            return work.pace.reserve("t", at=now, interval=SECOND)

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(reserve, range(4))) == [now + number * SECOND for number in range(4)]


def test_what_is_long_free_is_forgotten_and_the_rest_obeyed(database: Database, now: datetime) -> None:
    with database.unit_of_work() as work:
        work.pace.hold("past", now)
        work.pace.hold("ahead", now + SECOND)
        assert work.pace.forget(now + SECOND) == 1
        assert work.pace.next_free("past") is None
        assert work.pace.next_free("ahead") == now + SECOND


def test_what_a_wrong_clock_has_kept_is_mended_and_no_hold_is(database: Database, now: datetime) -> None:
    with database.unit_of_work() as work:
        work.pace.reserve("t", at=now + timedelta(hours=8), interval=SECOND)
        work.pace.hold("held", now + LONGEST_HOLD)
        work.pace.mend(now)
        assert work.pace.reserve("t", at=now, interval=SECOND) == now
        assert work.pace.next_free("held") == now + LONGEST_HOLD
