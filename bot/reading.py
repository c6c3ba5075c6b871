"""Files that users give: size-checked, decoded, and parsed without ever losing an exact number."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rules.source import Source, SourceError, load_yaml
from rules.text import T, Text

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 200 * 1024 * 1024
LARGEST_YAML = 4 * 1024 * 1024


def read_bytes(path: Path, *, largest: int, too_large: Text) -> bytes:
    """Return what a file holds.

    Args:
        path: the file that the user named.
        largest: bytes that it may have.
        too_large: what to say of a larger one.

    Raises:
        SourceError: it is not there, is a folder, is too large, or cannot be opened.
    """
    try:
        if path.is_dir():
            raise SourceError(T("「{path}」是一个文件夹，请给出文件名。", path=str(path)))
        if path.stat().st_size > largest:
            raise SourceError(too_large)
        return path.read_bytes()
    except FileNotFoundError:
        raise SourceError(T("找不到文件「{path}」，请核对文件名。", path=str(path))) from None
    except OSError as error:
        reason = str(error.strerror)
        raise SourceError(T("「{path}」打不开：{reason}。", path=str(path), reason=reason)) from None


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        SourceError: as ``read_bytes``, or not UTF-8 text.
    """
    data = read_bytes(path, largest=LARGEST, too_large=T("「{path}」太大，请拆成几个文件。", path=str(path)))
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise SourceError(T("「{path}」不是 UTF-8 文本，请另存为 UTF-8 后再试。", path=str(path))) from None


def parse_json(text: str) -> Any:
    """Return loaded JSON, numbers with a point as Decimal; a name that stands twice is refused.

    Raises:
        SourceError: broken JSON.
    """
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_object)
    except SourceError:
        raise
    except (ValueError, RecursionError, ArithmeticError):
        raise SourceError(T("JSON 写法有误，请检查引号、逗号和括号。")) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise SourceError(T("「{key}」写了两次，请只留一处。", key=twice[:40]))
    return data


def _no_number(name: str) -> Any:
    raise SourceError(T("{name} 不是数字，请填确定的数。", name=name))


def parse_yaml(text: str) -> Source:
    """Return loaded YAML with its line numbers.

    Raises:
        SourceError: broken YAML, or a file larger than any person writes.
    """
    if len(text) > LARGEST_YAML:
        raise SourceError(T("文件太大，请拆成几个文件。"))
    return load_yaml(text)
