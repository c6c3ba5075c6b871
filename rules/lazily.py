"""A value that is worked out when it is first asked for, and then kept with its object.

``functools.cached_property`` does the same under a lock that all objects of a class share (until Python 3.12), so that
threads wait for each other. What is pure may as well be worked out twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable

Worth = TypeVar("Worth")


class lazily(Generic[Worth]):  # noqa: N801 - a decorator
    """Makes a property of a method that takes nothing and depends on nothing that changes."""

    def __init__(self, work_out: Callable[[Any], Worth]) -> None:
        """Keep the method."""
        self._work_out = work_out
        self._name = work_out.__name__
        self.__doc__ = work_out.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> lazily[Worth]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Worth: ...
    def __get__(self, instance: object | None, owner: type) -> lazily[Worth] | Worth:
        """Return the value; the next time it is found in the object itself."""
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._work_out(instance)
        return value
