"""Facts: what may be stated of a project, and reading a stated value exactly (domain types, not free speech)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, cast

import msgspec

from rules.amounts import AmountError, fen_from_wan, format_wan
from rules.catalogue import BY_ID
from rules.conditions import BOOL, INT, RECORDS, STRING, STRINGS
from rules.pack import FactType, Question
from rules.text import T, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cel_expr_python import cel

    from rules.pack import ChoiceOption

UNSURE: Literal["unsure"] = "unsure"
Value = bool | int | str | tuple[Any, ...]
"""bool or "unsure" (yes/no), int (months; 分 for amounts), str (choice, text, phone, ISO date), a tuple of keys
(set) or of records (catalogue)."""

EARLIEST = date(1900, 1, 1)
LATEST = date(2200, 12, 31)
LONGEST_MONTHS = 1200
LONGEST_TEXT = 10_000

_CEL_TYPES: dict[str, cel.Type] = {
    "yes_no": BOOL,
    "choice": STRING,
    "set": STRINGS,
    "amount": INT,
    "months": INT,
    "text": STRING,
    "phone": STRING,
    "date": STRING,
    "catalogue": RECORDS,
}
_YES = {True, "yes", "是"}
_NO = {False, "no", "否"}
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}$")
_DIGITS = re.compile(r"\d{1,6}$")
_DECIMAL = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,4})?$")


class FactError(ValueError):
    """A stated value that the fact cannot take; ``text`` says what was expected and what came."""

    def __init__(self, text: Text) -> None:
        """Keep the sentence for the user."""
        super().__init__(text.render())
        self.text = text


class Fact(msgspec.Struct, frozen=True):
    """One fact: its id, what kind of value it takes, and the question that asks for it."""

    id: str
    label: str
    type: FactType
    question: Question

    @property
    def cel_type(self) -> cel.Type:
        """The type under which conditions see this fact."""
        return _CEL_TYPES[self.type]


def parse_fact(fact: Fact, raw: object) -> Value:
    """Read a value as JSON or YAML states it.

    Args:
        fact: the fact that it is stated for.
        raw: a bool, number, string or list; amounts in 万元, dates as 2027-03-01.

    Raises:
        FactError: not a value of this fact's type.
    """
    match fact.type:
        case "yes_no":
            return _yes_no(fact, raw)
        case "choice":
            return _choice(fact, raw)
        case "set":
            return _set(fact, raw)
        case "amount":
            return _amount(fact, raw)
        case "months":
            return _months(fact, raw)
        case "date":
            return parse_date(fact.id, raw).isoformat()
        case "catalogue":
            return _catalogue(fact, raw)
        case _:
            return _text(fact, raw)


def parse_amount(name: str, raw: object) -> int:
    """Read an amount in 万元, a number or its digits, as 分.

    Raises:
        FactError: not a number, negative or absurd.
    """
    if isinstance(raw, bool) or not isinstance(raw, (int, str, Decimal)):
        raise _wrong(name, T("以万元为单位的数字，例如 680 或 59.99"), raw)
    if isinstance(raw, str) and not _DECIMAL.match(raw):
        raise _wrong(name, T("以万元为单位的数字，例如 680 或 59.99"), raw)
    try:
        return fen_from_wan(raw)
    except AmountError as error:
        raise FactError(T("{name}：{problem}", name=name, problem=error.text)) from None


def parse_date(name: str, raw: object) -> date:
    """Read a date written 2027-03-01.

    Raises:
        FactError: another form, a day that does not exist, or a year no project has.
    """
    if not isinstance(raw, str) or not _ISO_DATE.match(raw):
        raise _wrong(name, T("形如 2027-03-01 的日期"), raw)
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        raise FactError(T("{name}：没有「{came}」这一天，请核对日期。", name=name, came=raw)) from None
    if not EARLIEST <= day <= LATEST:
        raise FactError(T("{name}：「{came}」的年份不对，请核对日期。", name=name, came=raw))
    return day


def plain_value(fact: Fact, value: Value) -> object:
    """Return a kept value as JSON or YAML states it, the inverse of ``parse_fact``: amounts in 万元 digits."""
    if fact.type == "amount" and isinstance(value, int):
        return format_wan(value)
    if isinstance(value, tuple):
        return list(value)
    return value


def variables(facts: Mapping[str, Fact], values: Mapping[str, Value]) -> dict[str, Any]:
    """Return the values as conditions see them; ``unsure`` is left out, so it is unknown."""
    return {name: value for name, value in values.items() if value != UNSURE or facts[name].type != "yes_no"}


def _yes_no(fact: Fact, raw: object) -> bool | str:
    if isinstance(raw, (bool, str)):
        if raw in _YES:
            return True
        if raw in _NO:
            return False
        if fact.question.unsure and raw in (UNSURE, "不清楚"):
            return UNSURE
    if fact.question.unsure:
        raise _wrong(fact.id, T("true、false 或 unsure"), raw)
    raise _wrong(fact.id, T("true 或 false（这一项不能答 unsure）"), raw)


def _choice(fact: Fact, raw: object) -> str:
    key = str(raw) if isinstance(raw, (str, int)) and not isinstance(raw, bool) else None
    return _option(fact, key, raw).key


def _set(fact: Fact, raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list):
        raise _wrong(fact.id, T("一个列表，可以是空列表 []"), raw)
    chosen = {
        _option(fact, item if isinstance(item, str) else None, item).key for item in cast("list[object]", raw)
    }
    return tuple(option.key for option in fact.question.options if option.key in chosen)


def _option(fact: Fact, key: str | None, raw: object) -> ChoiceOption:
    for option in fact.question.options:
        if key in (option.key, option.label):
            return option
    keys = ", ".join(option.key for option in fact.question.options)
    raise _wrong(fact.id, T("其中之一：{keys}", keys=keys), raw)


def _amount(fact: Fact, raw: object) -> int:
    return parse_amount(fact.id, raw)


def _months(fact: Fact, raw: object) -> int:
    whole: object = raw
    if isinstance(raw, str) and _DIGITS.match(raw):
        whole = int(raw)
    if isinstance(raw, Decimal) and raw.is_finite() and raw == raw.to_integral_value():
        whole = int(raw)
    if isinstance(whole, bool) or not isinstance(whole, int) or not 0 <= whole <= LONGEST_MONTHS:
        raise _wrong(fact.id, T("0 到 {most} 之间的整数（月）", most=LONGEST_MONTHS), raw)
    return whole


def _text(fact: Fact, raw: object) -> str:
    if fact.type == "phone" and isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if not isinstance(raw, str):
        raise _wrong(fact.id, T("一段文字"), raw)
    most = fact.question.max_length or LONGEST_TEXT
    if len(raw) > most:
        raise FactError(
            T("{name}：最多 {most} 字，收到 {came} 字，请精简。", name=fact.id, most=most, came=len(raw))
        )
    return raw.strip()


def _catalogue(fact: Fact, raw: object) -> tuple[dict[str, str], ...]:
    if not isinstance(raw, list):
        raise _wrong(fact.id, T("目录条目的列表"), raw)
    return tuple(
        _entry(f"{fact.id}[{index}]", item) for index, item in enumerate(cast("list[object]", raw), start=1)
    )


def _entry(name: str, raw: object) -> dict[str, str]:
    if not isinstance(raw, dict):
        raise _wrong(name, T("一条目录（名称和内容成对）"), raw)
    entry: dict[str, str] = dict.fromkeys(BY_ID, "")
    for key, value in cast("dict[object, object]", raw).items():
        if not isinstance(key, str) or key not in entry:
            raise FactError(
                T(
                    "{name}：没有「{key}」这一项，可用：{keys}。",
                    name=name,
                    key=str(key)[:40],
                    keys=", ".join(entry),
                )
            )
        if value is None:
            continue
        entry[key] = _entry_field(f"{name}.{key}", key, value)
    return entry


def _entry_field(name: str, key: str, value: object) -> str:
    if key == "items" and isinstance(value, list):
        return "、".join(str(item) for item in cast("list[object]", value))
    if key == "open" and isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        raise _wrong(name, T("一段文字"), value)
    allowed = [option.key for option in BY_ID[key].options]
    if allowed and value and value not in allowed:
        raise _wrong(name, T("其中之一：{keys}", keys=", ".join(allowed)), value)
    return value.strip()


def _wrong(name: str, expected: Text, came: object) -> FactError:
    shown = str(came)
    shown = shown[:40] + "…" if len(shown) > 40 else shown  # noqa: PLR2004 - enough to recognise it by
    return FactError(T("{name}：应为{expected}，收到「{came}」。", name=name, expected=expected, came=shown))
