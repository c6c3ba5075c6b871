"""One update on its way through a transaction: what it means, what it changes, what is said in return."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from bot import lobby, upload_commands
from bot.asides import asides
from bot.identity import identify
from bot.open_question import mark_of
from bot.project_removal import forget_said
from bot.reminders.schedule import sync
from bot.translation import translator
from bot.updates import Change, Reply
from dialogs.commands import command_word
from dialogs.draft import dump_draft
from dialogs.machine import STOPPED
from dialogs.messages import Ask, Outgoing, Say, SetLanguage
from dialogs.submission import may_change_after_submission
from dialogs.view import View
from rules.text import T, Text
from storage.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.conversation import Conversation
    from bot.updates import Incoming
    from bot.uploads import Content, IncomingFile, UploadError
    from dialogs.dialogue import Dialogue, StepResult
    from dialogs.draft import Draft
    from rules.text import Translate
    from storage.editors import Editor
    from storage.projects import Project, ProjectSummary
    from storage.unit_of_work import UnitOfWork

EDITING = timedelta(minutes=5)
"""How long somebody who edits a project keeps it after the last answer; a colleague may take over before."""

SHUT_OUT = T("这个项目您现在打不开了：它被删除了，或者您已不是它的成员。")


class StalePlaceError(Exception):
    """The question that was answered is not the one that is open; nothing was kept."""


class EditedElsewhereError(Exception):
    """Somebody else is editing the project; nothing was kept."""

    def __init__(self, editor: Editor) -> None:
        super().__init__(f"project {editor.project_id} is edited by {editor.holder}")
        self.editor = editor


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
    ) -> None:
        """Begin a turn.

        Args:
            conversation: knows the rules and the uploads.
            work: the transaction.
            incoming: the update.
            now: the moment of the turn.
            content: the file of the update, looked at.
        """
        self.conversation = conversation
        self.work = work
        self.incoming = incoming
        self.now = now
        self.content = content
        self.contact, self.person, self.owner, self.actor = identify(work, incoming, now)
        self.is_to_be_tidied = False
        self.is_private = False
        self.is_forgotten = False
        self._draft: Draft | None = None
        session = work.sessions.get(incoming.channel, incoming.user)
        self.project_id = (
            incoming.project_id if incoming.window else (session.project_id if session else None)
        )
        self.language = session.language if session and session.language else conversation.language
        self._is_first = session is None

    def reply(self) -> Reply:
        """Carry the update out and return what is said.

        Raises:
            StalePlaceError: the question it answers is not open any more.
            EditedElsewhereError: somebody else is editing the project.
            NotFound: the project does not exist, or is somebody else's.
        """
        try:
            self._claim()
            outgoing = self._outgoing()
        except NotFound:
            if self.incoming.window:
                raise
            outgoing = self._shut_out()
        if self._is_first and self.incoming.welcome is not None:
            outgoing = (*outgoing[:-1], Say(self.incoming.welcome, "notice"), *outgoing[-1:])
        return self._replied(outgoing)

    def turn_away(self, text: Text) -> Reply:
        """Return what is said to an update that is not carried out: why, and the open question once more."""
        said = Say(text, "notice")
        try:
            return self._replied((said, *self.put_again()))
        except NotFound:
            return self._replied((said, *self._shut_out()))

    @property
    def is_at_mark(self) -> bool:
        """Say whether the question is open whose button was pressed."""
        try:
            return self._open_mark() == self.incoming.mark
        except NotFound:
            return False

    def _open_mark(self) -> str:
        if self.project_id is None:
            return mark_of(None, None, lobby.ask(self.projects()))
        _, dialogue, draft = self.open()
        result = dialogue.resume(draft, as_of=self.conversation.today(dialogue), translate=self.translate())
        asked = result.outgoing[-1]
        return mark_of(self.project_id, result.draft, asked) if isinstance(asked, Ask) else ""

    def _replied(self, outgoing: tuple[Outgoing, ...]) -> Reply:
        for message in outgoing:
            if isinstance(message, SetLanguage):
                self.language = message.language
        asked = outgoing[-1] if outgoing else None
        file = self.incoming.file
        if not self.is_forgotten:
            self.work.sessions.set(
                self.incoming.channel,
                self.incoming.user,
                project_id=None if self.incoming.window else self.project_id,
                language=self.language,
            )
        reply = Reply(
            outgoing=outgoing,
            language=self.language,
            project_id=self.project_id,
            update_id=self.incoming.update_id,
            used=self.incoming.used,
            mark=mark_of(self.project_id, self._draft, asked) if isinstance(asked, Ask) else "",
            about="" if file is None else file.message_id,
            is_private=self.is_private,
        )
        self._remember(reply)
        return reply

    def _shut_out(self) -> tuple[Outgoing, ...]:
        """Leave a project that was open in this chat and is not this person's any more."""
        self.project_id = self._draft = None
        return (Say(SHUT_OUT, "notice"), *self.put_again())

    def _claim(self) -> None:
        """See that the answer is meant for the question that is open, and that nobody else is editing."""
        editor, place = self.incoming.editor, self.incoming.place
        if self.incoming.mark is not None and not self.is_at_mark:
            raise StalePlaceError
        if self.project_id is None or (editor is None and place is None):
            return
        _, _, draft = self.open()
        if editor is not None:
            until = self.now + EDITING
            taken = self.work.editors.take(
                self.project_id, holder=editor.key, name=editor.name, at=self.now, until=until
            )
            if taken.holder != editor.key:
                raise EditedElsewhereError(taken)
        if place is not None and place != draft.place:
            raise StalePlaceError

    def _remember(self, reply: Reply) -> None:
        """Add the turn to the history of its project; what may not be kept (4) is not repeated there."""
        if self.project_id is None or self._draft is None or self.is_private:
            return
        said = self.incoming.text if self.incoming.said is None else self.incoming.said
        self.work.history.append(
            self.project_id,
            at=self.now,
            turn_key=self.incoming.turn_key,
            actor=self.actor,
            # a terminal may feed halves of characters, which no database takes
            said=said.encode("utf-8", "replace").decode()
            if said is not None and self._may_keep(self._draft)
            else None,
            reply=msgspec.json.encode(reply),
        )

    def _may_keep(self, draft: Draft) -> bool:
        """Say whether what was typed may be kept: whether it is secret was asked, and nothing says stop."""
        rules = self.conversation.rules
        stops = (question.id for question in rules.questions.values() if question.stop)
        return draft.state != STOPPED and all(name in draft.facts for name in stops)

    def _outgoing(self) -> tuple[Outgoing, ...]:
        text = self.incoming.text
        if self.incoming.change is not None:
            return self._put(self.incoming.change)
        if self.content is not None and self.incoming.file is not None:
            return self._take(self.projects(), text or "", self.content, self.incoming.file)
        if text is None:
            self.project_id = None
            projects = self.projects()
            return self._lobby(projects, []) if projects else self._begin()
        for carry_out in asides():
            if (said := carry_out(self, text)) is not None:
                return said
        return self._understand(text)

    def _understand(self, text: str) -> tuple[Outgoing, ...]:
        """Take words for the choice of a project, for words about files, or for the dialogue of the open project."""
        projects = self.projects()
        command = lobby.read(text, projects, self.translate(), in_lobby=self.project_id is None)
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
                return self._lobby(projects, [])
            case lobby.Unknown(message=message):
                return self._lobby(projects, [Say(message, "error")])
            case lobby.Passed(outgoing=outgoing):
                return self._lobby(projects, list(outgoing))
            case None:
                return self._about_files(text) or self.step(text)

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
        _, dialogue, draft = self.open()
        return upload_commands.Desk(
            self.conversation.uploads,
            self.work,
            project_id,
            View(dialogue.rules, draft, self.conversation.today(dialogue)),
            translate=self.translate(),
            turn_key=self.incoming.turn_key,
            actor=self.actor,
        )

    def _asked_again(self) -> tuple[Outgoing, ...]:
        """Return the open question, after something that was no answer to it."""
        return self._advance(lambda dialogue, draft, **given: dialogue.resume(draft, **given))

    def _advance(self, step: Callable[..., StepResult]) -> tuple[Outgoing, ...]:
        """Take a step of the open project's dialogue, and keep what comes of it."""
        project, dialogue, draft = self.open()
        given = {"as_of": self.conversation.today(dialogue), "translate": self.translate()}
        result = step(dialogue, draft, **given)
        if project.submitted_at is not None and not may_change_after_submission(
            dialogue.rules, draft, result.draft
        ):
            asked = dialogue.resume(draft, **given).outgoing
            self._draft = draft
            return (Say(T("这个项目已经提交，答案和材料不能再改；要改请先收回提交。"), "error"), *asked)
        self._save(project, draft, result)
        self._draft = result.draft
        if (draft.facts, draft.events) != (result.draft.facts, result.draft.events):
            sync(self.work, project.id, View(dialogue.rules, result.draft, given["as_of"]), self.now)
        return tuple(result.outgoing)

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
        project = self.work.projects.create(
            owner=self.owner,
            name="",
            pack_id=dialogue.rules.pack.head.id,
            edition_id=edition,
            state=dump_draft(result.draft),
            at=self.now,
        )
        self.project_id = project.id
        self._draft = result.draft
        return tuple(result.outgoing)

    def _resume(self) -> tuple[Outgoing, ...]:
        project, dialogue, _ = self.open()
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

    def step(self, text: str, *, is_command: bool = False) -> tuple[Outgoing, ...]:
        """Feed words to the dialogue of the open project.

        Args:
            text: the words.
            is_command: they mean the same wherever the dialogue stands.

        Raises:
            StalePlaceError: it was moved on elsewhere, and this chat has not shown where it stands since.
        """
        if not is_command and self._has_moved():
            raise StalePlaceError

        def step(dialogue: Dialogue, draft: Draft, **given: Any) -> StepResult:
            advisors = self.conversation.advisors
            return dialogue.step(draft, text, advisor=lambda: advisors.of(self.work, dialogue.rules), **given)

        return self._advance(step)

    def _has_moved(self) -> bool:
        """Say whether the last word about the open project was said by somebody else, or on another channel.

        A window shows only its own words, and a button names its question.
        """
        incoming = self.incoming
        if self.contact is None or self.project_id is None or incoming.window or incoming.mark is not None:
            return False
        last = self.work.history.latest(self.project_id, limit=1)
        here = f"{incoming.channel}:"
        return bool(last) and (last[0].actor != self.actor or not last[0].turn_key.startswith(here))

    def open(self) -> tuple[Project, Dialogue, Draft]:
        """Return the open project, the dialogue it is pinned to, and its draft.

        Raises:
            LookupError: none is open.
            NotFound: it does not exist, or is not this person's.
        """
        if self.project_id is None:
            raise LookupError("no project is open")
        project, dialogue, draft = self.conversation.load(self.work, self.project_id)
        if project.owner != self.owner and not self.work.members.has(project.id, self.person):
            raise NotFound(f"project {project.id} is not {self.person}'s")
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
            self.work.history.forget(project.id)
            forget_said(self.work, project)
            return
        changed = {
            name: draft.facts.get(name)
            for name in before.facts | draft.facts
            if before.facts.get(name) != draft.facts.get(name)
        }
        if changed:
            self._note(project, "answers", changed)
        if draft.events != before.events:
            self._note(project, "events", draft.events)

    def _note(self, project: Project, kind: str, change: object) -> None:
        """Add to the log of what changed in a project."""
        self.work.events.append(
            project.id,
            at=self.now,
            turn_key=self.incoming.turn_key,
            kind=kind,
            actor=self.actor,
            payload=msgspec.json.encode(change),
        )

    def translate(self) -> Translate:
        """Return what gives a Chinese string in the user's language."""
        return translator(self.language)
