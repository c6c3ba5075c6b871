"""The terminal channel: a conversation by keyboard, or by lines from a pipe."""

from __future__ import annotations

import sys
import uuid
from typing import TYPE_CHECKING, TextIO

from bot import paint
from bot.bundle import conversation_uploads, produce
from bot.failures import failure_text
from bot.local_files import Named, read_named_file
from bot.package import safe_name, write_together
from bot.translation import translator
from bot.turn import SHUT_OUT
from bot.updates import Incoming, Reply
from bot.uploads import UploadError
from dialogs.machine import PACKAGE
from dialogs.messages import Ask, Leave, Produce, SendFile
from rules.text import T, Text
from storage.errors import NotFound, StorageError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from bot.conversation import Conversation

CHANNEL = "terminal"
OK, BAD_INPUT = 0, 2


class Terminal:
    """A user at a terminal, or a script that feeds lines."""

    def __init__(
        self, conversation: Conversation, console: Console, source: TextIO, *, user: str, out: Path
    ) -> None:
        """Talk on ``console``.

        Args:
            conversation: answers and keeps.
            console: where it is shown.
            source: where lines come from; a terminal is asked with line editing.
            user: whose projects these are.
            out: folder under which each project's documents are put.
        """
        self.conversation = conversation
        self.console = console
        self.source = source
        self.user = user
        self.out = out
        self.language = conversation.language
        self.is_interactive = source.isatty()
        self._window = uuid.uuid4().hex
        self._project_id: int | None = None
        self._section = ""
        self._left = False
        self._is_finished = False

    def run(self) -> int:
        """Talk until the user leaves; return the exit code."""
        status = self._turn(None)
        while status == OK and not self._left:
            try:
                line = self._read()
            except KeyboardInterrupt:
                line = None
            if line is None:
                return self._ended()
            status = self._turn(line)
        return status

    def _turn(self, line: str | None) -> int:
        try:
            named = self._named_file(line)
        except UploadError as error:
            paint.error(self.console, self._say(error.text))
            return OK
        update = Incoming(
            channel=CHANNEL,
            update_id=uuid.uuid4().hex,
            user=self.user,
            text=named.caption if named else line,
            window=self._window,
            project_id=self._project_id,
            file=named.file if named else None,
        )
        try:
            self.conversation.receive(update)
            self._deliver(update)
        except NotFound:
            if self._project_id is None:
                raise
            paint.error(self.console, self._say(SHUT_OUT))
            self._project_id = None
            return self._turn(None)
        except StorageError as error:
            paint.error(self.console, self._say(failure_text(error)))
            return BAD_INPUT
        return OK

    def _named_file(self, line: str | None) -> Named | None:
        """Read the file that a line hands in; none before a project is open."""
        if line is None or self._project_id is None:
            return None
        return read_named_file(line, limit=self.conversation.uploads.limit)

    def _deliver(self, update: Incoming) -> None:
        """Show the reply, and when the window opens also what a window that was killed did not show."""
        for delivery in self.conversation.waiting(CHANNEL, self.user):
            if update.text is not None and delivery.reply.update_id != update.update_id:
                continue  # another window of this user is about to show it
            self._show(delivery.reply)
            self.conversation.delivered(delivery)

    def _show(self, reply: Reply) -> None:
        self.language = reply.language
        self._project_id = reply.project_id
        translate = translator(reply.language)
        for message in reply.outgoing:
            if isinstance(message, Produce):
                self._produce(reply)
            elif isinstance(message, SendFile):
                self._put_file(message)
            elif isinstance(message, Leave):
                self._left = True
            elif isinstance(message, Ask):
                self._is_finished = message.question == PACKAGE
                if not self._left:
                    self._section = paint.ask(self.console, message, self._section, translate)
            else:
                paint.show(self.console, message, translate)
        if self._left:
            paint.done(self.console, self._say(T("都存好了。下次运行 shenbao 接着填。")))

    def _produce(self, reply: Reply) -> None:
        if reply.project_id is None:
            return
        view = self.conversation.view(reply.project_id)
        name = str(view.facts.get("project_name", "")) or f"project-{reply.project_id}"
        folder = self.out / safe_name(name)
        try:
            uploads = conversation_uploads(self.conversation, reply.project_id)
            produced = produce(view, folder, uploads, translator(reply.language))
        except (OSError, StorageError) as error:
            paint.error(self.console, self._say(failure_text(error)))
            return
        paint.produced(
            self.console, produced, complete=view.is_complete, translate=translator(reply.language)
        )

    def _put_file(self, message: SendFile) -> None:
        """Put a file for the user into the folder of documents."""
        try:
            (path,) = write_together(self.out, [(message.name, message.data)])
        except OSError as error:
            paint.error(self.console, self._say(failure_text(error)))
            return
        paint.done(self.console, self._say(T("文件放在：{path}", path=str(path))))

    def _read(self) -> str | None:
        """Return the next line, or None at the end of input."""
        if self.is_interactive:
            return paint.prompt()
        line = self.source.readline()
        if not line:
            return None
        typed = line.rstrip("\r\n")
        paint.echo_input(self.console, typed)
        return typed

    def _ended(self) -> int:
        saved = T("输入结束，答过的都存好了。再运行 shenbao 就能接着填。")
        if self.is_interactive or self._is_finished:
            paint.done(self.console, self._say(saved))
            return OK
        sys.stderr.write(self._say(saved) + "\n")
        return BAD_INPUT

    def _say(self, text: Text) -> str:
        return text.render(translator(self.language))
