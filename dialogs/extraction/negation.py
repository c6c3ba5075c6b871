"""Negation around the words that a rule has read: one that the rule did not read itself makes it doubtful."""

from __future__ import annotations

import re

_BEFORE, _AFTER = 9, 9
_STOP = re.compile("也|且|[,，。;；:：!！?？|()]")
_HARMLESS = re.compile(
    "[不非]涉密|无涉密|不断|不仅|不但|不动产|不同|不良|不论|不管|无线|无人机|无障碍|无缝|无纸|无论|非常|非遗|非税|非现场|未来|"
    "级别|区别|识别|类别|分别|特别|别的|性别|否则|三无|莫过|没问题|差不多|不好意思|不过|不对|没错"
)
_NEGATION = re.compile(
    "[不没未无非否勿莫别甭]|并非|拒绝|取消|放弃|避免|防止|杜绝|禁止|免于|排除|\\bnot?\\b|n't"
)
_BROKEN_OFF = re.compile("(?:不|没有?|未|非|无|不是|不属于|并非)$")
_OPPOSED = re.compile(
    "^(?:的|这种?|这个)?(?:说法|情况|可能|问题|结论|话)(?:并|是|也|就|都)*(?:不|没|未|错)|^(?:是|就|这)?(?:不对|不行|不可能|不准确|不属实|不成立|错的|没有的事)"
)


def negated_before(text: str, start: int) -> bool:
    """Say whether a negation stands shortly before ``start``, in the same clause, or ends the line before."""
    near = _STOP.split(text[max(0, start - _BEFORE) : start])[-1]
    line_before, line_end, near = near.rpartition("\n")
    return has_negation(near) or (
        line_end != "" and near == "" and _BROKEN_OFF.search(line_before) is not None
    )


def negated_after(text: str, end: int) -> bool:
    """Say whether what was said is taken back right behind it: 不涉密的说法不对."""
    near = _STOP.split(text[end : end + _AFTER])[0]
    return _OPPOSED.match(_HARMLESS.sub("", near)) is not None


_RHETORICAL = re.compile("谁|难道|岂|哪有|哪能|怎么会|凭什么")


def has_negation(text: str) -> bool:
    """Say whether words hold a negation; 不仅, 未来, 类别 and the like are none."""
    return _NEGATION.search(_HARMLESS.sub(" ", text)) is not None or _RHETORICAL.search(text) is not None
