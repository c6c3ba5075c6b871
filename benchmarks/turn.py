"""One turn of the conversation in memory, and start to first question: ``python -m benchmarks.turn``."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from bot.packs import installed_pack
from dialogs.dialogue import Dialogue
from dialogs.draft import dump_draft, load_draft

STARTS = 5
TODAY = date(2026, 11, 23)
CONVERSATION = [
    "否",
    "1",
    "3",
    "新建",
    "工程类",
    "1500万",
    "600万",
    "自治区500万、市级1000万",
    "是",
    "3年",
    "列入年度部门预算",
    "0",
    "是",
    "否",
    "否",
    "是",
    "是",
    "是",
    "否",
    "是",
    "否",
    "否",
    "是",
    "是",
    "1,2",
    "是",
    "是",
    "是",
    "是",
    "办件信息",
    "市局",
    "摘要",
    "数据库",
    "编号",
    "1",
    "平台",
    "否",
    "实时",
    "完成",
    "3",
    "否",
    "2",
    "是",
    "示例单位",
    "同上",
    "张三",
    "0952-2012345",
    "跳过",
    "示例平台",
    "示例地址",
    "示例依据",
    "2027年3月至12月",
    "已完成",
    "跳过",
    "内容",
    "等保三级",
    "密码",
    "跳过本节",
    "1",
    "复核",
    "修改",
    "3",
    "600万",
    "返回",
]


def turns() -> list[float]:
    """Return the milliseconds of each turn: load, parse, step, verdict, message, dump."""
    dialogue = Dialogue(installed_pack()[0])
    stored = dump_draft(dialogue.begin(as_of=TODAY).draft)
    times: list[float] = []
    for typed in CONVERSATION:
        begin = time.perf_counter()
        result = dialogue.step(load_draft(stored), typed, as_of=TODAY)
        stored = dump_draft(result.draft)
        times.append((time.perf_counter() - begin) * 1000)
    return times


def start() -> float:
    """Return the seconds from the command to its first question, on a database that exists."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bot", "--data", folder]
        subprocess.run(command, input="", capture_output=True, text=True, check=False)  # noqa: S603
        begin = time.perf_counter()
        with subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("=="):
                    break
            taken = time.perf_counter() - begin
            process.kill()
    return taken


def main() -> None:
    """Print both figures."""
    turns()
    times = sorted(time for _ in range(5) for time in turns())
    tail = times[int(len(times) * 0.99)]
    print(f"turn: median {statistics.median(times):.2f} ms, p99 {tail:.2f} ms ({len(times)} turns)")
    starts = [start() for _ in range(STARTS)]
    print(f"start to first question: median {statistics.median(starts):.2f} s ({STARTS} starts)")


if __name__ == "__main__":
    main()
