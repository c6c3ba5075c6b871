"""What is submitted to be carried out in a transaction, and the threads that take it up."""

from __future__ import annotations

from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from storage.outcome import Outcome, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextvars import Context

    from sqlalchemy import Connection


class Job(NamedTuple):
    """Something to be done in a transaction, and who is told what came of it.

    Attributes:
        act: what is done.
        done: is told.
        context: of who submitted it, so that what is logged names the turn.
        ahead: is done before the transaction begins, if there is anything.
    """

    act: Callable[[Connection], Any]
    done: Callable[[Outcome[Any]], None]
    context: Context
    ahead: Callable[[], None] | None = None

    def prepare(self) -> None:
        """Do what is done before the transaction."""
        if self.ahead is not None:
            self.context.run(self.ahead)

    def carry_out(self, connection: Connection) -> Any:
        """Do it, and return what it returned."""
        return self.context.run(self.act, connection)

    def fail(self, error: BaseException) -> None:
        """Tell that nothing was kept."""
        tell(self.done, Outcome(None, error))


def tell_all(jobs: Sequence[Job], results: Sequence[Any]) -> None:
    """Tell of jobs that are kept what each of them returned."""
    for job, result in zip(jobs, results, strict=True):
        tell(job.done, Outcome(result))


class JobQueue:
    """Jobs in the order in which they came; the threads begin with the first of them."""

    def __init__(self, carry_out: Callable[[Job], None], *names: str) -> None:
        """Prepare the threads.

        Args:
            carry_out: takes up a job, and as many more by :meth:`until` as it likes.
            names: of the threads.
        """
        self._carry_out = carry_out
        self._names = names
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._starting = Lock()
        self._threads: list[Thread] = []

    def put(self, job: Job) -> None:
        """Let a thread take up a job."""
        if not self._threads:
            self._start()
        self._jobs.put(job)

    def until(self, moment: float) -> Iterator[Job]:
        """Yield jobs as long as some wait, and none after a moment of the monotonic clock."""
        while monotonic() < moment and (job := self._next()) is not None:
            yield job

    def close(self) -> None:
        """End the threads after everything that was put."""
        with self._starting:
            threads, self._threads = self._threads, []
        for _ in threads:
            self._jobs.put(None)
        for thread in threads:
            thread.join()

    def _next(self) -> Job | None:
        try:
            job = self._jobs.get_nowait()
        except Empty:
            return None
        if job is None:
            self._jobs.put(None)  # the end comes after this transaction
        return job

    def _start(self) -> None:
        with self._starting:
            if not self._threads:
                self._threads = [Thread(target=self._work, name=name, daemon=True) for name in self._names]
                for thread in self._threads:
                    thread.start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._carry_out(job)
