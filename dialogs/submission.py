"""What may still change once a project is submitted: what happens, and what is only known or handed in later."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialogs.draft import Draft
    from rules.pack import Question
    from rules.ruleset import RuleSet


def may_change_after_submission(rules: RuleSet, before: Draft, after: Draft) -> bool:
    """Say whether a submitted project may go from one draft to the other.

    Registered events, documents of later stages and facts that are asked for again may change; that we made a
    document is no change of what was handed in.
    """
    facts = {
        name
        for name in before.facts | after.facts
        if name not in rules.later_facts and before.facts.get(name) != after.facts.get(name)
    }
    documents = {
        name
        for name in before.documents | after.documents
        if (name not in rules.documents or rules.documents[name].stage not in rules.later_stages)
        and not _is_made(before.documents.get(name, "missing"), after.documents.get(name, "missing"))
    }
    return not facts and not documents


def may_edit(rules: RuleSet, question: Question) -> bool:
    """Say whether the answer to a question may be changed although the project is submitted."""
    return all(part.id in rules.later_facts for part in question.parts)


def _is_made(before: str, after: str) -> bool:
    """Say whether nothing changed but that we made it."""
    return before == after or (before, after) == ("missing", "drafted")
