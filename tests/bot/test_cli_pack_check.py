"""``shenbao pack check``: every fault of a pack is told with its file, its entry and the reason."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, NamedTuple

import pytest
from running import ROOT, Program

from rules.loader import FILES

if TYPE_CHECKING:
    from pathlib import Path

PACK = ROOT / "rules" / "packs" / "shizuishan"
INTEGRATED = "when: applies && nature == 'new' && !integrated"
ONLY_VERTICAL = "ask_when: unit_kind == 'vertical'"

ARTICLE_1 = '{id: "1", title: 为什么定这个办法, explanation: 为什么定这个办法, keywords: []}'


class Break(NamedTuple):
    """One change that breaks a pack, and what must be said of it."""

    file: str
    old: str
    new: str
    entry: str
    reason: str


BREAKS = {
    "unknown fact": Break("findings.yaml", "!integrated", "!intgrated", "not_integrated", "intgrated"),
    "type error": Break("documents.yaml", ">= wan(5000)", "== 'many'", "project_proposal", "(int, string)"),
    "broken condition": Break(
        "findings.yaml", INTEGRATED, "when: applies && &&", "not_integrated", "第 12 列"
    ),
    "asked when itself": Break(
        "questions.yaml", ONLY_VERTICAL, "ask_when: uses_city_funds", "uses_city_funds", "循环"
    ),
    "asked when something later": Break(
        "questions.yaml", ONLY_VERTICAL, "ask_when: nature == 'new'", "uses_city_funds", "循环"
    ),
    "asked when something later, through a definition": Break(
        "questions.yaml", ONLY_VERTICAL, "ask_when: regional", "uses_city_funds", "循环"
    ),
    "definition of itself": Break(
        "pack.yaml", "when: scope == 'applies'", "when: applies", "applies", "循环"
    ),
    "definition by a later one": Break(
        "pack.yaml", "when: scope == 'applies'", "when: regional", "applies", "循环"
    ),
    "help me decide that goes back": Break(
        "questions.yaml", "yes: {go: existing}", "yes: {go: builds}", "nature.builds", "循环"
    ),
    "gap between tiers": Break("pack.yaml", "< wan(1500)\n", "< wan(1400)\n", "tiers", "哪一档都不是"),
    "overlap of tiers": Break("pack.yaml", "< wan(1500)\n", "< wan(1600)\n", "tiers", "同时落在几档"),
    "boundary in no tier": Break("pack.yaml", ">= wan(5000)", "> wan(5000)", "tiers", "哪一档都不是"),
    "unknown article": Break("findings.yaml", '["13(6)"]', '["99"]', "not_integrated", "「99」"),
    "no article": Break("findings.yaml", '["13(6)"]', "[]", "not_integrated", "articles"),
    "finding twice": Break(
        "findings.yaml", "id: not_integrated", "id: similar_unaccepted", "similar_unaccepted", "不止一次"
    ),
    "article twice": Break("articles.yaml", '- id: "2"', f'- {ARTICLE_1}\n- id: "2"', "1", "不止一次"),
    "condition that contradicts itself": Break(
        "findings.yaml", "&& !integrated", "&& nature == 'rebuild'", "not_integrated", "永远不会成立"
    ),
    "condition on an option that is not there": Break(
        "findings.yaml", "nature == 'new' && !", "nature == 'neu' && !", "not_integrated", "永远不会成立"
    ),
    "broken YAML": Break("route.yaml", "- id: guidance", "- id: [guidance", "—", "第 3 行"),
    "wrong kind of value": Break("route.yaml", "title: 建设指导", "title: [建设指导]", "guidance", "第 3 行"),
    "unknown field": Break("route.yaml", "title: 建设指导", "tittle: 建设指导", "guidance", "tittle"),
    "unknown effect": Break(
        "findings.yaml", "effect: refuse", "effect: refused", "infrastructure_included", "refused"
    ),
    "unknown stage": Break(
        "documents.yaml", "stage: technical_review", "stage: technical", "project_proposal", "「technical」"
    ),
    "form of an unknown document": Break(
        "forms.yaml", "document: declaration_form", "document: deklaration", "declaration", "「deklaration」"
    ),
    "form with a cell that its layout lacks": Break(
        "forms.yaml", "{id: partner_units,", "{id: partners,", "declaration", "partners"
    ),
    "form cell fed from nothing": Break(
        "forms.yaml", '"{phone}"', '"{telephone}"', "declaration.phone", "「telephone」"
    ),
    "unknown event": Break(
        "deadlines.yaml", "event: award_notice", "event: award_notise", "filing_after_award", "award_notise"
    ),
    "not translated": Break(
        "findings.yaml", "title: 属于重复建设", "title: 属于重复建造", "属于重复建造", "en"
    ),
}


def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    shutil.copytree(PACK, folder)
    return folder


def faults(out: str) -> list[tuple[str, str, str]]:
    """Return file, entry and reason of each fault; the last line only counts them."""
    parts = (line.split(": ", 2) for line in out.splitlines()[:-1])
    return [(file, entry, reason) for file, entry, reason in parts]


def test_the_installed_pack_is_sound(shenbao: Program) -> None:
    ran = shenbao("pack", "check", PACK)
    assert (ran.status, ran.err) == (0, "")
    assert len(ran.out.splitlines()) == 1


def test_a_copy_elsewhere_is_sound_too(shenbao: Program, tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "notes.txt").write_text("not a part of it", "utf-8")
    assert shenbao("pack", "check", folder).status == 0


@pytest.mark.parametrize("broken", BREAKS.values(), ids=BREAKS.keys())
def test_a_fault_is_told_with_file_entry_and_reason(shenbao: Program, tmp_path: Path, broken: Break) -> None:
    file = copied(tmp_path) / broken.file
    text = file.read_text("utf-8")
    assert broken.old in text
    file.write_text(text.replace(broken.old, broken.new, 1), "utf-8")
    ran = shenbao("pack", "check", tmp_path / "pack")
    assert (ran.status, ran.err) == (1, "")
    found = faults(ran.out)
    assert [(file, entry) for file, entry, reason in found if broken.reason in reason], found
    assert {file for file, _, _ in found} == {broken.file}
    assert {entry for _, entry, _ in found} == {broken.entry}


@pytest.mark.parametrize("missing", FILES)
def test_a_missing_file_is_named(shenbao: Program, tmp_path: Path, missing: str) -> None:
    (copied(tmp_path) / missing).unlink()
    ran = shenbao("pack", "check", tmp_path / "pack")
    assert ran.status == 1
    assert [(file, reason) for file, _, reason in faults(ran.out)] == [(missing, "缺少这个文件")]


@pytest.mark.parametrize("content", ["", "hello", "[" * 50_000, "&a [1]", "a: 1\na: 2\n"])
def test_a_file_that_holds_no_entries_is_named(shenbao: Program, tmp_path: Path, content: str) -> None:
    (copied(tmp_path) / "route.yaml").write_text(content, "utf-8")
    ran = shenbao("pack", "check", tmp_path / "pack")
    assert (ran.status, ran.err) == (1, "")
    assert [file for file, _, _ in faults(ran.out)] == ["route.yaml"]


def test_faults_in_several_files_are_all_told_at_once(shenbao: Program, tmp_path: Path) -> None:
    folder = copied(tmp_path)
    for name in ("unknown fact", "type error"):
        file, old, new, _, _ = BREAKS[name]
        text = (folder / file).read_text("utf-8")
        (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    ran = shenbao("pack", "check", folder)
    assert [entry for _, entry, _ in faults(ran.out)] == ["project_proposal", "not_integrated"]


@pytest.mark.parametrize("name", ["nothing here", "file"])
def test_what_is_no_folder_is_one_line_and_2(shenbao: Program, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("x")
    ran = shenbao("pack", "check", tmp_path / name)
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert name in ran.err


def test_faults_are_told_in_the_language_that_was_asked_for(shenbao: Program, tmp_path: Path) -> None:
    (copied(tmp_path) / "route.yaml").unlink()
    assert shenbao("--lang", "en", "pack", "check", tmp_path / "pack").out.replace("—", "").isascii()
