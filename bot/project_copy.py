"""A new project out of the answers of another: what is asked first is asked again, what happened is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.draft import Draft

if TYPE_CHECKING:
    from dialogs.view import View

NAME = "project_name"
MARK = "（副本）"
"""Part of the name, which stands on Chinese papers: not translated."""


def copied_draft(view: View) -> Draft:
    """Return a draft with the answers of a project.

    Whether it is secret (4) was said of the other project, and is asked again before anything else. Documents,
    events and what was announced are those of the other project too.

    Args:
        view: the project; nothing says that it must not be collected.
    """
    stops = {
        part.id for question in view.rules.questions.values() if question.stop for part in question.parts
    }
    facts = {name: value for name, value in view.draft.facts.items() if name not in stops}
    name = str(facts.get(NAME, ""))
    if name:
        longest = view.rules.facts[NAME].question.max_length
        facts[NAME] = name[: longest - len(MARK)] + MARK
    return Draft(state=next(iter(view.rules.questions)), facts=facts, skipped=list(view.draft.skipped))
