"""What is said in the middle that answers no question of ours: a supposition, a question about the law, a whole story.

Each is replied to, and the question that is open is put again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialogs.change import consequences
from dialogs.draft import Offer, Pending
from dialogs.law.speech import ASKED
from dialogs.parsing.text import normalise
from dialogs.what_if import answer_what_if
from rules.text import T

if TYPE_CHECKING:
    from dialogs.turn import Turn
    from rules.facts import Value

_LONGEST_QUESTION = 150
_SHORTEST_QUESTION = 4
_SHORTEST_STORY = 20
_FEWEST_TOLD = 2
"""Questions that a description answers beside the open one."""
_MARKED = re.compile(r"(?:[?？]|[吗呢]|怎么办|怎么弄|咋办)[。!！\s]*$|^(?:请问|问一下|问下|咨询)")
_ASKING = re.compile(
    "|".join(
        sorted((word for words in ASKED.values() for word in words if len(word) > 1), key=len, reverse=True)
    )
)


def is_aside(turn: Turn, typed: str) -> bool:
    """Reply to what is no answer; False: it is one, or may be one."""
    if _supposes(turn, typed) or _asks(turn, typed):
        return True
    return _tells(turn, typed)


def _supposes(turn: Turn, typed: str) -> bool:
    if turn.awaits_secrecy or (turn.takes_words and not _MARKED.search(normalise(typed))):
        return False
    said = answer_what_if(turn, typed)
    if said is None:
        return False
    turn.tell(said)
    return True


def _asks(turn: Turn, typed: str) -> bool:
    """Answer a question about the law; where any words may be the answer, only one that says it is a question."""
    said = normalise(typed)
    if not _SHORTEST_QUESTION <= len(said) <= _LONGEST_QUESTION:
        return False
    is_marked = bool(_MARKED.search(said))
    if not is_marked and (turn.takes_words or not _ASKING.search(said)):
        return False
    answer = turn.advisor.answer(said)
    if not answer.covered and not is_marked:
        return False
    turn.tell(turn.advisor.messages(answer, None if turn.awaits_secrecy else turn.view))
    return True


def _tells(turn: Turn, typed: str) -> bool:
    """Read a description that states several facts, and ask whether they were read right."""
    if len(typed) < _SHORTEST_STORY or turn.takes_words or turn.draft.pending:
        return False
    if turn.awaits_secrecy or turn.view.is_over or turn.draft.submitted:
        return False
    # Its patterns take a third of a second to compile: the first question is on the screen by then.
    from dialogs.extraction.reader import extract
    from dialogs.extraction.report import extraction_messages

    found = extract(turn.rules, typed, turn.as_of)
    told = {turn.rules.facts[name].question.id for name in found.facts} - {turn.draft.open_question}
    if len(told) < _FEWEST_TOLD:
        return False
    facts: dict[str, Value] = dict(found.facts)
    turn.tell(extraction_messages(turn.rules, found))
    if any(name in turn.view.facts and turn.view.facts[name] != value for name, value in facts.items()):
        lines = consequences(turn.view, turn.view.supposing(facts))
        if lines:
            turn.say(T("其中有和前面不一样的，照这样改会带来："), "notice")
            for line in lines:
                turn.say(line)
    turn.draft.pending = Pending("facts", T("读得对吗？"), offers=(Offer(T("都对，照这样填"), facts),))
    return True
