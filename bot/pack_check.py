"""``shenbao pack check DIR``: every fault of a rule pack, for the officials who write one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.packs import PackNotFoundError, read_pack_files
from bot.translation import translator
from rules.check import check_pack
from rules.loader import load_rules
from rules.messages import pack_messages
from rules.ruleset import Fault, PackError
from rules.text import T

if TYPE_CHECKING:
    from pathlib import Path

    from rules.ruleset import RuleSet
    from rules.text import Translate

OK, FAULTY, BAD_INPUT = 0, 1, 2


def run_pack_check(folder: Path, translate: Translate = str) -> int:
    """Print every fault of the pack in ``folder`` as file, entry and reason; return 0 when there is none, else 1."""
    try:
        files = read_pack_files(folder)
    except PackNotFoundError:
        sys.stderr.write(T("没有文件夹「{path}」。", path=str(folder)).render(translate) + "\n")
        return BAD_INPUT
    except OSError as error:
        reason = T("「{path}」打不开：{reason}。", path=str(folder), reason=str(error.strerror))
        sys.stderr.write(reason.render(translate) + "\n")
        return BAD_INPUT
    rules, faults = _faults(files)
    for fault in faults:
        sys.stdout.write(f"{fault.file}: {fault.entry}: {fault.reason.render(translate)}\n")
    if rules is None or faults:
        sys.stdout.write(T("共 {count} 处问题。", count=len(faults)).render(translate) + "\n")
        return FAULTY
    summary = T(
        "没有问题：{facts} 个事实，{documents} 份材料，{findings} 种问题，{articles} 条条文。",
        facts=len(rules.facts),
        documents=len(rules.documents),
        findings=len(rules.pack.findings),
        articles=len(rules.articles),
    )
    sys.stdout.write(summary.render(translate) + "\n")
    return OK


def _faults(files: dict[str, str]) -> tuple[RuleSet | None, list[Fault]]:
    try:
        rules = load_rules(files)
    except PackError as error:
        return None, error.faults
    return rules, [*_timezone(rules), *check_pack(rules), *_untranslated(rules)]


def _timezone(rules: RuleSet) -> list[Fault]:
    try:
        ZoneInfo(rules.pack.head.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        reason = T("没有「{name}」这个时区，例如 Asia/Shanghai", name=rules.pack.head.timezone)
        return [Fault("pack.yaml", "timezone", reason)]
    return []


def _untranslated(rules: RuleSet) -> list[Fault]:
    faults: list[Fault] = []
    for language in rules.pack.head.languages:
        translate = translator(language)
        faults += [
            Fault(file, text[:40], T("没有译成 {language}", language=language))
            for file, text in pack_messages(rules.pack)
            if translate(text) == text
        ]
    return faults
