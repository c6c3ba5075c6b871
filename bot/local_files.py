"""A file that is named in a typed line: 上传 初步设计 ~/初步设计.pdf. Only for a user at this machine."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.upload_commands import after_upload
from bot.uploads import IncomingFile, UploadError
from dialogs.parsing.text import excerpt
from rules.text import T

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 4_096
_QUOTED = re.compile(r"""(?:^|\s)(["'])([^"']+)\1$|(?:^|\s)“([^”]+)”$|(?:^|\s)‘([^’]+)’$""")
_BEGINS_LIKE_A_PATH = re.compile(r"~|/|\.{1,2}[/\\]|[A-Za-z]:[/\\]|\\\\")
_ENDS_LIKE_A_FILE = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_ESCAPED = re.compile(r"\\(.)")


class Named(NamedTuple):
    """What was typed before the path, and the file."""

    caption: str
    file: IncomingFile


class _Split(NamedTuple):
    document: str
    path: str


def read_named_file(typed: str, *, limit: int) -> Named | None:
    """Read the file that a line names.

    Args:
        typed: the line; the path may hold spaces, quotes around it, ~ or escaped spaces.
        limit: one byte more than this is read at most; the size is refused later, with the reason.

    Returns:
        None when the line hands nothing in.

    Raises:
        UploadError: a path was typed, but there is no file that can be read.
    """
    rest = after_upload(typed)
    if not rest or len(rest) > _LONGEST:
        return None
    splits = list(_splits(rest))
    for split in splits:
        path = _existing(split.path)
        if path is not None:
            return Named(split.document, IncomingFile(path.name, _read(path, limit)))
    likely = next((split.path for split in splits if _BEGINS_LIKE_A_PATH.match(split.path)), splits[-1].path)
    if not (_BEGINS_LIKE_A_PATH.match(likely) or _ENDS_LIKE_A_FILE.search(likely)):
        return None
    name = excerpt(Path(likely).name)
    raise UploadError(T("找不到文件「{name}」，请核对路径；可以把文件直接拖进窗口。", name=name))


def _splits(rest: str) -> Iterator[_Split]:
    """Yield every way to read the words as a title and a path, those with the longest path first."""
    quoted = _QUOTED.search(rest)
    if quoted:
        path = next(filter(None, (quoted[2], quoted[3], quoted[4])))
        yield _Split(rest[: quoted.start()].strip(), path)
        return
    for start in [0, *(gap.end() for gap in re.finditer(r"\s+", rest))]:
        yield _Split(rest[:start].strip(), rest[start:])


def _existing(typed: str) -> Path | None:
    for spelling in (typed, _ESCAPED.sub(r"\1", typed)):
        try:
            path = Path(spelling).expanduser()
            if path.exists():
                return path
        except (OSError, ValueError, RuntimeError):
            continue  # too long, not a name at all, or the home of somebody unknown
    return None


def _read(path: Path, limit: int) -> bytes:
    name = excerpt(path.name)
    if path.is_dir():
        raise UploadError(T("「{name}」是文件夹，请写到里面的文件。", name=name))
    if not path.is_file():
        raise UploadError(T("「{name}」不是普通文件，不能交。", name=name))
    try:
        with path.open("rb") as stream:
            return stream.read(limit + 1)
    except OSError as error:
        reason = error.strerror or os.strerror(error.errno or 0)
        raise UploadError(
            T("文件「{name}」读不出来（{reason}），请检查后再传。", name=name, reason=reason)
        ) from error
