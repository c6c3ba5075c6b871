"""A reply as the messages that Telegram shows: as few as it fits into, the same ones every time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from bot.delivery import sender
from bot.telegram.cutting import pieces
from bot.telegram.keyboard import (
    Key,
    Rows,
    fits,
    has_buttons,
    lists_choices,
    prompt_keys,
    question_keys,
)
from bot.translation import translator
from dialogs.messages import Ask, Leave, Produce, Prompt, Say, SendFile, SetLanguage, Table, Tone
from rules.text import T, verbatim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.updates import Reply
    from dialogs.messages import Outgoing
    from rules.text import Translate

_MARKS: dict[Tone, str] = {
    "plain": "",
    "echo": "✓ ",
    "error": "❗ ",
    "refuse": "⛔ ",
    "correct": "⚠️ ",
    "confirm": "⚠️ ",
    "notice": "ℹ️ ",
    "done": "✅ ",
    "heading": "◆ ",
}


class TelegramPart(sender.Part, frozen=True, kw_only=True):
    """One message to a chat.

    Attributes:
        kind: a text; a file; or the package, which is made when it is sent.
        text: what it says; what stands under a file.
        keys: its buttons.
        about: the user's message that it replies to.
        file_name, data: the file.
        is_first: the button that led here is marked as used along with it.
        is_question: its buttons take the place of those of the question before.
        closes: the buttons of the question before go, without others in their place.
    """

    kind: Literal["text", "file", "package"] = "text"
    text: str = ""
    keys: tuple[tuple[Key, ...], ...] = ()
    about: str = ""
    file_name: str = ""
    data: bytes = b""
    is_first: bool = False
    is_question: bool = False
    closes: bool = False


def parts_of(reply: Reply) -> list[TelegramPart]:
    """Return the messages of a reply, in order; none when it says nothing."""
    drawing = _Drawing(reply)
    for message in reply.outgoing:
        drawing.add(message)
    drawing.flush()
    return _numbered(drawing.parts, reply)


class _Drawing:
    """The messages of one reply while they are put together."""

    def __init__(self, reply: Reply) -> None:
        self.parts: list[TelegramPart] = []
        self._translate = translator(reply.language)
        self._mark = reply.mark
        self._paragraphs: list[str] = []
        self._has_left = any(isinstance(message, Leave) for message in reply.outgoing)

    def add(self, message: Outgoing) -> None:
        """Add what one message of the conversation says."""
        translate = self._translate
        match message:
            case Say(text=text, tone=tone):
                self._paragraphs.append(f"{_MARKS[tone]}{text.render(translate)}")
            case Table():
                self._paragraphs.append(_table_text(message, translate))
            case Prompt(text=text, tone=tone, buttons=buttons):
                words = [f"{_MARKS[tone]}{text.render(translate)}"]
                words += [
                    T("· {label}：请打「{words}」", label=button.label, words=verbatim(button.words)).render(
                        translate
                    )
                    for button in buttons
                    if not fits(button)
                ]
                self._paragraphs.append("\n".join(words))
                self.flush(prompt_keys(buttons, translate))
            case SendFile(name=name, data=data):
                self.flush()
                self.parts.append(TelegramPart(kind="file", file_name=name, data=data))
            case Produce():
                self.flush()
                self.parts.append(TelegramPart(kind="package"))
            case Leave():
                self._paragraphs.append(T("都存好了。要接着填，随便说一句就行。").render(translate))
                self.flush(closes=True)
            case Ask() if not self._has_left:
                self._paragraphs.append(_question_text(message, translate))
                self.flush(
                    question_keys(message, self._mark, translate) if self._mark else (), is_question=True
                )
            case Ask() | SetLanguage():
                pass

    def flush(self, keys: Rows = (), *, is_question: bool = False, closes: bool = False) -> None:
        """End a message; buttons stand under its last piece."""
        texts = pieces("\n".join(self._paragraphs))
        self._paragraphs = []
        self.parts += [TelegramPart(text=text) for text in texts]
        if texts and (keys or is_question or closes):
            self.parts[-1] = msgspec.structs.replace(
                self.parts[-1], keys=keys, is_question=is_question, closes=closes
            )


def _numbered(parts: Sequence[TelegramPart], reply: Reply) -> list[TelegramPart]:
    """Return the parts with what depends on their place: what is closed along with them, and what that costs."""
    found: list[TelegramPart] = []
    for number, part in enumerate(parts):
        is_first = number == 0
        about = reply.about if is_first else ""
        edits = (is_first and reply.used is not None) + (part.is_question or part.closes)
        slots = (2 if part.kind == "package" else 1) + edits
        found.append(msgspec.structs.replace(part, is_first=is_first, about=about, slots=slots))
    return found


def _question_text(ask: Ask, translate: Translate) -> str:
    progress = T("（{done}/{total}）", done=ask.done, total=ask.total).render(translate) if ask.total else ""
    lines = [f"【{ask.section.render(translate)}】{progress}", ask.text.render(translate)]
    if ask.help is not None:
        lines.append(f"💡 {ask.help.render(translate)}")
    if ask.choices and (lists_choices(ask, translate) or not has_buttons(ask)):
        lines += [
            f"{number}. {choice.label.render(translate)}"
            for number, choice in enumerate(ask.choices, start=1)
        ]
    if ask.many and has_buttons(ask):
        lines.append(T("（可以点几个，再点「确定」）").render(translate))
    return "\n".join(["", *lines])


def _table_text(table: Table, translate: Translate) -> str:
    """Return a table as lines that a phone can show: each row under its first cell."""
    heads = [column.render(translate) for column in table.columns]
    lines = [f"◆ {table.title.render(translate)}"]
    for row in table.rows:
        first, *others = [cell.render(translate) for cell in row]
        said = [
            T("{column}：{cell}", column=verbatim(head), cell=verbatim(cell)).render(translate)
            for head, cell in zip(heads[1:], others, strict=False)
            if cell.strip()
        ]
        lines.append(f"• {first}" + (f"\n   {' · '.join(said)}" if said else ""))
    return "\n".join(lines)
