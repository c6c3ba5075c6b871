"""``shenbao backup`` and ``shenbao restore``: a SQLite database with its files, in one zip."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.accounts import OK
from bot.clock import SystemClock
from bot.database_places import located, shown
from bot.databases import FAULTS, complain, lost_text, run, say
from bot.operating import RefusedError
from bot.place import is_there
from rules.text import T, Text, verbatim
from storage.backup import PlaceTaken, back_up, restore
from storage.database import is_postgresql

if TYPE_CHECKING:
    from rules.text import Translate

_MEGABYTE = 1_000_000


def run_backup(translate: Translate, file: Path, *, data: Path | None, config: Path | None) -> int:
    """Back a database up, whoever is using it; return the exit code.

    Args:
        translate: the operator's language.
        file: the zip that is made.
        data: folder of the database; None for the one of the settings, else the user's own.
        config: the settings of a server.
    """
    return run(translate, lambda: _back_up(file, _file_of(data, config), translate))


def run_restore(translate: Translate, file: Path, *, data: Path | None, config: Path | None) -> int:
    """Put a backup where there is no database yet; return the exit code.

    Args:
        translate: the operator's language.
        file: the zip.
        data: folder of the database; None for the one of the settings, else the user's own.
        config: the settings of a server.
    """
    return run(translate, lambda: _restore(file, _file_of(data, config), translate))


def _file_of(data: Path | None, config: Path | None) -> Path:
    location = located(data, config)
    if is_postgresql(location):
        raise RefusedError(
            T("数据在 PostgreSQL 里：请用 pg_dump 备份、pg_restore 恢复，见 docs/operations.md。")
        )
    return Path(location)


def _back_up(file: Path, path: Path, translate: Translate) -> int:
    if not is_there(path):
        raise RefusedError(T("没有 {where} 这个数据库。", where=shown(path)))
    try:
        made = back_up(path, file, at=SystemClock().now())
    except PlaceTaken:
        raise RefusedError(T("「{file}」已经有了；请换一个文件名。", file=verbatim(str(file)))) from None
    said = T(
        "已备份到 {file}：{projects} 个项目，{contents} 个文件，{size} MB。\n"
        "里面有个人信息：现在只有您能读（0600），拷到别处请加密。",
        file=verbatim(str(file)),
        projects=made.projects,
        contents=made.contents,
        size=_megabytes(file),
    )
    say(said, translate)
    if not made.lost:
        return OK
    complain(lost_text(list(made.lost)), translate)
    return FAULTS


def _restore(file: Path, path: Path, translate: Translate) -> int:
    if not file.is_file():
        raise RefusedError(T("没有「{file}」这个备份文件。", file=verbatim(str(file))))
    try:
        found = restore(file, path)
    except PlaceTaken as error:
        raise RefusedError(
            T("「{file}」已经有了；请用 --data 给一个还没有数据库的文件夹。", file=verbatim(str(error)))
        ) from None
    said = T(
        "已恢复到 {where}：{projects} 个项目，{contents} 个文件，是 {moment} 的样子，全部核对无误。\n"
        "那时待发的消息会再发一次；不想再发的，先用 shenbao outbox list 和 shenbao outbox drop 去掉。",
        where=shown(path),
        projects=found.projects,
        contents=found.contents,
        moment=f"{found.made_at.astimezone():%Y-%m-%d %H:%M:%S}",
    )
    say(said, translate)
    return OK


def _megabytes(file: Path) -> Text:
    return verbatim(f"{file.stat().st_size / _MEGABYTE:.1f}")
