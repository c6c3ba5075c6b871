"""The program, started again and again without importing it anew: a parent has it loaded, and forks.

Each life is the whole ``shenbao serve`` or ``shenbao worker`` in a process of its own, which a test may kill at any
moment. Run as a program this module is that parent: it reads what to do, a line each, and answers with a number.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

ROOT = Path(__file__).resolve().parents[2]


class Parent:
    """Has the program loaded, and forks; threads share it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lock = Lock()

    def asks(self, **order: object) -> int:
        """Give an order; return the number that answers it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(f"{json.dumps(order)}\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())


class Lives:
    """The lives of one program; it lives at most once at a time.

    Attributes:
        is_living: it was begun, and not ended; it may have ended by itself.
        count: how often it was begun.
    """

    def __init__(
        self, parent: Parent, arguments: list[str], environment: dict[str, str], errors: Path | None = None
    ) -> None:
        """Prepare a program.

        Args:
            parent: forks it.
            arguments: of the command line.
            environment: what the program's environment has besides that of its parent.
            errors: a file that gets what it says on stderr; None for that of its parent.
        """
        self._parent = parent
        self._order = {"arguments": arguments, "environment": environment, "errors": str(errors or "")}
        self._process = 0
        self.is_living = False
        self.count = 0

    def begin(self) -> None:
        """Start the program."""
        self._process = self._parent.asks(**self._order)
        self.is_living = True
        self.count += 1

    def tell(self, number: signal.Signals) -> None:
        """Send a signal; one that is gone needs none."""
        with suppress(ProcessLookupError):
            os.kill(self._process, number)

    def end(self, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal, and wait until the program is gone; return how it ended, as ``Popen`` does."""
        self.tell(number)
        self.is_living = False
        return self._parent.asks(wait=self._process)


@contextmanager
def parenthood(errors: Path) -> Generator[Parent]:
    """Load the program; at the end every life is killed.

    Args:
        errors: a file that gets what is said on stderr.
    """
    with (
        errors.open("w", encoding="utf-8") as said,
        subprocess.Popen(  # noqa: S603
            [sys.executable, __file__],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "PYTHONUTF8": "1",
                "PYTHONFAULTHANDLER": "1",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            encoding="utf-8",
            start_new_session=True,
        ) as process,
    ):
        try:
            yield Parent(process)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def _give_birth(order: dict[str, object]) -> int:
    """Fork, and run the program in the child; return the child's number."""
    from bot.cli import main

    process = os.fork()
    if process != 0:
        return process
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, sys.stdin.fileno())
    os.dup2(nothing, sys.stdout.fileno())
    if order["errors"]:
        said = os.open(str(order["errors"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(said, sys.stderr.fileno())
    os.environ.update(order["environment"])  # type: ignore[arg-type]
    sys.argv = ["shenbao", *order["arguments"]]  # type: ignore[misc]
    try:
        main()
    except SystemExit as error:
        os._exit(error.code if isinstance(error.code, int) else 1)
    os._exit(1)


def _stay() -> None:
    # What each life would import and compile, once for all of them.
    import bot.reminders.promote
    import bot.retention
    import bot.serve
    import bot.service
    import bot.telegram.running
    import bot.web.app
    from bot.packs import installed_pack

    with suppress(ModuleNotFoundError):  # only a server has its driver
        import bot.worker.courier
        import bot.worker.jobs
        import bot.worker.running  # noqa: F401

    installed_pack()
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = _give_birth(order)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _stay()
