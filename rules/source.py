"""YAML with line numbers and exact numbers, for packs and for files that users write.

Differences from plain YAML, each because a declaration depends on it: a number with a point stays a Decimal
(59.99 is 59.99), dates stay text, a key that stands twice is an error, and aliases are refused (a small file
could otherwise unfold into gigabytes).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import msgspec
import yaml

from rules.text import T, Text

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
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise SourceError(_where(error)) from None
    except RecursionError:
        raise SourceError(T("内容嵌套太深，无法读取，请检查缩进。")) from None
    lines: dict[Path, int] = {}
    return Source(_construct(node, (), lines, set()), lines)


def _construct(
    node: yaml.Node | None, path: Path, lines: dict[Path, int], seen: set[int]
) -> Any:  # YAML holds anything
    if node is None:
        return None
    line = int(node.start_mark.line) + 1
    lines.setdefault(path, line)
    if id(node) in seen:
        raise SourceError(T("第 {line} 行：不支持 YAML 别名（& 和 *），请把内容直接写出来。", line=line))
    seen.add(id(node))
    if len(path) > _DEEPEST:
        raise SourceError(T("第 {line} 行：内容嵌套太深，请检查缩进。", line=line))
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, line)
    if isinstance(node, yaml.SequenceNode):
        return [_construct(item, (*path, index), lines, seen) for index, item in enumerate(node.value)]
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key_line = int(key_node.start_mark.line) + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise SourceError(T("第 {line} 行：名称应是一个词，不能是列表。", line=key_line))
        key = str(key_node.value)
        if key in mapping:
            raise SourceError(T("第 {line} 行：「{key}」写了两次，请只留一处。", line=key_line, key=key))
        lines[(*path, key)] = key_line
        mapping[key] = _construct(value_node, (*path, key), lines, seen)
    return mapping


def _scalar(node: yaml.ScalarNode, line: int) -> str | int | Decimal | bool | None:
    value = str(node.value)
    if node.style:  # quoted or block: text as it stands
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
    if _INT.match(value):
        return int(value)
    return Decimal(value) if number else value


def _where(error: yaml.YAMLError) -> Text:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return T("文件里有 YAML 不允许的字符，请另存为 UTF-8 文本后再试。")
    return T(
        "第 {line} 行第 {column} 列：YAML 写法有误，请检查缩进、冒号和引号。",
        line=int(mark.line) + 1,
        column=int(mark.column) + 1,
    )
