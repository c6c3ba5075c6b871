"""shenbao migrate: the tables are brought up to date, or it is said that they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic import command

from storage.database import open_database
from storage.migrations.run import configuration
from storage.revisions import HEAD

if TYPE_CHECKING:
    from pathlib import Path

    from running import Program


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path | str:
    """A database without tables, where the program looks for it."""
    if request.param == "sqlite":
        monkeypatch.delenv("SHENBAO_DATABASE", raising=False)
        return tmp_path / "data" / "shenbao.db"
    url: str = request.getfixturevalue("postgresql_without_tables")
    monkeypatch.setenv("SHENBAO_DATABASE", url)
    return url


def to_revision(location: Path | str, revision: str) -> None:
    with open_database(location) as database, database.unit_of_work() as work:
        command.upgrade(configuration(work.connection), revision)


def test_an_older_database_is_brought_up_to_date_and_both_versions_are_told(
    shenbao: Program, location: Path | str
) -> None:
    to_revision(location, "0004")
    ran = shenbao("migrate", "--check")
    assert ran.status == 1
    assert f"：表要从 0004 升级到 {HEAD}；请运行 shenbao migrate。\n" in ran.out
    ran = shenbao("migrate")
    assert (ran.status, ran.err) == (0, "")
    assert f"：表已从 0004 升级到 {HEAD}。\n" in ran.out
    with open_database(location) as database:
        assert database.is_usable()


def test_what_is_up_to_date_is_left_alone(shenbao: Program, location: Path | str) -> None:
    to_revision(location, "head")
    ran = shenbao("migrate", "--check")
    assert ran.status == 0
    assert ran.out.endswith(f"：表是最新的（{HEAD}）。\n")
    ran = shenbao("migrate")
    assert ran.status == 0
    assert f"：表已经是最新的（{HEAD}）。\n" in ran.out


def test_a_new_database_gets_its_tables(shenbao: Program, location: Path | str, tmp_path: Path) -> None:
    ran = shenbao("migrate", "--check")
    assert ran.status == 1
    assert "还没有表" in ran.out
    assert not (tmp_path / "data").exists(), "looking makes nothing"
    ran = shenbao("migrate")
    assert ran.status == 0
    assert f"：已新建表（{HEAD}）。\n" in ran.out
    with open_database(location) as database:
        assert database.is_usable()


def test_the_tables_of_the_workers_are_made_as_well(
    shenbao: Program, postgresql_without_tables: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHENBAO_DATABASE", postgresql_without_tables)
    assert "shenbao worker 用的表也已备好。" in shenbao("migrate").out
    assert "shenbao worker" not in shenbao("migrate").out
    with open_database(postgresql_without_tables) as database, database.unit_of_work() as work:
        made = "SELECT to_regclass('procrastinate.procrastinate_jobs') IS NOT NULL"
        assert work.connection.exec_driver_sql(made).scalar_one()


@pytest.mark.parametrize("arguments", [("migrate",), ("migrate", "--check")], ids=" ".join)
def test_tables_of_a_later_version_and_of_another_program_are_refused(
    shenbao: Program, location: Path | str, arguments: tuple[str, ...]
) -> None:
    with open_database(location) as database, database.unit_of_work() as work:
        work.connection.exec_driver_sql("CREATE TABLE wiki (page INTEGER)")
    ran = shenbao(*arguments)
    assert ran.status == 2
    assert ran.err.startswith("数据损坏，或者不是本程序的。")
    with open_database(location) as database, database.unit_of_work() as work:
        work.connection.exec_driver_sql("DROP TABLE wiki")
    to_revision(location, "head")
    with open_database(location) as database, database.unit_of_work() as work:
        work.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    ran = shenbao(*arguments)
    assert (ran.status, ran.err) == (2, "数据是更新版本的程序写的；请升级程序。\n")


def test_the_settings_of_a_server_name_the_database(
    shenbao: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHENBAO_DATA")
    settings = tmp_path / "server.toml"
    settings.write_text(f'public_url = "https://s.example"\ndata = "{tmp_path / "served"}"\n', "utf-8")
    assert shenbao("migrate", "--server", settings).status == 0
    assert (tmp_path / "served" / "shenbao.db").is_file()
    ran = shenbao("migrate", "--server", tmp_path / "none.toml")
    assert ran.status == 2
    assert "打不开" in ran.err
