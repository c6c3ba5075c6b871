"""What was read in a description, to be confirmed: each fact with its words, and what is left open and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.display import value_text
from dialogs.messages import Outgoing, Say, Table
from dialogs.parsing.text import excerpt
from rules.text import T, Text, verbatim

if TYPE_CHECKING:
    from dialogs.extraction.candidates import Extraction
    from dialogs.extraction.clauses import Reason
    from rules.ruleset import RuleSet


def extraction_messages(rules: RuleSet, extraction: Extraction) -> list[Outgoing]:
    """Return what to show of a description: a table of facts to confirm, and one of what is left open."""
    said: list[Outgoing] = []
    if extraction.facts:
        rows = tuple(
            (
                Text(rules.facts[name].label),
                value_text(rules.facts[name], value),
                verbatim(excerpt(extraction.spans[name])),
            )
            for name, value in extraction.facts.items()
        )
        said.append(Table(T("从这段话里读到的，请核对"), (T("项目"), T("读到的"), T("原话")), rows))
    if extraction.doubts:
        rows = tuple(
            (Text(rules.facts[name].label), verbatim(excerpt(doubt.words)), _why(doubt.reason))
            for name, doubt in extraction.doubts.items()
        )
        said.append(Table(T("提到了，但还定不下来，后面会问"), (T("项目"), T("原话"), T("为什么")), rows))
    if not said:
        said.append(Say(T("这段话里没有读到能填的内容，下面一项一项来问。"), "notice"))
    return said


def _why(reason: Reason) -> Text:
    words: dict[Reason, Text] = {
        "asked": T("这是在问"),
        "supposed": T("这是假设"),
        "hedged": T("说得不确定"),
        "approximate": T("不是一个确定的数或日子"),
        "several": T("前后说法不一样"),
        "partial": T("只说了一部分"),
        "unclear": T("可以有几种理解"),
    }
    return words[reason]
