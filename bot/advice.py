"""Who answers questions about the law: our explanations, beside the official text where the operator has loaded it."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from bot.official_text import loaded_regulation, numbered
from dialogs.law.answer import Advisor, Original

if TYPE_CHECKING:
    from rules.ruleset import RuleSet
    from storage.official_texts import OfficialText
    from storage.unit_of_work import UnitOfWork


class Advisors:
    """One for each edition and official text, made when somebody first asks; safe to share between threads."""

    def __init__(self) -> None:
        """Begin with none."""
        self._made: dict[tuple[str, str], Advisor] = {}
        self._lock = Lock()

    def of(self, work: UnitOfWork, rules: RuleSet) -> Advisor:
        """Return who answers questions about a pack, with the text that is loaded now.

        Raises:
            StorageCorrupt: the official text cannot be read.
        """
        held = work.official_texts.current(rules.pack.head.id)
        key = (rules.pack.digest, "" if held is None else held.sha256)
        with self._lock:
            if key not in self._made:
                self._made[key] = advisor_of(rules, held)
            return self._made[key]


def advisor_of(rules: RuleSet, held: OfficialText | None) -> Advisor:
    """Return who answers questions about a pack.

    Args:
        rules: the pack.
        held: its official text; None when none is loaded.

    Raises:
        StorageCorrupt: the official text cannot be read.
    """
    if held is None:
        return Advisor(rules)
    parts = loaded_regulation(held).parts
    words = {name: numbered(part) for name, part in parts.items()}
    outdated = frozenset(
        name
        for name, part in parts.items()
        if name in rules.articles and not part.matches(rules.articles[name].fingerprint)
    )
    return Advisor(rules, Original(held.version_label, words, outdated))
