"""How the cost of a turn grows with what is kept and with the rules: it should not."""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from sqlalchemy import func, insert, select, text

from benchmarks.catalogue import ENTRY, checks
from benchmarks.ours import BEGIN, CHANNEL, Ours
from benchmarks.report import Line, Result, Row, percentile
from benchmarks.scratch import scratch, services
from benchmarks.turn import CONVERSATION
from bot.packs import DEFAULT_PACK, PACKS
from bot.updates import Change, Incoming
from storage.schema import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from sqlalchemy import Connection, Table

    from benchmarks.report import Plan

PART = "growth"
OWNER, TEMPLATE = "1", "2"
LISTS = 30
KEPT_TURNS = 4
"""Of each copied project so many turns are copied too: their rows are what lookups have to pass by."""
NAMED_AFTER_USER = ("owner", "person", "user", "chat", "update_id", "turn_key", "dedupe_key")
CATALOGUE_ANSWERED = CONVERSATION.index("办件信息")
AFTER_CATALOGUE = CONVERSATION.index("完成") + 1
BEFORE_REVIEW = CONVERSATION.index("复核")
TIMES_RULES = 10
_GROWS = re.compile("SCAN (?!CONSTANT)|TEMP B-TREE")


class Subject(NamedTuple):
    """A conversation of some size.

    Attributes:
        size: of what grows.
        play: takes turns and returns the milliseconds of each.
    """

    size: int
    play: Callable[[], list[float]]


def measure(plan: Plan) -> Result:
    """Measure the growth of each thing, the sizes of it one after the other in every round."""
    many = [10, 100, 1_000] if plan.is_quick else [10, 100, 1_000, 10_000]
    owned = [10, 100] if plan.is_quick else [10, 100, 1_000]
    rows: list[Row] = []
    lines: list[Line] = []
    rounds = plan.of(2, 7)
    with ExitStack() as stack:
        crowded = [(size, stack.enter_context(_among(size, owner=TEMPLATE))) for size in many]
        busy = [(size, stack.enter_context(_among(size, owner=OWNER))) for size in owned]
        compared = {
            "projects of others": [Subject(size, _form_of(ours)) for size, ours in crowded],
            "projects of one owner": [Subject(size, _form_of(ours)) for size, ours in busy],
            "the list of one owner's projects": [Subject(size, _list_of(ours)) for size, ours in busy],
            "times the rules": [stack.enter_context(_with_rules(size)) for size in (1, TIMES_RULES)],
            "catalogue rows": [stack.enter_context(_with_catalogue(size)) for size in (50, 500, 5_000)],
        }
        servers = services()._replace(redis="")
        if servers.postgresql and not plan.is_quick:
            places = [stack.enter_context(scratch(servers)) for _ in many]
            compared["projects of others, PostgreSQL"] = [
                Subject(size, _form_of(stack.enter_context(_among(size, owner=TEMPLATE, url=place.database))))
                for size, place in zip(many, places, strict=True)
            ]
        for name, subjects in compared.items():
            found, line = _compare(name, subjects, rounds)
            rows += found
            lines.append(line)
    statements, notes = _scans()
    return Result([*rows, *_checks(plan), *statements], lines=lines, notes=notes)


def _compare(name: str, subjects: Sequence[Subject], rounds: int) -> tuple[list[Row], Line]:
    """Play in turn; the figure is the median of the medians."""
    medians: dict[int, list[float]] = {subject.size: [] for subject in subjects}
    late: dict[int, list[float]] = {subject.size: [] for subject in subjects}
    for number in range(rounds):
        for subject in subjects if number % 2 == 0 else reversed(subjects):
            times = sorted(subject.play())
            medians[subject.size].append(statistics.median(times))
            late[subject.size].append(percentile(times, 0.99))
    first = statistics.median(medians[subjects[0].size])
    rows: list[Row] = []
    points: list[tuple[int, float]] = []
    for size, found in medians.items():
        middle = statistics.median(found)
        points.append((size, middle))
        rows.append(
            Row(
                PART,
                name,
                f"{size:,}",
                f"{middle / first:.2f} times the first",
                f"{min(found):.2f} to {max(found):.2f} ms",
                f"{middle:.2f}",
                f"{statistics.median(late[size]):.1f}",
            )
        )
    return rows, Line(name, points)


def _played(ours: Ours, texts: Sequence[str], *, user: str = OWNER) -> list[float]:
    """Say texts, and return the milliseconds of each turn."""
    times: list[float] = []
    for words in texts:
        began = time.perf_counter()
        ours.take(int(user), time.monotonic_ns(), words)
        times.append((time.perf_counter() - began) * 1000)
    return times


def _form_of(ours: Ours) -> Callable[[], list[float]]:
    return lambda: _played(ours, [BEGIN, *CONVERSATION])


def _list_of(ours: Ours) -> Callable[[], list[float]]:
    return lambda: _played(ours, ["项目"] * LISTS)


@contextmanager
def _opened(pack: str = DEFAULT_PACK, url: str = "") -> Generator[Ours]:
    with tempfile.TemporaryDirectory(prefix="shenbao-benchmark-") as folder:
        ours = Ours(url or Path(folder) / "shenbao.db", pack=pack)
        try:
            yield ours
        finally:
            ours.close()


@contextmanager
def _among(size: int, *, owner: str, url: str = "") -> Generator[Ours]:
    """Yield a conversation among so many projects."""
    with _opened(url=url) as ours:
        _played(ours, [BEGIN, *CONVERSATION], user=owner)
        with ours.database.unit_of_work() as work:
            _copy(work.connection, size - 1, is_owner_kept=owner == OWNER)
            if url:  # the numbers of the copied projects are given
                numbers = "SELECT setval(oid::regclass, 1000000) FROM pg_class WHERE relkind = 'S'"
                work.connection.execute(text(numbers))
        yield ours


def _copy(connection: Connection, count: int, *, is_owner_kept: bool) -> None:
    """Multiply the only project that there is."""
    tables = [metadata.tables[name] for name in ("project", "session", "contact")]
    turns = [metadata.tables[name] for name in ("inbox", "answer_event", "chat_entry", "outbox")]
    [first] = connection.scalars(select(tables[0].c.id))
    for table in (*tables, *turns):
        rows = [dict(row) for row in connection.execute(select(table)).mappings()]
        kept = rows if table in tables else rows[:KEPT_TURNS]
        if is_owner_kept and table.name in ("session", "contact"):
            continue
        copies = [
            _renamed(table, row, first, number, is_owner_kept=is_owner_kept)
            for number in range(1, count + 1)
            for row in kept
        ]
        if copies:
            connection.execute(insert(table), copies)
    assert connection.scalar(select(func.count()).select_from(tables[0])) == count + 1


def _renamed(
    table: Table, row: dict[str, Any], first: int, number: int, *, is_owner_kept: bool
) -> dict[str, Any]:
    """Return a row of another project, and of another user unless the owner is kept."""
    copy = {name: value for name, value in row.items() if name != "id"}
    if table.name == "project":
        copy["id"] = first + number
    if copy.get("project_id"):
        copy["project_id"] = first + number
    for name in NAMED_AFTER_USER:
        if copy.get(name) and not (is_owner_kept and name in ("owner", "person", "user", "chat")):
            copy[name] = f"{copy[name]}-{number}"
    return copy


@contextmanager
def _with_rules(times: int) -> Generator[Subject]:
    """Yield the whole form under a pack whose findings and documents are there several times."""
    with tempfile.TemporaryDirectory(prefix="shenbao-benchmark-") as folder:
        name = f"times{times}"
        shutil.copytree(PACKS / DEFAULT_PACK, Path(folder) / name)
        for file, entries_of in (("findings.yaml", None), ("documents.yaml", "documents")):
            path = Path(folder) / name / file
            content = yaml.safe_load(path.read_text("utf-8"))
            entries = content if entries_of is None else content[entries_of]
            entries += [
                entry | {"id": f"{entry['id']}_{number}"}
                for number in range(2, times + 1)
                for entry in entries
            ]
            path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        before = os.environ.get("SHENBAO_PACKS")
        os.environ["SHENBAO_PACKS"] = folder
        try:
            with _opened(name) as ours:
                yield Subject(times, _form_of(ours))
        finally:
            del os.environ["SHENBAO_PACKS"]
            if before is not None:
                os.environ["SHENBAO_PACKS"] = before


@contextmanager
def _with_catalogue(size: int) -> Generator[Subject]:
    """Yield the turns that come after a catalogue of so many rows was handed in."""
    records = tuple({"name": f"办件信息第{number}类"} | ENTRY for number in range(size))
    with _opened() as ours:

        def play() -> list[float]:
            _played(ours, [BEGIN, *CONVERSATION[:CATALOGUE_ANSWERED]])
            change = Change({"catalogue": records})
            ours.conversation.receive(Incoming(CHANNEL, str(time.monotonic_ns()), OWNER, None, change=change))
            return _played(ours, CONVERSATION[AFTER_CATALOGUE:BEFORE_REVIEW])

        yield Subject(size, play)


def _checks(plan: Plan) -> list[Row]:
    """Check catalogue sheets, which is not part of a turn."""
    rows: list[Row] = []
    for size in (50, 500, 5_000):
        seconds = [taken for taken, _ in checks(size, plan.of(1, 3), "check")]
        figure = f"{statistics.median(seconds) * 1000:,.0f} ms"
        rows.append(Row(PART, "catalogue sheet checked", f"{size:,} rows", figure))
    return rows


def _scans() -> tuple[list[Row], list[str]]:
    """Look at the plan of every statement of the form; say which of them read a whole table, or sort."""
    with _opened() as ours:
        _played(ours, [BEGIN], user=TEMPLATE)
        said: list[str] = []
        with ours.database.unit_of_work() as work:
            driver: Any = work.connection.connection.driver_connection
        driver.set_trace_callback(said.append)
        _played(ours, [BEGIN, *CONVERSATION, "项目"])
        driver.set_trace_callback(None)
        # A row that is inserted is looked for where others refer to it only while references are broken, but
        # the plan always tells of it.
        kinds = {_without_values(one): one for one in said if re.match("SELECT|UPDATE|DELETE", one.lstrip())}
        plans = {kind: _plan(driver, statement) for kind, statement in kinds.items()}
    notes = [f"{kind[:90]}: {step}" for kind, steps in plans.items() for step in steps if _GROWS.search(step)]
    turns = len(CONVERSATION) + 2
    rows = [
        Row(PART, "statements to a turn", "SQLite, the form", f"{len(said) / turns:.1f}"),
        Row(PART, "steps that read a table or sort", f"in {len(plans)} kinds of statement", str(len(notes))),
    ]
    return rows, notes


def _without_values(statement: str) -> str:
    return re.sub(r"'(?:[^']|'')*'|\b\d+\b", "?", " ".join(statement.split()))


def _plan(driver: Any, statement: str) -> list[str]:
    return [str(step[3]) for step in driver.execute(f"EXPLAIN QUERY PLAN {statement}")]
