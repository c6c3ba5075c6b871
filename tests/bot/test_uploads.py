"""Documents handed in and taken back: kept once, ticked off, never before secrecy was asked about."""

from __future__ import annotations

import io
import json
import os
import zlib
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from talking import CHANNEL, CLOCK, PROJECT_NAME, WHOLE_PROJECT, Talk, kept_drafts

from bot import upload_commands
from bot.conversation import Conversation
from bot.terminal import Terminal
from bot.updates import Incoming, chat_of
from bot.upload_commands import ListFiles, Upload, Withdraw
from bot.uploads import LIMIT_VARIABLE, IncomingFile, UploadError, Uploads, clean_name, upload_limit
from dialogs.draft import dump_draft
from storage.attachments import Attachments
from storage.blobs import Blobs
from storage.database import MEMORY, open_database
from storage.errors import NotFound, StorageFull
from storage.projects import Projects

if TYPE_CHECKING:
    from storage.database import Database

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nstartxref\n9\n%%EOF\n"
PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0:~\x9bU"
    b"\0\0\0\nIDAT" + zlib.compress(b"\0\xff") + b"\0\0\0\0" + b"\0\0\0\0IEND\xaeB`\x82"
)
DESIGN, FORM = "preliminary_design", "filing_form"
TO_THE_LEADER = WHOLE_PROJECT[:17]
MEGABYTE = 1024 * 1024
_updates = count(1)


@pytest.fixture
def uploads(conversation: Conversation) -> Uploads:
    return conversation.uploads


@pytest.fixture(scope="module")
def answered() -> bytes:
    """The draft of a project with every question answered, as it is stored."""
    with open_database(MEMORY) as database:
        database.migrate()
        talk = Talk(Conversation(database, CLOCK))
        talk.arrives()
        talk.says(*WHOLE_PROJECT)
        return dump_draft(talk.drafts()[0])


def start(conversation: Conversation, answered: bytes) -> int:
    """Give a user that project, open; return its number."""
    with conversation.database.unit_of_work() as work:
        project = work.projects.create(
            owner=chat_of(CHANNEL, "user"),
            name=PROJECT_NAME,
            pack_id="shizuishan",
            edition_id=conversation.pin(work, CLOCK.moment),
            state=answered,
            at=CLOCK.moment,
        )
        work.sessions.set(CHANNEL, "user", project_id=project.id, language="zh")
    return project.id


@pytest.fixture
def project_id(talk: Talk, answered: bytes) -> int:
    number = start(talk.conversation, answered)
    talk.says("进度")
    return number


def status(talk: Talk, document: str = DESIGN) -> str:
    return talk.drafts()[0].documents.get(document, "missing")


def send(talk: Talk, name: str, data: bytes, caption: str | None = None, update_id: str = "") -> str:
    """Send a file as a channel does; return what is shown."""
    update = Incoming(
        CHANNEL,
        update_id or f"file {next(_updates)}",
        talk.user,
        caption,
        file=IncomingFile(name, data),
    )
    talk.conversation.receive(update)
    return talk.read()


def log(talk: Talk, project_id: int) -> list[tuple[str, dict[str, object]]]:
    with talk.conversation.database.unit_of_work() as work:
        events = work.events.list_for(project_id)
    return [(event.kind, json.loads(event.payload)) for event in events if event.kind != "answers"]


# --- keeping ------------------------------------------------------------------------------------------------


def test_a_document_that_is_handed_in_is_kept_and_ticked_off(
    talk: Talk, uploads: Uploads, project_id: int
) -> None:
    talk.says("修改 材料", "0")
    assert status(talk) == "missing"
    attached = uploads.attach(project_id, DESIGN, "设计.pdf", PDF)
    assert (attached.document_id, attached.version, attached.file_name) == (DESIGN, 1, "设计.pdf")
    assert (attached.kind, attached.size, attached.at) == ("pdf", len(PDF), CLOCK.moment)
    assert (attached.title.render(), attached.is_new) == ("初步设计", True)
    assert uploads.read(attached) == PDF
    assert uploads.listing(project_id) == [attached]
    assert status(talk) == "provided"
    ((kind, payload),) = log(talk, project_id)
    assert (kind, payload["document"], payload["version"]) == ("upload", DESIGN, 1)
    assert payload["sha256"] == attached.sha256


def test_the_kind_is_told_by_the_content_whatever_the_name(uploads: Uploads, project_id: int) -> None:
    assert uploads.attach(project_id, DESIGN, "设计.pdf", PNG).kind == "png"


def test_a_better_version_takes_the_place_and_the_same_one_again_does_not(
    talk: Talk, uploads: Uploads, project_id: int
) -> None:
    first = uploads.attach(project_id, DESIGN, "一.pdf", PDF)
    again = uploads.attach(project_id, DESIGN, "一 (1).pdf", PDF)
    assert (again.version, again.file_name, again.is_new) == (1, "一.pdf", False)
    second = uploads.attach(project_id, DESIGN, "二.png", PNG)
    assert second.version == 2
    assert uploads.listing(project_id) == [second]
    assert [kind for kind, _ in log(talk, project_id)] == ["upload", "upload"]
    assert len(list(uploads.blobs)) == 2
    assert first.sha256 in uploads.blobs


def test_taking_back_gives_the_version_before_then_none(
    talk: Talk, uploads: Uploads, project_id: int
) -> None:
    first = uploads.attach(project_id, DESIGN, "一.pdf", PDF)
    second = uploads.attach(project_id, DESIGN, "二.png", PNG)
    withdrawn = uploads.remove(project_id, DESIGN)
    assert (withdrawn.gone, withdrawn.current) == (second, first)
    assert status(talk) == "provided"
    assert list(uploads.blobs) == [first.sha256], "what was taken back is gone from the disk"
    assert uploads.remove(project_id, DESIGN).current is None
    assert status(talk) == "missing"
    assert uploads.listing(project_id) == []
    assert list(uploads.blobs) == []
    assert [kind for kind, _ in log(talk, project_id)] == ["upload", "upload", "withdraw", "withdraw"]
    with pytest.raises(UploadError, match="初步设计"):
        uploads.remove(project_id, DESIGN)


def test_a_form_that_we_draft_is_drafted_again_when_its_signed_copy_is_taken_back(
    talk: Talk, uploads: Uploads, project_id: int
) -> None:
    talk.says("生成")
    assert status(talk, FORM) == "drafted"
    uploads.attach(project_id, FORM, "盖章件.png", PNG)
    talk.says("生成")
    assert status(talk, FORM) == "provided", "drawing it up again does not hide the signed copy"
    uploads.remove(project_id, FORM)
    assert status(talk, FORM) == "drafted"


def test_saying_that_a_document_is_not_there_does_not_hide_its_file(
    talk: Talk, uploads: Uploads, project_id: int
) -> None:
    uploads.attach(project_id, DESIGN, "设计.pdf", PDF)
    talk.says("修改 材料", "0")
    assert status(talk) == "provided"


def test_starting_over_forgets_the_files_too(talk: Talk, uploads: Uploads, project_id: int) -> None:
    uploads.attach(project_id, DESIGN, "设计.pdf", PDF)
    talk.says("重来", "1")
    assert uploads.listing(project_id) == []
    assert list(uploads.blobs) == []
    assert status(talk) == "missing"


REFUSED = {
    "unknown document": ("annex_9", PDF, "annex_9"),
    "empty": (DESIGN, b"", "空"),
    "too large": (DESIGN, PDF + bytes(MEGABYTE), "1 MB"),
    "program": (DESIGN, b"MZ" + bytes(100), "认不出"),
    "cut off": (DESIGN, PDF[:-10], "损坏"),
}


@pytest.mark.parametrize(("document", "data", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_taken_is_one_sentence_and_nothing_is_kept(
    talk: Talk, project_id: int, document: str, data: bytes, words: str
) -> None:
    small = Uploads(talk.conversation, limit=MEGABYTE)
    before = status(talk)
    with pytest.raises(UploadError) as refused:
        small.attach(project_id, document, "设计.pdf", data)
    sentence = refused.value.text.render()
    assert words in sentence
    assert sentence.count("。") == 1
    assert small.listing(project_id) == []
    assert list(small.blobs) == []
    assert status(talk) == before


def test_a_project_that_does_not_exist_is_not_found(uploads: Uploads, project_id: int) -> None:
    with pytest.raises(NotFound):
        uploads.attach(project_id + 1, DESIGN, "设计.pdf", PDF)


@pytest.mark.parametrize("typed", [[], ["是"], ["不清楚"], ["否", "市直", "其他"]])
def test_no_file_is_kept_before_it_is_known_that_the_project_may_be_recorded(
    talk: Talk, uploads: Uploads, typed: list[str]
) -> None:
    talk.arrives()
    talk.says(*typed)
    number = kept_drafts(talk.conversation.database, talk.user)[0][0].id
    with pytest.raises(UploadError):
        uploads.attach(number, DESIGN, "某工程.pdf", PDF)
    shown = send(talk, "某工程.pdf", PDF, "初步设计")
    assert "还不能收文件" in shown
    assert "某工程" not in shown
    assert list(uploads.blobs) == []


@pytest.mark.parametrize("failing", [(Blobs, "put"), (Attachments, "add"), (Projects, "save")])
def test_a_failure_at_any_step_changes_nothing_and_trying_again_works(
    uploads: Uploads, project_id: int, monkeypatch: pytest.MonkeyPatch, failing: tuple[type, str]
) -> None:
    first = uploads.attach(project_id, DESIGN, "一.pdf", PDF)

    def fail(*_: object, **__: object) -> None:
        raise StorageFull("no room")

    with monkeypatch.context() as patch:
        patch.setattr(*failing, fail)
        with pytest.raises(StorageFull):
            uploads.attach(project_id, DESIGN, "二.png", PNG)
    assert uploads.listing(project_id) == [first]
    assert uploads.attach(project_id, DESIGN, "二.png", PNG).version == 2
    uploads.tidy()
    assert len(list(uploads.blobs)) == 2


def test_a_content_that_cannot_be_deleted_does_not_undo_the_withdrawal(
    uploads: Uploads, project_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    attached = uploads.attach(project_id, DESIGN, "设计.pdf", PDF)

    def fail(*_: object) -> None:
        raise StorageFull("read-only now")

    with monkeypatch.context() as patch:
        patch.setattr(Blobs, "delete", fail)
        uploads.remove(project_id, DESIGN)
    assert uploads.listing(project_id) == []
    assert attached.sha256 in uploads.blobs
    uploads.tidy()
    assert attached.sha256 not in uploads.blobs


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, 50), ("1", 1), ("80", 80), ("9999", 200), ("0", 50), ("-5", 50), ("ten", 50), ("²", 50), ("", 50),
    ],
)  # fmt: skip
def test_the_limit_is_configured_in_megabytes(
    monkeypatch: pytest.MonkeyPatch, given: str | None, expected: int
) -> None:
    monkeypatch.delenv(LIMIT_VARIABLE, raising=False)
    if given is not None:
        monkeypatch.setenv(LIMIT_VARIABLE, given)
    assert upload_limit() == expected * MEGABYTE


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("设计.pdf", "设计.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\项目\\设计 (2).pdf", "设计 (2).pdf"),
        ("a:b*c?.pdf", "a_b_c_.pdf"),
        ("设计\u202efdp.exe", "设计fdp.exe"),
        ("设\x00计\n二\t三.pdf", "设计 二 三.pdf"),
        ("  .设计.pdf. ", "设计.pdf"),
        ("...", ""),
        ("", ""),
        ("长" * 300 + ".docx", "长" * 95 + ".docx"),
        ("长" * 300, "长" * 100),
        ("甲." + "乙" * 300, "甲." + "乙" * 50),
        ("\ud800.pdf", "pdf"),
    ],
)
def test_a_name_is_kept_without_what_could_harm_or_mislead(given: str, clean: str) -> None:
    assert clean_name(given) == clean


# --- in the conversation ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "caption"),
    [
        ("a.pdf", "初步设计"),
        ("a.pdf", "上传 初步设计"),
        ("a.pdf", "上传：初步设计"),
        ("初步设计.pdf", None),
        ("初步设计.pdf", ""),
    ],
)
def test_a_file_with_its_title_is_taken_and_the_question_asked_again(
    talk: Talk, uploads: Uploads, project_id: int, name: str, caption: str | None
) -> None:
    question = talk.question
    shown = send(talk, name, PDF, caption)
    assert f"收下了「初步设计」：{name}（PDF" in shown
    assert talk.question == question
    assert [each.document_id for each in uploads.listing(project_id)] == [DESIGN]


def test_a_file_in_the_middle_of_the_questions_loses_no_answer(talk: Talk) -> None:
    talk.arrives()
    talk.says(*TO_THE_LEADER)
    before = talk.drafts()[0]
    shown = send(talk, "a.pdf", PDF, "初步设计")
    assert "项目负责人是谁" in shown
    after = talk.drafts()[0]
    assert after.facts == before.facts
    talk.says(*WHOLE_PROJECT[17:])
    assert status(talk) == "provided"


@pytest.mark.parametrize(
    ("name", "caption"),
    [
        ("a.pdf", None),
        ("1.pdf", None),
        ("一.pdf", None),
        ("a.pdf", "不相干的东西"),
        ("初步设计意见回复.pdf", None),
    ],
)
def test_a_file_of_which_nobody_knows_what_it_is_is_asked_about(
    talk: Talk, uploads: Uploads, project_id: int, name: str, caption: str | None
) -> None:
    shown = send(talk, name, PDF, caption)
    assert "初步设计" in shown
    assert uploads.listing(project_id) == []
    assert list(uploads.blobs) == []


def test_a_refused_file_is_one_sentence_and_the_question_again(
    talk: Talk, uploads: Uploads, project_id: int
) -> None:
    question = talk.question
    shown = send(talk, "a.pdf", b"MZ" + bytes(100), "初步设计")
    assert shown.startswith("认不出这是什么文件")
    assert talk.question == question
    assert uploads.listing(project_id) == []


def test_a_file_that_is_redelivered_is_taken_once(talk: Talk, uploads: Uploads, project_id: int) -> None:
    assert "收下了" in send(talk, "a.pdf", PDF, "初步设计", update_id="file A")
    assert send(talk, "a.pdf", PDF, "初步设计", update_id="file A") == ""
    assert len(log(talk, project_id)) == 1
    talk.says("撤回 初步设计")
    assert send(talk, "a.pdf", PDF, "初步设计", update_id="file A") == ""
    assert uploads.listing(project_id) == []


def test_a_file_before_a_project_is_open_is_not_kept(talk: Talk, uploads: Uploads, project_id: int) -> None:
    talk.says("项目列表")
    shown = send(talk, "初步设计.pdf", PDF)
    assert "先打开一个项目" in shown
    assert uploads.listing(project_id) == []
    assert "先打开一个项目" in send(Talk(talk.conversation, user="new"), "初步设计.pdf", PDF)


def test_nobody_hands_in_for_a_stranger(talk: Talk, uploads: Uploads, project_id: int) -> None:
    update = Incoming(
        CHANNEL,
        "1",
        "stranger",
        "初步设计",
        window="w",
        project_id=project_id,
        file=IncomingFile("a.pdf", PDF),
    )
    with pytest.raises(NotFound):
        talk.conversation.receive(update)
    assert uploads.listing(project_id) == []


@pytest.mark.usefixtures("project_id")
def test_what_was_handed_in_is_listed_and_can_be_taken_back(talk: Talk, uploads: Uploads) -> None:
    assert "还没有交过文件" in talk.says("文件")
    send(talk, "a.pdf", PDF, "初步设计")
    send(talk, "b.png", PNG, "初步设计")
    talk.receive("files")
    (delivery,) = talk.waiting()
    (table, _) = delivery.reply.outgoing
    ((title, name, version, size, day),) = table.rows  # type: ignore[union-attr]
    assert [cell.render() for cell in (title, name, version, size, day)] == [
        "初步设计", "b.png", "第 2 版", "0.1 KB", "2026年11月23日",
    ]  # fmt: skip
    talk.read()
    assert "现在用第 1 版" in talk.says("撤回 初步设计")
    assert "没有文件了" in talk.says("remove 初步")
    assert "还没有交过文件" in talk.says("撤回 初步设计")
    assert list(uploads.blobs) == []


def test_taking_back_names_what_there_is_when_it_is_not_clear(
    talk: Talk, uploads: Uploads, project_id: int
) -> None:
    send(talk, "a.pdf", PDF, "初步设计")
    assert "交过的有：初步设计" in talk.says("撤回")
    assert "交过的有：初步设计" in talk.says("撤回 别的")
    assert len(uploads.listing(project_id)) == 1


def test_titles_are_understood_in_the_users_language(talk: Talk, uploads: Uploads, project_id: int) -> None:
    talk.says("language english")
    send(talk, "a.pdf", PDF, "preliminary design")
    assert [each.document_id for each in uploads.listing(project_id)] == [DESIGN]
    talk.says("remove preliminary design")
    assert uploads.listing(project_id) == []


@pytest.mark.parametrize("answer", ["上传 各类数据到共享平台", "撤回 旧系统后新建"])
def test_an_answer_that_begins_like_a_command_stays_an_answer(talk: Talk, answer: str) -> None:
    talk.arrives()
    talk.says(*TO_THE_LEADER)
    talk.says(answer)
    assert talk.drafts()[0].facts["project_lead"] == answer


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("文件", ListFiles()),
        (" Files ", ListFiles()),
        ("上传", Upload("")),
        ("上传 初步设计", Upload("初步设计")),
        ("upload preliminary design", Upload("preliminary design")),
        ("撤回", Withdraw("")),
        ("撤回　初步设计", Withdraw("初步设计")),
        ("remove preliminary design", Withdraw("preliminary design")),
        ("remove 2", None),
        ("文件管理系统", None),
        ("上传数据", None),
        ("uploaded", None),
        ("撤回" + " 长" * 300, None),
        ("", None),
    ],
)
def test_commands_about_files_are_told_from_everything_else(typed: str, command: object) -> None:
    assert upload_commands.read(typed) == command


# --- in the terminal ----------------------------------------------------------------------------------------


class Screen:
    """Runs of the program in a terminal, over one database."""

    def __init__(self, database: Database, out: Path) -> None:
        self.database = database
        self.out = out

    def run(self, *typed: str) -> str:
        """Type lines, the first of them in the list of projects if there are any; return what is shown."""
        shown = io.StringIO()
        console = Console(file=shown, width=100, highlight=False, markup=False, emoji=False)
        conversation = Conversation(self.database, CLOCK)
        lines = io.StringIO("".join(f"{line}\n" for line in typed), newline="")
        Terminal(conversation, console, lines, user="user", out=self.out).run()
        return shown.getvalue()

    def names(self) -> list[str]:
        """Return the files that are kept, by the names that they came with."""
        with self.database.unit_of_work() as work:
            (project,) = work.projects.list_for(f"{CHANNEL}:user")
            return [each.file_name for each in work.attachments.current(project.id).values()]


@pytest.fixture
def screen(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answered: bytes) -> Screen:
    """A user with a whole project, in a folder with files of awkward names."""
    here = tmp_path / "here"
    here.mkdir()
    (here / "设计.pdf").write_bytes(PDF)
    (here / "初步 设计 (终稿).pdf").write_bytes(PDF)
    (here / "file.pdf").write_bytes(PDF)
    (here / "it's.png").write_bytes(PNG)
    (here / "folder.pdf").mkdir()
    (here / "large.pdf").write_bytes(PDF + bytes(2 * MEGABYTE))
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(here))
    monkeypatch.setenv("USERPROFILE", str(here))
    monkeypatch.setenv(LIMIT_VARIABLE, "1")
    start(Conversation(database, CLOCK), answered)
    return Screen(database, tmp_path)


NAMED = {
    "absolute": ("上传 初步设计 {here}/设计.pdf", "设计.pdf"),
    "relative": ("上传 初步设计 设计.pdf", "设计.pdf"),
    "here": ("上传 初步设计 ./设计.pdf", "设计.pdf"),
    "home": ("上传 初步设计 ~/设计.pdf", "设计.pdf"),
    "colon": ("上传：初步设计 ~/设计.pdf", "设计.pdf"),
    "spaces": ("上传 初步设计 ~/初步 设计 (终稿).pdf", "初步 设计 (终稿).pdf"),
    "quotes": ("上传 初步设计 '{here}/初步 设计 (终稿).pdf'", "初步 设计 (终稿).pdf"),
    "double quotes": ('上传 初步设计 "{here}/初步 设计 (终稿).pdf" ', "初步 设计 (终稿).pdf"),
    "Chinese quotes": ("上传 初步设计 “~/初步 设计 (终稿).pdf”", "初步 设计 (终稿).pdf"),
    "escaped": (r"上传 初步设计 ~/初步\ 设计\ \(终稿\).pdf", "初步 设计 (终稿).pdf"),
    "apostrophe": ("上传 初步设计 it's.png", "it's.png"),
    "full-width space": ("上传　初步设计　设计.pdf", "设计.pdf"),
}


@pytest.mark.parametrize(("line", "name"), NAMED.values(), ids=NAMED.keys())
def test_a_file_is_found_however_its_path_is_written(screen: Screen, line: str, name: str) -> None:
    shown = screen.run("1", line.format(here=Path.cwd()), "文件")
    assert f"收下了「初步设计」：{name}" in shown
    assert "已交的文件" in shown
    assert screen.names() == [name]


def test_a_file_is_handed_in_and_taken_back_in_english(screen: Screen) -> None:
    screen.run("1", "language english", "upload preliminary design file.pdf")
    assert screen.names() == ["file.pdf"]
    screen.run("1", "files", "remove preliminary design")
    assert screen.names() == []


LOST = {
    "absent": ("上传 初步设计 ~/没有.pdf", "找不到文件「没有.pdf」"),
    "absent, with spaces": ("上传 初步设计 ~/没 有.pdf", "找不到文件「没 有.pdf」"),
    "absent, in quotes": ("上传 初步设计 '没 有.pdf'", "找不到文件「没 有.pdf」"),
    "absent, without an ending": ("上传 初步设计 /nowhere/没有", "找不到文件「没有」"),
    "folder": ("上传 初步设计 folder.pdf", "是文件夹"),
    "too large": ("上传 初步设计 large.pdf", "超过 1 MB"),
    "nobody's home": ("上传 初步设计 ~nobody-of-this-name/a.pdf", "找不到文件「a.pdf」"),
    "no path": ("上传 初步设计", "没有收到文件"),
    "nothing": ("上传", "没有收到文件"),
    "long": ("上传 初步设计 /" + "长" * 3_000, "找不到文件"),
    "zero byte": ("上传 初步设计 /a\0b.pdf", "找不到文件"),
}


@pytest.mark.parametrize(("line", "words"), LOST.values(), ids=LOST.keys())
def test_a_path_that_leads_nowhere_is_one_sentence(screen: Screen, line: str, words: str) -> None:
    shown = screen.run("1", line)
    assert words in shown.rpartition("\n> ")[2]
    assert screen.names() == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_not_waited_for(screen: Screen) -> None:
    os.mkfifo("pipe.pdf")
    assert "不是普通文件" in screen.run("1", "上传 初步设计 pipe.pdf")


def test_a_file_that_cannot_be_read_says_why(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        shown = screen.run("1", "上传 初步设计 设计.pdf")
    assert "文件「设计.pdf」读不出来" in shown
    assert screen.names() == []


def test_no_file_is_read_before_a_project_is_open(screen: Screen) -> None:
    assert "没有这个项目" in screen.run("上传 初步设计 设计.pdf")
    assert screen.names() == []


def test_files_stay_with_the_database(tmp_path: Path, answered: bytes) -> None:
    """What one run took, the next one has."""
    path = tmp_path / "data" / "shenbao.db"
    with open_database(path) as database:
        database.migrate()
        conversation = Conversation(database, CLOCK)
        number = start(conversation, answered)
        send(Talk(conversation), "a.pdf", PDF, "初步设计")
    with open_database(path) as database:
        conversation = Conversation(database, CLOCK)
        (attached,) = conversation.uploads.listing(number)
        assert conversation.uploads.read(attached) == PDF
