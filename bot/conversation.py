"""One turn of a user of any channel, in one transaction: taken once, answered, kept, and replied to.

``receive`` returns only after the commit, so what was acknowledged is kept; the replies wait in the outbox
until the channel has delivered them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bot import lobby, upload_commands
from bot.clock import local_date
from bot.packs import DEFAULT_PACK, installed_pack
from bot.translation import SOURCE, translator
from bot.updates import Delivery, Incoming, Reply, chat_of
from bot.uploads import Content, IncomingFile, UploadError, Uploads
from dialogs.dialogue import Dialogue, StepResult
from dialogs.draft import Draft, dump_draft, load_draft
from dialogs.messages import Outgoing, Say, SetLanguage
from dialogs.view import View
from rules.loader import load_rules
from rules.text import T, Text
from storage.errors import NotFound, StorageCorrupt

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from bot.clock import Clock
    from rules.facts import Value
    from rules.text import Translate
    from storage.database import Database
    from storage.projects import Project, ProjectSummary
    from storage.unit_of_work import UnitOfWork


class Conversation:
    """The conversations of all users; safe to share between threads."""

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
        self._dialogues = {self.rules.pack.digest: Dialogue(self.rules)}
        self.uploads = Uploads(self)

    def receive(self, incoming: Incoming) -> None:
        """Take an update: answer it, keep what changed, and queue the reply. One taken before is ignored.

        Raises:
            StorageError: nothing was kept; the update may be sent again.
        """
        now = self.clock.now()
        content = self._content(incoming.file)
        with self.database.unit_of_work() as work:
            if not work.inbox.take(incoming.channel, incoming.update_id, now):
                return
            turn = _Turn(self, work, incoming, now, content)
            reply = turn.reply()
            work.outbox.put(
                chat=chat_of(incoming.channel, incoming.user),
                dedupe_key=f"{incoming.channel}:{incoming.update_id}",
                payload=msgspec.json.encode(reply),
                due_at=now,
                at=now,
            )
        if turn.is_to_be_tidied:
            self.uploads.tidy()

    def waiting(self, channel: str, user: str) -> list[Delivery]:
        """Return the replies that a user has not been shown, in order."""
        with self.database.unit_of_work() as work:
            due = work.outbox.due(chat_of(channel, user), self.clock.now())
        return [Delivery(message.id, msgspec.json.decode(message.payload, type=Reply)) for message in due]

    def delivered(self, delivery: Delivery) -> None:
        """Note that a reply was shown."""
        with self.database.unit_of_work() as work:
            work.outbox.mark_sent(delivery.message_id, at=self.clock.now())

    def view(self, project_id: int) -> View:
        """Return a project as it stands, through the rules that it is pinned to."""
        with self.database.unit_of_work() as work:
            project = work.projects.get(project_id)
            dialogue = self.dialogue(work, project.edition_id)
        return View(dialogue.rules, stored_draft(project), self.today(dialogue))

    def load(self, work: UnitOfWork, project_id: int) -> tuple[Project, Dialogue, Draft]:
        """Return a project, the dialogue that it is pinned to, and its draft.

        Raises:
            NotFound: there is no such project.
            StorageCorrupt: what is stored is not a draft.
        """
        project = work.projects.get(project_id)
        return project, self.dialogue(work, project.edition_id), stored_draft(project)

    def _content(self, file: IncomingFile | None) -> Content | UploadError | None:
        """Look at a file before the transaction begins: others need not wait for that."""
        try:
            return None if file is None else self.uploads.check(file)
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


def stored_draft(project: Project) -> Draft:
    """Return the draft of a stored project.

    Raises:
        StorageCorrupt: what is stored is not a draft.
    """
    try:
        return load_draft(project.state)
    except msgspec.DecodeError as error:
        raise StorageCorrupt(f"project {project.id}") from error


class _Turn:
    """One update on its way through a transaction."""

    def __init__(
        self,
        conversation: Conversation,
        work: UnitOfWork,
        incoming: Incoming,
        now: datetime,
        content: Content | UploadError | None,
    ) -> None:
        self.conversation = conversation
        self.work = work
        self.incoming = incoming
        self.now = now
        self.content = content
        self.is_to_be_tidied = False
        session = work.sessions.get(incoming.channel, incoming.user)
        self.project_id = (
            incoming.project_id if incoming.window else (session.project_id if session else None)
        )
        self.language = session.language if session and session.language else conversation.language

    def reply(self) -> Reply:
        outgoing = self._outgoing()
        for message in outgoing:
            if isinstance(message, SetLanguage):
                self.language = message.language
        self.work.sessions.set(
            self.incoming.channel,
            self.incoming.user,
            project_id=None if self.incoming.window else self.project_id,
            language=self.language,
        )
        return Reply(
            outgoing=outgoing,
            language=self.language,
            project_id=self.project_id,
            update_id=self.incoming.update_id,
        )

    def _outgoing(self) -> tuple[Outgoing, ...]:
        projects = self.work.projects.list_for(self.incoming.owner, status="open")
        text = self.incoming.text
        if self.content is not None and self.incoming.file is not None:
            return self._take(projects, text or "", self.content, self.incoming.file)
        if text is None:
            self.project_id = None
            return self._lobby(projects, []) if projects else self._begin()
        command = lobby.read(text, projects, self._translate(), in_lobby=self.project_id is None)
        match command:
            case lobby.NewProject():
                return self._begin()
            case lobby.OpenProject(project_id=chosen):
                self.project_id = chosen
                return self._resume()
            case lobby.ListProjects():
                self.project_id = None
                return self._lobby(projects, [])
            case lobby.Unknown(message=message):
                return self._lobby(projects, [Say(message, "error")])
            case lobby.Passed(outgoing=outgoing):
                return self._lobby(projects, list(outgoing))
            case None:
                return self._about_files(text) or self._step(text)

    def _take(
        self,
        projects: list[ProjectSummary],
        caption: str,
        content: Content | UploadError,
        file: IncomingFile,
    ) -> tuple[Outgoing, ...]:
        if self.project_id is None:
            asked = self._lobby(projects, []) if projects else self._begin()
            return (Say(T("先打开一个项目，再传文件。"), "error"), *asked)
        desk = self._desk(self.project_id)
        said = desk.take(caption, content, file)
        return (*said, *(self._put(desk.facts) if desk.facts else self._asked_again()))

    def _put(self, facts: dict[str, Value]) -> tuple[Outgoing, ...]:
        """Keep answers out of a file, and put the question that is open then."""
        return self._advance(lambda dialogue, draft, **given: dialogue.put(draft, facts, **given))

    def _about_files(self, text: str) -> tuple[Outgoing, ...] | None:
        command = upload_commands.read(text)
        if command is None or self.project_id is None:
            return None
        desk = self._desk(self.project_id)
        said = desk.carry_out(command)
        if said is None:
            return None
        self.is_to_be_tidied = desk.has_withdrawn
        return (*said, *self._asked_again())

    def _desk(self, project_id: int) -> upload_commands.Desk:
        _, dialogue, draft = self._open()
        return upload_commands.Desk(
            self.conversation.uploads,
            self.work,
            project_id,
            View(dialogue.rules, draft, self.conversation.today(dialogue)),
            translate=self._translate(),
            turn_key=self._turn_key,
        )

    def _asked_again(self) -> tuple[Outgoing, ...]:
        """Return the open question, after something that was no answer to it."""
        return self._advance(lambda dialogue, draft, **given: dialogue.resume(draft, **given))

    def _advance(self, step: Callable[..., StepResult]) -> tuple[Outgoing, ...]:
        """Take a step of the open project's dialogue, and keep what comes of it."""
        project, dialogue, draft = self._open()
        result = step(dialogue, draft, as_of=self.conversation.today(dialogue), translate=self._translate())
        self._save(project, draft, result)
        return tuple(result.outgoing)

    def _lobby(self, projects: list[ProjectSummary], said: list[Outgoing]) -> tuple[Outgoing, ...]:
        return (*said, lobby.ask(projects))

    def _begin(self) -> tuple[Outgoing, ...]:
        dialogue = self.conversation.current
        result = dialogue.begin(as_of=self.conversation.today(dialogue), translate=self._translate())
        edition = self.conversation.pin(self.work, self.now)
        project = self.work.projects.create(
            owner=self.incoming.owner,
            name="",
            pack_id=dialogue.rules.pack.head.id,
            edition_id=edition,
            state=dump_draft(result.draft),
            at=self.now,
        )
        self.project_id = project.id
        return tuple(result.outgoing)

    def _resume(self) -> tuple[Outgoing, ...]:
        project, dialogue, _ = self._open()
        said: list[Outgoing] = [Say(T("接着填「{name}」。", name=lobby.name_text(project)))]
        if project.edition_id != self.conversation.rules.pack.digest:
            edition = Text(dialogue.rules.pack.head.edition)
            said.append(
                Say(
                    T(
                        "这个项目按开始时的规则（{edition} 版）填写；规则已有新版，新项目会用新版。",
                        edition=edition,
                    ),
                    "notice",
                )
            )
        return (*said, *self._asked_again())

    def _step(self, text: str) -> tuple[Outgoing, ...]:
        return self._advance(lambda dialogue, draft, **given: dialogue.step(draft, text, **given))

    def _open(self) -> tuple[Project, Dialogue, Draft]:
        if self.project_id is None:
            raise LookupError("no project is open")
        project, dialogue, draft = self.conversation.load(self.work, self.project_id)
        if project.owner != self.incoming.owner:
            raise NotFound(f"project {project.id} is not {self.incoming.owner}'s")
        return project, dialogue, draft

    def _save(self, project: Project, before: Draft, result: StepResult) -> None:
        draft = result.draft
        is_cleared = bool(before.facts) and not draft.facts  # 重来: cleared means cleared
        if is_cleared:
            self.is_to_be_tidied = self.work.attachments.forget(project.id) > 0
        elif draft.documents != before.documents:
            self.conversation.uploads.tick_off(self.work, project.id, draft)
        self.work.projects.save(
            project.id,
            expected_version=project.version,
            state=dump_draft(draft),
            name=str(draft.facts.get("project_name", "")),
            at=self.now,
        )
        if is_cleared:
            self.work.events.forget(project.id)
            return
        changed = {
            name: draft.facts.get(name)
            for name in before.facts | draft.facts
            if before.facts.get(name) != draft.facts.get(name)
        }
        if changed:
            self.work.events.append(
                project.id,
                at=self.now,
                turn_key=self._turn_key,
                kind="answers",
                payload=msgspec.json.encode(changed),
            )

    @property
    def _turn_key(self) -> str:
        return f"{self.incoming.channel}:{self.incoming.update_id}"

    def _translate(self) -> Translate:
        return translator(self.language)
