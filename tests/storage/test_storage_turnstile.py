"""Nobody is overtaken, and nobody who gave up is waited for."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from storage.turnstile import Turnstile

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

LONG = 30.0


@contextmanager
def turn(turnstile: Turnstile, wait: float) -> Generator[None]:
    turnstile.enter(wait)
    try:
        yield
    finally:
        turnstile.leave()


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
        with turn(turnstile, LONG):
            served.append(number)

    with ThreadPoolExecutor(8) as threads:
        waiters: list[Future[None]] = []
        with turn(turnstile, LONG):
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
        with turn(turnstile, LONG):
            served.append("the one who waited")

    with ThreadPoolExecutor(1) as threads:
        with turn(turnstile, LONG):
            waiter = threads.submit(serve)
            until(lambda: len(turnstile._waiting) == 1, [waiter])
        with turn(turnstile, LONG):
            served.append("the busy one")
        waiter.result(timeout=LONG)
    assert served == ["the one who waited", "the busy one"]


def test_who_gave_up_is_not_waited_for() -> None:
    turnstile = Turnstile()
    with turn(turnstile, LONG), pytest.raises(TimeoutError), turn(turnstile, 0.001):
        pass
    with turn(turnstile, 0):
        pass


def test_a_turn_that_comes_in_the_last_moment_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    turnstile = Turnstile()
    turnstile.enter(0)
    # Handed over just when the one who waits has stopped to look.
    monkeypatch.setattr(
        turnstile, "_withdraw", lambda mine: turnstile.hand_over() and turnstile_withdraw(mine)
    )
    turnstile_withdraw = Turnstile._withdraw.__get__(turnstile)
    turnstile.enter(0.001)
    turnstile.leave()
    assert turnstile._free == 1


def test_the_turn_is_handed_over_only_to_somebody_who_waits() -> None:
    turnstile = Turnstile()
    turnstile.enter(0)
    assert not turnstile.hand_over()
    with ThreadPoolExecutor(1) as threads:
        waiter = threads.submit(turnstile.enter, LONG)
        until(lambda: len(turnstile._waiting) == 1, [waiter])
        assert turnstile.hand_over()
        waiter.result(timeout=LONG)
    assert not turnstile.hand_over()
    turnstile.leave()


def test_a_failing_turn_is_given_back() -> None:
    turnstile = Turnstile()
    with pytest.raises(KeyError), turn(turnstile, LONG):
        raise KeyError
    with turn(turnstile, 0):
        pass


def test_as_many_come_in_as_there_are_places() -> None:
    turnstile = Turnstile(2)
    turnstile.enter(0)
    turnstile.enter(0)
    with pytest.raises(TimeoutError):
        turnstile.enter(0.001)
    turnstile.leave()
    turnstile.enter(0)
