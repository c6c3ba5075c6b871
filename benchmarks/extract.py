"""What reading a description costs: `python -m benchmarks.extract`."""

from __future__ import annotations

import json
import statistics
import time
from datetime import date
from pathlib import Path

from bot.packs import installed_pack
from dialogs.extraction import LONGEST_DESCRIPTION, extract

CASES = Path(__file__).parents[1] / "tests/dialogs/extraction.jsonl"
TODAY = date(2026, 11, 23)


def main() -> None:
    """Print milliseconds a description: the median, the slowest, and one of the greatest length."""
    rules, _ = installed_pack()
    texts = [json.loads(line)["text"] for line in CASES.read_text("utf-8").splitlines()]
    extract(rules, texts[0], TODAY)  # compiles what is compiled once
    taken = [_milliseconds(lambda text=text: extract(rules, text, TODAY)) for text in texts]
    page = "\n".join(texts)[:LONGEST_DESCRIPTION]
    longest = _milliseconds(lambda: extract(rules, page, TODAY))
    print(
        f"descriptions {len(texts)}  median {statistics.median(taken):.2f} ms  slowest {max(taken):.1f} ms  "
        f"{len(page)} characters {longest:.0f} ms"
    )


def _milliseconds(run: object) -> float:
    assert callable(run)
    began = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main()
