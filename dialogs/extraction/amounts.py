"""The sums of a description: 总投资, 投资概算, 本年度投入, the sources of money, 工程费 + 设备费 + 预备费."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from dialogs.extraction.money import Sum, sums_in
from dialogs.extraction.money_roles import (
    COUNTED,
    ESTIMATE,
    PART,
    PART_WORDS,
    PARTS,
    SUM,
    THIS_YEAR,
    TOTAL,
    Role,
    is_whole,
    role_of,
    without_link,
)
from dialogs.extraction.shares import read_shares
from dialogs.parsing.funds import COLUMNS, OTHER

if TYPE_CHECKING:
    from dialogs.extraction.candidates import Notes

_REACH = 60
"""Characters before a sum in which its label is looked for."""
_ADDS_UP = re.compile("^$|(?:budget|预算|投资|资金|经费|费用|的话)$")
_IN_WAN = re.compile(r"\((?:人民币)?(?:单位[:：]?)?万元\)[:：|=]*$")
_IN_YUAN = re.compile(r"\((?:人民币)?(?:单位[:：]?)?元\)[:：|=]*$")
_WAN_BEHIND = re.compile(r"^\(?(?:单位[:：]?)?万元")
_YUAN_BEHIND = re.compile(r"^\((?:单位[:：]?)?元\)")
_WHOLE_TABLE = re.compile(
    r"单位(?:均)?[为是:：]?(?:人民币)?万元|(?:以下|以上|均)(?:金额)?[以为]?万元(?:为单位|计)"
)
_STOP = re.compile(r"[，,。;；!！?？\n\0]")

_EXCLUDES = re.compile(
    "(?:不含|未含|不包括|不包含|除去?|刨去)[^\n，,。]{0,6}(?:费|硬件|软件|设备|税|款|预备|部分)|另算|另计|不在(?:里面|内|其中|此列)|未计入|没算|不计入|另行|除外|分摊|结余|节余|只(?:给|批|有|能|安排|下达)|另外(?:申请|算|列)"
)
_OLD_VALUE = re.compile(
    "^(?:元)?(?:被?(?:砍|压减|压缩|核减|压|缩减)|调整|变更|修改|更改|增加到|追加到|调减|提高到|改)(?:为|到|至|成)?"
)
_THRESHOLD = re.compile(
    "^元?(?:\\(含(?:本数|[0-9]+万元?)?\\))?(?:及|和)?(?:以上|以下|以内)(?:\\(含(?:本数|[0-9]+万元?)?\\))?"
    "(?:[,，]?(?:的|须|应|要|需|就|都|才|必须|报|由|可|不用|不需|无需|不)|项目)"
)
"""A line that a rule draws (500万元以上的要报…), nobody's sum."""
_RUMOUR = re.compile("说过|口头|有人说|又说|还说")
_REST_OF_OTHERS = re.compile(
    "(?:剩下|剩余|其余|余下|缺口|差额|不足)(?:部分|的)?[^\n，,。;；]{0,4}(?:(?<!自治)区|县|镇|乡|街道|单位|自筹|自己|学校|医院)(?![^\n，,。;；]{0,6}[0-9])"
)
_OF_SOMETHING_BIGGER = re.compile(
    "(?:信息化|智能化|智慧[一-龥]{1,4})(?:建设)?(?:部分|分项)|土建|主体工程|(?:迁建|新校区|楼宇|道路)(?:项目|工程)"
)
"""A building project of which the software is a part: whose total is meant is not certain."""
_REVIEWED = re.compile("(?:评审|审定|核定|财评)(?:后)?(?:总)?(?:价|金额|值|数)(?:为|是|[:：])?$")
_ADDED = re.compile(
    "实际(?:执行|支出|使用|完成)|(?:又|再|后来|后面|另外?)(?:又|再)?(?:增加|追加|加|补|增)了?(?:约|大概)?[0-9一二三四五六七八九十百]"
)
_LOCAL_PAYS = re.compile(
    "(?:街道|乡镇|镇|乡|村|(?<!建设)(?<!申报)单位|学校|医院|园区|自筹|自有资金|(?<!自治)区|县)(?:财政|级|本级|上|里|自筹|配套|政府|集体)*(?:资金|承担|出资?|拿|掏|配套|解决|[:：为])*"
    "(?=[0-9.,零一二两三四五六七八九十百千]+个?[万亿元w])"
)
"""A sum that a county, a township or the unit itself pays, however it is put."""
_REPEATS = re.compile("\\((?:大写|小写|即|合|人民币|¥|[:：为])*")
_ONCE = re.compile("原|最初|起初|一开始|之前|先前|初次")
_REVISED_TO = re.compile(
    "(?:核减|核定|审定|压减|压缩|缩减|调减|调整|变更|修改|改|降|减|增加|追加|提高)(?:为|到|至|成)了?$"
)


class _Read(msgspec.Struct):
    """A sum and what it was taken for."""

    sum: Sum
    role: str
    start: int
    fen: int | None


def read_amounts(notes: Notes) -> None:
    """Note every sum of the project, and every mention of one that is not settled."""
    text = notes.text
    in_wan = _WHOLE_TABLE.search(text) is not None
    reads: list[_Read] = []
    for one in sums_in(text):
        read = _read(notes, one, in_wan=in_wan, earlier=reads)
        if read is not None:
            reads.append(read)
    _share_units(text, reads)
    _note(notes, reads)
    _counted_from_parts(notes, reads)
    read_shares(notes, [read.sum for read in reads])


def _read(notes: Notes, one: Sum, *, in_wan: bool, earlier: list[_Read]) -> _Read | None:
    text = notes.text
    reach = max(0, one.start - _REACH)
    left_from = max((found.end() for found in _STOP.finditer(text, reach, one.start)), default=reach)
    left = text[left_from : one.start]
    behind = text[one.end : one.end + 24]
    if _OLD_VALUE.match(behind) or _THRESHOLD.match(behind):
        return None
    as_wan = in_wan or _IN_WAN.search(left) is not None or _WAN_BEHIND.match(behind) is not None
    in_yuan = _IN_YUAN.search(left) is not None or _YUAN_BEHIND.match(behind) is not None
    fen = one.fen_as_yuan() if in_yuan and one.is_bare else one.fen(as_wan=as_wan and not in_yuan)
    if one.is_rate:
        return _Read(one, PART, one.start, fen)
    role = _after_gap(notes, one, left_from, behind) or role_of(left, behind, notes.as_of)
    revised = _revised(notes, one, left, earlier)
    if revised is not None:
        return _Read(one, revised, one.start, fen)
    if role is not None:
        return _Read(one, role.name, left_from + role.start, fen)
    corrected = _corrected(notes, one, earlier) if notes.clauses.at(one.start).is_correction else ""
    return _Read(one, corrected or (PART if one.is_bare else ""), one.start, fen)


def _after_gap(notes: Notes, one: Sum, left_from: int, behind: str) -> Role | None:
    """Return what the words after the last space say, as if a clause began there: 不涉密 预算150万."""
    gap = max((gap for gap in notes.source.gaps if left_from < gap < one.start - 1), default=None)
    if gap is None or PART_WORDS.search(notes.text[left_from:gap]):
        return None
    role = role_of(notes.text[gap : one.start], behind, notes.as_of)
    return None if role is None or role.name == PART else Role(role.name, role.start + gap - left_from)


def _revised(notes: Notes, one: Sum, left: str, earlier: list[_Read]) -> str | None:
    """Return what 核减为768万元 stands for: what was once another sum in this sentence, which no longer counts."""
    if not _REVISED_TO.search(left):
        return None
    here = notes.clauses.at(one.start).sentence
    once = [read for read in earlier if notes.clauses.at(read.sum.start).sentence == here]
    if len(once) != 1 or once[0].role not in (TOTAL, ESTIMATE):
        return None
    if not _ONCE.search(notes.text[max(0, once[0].start - 8) : once[0].sum.start]):
        return None
    role, once[0].role = once[0].role, PART
    return role


def _corrected(notes: Notes, one: Sum, earlier: list[_Read]) -> str:
    """Return what a corrected sum (不对，是700万) stands for: the one sum said right before it."""
    here = notes.clauses.at(one.start).sentence
    near = [read for read in earlier if here - 1 <= notes.clauses.at(read.sum.start).sentence <= here]
    return near[0].role if len(near) == 1 else ""


def _share_units(text: str, reads: list[_Read]) -> None:
    """Give 市级500、自治区180万元 the unit that is said once for the list."""
    funds = {*COLUMNS, OTHER}
    for index, read in enumerate(reads):
        if not read.sum.is_bare or read.fen is not None or read.role not in funds:
            continue
        for other in (*reads[index + 1 :], *reversed(reads[:index])):
            between = text[min(read.sum.end, other.sum.end) : max(read.sum.start, other.sum.start)]
            if other.role not in funds or re.search("[。;；\n!?]", between):
                break
            if not other.sum.is_bare and "万" in text[other.sum.start : other.sum.end]:
                read.fen = read.sum.fen(as_wan=True)
                break
            if not other.sum.is_bare:
                break


def _note(notes: Notes, reads: list[_Read]) -> None:
    has_total = any(read.role == TOTAL for read in reads)
    for index, read in enumerate(reads):
        start, end = read.start, read.sum.end
        if read.role == SUM:
            read.role = (
                TOTAL if _is_split(notes, read, reads[index + 1 :]) else _sum_role(notes, read, reads[:index])
            )
        if read.role == "":
            is_rumour = _RUMOUR.search(notes.clauses.words(notes.clauses.at(start))) is not None
            reason = "unclear" if read.fen is not None else "approximate"
            notes.doubt(TOTAL, start, end, reason, is_weak=not is_rumour)
        elif read.role == THIS_YEAR and _is_of_source(notes, read, reads[:index]):
            notes.doubt(THIS_YEAR, start, end, "partial")
        elif read.role == THIS_YEAR and not has_total and "投资" in notes.text[start : read.sum.start]:
            notes.doubt(THIS_YEAR, start, end, "unclear")
            notes.doubt(TOTAL, start, end, "unclear")
        elif read.role in (TOTAL, ESTIMATE, THIS_YEAR, COUNTED, *COLUMNS, OTHER):
            if read.fen is None:
                notes.doubt(read.role, start, end, "unclear" if read.sum.is_bare else "approximate")
            elif read.role == TOTAL and _is_outgrown(notes, read, reads[index + 1 :]):
                notes.doubt(TOTAL, start, end, "several")
            elif read.role == OTHER and _is_not_all(notes, read):
                notes.doubt(OTHER, start, end, "partial")
            elif _is_contradicted(notes, read, reads[index + 1 :]):
                notes.doubt(read.role, start, end, "several")
            elif read.role in (TOTAL, ESTIMATE) and _EXCLUDES.search(_sentence_after(notes, read.sum.end)):
                notes.doubt(read.role, start, end, "partial")
            else:
                notes.say(read.role, read.fen, start, end)


def _is_outgrown(notes: Notes, read: _Read, later: list[_Read]) -> bool:
    """Say whether a total is only of a part: 预算36万元，另…，合计48万元; 其中信息化部分…."""
    if _OF_SOMETHING_BIGGER.search(notes.text) or _ADDED.search(notes.text[read.sum.end : read.sum.end + 24]):
        return True
    here = notes.clauses.at(read.start).sentence
    return any(
        (one.role == SUM or _REVIEWED.search(notes.text[max(0, one.sum.start - 8) : one.sum.start]))
        and one.fen not in (None, read.fen)
        and notes.clauses.at(one.start).sentence == here
        for one in later
    )


def _is_not_all(notes: Notes, read: _Read) -> bool:
    """Say whether more of the money of a county or of the unit itself is spoken of: 剩下的找区里要."""
    if "自己" in notes.text[read.start : read.sum.start]:
        return True
    clauses = notes.clauses.sentence(notes.clauses.at(read.start).sentence)
    for found in _LOCAL_PAYS.finditer(notes.text, clauses[0].start, clauses[-1].end):
        if found.end() != read.sum.start:
            return True
    return _REST_OF_OTHERS.search(notes.clauses.sentence_words(notes.clauses.at(read.start))) is not None


def _is_contradicted(notes: Notes, read: _Read, later: list[_Read]) -> bool:
    """Say whether brackets right behind a sum repeat it as another: 300万元（3000元）."""
    if not later or later[0].fen in (None, read.fen):
        return False
    between = notes.text[read.sum.end : later[0].sum.start]
    return _REPEATS.fullmatch(between) is not None and notes.text.startswith(")", later[0].sum.end)


def _is_split(notes: Notes, read: _Read, later: list[_Read]) -> bool:
    """Say whether the sources named after a sum in its sentence add up to it: 总共198万，其中国家150万、市级48万."""
    here = notes.clauses.at(read.sum.start).sentence
    parts = [one for one in later if notes.clauses.at(one.sum.start).sentence == here]
    fens = [one.fen for one in parts if one.role in (*COLUMNS, OTHER) and one.fen is not None]
    return len(parts) == len(fens) > 1 and sum(fens) == read.fen


def _sum_role(notes: Notes, read: _Read, earlier: list[_Read]) -> str:
    """Return what 一共 adds up: the sources of money or nothing named before it is the whole project."""
    sentence = notes.clauses.at(read.sum.start).sentence
    parts = [
        one for one in earlier if notes.clauses.at(one.sum.start).sentence == sentence and not one.sum.is_rate
    ]
    if notes.text[read.start : read.sum.start].startswith("共") and not any(
        one.sum.start < read.start and notes.clauses.at(one.sum.start).sentence == sentence for one in earlier
    ):
        return ""  # 市级资金分两年拨付，共500万: of what was said before it, whatever that is
    left = notes.text[max(0, read.start - 24) : read.start]
    before = without_link(_STOP.split(left)[-1])
    is_named = _ADDS_UP.search(before) is not None or is_whole(before)
    return TOTAL if is_named and all(one.role in (*COLUMNS, OTHER) for one in parts) else ""


def _is_of_source(notes: Notes, read: _Read, earlier: list[_Read]) -> bool:
    """Say whether this year's sum is one source's share: 市级500万，其中本年度安排200万."""
    before = _STOP.split(notes.text[max(0, read.start - _REACH) : read.start])[-1]
    if re.search("财政|自治|市级|国家|中央|区级|县级|社会", before):
        return True
    sentence = notes.clauses.at(read.sum.start).sentence
    near = [one for one in earlier if notes.clauses.at(one.sum.start).sentence == sentence]
    return "其中" in before and bool(near) and near[-1].role in (*COLUMNS, OTHER)


def _sentence_after(notes: Notes, end: int) -> str:
    return re.split("[。;；!！?？\n\0]", notes.text[end : end + 24])[0]


def _counted_from_parts(notes: Notes, reads: list[_Read]) -> None:
    """Add up 工程费, 设备费 and 预备费, when each is given exactly once."""
    parts = [
        read for read in reads if read.role in PARTS and notes.clauses.at(read.sum.start).stance != "foreign"
    ]
    if not parts:
        return
    start, end = parts[0].start, parts[-1].sum.end
    fens = [read.fen for read in parts if read.fen is not None]
    if sorted(read.role for read in parts) == sorted(PARTS) and len(fens) == len(PARTS):
        notes.say(COUNTED, sum(fens), start, end)
    else:
        notes.doubt(COUNTED, start, end, "partial")
