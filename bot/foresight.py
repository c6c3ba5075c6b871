"""What a message leads to, worked out before its transaction begins: while another process writes, this one can think.

A step of a dialogue depends on nothing but the draft and the words. So it can be taken on the draft as the chat's last
turn has left it; the turn uses what came of it when the draft is still that one, and takes the step itself when not.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from bot.draft_change import change_between
from bot.recent import Recent
from bot.said import said_to
from bot.translation import translator
from bot.views import Seen

if TYPE_CHECKING:
    from bot.draft_change import DraftChange
    from bot.opened import Opened
    from bot.said import Said
    from bot.updates import Incoming
    from bot.views import Views
    from dialogs.dialogue import Dialogue, StepResult


class Stand(NamedTuple):
    """Where a chat stood after its last turn.

    Attributes:
        project_id: the project that was open.
        seen: what its view follows from.
        language: what was spoken.
    """

    project_id: int
    seen: Seen
    language: str


class Foreseen(NamedTuple):
    """A step that was taken in advance.

    Attributes:
        stand: what it was taken from.
        text: the words.
        result: what came of it.
        change: what it changes in the draft.
        said: what is said in return, unless the turn has something to add.
    """

    stand: Stand
    text: str
    result: StepResult
    change: DraftChange
    said: Said

    def is_of(self, opened: Opened, text: str, language: str) -> bool:
        """Say whether it is the step that these words lead to in a project that is open."""
        project = opened.project
        seen = Seen(project.edition_id, opened.view.as_of, project.state)
        return (Stand(project.id, seen, language), text) == (self.stand, self.text)


class Foresight:
    """Knows where the chats stood that were used last; threads share it."""

    def __init__(self, views: Views) -> None:
        """Look at the views that are kept."""
        self._views = views
        self._stands = Recent[str, Stand]()

    def note(self, chat: str, stand: Stand) -> None:
        """Note where a chat stands after a turn."""
        self._stands.put(chat, stand)

    def of(self, incoming: Incoming, dialogue: Dialogue) -> Foreseen | None:
        """Take the step that a message most likely leads to.

        Args:
            incoming: the message.
            dialogue: of the rules that most projects are pinned to.

        Returns:
            What came of it; None when nothing can be said before the transaction.
        """
        stand = self._stands.get(incoming.chat)
        if stand is None or incoming.text is None or incoming.file or incoming.change:
            return None
        if incoming.window and incoming.project_id != stand.project_id:
            return None
        view = self._views.get(stand.seen)
        if view is None or view.rules is not dialogue.rules:
            return None
        # Whatever goes wrong goes wrong again in the turn, which can tell.
        with suppress(Exception):
            result = dialogue.step(
                view, incoming.text, advisor=_unknown, as_of=view.as_of, translate=translator(stand.language)
            )
            said = said_to(
                incoming,
                result.outgoing,
                language=stand.language,
                project_id=stand.project_id,
                draft=result.draft,
            )
            return Foreseen(stand, incoming.text, result, change_between(view, result.view), said)
        return None


def _unknown() -> NoReturn:
    """Stand for who knows the law: the texts of an operator's own are in the database."""
    raise LookupError
