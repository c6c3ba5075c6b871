"""The jobs of the workers, as Procrastinate runs them: each once, on whichever machine is free.

The outbox is the truth: a job only says that it is a message's turn, and one that is lost is put again.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, cast

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Status

from bot.delivery.desk import LEASE
from bot.reminders.promote import promote
from bot.reminders.schedule import resync_all
from bot.retention import tidy
from bot.worker.schema import SEARCH_PATH
from storage.errors import StorageError
from storage.postgresql import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from procrastinate.jobs import Job

    from bot.conversation import Conversation
    from bot.retention import Tidied
    from bot.web.settings import Retention, Working
    from bot.worker.courier import Courier
    from storage.messages import Head

HOUSEKEEPING = "housekeeping"
"""The queue of everything that is not sending."""
HEARTBEATS = 6
"""Signs of life that a worker gives in the time after which it is taken for dead."""
_FORGOTTEN = 20
"""Times of that after which Procrastinate forgets that there was such a worker."""
_LONGEST_CRON = 60
_CONNECT = 5.0
"""Seconds that a connection is tried for; after that it is tried when it is needed, as soon as the server is back."""
_TRIES = 3
_DELIVER = "deliver"
_RESYNC = "resync"
_log = logging.getLogger(__name__)


def connector(url: str) -> PsycopgConnector:
    """Return Procrastinate's way to the database; ``url`` as libpq reads it."""
    return PsycopgConnector(
        conninfo=url,
        min_size=1,
        max_size=6,
        timeout=_CONNECT,
        reconnect_timeout=_CONNECT,
        kwargs={**PATIENCE, "options": SEARCH_PATH, "application_name": "shenbao worker"},
    )


class Jobs:
    """The jobs of one worker process.

    Attributes:
        app: runs them.
    """

    def __init__(
        self,
        url: str,
        conversation: Conversation,
        couriers: Mapping[str, Courier],
        retention: Retention,
        working: Working,
    ) -> None:
        """Prepare the jobs.

        Args:
            url: of the database, as libpq reads it.
            conversation: knows the database, the rules and the clock.
            couriers: who sends, by channel.
            retention: how long things are kept.
            working: how often to look after what is not sending.
        """
        self._conversation = conversation
        self._couriers = couriers
        self._retention = retention
        self._stalled = float(working.take_over_seconds)
        self._doing_since: dict[str, dict[int, float]] = {}
        self.app = App(connector=connector(url))
        self._deliver = self.app.task(name=_DELIVER)(self._send)
        self._resync = self.app.task(name=_RESYNC, queue=HOUSEKEEPING)(self._sync)
        for cron, work in (
            (_every(working.remind_seconds), self._remind),
            (_every(working.take_over_seconds), self._sweep),
            ("17 3 * * *", self._tidy),
            ("11 0 * * *", self._daily),
        ):
            name = work.__name__.strip("_")
            task = self.app.task(name=name, queue=HOUSEKEEPING, queueing_lock=name)(work)
            self.app.periodic(cron=cron)(task)

    unusable = ConnectorException
    """Raised when the database cannot be used."""

    @property
    def queues(self) -> list[str]:
        """What this process works on."""
        return [HOUSEKEEPING, *self._couriers]

    async def feed(self, channel: str, *, newest_first: bool) -> int:
        """Say of messages that are due that it is their turn: not of more than can leave within two seconds.

        Args:
            channel: whose messages.
            newest_first: so that who has just said something does not wait until thousands are reminded.

        Returns:
            How many it was said of.

        Raises:
            StorageError, ConnectorException: the database cannot be used now.
        """
        at_hand = list(await self.app.job_manager.list_jobs_async(queue=channel))
        await self._end_abandoned(channel, at_hand)
        room = max(2, int(2 * self._couriers[channel].limits.per_second)) - len(at_hand)
        if room <= 0:
            return 0
        known = {job.queueing_lock for job in at_hand}
        heads = await asyncio.to_thread(self._heads, channel, room, newest_first)
        fed = 0
        for head in heads:
            if str(head.id) in known:
                continue
            job = self._deliver.configure(queue=channel, lock=head.chat, queueing_lock=str(head.id))
            try:
                await job.defer_async(channel=channel, message_id=head.id)
                fed += 1
            except AlreadyEnqueued:
                continue
        return fed

    async def run(self, *, concurrency: int, grace: float) -> None:
        """Work until cancelled; what is under way is finished first, for ``grace`` seconds."""
        # An answer of yesterday's rules or calendar may be another today; once for all workers that start together.
        try:
            await self._resync.configure(queueing_lock=_RESYNC).defer_async()
        except AlreadyEnqueued:
            _log.debug("the due dates are to be worked out anew already")
        await self.app.run_worker_async(
            queues=self.queues,
            concurrency=concurrency,
            fetch_job_polling_interval=1.0,
            install_signal_handlers=False,
            delete_jobs="always",
            shutdown_graceful_timeout=grace,
            update_heartbeat_interval=self._stalled / HEARTBEATS,
            # It only forgets them; whether one has died, the sweep finds out.
            stalled_worker_timeout=_FORGOTTEN * self._stalled,
        )

    async def _end_abandoned(self, channel: str, jobs: Sequence[Job]) -> None:
        """End jobs that hold their chat and send nothing: their end could not be written down, the worker lives.

        One that is at work holds its message.
        """
        now = asyncio.get_running_loop().time()
        doing = {job.id: job for job in jobs if job.id is not None and job.status == Status.DOING.value}
        known = self._doing_since.get(channel, {})
        since = self._doing_since[channel] = {number: known.get(number, now) for number in doing}
        late = {
            number: _message_of(job) for number, job in doing.items() if now - since[number] >= self._stalled
        }
        if not late:
            return
        held = await asyncio.to_thread(self._held, list(late.values()))
        for number, message_id in late.items():
            if message_id not in held:
                _log.warning("%s: a job that was abandoned is ended, its message is %d", channel, message_id)
                with suppress(ConnectorException):  # another worker has ended it
                    await self.app.job_manager.finish_job_by_id_async(number, Status.ABORTED, delete_job=True)

    def _held(self, message_ids: Sequence[int]) -> set[int]:
        with self._conversation.database.unit_of_work() as work:
            return work.outbox.held(message_ids, at=self._conversation.clock.now())

    def _release_all(self, channel: str, attended: Sequence[int]) -> int:
        """Take back what was taken longer ago than a worker may be silent, and has no job."""
        with self._conversation.database.unit_of_work() as work:
            lease_before = self._conversation.clock.now() + LEASE - timedelta(seconds=self._stalled)
            return work.outbox.release_all(channel, lease_before=lease_before, except_for=attended)

    def _heads(self, channel: str, limit: int, newest_first: bool) -> list[Head]:  # noqa: FBT001 - in a thread
        with self._conversation.database.unit_of_work() as work:
            now = self._conversation.clock.now()
            work.pace.mend(now)
            return work.outbox.heads(channel=channel, at=now, limit=limit, newest_first=newest_first)

    async def _send(self, channel: str, message_id: int) -> None:
        """Send a message of the outbox."""
        try:
            await self._couriers[channel].deliver(message_id)
        except Exception as error:  # noqa: BLE001 - the outbox still has it, and its turn comes again
            # no traceback: it may hold what was said
            _log.error("%s: message %d waits: %s", channel, message_id, type(error).__name__)

    async def _remind(self, timestamp: int) -> None:  # noqa: ARG002 - the clock says it more exactly
        """Put reminders into the outbox whose moment has come."""
        count = await self._in_thread(promote, self._conversation)
        if count:
            _log.info("%d reminders are in the outbox", count)

    async def _sweep(self, timestamp: int) -> None:  # noqa: ARG002
        """Put jobs again whose worker has died: they say nothing of whether the message went out, the outbox does."""
        for job in await self._stalled_jobs():
            try:
                await self.app.job_manager.retry_job(job)
            except UniqueViolation:  # the same is to be done already
                await self.app.job_manager.finish_job(job, Status.ABORTED, delete_job=True)
            except ConnectorException as error:  # somebody else has put it again
                _log.info("job %s of a worker that died: %s", job.id, type(error).__name__)
            else:
                _log.warning("job %s of a worker that died is put again", job.id)
        for channel in self._couriers:
            # Who stood still and goes on ends the job that another has meanwhile: when that one dies, none is left.
            jobs = await self.app.job_manager.list_jobs_async(queue=channel)
            released = await self._in_thread(self._release_all, channel, [_message_of(job) for job in jobs])
            if released:
                _log.warning("%s: %d messages that were taken and have no job wait again", channel, released)

    async def _stalled_jobs(self) -> list[Job]:
        """Return the jobs of workers that died: those that gave no sign of life for long, and give none now either.

        When the database was away, or all machines stood still, all have been silent for long.
        """
        get = partial(self.app.job_manager.get_stalled_jobs, seconds_since_heartbeat=self._stalled)
        silent = {job.id for job in await get()}
        if not silent:
            return []
        await asyncio.sleep(2 * self._stalled / HEARTBEATS)
        return [job for job in await get() if job.id in silent]

    async def _tidy(self, timestamp: int) -> None:  # noqa: ARG002
        """Delete what need not be kept any longer."""
        await self._in_thread(tidy, self._conversation, self._retention)

    async def _daily(self, timestamp: int) -> None:  # noqa: ARG002
        await self._sync()

    async def _sync(self) -> None:
        """Work the due dates out anew: rules, calendar or program may be others than before."""
        for _ in range(_TRIES):  # others may be at the same projects
            if await self._in_thread(resync_all, self._conversation) is not None:
                return

    async def _in_thread(self, work: Callable[..., int | Tidied], *arguments: object) -> int | Tidied | None:
        """Do something that is tried again the next time anyway; return None when it failed."""
        try:
            return await asyncio.to_thread(work, *arguments)
        except StorageError as error:
            _log.error("%s waits: %s", work.__name__, type(error).__name__)
            return None


def _message_of(job: Job) -> int:
    return cast("int", job.task_kwargs["message_id"])


def _every(seconds: int) -> str:
    """Return the cron expression for every so many seconds, every minute at least."""
    return "* * * * * 0" if seconds >= _LONGEST_CRON else f"* * * * * */{seconds}"
