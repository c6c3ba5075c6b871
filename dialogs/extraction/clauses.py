"""A description cut into clauses, and for each clause whether its words state something of this project.

Only a clause that is ``said`` gives facts. One that asks, supposes, hedges or passes on what others say leaves
what it mentions ``open``; one about the past or about somebody else's system (``foreign``) gives nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

Stance = Literal["said", "open", "foreign"]
Reason = Literal["asked", "supposed", "hedged", "approximate", "several", "partial", "unclear"]

_SENTENCE_END = re.compile(r"[。！!？?；;\n\0]+|\.(?![0-9a-z])|…+")
_CLAUSE_END = re.compile(r"[，,()\[\]【】]+")
_QUESTION_MARK = re.compile("[？?]")
_TAG = re.compile(
    "^(?:请问)?(?:这样)?(?:对吗|对吧|是吧|是吗|是不是|对不对|可以吗|可不可以|行吗|行不行|行吧|好吗|没错吧|对不|够吗|够不够|"
    "合适吗|合不合适|合理吗|能行吗|能过吗|ok吗|没问题吧|有问题吗)$"
)
_ASKED = re.compile(
    "吗|呢$|[嘛么]$|是不是|是否|要不要|有没有|需不需要|需要不需要|能不能|可不可以|该不该|行不行|对不对|属不属于|算不算|"
    "涉不涉|用不用|上不上|做不做|建不建|会不会|几级|多少|怎么|如何|咋|哪|什么|啥|谁|难道|岂|请问|想问|问一下|问下|(?:想|来|要)咨询|^咨询[:：]|咨询(?:一下|下)|求问|何时|多久|多长"
)
_OWN_QUESTION = re.compile(
    "^(?:那|所以|应该|这样|是)*(?:就|也|还)*(?:不(?:用|需要?|必|算|属于|超|能|会)|要|需要|得|必须|算|属于)[^\n，,。]{0,12}[吧了?？]*$"
)
"""A question about what follows (应该不需要吧？), which leaves the facts before it as they were said."""
_POLITE = re.compile("^(?:请问|想问(?:一?下)?|问一?下|想?咨询(?:一?下)?|麻烦问一?下)[，,]?(?=我们?|咱|本)")
_SUPPOSED = re.compile(
    "如果|(?<![比例诸])如(?=获|能|若|遇|有(?!疑|问题|不|任何|需)|经|未|不|需|可|上级|自治区|市)|否则|若(?!干)|假如|假设|假使|要是|倘若|倘|一旦|万一|(?<!钱)(?<!资金)(?<!时间)(?<!预算)(?<!经费)(?<!这边)(?<!项目)的话|除非|只要|"
    "只有.{0,12}才|视情况|看情况|根据情况|取决于|要看|"
    "无论|不管|即使|即便|哪怕|等.{0,12}(?:再|后再)|批了(?=[再就才之以后])|批下来(?!了)|批下来了(?=再|就|才|之?后|以后|的话)|模板|样例|范本|范文|示例|参照|参考|借鉴|比如|例如|譬如|举例|举个例|打比方|打个比方"
)
_HEDGED = re.compile(
    "可能|也许|或许|大概|应该|按理|理论上|通常|一般(?:来说|是|都)|估计|估摸|估算(?:的|大)|粗略|毛估|初估|预估|匡算|大致|大体|"
    "好像|似乎|貌似|差不多|几乎|基本上|暂(?![未无])|待[定确批审编]|有待|尚待|等待|未定|没定|不确定|不清楚|不知道|不了解|不太?懂|"
    "拿不准|说不准|不好说|没想好|再定|再说|再议|再考虑|以后再|以后(?:可能|考虑)|今后|将来|日后|后期(?!运维)|后面再|回头|"
    "下一步|下一阶段|远期|择机|适时|逐步|陆续|希望|争取|力争|最好|期望|建议|倾向|考虑(?!到)|想着|设想|或(?!许|采购|新建|购置|建设)|还是|要么|"
    "二选一|两种|方案[一二三ab]|备选|不一定|未必|恐怕|怕是|难说|没准|说不定|八成|初步(?!设计|验收|方案)|原则上|吧[。.!！]?$|来着|(?:目前|暂时|现在|初步|现阶段)(?:来)?看(?![护管守])|看来|看样子|估摸|应当|必须|(?:自治区|上级|国家|市里|区里|文件|政策|上面|办法|通知)[^\n，,。;；]{0,4}(?:要求|规定)|务必|一定要|严禁|不得|按照?要求|(?<![供适对反响相])应(?=[全接部按做由与和在进满达同包为优上该])|"
    "(?:还|仍|正|尚)在|论证中|研究中|在[编办谈走报]|[批办行制理审]中(?![心级学医层])|口头|听说|据说|据悉|说是(?!明)|假装|没拍板|未拍板"
)
_REPORTED = re.compile(
    "领导[^\n，,。]{0,4}(?:说|讲|觉得|要求|希望|意思|提|批示|指示)|你(?:们)?(?:单位|局|校|院|街道|委)|甲方|网友|朋友|同行|邻居|(?:^|的)(?!总的来|一般来|具体来|也就是|就是|换句话|简单|按理|老实|听|据|比如|再|我|我们)[一-龥]{1,4}说(?!明|服|到底|白)|厂家|厂商|供应商|投标人|承建商|集成商|乙方|有人|他们|她|对方|网上|新闻|报价|询价|"
    "(?:同事|主任|局长|科长|书记|专家|代理|公司)[^\n，,。]{0,3}(?:说|讲|觉得|认为|建议|报)"
)
_FOREIGN = re.compile(
    "去年|前年|上年|往年|历年|早年|此前|(?<!满)(?<!成)(?<!收)以前|过去|当初|当时|那时|曾|前期项目|一期|首期|上一?期|上一?[次回轮批](?!说|提|讲|聊|沟通|汇报|跟|问|给)|前一?[次回轮]|退回|打回|相比|比起|对标|驳回|被否|"
    "隔壁|兄弟|友邻|外地|外省|别的|别人|别家|人家|其[他它](?:单位|县|区|市|地方|部门|街道|局|项目|系统|平台)|另一个项目|邻县|周边|"
    "招标文件|合同|中标|招标控制价|前几年|前些年|几年前|早就|原计划|原定|本来|"
    "原先|原本|按规定|规定要求|办法规定|文件规定|条文|条规定|一般项目|有些项目|有的(?:项目|单位)|任何项目|凡是|凡|所有项目"
)
_OLD_SYSTEM = re.compile(
    "(?:现有|原有|原来|(?<![草高平中])原(?![料始创])|旧(?!小区)|(?<!养)(?<!敬)老(?![年人百龄旧乡师干])|(?:目前|当前|现在)的?(?=系统|平台|网站)|已有|已建(?!成|设|好)|在用|现用|"
    "目前用)的?[^\n，,。]{0,8}?(?:系统|平台|软件|网站|机房)"
)
_AS_OBJECT = re.compile(
    "[对在将把与和同跟给为替换汰扩改升建合入通代用于托基旧]$|整合|升级|改造|利用|依托|对接|不是"
)
_YEAR = re.compile("(?<![0-9])(20[0-9]{2})年|(?<![0-9])([12][0-9])年(?=[0-9建上投开启验买花做])")
_DONE = re.compile("建|通过|上线|投入|投用|花|验收|开发|采购|启用|完成|投资|立项|买|用了|做的")
_RESET = re.compile(
    "这次|此次|这回|本次|本期|今年|本年度(?=重新|计划|拟|申|报|再)|重新申报|我(?:们|局|校|院|县|区|市|镇|乡|街道|单位)?(?:单位)?(?:的|这个)?项目|现在|现(?=拟|申|计|需|提)|本项目|新系统|新平台|拟|计划|想|准备|打算|申报|申请|二期|我们要"
)
_TURNS_TO_PROJECT = re.compile("预算|总投资|项目|新建|建设")
"""Enough to come back from an old system once its sentence is over, but not from what was built years ago."""
_CORRECTION = re.compile(
    "^(?:哦|噢|啊|诶|呃|额|嗯|喔)*(?:不对|不是不是|说错了?|写错了?|打错了?|搞错了?|错了|更正|纠正|订正|改一下|不好意思(?:说|写|打|搞)?错)"
)


class Clause(msgspec.Struct, frozen=True):
    """A clause at its place.

    Attributes:
        start, end: its place in the text.
        sentence: the number of its sentence.
        stance: whether it states anything.
        reason: why it is open.
        is_correction: what it says replaces what was said before it.
    """

    start: int
    end: int
    sentence: int
    stance: Stance
    reason: Reason = "unclear"
    is_correction: bool = False


class Clauses:
    """The clauses of a text, found by place."""

    def __init__(self, text: str, as_of: date, outside: Sequence[str] = ()) -> None:
        """Cut ``text``; ``as_of`` tells past years from the coming ones, ``outside`` names other places."""
        self.text = text
        self.all = _read(text, _Setting(as_of, _elsewhere(tuple(outside))))
        self._starts = [clause.start for clause in self.all]

    def at(self, place: int) -> Clause:
        """Return the clause that a place belongs to."""
        return self.all[max(0, bisect_right(self._starts, place) - 1)]

    def between(self, start: int, end: int) -> list[Clause]:
        """Return the clauses that words from ``start`` to ``end`` touch."""
        first = max(0, bisect_right(self._starts, start) - 1)
        last = max(first, bisect_right(self._starts, max(start, end - 1)) - 1)
        return self.all[first : last + 1]

    def words(self, clause: Clause) -> str:
        """Return what a clause says."""
        return self.text[clause.start : clause.end]

    def sentence(self, number: int) -> list[Clause]:
        """Return the clauses of a sentence."""
        return [clause for clause in self.all if clause.sentence == number]

    def sentence_words(self, clause: Clause) -> str:
        """Return the sentence that a clause is part of."""
        parts = self.sentence(clause.sentence)
        return self.text[parts[0].start : parts[-1].end]


class _Place(NamedTuple):
    """Where a sentence stands, and the marks that end it."""

    start: int
    end: int
    mark: str


class _Mood:
    """What carries over from one clause to the next."""

    is_supposed = False
    is_reported = False
    is_foreign = False
    is_lingering = False
    is_past = False


class _Setting(NamedTuple):
    """What clauses are judged by: today, and the names of other places."""

    as_of: date
    elsewhere: re.Pattern[str]


@lru_cache(maxsize=8)
def _elsewhere(outside: tuple[str, ...]) -> re.Pattern[str]:
    """Return how another place is spoken of; not its companies, nor where something runs."""
    names = "|".join(re.escape(name) for name in outside if name not in _EVERYWHERE)
    return re.compile(
        f"(?<!部署在)(?<!部署于)(?<!部署到)(?<!位于)(?<!接入)(?<!赴)(?<!是)(?:{names or '(?!)'}|同心县)"
        "(?!路|街|[^\n，,。;；]{0,14}(?:公司|研究院|设计院|机房|节点|数据中心))"
    )


_EVERYWHERE = frozenset({"宁夏", "同心"})
"""The region itself, and a name that is an everyday word."""


def _read(text: str, setting: _Setting) -> list[Clause]:
    clauses: list[Clause] = []
    mood = _Mood()
    for number, place in enumerate(_sentences(text)):
        mood.is_supposed = mood.is_reported = False
        mood.is_lingering = mood.is_foreign or mood.is_lingering
        mood.is_foreign = False
        clauses += _sentence(text, place, number, mood, setting)
        if "\n" in place.mark or "\0" in place.mark:
            mood.is_foreign = mood.is_lingering = mood.is_past = False
    return clauses or [Clause(0, 0, 0, "said")]


def _sentences(text: str) -> list[_Place]:
    found: list[_Place] = []
    at = 0
    for mark in _SENTENCE_END.finditer(text):
        found.append(_Place(at, mark.end(), mark[0]))
        at = mark.end()
    return [*found, _Place(at, len(text), "")] if at < len(text) else found


def _sentence(text: str, place: _Place, number: int, mood: _Mood, setting: _Setting) -> list[Clause]:
    start, end, mark = place
    body_end = end - len(mark)
    edges = [start]
    edges += [found.end() for found in _CLAUSE_END.finditer(text, start, body_end)]
    parts = [(a, b) for a, b in zip(edges, [*edges[1:], end], strict=True) if a < b]
    last = text[parts[-1][0] : body_end]
    is_question = _QUESTION_MARK.search(mark) is not None
    asks_all = _TAG.match(last) is not None or (
        is_question and not _ASKED.search(last) and not (len(parts) > 1 and _OWN_QUESTION.match(last))
    )
    clauses: list[Clause] = []
    is_corrected = False
    for a, b in parts:
        words = text[a:b].rstrip("，,()\n")
        is_corrected = is_corrected or _CORRECTION.match(words) is not None
        stance, reason = _stance(words, mood, setting)
        if stance != "foreign" and (asks_all or (is_question and b == end)):
            stance, reason = "open", "asked"
        clauses.append(Clause(a, b, number, stance, reason, is_corrected))
    return clauses


def _stance(words: str, mood: _Mood, setting: _Setting) -> tuple[Stance, Reason]:
    words = _POLITE.sub("", words)
    is_reset = _RESET.search(words) is not None
    is_past = _is_past(words, setting.as_of) or setting.elsewhere.search(words) is not None
    if is_past or _is_old_system(words):
        mood.is_foreign = True
        mood.is_past = mood.is_past or is_past
        return ("open", "unclear") if is_reset else ("foreign", "unclear")
    if is_reset:
        mood.is_foreign = mood.is_lingering = mood.is_past = False
    elif mood.is_lingering and not mood.is_past and _TURNS_TO_PROJECT.search(words):
        mood.is_lingering = False
    if mood.is_foreign:
        return "foreign", "unclear"
    mood.is_supposed = mood.is_supposed or _SUPPOSED.search(words) is not None
    mood.is_reported = mood.is_reported or _REPORTED.search(words) is not None
    if mood.is_supposed:
        return "open", "supposed"
    if _ASKED.search(words):
        return "open", "asked"
    if mood.is_reported or _HEDGED.search(words):
        return "open", "hedged"
    return ("open", "unclear") if mood.is_lingering else ("said", "unclear")


def _is_past(words: str, as_of: date) -> bool:
    """Say whether a clause is about other times or other people's projects."""
    if _FOREIGN.search(words):
        return True
    years = [int(found[1] or f"20{found[2]}") for found in _YEAR.finditer(words)]
    return any(year < as_of.year for year in years) and _DONE.search(words) is not None


def _is_old_system(words: str) -> bool:
    """Say whether a clause speaks of a system that is there already, not of what is done to it."""
    for found in _OLD_SYSTEM.finditer(words):
        if not _AS_OBJECT.search(words[max(0, found.start() - 5) : found.start()]):
            return True
    return False
