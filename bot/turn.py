"""One update on its way through a transaction: what it means, what it changes, what is said in return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import lobby, upload_commands
from bot.asides import ASIDES
from bot.freshness import StalePlaceError, claim, has_moved
from bot.identity import identify
from bot.keeping import keep_draft, note_stand, remember
from bot.reminders.recipients import pushes
from bot.reminders.schedule import done_dates
from bot.reminders.wording import due_line
from bot.said import said_to
from bot.translation import translator
from bot.updates import Change
from dialogs.commands import command_word
from dialogs.draft import dump_draft
from dialogs.messages import Outgoing, Say
from dialogs.submission import may_change_after_submission
from rules.text import T, Text
from storage.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.conversation import Conversation
    from bot.foresight import Foreseen
    from bot.opened import Opened
    from bot.said import Said
    from bot.updates import Incoming
    from bot.uploads import Content, IncomingFile, UploadError
    from dialogs.dialogue import Dialogue, StepResult
    from dialogs.draft import Draft
    from dialogs.view import View
    from rules.text import Translate
    from storage.projects import ProjectSummary
    from storage.unit_of_work import UnitOfWork

SHUT_OUT = T("这个项目您现在打不开了：它被删除了，或者您已不是它的成员。")


class Turn:
    """One update on its way through a transaction.

    Attributes:
        contact: the chat; None on a channel that knows its users itself.
        person: who says it, the same on every channel that is linked.
        owner: whose projects are theirs: their unit's, or their own.
        actor: their name in the log of changes.
        project_id: the project that is open.
        language: what is spoken.
        is_private: what is said is for this person alone: it is not kept with the project, nor once delivered.
        is_forgotten: this person has just been forgotten, and no trace of the turn stays.
    """

    def __init__(
        self,
        conversation: Conversation,
        work: UnitOfWork,
        incoming: Incoming,
        now: datetime,
        content: Content | UploadError | None,
        *,
        foreseen: Foreseen | None = None,
    ) -> None:
        """Begin a turn.

        Args:
            conversation: knows the rules and the uploads.
            work: the transaction.
            incoming: the update.
            now: the moment of the turn.
            content: the file of the update, looked at.
            foreseen: the step that was taken in advance.
        """
        self.conversation = conversation
        self.work = work
        self.incoming = incoming
        self.now = now
        self.content = content
        self._foreseen = foreseen
        # First of all, so that of two messages of one chat the second sees what the first has changed.
        session = work.sessions.open(incoming.channel, incoming.user)
        self.contact, self.person, self.owner, self.actor = identify(work, incoming, now)
        self.is_to_be_tidied = False
        self.is_private = False
        self.is_forgotten = False
        self._draft: Draft | None = None
        self.project_id = (
            incoming.project_id if incoming.window else (session.project_id if session else None)
        )
        self.language = conversation.language_of(session)
        self._session = session

    def reply(self) -> Said:
        """Carry the update out and return what is said.

        Raises:
            StalePlaceError: the question it answers is not open any more.
            EditedElsewhereError: somebody else is editing the project.
            NotFound: the project does not exist, or is somebody else's.
        """
        try:
            claim(self)
            outgoing = self._outgoing()
        except NotFound:
            if self.incoming.window:
                raise
            outgoing = self._shut_out()
        if self._session is None and self.incoming.welcome is not None:
            outgoing = (*outgoing[:-1], Say(self.incoming.welcome, "notice"), *outgoing[-1:])
        return self._replied(outgoing)

    def turn_away(self, text: Text) -> Said:
        """Return what is said to an update that is not carried out: why, and the open question once more."""
        said = Say(text, "notice")
        try:
            return self._replied((said, *self.put_again()))
        except NotFound:
            return self._replied((said, *self._shut_out()))

    def _replied(self, outgoing: tuple[Outgoing, ...]) -> Said:
        foreseen = self._foreseen
        if foreseen is not None and outgoing is foreseen.result.outgoing:
            said = foreseen.said
        else:
            said = said_to(
                self.incoming,
                outgoing,
                language=self.language,
                project_id=self.project_id,
                draft=self._draft,
                is_private=self.is_private,
            )
        self.language = said.reply.language
        if not self.is_forgotten:
            self._keep_session()
        if self.project_id is not None and self._draft is not None and not self.is_private:
            remember(self, self._draft, self.project_id, said)
        return said

    def _keep_session(self) -> None:
        project_id = None if self.incoming.window else self.project_id
        known = self._session
        if known is None or (known.project_id, known.language) != (project_id, self.language):
            self.work.sessions.set(
                self.incoming.channel, self.incoming.user, project_id=project_id, language=self.language
            )

    def _shut_out(self) -> tuple[Outgoing, ...]:
        """Leave a project that was open in this chat and is not this person's any more."""
        self.project_id = self._draft = None
        return (Say(SHUT_OUT, "notice"), *self.put_again())

    def _outgoing(self) -> tuple[Outgoing, ...]:
        text = self.incoming.text
        if self.incoming.change is not None:
            return self._put(self.incoming.change)
        if self.content is not None and self.incoming.file is not None:
            return self._take(text or "", self.content, self.incoming.file)
        if text is None:
            self.project_id = None
            projects = self.projects()
            return self._lobby(projects, []) if projects else self._begin()
        for carry_out in ASIDES:
            if (said := carry_out(self, text)) is not None:
                return said
        return self._understand(text)

    def _understand(self, text: str) -> tuple[Outgoing, ...]:
        """Take words for the choice of a project, for words about files, or for the dialogue of the open project."""
        command = lobby.read(text, self.projects, self.translate(), in_lobby=self.project_id is None)
        match command:
            case lobby.NewProject():
                return self._begin()
            case lobby.QuickCheck():
                self._begin()
                return self.step(command_word("quick"))
            case lobby.OpenProject(project_id=chosen):
                return self.go_to(chosen)
            case lobby.ListProjects():
                self.project_id = None
                return self._lobby(self.projects(), [])
            case lobby.Unknown(message=message):
                return self._lobby(self.projects(), [Say(message, "error")])
            case lobby.Passed(outgoing=outgoing):
                return self._lobby(self.projects(), list(outgoing))
            case None:
                return self._about_files(text) or self.step(text)

    def _take(
        self,
        caption: str,
        content: Content | UploadError,
        file: IncomingFile,
    ) -> tuple[Outgoing, ...]:
        if self.project_id is None:
            projects = self.projects()
            asked = self._lobby(projects, []) if projects else self._begin()
            return (Say(T("先打开一个项目，再传文件。"), "error"), *asked)
        desk = self._desk(self.project_id)
        said = desk.take(caption, content, file)
        return (*said, *(self._put(Change(desk.facts)) if desk.facts else self._asked_again()))

    def _put(self, change: Change) -> tuple[Outgoing, ...]:
        """Keep answers out of a file or a form, and put the question that is open then."""
        return self._advance(
            lambda dialogue, draft, **given: dialogue.put(
                draft, change.facts, cleared=change.cleared, documents=change.documents, **given
            )
        )

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
        return upload_commands.Desk(
            self.conversation.uploads,
            self.work,
            project_id,
            self.open().view,
            translate=self.translate(),
            turn_key=self.incoming.turn_key,
            actor=self.actor,
        )

    def _asked_again(self) -> tuple[Outgoing, ...]:
        """Return the open question, after something that was no answer to it."""
        return self._advance(lambda dialogue, draft, **given: dialogue.resume(draft, **given))

    def _advance(self, step: Callable[..., StepResult], opened: Opened | None = None) -> tuple[Outgoing, ...]:
        """Take a step of the open project's dialogue, and keep what comes of it."""
        project, dialogue, before = opened or self.open()
        given = {"as_of": before.as_of, "translate": self.translate()}
        result = step(dialogue, before, **given)
        if project.submitted_at is not None and not may_change_after_submission(
            dialogue.rules, before.draft, result.draft
        ):
            asked = dialogue.resume(before, **given).outgoing
            self._draft = before.draft
            return (Say(T("这个项目已经提交，答案和材料不能再改；要改请先收回提交。"), "error"), *asked)
        foreseen = self._foreseen
        change = foreseen.change if foreseen is not None and result is foreseen.result else None
        keep_draft(self, project, before, result.view, change)
        self._draft = result.draft
        return result.outgoing

    def put_again(self) -> tuple[Outgoing, ...]:
        """Return the question that is open: of the project, or which project to open."""
        if self.project_id is not None:
            return self._asked_again()
        projects = self.projects()
        return self._lobby(projects, []) if projects else ()

    def projects(self) -> list[ProjectSummary]:
        """Return the projects that the person may open, the last used first."""
        return self.work.projects.list_for(self.owner, status="open", member=self.person)

    def go_to(self, project_id: int) -> tuple[Outgoing, ...]:
        """Open a project, and return its open question.

        Raises:
            NotFound: there is no such project, or it is not this person's.
        """
        self.project_id = project_id
        return self._resume()

    def _lobby(self, projects: list[ProjectSummary], said: list[Outgoing]) -> tuple[Outgoing, ...]:
        return (*said, lobby.ask(projects))

    def _begin(self) -> tuple[Outgoing, ...]:
        dialogue = self.conversation.current
        result = dialogue.begin(as_of=self.conversation.today(dialogue), translate=self.translate())
        edition = self.conversation.pin(self.work, self.now)
        state = dump_draft(result.draft)
        project = self.work.projects.create(
            owner=self.owner,
            name="",
            pack_id=dialogue.rules.pack.head.id,
            edition_id=edition,
            state=state,
            at=self.now,
        )
        note_stand(self, project, result.view, state)
        self.project_id = project.id
        self._draft = result.draft
        return result.outgoing

    def _resume(self) -> tuple[Outgoing, ...]:
        opened = self.open()
        project, dialogue, view = opened
        said: list[Outgoing] = [Say(T("接着填「{name}」。", name=opened.name))]
        if not pushes(self.incoming.channel):
            said += due_line(view, done_dates(self.work, project.id, view))
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

    def step(self, text: str, *, is_command: bool = False) -> tuple[Outgoing, ...]:
        """Feed words to the dialogue of the open project.

        Args:
            text: the words.
            is_command: they mean the same wherever the dialogue stands.

        Raises:
            StalePlaceError: it was moved on elsewhere, and this chat has not shown where it stands since.
        """
        opened = self.open()  # before looking who spoke last: from here on nobody else does
        if not is_command and has_moved(self):
            raise StalePlaceError

        def step(dialogue: Dialogue, view: View, **given: Any) -> StepResult:
            if self._foreseen is not None and self._foreseen.is_of(opened, text, self.language):
                return self._foreseen.result
            advisors = self.conversation.advisors
            return dialogue.step(view, text, advisor=lambda: advisors.of(self.work, dialogue.rules), **given)

        return self._advance(step, opened)

    def open(self) -> Opened:
        """Return the open project.

        Raises:
            LookupError: none is open.
            NotFound: it does not exist, or is not this person's.
        """
        if self.project_id is None:
            raise LookupError("no project is open")
        opened = self.conversation.load(self.work, self.project_id)
        owner = opened.project.owner
        if owner != self.owner and not self.work.members.has(self.project_id, self.person):
            raise NotFound(f"project {self.project_id} is not {self.person}'s")
        return opened

    def translate(self) -> Translate:
        """Return what gives a Chinese string in the user's language."""
        return translator(self.language)
