"""shenbao move: everything goes from one database to another, and the operator sees that nothing is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from busy import assert_nothing_is_lost, busy

from storage import moving
from storage.database import open_database

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from busy import Writing
    from running import Program

SECRET = "hunter2"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return tmp_path / "old" / "shenbao.db"


@pytest.fixture
def written(old: Path) -> Writing:
    with busy(old) as writing:
        pass
    return writing


def test_everything_goes_to_a_server_and_back_and_is_compared_table_by_table(
    shenbao: Program, tmp_path: Path, old: Path, written: Writing, postgresql_without_tables: str
) -> None:
    there = shenbao("move", "--from", f"sqlite:{old}", "--to", postgresql_without_tables)
    assert (there.status, there.err) == (0, "")
    assert_nothing_is_lost(postgresql_without_tables, written, written.acknowledged)
    new = tmp_path / "new" / "shenbao.db"
    back = shenbao("move", "--from", postgresql_without_tables, "--to", f"sqlite:{new}")
    assert (back.status, back.err) == (0, "")
    assert_nothing_is_lost(new, written, written.acknowledged)
    rows = [[line.split() for line in ran.out.splitlines() if line.endswith("一致")] for ran in (there, back)]
    assert rows[0] == rows[1], "counts and hashes are the same on both"
    assert len(rows[0]) == len(moving.TABLES) + 1
    assert f'database = "sqlite:{new}"' in back.out
    assert "PGPASSWORD" in there.out


def test_a_database_that_is_not_moved_yet_is_not_served(
    shenbao: Program, old: Path, written: Writing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = tmp_path / "data" / "shenbao.db"

    def interrupt(*_told: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bot.databases._Progress.tell", interrupt)
    assert shenbao("move", "--from", f"sqlite:{old}", "--to", f"sqlite:{new}").status == 130
    monkeypatch.undo()
    monkeypatch.setenv("SHENBAO_DATA", str(new.parent))
    for command in (("serve", "--no-browser"), ("outbox",), ("migrate",), ("backup", tmp_path / "b.zip")):
        ran = shenbao(*command)
        assert ran.status == 2
        assert ran.err == "这个数据库还没有搬完，不能用；请再运行同一条 shenbao move 命令，搬完就能用。\n"
    assert shenbao("move", "--from", f"sqlite:{old}", "--to", f"sqlite:{new}").status == 0
    assert_nothing_is_lost(new, written, written.acknowledged)
    assert shenbao("outbox").status == 0


@pytest.mark.usefixtures("written")
def test_a_difference_is_told_and_the_target_not_released(
    shenbao: Program, old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = moving.fingerprint
    monkeypatch.setattr(moving, "fingerprint", _disturbed(real))
    new = tmp_path / "new.db"
    ran = shenbao("move", "--from", f"sqlite:{old}", "--to", f"sqlite:{new}")
    assert ran.status == 1
    assert "不一致" in ran.out
    assert "--restart" in ran.err
    monkeypatch.setattr(moving, "fingerprint", real)
    assert shenbao("move", "--from", f"sqlite:{old}", "--to", f"sqlite:{new}", "--restart").status == 0


def _disturbed(real: Callable[..., moving.Fingerprint]) -> Callable[..., moving.Fingerprint]:
    """Return a fingerprint that comes out differently every time."""
    times = iter(range(1000))
    return lambda *given: real(*given)._replace(rows=next(times))


def test_what_a_source_had_lost_before_is_told(
    shenbao: Program, old: Path, written: Writing, tmp_path: Path
) -> None:
    with open_database(old) as database, database.unit_of_work() as work:
        digest = work.attachments.current(written.project_id)["document 0"].sha256
        work.blobs.delete(digest)
    ran = shenbao("move", "--from", f"sqlite:{old}", "--to", f"sqlite:{tmp_path / 'new.db'}")
    assert (ran.status, ran.err) == (1, f"有 1 个文件内容本来就缺失或损坏，没有带上：{digest[:12]}\n")


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("sqlite:{old}", "sqlite:{old}", "来源和目标是同一个数据库。"),
        ("sqlite:{folder}/none.db", "sqlite:{folder}/new.db", "没有 sqlite:{folder}/none.db 这个数据库。"),
        ("sqlite:{folder}", "sqlite:{folder}/new.db", "打不开；"),
        ("sqlite:{old}", "sqlite:{folder}", "打不开；"),
        ("{old}", "sqlite:{folder}/new.db", "数据库的地址要写成 "),
        ("sqlite:{old}", "sqlite:", "数据库的地址要写成 "),
        ("sqlite:{old}", f"mysql://u:{SECRET}@h/d", "数据库的地址要写成 "),
        ("sqlite:{old}", f"postgresql://u:{SECRET}@127.0.0.1:port/d", "数据库的地址要写成 "),
        ("sqlite:{old}", f"postgresql://u:{SECRET}@127.0.0.1:1/d", "连不上数据库服务器；"),
        ("sqlite:{old}", f"postgresql:///d?host=127.0.0.1&port=1&password={SECRET}", "连不上数据库服务器；"),
        ("sqlite:{folder}/text.db", "sqlite:{folder}/new.db", "数据损坏，或者不是本程序的。"),
    ],
)
@pytest.mark.usefixtures("written")
def test_what_cannot_be_moved_is_said_in_a_sentence_without_a_password(
    shenbao: Program, tmp_path: Path, source: str, target: str, said: str
) -> None:
    (tmp_path / "text.db").write_text("not a database " * 100, "utf-8")

    def filled(words: str) -> str:
        return words.replace("{old}", "{folder}/old/shenbao.db").replace("{folder}", str(tmp_path))

    ran = shenbao("move", "--from", filled(source), "--to", filled(target))
    assert ran.status == 2
    assert ran.err.startswith(filled(said))
    assert len(ran.err.splitlines()) == 1
    assert SECRET not in ran.out + ran.err


def test_a_target_with_data_is_refused(shenbao: Program, old: Path, written: Writing, tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    with busy(new) as other:
        pass
    ran = shenbao("move", "--from", f"sqlite:{old}", "--to", f"sqlite:{new}", "--restart")
    assert (ran.status, ran.err) == (2, "目标里已经有数据；请换一个空的数据库。\n")
    assert_nothing_is_lost(new, other, other.acknowledged)
    assert_nothing_is_lost(old, written, written.acknowledged)


def test_a_source_in_use_is_said_to_be_so(
    shenbao: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "old.db"
    monkeypatch.setattr("storage.database.open_database.__kwdefaults__", {"wait": 0.01})
    with open_database(old) as database:
        database.migrate()
        with database.unit_of_work():
            ran = shenbao("move", "--from", f"sqlite:{old}", "--to", f"sqlite:{tmp_path / 'new.db'}")
    assert ran.status == 2
    assert ran.err.startswith("别的程序正在使用数据库；请先停下 shenbao serve")
