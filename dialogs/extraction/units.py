"""Who declares: 单位层级, 单位性质 and the unit's full name, from the words in which a unit speaks of itself.

A unit that is only mentioned (an addressee, a superior, a neighbour) says nothing of the one that declares.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dialogs.extraction.candidates import Notes
    from rules.pack import Places

_SELF = re.compile(
    r"(?:(?:我们?|本)(?:单位|局|校|院|委|部|中心|办|街道办?|镇|乡|馆|处|公司)\((?!以下|下称|简称|原|公|盖|含|包)(?P<bracketed>[^\n，,。;；:：()]{3,40})\)|(?:我们(?:这边|这里|这儿|这个)?(?:单位)?|咱们?(?:这边|这里)?(?:单位)?|我(?:局|校|院|委|部|中心|办|街道办?|镇|乡|馆|处)?(?=[是叫在为系])|"
    r"俺们?|本单位(?:名称|全称)?|我单位|我方|我这边|这边|我这里|(?<![一-龥])单位|申报主体|建设主体|"
    r"建设单位|申报单位|申请单位|业主单位|业主|主体单位|牵头单位|大家好|您好|你好|领导好)[，,]?(?:就|也|目前|现在)?(?:是|为|系|属于?|叫做?|"
    r"隶属于?)(?:来自)?(?P<unit>[^\n，,。;；:：!！?？\n\0|()]{2,40}))"
)
_STATED = re.compile(
    r"(?:^|(?<=[，,。;；\n]))(?:我们|本单位)?(?:也|就)?(?:是|属于)(?P<unit>(?:市直|市级|市本级|区直|县直|区级|县级|县区|"
    r"区县)[^\n，,。;；:：!！?？\n\0|()]{0,10}(?:单位|部门|机关)|垂直管理的?(?:部门|单位|机构)|垂管(?:部门|单位)|事业单位|国有企业)(?=$|"
    r"[，,。;；!！?？\n|)\0])"
    r"|(?<=[，,。;；\n(])(?P<bare>垂直管理的?(?:部门|单位|机构)|垂管(?:部门|单位))(?=$|[，,。;；\n|)\0])"
)
_OWN = re.compile(
    "(?:我们?|咱们?|本)(?P<own>街道(?:办事?处?)?|镇(?:政府|上|里)?|乡(?:政府|上|里)?|校|学校|医院|法院|检察院|小学|中学|幼儿园|公司|企业|县|区(?!别|域|块|"
    "间|划))(?=[想拟计准打需要申现的是，,。:：决为有(弄搞总就还也没那这建]|在.{0,6}[建上])"
)
_ACT = (
    "想|拟|计划|准备|打算|要(?!求)|需要|需(?!求)|申请|申报|现申|现拟|决定|今年|明年|后年|20[0-9]{2}年|预算|关于|现有意|正在|有个|有一个|这边|因|"
    "为(?:了|进一步|提升|加强|解决|落实)|目前|预计|于|"
    "总投资|项目|本次|此次|(?:新建|扩建|改建|购买|采购|购置)(?!了|的|成|过|局|处|办|委)"
)
_UNIT_END = re.compile(
    f"{_ACT}|这次|负责|联系|总(?!工会|队)|的(?=[小老][一-龥]$)|建(?!设|局)|做|上一?套|搞|开发|购买|采购|给|帮|替|不|没|非|等保|部署|资金|打电话|在"
)
_ORGAN = (
    "街道办事处|街道办|街道|镇人民政府|乡人民政府|镇政府|乡政府|镇(?=[想拟计准打要申弄搞])|乡(?=[想拟计准打要申弄搞])|人民政府办公室|政府办公室|政府办|人民政府|管理委员会|"
    "管委会|[一-龥]{2,8}局|委员会|(?:发改|卫健|住建|政法|编|农工|国资)委|组织部|宣传部|统战部|"
    "纪委监委|纪委|监委|人大常委会|人大|政协|人民法院|法院|人民检察院|检察院|医院|保健院|卫生院|小学|中学|学校|幼儿园|中心|图书馆|博物馆|文化馆|档案馆|科技馆|公司|学院|大学|协会|联合会|工会|妇联|办公室|总队|支队|大队"
)
_SUBJECT = (
    f"^(?:(?:我们|咱们?|我)(?=.{{2,24}}(?:想|拟|计划|准备|打算|要|弄|搞)))?(?P<unit>(?:<places>|[市区县])[^\n，,。;；:：!！?？\n\0|"
    f"()]{{0,16}}?(?:{_ORGAN}))(?=(?:\\([^()]{{2,10}}\\))?(?:{_ACT}))"
)
_SIGNED = f"(?P<unit>(?:<places>|市|区|县)[一-龥]{{0,20}}?(?:{_ORGAN}))(?:\\((?:盖章|公章)\\))?"
_CONTACT_TAIL = re.compile("(?:20[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日)?$")

_OUTSIDE = re.compile("自治区|省|国家|全国")
_BRANCH = re.compile("分局|派出|分公司|分院|直属|驻|支队|大队|总队|中队")
_PARK = re.compile("高新(?:技术产业开发)?区|经开区|经济(?:技术)?开发区|开发区|园区|工业园|产业园")
_PARK_HOST = re.compile("园区?(?:内|里)?的?(?:一家)?(?:企业|公司)|园区内")
_STREET = re.compile(
    "街道|(?<![城小])镇(?:人民政府|政府|$|的)|乡(?:人民政府|政府|镇|$|的)|乡镇|[一-龥]镇[一-龥]{0,2}(?:办|所|中心)"
)
_CITY_WORDS = re.compile("^(?:一个|一家|属于?)?(?:市直|市级|市本级|市属)")
_COUNTY_WORDS = re.compile("^(?:一个|一家|属于?)?(?:区直|县直|县区|区县|县级|区级|区属|县属)")
_CITY_ORGAN = re.compile(f"^(?:一个)?市(?![场民容政辖])[一-龥]{{0,14}}?(?:{_ORGAN}|[一二三四五六七八九十]中)")
_COUNTY_ORGAN = re.compile(
    f"^(?:一个)?(?:区|县)(?![域块别间])[一-龥]{{0,14}}?(?:{_ORGAN}|[一二三四五六七八九十]中)"
)
_STATED_KIND: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("vertical", re.compile("垂直管理(?:的)?(?:部门|单位|机构)?|垂管(?:部门|单位)?")),
    ("institution", re.compile("(?<!参公)事业单位")),
    ("enterprise", re.compile("国有企业|国企|国有独资公司")),
    ("social_org", re.compile("社会组织|社会团体|行业协会")),
    ("government", re.compile("政府(?:组成)?部门|政府机关")),
    ("party", re.compile("党委部门|党委机关|党的机关")),
)
_UNCLEAR_KIND = re.compile(
    "税务|海关|气象|烟草|邮政|供电|电力|银行|统计调查|调查队|消防|边检|出入境|海事|保密局|信访|档案局|巡察|巡视|党校|工会|妇联|团委|共青团|残联|残疾人|科协|科学技术协会|妇女联合|文学艺术|青年团|文联|工商联|红十字|侨联|"
    "社区|居委|村委|合作社|派出所|分局|支队|大队|总队|武装部|民兵|部队|军|便民服务中心|综治中心|指挥中心|政务服务中心|党群服务中心|网格中心|治理中心|应急中心|"
    "民营|民办|私立|私营|国有|平台公司|城投|某|领导小组|指挥部|工委|党工委|议事|联席|审批服务|地震局|国安|国家安全|供销|史志|研究室|机关事务|行政学院|党委[，,和与及]"
)
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "party",
        re.compile(
            "组织部|宣传部|统战部|政法委|网信办|编办|机构编制|[市区县]委(?:办公?室?|[一-龥]{0,6}办)?$|老干部局|[市区县]委[一-龥]{2,8}部"
        ),
    ),
    ("discipline", re.compile("纪委|监委|纪检监察|监察委")),
    ("npc", re.compile("人大(?!数据)|人民代表大会")),
    ("cppcc", re.compile("政协")),
    ("court", re.compile("法院")),
    ("procuratorate", re.compile("检察院")),
    (
        "institution",
        re.compile(
            "医院|卫生院|疾控|小学|中学|学校|幼儿园|[一二三四五六七八九十]中$|高中|初中|职业技术学院|老年大学|开放大学|图书馆|博物馆|文化馆|科技馆|体育馆|档案馆|(?:大数据|信息|"
            "融媒体|疾病预防控制|妇幼保健|服务|监测|保障|研究|管理|急救|血|防控)中心|中心血站|妇幼保健院|保健院"
        ),
    ),
    ("enterprise", re.compile("公司|集团|企业")),
    ("social_org", re.compile("协会|学会|基金会|商会")),
    (
        "government",
        re.compile(
            "街道|镇政府|乡政府|人民政府|政府办|管委会|管理委员会|[一-龥]局|发改委|卫健委|住建委|国资委|(?:卫生健康|发展和改革|住房和城乡建设)委员会|(?<![小城])镇$|乡$|乡镇"
        ),
    ),
)
_SHORT_NAME = re.compile(
    "医保局|药监|自然局|卫健|发改|教体|人社|住建|街道办$|街道$|执法局|市监|审批局|农业局|民宗|文旅局|文旅体|工信局|[市县区]局$|政府办$|(?<!人民)政府办公室|资源局分|应急局|公安$|城管局|纪委|政协$|人大$|"
    "的|我|某|xx|一中$|二中$|三中$|水利$|局办"
)
_FULL_NAME = re.compile(
    "(?:办事处|局|委员会|人民政府|办公室|部|法院|检察院|医院|小学|中学|学校|幼儿园|中心|馆|公司|学院|协会|大学|院|联合会|总工会)$"
)
_AGENT = re.compile(
    "^从|分出|脱离|给|为|帮|替|代|受.{0,12}委托|供应|承建|集成商|施工|设计院|咨询|监理|厂|代理"
)
_FOR_OTHERS = re.compile(
    "替|帮|受[^\n，,。]{0,14}委托|客户|甲方|(?:为|给)[^\n，,。]{2,16}(?:做|建|开发|编|咨询|问|供|承)"
)
_OTHERS = re.compile("[给替帮]|委托|要求|通知|批复|根据|按照")


_OWN_ORGAN = re.compile(
    "(?:我们|咱们?)(?P<unit>(?:(?![给跟和与替帮向找由问对让把是在去要想请的])[一-龥]){1,8}?(?:局|法院|检察院|医院|中学|小学))"
    "(?=这边|这儿|想|拟|计划|准备|打算|要(?!求)|需要|申请|申报|正?打算|现在|今年|明年)"
)
_HEADED = (
    f"(?P<unit>(?:<places>)[^\n，,。;；:：!！?？\n\0|()是为的]{{0,20}}?(?:{_ORGAN}))(?:[，,]|(?=[是为系]))"
    "(?:(?:系|为|是|属于?)?(?P<stated>[^\n，,。;；:：的]{2,8}(?:单位|部门|机关|机构|医院|学校))[，,。](?:事业单位[，,])?)?"
    "(?:现?拟|计划|想|准备|打算|要|新建|扩建|改建|申报|申请)"
)
"""A unit and its plan with nothing but a comma between them: 石嘴山市审计局，市直部门。拟建…"""


class Unit(NamedTuple):
    """What a unit's words say of it; empty where they do not."""

    level: str
    kind: str
    is_kind_open: bool
    is_level_open: bool
    name: str


def read_units(notes: Notes) -> None:
    """Note what the declaring unit says of itself."""
    text = notes.text
    for found in _SELF.finditer(text):
        part = "unit" if found["unit"] else "bracketed"
        _introduction(notes, found[part], found.start(part))
        if found[0].startswith("申") and not understand(found[part], notes.rules.pack.head.places).kind:
            notes.doubt("unit_kind", *found.span(part), "unclear")
    for found in _STATED.finditer(text):
        part = "unit" if found["unit"] else "bare"
        note_unit(notes, found[part], *found.span(part), is_name=False)
    for found in _OWN.finditer(text):
        _own(notes, found["own"], found.start(), found.end("own"))
    for found in _OWN_ORGAN.finditer(text):
        note_unit(notes, found["unit"], *found.span("unit"), is_name=False)
    _subject(notes)
    _headed(notes)
    _signature(notes)


def _introduction(notes: Notes, words: str, start: int) -> None:
    cut = _UNIT_END.search(words, 1)
    phrase = words[: cut.start()] if cut else words
    gap = min((gap for gap in notes.source.gaps if start + 2 < gap < start + len(phrase)), default=None)
    if gap is not None and re.search(f"(?:{_ORGAN})$", notes.text[start:gap]):
        phrase = notes.text[start:gap]
    if len(phrase) < 2 or _AGENT.search(words[: len(phrase) + 1]):  # noqa: PLR2004 - a name
        return
    note_unit(notes, phrase, start, start + len(phrase), is_name=True)


def _own(notes: Notes, own: str, start: int, end: int) -> None:
    if own.startswith(("街道", "镇", "乡")):
        notes.say("unit_level", "county", start, end)
        notes.say("unit_kind", "government", start, end)
    elif own in {"校", "学校", "医院", "小学", "中学", "幼儿园"}:
        notes.say("unit_kind", "institution", start, end)
    elif own == "法院":
        notes.say("unit_kind", "court", start, end)
    elif own == "检察院":
        notes.say("unit_kind", "procuratorate", start, end)
    elif own in {"公司", "企业"}:
        notes.doubt("unit_kind", start, end, "unclear", is_weak=True)
    else:
        notes.doubt("unit_level", start, end, "unclear", is_weak=True)


def _subject(notes: Notes) -> None:
    """Read a unit that is the subject of a plan: 惠农区教育局拟建设…; only where the text or a line begins."""
    pattern = _with_places(_SUBJECT, notes.rules.pack.head.places)
    for line in re.finditer(r"[^\n\0]+", notes.text):
        body = re.sub(
            "^(?:[0-9一二三四五六]{1,2}[.、)]|[-•·]|(?:各位)?(?:老师|领导|主任|科长|局长)们?好?[:：，,!！]*(?:麻烦|请)?(?:帮忙)?(?:看看|看下|问下|咨询一?下)?[:：，,]?|(?:大家|领导|你|您)好[，,!！。]?)+",
            "",
            line[0],
        )
        at = line.start() + len(line[0]) - len(body)
        found = pattern.match(body)
        if found and not _OTHERS.search(found["unit"]):
            note_unit(notes, found["unit"], at + found.start("unit"), at + found.end("unit"), is_name=True)


def _headed(notes: Notes) -> None:
    """Read the unit that a text begins with."""
    found = _with_places(_HEADED, notes.rules.pack.head.places).match(notes.text)
    if found is None or _OTHERS.search(found["unit"]):
        return
    note_unit(notes, found["unit"], *found.span("unit"), is_name=True)
    if found["stated"]:
        note_unit(notes, found["stated"], *found.span("stated"), is_name=False)


def _signature(notes: Notes) -> None:
    """Read a line at the end that is nothing but a unit, maybe with the day."""
    lines = [line for line in re.finditer(r"[^\n\0]+", notes.text) if line[0].strip()]
    pattern = _with_places(_SIGNED, notes.rules.pack.head.places)
    for line in lines[1:][-4:]:
        body = _CONTACT_TAIL.sub("", line[0])
        found = pattern.fullmatch(body)
        if found and not body.endswith(("收", "启")):
            note_unit(notes, found["unit"], line.start(), line.start() + len(found["unit"]), is_name=True)


def note_unit(notes: Notes, phrase: str, start: int, end: int, *, is_name: bool) -> None:
    """Note what the words for the declaring unit say of its level, its kind and its name."""
    unit = understand(phrase, notes.rules.pack.head.places)
    if unit.level:
        notes.say("unit_level", unit.level, start, end)
    elif unit.is_level_open:
        notes.doubt("unit_level", start, end, "unclear", is_weak=True)
    if unit.kind == "enterprise" and _FOR_OTHERS.search(notes.text):
        notes.doubt("unit_kind", start, end, "unclear")
    elif unit.kind:
        notes.say("unit_kind", unit.kind, start, end)
    elif unit.is_kind_open:
        notes.doubt("unit_kind", start, end, "unclear", is_weak=True)
    if unit.name and is_name:
        notes.say("unit_name", notes.source.words(start, end), start, end)
    elif unit.kind or unit.level:
        notes.doubt("unit_name", start, end, "partial", is_weak=True)


def understand(phrase: str, places: Places) -> Unit:
    """Return what the words for a unit say."""
    level = _level(phrase, places)
    kind = _kind(phrase)
    starts_full = any(
        phrase.startswith(name)
        for name in (*places.city, *places.county, *places.park)
        if name[-1] in "市县区"
    )
    has_full_name = bool(starts_full and _FULL_NAME.search(phrase) and not _SHORT_NAME.search(phrase))
    return Unit(
        level,
        kind,
        is_kind_open=not kind
        and (
            _UNCLEAR_KIND.search(phrase) is not None
            or re.search("局|中心|部门|单位|委|办", phrase) is not None
        ),
        is_level_open=not level and re.search("局|中心|市|区|县|院|校|中$|园", phrase) is not None,
        name=phrase if has_full_name else "",
    )


def _level(phrase: str, places: Places) -> str:
    if _OUTSIDE.search(phrase) or any(name in phrase for name in places.outside) or _BRANCH.search(phrase):
        return ""
    if _UNCLEAR_KIND.search(phrase) and re.search(
        "税务|海关|气象|烟草|邮政|供电|电力|银行|调查队|消防|国有|民营|私营", phrase
    ):
        return ""
    if _PARK.search(phrase) or any(name in phrase for name in places.park):
        return "" if _PARK_HOST.search(phrase) or "企业" in phrase or "公司" in phrase else "park"
    if re.search("企业|公司", phrase) and not re.search("[市县区]属|国有", phrase):
        return ""
    county = next((name for name in places.county if name in phrase), None)
    if county or _STREET.search(phrase) or _COUNTY_WORDS.match(phrase):
        return (
            ""
            if county and re.search("市[^，,]{0,6}(?:局|委)", phrase.split(county, maxsplit=1)[0])
            else "county"
        )
    city = next((name for name in places.city if phrase.startswith(name)), None)
    rest = phrase[len(city) :] if city else phrase
    if city and re.match("[一-龥]{1,4}[区县]", rest) and not _CITY_ORGAN.match(f"市{rest}"):
        return ""
    if city and re.search(f"{_ORGAN}|单位|部门|[一二三四五六七八九十]中|大学|学院|院|馆", rest):
        return "city"
    if _CITY_WORDS.match(phrase) or _CITY_ORGAN.match(phrase):
        return "city"
    return "county" if _COUNTY_ORGAN.match(phrase) else ""


def _kind(phrase: str) -> str:
    for kind, pattern in _STATED_KIND:
        if pattern.search(phrase) and not re.search("[不非]", phrase):
            return kind
    if _UNCLEAR_KIND.search(phrase):
        return ""
    kinds = [kind for kind, pattern in _KINDS if pattern.search(phrase)]
    # 教育局信息中心 names two: whether the bureau or its centre declares is not said
    return kinds[0] if len(kinds) == 1 else ""


def _with_places(pattern: str, places: Places) -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in (*places.park, *places.city, *places.county))
    return re.compile(pattern.replace("<places>", names or "(?!)"))
