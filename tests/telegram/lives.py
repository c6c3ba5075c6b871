"""The program, started again and again without importing it anew: a parent has it loaded, and forks.

Each life is the whole ``shenbao serve --telegram`` in a process of its own, which a test may kill at any moment.
Run as a program this module is that parent: it reads what to start, a line each, and answers with the process.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

ROOT = Path(__file__).resolve().parents[2]


class Lives:
    """The lives of one program; it lives at most once at a time."""

    def __init__(
        self, parent: subprocess.Popen[str], arguments: list[str], environment: dict[str, str]
    ) -> None:
        self._parent = parent
        self._order = json.dumps({"arguments": arguments, "environment": environment})
        self._process = 0
        self.count = 0

    def begin(self) -> None:
        """Start the program."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write(f"{self._order}\n")
        self._parent.stdin.flush()
        self._process = int(self._parent.stdout.readline())
        self.count += 1

    def end(self, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal, and wait until the program is gone; return how it ended, as ``Popen`` does."""
        assert self._parent.stdout is not None
        with suppress(ProcessLookupError):
            os.kill(self._process, number)
        return int(self._parent.stdout.readline())


@contextmanager
def lives(arguments: list[str], environment: dict[str, str], errors: Path) -> Generator[Lives]:
    """Load the program; at the end the last life is killed.

    Args:
        arguments: of the command line.
        environment: what the program's environment has besides PATH.
        errors: a file that gets what it says on stderr.
    """
    with (
        errors.open("w", encoding="utf-8") as said,
        subprocess.Popen(  # noqa: S603
            [sys.executable, __file__],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            encoding="utf-8",
            start_new_session=True,
        ) as parent,
    ):
        try:
            yield Lives(parent, arguments, environment)
        finally:
            os.killpg(parent.pid, signal.SIGKILL)


def _give_birth(order: dict[str, object], answers: IO[str]) -> None:
    """Fork, run the program in the child, and say how it ended."""
    from bot.cli import main

    process = os.fork()
    if process == 0:
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, sys.stdin.fileno())
        os.dup2(nothing, sys.stdout.fileno())
        os.environ.update(order["environment"])  # type: ignore[arg-type]
        sys.argv = ["shenbao", *order["arguments"]]  # type: ignore[misc]
        try:
            main()
        except SystemExit as error:
            os._exit(error.code if isinstance(error.code, int) else 1)
        os._exit(1)
    answers.write(f"{process}\n")
    answers.flush()
    _, status = os.waitpid(process, 0)
    answers.write(f"{os.waitstatus_to_exitcode(status)}\n")
    answers.flush()


def _stay() -> None:
    # What each life would import and compile, once for all of them.
    import bot.reminders.promote
    import bot.retention
    import bot.serve
    import bot.service
    import bot.telegram.running
    import bot.web.app  # noqa: F401
    from bot.packs import installed_pack

    installed_pack()
    for line in sys.stdin:
        _give_birth(json.loads(line), sys.stdout)


if __name__ == "__main__":
    _stay()
