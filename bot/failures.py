"""What went wrong with files and storage, in the user's words: what happened, what is safe, what to do."""

from __future__ import annotations

import errno
import re

from bot.packs import PackNotFoundError
from rules.ruleset import PackError
from rules.text import T, Text
from storage.errors import (
    DriverMissing,
    ServerUnavailable,
    StorageCorrupt,
    StorageError,
    StorageFull,
    StorageLocked,
    StorageReadOnly,
    StorageTooNew,
    StorageUnreachable,
    VersionConflict,
)
from storage.move_marks import StorageUnfinished

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_STORAGE: list[tuple[type[StorageError], Text]] = [
    (StorageFull, T("磁盘满了，这一句没有存上，之前的都在；请腾出空间再试。")),
    (StorageReadOnly, T("数据文件夹不能写入，这一句没有存上；请用 --data 换一个可以写的文件夹。")),
    (StorageUnreachable, T("数据文件夹打不开；请用 --data 指定一个可以写的文件夹。")),
    (ServerUnavailable, T("数据库服务器现在连不上，这一句没有存上，之前的都在；请稍后再试。")),
    (DriverMissing, T('还没有安装连接 PostgreSQL 的组件；请运行 pip install "shenbao[postgresql]"。')),
    (StorageLocked, T("另一个窗口正在使用这些数据，这一句没有存上；请稍等再发一次。")),
    (StorageCorrupt, T("数据文件损坏或不是本程序的；请用备份恢复，或用 --data 换一个文件夹。")),
    (StorageTooNew, T("数据是更新版本的程序写的；请升级程序后再打开。")),
    (StorageUnfinished, T("这个数据库还没有搬完，不能用；请再运行同一条 shenbao move 命令，搬完就能用。")),
    (VersionConflict, T("这个项目刚刚在别处改过，这一句没有存上；请再发一次。")),
]


def failure_text(error: Exception) -> Text:
    """Return one sentence for a failure of storage, of writing files, or of a rule pack."""
    if isinstance(error, PackNotFoundError):
        return T("没有安装「{name}」这个规则包。", name=str(error)[:40])
    if isinstance(error, PackError):
        return T(
            "规则包有 {count} 处问题，不能使用；请运行 shenbao pack check 查看。", count=len(error.faults)
        )
    for kind, text in _STORAGE:
        if isinstance(error, kind):
            return text
    if isinstance(error, OSError):
        return _os_text(error)
    return T("数据没有存上，之前的都在；请再试一次。")


def one_line(sentence: str) -> str:
    """Return a sentence without control characters: what a user typed may hold line breaks or terminal codes."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", sentence)


def _os_text(error: OSError) -> Text:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return T("磁盘满了，文件没有写成；请腾出空间再试，答案都还在。")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return T("没有权限写到「{path}」；请用 --out 换一个可以写的文件夹。", path=str(error.filename or ""))
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return T("「{path}」不是文件夹；请用 --out 换一个文件夹。", path=str(error.filename or ""))
    return T("文件没有写成（{reason}）；请用 --out 换一个文件夹再试。", reason=str(error.strerror))
