"""A thread that carries out what others submit: many to a transaction, so that one sync of the disk serves them all."""

from __future__ import annotations

from collections import deque
from contextvars import Context, copy_context
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from storage.group_commit import LONGEST
from storage.outcome import Outcome, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from storage.group_commit import GroupCommit

Result = TypeVar("Result")


class _Job(NamedTuple):
    """Something to be done in a transaction, and who is told what came of it.

    Attributes:
        act: what is done.
        done: is told.
        ahead: is done before the transaction begins, if there is anything.
        context: of who submitted it, so that what is logged names the turn.
    """

    act: Callable[[Connection], Any]
    done: Callable[[Outcome[Any]], None]
    ahead: Callable[[], None] | None
    context: Context

    def prepare(self) -> None:
        """Do what is done before the transaction."""
        if self.ahead is not None:
            self.context.run(self.ahead)

    def carry_out(self, connection: Connection) -> Any:
        """Do it, and return what it returned."""
        return self.context.run(self.act, connection)


class Writer:
    """The thread; it begins with the first thing that is submitted."""

    def __init__(self, transactions: GroupCommit) -> None:
        """Work in the transactions of a SQLite database."""
        self._transactions = transactions
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._starting = Lock()
        self._thread: Thread | None = None

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
        if self._thread is None:
            self._start()
        self._jobs.put(_Job(act, done, ahead, copy_context()))

    def close(self) -> None:
        """End the thread after everything that was submitted."""
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            thread.join()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._work, name="writer", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            prepared = self._prepared(job)
            while prepared:  # those after one that failed are left
                self._carry_out(self._waiting(prepared))

    def _carry_out(self, waiting: Iterator[_Job]) -> None:
        """Carry out what waits in one transaction; when one of them fails, those before it once more without it."""
        jobs: list[_Job] = []
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
                tell(job.done, Outcome(None, error))
        else:
            for job, result in zip(jobs, results, strict=True):
                tell(job.done, Outcome(result))

    def _prepared(self, first: _Job) -> deque[_Job]:
        """Return a job and those that have come meanwhile, prepared, before others are kept from the database."""
        full_at = monotonic() + LONGEST
        jobs, job = deque[_Job](), first
        while job is not None:
            try:
                job.prepare()
            except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
                tell(job.done, Outcome(None, error))
            else:
                jobs.append(job)
            job = self._next() if monotonic() < full_at else None
        return jobs

    def _waiting(self, prepared: deque[_Job]) -> Iterator[_Job]:
        """Yield those that are prepared, and more that come, for as long as the first may wait for the last."""
        full_at = monotonic() + LONGEST
        while prepared:
            yield prepared.popleft()
        while monotonic() < full_at and (job := self._next()) is not None:
            yield job

    def _next(self) -> _Job | None:
        try:
            job = self._jobs.get_nowait()
        except Empty:
            return None
        if job is None:
            self._jobs.put(None)  # the end comes after this transaction
        return job
