"""A project that is open: as it is stored, the dialogue that it is pinned to, and what follows today from its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.lobby import name_text

if TYPE_CHECKING:
    from dialogs.dialogue import Dialogue
    from dialogs.draft import Draft
    from dialogs.view import View
    from rules.ruleset import RuleSet
    from rules.text import Text
    from storage.projects import Project


class Opened(NamedTuple):
    """A project that is open.

    Attributes:
        project: as it is stored.
        dialogue: of the edition of the rules that it is pinned to.
        view: of its draft, today; others look at it as well, so who changes the draft does so in a copy.
    """

    project: Project
    dialogue: Dialogue
    view: View

    @property
    def draft(self) -> Draft:
        """Its answers, and the place of the conversation in it."""
        return self.view.draft

    @property
    def rules(self) -> RuleSet:
        """The rules that it is pinned to."""
        return self.dialogue.rules

    @property
    def name(self) -> Text:
        """The project's name, or its number while it has none."""
        return name_text(self.project)
