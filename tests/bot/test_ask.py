"""``shenbao ask``: answers for people and for scripts; one clear line when it cannot be answered."""

from __future__ import annotations

import json
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING

import pytest

from bot.ask import run_ask
from bot.regulation import run_regulation_import

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "某市办法\n第一条 为了试验。\n第二条 全体适用。\n第三条 本办法自琥珀日起施行。\n"


def feed(monkeypatch: pytest.MonkeyPatch, lines: bytes) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(lines)))


def test_an_answer_is_words_for_people(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run_ask("几个月内备案", data=tmp_path) == 0
    assert capsys.readouterr().out.startswith("第18条第1项（送审稿）「")


def test_an_answer_is_one_json_object_for_scripts(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run_ask("几个月内备案", as_json=True, data=tmp_path) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["covered", "articles", "answer"]
    assert (found["covered"], found["articles"][0]) == (True, "18(1)")


def test_what_is_not_covered_is_an_answer_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run_ask("投标保证金交多少", as_json=True, data=tmp_path) == 0
    found = json.loads(capsys.readouterr().out)
    assert not found["covered"]
    assert found["articles"]
    assert "请向石嘴山市数据局" in found["answer"]


def test_every_line_of_the_standard_input_gets_a_json_object(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    feed(monkeypatch, "\ufeff能不能买服务器\r\n\n今天天气怎么样\n涉密怎么办".encode())
    assert run_ask("-", data=tmp_path) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["covered"] for answer in answers] == [True, False, True]


def test_a_line_that_is_not_utf8_is_named_and_the_others_are_answered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    feed(monkeypatch, "涉密怎么办\n".encode() + "涉密\n".encode("gb18030"))
    assert run_ask("-", data=tmp_path) == 2
    seen = capsys.readouterr()
    assert len(seen.out.splitlines()) == 1
    assert seen.err == "第 2 行不是 UTF-8 文本。\n"


@pytest.mark.parametrize("question", ["", "  \n "])
def test_an_empty_question_is_refused_in_one_line(
    question: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run_ask(question, data=tmp_path) == 2
    seen = capsys.readouterr()
    assert (seen.out, seen.err.count("\n")) == ("", 1)


def test_a_pack_that_is_not_installed_is_refused_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_ask("涉密怎么办", pack="nowhere") == 2
    assert "nowhere" in capsys.readouterr().err


def test_asking_leaves_no_database_behind(tmp_path: Path) -> None:
    run_ask("涉密怎么办", data=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_original_words_are_shown_once_the_operator_has_loaded_them(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = tmp_path / "text.txt"
    text.write_text(TEXT, "utf-8")
    assert run_regulation_import(text, label="印发版", data=tmp_path) == 0
    capsys.readouterr()
    assert run_ask("什么是政务信息化系统", data=tmp_path) == 0
    assert "原文（印发版）：第三条" in capsys.readouterr().out
