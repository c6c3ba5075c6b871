"""等保定级 and 密评, and the sets: what is bought of the infrastructure, which fields of service are concerned."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialogs.extraction.negation import negated_after, negated_before

if TYPE_CHECKING:
    from dialogs.extraction.candidates import Notes
    from rules.facts import Fact

_DIGIT = {"一": "1", "二": "2", "三": "3", "四": "4", "五": "5"}
_LEVEL = "(?P<level>[一二三四五1-5])级"
_MLPS = "(?:网络安全|信息安全|信息系统|安全)?(?:等级保护|等保)(?:2\\.0|二点零)?(?:标准)?"
_TO = (
    "\\(?(?:的?定级(?:备案)?|级别|等级|要求|备案|对象)?(?:的)?(?:仍|拟|计划|预计|需|要|按照?|初步)?(?:定|要求|确定|做|过|达到?|满足|符合)?(?:级)?(?:为|是|按照?|到|在|"
    "过|达到|[:：|])?(?:安全保护)?(?:等级)?(?:为)?第?"
)
_MLPS_SAID = (
    re.compile(f"{_MLPS}{_TO}{_LEVEL}"),
    re.compile(f"(?<![、和与或/到至~-])第?{_LEVEL}(?:的)?(?:网络安全|信息安全|安全)?(?:等级保护|等保)"),
    re.compile(f"(?<!不)定级?(?:为|到|在|[:：|])?(?:等保)?第?{_LEVEL}(?!医院|响应)"),
    re.compile("(?:mlps|djbh)(?: ?level)? ?(?P<level>[1-5])"),
)
_MLPS_TALK = re.compile("等保(?!测评|备案)|等级保护|定级")
_MLPS_OTHERS = re.compile(
    "(?:政务云|云平台|机房|原|旧|老|现有|门户|其他|一期|要是|云上|(?<!我)(?<!们)(?<!本)(?:局|委|厅|院|中心)的[^\n，,。;；]{0,6}(?:云|平台|系统)|健康云|城市大脑)[^\n，,。;；]{0,8}$"
)
_MLPS_RANGE = re.compile(
    "^[.…]*(?:\\+|\\((?:拟|暂|待|预)|或|及?以上|以下|[、/](?=第?[一二三四1-5]级|等保)|到|至|[~-]|左右|起步|吧|还是|和|与|甚至)"
)
_MLPS_RANGE_BEFORE = re.compile(
    "(?:至少|不低于|最低|起码|或者?|[一二三四五1-5]级?[、/到至~-]|最高|不超过|高于|低于)第?$"
)
_MLPS_OF_OTHERS = re.compile(
    "^(?:的)?(?:(?:安全)?(?:测评|认证|整改|评测|咨询|检测)(?:服务)?(?:费|公司|单位|机构|资质|经验|能力|证书?|报告|的(?!通知|要求|标准))|资质|产品|证书|服务费|费用?|"
    "[^\n，,。;；\0]{0,4}(?:公司|厂商|一体机|机构))"
)
"""等保三级测评费, 等保三级资质: the level of a service or of a product."""
_MLPS_REFUSED = re.compile(
    "^[^\n，,。;；\0]{0,10}(?:[做达够过][不没][到了过]|不[做要行]|没必要|不(?:需要|用|必|考虑|适用|合适)|用不着|没法|无法|算了)"
)
_NUMBERED = re.compile("(?:^|(?<=[\n\0;；。:：]))[0-9一二三四五六七八九十]{1,2}、$")
_REGRADED = re.compile("(?:提升|升级?|提高|调整|改|降)(?:为|到|至|成)(?:等保)?第?[一二三四1-5]级")
_NOT_GRADED = re.compile(
    f"(?:{_MLPS}|系统)(?:级别|等级)?(?:还|目前|尚|暂)*(?:没有?|未|尚未|还未)定级|(?:{_MLPS})(?:级别|定级|等级)(?:还|目前|尚|"
    f"暂)*(?:没有?定|未定|待定|未确定|没确定)|(?:尚未|还没有?|还未|未)(?:进行)?(?:等保|等级保护)?定级"
)

UNDETERMINED = "undetermined"
"""The value of mlps_level for 还没定级."""

_CRYPTO = "(?:密评|(?:商用)?密码应用(?:安全性)?评估|密码测评|密码应用安全性测评|密码评估)"
_CRYPTO_SAID = (
    (
        "done",
        re.compile(
            f"{_CRYPTO}(?:也|都|工作|报告|[:：|])*(?:已经?|均已|业已)(?:做|完成|通过|取得|出|开展)(?:了|完|完成|过)?(?!中|方案|招标|采购|委托|立项|签|合同|报名|申请|预算|询价|比选)|(?:已经?|"
            f"均已)(?:完成|通过|做完了?|做了|取得|做过)了?(?:第三方)?{_CRYPTO}(?!方案)|{_CRYPTO}(?:今年|本年)?(?:做完了|完成了|通过了|做过了)"
        ),
    ),
    (
        "planned",
        re.compile(
            f"(?:计划|准备|拟|打算|安排)(?:在|于)?[^\n，,。;；不没未]{{0,14}}?(?:做|开展|进行|组织|完成|委托|实施)?{_CRYPTO}(?!方案)|"
            f"{_CRYPTO}(?:工作)?[:：]?(?:已有计划|有计划|已列入计划|已有安排|已安排|(?:已经?)?(?:列入|纳入)[^\n，,。;；不没未]{{0,6}}计划|计划在?|拟于?|"
            f"准备在?|计划于)(?:[^\n，,。;；不没未]{{0,14}}(?:做|开展|进行|完成|实施))?"
        ),
    ),
    (
        "none",
        re.compile(
            f"(?:没有|无|还没有?)(?:做|开展)?{_CRYPTO}的?(?:计划|安排|打算)|(?:没有|未|无|尚未|还没有?|不)(?:安排|计划做|计划|打算做?|准备做)(?:做|"
            f"开展|进行)?{_CRYPTO}|{_CRYPTO}(?:还|目前|尚|暂|都|也)*(?:没有?|未|无|尚未|还没有?)(?:任何)?(?:安排|计划)|不(?:做|开展|"
            f"进行){_CRYPTO}"
        ),
    ),
)
_CRYPTO_TALK = re.compile(_CRYPTO)

_INFRASTRUCTURE = "infrastructure_items"
_ITEM_WORDS = {
    "machine_room": "机房|数据中心",
    "network": "网络设备|专网|交换机|路由器|防火墙|布线|光纤|专线|网络(?!安全|平台|化|舆|空间|信息|攻|环境|上|直报)",
    "cloud": "私有云|自建云|云平台|云服务器|(?<=、)云(?=[、，,和及])",
    "server": "(?<!云)服务器|存储设备|存储(?=[、，,和])|一体机",
    "base_software": "基础软件|操作系统|数据库(?!建设|表)|中间件",
    "office_device": "办公(?:电子)?设备|电脑|打印机|平板|笔记本|台式机|复印机|扫描仪",
}
_NOT_ANY = "(?:不|无|没有?|未|无需|不再|不会|都不|均不|不需要?)(?:新建|建设|新购|采购|购置|购买|买|含|包含|包括|涉及|新增|新买)*(?:任何|新的)?"
_ALL_NONE = re.compile(
    f"(?:{_NOT_ANY})(?:新购|新建|采购)?(?:信息化)?基础设施(?:和|与|、|及|以及)办公(?:电子)?设备(?:的?(?:采购|建设|新购|购置))?(?=$|"
    f"[，,。;；、)\\n])|基础设施(?:和|与|、|及)办公(?:电子)?设备(?:都|均|一项也)?(?:没有|无|不买|不涉及|不新购)"
)
_ONLY = re.compile(
    "(?:只|仅|就)(?:需要?|要|采购|购置|购买|新?购|买|新增|有|涉及|配|配备|含)+(?P<list>[^。;；!！?？\n\0|]{1,40})"
)
_NONE_ELSE = re.compile(
    "(?:其[他它](?:的)?(?:基础设施|设备|硬件)?(?:都|均|一概)?(?:不买|不采购|没有|不涉及|不购置))"
)

_DOMAINS = "service_domains"
_DOMAIN_TALK = re.compile(
    "(?:涉及|属于|面向|覆盖|服务领域[为是:：|]?|领域[为是:：|])(?P<list>[^\n，,。;；!！?？\n\0|不没无非]{2,40})"
)
_LIST_BREAK = re.compile("[、和与及/]|以及")
_DOMAIN_TAIL = re.compile("(?:这?[一两二三四1-4]个|等)?(?:领域|方面|业务)?$")


def read_security(notes: Notes) -> None:
    """Note 等保定级 and 密评."""
    _mlps(notes)
    refused = [found.span() for found in dict(_CRYPTO_SAID)["none"].finditer(notes.text)]
    for key, pattern in _CRYPTO_SAID:
        for found in pattern.finditer(notes.text):
            if key != "none" and any(start <= found.start() < end for start, end in refused):
                continue  # 没有密评计划 is no plan
            if negated_before(notes.text, found.start()) or negated_after(notes.text, found.end()):
                notes.doubt("crypto_assessment", *found.span(), "unclear")
            else:
                notes.say("crypto_assessment", key, *found.span())
    for found in _CRYPTO_TALK.finditer(notes.text):
        notes.doubt("crypto_assessment", *found.span(), "unclear", is_weak=True)


def _mlps(notes: Notes) -> None:
    text = notes.text
    for pattern in _MLPS_SAID:
        for found in pattern.finditer(text):
            left = _NUMBERED.sub("", text[max(0, found.start() - 12) : found.start()])
            right = text[found.end() : found.end() + 12]
            before_level = text[max(0, found.start("level") - 5) : found.start("level")]
            if _MLPS_OTHERS.search(left):
                continue
            if negated_before(text, found.start()):
                notes.doubt("mlps_level", *found.span(), "unclear", is_weak=True)
            elif (
                _MLPS_RANGE.match(right)
                or _MLPS_RANGE_BEFORE.search(left)
                or _MLPS_RANGE_BEFORE.search(before_level)
                or negated_after(text, found.end())
                or _MLPS_OF_OTHERS.match(text[found.end() : found.end() + 16])
                or _MLPS_REFUSED.match(text[found.end() : found.end() + 16])
            ):
                notes.doubt("mlps_level", *found.span(), "approximate")
            else:
                level = found["level"]
                notes.say("mlps_level", _DIGIT.get(level, level), *found.span())
    for found in _REGRADED.finditer(text):
        notes.doubt("mlps_level", *found.span(), "several")
    for found in _NOT_GRADED.finditer(text):
        if notes.clauses.at(found.start()).reason in {"unclear", "hedged"} and not _MLPS_OTHERS.search(
            text[max(0, found.start() - 12) : found.start()]
        ):
            notes.state("mlps_level", UNDETERMINED, *found.span())
    for found in _MLPS_TALK.finditer(text):
        notes.doubt("mlps_level", *found.span(), "unclear", is_weak=True)


def read_sets(notes: Notes) -> None:
    """Note the sets, where the words settle the whole of one and not only an item of it."""
    _infrastructure(notes)
    if _DOMAINS in notes.rules.facts:
        _domains(notes, notes.rules.facts[_DOMAINS])


def _infrastructure(notes: Notes) -> None:
    text = notes.text
    for found in _ALL_NONE.finditer(text):
        if negated_before(text, found.start()):
            notes.doubt(_INFRASTRUCTURE, *found.span(), "unclear")
        else:
            notes.say(_INFRASTRUCTURE, (), *found.span())
    none = _every_item_negated(notes)
    if none:
        notes.say(_INFRASTRUCTURE, (), *none)
    for found in _ONLY.finditer(text):
        items, rest = _items(found["list"])
        if items and not rest:
            notes.say(_INFRASTRUCTURE, items, *found.span())
    for words in _ITEM_WORDS.values():
        for found in re.finditer(words, text):
            notes.doubt(_INFRASTRUCTURE, *found.span(), "partial", is_weak=True)


def _every_item_negated(notes: Notes) -> tuple[int, int] | None:
    """Return the words of one sentence that rule out every item by name."""
    for found in re.finditer(f"{_NOT_ANY}[^。;；!！?？\n\0]+", notes.text):
        if all(re.search(words, found[0]) for words in _ITEM_WORDS.values()) and not re.search(
            "但|除|只|仅|需要购|要买|部分|[，,](?:采购|购|买|新)", found[0]
        ):
            return found.span()
    return None


def _items(words: str) -> tuple[tuple[str, ...], str]:
    """Return the items that a list names, and what of it is none."""
    words = _NONE_ELSE.sub("", words)
    rest = words
    items: list[str] = []
    for key, pattern in _ITEM_WORDS.items():
        shorter = re.sub(pattern, "", rest)
        if shorter != rest:
            items.append(key)
        rest = shorter
    rest = re.sub(
        "(?:[0-9一二两三四五六七八九十]+)?[台套个批块张部]|[0-9一二两三四五六七八九十]+|[、，,和与及的]|少量|办公|国产|信创|设备|若干|这些",
        "",
        rest,
    )
    return tuple(items), rest


def _domains(notes: Notes, fact: Fact) -> None:
    keys = {option.label: option.key for option in fact.question.options}
    order = [option.key for option in fact.question.options]
    for found in _DOMAIN_TALK.finditer(notes.text):
        words = _DOMAIN_TAIL.sub("", found["list"])
        named = [part for part in _LIST_BREAK.split(words) if part]
        if named and all(part in keys for part in named) and not negated_before(notes.text, found.start()):
            chosen = {keys[part] for part in named}
            notes.say(_DOMAINS, tuple(key for key in order if key in chosen), *found.span())
    labels = "|".join(keys)
    none = re.compile(
        f"(?:不涉及|都不涉及|均不涉及)(?P<list>(?:(?:{labels})[、和与及或]?){{{len(keys)}}})(?:[四4]个|等)?(?:领域|"
        f"方面)?(?=$|[，,。;；\n])"
    )
    for found in none.finditer(notes.text):
        if all(label in found["list"] for label in keys):
            notes.say(_DOMAINS, (), *found.span())
    talk = [
        *keys,
        *(synonym for option in fact.question.options for synonym in option.synonyms if len(synonym) > 2),  # noqa: PLR2004 - shorter ones are everyday words
    ]
    for found in re.finditer("|".join(map(re.escape, talk)), notes.text):
        notes.doubt(_DOMAINS, *found.span(), "partial", is_weak=True)
