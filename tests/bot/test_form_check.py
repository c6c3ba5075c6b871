"""shenbao check: a form filled in Word, what is wrong in it in words, and a project begun from it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from running import ROOT, Program
from talking import kept_drafts

from bot.place import DATABASE
from storage.database import open_database

sys.path.append(str(ROOT / "tests" / "documents"))
import filled_forms as forms
from filled_forms import FILLED, official, saved

if TYPE_CHECKING:
    from pathlib import Path

    from dialogs.draft import Draft


@pytest.fixture
def form(tmp_path: Path) -> Path:
    return filled(tmp_path)


def filled(folder: Path, **changed: str) -> Path:
    path = folder / "form.docx"
    path.write_bytes(saved(official(FILLED | changed)))
    return path


def drafts(data: Path) -> list[Draft]:
    import getpass

    with open_database(data / DATABASE) as database:
        database.migrate()
        return [draft for _, draft in kept_drafts(database, getpass.getuser())]


def test_a_form_in_order_is_0_with_every_cell_shown(shenbao: Program, form: Path, tmp_path: Path) -> None:
    ran = shenbao("check", form)
    assert (ran.status, ran.err) == (0, "")
    assert FILLED["project_name"] in ran.out
    assert "没有发现问题" in ran.out
    assert "是否涉密" in ran.out, "what must still be asked"
    assert not (tmp_path / "data").exists(), "nothing is kept"


def test_problems_are_1_each_in_words(shenbao: Program, tmp_path: Path) -> None:
    path = filled(
        tmp_path, total_investment="6,800,000元", fund_city="100", planned_end="2027年1月1日", phone="123"
    )
    ran = shenbao("check", path)
    assert ran.status == 1
    assert "按 680 万元记" in ran.out
    assert "各项资金加起来不等于总投资" in ran.out
    assert "计划完成时间早于起始时间" in ran.out
    assert "不像电话号码" in ran.out


def test_words_that_belong_nowhere_are_shown(shenbao: Program, tmp_path: Path) -> None:
    document = official()
    document.add_paragraph("另附光盘一张")
    path = tmp_path / "form.docx"
    path.write_bytes(saved(document))
    assert "另附光盘一张" in shenbao("check", path).out


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)],
    ids=["empty", "pdf", "cut off", "doc"],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_2_in_one_line(shenbao: Program, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(data)
    ran = shenbao("check", path)
    assert (ran.status, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1
    assert str(path) in ran.err


def test_no_file_and_a_folder_are_2(shenbao: Program, tmp_path: Path) -> None:
    for path in (tmp_path / "missing.docx", tmp_path):
        ran = shenbao("check", path)
        assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)


def test_a_saved_form_goes_on_with_the_missing_questions_only(
    shenbao: Program, form: Path, tmp_path: Path
) -> None:
    ran = shenbao("check", form, "--save", "--unclassified", "--data", tmp_path / "kept")
    assert ran.status == 0
    assert "已存成" in ran.out
    (draft,) = drafts(tmp_path / "kept")
    assert draft.facts["classified"] is False
    assert draft.facts["project_name"] == FILLED["project_name"]
    talk = shenbao("--data", tmp_path / "kept", stdin="1\n市直\n政府\n")
    assert "你们单位属于哪一级" in talk.out
    assert "国家秘密吗" not in talk.out
    assert "项目预计总投资是多少" not in talk.out
    assert "免费运维" in talk.out or "运维" in talk.out


@pytest.mark.parametrize(
    ("answer", "is_kept"), [("否\n", True), ("是\n", False), ("不清楚\n", False), ("", False)]
)
def test_nothing_is_kept_before_it_is_said_to_be_no_secret(
    shenbao: Program, form: Path, tmp_path: Path, answer: str, is_kept: bool
) -> None:
    ran = shenbao("check", form, "--save", stdin=answer)
    assert ran.status == (0 if is_kept else 2)
    assert (tmp_path / "data" / DATABASE).exists() is is_kept


def test_a_folder_that_cannot_keep_it_is_2(shenbao: Program, form: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    ran = shenbao("check", form, "--save", "--unclassified", "--data", tmp_path / "file" / "below")
    assert ran.status == 2
    assert "--data" in ran.err


def test_every_layout_gives_the_same_facts(shenbao: Program, tmp_path: Path) -> None:
    for layout in (forms.narrow, forms.same_cell, forms.extra_cells, forms.paragraphs_only):
        path = tmp_path / "form.docx"
        path.write_bytes(saved(layout(FILLED)))
        ran = shenbao("check", path)
        assert ran.status == 0, ran.out
