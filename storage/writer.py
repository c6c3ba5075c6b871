"""A thread that carries out what others submit: many to a transaction, so that one sync of the disk serves them all."""

from __future__ import annotations

from collections import deque
from contextvars import copy_context
from itertools import chain
from queue import SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from storage.group_commit import LONGEST
from storage.job_queue import Job, JobQueue, tell_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from storage.group_commit import GroupCommit
    from storage.outcome import Outcome

Result = TypeVar("Result")


class Writer:
    """The thread; it begins with the first thing that is submitted."""

    def __init__(self, transactions: GroupCommit) -> None:
        """Work in the transactions of a SQLite database."""
        self._transactions = transactions
        self._jobs = JobQueue(self._serve, "writer")

    def run(self, act: Callable[[Connection], Result]) -> Result:
        """Carry something out in a transaction, and return what it returned; in this thread when nobody else is at it.

        Raises:
            StorageError: nothing was kept.
        """
        if self._transactions.is_idle:
            with self._transactions.transaction() as connection:
                return act(connection)
        outcomes: SimpleQueue[Outcome[Result]] = SimpleQueue()
        self.submit(act, outcomes.put)
        return outcomes.get().get()

    def submit(
        self,
        act: Callable[[Connection], Result],
        done: Callable[[Outcome[Result]], None],
        ahead: Callable[[], None] | None = None,
    ) -> None:
        """Have something carried out in a transaction.

        Args:
            act: what is done in it; what it does besides is done again when another fails that shares it.
            done: is told what came of it, once that is on the disk; in the thread, so it must be quick.
            ahead: is done before it, in the thread as well; when it raises, nothing more is done.
        """
        self._jobs.put(Job(act, done, copy_context(), ahead))

    def close(self) -> None:
        """End the thread after everything that was submitted."""
        self._jobs.close()

    def _serve(self, job: Job) -> None:
        prepared = self._prepared(job)
        while prepared:  # those after one that failed are left
            self._carry_out(self._waiting(prepared))

    def _carry_out(self, waiting: Iterator[Job]) -> None:
        """Carry out what waits in one transaction; when one of them fails, those before it once more without it."""
        jobs: list[Job] = []
        results: list[Any] = []
        try:
            with self._transactions.transaction() as connection:
                for job in waiting:
                    jobs.append(job)
                    results.append(job.carry_out(connection))
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            if not jobs:
                # All have waited in vain; each of them need not wait that long again.
                jobs = list(waiting)
            elif len(results) < len(jobs):
                # A savepoint around each would leave the others as they are, and cost every turn 8 % of its time.
                *before, failed = jobs
                if before:
                    self._carry_out(iter(before))
                jobs = [failed]
            for job in jobs:
                job.fail(error)
        else:
            tell_all(jobs, results)

    def _prepared(self, first: Job) -> deque[Job]:
        """Return a job and those that have come meanwhile, prepared, before others are kept from the database."""
        full_at = monotonic() + LONGEST
        jobs = deque[Job]()
        for job in chain((first,), self._jobs.until(full_at)):
            try:
                job.prepare()
            except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
                job.fail(error)
            else:
                jobs.append(job)
        return jobs

    def _waiting(self, prepared: deque[Job]) -> Iterator[Job]:
        """Yield those that are prepared, and more that come, for as long as the first may wait for the last."""
        full_at = monotonic() + LONGEST
        while prepared:
            yield prepared.popleft()
        yield from self._jobs.until(full_at)
