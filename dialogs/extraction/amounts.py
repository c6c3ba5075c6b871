"""Which sum is what: 总投资, 投资概算, 本年度投入, the sources of money, 工程费 + 设备费 + 预备费.

A sum counts only when the words right before it (or 由…出 right behind it) name what it is, and nothing in front
of those words makes it a part of the project or somebody else's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from dialogs.extraction.money import Sum, sums_in
from dialogs.parsing.funds import COLUMNS, OTHER

if TYPE_CHECKING:
    from dialogs.extraction.candidates import Notes

TOTAL, ESTIMATE, THIS_YEAR, COUNTED = "total_investment", "budget_estimate", "this_year_investment", "counted_investment"
_PARTS = ("works", "equipment", "reserve")
_SUM = "sum"
"""一共, 合计: of the whole project, unless it adds up parts of it."""
_PART = "part"
"""A sum that is known to be something else: a part of the project, a price, a running cost."""

_LINK = re.compile(
    "(?:[:：|=¥ ]|人民币|rmb|cny|为|是|共计?|一共|总共|合计|总计|达到?|有|要|需要?|需|计|定为|定在|在|大概|大约|约|"
    r"就|了|的|能|说|写|填|报|\((?:人民币)?(?:单位[:：]?)?(?:万元|元|含税)\)|也|都|已|经)+$"
)
_IN_WAN = re.compile(r"\((?:人民币)?(?:单位[:：]?)?万元\)[:：|=]*$")
_IN_YUAN = re.compile(r"\((?:人民币)?(?:单位[:：]?)?元\)[:：|=]*$")
_WAN_BEHIND = re.compile(r"^\(?(?:单位[:：]?)?万元")
_WHOLE_TABLE = re.compile(r"单位(?:均)?[为是:：]?(?:人民币)?万元|(?:以下|以上|均)(?:金额)?[以为]?万元(?:为单位|计)")
_STOP = re.compile(r"[，,。;；!！?？\n\0]")

_MONEY = (
    "财政|本级|预算内?|资金|投资|资本|专项|专款|超长期|长期|特别|补助|补贴|奖补|拨款|配套|政府|安排|承担|解决|来源|出资|筹措|支持|保障|"
    "层面|方面|出|拨付?|给|拿|负担|部分|申请|下达|级|里|由|用|来自|从|计划|拟|债券?|金额|数额|额度|已|同意|确认|明确|落实|转移支付|经费|预计"
)
_SOURCES = (
    ("fund_regional", "(?:宁夏(?:回族)?)?自治区"),
    ("fund_national", "国家|中央|国债"),
    (OTHER, "(?<!自治)区(?=级|财政|本级|里|配套)|(?<!自治)(?:县区|区县|市辖区)|县(?=级|财政|本级|里|配套)|园区|开发区|(?:街道|乡镇|镇|乡)(?=财政|自筹)|本?单位自筹|(?<!企业)自筹"),
    ("fund_city", "(?<![全城都县])市(?=级|财政|本级|里|配套|出|拨|补|专项|资金|直)|(?:石嘴山)?市级"),
    ("fund_social", "社会(?=资|投|力|方)|社会化?融资"),
)
_SOURCE_BEFORE = tuple((fact, re.compile(f"(?:{words})(?:{_MONEY})*$")) for fact, words in _SOURCES)
_SOURCE_BEHIND = tuple(
    (fact, re.compile(f"^(?:由|来自于?|来源于|从|走|靠|是|申请)(?:{words})(?:{_MONEY})*(?=$|[，,。;；、)\n]|剩|其余|另)")) for fact, words in _SOURCES
)
_BOTH_EACH = re.compile("[、和与及跟]")

_COUNTED = re.compile("工程(?:建设)?费用?[、和,，]设备(?:购置|采购)?费用?[、和及,，]+预备费用?(?:这?三(?:项|块|部分))?(?:费用)?(?:之和|总和|加起来|合起来|相加)?$")
_PART_LABELS = (
    ("works", re.compile("工程(?:建设)?费用?$")),
    ("equipment", re.compile("设备(?:购置|采购|及安装|购置及安装)?费用?$")),
    ("reserve", re.compile("(?:基本)?预备费用?$")),
)
_ESTIMATE = re.compile("(?:(?:项目|工程)?总?投资|初步设计|初设)?概算(?:金额|总额|数|投资)?$")
_TOTAL = re.compile(
    "(?P<strong>总投资额?|投资总额|总预算|总经费|总造价|总费用|总价款?|项目总?(?:金额|经费|资金)|投资(?:估算|概算)总额|资金总额|总概算投资|预算总额|totalinvestment|totalbudget)$"
    "|(?P<weak>预算(?:安排|金额|资金|经费|投资|数|额)?|投资(?:估算|额|金额|规模|预算)?|(?:所需|需要|建设|项目)(?:资金|经费)|资金需求|budget)$"
    "|(?P<sum>一共|总共|总计|合计|共计|总额|总金额|^共)$"
)
_YEAR_WORDS = "本年度?|今年|当年|本财年"
_THIS_YEAR = "(?:{year})(?:度|内|计划|预计|拟|先|项目|需要?)*(?P<verb>投入?|投资|安排|完成投资|支付)(?:资金|经费|金额|投资)?$"
_BEFORE_LABEL = re.compile(
    "(?:^|[:：|(、]|项目|平台|系统|工程|计划|预计|拟|整体|整个|全部|建设|我们|的|资金|财政|这个|此次|这次|本次|所需|需要?|想|"
    "申请|报|有|app|小程序|网站|门户|总|做|本|该|其|它|钱|信息化|智慧[^，,。]{1,6}|一期工程|是|为|概算|安排|万元\\)|我们?(?:单位|[县区市镇乡局院校委])?|批复的?)$"
)
_NOT_WHOLE = re.compile(
    "其中|子系统|分项|分系统|模块|部分|软件|硬件|设备|监理|设计|测评|运维|维护|培训|咨询|首期|一期|二期|三期|第[一二三]期|第[一二三四]年|"
    "首年|每年|年度|年均|每月|去年|今年|明年|后年|本年|当年|20[0-9]{2}年|单价|保证金|质保|尾款|部门|累计|已|上报|节约|剩|另|追加|增加|调减|机房|服务器|网络费|大屏|存储|"
    "不含|除|大数据局?预算|由.*出|控制|不是|最初|原|评审|批复|财评"
)
_PART_WORDS = re.compile(
    "(?:软件|硬件|设备|开发|集成|监理|设计|测评|密评|等保|运维|维护|维保|培训|咨询|采购|服务器|机房|网络|租赁|租金|云|接口|数据|[一二三]期|首期|单价|保证金|"
    "质保金?|合同|中标|报价|招标|控制价|限价|尾款|首付款?|预付款?|奖励|节约|节省|产值|收入|营收|损失|罚款|人员|人工|宣传|部分|模块|子系统|工资|工程|预备|大屏|存储|前端|"
    "安全|终端|摄像头|无人机|材料|其他|管理|勘察|可研|评审|审计|税|保险|交通|差旅|办公|(?:明|后|去|前|每|第[一二三]|首)年(?:度)?)"
    "(?:费用?|部分|款项?|金额?|预算|投资|经费|价款?|价格|支出|成本|投入|购置|采购|建设|开发|服务|计划|预计|资金|安排|每年|一年|年均)*$"
)
_EXCLUDES = re.compile("(?:不含|未含|不包括|不包含|除去?|刨去)[^，,。]{0,6}(?:费|硬件|软件|设备|税|款|预备|部分)|另算|另计|另行|除外|另外(?:申请|算|列)")
_REVISED = re.compile("由[^，,。]{1,20}(?:调整|变更|修改|更改|增加|追加|调减|提高|改)(?:为|到|至|成)$")
_OLD_VALUE = re.compile("^(?:元)?(?:被?(?:砍|压减|压缩|核减|压|缩减)|调整|变更|修改|更改|增加到|追加到|调减|提高到|改)(?:为|到|至|成)?")
_PROJECT_BEHIND = re.compile("^(?:元)?的(?:信息化|政务|建设)?(?:项目|盘子|总投资|总预算)(?![^，,。]{0,6}(?:不|要|需|以上|以下))")
_ALL_FROM = re.compile(
    "(?:资金|经费|投资|钱|费用)?(?:来源)?[为是:：]?(?:全部|全额|均|全都?|都)(?:由|为|是|靠|来自于?|从|用|使用|申请|走)?(?P<source>{words})(?:{money})*"
    "(?=$|[，,。;；、)\\n])"
)
_FROM_ALL = re.compile("(?P<source>{words})(?:财政|本级|级|资金|预算)*(?:全额|全部|足额|全)(?:保障|承担|解决|出资?|安排|负担|投入|拨付)(?=$|[，,。;；、)\\n])")
_NO_FUND = re.compile("(?:没有|无|不(?:使用|用|需要|涉及|申请|含)|未申请)(?P<source>国家|中央|自治区|社会)(?:财政|级)?(?:资金|资本|投资|补助)(?=$|[，,。;；、)\\n]|和|与)")
_FUND_TALK = re.compile("(?:资金|经费|钱)(?:来源)?(?:[为是:：由]|来自|从|走)+(?P<source>{words})")


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
    _each(notes, reads)
    _all_from_one(notes)
    _no_fund(notes)


def _read(notes: Notes, one: Sum, *, in_wan: bool, earlier: list[_Read]) -> _Read | None:
    text = notes.text
    left_from = max((found.end() for found in _STOP.finditer(text, max(0, one.start - 60), one.start)), default=max(0, one.start - 60))
    left = text[left_from : one.start]
    as_wan = in_wan or _IN_WAN.search(left) is not None or _WAN_BEHIND.match(text[one.end :]) is not None
    if _IN_YUAN.search(left):
        as_wan = False
    behind = text[one.end : one.end + 24]
    if _OLD_VALUE.match(behind):
        return None
    gap = max((gap for gap in notes.source.gaps if left_from < gap < one.start - 1), default=None)
    role, start = "", len(left)
    if gap is not None and not _PART_WORDS.search(notes.text[left_from:gap]):
        role, start = _role(notes, notes.text[gap : one.start], behind)
        start += gap - left_from
    if role in ("", _PART):
        role, start = _role(notes, left, behind)
    if role == "" and notes.clauses.at(one.start).is_correction:
        role, start = _role_before(notes, one, earlier)
        start = len(left) if role else start
    if role == "":
        role = _PART if one.is_bare or one.is_rate else ""
    if one.is_rate:
        role = _PART
    return _Read(one, role, left_from + start if role else one.start, one.fen(as_wan=as_wan))


def _role(notes: Notes, left: str, behind: str) -> tuple[str, int]:
    """Return what the words before a sum (or behind it) say that it is, and where they begin."""
    revised = _REVISED.search(left)
    if revised:
        left = left[: revised.start()]
    bare = _strip(left)
    counted = _COUNTED.search(bare)
    if counted:
        return COUNTED, counted.start()
    for role, label in _PART_LABELS:
        found = label.search(bare)
        if found:
            return role, found.start()
    year = re.search(_THIS_YEAR.format(year=f"{_YEAR_WORDS}|{notes.as_of.year}年?度?"), bare)
    if year:
        return THIS_YEAR, year.start()
    for text in dict.fromkeys((left, bare)):
        for fact, pattern in _SOURCE_BEFORE:
            found = pattern.search(text)
            if found:
                return (fact, found.start()) if _is_source(text, found.start()) else (_PART, found.start())
    found = _ESTIMATE.search(bare)
    if found:
        return (ESTIMATE if _is_whole(bare[: found.start()], kind="weak") else _PART), found.start()
    total = _TOTAL.search(left) or _TOTAL.search(bare)
    if total:
        kind = total.lastgroup or ""
        if kind == "sum":
            return _SUM, total.start()
        before = (left if _TOTAL.search(left) else bare)[: total.start()]
        return (TOTAL if _is_whole(before, kind=kind) else _PART), total.start()
    part = _PART_WORDS.search(bare)
    if part:
        return _PART, part.start()
    for fact, pattern in _SOURCE_BEHIND:
        if pattern.match(behind):
            return fact, len(left)
    if _PROJECT_BEHIND.match(behind):
        return TOTAL, len(left)
    return "", len(left)


def _strip(left: str) -> str:
    found = _LINK.search(left)
    return left[: found.start()] if found else left


def _is_source(left: str, at: int) -> bool:
    """Say whether a source is named for its own sake: not 每年市级, not 软件由市级."""
    return re.search("每年|年均|每个?月|软件|硬件|设备|运维|去年|明年|后年|第[一二三四]年|首年|减|少|欠|除|不[用要]?|没有?|按", left[:at]) is None


def _is_whole(before: str, *, kind: str) -> bool:
    """Say whether a label stands for the whole project, judged by the words before it."""
    before = re.sub("^(?:[0-9一二三四五六七八九十]{1,2}[.、)]|[-•·●>+(])+", "", before.split("|")[-1])
    if _NOT_WHOLE.search(before):
        return False
    return _BEFORE_LABEL.search(before) is not None


def _role_before(notes: Notes, one: Sum, earlier: list[_Read]) -> tuple[str, int]:
    """Return what a corrected sum (不对，是700万) stands for: the one sum said right before it."""
    here = notes.clauses.at(one.start).sentence
    near = [read for read in earlier if here - 1 <= notes.clauses.at(read.sum.start).sentence <= here]
    return (near[0].role, 0) if len(near) == 1 else ("", 0)


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
        if read.role == _SUM:
            read.role = _sum_role(notes, read, reads[:index])
        if read.role == "":
            notes.doubt(TOTAL, start, end, "unclear" if read.fen is not None else "approximate", is_weak=True)
        elif read.role == THIS_YEAR and not has_total and "投资" in notes.text[start : read.sum.start]:
            notes.doubt(THIS_YEAR, start, end, "unclear")
            notes.doubt(TOTAL, start, end, "unclear")
        elif read.role in (TOTAL, ESTIMATE, THIS_YEAR, COUNTED, *COLUMNS, OTHER):
            if read.fen is None:
                notes.doubt(read.role, start, end, "unclear" if read.sum.is_bare else "approximate")
            elif read.role in (TOTAL, ESTIMATE) and _EXCLUDES.search(_sentence_after(notes, read.sum.end)):
                notes.doubt(read.role, start, end, "partial")
            else:
                notes.say(read.role, read.fen, start, end)


def _sum_role(notes: Notes, read: _Read, earlier: list[_Read]) -> str:
    """Return what 一共 adds up: the sources of money or nothing named before it is the whole project."""
    sentence = notes.clauses.at(read.sum.start).sentence
    parts = [one for one in earlier if notes.clauses.at(one.sum.start).sentence == sentence and not one.sum.is_rate]
    left = notes.text[max(0, read.start - 24) : read.start]
    before = _strip(_STOP.split(left)[-1])
    is_named = _BEFORE_LABEL.search(before) or re.search("(?:budget|预算|投资|资金|经费|费用|的话)$", before)
    is_whole = not before or (is_named is not None and not _NOT_WHOLE.search(before))
    return TOTAL if is_whole and all(one.role in (*COLUMNS, OTHER) for one in parts) else ""


def _sentence_after(notes: Notes, end: int) -> str:
    return re.split("[。;；!！?？\n\0]", notes.text[end : end + 24])[0]


def _counted_from_parts(notes: Notes, reads: list[_Read]) -> None:
    """Add up 工程费, 设备费 and 预备费, when each is given exactly once."""
    parts = [read for read in reads if read.role in _PARTS and notes.clauses.at(read.sum.start).stance != "foreign"]
    if not parts:
        return
    start, end = parts[0].start, parts[-1].sum.end
    fens = [read.fen for read in parts if read.fen is not None]
    if sorted(read.role for read in parts) == sorted(_PARTS) and len(fens) == len(_PARTS):
        notes.say(COUNTED, sum(fens), start, end)
    else:
        notes.doubt(COUNTED, start, end, "partial")


def _each(notes: Notes, reads: list[_Read]) -> None:
    """Read 市级、自治区各340万元."""
    names = "|".join(f"(?P<{fact}_{{n}}>{words})" for fact, words in _SOURCES)
    first, second = names.replace("{n}", "1"), names.replace("{n}", "2")
    pattern = re.compile(f"(?:{first})(?:{_MONEY})*[、和与及跟](?:{second}|(?P<city>市))(?:{_MONEY}|分别)*各(?:{_MONEY}|自|分担)*$")
    for read in reads:
        left = notes.text[max(0, read.sum.start - 40) : read.sum.start]
        found = pattern.search(left)
        if not found or read.sum.figure is None:
            continue
        fen = read.sum.fen()
        kinds = [name[:-2] for name, words in found.groupdict().items() if words and name != "city"]
        if fen is not None and len(set(kinds)) == 2:  # noqa: PLR2004 - one and the other
            start = read.sum.start - len(left) + found.start()
            for kind in kinds:
                notes.say(kind, fen, start, read.sum.end)


def _all_from_one(notes: Notes) -> None:
    """Read 全部由市财政承担: all of the total, when that is settled."""
    total = notes.value(TOTAL)
    for fact, words in _SOURCES:
        pattern = re.compile(_ALL_FROM.pattern.replace("{words}", words).replace("{money}", _MONEY))
        whole = re.compile(_FROM_ALL.pattern.replace("{words}", words))
        for found in (*pattern.finditer(notes.text), *whole.finditer(notes.text)):
            if isinstance(total, int) and not any(notes.of(name) for name in (*COLUMNS, OTHER) if name != fact):
                notes.say(fact, total, *found.span())
            else:
                notes.doubt(fact, *found.span(), "unclear", is_weak=True)
        for found in re.finditer(_FUND_TALK.pattern.replace("{words}", words), notes.text):
            notes.doubt(fact, *found.span(), "partial", is_weak=True)


def _no_fund(notes: Notes) -> None:
    names = {"国家": "fund_national", "中央": "fund_national", "自治区": "fund_regional", "社会": "fund_social"}
    for found in _NO_FUND.finditer(notes.text):
        notes.say(names[found["source"]], 0, *found.span())
