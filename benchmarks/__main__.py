"""Everything that is measured, in one table: ``python -m benchmarks [--quick] [--write] [PART …]``."""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
from importlib import import_module
from typing import TYPE_CHECKING

from benchmarks.report import Plan, Result, Row, as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

PARTS = {
    "turns": "benchmarks.throughput",
    "losses": "benchmarks.losses",
    "growth": "benchmarks.growth",
    "drafts": "benchmarks.drafts",
    "rest": "benchmarks.rest",
}


def main() -> None:
    """Measure the parts that are named, or all, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; without one, all")
    parser.add_argument("--quick", action="store_true", help="a minute or two, for a look")
    parser.add_argument("--write", action="store_true", help="put the table and the plot into docs/")
    options = parser.parse_args()
    wanted = options.parts or list(PARTS)
    if unknown := [part for part in wanted if part not in PARTS]:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing is left on the servers
    results = measure(wanted, Plan(options.quick))
    print(as_text([row for result in results for row in result.rows]))
    for note in [note for result in results for note in result.notes]:
        print(note)
    if options.write:
        from benchmarks.document import write

        write(results, "python -m benchmarks" + (" --quick" if options.quick else ""))


def measure(parts: Sequence[str], plan: Plan) -> list[Result]:
    """Measure, and say meanwhile what is being measured."""
    results: list[Result] = []
    for part in parts:
        began = time.perf_counter()
        print(f"{part} …", end=" ", flush=True)
        try:
            results.append(import_module(PARTS[part]).measure(plan))
        except Exception as error:  # noqa: BLE001 - what the other parts took minutes to find is not thrown away
            traceback.print_exc()
            results.append(Result([Row(part, f"failed: {type(error).__name__}", "", "")]))
        print(f"{time.perf_counter() - began:.0f} s", flush=True)
    return results


if __name__ == "__main__":
    main()
