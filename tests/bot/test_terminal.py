"""The terminal channel, fed line by line as a script does: nothing that is typed or fails loses an answer."""

from __future__ import annotations

import errno
import io
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from docx import Document
from pypdf import PdfReader
from rich.console import Console
from running import papers
from talking import CLOCK, PROJECT_NAME, WHOLE_PROJECT, kept_drafts

from bot.conversation import Conversation
from bot.terminal import Terminal
from storage.errors import StorageFull
from storage.outbox import Outbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.database import Database

TO_THE_LEADER = WHOLE_PROJECT[:17]
LEADER = "项目负责人是谁？"
PAPERS = ("01_申报表", "02_申报材料清单", "03_真实性承诺书", "04_备案信息")
FILES = [f"{name}{ending}" for name in PAPERS for ending in (".docx", ".pdf")]


class Seen(NamedTuple):
    """What one run showed, and how it ended."""

    status: int
    screen: str


def run(
    database: Database, typed: Sequence[str] | str, out: Path, *, user: str = "user", language: str = "zh"
) -> Seen:
    """Run the program once in a terminal of its own; the lines end where the input ends."""
    screen = io.StringIO()
    console = Console(file=screen, width=100, highlight=False, markup=False, emoji=False)
    lines = typed if isinstance(typed, str) else "".join(f"{line}\n" for line in typed)
    conversation = Conversation(database, CLOCK, language=language)
    status = Terminal(conversation, console, io.StringIO(lines, newline=""), user=user, out=out).run()
    return Seen(status, screen.getvalue())


def after(screen: str, typed: str) -> str:
    """Return what was shown after a line was typed."""
    return screen.rpartition(f"> {typed}\n")[2]


def test_a_whole_project_ends_with_its_files_on_the_disk(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = run(database, [*WHOLE_PROJECT, "生成", "完成"], tmp_path)
    assert seen.status == 0
    assert capsys.readouterr() == ("", "")
    folder = tmp_path / PROJECT_NAME
    assert papers(folder) == FILES
    assert all(str(folder / name) in seen.screen for name in FILES)
    assert "草稿" not in seen.screen
    form = "".join(Document(str(folder / FILES[0])).element.body.itertext())
    checklist = "".join(page.extract_text() for page in PdfReader(folder / FILES[3]).pages)
    for words in (PROJECT_NAME, "示例区青山街道办事处", "0952-2012345"):
        assert words in form
    assert PROJECT_NAME in "".join(checklist.split())
    ((project, draft),) = kept_drafts(database, "user", "terminal")
    assert (project.name, draft.state) == (PROJECT_NAME, "paused")


def test_every_line_is_echoed_and_every_question_numbered(database: Database, tmp_path: Path) -> None:
    screen = run(database, WHOLE_PROJECT, tmp_path).screen
    assert [line[2:] for line in screen.splitlines() if line.startswith("> ")] == WHOLE_PROJECT
    for heading in ("适用范围", "项目分类", "投资", "红线自查", "安全与密码", "表格信息", "材料核对", "复核"):
        assert screen.count(f"== {heading} ==") == 1


@pytest.mark.parametrize("end", [0, 1, 5, 12, len(TO_THE_LEADER)])
def test_the_end_of_input_in_the_middle_is_a_sentence_and_the_next_run_goes_on(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], end: int
) -> None:
    first = run(database, TO_THE_LEADER[:end], tmp_path)
    assert first.status == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    question = first.screen.splitlines()[-1]
    ((_, before),) = kept_drafts(database, "user", "terminal")

    second = run(database, ["1"], tmp_path)
    assert second.screen.splitlines()[-1] == question
    assert kept_drafts(database, "user", "terminal")[0][1] == before
    run(database, ["1", *TO_THE_LEADER[end:]], tmp_path)
    third = run(database, ["1"], tmp_path)
    assert LEADER in third.screen


def test_a_last_line_without_a_line_end_is_an_answer(database: Database, tmp_path: Path) -> None:
    run(database, "否\r\n市直\r\n政府", tmp_path)
    assert kept_drafts(database, "user", "terminal")[0][1].facts == {
        "classified": False,
        "unit_level": "city",
        "unit_kind": "government",
    }


UNUSABLE = {
    "empty line": "",
    "spaces": "  \u3000\t ",
    "invisible": "\u200b\ufeff",
    "emoji": "李明😀",
    "control characters only": "\x00\x07\x1b",
    "private use": "李\ue000明",
    "lone surrogate": "李\ud800明",
    "10,000 characters": "李" * 10_000,
    "100,000 characters": "李" * 100_000,
}


@pytest.mark.parametrize("typed", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_what_cannot_be_used_gets_one_sentence_and_the_question_again(
    database: Database, tmp_path: Path, typed: str
) -> None:
    run(database, TO_THE_LEADER, tmp_path)
    ((_, before),) = kept_drafts(database, "user", "terminal")
    seen = run(database, ["1", typed, "进度", typed], tmp_path)
    assert kept_drafts(database, "user", "terminal")[0][1] == before
    last_turn = seen.screen.rstrip("\n").rpartition("\n> ")[2].splitlines()[1:]
    said = [line for line in last_turn if line and not line.startswith("  ")]
    assert len(said) == 2, "one sentence and the question"
    assert LEADER in said[1]
    assert len(said[0]) < 200

    run(database, ["1", "李明"], tmp_path)
    assert kept_drafts(database, "user", "terminal")[0][1].facts == before.facts | {"project_lead": "李明"}


def test_control_characters_in_an_answer_are_not_kept(database: Database, tmp_path: Path) -> None:
    run(database, TO_THE_LEADER, tmp_path)
    run(database, ["1", "李\x07\x00明\x08"], tmp_path)
    assert kept_drafts(database, "user", "terminal")[0][1].facts["project_lead"] == "李明"


@pytest.mark.parametrize("typed", ["[bold]李明[/bold]", ":smile: 李明", "{name} %s {0}"])
def test_an_answer_is_shown_as_it_was_typed(database: Database, tmp_path: Path, typed: str) -> None:
    run(database, TO_THE_LEADER, tmp_path)
    seen = run(database, ["1", typed, "修改 项目负责人"], tmp_path)
    assert f"现在的答案：{typed}" in seen.screen


# --- documents that cannot be written -----------------------------------------------------------------------


def test_a_folder_that_cannot_be_is_a_sentence_and_the_conversation_goes_on(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine")
    seen = run(database, [*WHOLE_PROJECT, "生成", "进度"], tmp_path / "file")
    said = after(seen.screen, "生成")
    assert "--out" in said.splitlines()[0]
    assert "> 进度" in said
    assert "已生成：" not in said
    assert (tmp_path / "file").read_text() == "mine"

    again = run(database, ["1", "生成", "完成"], tmp_path / "elsewhere")
    assert again.status == 0
    assert papers(tmp_path / "elsewhere" / PROJECT_NAME) == FILES


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EIO])
def test_a_disk_that_takes_no_file_is_a_sentence_and_the_conversation_goes_on(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    seen = run(database, [*WHOLE_PROJECT, "生成", "进度", "完成"], tmp_path)
    assert seen.status == 0
    assert "已生成：" not in seen.screen
    assert "> 进度" in after(seen.screen, "生成")


@pytest.mark.parametrize(
    ("name", "folder"),
    [("../../上一级", "上一级"), ("a/b\\c:d", "a_b_c_d"), ("...", None), ("名" * 100, "名" * 60)],
)
def test_no_project_name_leads_out_of_the_folder(
    database: Database, tmp_path: Path, name: str, folder: str | None
) -> None:
    out = tmp_path / "deep" / "out"
    run(database, [*WHOLE_PROJECT, f"修改 项目名称 改为 {name}", "生成"], out)
    (made,) = out.iterdir()
    assert papers(made) == FILES
    assert list((tmp_path / "deep").iterdir()) == [out]
    if folder:
        assert made.name.endswith(folder)


# --- storage that fails -------------------------------------------------------------------------------------


def test_a_full_disk_is_a_sentence_and_2_and_the_next_run_goes_on(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, turns = Outbox.put, iter(range(4))

    def full_at_the_fourth(outbox: Outbox, **message: object) -> bool:
        if next(turns) == 3:
            raise StorageFull("no room")
        return put(outbox, **message)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "put", full_at_the_fourth)
        seen = run(database, ["否", "市直", "政府", "新建"], tmp_path)
    assert seen.status == 2
    assert "磁盘满了" in seen.screen.splitlines()[-1]
    assert kept_drafts(database, "user", "terminal")[0][1].facts == {
        "classified": False,
        "unit_level": "city",
    }
    assert "你们单位是哪一类" in run(database, ["1"], tmp_path).screen


def test_a_reply_that_was_never_shown_is_shown_first(database: Database, tmp_path: Path) -> None:
    run(database, ["否"], tmp_path)
    with database.unit_of_work() as work:
        work.connection.exec_driver_sql("UPDATE outbox SET status = 'pending', sent_at = NULL WHERE id = 2")
    screen = run(database, [], tmp_path).screen
    assert screen.index("哪一级") < screen.index("接着填哪一个项目")


def test_two_users_of_one_machine_each_have_their_own(database: Database, tmp_path: Path) -> None:
    run(database, WHOLE_PROJECT, tmp_path, user="first")
    seen = run(database, ["否"], tmp_path, user="second")
    assert PROJECT_NAME not in seen.screen
    assert "哪一级" in seen.screen


def test_in_english_no_word_of_the_program_is_chinese(database: Database, tmp_path: Path) -> None:
    lines = ["no", "1", "3", "6", "480", "160", "0, 0, 480, 0", "0", "no", "progress", "checklist", "help"]
    seen = run(database, lines, tmp_path, language="en")
    assert "Progress" in seen.screen
    glosses = re.compile(r"\([^()]*[\u4e00-\u9fff][^()]*\)")  # a term of the law beside its translation
    chinese = set(re.findall("[\u4e00-\u9fff]", glosses.sub("", seen.screen)))
    assert chinese <= set("万亿元"), "units that an answer may carry"
