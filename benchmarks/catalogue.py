"""A catalogue of 5,000 rows checked, its copy with problems included: ``python -m benchmarks.catalogue``.

Each run is a program of its own, so that its peak memory is that of the whole process.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from documents.catalogue_sheet import annotate, read_catalogue, write_catalogue
from rules.catalogue_check import check_catalogue

RUNS, ROWS = 5, 5_000
ENTRY = {
    "provider": "示例市政务服务局",
    "summary": "各类办件从受理、办理到办结的全过程情况，由业务系统自动产生，随办件状态变化更新",
    "format": "数据库",
    "items": "办件编号、事项名称、申请人类型、受理时间、承诺期限、办结时间、办理结果",
    "share": "conditional",
    "condition": "用于核对办理结果",
    "method": "共享平台",
    "open": "no",
    "update_cycle": "实时",
}


def entries(rows: int) -> list[dict[str, str]]:
    """Return entries whose texts are all different; every tenth has an error."""
    made: list[dict[str, str]] = []
    for number in range(rows):
        entry = {"name": f"办件信息第{number}类"} | ENTRY
        entry["summary"] += f"（{number}）"
        entry["items"] += f"、字段{number}"
        made.append(entry | ({"condition": ""} if number % 10 == 0 else {}))
    return made


def measure(path: Path, *, copy: bool) -> None:
    """Check one file and print seconds and peak megabytes."""
    begin = time.perf_counter()
    data = path.read_bytes()
    problems = check_catalogue(read_catalogue(data, path.name).rows)
    if copy:
        annotate(data, problems)
    taken = time.perf_counter() - begin
    assert problems
    print(taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def checks(rows: int, runs: int, what: str) -> list[tuple[float, float]]:
    """Return seconds and peak megabytes of several runs on a sheet.

    Args:
        rows: of the sheet.
        runs: how many.
        what: "check", or "copy" for the copy with problems as well.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.xlsx"
        # Written in a process of its own: a child's peak memory begins with its parent's.
        subprocess.run([sys.executable, "-m", "benchmarks.catalogue", path, "write", str(rows)], check=True)  # noqa: S603
        command = [sys.executable, "-m", "benchmarks.catalogue", str(path), what]
        printed = [
            subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603
            for _ in range(runs)
        ]
    return [(float(seconds), float(megabytes)) for seconds, megabytes in printed]


def main() -> None:
    """Print the median of several runs, without and with the copy."""
    match sys.argv[1:]:
        case [path, "write", rows]:
            Path(path).write_bytes(write_catalogue(entries(int(rows))))
        case [path, what]:
            measure(Path(path), copy=what == "copy")
        case _:
            for what in ("check", "copy"):
                found = checks(ROWS, RUNS, what)
                seconds = statistics.median(run[0] for run in found)
                peak = max(run[1] for run in found)
                print(
                    f"catalogue, {ROWS} rows, {what}: median {seconds:.2f} s, peak {peak:.0f} MB ({RUNS} runs)"
                )


if __name__ == "__main__":
    main()
