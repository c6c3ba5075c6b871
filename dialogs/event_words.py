"""Which kinds of event a clause names, by the words of the pack, and whether it tells of something that happened."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rules.pack import EventRule

_QUESTION = re.compile(
    r"\?|[吗呢么嘛][^\w]*$|[不没][^\w]*$|什么|怎么|怎样|如何|几(?!乎)|多久|多长|多少|多高|是否|还是|能否|可否|能不能|可不可以"
    r"|要不要|用不用|是不是|有没有|算不算|该不该|行不行|哪|谁|何时|为何|为啥|咋|啥|请问|咨询|请教|问一?下|想问|想知道"
    r"|\b(?:what|how|when|which|who|where|why|whether|can|should|do|does|must)\b"
)
_SUPPOSED = re.compile(
    r"(?<![然最今])后[^\w]*$|如果|假如|假设|要是|倘若|若(?!干)|万一|一旦|的话|比如|例如|\b(?:if|once|unless)\b"
)
_PLANNED = re.compile(
    r"准备|打算|(?<!按)计划|拟|预计|预期|争取|力争|希望|即将|将[于要在会]|马上|想|(?<![必主重只首摘])要(?!求|件|点|素|闻)"
    r"|需(?!求)|等待|等着|等通知|等结果|申请|报送|提交|提请|报请|送审|送交|筹备|启动|开始(?!正?式?使用|正?式?运行)|正在|在办|进行中"
    r"|着手|推进|待|应当|应该|必须|须|尽快|抓紧|还差|明年|下个?月|下个?周|下个?星期|下半年|改天|回头|以后再"
    r"|\b(?:will|plan|going to|shall|after|before|until|next)\b"
)
_OTHERS_PROJECT = re.compile(
    "同类|类似|别的|其他|其它|另[一外]|上一?期|前期|[老旧原]系统|别人|人家|外地|兄弟|[他她]们"
)
_HAPPENED = re.compile(
    "了|已|(?<![超不经])过(?!程|后)|收到|拿到|取得|获[得批]|接到|签收|完成|办[完好结]|做完|结束|批下|下达|下来|印发|出具|发来|到手|成功|合格"
    r"|满足|\b(?:received|passed|got|done|was|were|has|have)\b"
)
_ONLY_HELD = re.compile("组织|召开|举行|开展|进行|参加")
"""A review that was held need not have been passed."""
_NOT_BEFORE = re.compile(
    r"(?:没|未(?!来)|尚|不(?!久|少|错|动产)|别|无法|无需|难以)[^,;。!?]{0,5}$|(?:\bnot\b|\bnever\b|n't)[^,;。!?]{0,25}$"
)
_NOT_AFTER = re.compile(
    "[^,;。!?]{0,3}(?:没|未(?!来)|尚|不(?!久|少|错)|失败|退回|驳回|撤|流标|废标|作废|暂停|终止|取消|推迟|延期)"
)
_SPOKEN_OF = re.compile(
    "(?:了|完成|完|结束|通过|合格)?(?:之日|(?:之|以)?[后前](?!天|[几两]天))|[之的]?(?:时候|时(?!间)|期间|过程|流程|程序|材料|申请|计划|方案|规定|办法|条件|准备|问题|标准|依据)"
)
_STAR = "(?: *[^ ,;。!?]){0,6}? *"
_FAR_STAR = "(?: *[^ ;。!?]){0,6}? *"
"""Words that mean something else may begin in the clause before: 等级保护三级，已备案."""
_PAST = re.compile("了|已")
_NEAR = 30


class Other(NamedTuple):
    """Words that hold those of a kind of event and mean something else; ``is_far``: perhaps from the clause before."""

    start: int
    end: int
    is_far: bool


class Named(NamedTuple):
    """A kind of event that a clause names: where, and whether the words are its own or only may mean it."""

    start: int
    end: int
    kind: str
    is_said: bool


def is_question(clause: str) -> bool:
    """Say whether a clause asks something."""
    return _QUESTION.search(clause) is not None


def is_fact(clause: str) -> bool:
    """Say whether a clause neither supposes nor plans what it names."""
    return not (_SUPPOSED.search(clause) or _PLANNED.search(clause))


def is_of_another_project(text: str) -> bool:
    """Say whether a text speaks of another project than this one."""
    return _OTHERS_PROJECT.search(text) is not None


def has_happened(clause: str) -> bool:
    """Say whether a clause says of what it names that it has happened, besides giving the day."""
    return _HAPPENED.search(clause) is not None


def is_only_held(clause: str) -> bool:
    """Say whether a clause says that something took place, and not how it ended."""
    return _ONLY_HELD.search(clause) is not None


def is_past(clause: str) -> bool:
    """Say whether a clause speaks of what it names as over, even where it gives only the latest day for it."""
    return _PAST.search(clause) is not None


def names_any(words: tuple[str, ...], text: str) -> bool:
    """Say whether any of these words stands in a text at all, whatever is meant by it."""
    return _any_of(words).search(text) is not None


def named_events(rules: Iterable[EventRule], text: str) -> list[Named]:
    """Return what a text names, in order: what its words mean for certain, and apart from that, may mean.

    Args:
        rules: the kinds of event.
        text: normalised, with blanks in place of its days.
    """
    said: list[Named] = []
    hinted: list[Named] = []
    for rule in rules:
        others = _others(rule, text)
        said += _found(rule.id, rule.said, text, others, is_said=True)
        hinted += _found(rule.id, rule.hints, text, others, is_said=False)
    sure = _longest(said)
    return sorted([*sure, *(named for named in hinted if not any(_overlap(named, other) for other in sure))])


def is_about(rule: EventRule, text: str) -> bool:
    """Say whether a text speaks of what a kind of event is about."""
    return any(_pattern(word).search(text) for word in (*rule.said, *rule.hints))


def _found(kind: str, words: list[str], text: str, others: list[Other], *, is_said: bool) -> Iterator[Named]:
    for word in words:
        for found in _pattern(word).finditer(text):
            start, end = found.span()
            if _is_told(text, start, end) and not any(_rules_out(other, start, end) for other in others):
                yield Named(start, end, kind, is_said)


def _others(rule: EventRule, text: str) -> list[Other]:
    near = [
        Other(*found.span(), is_far=False) for word in rule.others for found in _pattern(word).finditer(text)
    ]
    far = [
        Other(*found.span(), is_far=True)
        for word in rule.others
        if "*" in word
        for found in _pattern(word, _FAR_STAR).finditer(text)
    ]
    return near + far


def _is_told(text: str, start: int, end: int) -> bool:
    """Say whether it is neither denied nor only spoken of (验收后, 备案材料)."""
    before = text[max(0, start - _NEAR) : start]
    return not (_SPOKEN_OF.match(text, end) or _NOT_BEFORE.search(before) or _NOT_AFTER.match(text, end))


def _rules_out(other: Other, start: int, end: int) -> bool:
    """Say whether a word that means something else holds these words, or begins before them and runs into them."""
    if other.is_far:
        return other.start < start and other.end == end
    return (other.start <= start and end <= other.end) or other.start < start < other.end


def _longest(found: list[Named]) -> list[Named]:
    """Return those that do not overlap a longer one."""
    kept: list[Named] = []
    for named in sorted(found, key=lambda each: (each.start - each.end, each.start)):
        if not any(_overlap(named, other) for other in kept):
            kept.append(named)
    return kept


def _overlap(one: Named, other: Named) -> bool:
    return one.start < other.end and other.start < one.end


@cache
def _pattern(word: str, star: str = _STAR) -> re.Pattern[str]:
    return re.compile(_written(word, star))


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(_written(word, _STAR) for word in words) or "(?!)")


def _written(word: str, star: str) -> str:
    return star.join(re.escape(part) for part in word.casefold().split("*"))
