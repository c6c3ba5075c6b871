"""What is said to a question about the regulation: the article in our words, or that it settles nothing of the kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from dialogs.display import (
    citation,
    date_text,
    finding_text,
    reading_text,
    requirement_label,
    status_label,
)
from dialogs.law.search import Index
from dialogs.messages import Say
from rules.text import T, Text, joined, verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.law.search import Ranking
    from dialogs.messages import Outgoing
    from dialogs.view import View
    from rules.ruleset import RuleSet

_MOST = 3
_ALSO = 0.6
"""An article whose score reaches this share of the best one's is named too."""


class Original(msgspec.Struct, frozen=True):
    """The official text that the operator has loaded.

    Attributes:
        label: which version it is.
        words: article → its number and words.
        outdated: articles for whose other words our explanations were written.
    """

    label: str
    words: Mapping[str, str]
    outdated: frozenset[str] = frozenset()


class Answer(msgspec.Struct, frozen=True):
    """Which articles answer a question.

    Attributes:
        covered: the regulation settles it.
        articles: best first, at most three: those that answer it, or when it is not covered those that come
            nearest, if any do.
        also: how many of them, from the first, are worth naming.
        outside: the matter of the pack that the question belongs to, when no article settles it.
    """

    covered: bool
    articles: tuple[str, ...]
    also: int
    outside: str = ""


class Advisor:
    """Answers questions about one pack; immutable, built once an edition and official text."""

    def __init__(self, rules: RuleSet, original: Original | None = None) -> None:
        """Index the articles of ``rules``, and the official text when it is loaded."""
        self.rules = rules
        self.original = original
        self._outside = {outside.id: outside for outside in rules.pack.synonyms.outside}
        self._index = Index(rules.pack, original.words if original else None)

    def answer(self, question: str) -> Answer:
        """Return the articles that answer a question; any text at all may be asked."""
        ranking = self._index.rank(question)
        if not ranking.is_covered:
            return self._not_covered(ranking)
        best = ranking.articles[:_MOST]
        also = sum(found.score >= _ALSO * best[0].score for found in best)
        return Answer(covered=True, articles=tuple(found.name for found in best), also=also)

    def _not_covered(self, ranking: Ranking) -> Answer:
        nearest = [self.rules.pack.synonyms.otherwise]
        matter = ranking.outside[0].name if ranking.has_outside else ""
        if ranking.has_near_article:
            nearest = [found.name for found in ranking.articles[:_MOST]]
        elif matter:
            nearest = [self._outside[matter].nearest]
        return Answer(covered=False, articles=tuple(filter(None, nearest)), also=0, outside=matter)

    def messages(self, answer: Answer, view: View | None = None) -> list[Outgoing]:
        """Return what is said to the user.

        Args:
            answer: of ``answer``.
            view: the open project; with one, what the article means for it is said too.
        """
        if not answer.covered:
            return list(self._refusal(answer))
        said = list(self._article(answer.articles[0]))
        if view is not None:
            said += for_project(view, answer.articles[0])
        if answer.also > 1:
            others = joined([self._named(name) for name in answer.articles[1 : answer.also]])
            said.append(Say(T("相关的还有：{articles}。", articles=others)))
        return said

    def _article(self, name: str) -> Iterator[Outgoing]:
        article = self.rules.articles[name]
        explanation = Text(article.explanation)
        yield Say(T("{article}：{explanation}", article=self._named(name), explanation=explanation))
        if article.reading:
            yield Say(reading_text(article.reading), "notice")
        if self.original and name in self.original.words:
            words = verbatim(self.original.words[name])
            yield Say(T("原文（{version}）：{words}", version=verbatim(self.original.label), words=words))
            if name in self.original.outdated:
                yield Say(T("上面的说明是照这一条的另一个版本写的；不一致的地方以原文为准。"), "confirm")

    def _refusal(self, answer: Answer) -> Iterator[Outgoing]:
        yield Say(T("这个问题，本办法没有写到，不能替您下结论。"), "confirm")
        if answer.outside:
            yield Say(Text(self._outside[answer.outside].message))
        if answer.articles:
            yield Say(T("最接近的是{article}。", article=self._named(answer.articles[0])))
        yield Say(T("请向{contact}问清楚。", contact=Text(self.rules.pack.head.contact)))

    def _named(self, name: str) -> Text:
        title = Text(self.rules.articles[name].title)
        return T("{source}「{title}」", source=citation(self.rules, [name]), title=title)


def for_project(view: View, article: str) -> list[Outgoing]:
    """Return what an article means for the open project as far as it is filled in; nothing when it must stop."""
    if view.stop is not None:
        return []
    verdict = view.verdict

    def is_about(cited: list[str]) -> bool:
        return any(_same(article, name) for name in cited)

    said: list[Outgoing] = []
    rule = verdict.scope_rule
    if rule is not None and is_about(rule.articles):
        said.append(Say(T("{title}：{message}", title=Text(rule.title), message=Text(rule.message))))
    if verdict.tier is not None and is_about(verdict.tier.articles):
        said.append(Say(T("要编的文件：{tier}", tier=Text(verdict.tier.title))))
    said += [
        Say(finding_text(view.rules, found), found.finding.effect)
        for found in view.settled_findings
        if is_about(found.finding.articles)
    ]
    documents = [
        T(
            "{title}（{requirement}，{status}）",
            title=Text(need.document.title),
            requirement=requirement_label(need.requirement),
            status=status_label(view.rules, need),
        )
        for need in verdict.wanted
        if is_about(need.document.articles)
    ]
    if documents:
        said.append(Say(T("材料：{documents}", documents=joined(documents))))
    steps = [
        T("{step}（{authority}）", step=Text(leg.step.title), authority=Text(leg.authority))
        for leg in verdict.route
        if is_about(leg.step.articles)
    ]
    if steps:
        said.append(Say(T("办理环节：{steps}", steps=joined(steps))))
    for due in verdict.deadlines:
        if is_about(due.deadline.articles):
            title = Text(due.deadline.title)
            said.append(Say(T("期限：{title}，{day}", title=title, day=date_text(due.due))))
    heading = T("对现在这个项目：") if said else T("现在这个项目里，还没有和这一条直接有关的事项。")
    return [Say(heading), *said]


def _same(asked: str, cited: str) -> bool:
    """Say whether a citation is of the article that was asked about: itself, an item of it, or the whole of it."""
    return asked == cited or asked.partition("(")[0] == cited or cited.partition("(")[0] == asked
