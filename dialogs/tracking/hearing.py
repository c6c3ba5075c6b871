"""What somebody typed, heard as a report of what has happened to the project.

An event is a fact: what is denied, planned or asked is none, and what is not quite clear is asked about. Nothing is
guessed, because dates are counted from it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from dialogs.display import date_text
from dialogs.draft import Report
from dialogs.parsing.award_sums import SaidSum, said_sum
from dialogs.parsing.past_days import SaidDay, blanked, said_days
from dialogs.parsing.text import LONGEST_ANSWER, excerpt, normalise
from rules.text import T, Text

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from dialogs.tracking.vocabulary import Mention, Vocabulary
    from rules.ruleset import RuleSet

_CLAUSE = re.compile(r"(?:[^,;。!?]|,(?=[0-9]{3}(?![0-9])))+[,;。!?]?")
_ASKED = re.compile(
    r"[?]|[吗呢么][。!,;]*$|怎么|如何|什么时候|啥时候|哪天|多久|能不能|能否|可不可以|是否|要不要|有没有|是不是"
)
_DENIED = re.compile(
    "没(?!问题|错)|未(?!来)|不(?!久|仅|但|断|错|日|动产|同|良|论|管|限)|无法|失败|否决|退回|驳回|打回|流标|废标|取消|终止|作废|别(?=登记)"
)
_PLANNED = re.compile(
    "准备|计划|打算|预计|预期|(?<![虚模])拟|即将|将[于在要会]|马上|快[要到了]|尽快|赶快|正在|争取|力争|等待|等着|等到"
    "|希望|想[要去先]|(?<![主重概纪摘必首])要(?!求|点|件|素|约|闻|害)|需要|可以|筹备|明[天年日]|后天|下(?:周|个?月|星期|礼拜|一?年|半年|一?步|季度|次)"
    "|如果|假如|要是|倘若|万一|一旦|的话|等(?!保|级).{0,12}(?:[以之]?后|再)|[以之]?后再|才[能可会]"
)
_DOUBTFUL = re.compile(
    "可能|也许|或许|好像|似乎|听说|据说|应该|大概|大约|估计|左右|前后|差不多|吧"
    "|别的|其他|其它|另一|另外一|人家|隔壁|兄弟|他们|上一?期|[一二三四]期|往年"
    "|提交|上报|报送|递交|送审|申请|组织|开始|启动|召开|参加|安排|进行"
)
_DONE = re.compile(
    "(?<!为)了(?!解)|已|通过|过(?=[,;。!]?$)|收到|拿到|领到|接到|取得|获得|获批|批准|批复|批下|同意|下来|下达|下发|印发"
    "|完成|完毕|办[完好妥]|做完|合格|满足|结束|顺利|成功|到手|发生|投入|正式|责令|要求|限期"
)
_NOTHING_ELSE = re.compile(r"(?:日期|时间|那天|当天|是|为|在|于|的|:| |,|;|。|!)*")
_FILLING = re.compile("的?(?:日期|时间)|那天|应该|应当|[是为的在于改:,。]|登记")

Status = Literal["asked", "denied", "planned", "doubtful", "done", "bare"]


class Heard(NamedTuple):
    """What a text reports.

    Attributes:
        reports: what has happened, in the order told; those that are not ``is_sure`` are to be asked about.
        refusals: what is not registered, and why.
        is_question: the text asks about something that happens to projects.
    """

    reports: tuple[Report, ...] = ()
    refusals: tuple[Text, ...] = ()
    is_question: bool = False

    @property
    def is_clear(self) -> bool:
        """It reports events, each with its day, and nothing else."""
        return (
            bool(self.reports)
            and not self.refusals
            and all(each.is_sure and each.date for each in self.reports)
        )


class _Clause(NamedTuple):
    text: str
    mentions: list[Mention]
    days: list[SaidDay]
    sum: SaidSum | None


def hear(
    rules: RuleSet,
    vocabulary: Vocabulary,
    typed: str,
    *,
    as_of: date,
    possible: Collection[str],
    is_explicit: bool = False,
) -> Heard:
    """Hear a report.

    Args:
        rules: for what an event of each kind carries.
        vocabulary: their words.
        typed: any text.
        as_of: today; later days are not facts yet.
        possible: the kinds that can happen to this project; of several that the words may mean, these count.
        is_explicit: it was said that this is to be registered, so 初验 alone means that it was passed.
    """
    text = normalise(typed.replace("\n", ",")).casefold()
    if len(text) > LONGEST_ANSWER:
        return Heard()
    clauses = [_clause(found[0], vocabulary, as_of) for found in _CLAUSE.finditer(text)]
    reports: list[Report] = []
    refusals: list[Text] = []
    limits = [day for clause in clauses for day in clause.days if day.is_limit]
    amounts = [clause.sum.amount for clause in clauses if clause.sum]
    is_question = False
    for index, clause in enumerate(clauses):
        status = _status(clause)
        if not clause.mentions:
            continue
        if status == "asked":
            is_question = True
            continue
        if status in ("denied", "planned"):
            refusals.append(_refusal(status, clause.text))
            continue
        is_fact = status == "done" or (status == "bare" and is_explicit)
        for mention in _distinct(clause.mentions):
            day = _day_of(mention, index, clauses)
            if day is not None and (problem := _problem(day, as_of)):
                refusals.append(problem)
                if day.day is not None:
                    continue
            kinds = tuple(kind for kind in mention.kinds if kind in possible) or mention.kinds
            reports.append(
                Report(
                    kinds=kinds,
                    date=None if day is None else day.day,
                    is_sure=is_fact
                    and mention.is_named
                    and len(kinds) == 1
                    and (day is None or day.is_certain),
                )
            )
    merged = _merged(reports)
    return Heard(
        tuple(_with_details(rules, report, amounts, limits) for report in merged),
        tuple(refusals),
        is_question,
    )


def rest_of(typed: str, as_of: date) -> tuple[str, list[SaidDay]]:
    """Return what a text says beside days, and the days: 初验 6月2日 is 初验 on that day."""
    text = normalise(typed).casefold()
    days = said_days(text, as_of)
    bare = blanked(text, days)
    return " ".join(_FILLING.sub(" ", bare).split()), days


def is_plan(typed: str) -> bool:
    """Say whether a text speaks of something that is still to come."""
    return _PLANNED.search(normalise(typed)) is not None


def _clause(text: str, vocabulary: Vocabulary, as_of: date) -> _Clause:
    days = said_days(text, as_of)
    plain = blanked(text, days)
    return _Clause(text, vocabulary.mentions(plain), days, said_sum(plain))


def _status(clause: _Clause) -> Status:
    around = blanked(clause.text, clause.days)
    for mention in clause.mentions:
        around = around[: mention.start] + "□" * (mention.end - mention.start) + around[mention.end :]
    if _ASKED.search(around):
        return "asked"
    if _DENIED.search(around):
        return "denied"
    if _PLANNED.search(around):
        return "planned"
    if _DOUBTFUL.search(around):
        return "doubtful"
    return "done" if _DONE.search(clause.text) else "bare"


def _distinct(mentions: list[Mention]) -> list[Mention]:
    """Return the mentions of a clause; where something is named, hints only say the same again."""
    named = [mention for mention in mentions if mention.is_named]
    if named:
        return named
    first = mentions[0]
    kinds = dict.fromkeys(kind for mention in mentions for kind in mention.kinds)
    return [first._replace(kinds=tuple(kinds))]


def _day_of(mention: Mention, index: int, clauses: list[_Clause]) -> SaidDay | None:
    """Return the day of a mention: in its clause, or alone in the clause before or after."""
    clause = clauses[index]
    days = [day for day in clause.days if not day.is_limit]
    if len(days) == 1:
        return days[0]
    if days:
        before = [day for day in days if day.end <= mention.start]
        between = max((other.end for other in clause.mentions if other.end <= mention.start), default=0)
        near = [day for day in before if day.start >= between]
        return near[0] if len(near) == 1 else None
    for neighbour in (index - 1, index + 1):
        if 0 <= neighbour < len(clauses):
            other = clauses[neighbour]
            alone = [day for day in other.days if not day.is_limit]
            is_only_day = _NOTHING_ELSE.fullmatch(blanked(other.text, other.days)) is not None
            if len(alone) == 1 and not other.mentions and is_only_day:
                return alone[0]
    return None


def _problem(day: SaidDay, as_of: date) -> Text | None:
    if day.problem is not None:
        return day.problem
    if day.day is not None and day.day > as_of:
        return T(
            "{day}还没到（今天是{today}）。登记的是已经发生的事，到那天再告诉我。",
            day=date_text(day.day),
            today=date_text(as_of),
        )
    return None


def _merged(reports: list[Report]) -> list[Report]:
    """Return one report for each thing: what is named once for sure is not asked about again."""
    sure = {report.kinds[0] for report in reports if len(report.kinds) == 1 and report.is_sure}
    merged: list[Report] = []
    for report in reports:
        if not report.is_sure and not sure.isdisjoint(report.kinds):
            continue
        same = [other for other in merged if other.kinds == report.kinds]
        if same and (report.date is None or report.date == same[0].date):
            continue
        if same and same[0].date is None:
            merged[merged.index(same[0])] = report
        else:
            merged.append(report)
    return merged


def _with_details(rules: RuleSet, report: Report, amounts: list[int | None], limits: list[SaidDay]) -> Report:
    carries = [rules.event_kinds[kind] for kind in report.kinds]
    amount = amounts[0] if len(amounts) == 1 and any(kind.amount for kind in carries) else None
    due = limits[0].day if len(limits) == 1 and any(kind.due for kind in carries) else None
    return Report(report.kinds, report.date, amount, due, report.is_sure)


def _refusal(status: Status, clause: str) -> Text:
    said = excerpt(clause.rstrip(",;。!"))
    if status == "denied":
        return T(
            "「{said}」说的是还没有办成的事，不登记；办成以后再告诉我。想看现在该做什么，说「进展」。",
            said=said,
        )
    return T("「{said}」说的是打算，还不是已经发生的事，不登记；办完那天再告诉我。", said=said)
