"""A thread that carries out what others submit: many to a transaction, so that one sync of the disk serves them all."""

from __future__ import annotations

from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from storage.group_commit import LONGEST, driver_of, savepoint
from storage.outcome import Outcome, outcome_of, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from storage.group_commit import GroupCommit

Result = TypeVar("Result")


class _Job:
    """Something to be done in a transaction, and who is told what came of it."""

    __slots__ = ("_act", "_context", "_done", "_outcome")

    def __init__(self, act: Callable[[Connection], Any], done: Callable[[Outcome[Any]], None]) -> None:
        self._act = act
        self._context = copy_context()  # what is logged names the turn
        self._done = done
        self._outcome: Outcome[Any] = Outcome(None)

    def carry_out(self, connection: Connection) -> None:
        """Do it; what it raises is told only to who wanted it.

        Raises:
            BaseException: what it raised, when SQLite has given up the transaction over it.
        """
        driver = driver_of(connection)

        def behind_savepoint() -> Any:
            with savepoint(driver):
                return self._context.run(self._act, connection)

        self._outcome = outcome_of(behind_savepoint)
        if self._outcome.error is not None and not driver.in_transaction:
            raise self._outcome.error

    def end(self, failure: BaseException | None) -> None:
        """Tell what came of it: after the commit, or when that failed, with its error."""
        tell(self._done, self._outcome if failure is None else Outcome(None, failure))


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

    def submit(self, act: Callable[[Connection], Result], done: Callable[[Outcome[Result]], None]) -> None:
        """Have something carried out in a transaction.

        Args:
            act: what is done in it.
            done: is told what came of it, once that is on the disk; in the thread, so it must be quick.
        """
        if self._thread is None:
            self._start()
        self._jobs.put(_Job(act, done))

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
            self._share_transaction(job)

    def _share_transaction(self, first: _Job) -> None:
        jobs = [first]
        failure: BaseException | None = None
        full_at: float | None = None
        try:
            with self._transactions.transaction() as connection:
                full_at = monotonic() + LONGEST
                first.carry_out(connection)
                while monotonic() < full_at and (job := self._next()) is not None:
                    jobs.append(job)
                    job.carry_out(connection)
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            failure = error
            if full_at is None:
                # Those behind it have waited as well; each of them need not wait that long again.
                jobs += iter(self._next, None)
        for job in jobs:
            job.end(failure)

    def _next(self) -> _Job | None:
        try:
            job = self._jobs.get_nowait()
        except Empty:
            return None
        if job is None:
            self._jobs.put(None)  # the end comes after this transaction
        return job
