"""Typed yes, no or don't know, in Chinese and English; whatever is not clearly one of them is asked again.

Half-sentences are read word by word (没有 + 获得 + 批准), and one unknown word is enough to ask again: a guess here
would end up in an official form.
"""

from __future__ import annotations

import re
from typing import Literal

from dialogs.parsing.result import Parsed, Rejected
from dialogs.parsing.text import EMPTY, LONGEST_ANSWER, excerpt, normalise
from rules.text import T

YesNo = bool | Literal["unsure"]

_NUMBERS: dict[str, YesNo] = {"1": True, "一": True, "2": False, "二": False, "3": "unsure", "三": "unsure"}
_NUMBERED = re.compile(r"(?:第|选)?([1-3一二三])(?:个|项)?[.)]?")
_YES = re.compile(
    "(?:是|对|有|要|会|能|行|好|可以|需要|属于|涉及|包括|包含|同意|存在)[的了]?|嗯|确实|确实[是有]|没错|当然|肯定"
    "|涉密|y|yes|yeah|yep|true|sure|ok|okay|yes,? (?:it is|it does|we do|we have|we are|there is)|√|✓|✔"
)
_NO = re.compile(
    "(?:否|不|没|无|未|没有|还没有?|还不|尚未|暂无|暂时没有|目前没有|从未|都没有|都不|不必|不用|无需|不同意)[的了]?"
    "|n|no|nope|not|not yet|none|never|false|no,? (?:it is not|it does not|we do not|we have not|not yet)|×|✗|✘"
)
_UNSURE = re.compile(
    "(?:我们?|还|暂时?|目前|现在|这个|也|真)*"
    "(?:不(?:太|大|是很|很)?(?:清楚|知道|确定|了解|晓得|明确|明白|懂|记得)|不好说|说不[好清准]|搞不清楚?|拿不准|不一定"
    "|没想好|没定|没确定|没有确定|未定|未确定|待定|待确[认定]|不详|(?:要|得|需要?)?再?(?:去)?问[问一]?[问下]?(?:领导|同事|科室)?"
    "|回头再?说|可能|也许|或许)[的了吧]?"
    "|unsure|not sure|i'?m not sure|(?:i )?(?:do not|don't|dont) know|no idea|idk|unknown|maybe|perhaps|ask later"
)
_WORD = (
    "(?:获得|取得|得到|获批|批准|审批|批复|批|同意|备案|通过|完成|办理|办|做|建设|建成|建|接入|对接|提供|编制|规划"
    "|写明|写清|写上|写|明确|落实|纳入|部署|属于|包含|包括|涉及|涉密|含|委托|存在|重复|使用|用|上云|测评|评估|验收|整合|出具|下达"
    "|上级|主管|部门|单位|项目|系统|意见书?|手续|方案|内容|数据|目录|平台|密码|等保|密评|资金|运维|信息|国家|秘密|行业"
    "|自治区|政务云|云|机房|网络|类似|同类|相关|这个|该|任何|此类|这类|市|本|过|了|到|的)"
)
_YES_PHRASE = re.compile(
    f"(?:我们?|本?单位|项目)?(?:都|确实)?(?:已经|已|有|是){_WORD}{{1,8}}|已有{_WORD}{{0,8}}"
)
_NO_PHRASE = re.compile(
    "(?:我们?|本?单位|项目)?(?:还|暂|尚|目前|暂时|都|也|并|从)*"
    f"(?:没有|没|未|不|无)(?:是|会|需要|需|要|能|对|行|可以|好|计划|考虑|开展|{_WORD}){{1,8}}"
)
_ENDING = re.compile(r"[。.!~,;啊呀哦呢嘛哈]+$")
_CLAUSE_END = re.compile("[。.!,;、]+ ?")


def match_yes_no(typed: str, *, allow_unsure: bool) -> Parsed[YesNo] | Rejected:
    """Return True, False or ``"unsure"``.

    Args:
        typed: 是, 还没有, 已获得批准, no, 1 …
        allow_unsure: whether "don't know" is an answer; when not, it is refused with a word about why.
    """
    text = normalise(typed).casefold().replace("’", "'")
    if not text:
        return EMPTY
    verdicts = _verdicts(text) if len(text) <= LONGEST_ANSWER else {None}
    if len(verdicts) != 1 or None in verdicts:
        return _ask_again(typed, allow_unsure=allow_unsure)
    verdict = verdicts.pop()
    if verdict == "unsure" and not allow_unsure:
        return Rejected(T("这里需要明确的「是」或「否」，请核实后再回答；现在答不了，可以先跳过。"))
    return _ask_again(typed, allow_unsure=allow_unsure) if verdict is None else Parsed(verdict)


def _verdicts(text: str) -> set[YesNo | None]:
    """Return what the clauses say; they must agree."""
    whole = _verdict(_ENDING.sub("", text))
    if whole is not None:
        return {whole}
    return {_verdict(_ENDING.sub("", clause)) for clause in _CLAUSE_END.split(text) if clause}


def _verdict(clause: str) -> YesNo | None:
    numbered = _NUMBERED.fullmatch(clause)
    if numbered:
        return _NUMBERS[numbered[1]]
    if _UNSURE.fullmatch(clause):
        return "unsure"
    if _YES.fullmatch(clause):
        return True
    if _NO.fullmatch(clause):
        return False
    if _YES_PHRASE.fullmatch(clause):
        return True
    return False if _NO_PHRASE.fullmatch(clause) else None


def _ask_again(typed: str, *, allow_unsure: bool) -> Rejected:
    if allow_unsure:
        return Rejected(
            T("没看懂「{typed}」，请回答「是」「否」，或者「不清楚」。", typed=excerpt(typed)),
        )
    return Rejected(T("没看懂「{typed}」，请回答「是」或「否」。", typed=excerpt(typed)))
