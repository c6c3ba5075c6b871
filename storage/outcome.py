"""What came of something that another thread carried out: what it returned, or what it raised."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")
_log = logging.getLogger(__name__)


class Outcome(NamedTuple, Generic[Result]):
    """What came of it.

    Attributes:
        result: what it returned; None when it raised.
        error: what it raised; None when it returned.
    """

    result: Result | None
    error: BaseException | None = None

    def get(self) -> Result:
        """Return what it returned, or raise what it raised."""
        if self.error is not None:
            raise self.error
        return cast("Result", self.result)


def outcome_of(act: Callable[[], Result]) -> Outcome[Result]:
    """Carry something out here, and return what came of it."""
    try:
        return Outcome(act())
    except BaseException as error:  # noqa: BLE001 - it is raised where the outcome is looked at
        return Outcome(None, error)


def tell(done: Callable[[Outcome[Result]], None], outcome: Outcome[Result]) -> None:
    """Tell somebody what came of it; one that cannot be told, such as an event loop that is closed, is passed over."""
    try:
        done(outcome)
    except Exception as error:  # noqa: BLE001 - the thread has others to serve
        _log.error("an outcome could not be handed over: %s", type(error).__name__)
