"""``shenbao fill``: the files from an answers file, the same every time; a wrong answer is named with its line."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from docx import Document
from pypdf import PdfReader
from running import EXAMPLES, ROOT, Program, papers

if TYPE_CHECKING:
    from collections.abc import Mapping

OPERATION = (ROOT / "examples" / "operation-320.yaml").read_text("utf-8")
FILES = ["01_申报表.docx", "01_申报表.pdf", "02_申报材料清单.docx", "02_申报材料清单.pdf"]
SERVICE = ("03_真实性承诺书", "04_备案信息")
CONSTRUCT = (
    "03_附件2_网络安全和密码保护审查表",
    "04_附件3_需求分析报告",
    "05_后续运维资金来源说明",
    "06_真实性承诺书",
    "07_备案信息",
)
DRAFT = "草稿"


def answers(tmp_path: Path, changes: Mapping[str, str]) -> Path:
    """Write the O&M example with some lines changed."""
    text = OPERATION
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new, 1)
    file = tmp_path / "answers.yaml"
    file.write_text(text, "utf-8")
    return file


def files_of(example: Path) -> list[str]:
    """Return the names of the files that an example gives."""
    further = CONSTRUCT if "category: engineering" in example.read_text("utf-8") else SERVICE
    return [*FILES, *(f"{name}{ending}" for name in further for ending in (".docx", ".pdf"))]


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(OPERATION.splitlines(), 1) if text in line)


def words(path: Path) -> str:
    """Return the text of a docx or PDF without any white space."""
    if path.suffix == ".pdf":
        return "".join("".join(page.extract_text() for page in PdfReader(path).pages).split())
    document = Document(str(path))
    parts = [document.element.body, *(section.header._element for section in document.sections)]
    return "".join("".join("".join(part.itertext()) for part in parts).split())


# --- the files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_gives_its_files(shenbao: Program, tmp_path: Path, example: Path) -> None:
    out = tmp_path / "new" / "folder"
    ran = shenbao("fill", example, "--out", out)
    assert (ran.status, ran.err) == (0, "")
    names = files_of(example)
    assert papers(out) == names
    assert all(str(out / name) in ran.out for name in names)
    facts = yaml.safe_load(example.read_text("utf-8"))["facts"]
    for name in names:
        printed = words(out / name)
        assert "".join(facts["project_name"].split()) in printed
        assert facts["unit_name"] in printed
        assert DRAFT not in printed, "every answer is there"
    assert "".join(facts["readiness"].split()) in words(out / "01_申报表.docx")


def test_the_same_answers_give_the_same_bytes(shenbao: Program, tmp_path: Path) -> None:
    outs = tmp_path / "one", tmp_path / "two"
    for out in outs:
        assert shenbao("fill", EXAMPLES[0], "--out", out).status == 0
    names = files_of(EXAMPLES[0])
    assert {name: (outs[0] / name).read_bytes() for name in names} == {
        name: (outs[1] / name).read_bytes() for name in names
    }


def test_a_second_run_replaces_the_files_and_leaves_nothing_else(shenbao: Program, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / FILES[0]).write_bytes(b"old")
    (out / "notes.txt").write_bytes(b"mine")
    assert shenbao("fill", EXAMPLES[0], "--out", out).status == 0
    assert papers(out) == files_of(EXAMPLES[0])
    assert (out / FILES[0]).read_bytes()[:2] == b"PK"
    assert (out / "notes.txt").read_bytes() == b"mine"


def test_without_out_the_files_are_put_here(shenbao: Program) -> None:
    assert shenbao("fill", EXAMPLES[0]).status == 0
    assert papers(Path.cwd()) == files_of(EXAMPLES[0])


def test_in_english_the_checklist_is_english_and_the_form_is_not(shenbao: Program, tmp_path: Path) -> None:
    ran = shenbao("fill", EXAMPLES[0], "--out", tmp_path / "out", "--lang", "en")
    assert ran.status == 0
    assert "Generated" in ran.out
    assert "申报表" in words(tmp_path / "out" / FILES[0])
    assert "Projectname" in words(tmp_path / "out" / FILES[2])


# --- unanswered ---------------------------------------------------------------------------------------------


def test_what_is_not_answered_is_listed_and_the_files_say_draft(shenbao: Program, tmp_path: Path) -> None:
    file = answers(tmp_path, {"  project_lead: 陈静\n": "", '  phone: "13900000000"\n': "  phone:\n"})
    ran = shenbao("fill", file, "--out", tmp_path / "out")
    assert (ran.status, ran.err) == (0, "")
    for label in ("项目负责人", "联系电话", DRAFT):
        assert label in ran.out
    for name in FILES:
        assert DRAFT in words(tmp_path / "out" / name), name
    checklist = words(tmp_path / "out" / "02_申报材料清单.pdf")
    assert "项目负责人" in checklist
    assert "联系电话" in checklist


@pytest.mark.parametrize("text", ["facts: {}\n", "as_of: 2026-11-23\n", "facts:\n  classified: no\n"])
def test_even_almost_nothing_gives_a_draft(shenbao: Program, tmp_path: Path, text: str) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(text, "utf-8")
    ran = shenbao("fill", file, "--out", tmp_path / "out")
    assert (ran.status, ran.err) == (0, "")
    assert DRAFT in words(tmp_path / "out" / FILES[1])


@pytest.mark.parametrize("said", ["yes", "unsure", "是", "不清楚"])
def test_nothing_is_made_of_a_classified_project(shenbao: Program, tmp_path: Path, said: str) -> None:
    file = answers(tmp_path, {"classified: no": f"classified: {said}"})
    ran = shenbao("fill", file, "--out", tmp_path / "out")
    assert ran.status == 1
    assert "保密办" in ran.out
    assert "示例市" not in ran.out
    assert not (tmp_path / "out").exists()


def test_nothing_is_made_when_the_regulation_does_not_apply(shenbao: Program, tmp_path: Path) -> None:
    file = answers(tmp_path, {"unit_kind: institution": "unit_kind: other"})
    ran = shenbao("fill", file, "--out", tmp_path / "out")
    assert ran.status == 1
    assert "不适用" in ran.out
    assert not (tmp_path / "out").exists()


# --- answers as people write them ---------------------------------------------------------------------------


def test_answers_as_one_would_say_them_give_the_same_files(shenbao: Program, tmp_path: Path) -> None:
    human = answers(
        tmp_path,
        {
            "classified: no": "classified: 否",
            "unit_level: city": "unit_level: 市直",
            "unit_kind: institution": "unit_kind: 事业单位",
            "nature: operation": "nature: 运维",
            "total_investment: 320": "total_investment: 三百二十万元",
            "this_year_investment: 100": "this_year_investment: 1,000,000元",
            "fund_city: 320": "fund_city: ３２０万",
            "service_start: 2026-07-01": "service_start: 2026年7月",
            "service_end: 2029-06-30": "service_end: 2029年6月",
            "includes_construction: no": "includes_construction: 没有",
            "prefers_domestic: yes": "prefers_domestic: 是",
            "planned_start: 2026-07-01": "planned_start: 2026/7/1",
            "planned_end: 2029-06-30": "planned_end: 2029年6月底",
        },
    )
    assert shenbao("fill", human, "--out", tmp_path / "human").status == 0
    exact = ROOT / "examples" / "operation-320.yaml"
    assert shenbao("fill", exact, "--out", tmp_path / "exact").status == 0
    for name in FILES:
        assert words(tmp_path / "human" / name) == words(tmp_path / "exact" / name)


def test_next_year_counts_from_the_day_of_the_file(shenbao: Program, tmp_path: Path) -> None:
    file = answers(
        tmp_path,
        {"as_of: 2026-11-23": "as_of: 2030-05-01", "planned_start: 2026-07-01": "planned_start: 明年3月"},
    )
    assert shenbao("fill", file, "--out", tmp_path / "out").status == 0
    assert "2031年3月1日" in words(tmp_path / "out" / "01_申报表.docx")


# --- wrong answers ------------------------------------------------------------------------------------------

WRONG = {
    "emoji": ("project_lead: 陈静", "project_lead: 陈😀静"),
    "character without a face": ("project_lead: 陈静", 'project_lead: "陈\\uE000静"'),
    "10,000 characters": ("project_lead: 陈静", f"project_lead: {'陈' * 10_000}"),
    "blank text": ("project_lead: 陈静", 'project_lead: "  "'),
    "unknown choice": ("unit_level: city", "unit_level: village"),
    "unknown fact": ("unit_level: city", "unit_levle: city"),
    "neither yes nor no": ("includes_construction: no", "includes_construction: 红色"),
    "unsure where it is no answer": ("includes_construction: no", "includes_construction: 不清楚"),
    "range": ("total_investment: 320", "total_investment: 480到520万"),
    "negative amount": ("total_investment: 320", "total_investment: -320"),
    "tiny amount": ("total_investment: 320", "total_investment: 0.001"),
    "huge amount": ("total_investment: 320", "total_investment: 1000000000000"),
    "no amount": ("total_investment: 320", "total_investment: 很多"),
    "impossible date": ("planned_start: 2026-07-01", "planned_start: 2026-02-30"),
    "impossible Chinese date": ("planned_start: 2026-07-01", "planned_start: 2026年2月30日"),
    "no date": ("planned_start: 2026-07-01", "planned_start: 早日"),
    "phone without area code": ('phone: "13900000000"', "phone: 2012345"),
    "unknown item": ("infrastructure_items: []", "infrastructure_items: [月球]"),
    "unknown document": ("preliminary_design: provided", "preliminary_drawing: provided"),
    "unknown status": ("preliminary_design: provided", "preliminary_design: 快好了"),
    "unknown event": ("kind: award_notice", "kind: party"),
    "impossible day of an event": ("date: 2026-05-31", "date: 2026-05-32"),
    "impossible as_of": ("as_of: 2026-11-23", "as_of: 2026-11-31"),
    "another pack": ("pack: shizuishan", "pack: atlantis"),
}


@pytest.mark.parametrize(("old", "new"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_answer_is_named_with_its_line(shenbao: Program, tmp_path: Path, old: str, new: str) -> None:
    file = answers(tmp_path, {old: new})
    ran = shenbao("fill", file, "--out", tmp_path / "out")
    assert (ran.status, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1
    assert ran.err.startswith(f"{file}:{line_of(old)}: ")
    assert not (tmp_path / "out").exists()


def test_every_wrong_answer_has_a_line_of_its_own(shenbao: Program, tmp_path: Path) -> None:
    names = ("unknown choice", "no date", "emoji", "unknown event")
    ran = shenbao("fill", answers(tmp_path, {WRONG[name][0]: WRONG[name][1] for name in names}))
    named = sorted(int(line.split(":")[1]) for line in ran.err.splitlines())
    assert named == sorted(line_of(WRONG[name][0]) for name in names)


UNREADABLE = {
    "a list": b"- a\n",
    "a word": b"hello\n",
    "nothing": b"",
    "broken": b"facts: [\n",
    "a key twice": b"facts:\n  unit_level: city\n  unit_level: park\n",
    "an alias": b"a: &a {}\nfacts: *a\n",
    "binary": bytes(range(256)),
    "deep": b"[" * 50_000,
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_file_that_holds_no_answers_is_one_line_and_2(
    shenbao: Program, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "answers.yaml"
    file.write_bytes(content)
    ran = shenbao("fill", file, "--out", tmp_path / "out")
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert str(file) in ran.err
    assert not (tmp_path / "out").exists()


# --- folders that cannot be written -------------------------------------------------------------------------


@pytest.mark.parametrize("below", ["", "folder"])
def test_a_path_below_a_file_is_one_line_and_2(shenbao: Program, tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("mine")
    ran = shenbao("fill", EXAMPLES[0], "--out", tmp_path / "file" / below)
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert "--out" in ran.err
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC, errno.EIO])
def test_a_disk_that_takes_no_file_leaves_the_old_ones(
    shenbao: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    out = tmp_path / "out"
    assert shenbao("fill", EXAMPLES[0], "--out", out).status == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    def refuse(*_: object, **__: object) -> str:
        raise OSError(number, os.strerror(number), str(out / "new"))

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    ran = shenbao("fill", EXAMPLES[1], "--out", out)
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_disk_that_fills_up_half_way_leaves_no_half_file(
    shenbao: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Path:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    out = tmp_path / "out"
    monkeypatch.setattr(Path, "replace", full)
    ran = shenbao("fill", EXAMPLES[0], "--out", out)
    assert (ran.status, len(ran.err.splitlines())) == (2, 1)
    assert "磁盘满了" in ran.err
    assert list(out.iterdir()) == []
