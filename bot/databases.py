"""``shenbao migrate`` and ``shenbao move``: the tables are brought up to date; everything goes to another database."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bot.accounts import BAD_INPUT, OK
from bot.database_failures import database_failure
from bot.database_places import located, read_place, shown
from bot.operating import RefusedError
from bot.paint import plain_console, show
from bot.place import is_there
from bot.web.settings import SettingsError
from dialogs.messages import Table
from rules.text import T, Text, joined, verbatim
from storage.database import is_postgresql, open_database
from storage.errors import StorageError, StorageTooNew
from storage.move_marks import read_revision, refuse_mark
from storage.moving import move
from storage.revisions import HEAD, REVISIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rules.text import Translate
    from storage.fingerprints import Fingerprint
    from storage.moving import Moved

FAULTS = 1
_HASH_DIGITS = 12


def run_migrate(translate: Translate, *, data: Path | None, config: Path | None, only_checks: bool) -> int:
    """Bring the tables up to date, or say whether that is needed; return the exit code.

    Args:
        translate: the operator's language.
        data: folder of the database; None for the one of the settings, else the user's own.
        config: the settings of a server.
        only_checks: change nothing; the code is 1 when something is to be done.
    """
    return run(translate, lambda: _migrate(located(data, config), translate, only_checks=only_checks))


def run_move(translate: Translate, source: str, target: str, *, restarts: bool) -> int:
    """Copy everything from one database to another that is empty, and compare; return the exit code.

    Args:
        translate: the operator's language.
        source: ``sqlite:PATH`` or the URL of a PostgreSQL database.
        target: likewise.
        restarts: throw away what an unfinished move has left in the target.
    """
    return run(translate, lambda: _move(read_place(source), read_place(target), translate, restarts=restarts))


def run(translate: Translate, act: Callable[[], int]) -> int:
    """Do what a command is for; say in a sentence why it could not be done."""
    try:
        return act()
    except (RefusedError, SettingsError) as error:
        said = error.text
    except StorageError as error:
        said = database_failure(error)
    complain(said, translate)
    return BAD_INPUT


def say(text: Text, translate: Translate) -> None:
    """Print a sentence."""
    sys.stdout.write(text.render(translate) + "\n")
    sys.stdout.flush()


def complain(text: Text, translate: Translate) -> None:
    """Print what is wrong."""
    sys.stdout.flush()
    sys.stderr.write(text.render(translate) + "\n")


def _migrate(location: Path | str, translate: Translate, *, only_checks: bool) -> int:
    where = shown(location)
    if only_checks:
        before = _revision(location) if is_there(location) else None
        if before == HEAD:
            say(T("{where}：表是最新的（{new}）。", where=where, new=HEAD), translate)
            return OK
        if before is None:
            said = T("{where}：还没有表；shenbao migrate 会新建（{new}）。", where=where, new=HEAD)
        else:
            said = T(
                "{where}：表要从 {old} 升级到 {new}；请运行 shenbao migrate。",
                where=where,
                old=before,
                new=HEAD,
            )
        say(said, translate)
        return FAULTS
    before = _revision(location)
    with open_database(location) as database:
        database.migrate()
    if before == HEAD:
        said = T("{where}：表已经是最新的（{new}）。", where=where, new=HEAD)
    elif before is None:
        said = T("{where}：已新建表（{new}）。", where=where, new=HEAD)
    else:
        said = T("{where}：表已从 {old} 升级到 {new}。", where=where, old=before, new=HEAD)
    say(said, translate)
    if is_postgresql(location):
        from bot.worker.schema import prepare

        if prepare(str(location)):
            say(T("shenbao worker 用的表也已备好。"), translate)
    return OK


def _revision(location: Path | str) -> str | None:
    """Return the revision of the tables; None when there are none.

    Raises:
        StorageTooNew: a later version made them.
        StorageUnfinished: a move is filling them.
    """
    with open_database(location) as database, database.unit_of_work() as work:
        revision = read_revision(work.connection)
    refuse_mark(revision)
    if revision is not None and revision not in REVISIONS:
        raise StorageTooNew(f"the tables are at revision {revision}")
    return revision


def _move(source: Path | str, target: Path | str, translate: Translate, *, restarts: bool) -> int:
    origin = shown(source)
    if origin == shown(target):
        raise RefusedError(T("来源和目标是同一个数据库。"))
    if not is_there(source):
        raise RefusedError(T("没有 {where} 这个数据库。", where=origin))
    say(T("从 {source} 搬到 {target}；来源只读，不会改动。", source=origin, target=shown(target)), translate)
    progress = _Progress()
    with open_database(source) as reading, open_database(target) as written:
        try:
            moved = move(
                reading, written, origin=origin.render(), restarts=restarts, on_progress=progress.tell
            )
        finally:
            progress.end()
    show(plain_console(), _comparison(moved), translate)
    if not moved.is_complete:
        said = T(
            "两边不一样：中断之后来源又改过，或者有人改了目标。目标还不能用；请加上 --restart 再运行一次。"
        )
        complain(said, translate)
        return FAULTS
    say(_next_steps(target), translate)
    if not moved.lost:
        return OK
    complain(lost_text(moved.lost), translate)
    return FAULTS


def lost_text(lost: list[str]) -> Text:
    """Return which contents were not there, or damaged, before anything was done: by the beginning of their hash."""
    digests = joined([verbatim(digest[:_HASH_DIGITS]) for digest in lost], verbatim(" "))
    return T("有 {count} 个文件内容本来就缺失或损坏，没有带上：{digests}", count=len(lost), digests=digests)


def _comparison(moved: Moved) -> Table:
    columns = (T("表"), T("来源行数"), T("目标行数"), T("来源哈希"), T("目标哈希"), T("核对"))
    rows = tuple(
        (
            verbatim(compared.name),
            verbatim(str(compared.source.rows)),
            verbatim(str(compared.target.rows)),
            _short(compared.source),
            _short(compared.target),
            T("一致") if compared.is_equal else T("不一致"),
        )
        for compared in moved.compared
    )
    return Table(T("核对"), columns, rows)


def _short(fingerprint: Fingerprint) -> Text:
    return verbatim(fingerprint.sha256[:_HASH_DIGITS])


def _next_steps(target: Path | str) -> Text:
    password = (
        T("密码放环境变量 PGPASSWORD 或密码文件，不要写在里面；") if is_postgresql(target) else verbatim("")
    )
    return T(
        "搬完了，逐表核对一致。接下来：\n"
        '1. 在服务器的配置文件里写 database = "{where}"；{password}\n'
        "2. 启动 shenbao serve（用 PostgreSQL 时还有 shenbao worker），看看项目都在；\n"
        "3. 旧的数据库先留着，确认无误再删：里面有个人信息，这以后写进旧库的也不会过来。",
        where=shown(target),
        password=password,
    )


class _Progress:
    """A line on the terminal that says how far it is; none where nobody looks on."""

    def __init__(self) -> None:
        self._is_on = sys.stderr.isatty()

    def tell(self, name: str, count: int) -> None:
        """Show how much of a table was copied."""
        if self._is_on:
            sys.stderr.write(f"\r\033[K{name}  {count:,}")
            sys.stderr.flush()

    def end(self) -> None:
        """Take the line away."""
        if self._is_on:
            sys.stderr.write("\r\033[K")
