"""Boxes that are ticked or left empty in a line: 工程类□ 货物类☑ 服务类□, (√)新建 ( )扩建."""

from __future__ import annotations

import re

from dialogs.parsing.text import normalise

_TICKED = "☑☒✓✔√■▣●◉⊙✅☛🗹"
_EMPTY = "□☐○◯◻▢❏❑"
_BRACKETED = re.compile(r"[(\[【]\s*([√✓✔☑vx×]?)\s*[)\]】]", re.IGNORECASE)
_BOTH = re.compile(f"[{_EMPTY}] ?[{_TICKED}]|[{_TICKED}] ?[{_EMPTY}](?=[ ,、;/]|$)")
_BOX = re.compile(f"[{_TICKED}{_EMPTY}]")
_EDGE = " ,、;/|。:"


def read_boxes(typed: str) -> list[tuple[str, bool]] | None:
    """Return each name with whether its box is ticked; None when there are no boxes.

    A line that begins with a box has each box before its name, another has it behind.
    """
    text = normalise(typed)
    text = _BRACKETED.sub(lambda found: "☑" if found[1] else "□", text)
    text = _BOTH.sub("☑", text)
    boxes = _BOX.findall(text)
    if not boxes:
        return None
    names = _BOX.split(text)
    is_before = not names[0].strip(_EDGE)
    names = names[1:] if is_before else names[:-1]
    return [(name.strip(_EDGE), box in _TICKED) for name, box in zip(names, boxes, strict=True)]
