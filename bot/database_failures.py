"""What went wrong with a database as a whole, in the words of the operator who backs it up, moves or migrates it."""

from __future__ import annotations

from bot.failures import failure_text, one_line
from rules.text import T, Text, verbatim
from storage.copy_in import Unstorable
from storage.errors import (
    Duplicate,
    ServerUnavailable,
    StorageCorrupt,
    StorageError,
    StorageFull,
    StorageLocked,
    StorageReadOnly,
    StorageTooNew,
    StorageUnreachable,
)
from storage.moving import SourceOutdated, TargetNotEmpty, TargetOfAnother

_SAID: list[tuple[type[StorageError], Text]] = [
    (
        StorageLocked,
        T("别的程序正在使用数据库；请先停下 shenbao serve 和 shenbao worker，再运行同一条命令。"),
    ),
    (StorageTooNew, T("数据是更新版本的程序写的；请升级程序。")),
    (SourceOutdated, T("来源的表不是这个版本的；请先对来源运行 shenbao migrate。")),
    (TargetNotEmpty, T("目标里已经有数据；请换一个空的数据库。")),
    (
        TargetOfAnother,
        T("目标里有另一次没搬完的数据，来源或程序版本不同；确定不要了，就加上 --restart 清空重来。"),
    ),
    (Duplicate, T("同时有别的程序在往目标里写；请等它结束，再运行同一条命令。")),
]
_SAID_WITH_REASON: list[tuple[type[StorageError], Text]] = [
    (StorageFull, T("磁盘满了；请腾出空间，再运行同一条命令。")),
    (StorageReadOnly, T("没有写的权限；请检查文件夹或数据库用户的权限。")),
    (StorageUnreachable, T("打不开；请检查路径，要写文件，不是文件夹。")),
    (ServerUnavailable, T("连不上数据库服务器；请检查地址、库名、用户和密码。")),
    (StorageCorrupt, T("数据损坏，或者不是本程序的。")),
    (Unstorable, T("来源里有 PostgreSQL 存不了的空字符；请改掉那一处再搬。")),
]


def database_failure(error: StorageError) -> Text:
    """Return what happened and what to do; no password and no answer is ever in it."""
    for kind, said in _SAID:
        if isinstance(error, kind):
            return said
    for kind, said in _SAID_WITH_REASON:
        if isinstance(error, kind):
            return T("{said}（{reason}）", said=said, reason=verbatim(_reason(error)))
    return failure_text(error)


def _reason(error: StorageError) -> str:
    """Return what the system said; a server's words only about the connection: others repeat what is in a row."""
    said = error.__cause__ if isinstance(error, ServerUnavailable) and error.__cause__ else error
    return one_line(" ".join(str(said).split()))
