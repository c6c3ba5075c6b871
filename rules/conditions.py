"""Conditions in CEL: compiled and type-checked once, evaluated in three-valued logic.

A missing variable makes CEL's evaluation an error, which ``&&`` and ``||`` absorb exactly as "unknown" should
be absorbed; what is left over as an error is the third value, here None.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from cel_expr_python import cel

from rules.amounts import FEN_PER_WAN
from rules.calendar import months_covering

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BOOL = cel.Type.BOOL
INT = cel.Type.INT
STRING = cel.Type.STRING
STRINGS = cel.Type.List(cel.Type.STRING)
RECORDS = cel.Type.List(cel.Type.Map(cel.Type.STRING, cel.Type.DYN))

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_NAME = re.compile(r"(?<![.\w])[A-Za-z_]\w*")
_POSITION = re.compile(r"<input>:\d+:(\d+): (.*)")


class ConditionError(ValueError):
    """A condition that does not compile; says why, in the compiler's words, and at which column."""

    def __init__(self, reason: str, column: int) -> None:
        """Keep the reason and the column, counted from 1 (0: no particular place)."""
        super().__init__(reason)
        self.reason = reason
        self.column = column


class Conditions:
    """The compiled conditions of one pack, by their text: the same text is compiled and evaluated once."""

    def __init__(self, variables: Mapping[str, cel.Type]) -> None:
        """Declare the names that a condition may use, with their types."""
        self.names = frozenset(variables)
        self._env = cel.NewEnv(variables=dict(variables), functions=_functions())
        self._programs: dict[str, cel.Expression] = {}
        self._names: dict[str, tuple[str, ...]] = {}

    def compile(self, text: str, expected: cel.Type = BOOL) -> None:
        """Compile ``text`` for later evaluation.

        Raises:
            ConditionError: bad syntax, an undeclared name, a type error, or not of the expected type.
        """
        program = self._programs.get(text) or self._program(text)
        if program.return_type().name() != expected.name():
            reason = f"expected {expected.name()}, this is {program.return_type().name()}"
            raise ConditionError(reason, 1)
        self._programs[text] = program

    def _program(self, text: str) -> cel.Expression:
        try:
            return self._env.compile(text)
        except RuntimeError as error:
            place = _POSITION.search(str(error))
            if place is None:
                raise ConditionError(str(error), 0) from None
            raise ConditionError(place[2].replace(" (in container '')", ""), int(place[1])) from None

    def names_in(self, text: str) -> tuple[str, ...]:
        """Return the declared names that ``text`` uses, in order of appearance, each once."""
        if text not in self._names:
            found = _NAME.findall(_QUOTED.sub(" ", text))
            self._names[text] = tuple(name for name in dict.fromkeys(found) if name in self.names)
        return self._names[text]

    def bind(self, values: Mapping[str, Any]) -> Evaluation:
        """Return an evaluation over ``values``; a name that is not among them is unknown."""
        return Evaluation(self._programs, self._env.Activation(values))


class Evaluation:
    """Conditions evaluated over one set of values, each text at most once."""

    __slots__ = ("_activation", "_programs", "_results")

    def __init__(self, programs: Mapping[str, cel.Expression], activation: cel.Activation) -> None:
        """Keep what ``Conditions.bind`` made."""
        self._programs = programs
        self._activation = activation
        self._results: dict[str, bool | None] = {"": True}

    def test(self, text: str) -> bool | None:
        """Return True, False, or None for unknown; an empty text is True."""
        if text in self._results:
            return self._results[text]
        value = self._programs[text].eval(self._activation).value()
        result = value if isinstance(value, bool) else None
        self._results[text] = result
        return result

    def number(self, text: str) -> int | None:
        """Return the whole number that ``text`` comes to, or None for unknown."""
        value = self._programs[text].eval(self._activation).value()
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def first(self, texts: Iterable[str]) -> int | None:
        """Return the index of the first true one; None when an unknown one comes before it, or none is true."""
        for index, text in enumerate(texts):
            result = self.test(text)
            if result is None:
                return None
            if result:
                return index
        return None


def _wan(amount: int) -> int:
    return amount * FEN_PER_WAN


def _months_covering(start: str, end: str) -> int:
    return months_covering(date.fromisoformat(start), date.fromisoformat(end))


def _functions() -> list[cel.FunctionDecl]:
    return [
        cel.FunctionDecl("wan", [cel.Overload("wan(int)", return_type=INT, parameters=[INT], impl=_wan)]),
        cel.FunctionDecl(
            "months_covering",
            [
                cel.Overload(
                    "months_covering(string,string)",
                    return_type=INT,
                    parameters=[STRING, STRING],
                    impl=_months_covering,
                )
            ],
        ),
    ]
