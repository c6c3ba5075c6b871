"""Which sum is what, by the words right before it or behind it, as data and in the order in which they are tried.

A sum counts only when those words name what it is, and nothing in front of them makes it a part of the project or
somebody else's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from dialogs.parsing.funds import OTHER

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

TOTAL, ESTIMATE, THIS_YEAR, COUNTED = (
    "total_investment",
    "budget_estimate",
    "this_year_investment",
    "counted_investment",
)
PARTS = ("works", "equipment", "reserve")
SUM = "sum"
"""一共, 合计: of the whole project, unless it adds up parts of it."""
PART = "part"
"""A sum that is known to be something else: a part of the project, a price, a running cost."""

_LINK = re.compile(
    "(?:[:：|=¥ ]|人民币|rmb|cny|为|是|共计?|一共|总共|合计|总计|达到?|有|要|需要?|需|计|定为|定在|在|大概|大约|约|"
    r"就|占|其中|剩余|剩下|余下|刚好|正好|恰好|原来?|最初|起初|一开始|了|的|能|花|最终|确定|说|写|填|报|\((?:人民币)?(?:单位[:：]?)?(?:万元|元|含税)\)|也|都|已|经)+$"
)
MONEY = (
    "财政|本级|工业|农业|水利|教育|文旅|民政|卫生|环保|科技|应急|信息化|数字化|数字政府|全额|数字经济|乡村振兴|配(?!套)|政法|预算内?|资金|投资|资本|专项|专款|超长期|长期|特别|补助|补贴|奖补|拨款|配套|政府|安排|承担|解决|来源|出资|筹措|支持|保障|"
    "层面|方面|出|来|投入|拨付?|给|拿|负担|部分|申请|下达|级|里|由|用|来自|从|计划|拟|债券?|金额|数额|额度|已|同意|确认|明确|落实|转移支付|经费|预计"
)
SOURCES = (
    (
        "fund_regional",
        "(?:宁夏(?:回族)?)?自治区(?:(?:(?![和与及或市区县局税网])[一-龥]){2,8}(?=专项|资金|补助)|[一-龥]{2,6}(?:厅|委)(?=补助|专项|资金|奖补|下达|拨))?",
    ),
    ("fund_national", "(?:国家|中央)(?:(?:(?![和与及或市区县局税网])[一-龥]){2,8}(?=专项|资金|补助))?|国债"),
    (
        OTHER,
        (
            "(?<!自治)区(?=级|财政|本级|里|配套)|(?<!自治)(?:县区|区县|市辖区)|县(?=级|财政|本级|里|配套)|园区|开发区|(?:街道|乡镇|镇|乡|村)(?=财政|上|里|出|自|政府|配套|集体|"
            "自筹)|本?单位自筹|(?<!企业)自筹|自己|自有(?=资金)"
        ),
    ),
    ("fund_city", "(?<![全城都县])市(?=级|财政|本级|里|配套|出|拨|补|专项|资金|直)|市级"),
    ("fund_social", "社会(?=资|投|力|方)|社会化?融资"),
)
_SOURCE_BEFORE = tuple((fact, re.compile(f"(?:{words})(?:{MONEY})*$")) for fact, words in SOURCES)
_SOURCE_BEHIND = tuple(
    (
        fact,
        re.compile(
            f"^(?:{words})(?:财政|本级|级|里)*(?:出资?|掏|承担|解决|负担|拨付)(?=$|[，,。;；、)\n])|^(?:由|为|来自于?|来源于|从|走|靠|是|申请)(?:{words})(?:{MONEY})*(?=$|[，,。;；、)\n]|剩|其余|另)"
        ),
    )
    for fact, words in SOURCES
)
_COUNTED = re.compile(
    "工程(?:建设)?费用?[、和,，]设备(?:购置|采购)?费用?[、和及,，]+预备费用?(?:这?三(?:项|块|部分))?(?:费用)?(?:之和|总和|加起来|合起来|相加)?$"
)
_COUNTED_PARTS = (
    ("works", re.compile("工程(?:建设)?费用?$")),
    ("equipment", re.compile("设备(?:购置|采购|及安装|购置及安装)?费用?$")),
    ("reserve", re.compile("(?:基本)?预备费用?$")),
)
_ESTIMATE = re.compile("(?:(?:项目|工程)?总?投资|初步设计|初设)?概算(?:金额|总额|数|投资)?$")
_TOTAL = re.compile(
    "(?:总投资(?:额度?|估算[值额数]?|规模|金额)?|总盘子|投资总额|总预算|总经费|总造价|总费用|总价款?|项目总?(?:金额|经费|资金)|投资(?:估算|概算)总额|资金总额|总概算投资|预算总额|"
    "total ?investment|total ?budget)$"
    "|(?:预算(?:安排|金额|资金|经费|投资|数|额)?|投资(?:估算|额|金额|规模|预算)?|(?:所需|需要|建设|项目)(?:资金|经费)|项目(?:总)?费用|资金需求|budget)$"
    "|(?P<sum>一共|总共|总计|合计|共计|总额|总金额|^共)(?:要|需要?|得|花|就|是|为|[:：])*$"
)
_YEAR_WORDS = "本年度?|今年|当年|本财年"
_THIS_YEAR = "(?:{year})(?:度|内|计划|预计|拟|先|项目|需要?)*(?:投入?|投资|安排|完成投资|支付)(?:资金|经费|金额|投资)?$"
_BEFORE_LABEL = re.compile(
    "(?:^|[:：|(、]|项目|平台|系统|工程|计划|预计|拟|整体|整个|全部|建设|我们|的|资金|经费|财政|这个|此次|这次|本次|所需|需要?|想|"
    "申请|报|有|估算|app|小程序|网站|门户|总|做|本|该|其|它|钱|预算|自身|自己|信息化|智慧[^\n，,。]{1,6}|一期工程|是|为|概算|安排|万元\\)|我们?(?:单位|街道|"
    "[县区市镇乡局院校委])?|批复的?)$"
)
_NOT_WHOLE = re.compile(
    "其中|占|全年|子系统|分项|分系统|模块|部分|软件|硬件|设备|监理|设计|测评|运维|维护|培训|咨询|首期|一期|二期|三期|第[一二三]期|第[一二三四]年|"
    "首年|每年|年度|年均|每月|去年|今年|明年|后年|本年|当年|20[0-9]{2}年|单价|保证金|质保|尾款|部门|累计|已|上报|节约|剩|另|追加|增加|调减|机房|服务器|网络费|大屏|存储|"
    "不含|除|大数据局?预算|由.*出|控制|不是|最初|原|评审|批复|财评"
)
PART_WORDS = re.compile(
    "(?:软件|硬件|设备|开发|集成|监理|设计|测评|密评|等保|运维|维护|维保|培训|咨询|采购|服务器|机房|网络|租赁|租金|云|接口|数据|[一二三]期|首期|单价|保证金|"
    "质保金?|合同|中标|报价|招标|控制价|限价|尾款|首付款?|预付款?|奖励|节约|节省|产值|收入|营收|损失|罚款|人员|人工|宣传|部分|模块|子系统|工资|工程|预备|大屏|存储|前端|"
    "安全|终端|摄像头|无人机|材料|其他|管理|勘察|可研|评审|审计|税|保险|交通|差旅|办公|(?:明|后|去|前|每|第[一二三]|首)年(?:度)?)"
    "(?:费用?|部分|款项?|金额?|预算|投资|经费|价款?|价格|支出|成本|投入|购置|采购|建设|开发|服务|计划|预计|资金|安排|每年|一年|年均)*$"
)
_BULLET = re.compile("^(?:[0-9一二三四五六七八九十]{1,2}[.、)]|[-•·●>+(])+")
_HEAD_BEFORE_BULLET = re.compile(
    "^.*[:：](?=[0-9一二三四五六七八九十]{1,2}[.、)]|\\([0-9一二三四五六七八九十]{1,2}\\))"
)
_NOT_SOURCE = re.compile(
    "每年|年均|每个?月|软件|硬件|设备|运维|去年|明年|后年|第[一二三四]年|首年|减|少|欠|除|不[用要]?|没有?|按|前期|已有|结余|向$|差|本年|今年|当年|20[0-9]{2}年"
)
_REVISED = re.compile(
    "[由从][^\n，,。]{1,20}(?:压缩|压减|缩减|核减|降低?|减少|调整|变更|修改|更改|增加|追加|调减|提高|改)(?:为|到|至|成)了?$"
)
_PROJECT_BEHIND = re.compile(
    "^(?:元)?(?:的)?(?:总)?(?:预算|总投资)(?=$|[，,。;；\n])|^(?:元)?的(?:信息化|政务|建设)?(?:项目|盘子|总投资|"
    "总预算)(?![^\n，,。]{0,6}(?:不|要|需|以上|以下))"
)


class Role(NamedTuple):
    """What a sum is: a fact, a part of 工程费 + 设备费 + 预备费, SUM or PART; and where the words begin."""

    name: str
    start: int


class _Words(NamedTuple):
    """The words around a sum: before it, before it without 为 and 约, and behind it."""

    left: str
    bare: str
    behind: str
    as_of: date


def role_of(left: str, behind: str, as_of: date) -> Role | None:
    """Return what the words around a sum say that it is; None when they do not."""
    revised = _REVISED.search(left)
    if revised:
        left = left[: revised.start()]
    words = _Words(left, without_link(left), behind, as_of)
    return next((role for find in _FINDERS if (role := find(words)) is not None), None)


def without_link(left: str) -> str:
    """Return the words before a sum without 为, 是, 共 and the like at their end."""
    found = _LINK.search(left)
    return left[: found.start()] if found else left


def is_whole(before: str) -> bool:
    """Say whether a label stands for the whole project, judged by the words before it."""
    before = _BULLET.sub("", _HEAD_BEFORE_BULLET.sub("", before.rsplit("|", maxsplit=1)[-1]))
    return _NOT_WHOLE.search(before) is None and _BEFORE_LABEL.search(before) is not None


def _counted(words: _Words) -> Role | None:
    found = _COUNTED.search(words.bare)
    return Role(COUNTED, found.start()) if found else None


def _counted_part(words: _Words) -> Role | None:
    for role, label in _COUNTED_PARTS:
        found = label.search(words.bare)
        if found:
            return Role(role, found.start())
    return None


def _this_year(words: _Words) -> Role | None:
    found = re.search(_THIS_YEAR.format(year=f"{_YEAR_WORDS}|{words.as_of.year}年?度?"), words.bare)
    return Role(THIS_YEAR, found.start()) if found else None


def _source(words: _Words) -> Role | None:
    for text in dict.fromkeys((words.left, words.bare)):
        for fact, pattern in _SOURCE_BEFORE:
            found = pattern.search(text)
            if found:
                is_own = not _NOT_SOURCE.search(text[: found.start()]) and not text.endswith("财政预算")
                return Role(fact if is_own else PART, found.start())
    return None


def _estimate(words: _Words) -> Role | None:
    found = _ESTIMATE.search(words.bare)
    if found is None:
        return None
    return Role(ESTIMATE if is_whole(words.bare[: found.start()]) else PART, found.start())


def _total(words: _Words) -> Role | None:
    for text in (words.left, words.bare):
        found = _TOTAL.search(text)
        if found and found["sum"]:
            return Role(SUM, found.start())
        if found:
            return Role(TOTAL if is_whole(text[: found.start()]) else PART, found.start())
    return None


def _other_part(words: _Words) -> Role | None:
    found = PART_WORDS.search(words.bare)
    return Role(PART, found.start()) if found else None


def _said_behind(words: _Words) -> Role | None:
    for fact, pattern in _SOURCE_BEHIND:
        if pattern.match(words.behind):
            return Role(fact, len(words.left))
    return Role(TOTAL, len(words.left)) if _PROJECT_BEHIND.match(words.behind) else None


_FINDERS: tuple[Callable[[_Words], Role | None], ...] = (
    _counted,
    _counted_part,
    _this_year,
    _source,
    _estimate,
    _total,
    _other_part,
    _said_behind,
)
