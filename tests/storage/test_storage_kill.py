"""An answer that was acknowledged survives the process that took it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

import pytest

from storage.database import open_database

if TYPE_CHECKING:
    from storage.database import Database
    from storage.projects import Project

ANSWERING = Path(__file__).with_name("answering.py")
LONGEST_RUN = 60.0


def kill_after(acknowledged: int, path: Path, project_id: int) -> list[int]:
    """Kill an answering process once it has printed so many numbers; return all it has printed."""
    arguments = [sys.executable, str(ANSWERING), str(path), str(project_id)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        guard = Timer(LONGEST_RUN, process.kill)
        guard.start()
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(acknowledged)]
        process.kill()
        guard.cancel()
        # what it printed between the last line we waited for and its end
        lines += process.stdout.readlines()
    return [int(line) for line in lines if line.endswith("\n")]


@pytest.mark.slow
def test_every_acknowledged_answer_survives_kill_9(
    file: Path, file_database: Database, project: Project
) -> None:
    file_database.close()
    printed: list[int] = []
    for acknowledged in (1, 20, 150):
        printed += kill_after(acknowledged, file, project.id)

    with open_database(file) as database, database.unit_of_work() as work:
        kept = [int(event.payload) for event in work.events.list_for(project.id)]
        last = work.projects.get(project.id)
        assert work.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    assert len(printed) >= 171
    assert set(printed) <= set(kept)
    # an answer that was committed but not yet printed is kept as well, whole
    assert kept == list(range(1, last.version))
    assert last.state == b"%d" % kept[-1]
