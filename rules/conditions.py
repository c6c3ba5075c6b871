"""Conditions in CEL: compiled and type-checked once, evaluated in three-valued logic.

A missing variable makes CEL's evaluation an error, which ``&&`` and ``||`` absorb exactly as "unknown" should
be absorbed; what is left over as an error is the third value, here None.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, cast

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

_MOST_KEPT = 256
"""Results that a condition keeps; amounts make for ever new ones."""
_NOT_YET: Any = object()
_WORD = re.compile(r"[A-Za-z_]\w*")
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
        self._compiled: dict[str, _Condition] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._reading: dict[str, list[str]] = {name: [] for name in variables}

    def compile(self, text: str, expected: cel.Type = BOOL) -> None:
        """Compile ``text`` for later evaluation.

        Raises:
            ConditionError: bad syntax, an undeclared name, a type error, or not of the expected type.
        """
        known = self._compiled.get(text)
        program = known.program if known else self._program(text)
        if program.return_type().name() != expected.name():
            reason = f"expected {expected.name()}, this is {program.return_type().name()}"
            raise ConditionError(reason, 1)
        if known is None:
            # Every word that may be a name counts, quoted or not: none that is read can be overlooked.
            reads = tuple(name for name in dict.fromkeys(_WORD.findall(text)) if name in self.names)
            self._compiled[text] = _Condition(program, self._env, reads)
            for name in reads:
                self._reading[name].append(text)

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

    def value(self, text: str, values: Mapping[str, Any]) -> bool | int | None:
        """Return what ``text`` comes to over ``values``, where no more than one condition is wanted of them."""
        return self._compiled[text].value(values)

    def bind(self, values: Mapping[str, Any], after: Evaluation | None = None) -> Evaluation:
        """Return an evaluation over ``values``; a name that is not among them is unknown.

        Args:
            values: by name, each of the type that was declared; they are not changed any more.
            after: an evaluation of these conditions over other values; what it found and cannot have changed
                is taken over.
        """
        if after is None:
            return Evaluation(self._compiled, values, {"": True})
        results, old = after.results.copy(), after.values
        changed = [name for name, value in values.items() if old.get(name) != value]
        for name in (*changed, *(old.keys() - values.keys())):
            for text in self._reading.get(name, ()):
                results.pop(text, None)
        return Evaluation(self._compiled, values, results)


class _Condition:
    """A compiled condition, and what it came to for the values that it has met.

    That follows from the values of the names which it reads, and from nothing else, so it holds for every project.
    """

    __slots__ = ("_env", "_kept", "_reads", "program")

    def __init__(self, program: cel.Expression, env: cel.Env, reads: tuple[str, ...]) -> None:
        self.program = program
        self._env = env
        self._reads = reads
        self._kept: dict[tuple[Any, ...], bool | int | None] = {}

    def value(self, values: Mapping[str, Any]) -> bool | int | None:
        """Return what it comes to; None for unknown."""
        given = tuple(map(values.get, self._reads))
        try:
            return self._kept[given]
        except KeyError:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            result = self._kept[given] = self._evaluated(given)
            return result
        except TypeError:  # records have no hash
            return self._evaluated(given)

    def _evaluated(self, given: tuple[Any, ...]) -> bool | int | None:
        known = {
            name: list(cast("tuple[Any, ...]", value)) if isinstance(value, tuple) else value
            for name, value in zip(self._reads, given, strict=True)
            if value is not None
        }
        value = self.program.eval(self._env.Activation(known)).value()
        return value if isinstance(value, int) else None


class Evaluation:
    """Conditions evaluated over one set of values, each text at most once.

    Attributes:
        values: by name.
        results: of the conditions that were tested, by text.
    """

    __slots__ = ("_compiled", "results", "values")

    def __init__(
        self, compiled: Mapping[str, _Condition], values: Mapping[str, Any], results: dict[str, bool | None]
    ) -> None:
        """Keep what ``Conditions.bind`` made."""
        self._compiled = compiled
        self.values = values
        self.results = results

    def test(self, text: str) -> bool | None:
        """Return True, False, or None for unknown; an empty text is True."""
        result = self.results.get(text, _NOT_YET)
        if result is _NOT_YET:
            value = self._compiled[text].value(self.values)
            result = self.results[text] = value if isinstance(value, bool) else None
        return result

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
