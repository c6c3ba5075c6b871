"""``shenbao catalogue``: the template, and what is said about a filled one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from documents.catalogue_sheet import read_catalogue, write_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from running import Program

GOOD = {"name": "办件信息", "share": "unconditional", "update_cycle": "每日"}


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A catalogue of three rows, the last two with an error and a warning."""
    path = tmp_path / "目录.xlsx"
    bad = GOOD | {"name": "办件 信息。"}
    doubtful = GOOD | {"name": "评价信息", "update_cycle": "每半年"}
    path.write_bytes(write_catalogue([GOOD, bad, doubtful]))
    return path


def test_the_template_is_written_and_can_be_checked(shenbao: Program, tmp_path: Path) -> None:
    ran = shenbao("catalogue", "template")
    path = tmp_path / "here" / "信息资源目录模板.xlsx"
    assert ran.status == 0
    assert path.name in ran.out
    checked = shenbao("catalogue", "check", path)
    assert checked.status == 1, "nothing is filled in yet"
    assert "还没有内容" in checked.out


def test_the_template_goes_where_it_is_wanted(shenbao: Program, tmp_path: Path) -> None:
    assert shenbao("catalogue", "template", "--out", tmp_path / "表.xlsx").status == 0
    assert shenbao("catalogue", "template", "--out", tmp_path).status == 0
    assert (tmp_path / "表.xlsx").exists()
    assert (tmp_path / "信息资源目录模板.xlsx").exists()


def test_a_template_that_may_be_filled_in_already_is_not_overwritten(shenbao: Program, filled: Path) -> None:
    before = filled.read_bytes()
    ran = shenbao("catalogue", "template", "--out", filled)
    assert ran.status == 2
    assert "没有覆盖" in ran.err
    assert filled.read_bytes() == before


def test_a_folder_that_is_not_there_is_a_sentence(shenbao: Program, tmp_path: Path) -> None:
    ran = shenbao("catalogue", "template", "--out", tmp_path / "none" / "表.xlsx")
    assert ran.status == 2
    assert len(ran.err.splitlines()) == 1


def test_a_clean_catalogue(shenbao: Program, tmp_path: Path) -> None:
    path = tmp_path / "目录.csv"
    path.write_bytes("信息资源名称,共享类型,更新周期\n办件信息,无条件共享,每日\n".encode("gb18030"))
    ran = shenbao("catalogue", "check", path)
    assert ran.status == 0
    assert "共 1 行，其中 1 行可以用" in ran.out
    assert "表里没有这些列" in ran.out


def test_problems_are_told_with_row_and_column(shenbao: Program, filled: Path) -> None:
    ran = shenbao("catalogue", "check", filled)
    assert ran.status == 1
    assert ran.err == ""
    assert "共 3 行，其中 2 行可以用" in ran.out
    assert "第 3 行「信息资源名称」：「办件 信息。」和第 2 行重复" in ran.out
    assert "第 4 行「更新周期」：「每半年」" in ran.out


def test_the_name_of_the_project_is_no_name_of_an_entry(shenbao: Program, filled: Path) -> None:
    ran = shenbao("catalogue", "check", filled, "--name", "评价信息项目")
    assert "第 4 行「信息资源名称」：「评价信息」是项目或系统的名称" in ran.out


def test_ten_problems_are_told_and_the_rest_counted(shenbao: Program, tmp_path: Path) -> None:
    path = tmp_path / "目录.xlsx"
    path.write_bytes(write_catalogue([GOOD | {"name": f"信息{n}", "share": ""} for n in range(14)]))
    ran = shenbao("catalogue", "check", path)
    assert sum(line.startswith("第 ") for line in ran.out.splitlines()) == 10
    assert "还有 4 处没有列出" in ran.out
    assert "--out" in ran.out


def test_the_copy_has_the_problems_and_the_original_stays(
    shenbao: Program, filled: Path, tmp_path: Path
) -> None:
    before = filled.read_bytes()
    copy = tmp_path / "标注.xlsx"
    ran = shenbao("catalogue", "check", filled, "--out", copy)
    assert ran.status == 1
    assert copy.name in ran.out
    last = [row[-1] for row in openpyxl.load_workbook(copy).worksheets[0].iter_rows(values_only=True)]
    assert last[0] == "检查结果"
    assert "重复" in str(last[2])
    assert read_catalogue(copy.read_bytes(), "标注.xlsx").rows == read_catalogue(before, "目录.xlsx").rows
    assert filled.read_bytes() == before


def test_the_copy_may_not_take_the_place_of_the_original(shenbao: Program, filled: Path) -> None:
    before = filled.read_bytes()
    ran = shenbao("catalogue", "check", filled, "--out", filled)
    assert ran.status == 2
    assert filled.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "content"),
    [("目录.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), ("目录.csv", b"\x89PNG\r\n\x1a\n\x00")],
)
def test_a_file_that_cannot_be_read_is_one_sentence_and_2(
    shenbao: Program, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    ran = shenbao("catalogue", "check", tmp_path / name, "--out", tmp_path / "标注.xlsx")
    assert (ran.status, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1
    assert not (tmp_path / "标注.xlsx").exists()


def test_a_file_that_is_not_there_and_a_folder(shenbao: Program, tmp_path: Path) -> None:
    for path in (tmp_path / "none.xlsx", tmp_path):
        ran = shenbao("catalogue", "check", path)
        assert (ran.status, ran.out) == (2, "")
        assert str(path) in ran.err


def test_line_breaks_in_a_cell_do_not_break_the_report(shenbao: Program, tmp_path: Path) -> None:
    path = tmp_path / "目录.xlsx"
    path.write_bytes(write_catalogue([GOOD | {"share": "甲\n乙\x1b[31m"}]))
    ran = shenbao("catalogue", "check", path)
    assert "\x1b" not in ran.out
    assert any("「甲 乙" in line for line in ran.out.splitlines())
