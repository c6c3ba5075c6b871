"""What is taken back or put off later: 预算还没定, 不对, 以最终批复为准, 以上都是暂估."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from dialogs.extraction.security import UNDETERMINED

if TYPE_CHECKING:
    from dialogs.extraction.candidates import Candidate, Notes
    from dialogs.extraction.clauses import Clause

_PUT_OFF = re.compile(
    "(?:还没有?|没有?|尚未|未|没)(?:最终|最后|完全|正式|彻底|真正)?(?:定(?!级|制|位|期|点)|确定|敲定|定下来|落实|拍板|想好|商量好|核实)|"
    "不(?:能)?(?:太|是很|完全)?(?:确定|一定|准(?!许|备|予)|作数|算数|保证)|"
    "待[^\n，,。;；)]{0,10}(?:确[定认]|定|核实|核定|批|审)|可能(?:还)?(?:会|要)?(?:变|改|调|增|减|动|超|多|少)|会有(?:所)?(?:变化|调整|变动|出入)|还(?:会|要|可能|得|"
    "需要?)(?:再)?(?:变|改|调|商量|研究|讨论|核|确认|优化|压|砍|看|等)|"
    "(?:没有?|未|不)(?:能)?(?:获批|批下来|批准|到位|通过|拿到)[^\n，,。]{0,4}(?:的话|则|就)|"
    "(?:评审|财评|批复|概算|预算)(?:结果|意见)?(?:还没有?|尚未|没|未)(?:出来?|下来|下达|批)(?=$|[，,。;；\n])|(?:测算|估算|匡算|预估|概念)(?:数|值)(?=$|[，,。;；])|供参考|为准|拍脑袋|瞎(?:说|猜|估)|随(?:便|口)(?:说|写|估)|[估猜蒙]的|(?:只是|都是|属于?|是个?)(?:初步|暂定|估算|估计|毛估|大概|大约|设想|打算|"
    "草案)|再(?:议|定|说|商量|核实|确认|调|看)|"
    "有出入|记不[清准得]|未必|不见得|初步(?:想法|设想|数|考虑)|暂定|暂估|可调|浮动|开玩笑|假的|举例|举个例|只是例子|测试数据|不算(?=$|[数的了，,。])|作废|取消|撤回|不做了|不报了"
)
_DECIDED_LATER = re.compile("为准|供参考")
_EVERYTHING = re.compile("以上|上述|上面|前面|这些|全部|整个")
_TOPICS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (
        re.compile("预算|金额|投资|资金|钱|数额|经费|概算|数字|数"),
        (
            "total_investment",
            "budget_estimate",
            "this_year_investment",
            "counted_investment",
            "fund_national",
            "fund_regional",
            "fund_city",
            "fund_social",
            "fund_other",
        ),
    ),
    (
        re.compile("时间|工期|日期|周期|进度|开工|完工"),
        ("planned_start", "planned_end", "service_start", "service_end", "service_months"),
    ),
    (re.compile("等保|定级|级别|等级"), ("mlps_level", "mlps_filed")),
    (re.compile("密评|密码"), ("crypto_assessment", "crypto_planned")),
    (re.compile("名称|名字|项目名"), ("project_name",)),
    (re.compile("负责人|人选"), ("project_lead",)),
    (re.compile("电话|手机|联系方式|号码"), ("phone",)),
    (re.compile("地址|地点|选址|位置"), ("project_address",)),
    (re.compile("目录"), ("catalogue_provided",)),
    (re.compile("性质|新建|扩建|改建"), ("nature",)),
    (re.compile("类别|哪一类"), ("category",)),
    (re.compile("涉密|保密|定密"), ("classified",)),
    (re.compile("政务云|上云|部署|云"), ("on_government_cloud",)),
    (re.compile("上级|批复|主管部门"), ("superior_approved",)),
    (re.compile("可研"), ("feasibility_commissioned",)),
    (re.compile("对接|接口"), ("docks_my_ningxia", "docks_ningzhengtong", "follows_standards")),
    (re.compile("大数据|数据"), ("bigdata_access",)),
    (re.compile("采购|设备|服务器|机房"), ("infrastructure_items",)),
    (
        re.compile("运维"),
        (
            "includes_operation",
            "free_operation_months",
            "operation_funding_source",
            "operates_infrastructure",
        ),
    ),
    (re.compile("服务期"), ("service_start", "service_end", "service_months")),
    (re.compile("方案|内容|功能|需求|参数|公司|单位|厂家|招标|合同|供应商|供货|细节|模块|清单"), ()),
)


def with_retractions(notes: Notes) -> list[Candidate]:
    """Return the mentions, with those made doubtful that later words take back."""
    kept = list(notes.candidates)
    for clause in notes.clauses.all:
        put_off = _PUT_OFF.search(notes.clauses.words(clause))
        if put_off:
            kept = _put_off(notes, kept, clause, put_off)
        if clause.is_correction and not _is_corrected_before(notes, clause):
            kept = _corrected(notes, kept, clause)
    return kept


def _put_off(
    notes: Notes, mentions: list[Candidate], clause: Clause, put_off: re.Match[str]
) -> list[Candidate]:
    words, place = put_off.string, clause.start + put_off.start()
    if _EVERYTHING.search(words):
        named = {fact for pattern, facts in _TOPICS if pattern.search(words) for fact in facts}
        return [
            _doubtful(mention) if mention.start < place or mention.fact in named else mention
            for mention in mentions
        ]
    if _DECIDED_LATER.search(words):
        words = ""
    topics = [facts for pattern, facts in _TOPICS if pattern.search(words)]
    if topics:
        named = {fact for facts in topics for fact in facts}
        return [_doubtful(mention) if mention.fact in named else mention for mention in mentions]
    own = [mention for mention in mentions if clause.start <= mention.start < clause.end]
    start, end = (clause.start, place) if own else _said_before(notes, clause)
    return [_doubtful(mention) if start <= mention.start < end else mention for mention in mentions]


def _corrected(notes: Notes, mentions: list[Candidate], clause: Clause) -> list[Candidate]:
    """Make doubtful what a correction corrects without naming it: 等保二级，不对，三级."""
    again = {mention.fact for mention in mentions if mention.is_correction and mention.start >= clause.start}
    if again:
        return mentions
    start, end = _said_before(notes, clause)
    return [_doubtful(mention) if start <= mention.start < end else mention for mention in mentions]


def _said_before(notes: Notes, clause: Clause) -> tuple[int, int]:
    """Return the place of the sentence so far, or of the sentence before when this one has just begun."""
    here = notes.clauses.sentence(clause.sentence)
    if here[0].start < clause.start or clause.sentence == 0:
        return here[0].start, clause.start
    before = notes.clauses.sentence(clause.sentence - 1)
    return (before[0].start, before[-1].end) if before else (clause.start, clause.start)


def _is_corrected_before(notes: Notes, clause: Clause) -> bool:
    before = notes.clauses.at(clause.start - 1) if clause.start else clause
    return before is not clause and before.sentence == clause.sentence and before.is_correction


def _doubtful(mention: Candidate) -> Candidate:
    if mention.value is None or mention.value == UNDETERMINED:
        return mention
    return msgspec.structs.replace(mention, value=None, reason="hedged", is_weak=False)
