"""Threads that carry out what is submitted to a server: what waits goes into one transaction.

To begin, to commit, and to wake a thread for it costs a turn as much as half of its statements. But who shares a
transaction waits for the others, and fails with them. So a transaction is shared only as long as all goes well: when
somebody else holds a row, or anything is refused, everything in it is carried out once more, each by itself.
"""

from __future__ import annotations

from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING, Any

from storage.errors import ServerUnavailable, StorageLocked, VersionConflict
from storage.job_queue import JobQueue, tell_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection

    from storage.job_queue import Job

ROW_PATIENCE = 0.05
"""Seconds that a shared transaction waits for a row that somebody else holds."""
_MOST = 8
"""At most so many share a transaction: the first waits for the last."""
_LONGEST = 0.02
"""Seconds after which nobody more is let into a transaction."""


class SharedTransactions:
    """The threads; they begin with the first thing that is submitted."""

    def __init__(
        self,
        transaction: Callable[[], AbstractContextManager[Connection]],
        alone: Callable[[Job], None],
        *,
        threads: int,
    ) -> None:
        """Prepare to work.

        Args:
            transaction: begins one, in which nobody waits for long.
            alone: has a job carried out by itself, by somebody else.
            threads: how many.
        """
        self._transaction = transaction
        self._alone = alone
        self._jobs = JobQueue(self._carry_out, *(f"shared {number}" for number in range(threads)))

    def submit(self, job: Job) -> None:
        """Have something carried out, at once when a thread is free, else together with what waits as well."""
        self._jobs.put(job)

    def close(self) -> None:
        """End the threads after everything that was submitted."""
        self._jobs.close()

    def _carry_out(self, first: Job) -> None:
        jobs: list[Job] = []
        results: list[Any] = []
        try:
            with self._transaction() as connection:
                for job in self._waiting(first):
                    jobs.append(job)
                    results.append(job.carry_out(connection))
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            # A server that went may have kept everything before: to do it again is for who knows what was taken.
            is_final = isinstance(error, ServerUnavailable) or (
                len(jobs) == 1 and not isinstance(error, (StorageLocked, VersionConflict))
            )
            for job in jobs or [first]:
                if is_final:
                    job.fail(error)
                else:
                    self._alone(job)
        else:
            tell_all(jobs, results)

    def _waiting(self, first: Job) -> Iterator[Job]:
        """Yield a job, and those that wait, for as long as the first may wait for the last."""
        full_at = monotonic() + _LONGEST
        yield first
        yield from islice(self._jobs.until(full_at), _MOST - 1)
