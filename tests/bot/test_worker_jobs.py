"""Workers on one PostgreSQL: each message once, in the order of its chat, and what a dead one held is put again."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Any

import msgspec
import psycopg
import pytest
from delivering import CHANNEL, Channel, JumpingClock, Post

from bot.clock import SystemClock
from bot.conversation import Conversation
from bot.web.settings import Retention, Working
from bot.worker.courier import Courier
from bot.worker.jobs import Jobs
from bot.worker.schema import prepare
from storage.database import Database, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 30.0


@pytest.fixture
def kept(postgresql: str) -> Iterator[Database]:
    with open_database(postgresql) as database:
        database.migrate()
        prepare(postgresql)
        with psycopg.connect(postgresql, autocommit=True) as operator:
            operator.execute(
                "TRUNCATE procrastinate.procrastinate_jobs, procrastinate.procrastinate_workers CASCADE"
            )
        yield database


class Town(Post):
    """An outbox in real time, and workers that empty it."""

    def __init__(self, database: Database, url: str) -> None:
        super().__init__(
            Conversation(database, SystemClock()), SystemClock(), Channel(JumpingClock(), interval=0)
        )
        self.limits = msgspec.structs.replace(self.limits, per_second=1000)
        self.url = url

    def jobs(self, owner: str) -> Jobs:
        courier = Courier(self.conversation, self.channel, self.limits, owner=owner)
        return Jobs(self.url, self.conversation, {CHANNEL: courier}, Retention(), Working())

    async def work(self, *workers: Jobs, until: int) -> None:
        """Let workers work side by side until so many messages are out."""
        async with AsyncExitStack() as stack, asyncio.timeout(PATIENCE):
            running: list[asyncio.Task[None]] = []
            for worker in workers:
                await stack.enter_async_context(worker.app.open_async())
                running.append(asyncio.create_task(worker.run(concurrency=8, grace=5)))
            while len(self.channel.got) < until:
                for worker in workers:
                    await worker.feed(CHANNEL, newest_first=False)
                await asyncio.sleep(0.02)
            for task in running:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


@pytest.fixture
def town(kept: Database, postgresql: str) -> Town:
    return Town(kept, postgresql)


def test_two_workers_send_everything_once_and_in_order(town: Town) -> None:
    for number in range(8):
        for user in ("anna", "berta", "carla"):
            town.put(user, f"{number}")
    asyncio.run(town.work(town.jobs("one"), town.jobs("another"), until=24))
    said: defaultdict[str, list[str]] = defaultdict(list)
    for got in town.channel.got:
        said[got.user].append(got.text)
    assert said == {user: [str(number) for number in range(8)] for user in ("anna", "berta", "carla")}
    assert set(town.statuses) == {"sent"}


def test_a_message_becomes_a_job_once(town: Town) -> None:
    town.put("anna", "first")
    town.put("anna", "second")
    town.put("berta", "text", after=3600)
    jobs = town.jobs("one")

    async def feed_twice() -> list[int]:
        async with jobs.app.open_async():
            return [await jobs.feed(CHANNEL, newest_first=newest) for newest in (False, True)]

    assert asyncio.run(feed_twice()) == [1, 0]


def test_no_more_jobs_are_put_than_can_leave_soon(town: Town) -> None:
    town.limits = msgspec.structs.replace(town.limits, per_second=3)
    for number in range(20):
        town.put(f"user {number}", "text")
    jobs = town.jobs("one")

    async def feed_twice() -> list[int]:
        async with jobs.app.open_async():
            return [await jobs.feed(CHANNEL, newest_first=newest) for newest in (False, True)]

    assert asyncio.run(feed_twice()) == [6, 0]


async def silent_worker(jobs: Jobs, postgresql: str) -> int:
    """Begin the first job as a worker that gives no sign of life since."""
    await jobs.feed(CHANNEL, newest_first=False)
    worker = await jobs.app.job_manager.register_worker()
    await jobs.app.job_manager.fetch_job([CHANNEL], worker_id=worker)
    with psycopg.connect(postgresql, autocommit=True) as operator:
        operator.execute(
            "UPDATE procrastinate.procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
        )
    return worker


def test_the_job_of_a_worker_that_died_is_put_again(town: Town, postgresql: str) -> None:
    town.put("anna", "text")
    (message,) = town.rows()
    sweeper = town.jobs("one")
    sweeper._stalled = 0.01

    async def main() -> None:
        async with sweeper.app.open_async():
            await silent_worker(sweeper, postgresql)
            await sweeper._sweep(0)
        await town.work(town.jobs("another"), until=1)

    asyncio.run(main())
    assert town.channel.texts == ["text"]
    assert town.rows()[0].status == "sent"
    assert message.id == town.rows()[0].id


def test_a_worker_that_gives_a_sign_of_life_after_all_keeps_its_job(
    town: Town, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.put("anna", "text")
    jobs = town.jobs("one")
    manager = jobs.app.job_manager
    looks: list[int] = []

    async def main() -> None:
        async with jobs.app.open_async():
            worker = await silent_worker(jobs, postgresql)
            get = manager.get_stalled_jobs

            async def get_and_give_a_sign(**given: Any) -> Any:
                found = list(await get(**given))
                looks.append(len(found))
                await manager.update_heartbeat(worker)
                return found

            monkeypatch.setattr(manager, "get_stalled_jobs", get_and_give_a_sign)
            monkeypatch.setattr("bot.worker.jobs.HEARTBEATS", 10**6)
            await jobs._sweep(0)
            assert len(list(await manager.list_jobs_async(queue=CHANNEL, status="doing"))) == 1

    asyncio.run(main())
    assert looks == [1, 0]


def test_what_a_worker_held_is_sent_though_its_job_is_gone(town: Town) -> None:
    town.put("anna", "text")
    town.put("berta", "text")
    town.put("carla", "text")
    for number, seconds in enumerate((60, 60, 0)):
        town.take(number, ago=seconds)
    jobs = town.jobs("one")

    async def main() -> None:
        async with jobs.app.open_async():
            await jobs._deliver.configure(queue=CHANNEL).defer_async(
                channel=CHANNEL, message_id=town.rows()[1].id
            )
            await jobs._sweep(0)

    asyncio.run(main())
    assert [(row.owner, row.ambiguous) for row in town.rows()] == [(None, 1), ("another", 0), ("another", 0)]


def test_a_job_whose_end_was_not_written_down_does_not_hold_its_chat(town: Town) -> None:
    town.put("anna", "first")
    town.put("anna", "second")
    jobs = town.jobs("one")

    async def main() -> None:
        async with jobs.app.open_async():
            await jobs.feed(CHANNEL, newest_first=False)
            manager = jobs.app.job_manager
            alive = await manager.register_worker()
            job = await manager.fetch_job([CHANNEL], worker_id=alive)
            assert job is not None
            await jobs._send(**job.task_kwargs)
            await jobs.feed(CHANNEL, newest_first=False)
            assert len(list(await manager.list_jobs_async(queue=CHANNEL, status="doing"))) == 1, (
                "it may be at work"
            )
            jobs._stalled = 0.0
        await town.work(jobs, until=2)

    asyncio.run(main())
    assert town.channel.texts == ["first", "second"]


def test_the_tables_of_another_version_are_made_anew(kept: Database, postgresql: str) -> None:
    del kept
    assert not prepare(postgresql)
    with psycopg.connect(postgresql, autocommit=True) as operator:
        operator.execute("COMMENT ON SCHEMA procrastinate IS 'procrastinate 1.0'")
    assert prepare(postgresql)
    assert not prepare(postgresql)
