"""``shenbao regulation``: an official text is loaded, compared with its pack, and shown beside our explanation."""

from __future__ import annotations

import json
import re
import shutil
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import docx
import pytest
from running import ROOT
from typer.testing import CliRunner

from bot.cli_options import Common, Options
from bot.cli_regulation import regulation_commands
from bot.clock import FixedClock
from bot.official_text import original
from bot.packs import installed_pack
from bot.place import DATABASE
from bot.regulation import run_regulation_diff, run_regulation_import, run_regulation_show
from bot.translation import translator
from rules.regulation import split_regulation
from storage.database import open_database
from storage.errors import StorageCorrupt

sys.path.append(str(ROOT / "tests" / "rules"))
from made_up_regulation import BICYCLES, PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACK = "bicycles"
EVENING = datetime(2027, 5, 6, 17, 0, tzinfo=UTC)
"""The 7th already in the city."""
CLOCK = FixedClock(EVENING)
FINAL = BICYCLES.replace("（征求意见稿）", "（正式稿）").replace("骑得上车", "骑得起车")


@pytest.fixture(autouse=True)
def bicycles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A pack that was written against the made-up text; what else it cites is of other laws."""
    folder = tmp_path / "packs" / PACK
    shutil.copytree(ROOT / "rules" / "packs" / "shizuishan", folder)
    parts = split_regulation(BICYCLES).parts
    entries = re.split(r"(?m)^(?=- id: )", (folder / "articles.yaml").read_text("utf-8"))
    for at, entry in enumerate(entries):
        name = re.match(r'- id: "(.*)"', entry)
        taken = f'  fingerprint: "{parts[name[1]].fingerprint}"\n' if name and name[1] in parts else ""
        entries[at] = re.sub(r"  fingerprint: .*\n", taken, entry)
    fingerprint = parts["3(1)"].fingerprint
    entries.append(
        f'- {{id: "3(1)", title: 离路口太近, explanation: 别挨着路口。, keywords: [], fingerprint: "{fingerprint}"}}\n'
    )
    (folder / "articles.yaml").write_text("".join(entries), "utf-8")
    head = (folder / "pack.yaml").read_text("utf-8")
    (folder / "pack.yaml").write_text(head.replace("id: shizuishan", f"id: {PACK}"), "utf-8")
    monkeypatch.setenv("SHENBAO_PACKS", str(tmp_path / "packs"))
    installed_pack.cache_clear()
    yield
    installed_pack.cache_clear()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "征求意见稿.txt"
    path.write_text(BICYCLES, "utf-8")
    return path


@pytest.fixture
def final(tmp_path: Path) -> Path:
    path = tmp_path / "正式稿.txt"
    path.write_bytes(FINAL.encode("gb18030"))
    return path


def load(file: Path, data: Path, **options: object) -> int:
    return run_regulation_import(file, **({"pack": PACK, "data": data, "clock": CLOCK} | options))


# Loading.


def test_loading_says_what_was_found_and_what_to_look_at(
    draft: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load(draft, data) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "「示例市公共自行车管理办法」：4 条、3 项、2 个附件。" in printed.out
    assert "第三条（2 款、3 项） 有下列情形之一的" in printed.out
    assert "附件 1 站点图样" in printed.out
    assert "有 1 处请对着原文看一眼" in printed.out
    assert "第 12 行：「站点设置」没有编号" in printed.out
    assert BICYCLES.splitlines()[11] == "站点设置"
    assert "版本：征求意见稿" in printed.out
    assert "一致" in printed.out


@pytest.mark.parametrize(
    ("label", "version"),
    [("二次送审稿", "二次送审稿"), ("  定\n稿 ", "定 稿"), ("", "征求意见稿"), ("长" * 99, "长" * 60 + "…")],
)
def test_the_version_is_what_the_operator_says_else_what_the_text_says(
    draft: Path, data: Path, label: str, version: str
) -> None:
    load(draft, data, label=label)
    with open_database(data / DATABASE) as database, database.unit_of_work() as work:
        held = work.official_texts.current(PACK)
    assert held is not None
    assert held.version_label == version
    assert held.imported_at == EVENING


def test_a_text_that_says_nothing_of_its_version_is_called_after_its_file(
    draft: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = draft.with_name("2027年印发.txt")
    named.write_text(BICYCLES.replace("（征求意见稿）", ""), "utf-8")
    load(named, data)
    assert "版本：2027年印发" in capsys.readouterr().out


def test_a_word_document_is_loaded_like_a_text(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = docx.Document()
    for line in BICYCLES.splitlines():
        document.add_paragraph(line)
    document.save(str(tmp_path / "办法.docx"))
    assert load(tmp_path / "办法.docx", data) == 0
    assert "和规则包写作时对照的原文一致" in capsys.readouterr().out


def test_another_regulation_is_loaded_with_a_warning(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "别的.txt"
    path.write_text("第一条  别的事。\n第二条  别的话。", "utf-8")
    assert load(path, data) == 0
    assert "没有一条和规则包写作时对照的原文一致" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("空.txt", b"", "没有文字"),
        ("信.txt", "您好，见附件。".encode(), "没有找到「第一条」"),
        ("图.txt", b"\x89PNG\r\n\x1a\n\x00", "另存为"),
        ("断.docx", b"PK\x03\x04", "损坏"),
        ("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "另存为 .docx"),
        ("长.txt", b"a" * 10_000_000, "太多"),
    ],
)
def test_a_file_that_cannot_be_used_is_2_in_one_line_and_nothing_is_kept(
    tmp_path: Path, name: str, content: bytes, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path, data = tmp_path / name, tmp_path / "data"
    path.write_bytes(content)
    assert load(path, data) == 2
    assert run_regulation_diff(path, pack=PACK, data=data) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    first, second = printed.err.splitlines()
    assert first == second
    assert said in first
    assert not data.exists()


def test_no_file_a_folder_and_an_unknown_pack_are_2(
    tmp_path: Path, draft: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load(tmp_path / "none.txt", data) == 2
    assert load(tmp_path, data) == 2
    assert load(draft, data, pack="nowhere") == 2
    assert run_regulation_diff(draft, pack="nowhere", data=data) == 2
    assert run_regulation_show("1", pack="nowhere", data=data) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 5


def test_a_folder_that_cannot_keep_it_is_2(tmp_path: Path, draft: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert load(draft, tmp_path / "file" / "below") == 2


# Comparing.


def test_the_same_text_is_0(draft: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(draft, data)
    capsys.readouterr()
    assert run_regulation_diff(pack=PACK, data=data) == 0
    assert f"{len(PARTS) - 2} 处没有变，0 处要重读，0 处是新的" in capsys.readouterr().out


def test_a_changed_text_is_1_and_names_every_rule(
    draft: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(draft, data)
    changed = draft.with_name("改.txt")
    changed.write_text(BICYCLES.replace("见附件1，", "见附件1、"), "utf-8")
    capsys.readouterr()
    assert run_regulation_diff(changed, pack=PACK, data=data) == 1
    said = capsys.readouterr().out
    assert "4「60 万元的门槛」：文字变了" in said
    assert "  适用范围「参照执行」 reference_only\n" in said
    assert "  提问「是否涉密」 classified\n" in said
    assert " boundary_60\n" in said
    assert "project_proposal" not in said
    assert "把它的指纹改成 sha256:" in said
    assert run_regulation_diff(pack=PACK, data=data) == 0, "comparing a file does not load it"


def test_the_last_text_that_was_loaded_is_compared(
    draft: Path, final: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(draft, data)
    load(final, data, clock=FixedClock(EVENING + timedelta(days=1)))
    capsys.readouterr()
    assert run_regulation_diff(pack=PACK, data=data) == 1
    said = capsys.readouterr().out
    assert "（正式稿）" in said
    assert "1「为什么定这个办法」：文字变了，现在是：为了让大家骑得起车" in said


def test_moved_gone_and_new_are_said(draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = BICYCLES.replace("第四条  ", "第五条  ").replace("第三条  ", "第四条  ")
    draft.write_text(text.replace("附件 2\n", "").replace("站点设置", "第三条  站点由街道选。"), "utf-8")
    assert run_regulation_diff(draft, pack=PACK) == 1
    said = capsys.readouterr().out
    assert (
        "3「什么是政务信息化系统」：文字没有变，编号变成了 4。\n  没有规则引用它，只要重读白话解释。" in said
    )
    assert "3(1)「离路口太近」：文字没有变，编号变成了 4(1)。" in said
    assert "附件2「网络安全和密码审查表」：新的原文里找不到它" in said
    assert "3 是新的：站点由街道选。" in said


def test_json_is_for_programs(final: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_regulation_diff(final, pack=PACK, as_json=True) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["pack"], said["version"]) == (PACK, "正式稿")
    (change,) = said["changes"]
    assert (change["article"], change["kind"], change["rules"]) == ("1", "changed", [])
    assert "4" in said["unchanged"]
    assert said["new"] == []


def test_nothing_to_compare_is_2_and_makes_no_database(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_regulation_diff(pack=PACK, data=data) == 2
    assert "shenbao regulation import" in capsys.readouterr().err
    assert not data.exists()


# Showing.


def test_the_original_stands_beside_our_explanation(
    draft: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(draft, data)
    capsys.readouterr()
    assert run_regulation_show("第三条第（一）项", pack=PACK, data=data) == 0
    assert capsys.readouterr().out.splitlines() == [
        "【原文】版本：征求意见稿，2027年5月7日载入",
        "（一）离路口太近的；",
        "【白话解释】离路口太近（按送审稿写）",
        "别挨着路口。",
    ]


def test_an_explanation_of_other_words_says_so(
    final: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(final, data)
    capsys.readouterr()
    run_regulation_show("1", pack=PACK, data=data)
    said = capsys.readouterr().out
    assert "第一条　为了让大家骑得起车" in said
    assert "请以原文为准" in said
    run_regulation_show("2", pack=PACK, data=data)
    assert "请以原文为准" not in capsys.readouterr().out


def test_a_part_without_an_explanation_and_an_explanation_without_a_part(
    draft: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(draft, data)
    capsys.readouterr()
    assert run_regulation_show("3(2)", pack=PACK, data=data) == 0
    said = capsys.readouterr().out
    assert "1。有坑的；\n2。有坡的。" in said
    assert "还没有这一条的白话解释" in said
    assert run_regulation_show("民法典203", pack=PACK, data=data) == 0
    said = capsys.readouterr().out
    assert "没有载入这一条的原文" in said
    assert "最后一天碰上休息日" in said


def test_before_a_text_is_loaded_only_the_explanation_is_shown(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_regulation_show("1", pack=PACK, data=data) == 0
    assert "shenbao regulation import" in capsys.readouterr().out
    assert not data.exists()


@pytest.mark.parametrize("article", ["99", "", "🙂", "第零条", "a" * 500, "\x1b[31m"])
def test_an_article_that_is_nowhere_is_2_in_one_line(
    article: str, draft: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(draft, data)
    capsys.readouterr()
    assert run_regulation_show(article, pack=PACK, data=data) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert "\x1b" not in printed.err


def test_a_line_of_a_hostile_text_cannot_steer_the_terminal(
    draft: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft.write_text("第一条  甲\u009b31m乙。\t丙", "utf-8")
    load(draft, data)
    run_regulation_show("1", pack=PACK, data=data)
    printed = capsys.readouterr().out
    assert "\u009b" not in printed
    assert "乙。 丙" in printed


def test_what_is_kept_but_cannot_be_read_is_said_to_be_damaged(draft: Path, data: Path) -> None:
    load(draft, data)
    with open_database(data / DATABASE) as database:
        with database.unit_of_work() as work:
            work.connection.exec_driver_sql("UPDATE official_text SET parts = '[1]'")
        with database.unit_of_work() as work, pytest.raises(StorageCorrupt):
            original(work, PACK, "1")
    assert run_regulation_show("1", pack=PACK, data=data) == 2
    assert run_regulation_diff(pack=PACK, data=data) == 2


def test_the_conversation_gets_the_words_and_their_version(draft: Path, data: Path) -> None:
    load(draft, data)
    with open_database(data / DATABASE) as database, database.unit_of_work() as work:
        found = original(work, PACK, "附件1")
        assert found is not None
        assert (found.text, found.label) == ("附件 1\n站点图样\n长\n宽", "征求意见稿")
        assert original(work, PACK, "99") is None
        assert original(work, "shizuishan", "1") is None


def test_another_language_is_spoken(final: Path, data: Path) -> None:
    assert load(final, data, translate=translator("en")) == 0
    assert run_regulation_diff(None, translator("en"), pack=PACK, data=data) == 1
    assert run_regulation_show("1", translator("en"), pack=PACK, data=data) == 0


def test_the_command_line_hands_on_what_it_is_given(draft: Path, final: Path, data: Path) -> None:
    commands = regulation_commands(Options(str, "zh"))

    def run(*arguments: str, pack: str | None = PACK) -> tuple[object, str]:
        before = Common(data, None, pack)
        ran = CliRunner().invoke(commands, list(arguments), obj=before, standalone_mode=False)
        return ran.return_value, ran.output

    assert run("import", str(draft), "--label", "一稿")[0] == 0
    assert run("diff")[0] == 0
    assert run("diff", str(final))[0] == 1
    status, said = run("diff", str(final), "--json", "--pack", PACK, pack=None)
    assert (status, json.loads(said)["version"]) == (1, "正式稿")
    status, said = run("show", "第一条")
    assert (status, "一稿" in said) == (0, True)
    assert "没有载入" in run("show", "第一条", "--data", str(data / "other"))[1]
