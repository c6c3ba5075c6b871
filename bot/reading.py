"""Files that users give: size-checked, decoded, and parsed without ever losing an exact number."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rules.source import Source, SourceError, load_yaml
from rules.text import T

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 200 * 1024 * 1024
LARGEST_YAML = 4 * 1024 * 1024


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        SourceError: it is not there, too large, or not UTF-8 text.
    """
    try:
        if path.is_dir():
            raise SourceError(T("「{path}」是一个文件夹，请给出文件名。", path=str(path)))
        if path.stat().st_size > LARGEST:
            raise SourceError(T("「{path}」太大，请拆成几个文件。", path=str(path)))
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise SourceError(T("找不到文件「{path}」，请核对文件名。", path=str(path))) from None
    except UnicodeDecodeError:
        raise SourceError(T("「{path}」不是 UTF-8 文本，请另存为 UTF-8 后再试。", path=str(path))) from None
    except OSError as error:
        raise SourceError(
            T("「{path}」打不开：{reason}。", path=str(path), reason=str(error.strerror))
        ) from None


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
