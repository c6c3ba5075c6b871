"""YAML with line numbers and exact numbers, for packs and for files that users write.

Differences from plain YAML, each because a declaration depends on it: a number with a point stays a Decimal
(59.99 is 59.99), dates stay text, a key that stands twice is an error, and aliases are refused (a small file
could otherwise unfold into gigabytes).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import yaml

from rules.text import T, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]
_DEEPEST = 40
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)$")
_DECIMAL = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+)$")
_TRUE = {"true", "True", "TRUE", "yes", "Yes", "YES"}
_FALSE = {"false", "False", "FALSE", "no", "No", "NO"}
_NULL = {"", "~", "null", "Null", "NULL"}
_LONGEST_NUMBER = 400


class SourceError(ValueError):
    """A text that is not the YAML or JSON it should be; ``text`` says where and what to do."""

    def __init__(self, text: Text) -> None:
        """Keep the sentence for the user."""
        super().__init__(text.render())
        self.text = text


class Source(msgspec.Struct, frozen=True):
    """Loaded data and the line on which each entry begins.

    Attributes:
        data: mappings, lists, strings, bools, ints, Decimals and None.
        lines: path of keys and indexes → line, counted from 1.
    """

    data: Any
    lines: dict[Path, int]


def load_yaml(text: str) -> Source:
    """Read one YAML document.

    Raises:
        SourceError: broken syntax, a key twice, an alias, or nesting deeper than anything we write.
    """
    lines: dict[Path, int] = {}
    try:
        # Events, not yaml.compose: the C composer recurses, and a few kilobytes of brackets would end the process.
        events = yaml.parse(text, Loader=yaml.CSafeLoader)
        data = _document(events, lines)
    except yaml.YAMLError as error:
        raise SourceError(_where(error)) from None
    return Source(data, lines)


def _document(events: Iterator[yaml.Event], lines: dict[Path, int]) -> Any:
    data: Any = None
    for event in events:
        if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent, yaml.AliasEvent)):
            if () in lines:
                raise SourceError(
                    T("第 {line} 行：一个文件只能有一份内容，请删去「---」之后的部分。", line=_line(event))
                )
            data = _value(event, events, (), lines)
    return data


def _value(event: yaml.Event, events: Iterator[yaml.Event], path: Path, lines: dict[Path, int]) -> Any:
    line = _line(event)
    lines.setdefault(path, line)
    if len(path) > _DEEPEST:
        raise SourceError(T("第 {line} 行：内容嵌套太深，请检查缩进。", line=line))
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(str(event.value), line, is_plain=event.implicit[0])
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_value(event, events, (*path, len(items)), lines))
        return items
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(events, path, lines)
    raise SourceError(T("第 {line} 行：不支持 YAML 别名（& 和 *），请把内容直接写出来。", line=line))


def _mapping(events: Iterator[yaml.Event], path: Path, lines: dict[Path, int]) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        line = _line(event)
        if not isinstance(event, yaml.ScalarEvent):
            raise SourceError(T("第 {line} 行：名称应是一个词，不能是列表。", line=line))
        key = str(event.value)
        if key in mapping:
            raise SourceError(T("第 {line} 行：「{key}」写了两次，请只留一处。", line=line, key=key[:40]))
        lines[(*path, key)] = line
        mapping[key] = _value(next(events), events, (*path, key), lines)
    return mapping


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return int(mark.line) + 1 if mark else 1


def _scalar(value: str, line: int, *, is_plain: bool) -> str | int | Decimal | bool | None:
    if not is_plain:  # quoted or block: text as it stands
        return value
    if value in _NULL:
        return None
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    number = _INT.match(value) or _DECIMAL.match(value)
    if number and len(value) > _LONGEST_NUMBER:
        raise SourceError(T("第 {line} 行：这个数字太长了，请核对。", line=line))
    try:
        if _INT.match(value):
            return int(value)
        return Decimal(value) if number else value
    except ArithmeticError:
        raise SourceError(T("第 {line} 行：这个数字太长了，请核对。", line=line)) from None


def _where(error: yaml.YAMLError) -> Text:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return T("文件里有 YAML 不允许的字符，请另存为 UTF-8 文本后再试。")
    return T(
        "第 {line} 行第 {column} 列：YAML 写法有误，请检查缩进、冒号和引号。",
        line=int(mark.line) + 1,
        column=int(mark.column) + 1,
    )
