"""Nobody is overtaken, and nobody who gave up is waited for."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING

import pytest

from storage.turnstile import Turnstile

if TYPE_CHECKING:
    from collections.abc import Callable

LONG = 30.0


def until(condition: Callable[[], bool], waiters: list[Future[None]]) -> None:
    """Return once another thread has come so far; a thread that failed instead says why."""
    for _ in range(10_000_000):
        if condition():
            return
        for waiter in waiters:
            if waiter.done():
                waiter.result()
    pytest.fail("the other thread never came")


def test_turns_come_in_the_order_of_arrival() -> None:
    turnstile = Turnstile()
    served: list[int] = []

    def serve(number: int) -> None:
        with turnstile.turn(LONG):
            served.append(number)

    with ThreadPoolExecutor(8) as threads:
        waiters: list[Future[None]] = []
        with turnstile.turn(LONG):
            for number in range(8):
                waiters.append(threads.submit(serve, number))
                until(lambda: len(turnstile._waiting) == len(waiters), waiters)
        for waiter in waiters:
            waiter.result(timeout=LONG)
    assert served == list(range(8))


def test_who_holds_the_turn_cannot_take_the_next_one_before_those_who_wait() -> None:
    turnstile = Turnstile()
    served: list[str] = []

    def serve() -> None:
        with turnstile.turn(LONG):
            served.append("the one who waited")

    with ThreadPoolExecutor(1) as threads:
        with turnstile.turn(LONG):
            waiter = threads.submit(serve)
            until(lambda: len(turnstile._waiting) == 1, [waiter])
        with turnstile.turn(LONG):
            served.append("the busy one")
        waiter.result(timeout=LONG)
    assert served == ["the one who waited", "the busy one"]


def test_who_gave_up_is_not_waited_for() -> None:
    turnstile = Turnstile()
    with turnstile.turn(LONG), pytest.raises(TimeoutError), turnstile.turn(0.001):
        pass
    with turnstile.turn(0):
        pass


def test_a_turn_that_comes_too_late_is_passed_on() -> None:
    turnstile = Turnstile()
    turnstile._taken = True  # handed to a thread that had just stopped waiting
    turnstile._give_up(Lock())
    with turnstile.turn(0):
        pass


def test_a_failing_turn_is_given_back() -> None:
    turnstile = Turnstile()
    with pytest.raises(KeyError), turnstile.turn(LONG):
        raise KeyError
    with turnstile.turn(0):
        pass
