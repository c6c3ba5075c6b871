"""A case to assess: what is known of a project on a day, and reading it from JSON or YAML data (domain 8)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal, TypeVar, cast

import msgspec

from rules.facts import FactError, Value, parse_amount, parse_date, parse_fact
from rules.text import T, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from rules.facts import Fact
    from rules.pack import EventKind
    from rules.ruleset import RuleSet

DocumentStatus = Literal["missing", "drafted", "provided"]
STATUSES: tuple[DocumentStatus, ...] = ("missing", "drafted", "provided")
Result = TypeVar("Result")
_KEYS = ("pack", "as_of", "facts", "documents", "events")


class Event(msgspec.Struct, frozen=True):
    """Something that happened: ``amount`` in 分 (award_notice), ``due`` for an order with a date."""

    kind: str
    date: date
    amount: int | None = None
    due: date | None = None


class Case(msgspec.Struct, frozen=True):
    """Facts, documents and events of one project, on a day.

    Attributes:
        as_of: the day on which it is assessed.
        facts: fact id → value; an id that is absent is unknown.
        documents: document id → status; absent means missing.
        events: in any order.
    """

    as_of: date
    facts: dict[str, Value] = {}
    documents: dict[str, DocumentStatus] = {}
    events: tuple[Event, ...] = ()


class CaseError(ValueError):
    """Input that is not a case; ``problems`` holds one sentence for each fault, with the path of the entry."""

    def __init__(self, problems: list[tuple[tuple[str | int, ...], Text]]) -> None:
        """Keep all problems."""
        super().__init__("; ".join(text.render() for _, text in problems))
        self.problems = problems


def parse_case(
    rules: RuleSet, raw: object, *, today: date, read_fact: Callable[[Fact, object], Value] = parse_fact
) -> Case:
    """Read a case from loaded JSON or YAML.

    Args:
        rules: the rules whose facts, documents and events it may name.
        raw: what the file held.
        today: used when ``as_of`` is absent.
        read_fact: how a value is read; it raises FactError for one that cannot be.

    Raises:
        CaseError: with every fault found.
    """
    if not isinstance(raw, dict):
        raise CaseError([((), T("应为一组「名称: 内容」，请对照 examples/ 里的样例。"))])
    data = cast("dict[str, object]", raw)
    reader = _Reader(rules, read_fact)
    for key in data:
        if key not in _KEYS:
            reader.fail(
                (key,), T("没有「{key}」这一项，可用：{keys}。", key=str(key)[:40], keys=", ".join(_KEYS))
            )
    pack = data.get("pack")
    if pack is not None and pack != rules.pack.head.id:
        reader.fail(
            ("pack",), T("规则包是「{pack}」，收到「{came}」。", pack=rules.pack.head.id, came=str(pack)[:40])
        )
    as_of = today
    if data.get("as_of") is not None:
        as_of = reader.take(("as_of",), lambda: parse_date("as_of", data["as_of"])) or today
    facts = reader.facts(reader.mapping(data, "facts"))
    documents = reader.documents(reader.mapping(data, "documents"))
    events = reader.events(data.get("events"))
    if reader.problems:
        raise CaseError(reader.problems)
    return Case(as_of=as_of, facts=facts, documents=documents, events=events)


class _Reader:
    """Reads the parts of a case and collects what is wrong."""

    def __init__(self, rules: RuleSet, read_fact: Callable[[Fact, object], Value]) -> None:
        self.rules = rules
        self.read_fact = read_fact
        self.kinds: dict[str, EventKind] = {kind.id: kind for kind in rules.pack.head.events}
        self.problems: list[tuple[tuple[str | int, ...], Text]] = []

    def fail(self, path: tuple[str | int, ...], text: Text) -> None:
        self.problems.append((path, text))

    def take(self, path: tuple[str | int, ...], read: Callable[[], Result]) -> Result | None:
        try:
            return read()
        except FactError as error:
            self.fail(path, error.text)
            return None

    def mapping(self, data: dict[str, object], key: str) -> dict[str, object]:
        value = data.get(key)
        if value is None:
            return {}
        if isinstance(value, dict):
            return cast("dict[str, object]", value)
        self.fail((key,), T("「{key}」应为一组「名称: 内容」。", key=key))
        return {}

    def facts(self, raw: dict[str, object]) -> dict[str, Value]:
        values: dict[str, Value] = {}
        known = self.rules.facts
        for name, given in raw.items():
            fact = known.get(name)
            if fact is None:
                self.fail(("facts", name), T("没有「{name}」这个事实，请核对拼写。", name=str(name)[:40]))
            elif given is not None:
                try:
                    values[name] = self.read_fact(fact, given)
                except FactError as error:
                    self.fail(("facts", name), error.text)
        return values

    def documents(self, raw: dict[str, object]) -> dict[str, DocumentStatus]:
        statuses: dict[str, DocumentStatus] = {}
        for name, status in raw.items():
            if name not in self.rules.documents:
                self.fail(("documents", name), T("没有「{name}」这份材料，请核对拼写。", name=str(name)[:40]))
            elif status not in STATUSES:
                text = T(
                    "{name}：应为 {known} 之一，收到「{came}」。",
                    name=name,
                    known=", ".join(STATUSES),
                    came=str(status)[:40],
                )
                self.fail(("documents", name), text)
            else:
                statuses[name] = status
        return statuses

    def events(self, raw: object) -> tuple[Event, ...]:
        if raw is None:
            return ()
        if not isinstance(raw, list):
            self.fail(("events",), T("「events」应为事件的列表。"))
            return ()
        found = [self.event(index, item) for index, item in enumerate(cast("list[object]", raw))]
        return tuple(event for event in found if event is not None)

    def event(self, index: int, raw: object) -> Event | None:
        path = ("events", index)
        if not isinstance(raw, dict):
            self.fail(path, T("第 {number} 个事件应写成 kind 和 date。", number=index + 1))
            return None
        data = cast("dict[str, object]", raw)
        kind = self.kinds.get(str(data.get("kind")))
        if kind is None:
            came = str(data.get("kind"))[:40]
            known = ", ".join(self.kinds)
            self.fail(path, T("没有「{came}」这种事件，可用：{known}。", came=came, known=known))
            return None
        allowed = {"kind", "date", *(["amount"] if kind.amount else []), *(["due"] if kind.due else [])}
        for key in data.keys() - allowed:
            self.fail((*path, key), T("事件 {kind} 没有「{key}」这一项。", kind=kind.id, key=str(key)[:40]))
        day = self.take(path, lambda: parse_date(f"{kind.id}.date", data.get("date")))
        amount = due = None
        if kind.amount and data.get("amount") is not None:
            amount = self.take(path, lambda: parse_amount(f"{kind.id}.amount", data["amount"]))
        if kind.due:
            due = self.take(path, lambda: parse_date(f"{kind.id}.due", data.get("due")))
        return None if day is None else Event(kind=kind.id, date=day, amount=amount, due=due)
