"""A short regulation that no city has, for tests of reading and comparing official texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.numbering import chinese
from rules.regulation import split_regulation

if TYPE_CHECKING:
    from rules.regulation import Regulation

BICYCLES = """\
示例市公共自行车管理办法

（征求意见稿）

第一章 总 则

第一条  为了让大家骑得上车，制定本办法。

第二条  本办法所称公共自行车，是指市里统一投放的自行车。
街道自己投放的，参照本办法。

站点设置

第三条  有下列情形之一的，不设站点：

（一）离路口太近的；

（二）地面不平，包括：

1。有坑的；

2。有坡的。

（三）挡住盲道的。

前款情形消除以后，可以重新申请。

第四条  站点的图样见附件1，申请表见附件2。

附件：1。站点图样
      2。站点申请表

附件 1

站点图样
	长
	宽

附件 2

站点申请表

申请单位：      年   月   日
"""

PARTS = ["1", "2", "3", "3(1)", "3(2)", "3(3)", "4", "附件1", "附件2"]


def texts(regulation: Regulation) -> dict[str, str]:
    """Return the words of every part."""
    return {name: part.text for name, part in regulation.parts.items()}


def doubts(regulation: Regulation) -> str:
    """Return every doubt, one a line."""
    return "\n".join(doubt.text.render() for doubt in regulation.doubts)


def fingerprints(text: str) -> dict[str, str]:
    """Return the fingerprint of every part."""
    return {name: part.fingerprint for name, part in split_regulation(text).parts.items()}


def articles(*words: str) -> str:
    """Return a text whose articles say these words, from 第一条 on."""
    return "\n".join(f"第{chinese(n)}条  {said}" for n, said in enumerate(words, start=1))
