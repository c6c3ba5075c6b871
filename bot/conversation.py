"""One turn of a user of any channel, in one transaction: taken once, answered, kept, and replied to.

``receive`` returns only after the commit, so what was acknowledged is kept; the replies wait in the outbox
until the channel has delivered them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from bot.access_codes import WrongCodes
from bot.act import Act
from bot.advice import Advisors
from bot.clock import local_date
from bot.foresight import Foresight
from bot.freshness import is_at_mark
from bot.opened import Opened
from bot.packs import DEFAULT_PACK, installed_pack
from bot.queueing import queue_written
from bot.translation import SOURCE
from bot.turn import Turn
from bot.updates import Delivery, Incoming, Reply, chat_of
from bot.uploads import Content, IncomingFile, UploadError, Uploads
from bot.views import Seen, Views
from bot.watch import Watch
from dialogs.dialogue import Dialogue
from dialogs.draft import Draft, load_draft
from dialogs.view import View
from rules.loader import load_rules
from storage.errors import StorageCorrupt

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.clock import Clock
    from rules.ruleset import RuleSet
    from rules.text import Text
    from storage.database import Database
    from storage.projects import Project
    from storage.sessions import Session
    from storage.unit_of_work import UnitOfWork


class Conversation:
    """The conversations of all users; safe to share between threads.

    Attributes:
        watch: is told what happens.
    """

    def __init__(
        self, database: Database, clock: Clock, *, language: str = SOURCE, pack: str = DEFAULT_PACK
    ) -> None:
        """Work on ``database``.

        Args:
            database: opened and migrated.
            clock: tells the time.
            language: spoken with users who have not chosen one.
            pack: the rules that new projects begin with.
        """
        self.database = database
        self.clock = clock
        self.language = language
        self.rules, self._texts = installed_pack(pack)
        self._dialogues = {self.rules.pack.digest: _dialogue_of(self.rules)}
        self.uploads = Uploads(self)
        self.advisors = Advisors()
        self.views = Views()
        self.foresight = Foresight(self.views)
        self.wrong_codes = WrongCodes()
        self.watch = Watch()

    def receive(self, incoming: Incoming) -> Reply | None:
        """Take an update: answer it, keep what changed, and queue the reply. One taken before is ignored.

        Returns:
            The reply; None when the update was taken before.

        Raises:
            StalePlaceError: the question it answers is not open any more; nothing was kept.
            EditedElsewhereError: somebody else is editing the project; nothing was kept.
            StorageError: nothing was kept; the update may be sent again.
        """
        with self.watch.turn(incoming) as seen:
            content = None if incoming.file is None else self.look_at(incoming.file)
            seen.reply, is_to_be_tidied = self.database.run(Act(self, incoming, content))
            if is_to_be_tidied:
                self.uploads.tidy()
        return seen.reply

    def turn_away(self, incoming: Incoming, text: Text) -> Reply | None:
        """Take an update without carrying it out: say why, and put the open question again.

        Returns:
            The reply; None when the update was taken before.

        Raises:
            StorageError: nothing was kept; the update may be sent again.
        """
        now = self.clock.now()

        def act(work: UnitOfWork) -> Reply | None:
            if not work.inbox.take(incoming.channel, incoming.update_id, now):
                return None
            said = Turn(self, work, incoming, now, None).turn_away(text)
            queue_written(work, incoming.chat, incoming.turn_key, said.payload, at=now)
            return said.reply

        return self.database.run(act)

    def is_at_mark(self, incoming: Incoming) -> bool:
        """Say whether the question is open whose button was pressed; nothing is taken."""
        with self.database.unit_of_work() as work:
            return is_at_mark(Turn(self, work, incoming, self.clock.now(), None))

    def waiting(self, channel: str, user: str) -> list[Delivery]:
        """Return the replies that a user has not been shown, in order."""
        with self.database.unit_of_work() as work:
            due = work.outbox.due(chat_of(channel, user), self.clock.now())
        return [Delivery(message.id, msgspec.json.decode(message.payload, type=Reply)) for message in due]

    def delivered(self, delivery: Delivery) -> None:
        """Note that a reply was shown."""
        with self.database.unit_of_work() as work:
            if delivery.reply.is_private:
                work.outbox.drop(delivery.message_id)
            else:
                work.outbox.mark_sent(delivery.message_id, at=self.clock.now())

    def view(self, project_id: int) -> View:
        """Return a project as it stands, through the rules that it is pinned to."""
        with self.database.unit_of_work() as work:
            project = work.projects.get(project_id)
            dialogue = self.dialogue(work, project.edition_id)
        return View(dialogue.rules, stored_draft(project), self.today(dialogue))

    def load(self, work: UnitOfWork, project_id: int) -> Opened:
        """Return a project as it stands; nobody else changes it meanwhile.

        Raises:
            NotFound: there is no such project.
            StorageCorrupt: what is stored is not a draft.
        """
        project = work.projects.lock(project_id)
        dialogue = self.dialogue(work, project.edition_id)
        seen = Seen(project.edition_id, self.today(dialogue), project.state)
        view = self.views.get(seen)
        if view is None:
            view = View(dialogue.rules, stored_draft(project), seen.day)
            self.views.put(seen, view)
        return Opened(project, dialogue, view)

    def language_of(self, session: Session | None) -> str:
        """Return the language that a user has chosen, or the one that is spoken with those who have not."""
        return (session.language if session else "") or self.language

    def look_at(self, file: IncomingFile) -> Content | UploadError:
        """Look at a file before the transaction begins: others need not wait for that."""
        try:
            return self.uploads.check(file)
        except UploadError as error:
            return error

    def today(self, dialogue: Dialogue) -> date:
        """Return the day where the rules apply."""
        return local_date(self.clock, dialogue.rules.pack.head.timezone)

    @property
    def current(self) -> Dialogue:
        """The dialogue of the installed edition, with which new projects begin."""
        return self._dialogues[self.rules.pack.digest]

    def dialogue(self, work: UnitOfWork, edition_id: str) -> Dialogue:
        """Return the dialogue of the edition that a draft is pinned to."""
        if edition_id not in self._dialogues:
            self._dialogues[edition_id] = Dialogue(load_rules(work.editions.get(edition_id).texts()))
        return self._dialogues[edition_id]

    def pin(self, work: UnitOfWork, at: datetime) -> str:
        """Keep the installed edition, so that drafts begun with it can go on with it; return its id."""
        digest = self.rules.pack.digest
        work.editions.put(digest, pack_id=self.rules.pack.head.id, files=self._texts, at=at)
        return digest


@cache
def _dialogue_of(rules: RuleSet) -> Dialogue:
    """Return the dialogue of an installed pack; it holds no state, so all conversations of a process share it."""
    return Dialogue(rules)


def stored_draft(project: Project) -> Draft:
    """Return the draft of a stored project.

    Raises:
        StorageCorrupt: what is stored is not a draft.
    """
    try:
        return load_draft(project.state)
    except msgspec.DecodeError as error:
        raise StorageCorrupt(f"project {project.id}") from error
