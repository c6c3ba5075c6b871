"""A form that changes earlier answers: what that leads to is shown before anything is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dialogs.change import consequences
from dialogs.fields import whole_answer
from rules.text import T, Text

if TYPE_CHECKING:
    from dialogs.filling import Filled
    from dialogs.view import View
    from rules.pack import Question


class Confirmation(NamedTuple):
    """What the user is asked to agree to.

    Attributes:
        questions: ids of those whose earlier answers would change, with consequences.
        changes: each of them in words, from what to what.
        lines: what the changes lead to.
    """

    questions: set[str]
    changes: list[Text]
    lines: list[Text]


def to_confirm(view: View, filled: Filled) -> Confirmation | None:
    """Return what is to be confirmed before a form is kept; None when nothing is.

    First answers need no confirmation, and so does the answer that ends everything (4).
    """
    of = view.rules.facts
    first = {name: value for name, value in filled.facts.items() if name not in view.facts}
    earlier = [
        question
        for question in view.rules.questions.values()
        if (question.id in filled.cleared and any(part.id in view.facts for part in question.parts))
        or any(name in view.facts and of[name].question is question for name in filled.facts)
    ]
    if not earlier or view.is_over or any(question.stop for question in earlier):
        return None
    before, after = view.supposing(first), view.supposing(filled.facts, filled.cleared)
    lines = consequences(before, after)
    if not lines:
        return None

    def matters(question: Question) -> bool:
        others = {other.id for other in earlier if other is not question}
        alone = filled.without(view, others)
        return bool(consequences(before, view.supposing(first | alone.facts, alone.cleared)))

    weighty = [question for question in earlier if matters(question)] or earlier
    names = {question.id for question in weighty}
    # A period goes with the length that it takes the place of.
    periods = {question.id for question in view.rules.questions.values() if question.or_months in names}
    return Confirmation(
        questions=names | periods,
        changes=[_change(view, after, question) for question in weighty],
        lines=lines,
    )


def _change(before: View, after: View, question: Question) -> Text:
    return T(
        "把「{label}」由「{old}」改为「{new}」",
        label=Text(question.label),
        old=whole_answer(before.rules, question, before.facts),
        new=whole_answer(after.rules, question, after.seen.facts if question.derived else after.draft.facts),
    )
