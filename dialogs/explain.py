"""Why a question is asked, and what the articles behind it say, in our own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.display import citation, reading_text
from dialogs.messages import Say
from rules.text import T, Text

if TYPE_CHECKING:
    from dialogs.messages import Outgoing
    from rules.pack import Question
    from rules.ruleset import RuleSet


def why(rules: RuleSet, question: Question) -> list[Outgoing]:
    """Return the reason for a question and each article behind it, doubtful readings included."""
    said: list[Outgoing] = [
        Say(T("{why}（依据：{source}）", why=Text(question.why), source=citation(rules, question.articles)))
    ]
    for name in question.articles:
        article = rules.articles[name]
        said.append(
            Say(
                T(
                    "{source}「{title}」：{explanation}",
                    source=citation(rules, [name]),
                    title=Text(article.title),
                    explanation=Text(article.explanation),
                )
            )
        )
        if article.reading:
            said.append(Say(reading_text(article.reading), "notice"))
    return said
