"""Boxes in a pasted form: of □新建 ☑扩建 □改建 only what is ticked is left to be read."""

from __future__ import annotations

import re

_TICK = "☑☒✓✔√■▣●◉✅☛🗹"
_EMPTY = "□☐○◯◻▢❏❑"
_BOX = re.compile(f"\\([{_TICK}v]?\\)|\\[[{_TICK}v]?\\]|[{_EMPTY}][{_TICK}]|[{_TICK}{_EMPTY}]")
_IS_TICKED = re.compile(f"[{_TICK}v]")
_HEAD = re.compile("^[^:：|\n]{1,14}[:：|]")


def only_ticked(text: str) -> str:
    """Return a text, as long as before, without boxes and the options whose boxes are empty."""
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    boxes = list(_BOX.finditer(line))
    if not boxes or (len(boxes) == 1 and boxes[0][0][0] in _TICK and "：" not in line and ":" not in line):
        return line
    head = _HEAD.match(line)
    begin = head.end() if head and head.end() <= boxes[0].start() else 0
    is_before = boxes[0].start() == begin
    chars = list(line)
    for index, box in enumerate(boxes):
        start, end = box.span()
        if is_before:
            edge = boxes[index + 1].start() if index + 1 < len(boxes) else len(line)
            option = (end, edge)
        else:
            option = (boxes[index - 1].end() if index else begin, start)
        _blank(chars, start, end)
        if not _IS_TICKED.search(box[0]):
            _blank(chars, *option)
    return "".join(chars)


def _blank(chars: list[str], start: int, end: int) -> None:
    chars[start:end] = "\0" * (end - start)
