"""One update on its way through a transaction: what it means, what it changes, what is said in return."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from bot import lobby, upload_commands
from bot.project_removal import forget_said
from bot.translation import translator
from bot.updates import Change, Reply
from dialogs.commands import command_word
from dialogs.draft import dump_draft
from dialogs.machine import STOPPED
from dialogs.messages import Outgoing, Say, SetLanguage
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


class StalePlaceError(Exception):
    """The question that was answered is not the one that is open; nothing was kept."""


class EditedElsewhereError(Exception):
    """Somebody else is editing the project; nothing was kept."""

    def __init__(self, editor: Editor) -> None:
        super().__init__(f"project {editor.project_id} is edited by {editor.holder}")
        self.editor = editor


class Turn:
    """One update on its way through a transaction."""

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
        self.owner = incoming.owner or incoming.chat
        self.actor = incoming.actor or incoming.chat
        self.is_to_be_tidied = False
        self._draft: Draft | None = None
        session = work.sessions.get(incoming.channel, incoming.user)
        self.project_id = (
            incoming.project_id if incoming.window else (session.project_id if session else None)
        )
        self.language = session.language if session and session.language else conversation.language

    def reply(self) -> Reply:
        """Carry the update out and return what is said.

        Raises:
            StalePlaceError: the question it answers is not open any more.
            EditedElsewhereError: somebody else is editing the project.
            NotFound: the project does not exist, or is somebody else's.
        """
        self._claim()
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
        reply = Reply(
            outgoing=outgoing,
            language=self.language,
            project_id=self.project_id,
            update_id=self.incoming.update_id,
        )
        self._remember(reply)
        return reply

    def _claim(self) -> None:
        """See that the answer is meant for the question that is open, and that nobody else is editing."""
        editor, place = self.incoming.editor, self.incoming.place
        if self.project_id is None or (editor is None and place is None):
            return
        _, _, draft = self._open()
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
        if self.project_id is None or self._draft is None:
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
        projects = self.work.projects.list_for(self.owner, status="open")
        text = self.incoming.text
        if self.incoming.change is not None:
            return self._put(self.incoming.change)
        if self.content is not None and self.incoming.file is not None:
            return self._take(projects, text or "", self.content, self.incoming.file)
        if text is None:
            self.project_id = None
            return self._lobby(projects, []) if projects else self._begin()
        command = lobby.read(text, projects, self._translate(), in_lobby=self.project_id is None)
        match command:
            case lobby.NewProject():
                return self._begin()
            case lobby.QuickCheck():
                self._begin()
                return self._step(command_word("quick"))
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
        _, dialogue, draft = self._open()
        return upload_commands.Desk(
            self.conversation.uploads,
            self.work,
            project_id,
            View(dialogue.rules, draft, self.conversation.today(dialogue)),
            translate=self._translate(),
            turn_key=self.incoming.turn_key,
            actor=self.actor,
        )

    def _asked_again(self) -> tuple[Outgoing, ...]:
        """Return the open question, after something that was no answer to it."""
        return self._advance(lambda dialogue, draft, **given: dialogue.resume(draft, **given))

    def _advance(self, step: Callable[..., StepResult]) -> tuple[Outgoing, ...]:
        """Take a step of the open project's dialogue, and keep what comes of it."""
        project, dialogue, draft = self._open()
        given = {"as_of": self.conversation.today(dialogue), "translate": self._translate()}
        result = step(dialogue, draft, **given)
        if project.submitted_at is not None and _changes(draft, result.draft):
            asked = dialogue.resume(draft, **given).outgoing
            self._draft = draft
            return (Say(T("这个项目已经提交，答案和材料不能再改；要改请先收回提交。"), "error"), *asked)
        self._save(project, draft, result)
        self._draft = result.draft
        return tuple(result.outgoing)

    def _lobby(self, projects: list[ProjectSummary], said: list[Outgoing]) -> tuple[Outgoing, ...]:
        return (*said, lobby.ask(projects))

    def _begin(self) -> tuple[Outgoing, ...]:
        dialogue = self.conversation.current
        result = dialogue.begin(as_of=self.conversation.today(dialogue), translate=self._translate())
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
        def step(dialogue: Dialogue, draft: Draft, **given: Any) -> StepResult:
            advisors = self.conversation.advisors
            return dialogue.step(draft, text, advisor=lambda: advisors.of(self.work, dialogue.rules), **given)

        return self._advance(step)

    def _open(self) -> tuple[Project, Dialogue, Draft]:
        if self.project_id is None:
            raise LookupError("no project is open")
        project, dialogue, draft = self.conversation.load(self.work, self.project_id)
        if project.owner != self.owner:
            raise NotFound(f"project {project.id} is not {self.owner}'s")
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
            self.work.events.append(
                project.id,
                at=self.now,
                turn_key=self.incoming.turn_key,
                kind="answers",
                actor=self.actor,
                payload=msgspec.json.encode(changed),
            )

    def _translate(self) -> Translate:
        return translator(self.language)


def _changes(before: Draft, after: Draft) -> bool:
    return (before.facts, before.documents, before.events) != (after.facts, after.documents, after.events)
