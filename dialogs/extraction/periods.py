"""When: 计划时间, 服务期 and 免费运维期. Only days and months of a named year settle a date; 年底, 下半年 are left open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialogs.parsing.dates import parse_date, parse_period
from dialogs.parsing.months import parse_months
from dialogs.parsing.result import Parsed

if TYPE_CHECKING:
    from datetime import date

    from dialogs.extraction.candidates import Notes
    from dialogs.parsing.dates import Edge

_NUMBER = "(?:[0-9]{1,2}|十[一二]?|[一二三四五六七八九])"
_YEAR = "(?:(?<![0-9])20[0-9]{2}年?|(?<![0-9])[2-4][0-9]年|二[零〇]二[零〇一二三四五六七八九]年|今年|本年|明年|来年|后年)"
_MONTH = f"{_NUMBER}月份?"
_DAY = "(?:[0-9]{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]"
_NUMERIC = "(?<![0-9.])20[0-9]{2}[-/.](?:0?[1-9]|1[0-2])(?:[-/.](?:[12][0-9]|3[01]|0?[1-9]))?(?![0-9])[日号]?"
_DATE = f"(?:{_NUMERIC}|{_YEAR}{_MONTH}(?:{_DAY}|[底末])?|下下?个月)"
_LATER = f"(?:{_NUMERIC}|(?:{_YEAR})?{_MONTH}(?:{_DAY}|[底末])?|{_DAY})"
_TO = "起?(?:到|至|~|-+|—+|–|―)"
_PERIOD = re.compile(
    f"(?:从|自|由|于)?(?P<period>(?:{_DATE}|{_YEAR}{_NUMBER}){_TO}{_LATER})止?(?P<vague>[初中上下]|左右|前后|上旬|中旬|下旬)?"
)
_SINGLE = re.compile(
    f"(?P<date>{_DATE})(?P<vague>初|中(?!心)|上旬|中旬|下旬|左右|前后|以后|之后|后|前|之前|以前)?"
)
_ANCHORED = re.compile(
    f"(?P<date>(?<![0-9年]){_MONTH}(?:{_DAY}|[底末])?)(?P<vague>初|中|上旬|中旬|下旬|左右|前后|前|之前|以前|后|以后)?"
)
_SAME_YEAR = re.compile("次年|翌年|第二年|转年")
_VAGUE_TIME = re.compile(
    f"(?:{_YEAR})?(?:年[底末初中内]|[上下]半年|第?[一二三四1-4]季度?|全年|春节|国庆|五一|暑假|寒假|开学|汛期|两会|{_MONTH})"
    f"|(?:今|明|后|来)年|20[0-9]{{2}}年|尽快|马上|月底"
)
_START = (
    "(?:份|就|正式|全面|能|可以|要|计划|预计|拟|[，,]){0,4}(?:开始(?:建设|实施|建|做|干|搞|动工)?|启动(?:建设|实施)?|开工(?:建设)?|动工|开建|"
    "进场(?:施工|实施)?|起步|起(?:建|开始)|起(?![草止]))"
)
_END = (
    "(?:份|底|就|要|能|可以|全部|正式|全面|整体|计划|预计|拟|[，,]|前){0,4}(?:完成(?:建设|全部建设|整个项目|项目建设|交付)?|完工|建成(?:投用|并?投入使用|"
    "交付)?|竣工|交付(?:使用)?|结束|建设?完成|建完|做完|弄完|干完|搞完|止(?![:：]))"
)
_NO_OBJECT = "(?=$|[，,。;；、:：|)\\n!！?？\0]|项目|全部|[0-9一二三四五六七八九十]|今年|明年|后年|预算|总投资|等保|不涉密|工期|投资|并|建设|[到至])"
_STARTS_BEHIND = re.compile(f"^{_START}{_NO_OBJECT}")
_ENDS_BEHIND = re.compile(f"^{_END}{_NO_OBJECT}")
_OTHER_BEHIND = re.compile(
    "^(?:份|底|就|要|前){0,2}(?:上线|投入使用|投用|试运行|验收|完成验收|正式上线|建成上线|通过验收)"
)
_START_LABEL = re.compile(
    "(?:起始|开始|开工|启动|动工|计划开工|计划开始|建设开始)(?:(?:时间|日期)(?:计划|预计|拟|是|为|定在|在|于|[:：|]){0,3}|(?:计划|预计|拟|是|为|"
    "定在|在|于|[:：|]){1,3})$|(?:计划|拟)?(?:开工|开始|启动|动工)于$"
)
_END_LABEL = re.compile(
    "(?:完成|完工|竣工|结束|建成|终止|计划完成)(?:(?:时间|日期)(?:计划|预计|拟|是|为|定在|在|于|[:：|]){0,3}|(?:计划|预计|拟|是|为|定在|"
    "在|于|[:：|]){1,3})$"
)
_PLAN_LABEL = re.compile(
    "(?:建设|计划|项目|实施|起止|项目计划|计划起止|建设起止|项目建设|项目实施|工程)?(?:工期|周期|时间|期限|期|时限|起止)(?:[0-9一二两三四五六七八九十半]{1,3}(?:年|个月))?(?:安排|计划)?(?:计划|预计|拟|暂|是|为|"
    "定在|在|从|自|于|[:：|]){0,3}$"
    "|(?:建设|实施|干|做|工期)(?:从|自|为|是|[:：|])?$"
)
_SERVICE_LABEL = re.compile(
    "(?:服务|租用|租赁|运维服务|(?<!免费)(?<!免费的)运维|维保|购买服务|服务采购|合作)(?:期|期限|周期|时间|时限|年限|起止时间|期间)(?:计划|预计|拟|是|为|从|"
    "自|于|共|定为|"
    "[:：|]){0,3}(?:(?:[0-9一二三两四五十]+(?:年|个月))?\\()?$|(?:服务|租期|租)(?:从|自|为|[:：|])?$"
)
_OTHER_LABEL = re.compile(
    "(?:质保|保修|免费|试运行|招标|采购|调研|验收|合同|申报|评审|培训|测评|汛|财政|会议|调整|投资|资金|去年|数据|统计|发布|印发|截[至止]|立项|可研|初设|设计|公示|"
    "试点|历史)[^\n，,。]{0,6}$"
)
_OTHER_TERM = re.compile(
    "(?:有效|政策|保质|执行|任|学|试用|考核|评估|保修|报名|活动|申报|协议|借款|债券|规划|培训|试点|专项)(?:期|期限|时间)[^\n，,。;；0-9]{0,4}$"
)
_OPENED = re.compile("[(（]$")
_OWN_PHASE = re.compile("(?:工期|周期|时间|期限?|项目|建设|实施|[年月天])[(（]$")
_PLAN_FILL = re.compile(
    "^(?:我们|项目|本项目|整个|预计|计划|拟|打算|准备|大|时间|就|从|自|由|于|在|想|要|时段|安排|定在|放在|就是|进行|干|做|搞|建设|实施|完成|建成|做完|建完|"
    "搞完|建好|弄好|之间|期间|来|内|这段时间|工期|开工|开始|启动|到|完工|竣工|执行)*$"
)
_PLAN_BEHIND = re.compile(
    "^(?:(?:期间|内|之间)?(?:进行|完成)?(?:建设|实施)(?:完成|完毕)?|建成|完成|做完|建完|完工|搞完|弄完|为(?:项目)?(?:建设|实施)(?:工|周)?期)(?=$|[，,。;；、)\\n]|项目|等保|预算|总投资|不涉密)"
)
_SERVICE_TALK = re.compile(
    "(?:系统|平台|网站|软件)(?:年度)?运维(?=$|[，,。;；\n])|服务期|服务类|购买服务(?!器)|租用|租赁|运维项目|服务采购|运维服务|维保"
)
_BEGINS_AT_END = re.compile("[^到至~—–―-]{2,12}月份?[底末]")
_BUILDS = re.compile("建设期|建设周期|工期|新建|扩建|改建|质保|开工")
_MOVED = re.compile("(?:的?(?:计划|工期|时间))?(?:被|要|已)?(?:调整|改|变更|推迟|延后|延期|延长|顺延|提前)")
_MOVED_TO = re.compile("(?:调整|改|变更|推迟|延后|延期|延长|顺延|提前|原定|原计划)(?:为|到|至|成|于|在)?$")
_CLAUSE_STOP = re.compile("[，,。;；\n\0]")
_OF_PROJECT = re.compile("开工|建设|项目|实施|建成|完工|竣工")
_AIMED = re.compile("最迟|最晚|不晚于|争取|力争|确保|尽量|之前|左右|前后|约$")

_LENGTH = (
    "(?P<length>(?<![0-9.第+])(?:[0-9]{1,2}|[一二两三四五六七八九]|十[一二]?)(?:年半|年(?!度|[0-9一二三四五六七八九十初底中末内])|"
    "个?月(?!份))(?:零?[0-9一二三四五六七八九十]{1,2}个月)?|[1-9][0-9]{1,2}个月|[二三四五六]十[一二三四五六七八九]?个月|半年)"
)
_MORE = "(?:以上|以内|以下|左右|上下|多|不等|或|到|至|[~-]|起|之内|内(?!免费)|吧|\\+)"
_FREE = "免费(?:的)?(?:系统|软件|平台|技术|项目)?(?:运行)?(?:运维|维护|运行维护)(?:服务|保障)?(?:期|期限|时间|年限)?"
_FREE_MONTHS = (
    re.compile(
        f"{_FREE}(?:(?:为|从|自)[^\n，,。;；0-9]{{2,10}}(?:之日)?起(?:计算?)?|(?:限|暂|计划|拟|承诺|共|定)?(?:为|是|提供|[:：|])?){_LENGTH}(?P<more>{_MORE})?"
    ),
    re.compile(
        f"(?P<least>至少|不少于|不低于|最少|起码|超过|不超过|约)?{_LENGTH}(?P<more>{_MORE})?(?:期)?的?{_FREE}"
    ),
)
_FREE_TALK = re.compile(_FREE)
_DEMANDED = re.compile("[，,]?可?续[签约期]|(?:是|为)[^\n，,。;；]{0,6}(?:要求|规定|底线|标准)")
_LEAST = re.compile("(?:至少|不少于|不低于|最少|起码|超过|不超过|最多|约|大约|大概)[^\n，,。]{0,6}$")
_SERVICE_MONTHS = (
    re.compile(
        f"(?:服务|租用|租赁|运维服务|租(?=期))(?:期|期限|周期|时间|时长|年限)(?:限|计划|拟|共|总共|一共|定|暂)?(?:为|是|[:：|]|"
        f"定为)?{_LENGTH}(?P<more>{_MORE})?"
    ),
    re.compile(f"{_LENGTH}(?P<more>{_MORE})?的?(?:服务期|租期|租用期)(?!满)"),
    re.compile(
        f"(?:购买|采购|租用|租|买|服务)(?:期限|[^\n，,。;；0-9]{{1,12}}(?:服务|平台|"
        f"系统)){_LENGTH}(?P<more>{_MORE})?(?=$|[，,。;；)\\n])"
    ),
    re.compile(
        f"(?:购买|采购|租用|租|买)(?:了)?{_LENGTH}(?P<more>{_MORE})?的?(?:[^\n，,。;；\\n]{{0,8}}服务|使用权)(?=$|[，,。;；)\\n])"
    ),
)


def read_periods(notes: Notes) -> None:
    """Note 计划时间, 服务期 and 免费运维期 as far as they are exact."""
    taken = _periods(notes)
    taken = _singles(notes, taken)
    _free_operation(notes)
    _service_months(notes)
    _vague(notes, taken)


def _periods(notes: Notes) -> list[tuple[int, int]]:
    text, taken = notes.text, list[tuple[int, int]]()
    for found in _PERIOD.finditer(text):
        start, end = found.span("period")
        left, right = _near(text, start, found.end())
        taken.append((start, end))
        kind = _kind(notes, left, right, found.start())
        if not kind:
            continue
        facts = ("service_start", "service_end") if kind == "service" else ("planned_start", "planned_end")
        if kind == "either":
            for fact in ("planned_start", "planned_end", "service_start", "service_end"):
                notes.doubt(fact, start, end, "unclear", is_weak=True)
            continue
        read = parse_period(_spoken(found["period"]), as_of=notes.as_of)
        if (
            found["vague"]
            or re.match("之间(?:完成|建成|竣工)", right)
            or _BEGINS_AT_END.match(found["period"])
            or _AIMED.search(left)
            or _MOVED.match(right)
            or _MOVED_TO.search(left)
            or not isinstance(read, Parsed)
            or not _is_ahead(read.value[1], notes)
        ):
            for fact in facts:
                notes.doubt(fact, start, end, "approximate")
            continue
        for fact, day in zip(facts, read.value, strict=True):
            notes.say(fact, day.isoformat(), start, end)
    return taken


def _kind(notes: Notes, left: str, right: str, at: int) -> str:
    """Say whose period it is by the words around it: ``plan``, ``service``, ``either`` or nothing."""
    clause = re.split("[，,。;；(（\n\0]", left)[-1]
    gap = max((gap for gap in notes.source.gaps if at - len(clause) < gap <= at), default=None)
    clause = clause if gap is None else notes.text[gap:at]
    if _SERVICE_LABEL.search(left):
        # 建设期…，运维期…: of what is built, no project of its own
        is_after = re.search("运维(?:期|时间|年限)[^\n，,。]{0,6}$", left) and _BUILDS.search(notes.text)
        return "" if is_after else "service"
    is_service = _SERVICE_TALK.search(notes.text) is not None
    if (
        _OTHER_TERM.search(left)
        or _OTHER_LABEL.search(clause)
        or (_OPENED.search(left) and not _OWN_PHASE.search(left))
    ):
        return ""
    if _PLAN_LABEL.search(left):
        return (
            "either"
            if is_service and re.search("(?<!建设)(?<!计划)(?<!起止)(?:时间|周期|期限|期)[:：|是为]*$", left)
            else "plan"
        )
    rest = re.split("[，,。;；)\n\0]", right)[0]
    if _PLAN_FILL.match(clause) and (_PLAN_FILL.match(rest) or _PLAN_BEHIND.match(right)):
        return "either" if is_service else "plan"
    if _PLAN_BEHIND.match(right):
        return "either" if is_service else "plan"
    # without commas the words around it belong to something else, and only a few of them harm
    is_spoken = len(notes.clauses.words(notes.clauses.at(at))) > 25  # noqa: PLR2004 - characters
    if is_spoken and not re.search(
        "服务|租|质保|免费|试运行|招标|调研|验收|合同|评审", left[-8:] + right[:8]
    ):
        return "either" if is_service else "plan"
    return "either" if re.search("建|工|期|项目", clause + rest) else ""


def _singles(notes: Notes, taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    text = notes.text
    taken = list(taken)
    anchors: list[tuple[int, date]] = []
    for found in _SINGLE.finditer(text):
        start, end = found.span("date")
        if any(start < b and a < end for a, b in taken):
            continue
        fact = _edge(text, start, found.end())
        if fact is None:
            continue
        taken.append((start, found.end()))
        near = re.split("[。;；\n\0]", text[max(0, start - 12) : start])[-1]
        near += _CLAUSE_STOP.split(text[found.end() : found.end() + 8])[0]
        if _SERVICE_TALK.search(text) and not _OF_PROJECT.search(near):
            notes.doubt(
                "service_start" if fact == "planned_start" else "service_end",
                start,
                end,
                "unclear",
                is_weak=True,
            )
            notes.doubt(fact, start, end, "unclear", is_weak=True)
            continue
        read = parse_date(_spoken(found["date"]), as_of=notes.as_of, edge=_side(fact))
        _note_day(notes, fact, read.value if isinstance(read, Parsed) else None, found)
        if isinstance(read, Parsed) and fact == "planned_start" and not found["vague"]:
            anchors.append((end, read.value))
    for found in _ANCHORED.finditer(text):
        start, end = found.span("date")
        near = [day for place, day in anchors if 0 < start - place <= 12 and "\n" not in text[place:start]]  # noqa: PLR2004
        if not near or any(start < b and a < end for a, b in taken):
            continue
        fact = _edge(text, start, found.end())
        if fact != "planned_end":
            continue
        taken.append((start, found.end()))
        read = parse_period(
            f"{near[-1].year}年{near[-1].month}月到{_spoken(found['date'])}", as_of=notes.as_of
        )
        day = read.value[1] if isinstance(read, Parsed) and read.value[1].year == near[-1].year else None
        if _SAME_YEAR.search(text[max(0, start - 4) : start]):
            day = None
        _note_day(notes, fact, day, found)
    return taken


def _note_day(notes: Notes, fact: str, day: date | None, found: re.Match[str]) -> None:
    left = notes.text[max(0, found.start() - 8) : found.start()]
    vague = found["vague"]
    # 12月底前 names the last day; 12月前 may be before the month or before it is over
    is_exact = (not vague and not (fact == "planned_start" and found["date"].endswith(("底", "末")))) or (
        vague in {"前", "之前", "以前"}
        and found["date"].endswith(("底", "末", "日", "号"))
        and fact == "planned_end"
    )
    is_moved = _MOVED.match(notes.text[found.end() : found.end() + 8]) or _MOVED_TO.search(left)
    is_aimed = is_moved or re.search("最迟|最晚|不晚于|争取|力争|确保|尽量|左右|前后|约$", left)
    if day is None or not is_exact or is_aimed or not _is_ahead(day, notes):
        notes.doubt(fact, found.start(), found.end(), "approximate")
    else:
        notes.say(fact, day.isoformat(), found.start(), found.end())


def _edge(text: str, start: int, end: int) -> str | None:
    """Say whether a day begins or ends the project, by the words around it."""
    left, right = _near(text, start, end)
    clause = re.split("[，,。;；(（\n\0]", left)[-1]
    if re.search(
        "服务|租|质保|免费|调研|招标|可研|初设|评审|申报|材料|合同|运维|试运行|汛|培训|[回答]复|报送|旧|老|原|数据|会",
        clause,
    ):
        return None
    if _START_LABEL.search(left) or _STARTS_BEHIND.match(right):
        return "planned_start"
    if _END_LABEL.search(left) or _ENDS_BEHIND.match(right):
        return "planned_end"
    return None


def _free_operation(notes: Notes) -> None:
    for found in _FREE_TALK.finditer(notes.text):
        notes.doubt("free_operation_months", *found.span(), "unclear", is_weak=True)
    for pattern in _FREE_MONTHS:
        for found in pattern.finditer(notes.text):
            _note_months(notes, "free_operation_months", found)


def _service_months(notes: Notes) -> None:
    for pattern in _SERVICE_MONTHS:
        for found in pattern.finditer(notes.text):
            left = notes.text[max(0, found.start() - 4) : found.start()]
            if not re.search("免费|质保|每|已|过|第|另|还", left):
                _note_months(notes, "service_months", found)
    for found in _SERVICE_LABELLED.finditer(notes.text):
        start = parse_date(_spoken(found["start"]), as_of=notes.as_of, edge="start")
        months = parse_months(found["length"])
        if isinstance(start, Parsed) and isinstance(months, Parsed):
            notes.say("service_start", start.value.isoformat(), *found.span("start"))
            notes.say("service_months", months.value, *found.span("length"))


_SERVICE_LABELLED = re.compile(
    f"(?:服务期限?|服务时间|租期|租用期|服务周期)(?:从|自|为|是|[:：|])*(?P<start>{_DATE})(?:起算?|开始)(?:[，,]|为期|共|期限|"
    f"计){{0,3}}{_LENGTH}(?=$|[，,。;；)\\n])"
)


def _note_months(notes: Notes, fact: str, found: re.Match[str]) -> None:
    read = parse_months(found["length"])
    left = notes.text[max(0, found.start("length") - 8) : found.start("length")]
    groups = found.groupdict()
    is_vague = groups.get("more") or groups.get("least") or _LEAST.search(left)
    if (
        is_vague
        or not isinstance(read, Parsed)
        or _DEMANDED.match(notes.text[found.end() : found.end() + 10])
    ):
        notes.doubt(fact, *found.span(), "approximate")
    else:
        notes.say(fact, read.value, *found.span())


def _vague(notes: Notes, taken: list[tuple[int, int]]) -> None:
    """Leave a date open that is only about right, or lacks its year, where the project begins or ends."""
    text = notes.text
    for found in _VAGUE_TIME.finditer(text):
        if any(found.start() < b and a < found.end() for a, b in taken):
            continue
        right = text[found.end() : found.end() + 12]
        right = re.sub("^(?:[前后初中底末]|之前|以前|左右|前后|上旬|中旬|下旬)+", "", right)
        fact = _edge(
            text, found.start(), found.end() + len(text[found.end() : found.end() + 12]) - len(right)
        )
        if fact is not None:
            notes.doubt(fact, *found.span(), "approximate")
        elif _OTHER_BEHIND.match(right):
            notes.doubt("planned_end", *found.span(), "unclear", is_weak=True)
        elif _PLAN_LABEL.search(text[max(0, found.start() - 12) : found.start()]):
            notes.doubt("planned_start", *found.span(), "approximate", is_weak=True)
            notes.doubt("planned_end", *found.span(), "approximate", is_weak=True)


def _near(text: str, start: int, end: int) -> tuple[str, str]:
    return text[max(0, start - 16) : start], text[end : end + 16]


def _spoken(words: str) -> str:
    return re.sub("^(?:从|自|由|于)", "", words)


def _side(fact: str) -> Edge:
    return "end" if fact.endswith("_end") else "start"


def _is_ahead(day: date, notes: Notes) -> bool:
    """Say whether a plan may still end on that day; a plan that is over is somebody's past project."""
    return (day.year, day.month) >= (notes.as_of.year, notes.as_of.month)
