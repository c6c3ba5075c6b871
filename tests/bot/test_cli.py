"""The command line itself: help, languages, options that are not there."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from running import ROOT, Program

if TYPE_CHECKING:
    from pathlib import Path

CHINESE = re.compile(r"[\u3400-\u9fff\uff00-\uffef]")
COMMANDS: list[list[str]] = [[], ["chat"], ["assess"], ["fill"], ["pack"], ["pack", "check"]]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_is_in_the_language_that_was_asked_for(shenbao: Program, command: list[str]) -> None:
    english = shenbao("--lang", "en", *command, "--help")
    assert english.status == 0
    assert not CHINESE.search(english.out)
    chinese = shenbao(*command, "--help")
    assert chinese.status == 0
    assert CHINESE.search(chinese.out)


def test_the_language_may_come_from_the_environment(
    shenbao: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHENBAO_LANG", "en")
    assert not CHINESE.search(shenbao("--help").out)
    assert CHINESE.search(shenbao("--lang", "zh", "--help").out)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nope"],
        ["frobnicate"],
        ["assess"],
        ["assess", "--nope", "case.json"],
        ["assess", "one.json", "two.json"],
        ["fill"],
        ["fill", "--out"],
        ["fill", "answers.yaml", "--nope"],
        ["pack"],
        ["pack", "frobnicate"],
        ["pack", "check"],
        ["--lang"],
        ["--lang", "xx"],
        ["--lang=xx"],
        ["chat", "--lang", "xx"],
        ["fill", "--lang", "xx", "answers.yaml"],
    ],
    ids=" ".join,
)
def test_a_command_line_that_cannot_be_read_gets_one_line_and_2(
    shenbao: Program, tmp_path: Path, arguments: list[str]
) -> None:
    ran = shenbao(*arguments)
    assert ran.status == 2
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1
    assert "shenbao --help" in ran.err
    assert not (tmp_path / "data").exists(), "nothing was opened"


def test_a_language_that_is_not_there_is_named_with_those_that_are(shenbao: Program) -> None:
    message = shenbao("--lang", "xx").err
    assert "「xx」" in message
    assert "zh, en" in message


def test_the_conversation_starts_without_a_command(shenbao: Program, tmp_path: Path) -> None:
    ran = shenbao("--data", tmp_path / "kept", stdin="否\n市直\n")
    assert "你们单位是哪一类" in ran.out
    assert ran.status == 2, "the input ended in the middle"
    assert len(ran.err.splitlines()) == 1
    assert (tmp_path / "kept" / "shenbao.db").exists()


def test_a_data_folder_that_cannot_be_one_is_a_sentence_and_2(shenbao: Program, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    ran = shenbao("chat", "--data", tmp_path / "file" / "below", stdin="否\n")
    assert ran.status == 2
    assert "--data" in ran.out + ran.err
    assert len((ran.out + ran.err).splitlines()) == 1


def test_a_database_of_something_else_is_left_alone(shenbao: Program, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "shenbao.db").write_bytes(b"not a database, but a letter" * 100)
    ran = shenbao("--data", kept, stdin="否\n")
    assert ran.status == 2
    assert "--data" in ran.out + ran.err
    assert (kept / "shenbao.db").read_bytes() == b"not a database, but a letter" * 100


def test_bytes_that_are_no_text_do_not_end_the_conversation(shenbao: Program) -> None:
    ran = shenbao(stdin=b"\xff\xfe\x80\n" + "否\n市直\n".encode())
    assert "你们单位是哪一类" in ran.out


def test_the_module_is_the_program(tmp_path: Path) -> None:
    arguments = [sys.executable, "-m", "bot", "assess", str(tmp_path / "missing.json")]
    ran = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert "missing.json" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
