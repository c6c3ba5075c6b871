"""How messages look on a terminal: plain lines and tables without frames.

Chinese terminals draw box characters two columns wide, so nothing is framed and nothing depends on them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text as Styled

from dialogs.messages import Ask, Outgoing, Prompt, Say, Table, Tone
from rules.text import T, verbatim

if TYPE_CHECKING:
    from bot.bundle import Produced
    from rules.text import Translate

_WIDEST = 100
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_STYLES: dict[Tone, str] = {
    "plain": "",
    "echo": "green",
    "error": "red",
    "refuse": "bold red",
    "correct": "yellow",
    "confirm": "cyan",
    "notice": "cyan",
    "done": "green",
    "heading": "bold",
}


def plain_console() -> Console:
    """Return a console for this process's output: no markup, and no wider than one can read."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal or console.width > _WIDEST:
        console.width = _WIDEST
    return console


def _styled(words: str, style: str = "") -> Styled:
    """Return words to draw; what a user or a script typed may hold codes that would steer the terminal."""
    return Styled(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", words), style=style)


def show(console: Console, message: Outgoing, translate: Translate) -> None:
    """Draw a paragraph, a table, or a paragraph with what can be typed for its buttons."""
    if isinstance(message, Say):
        _line(console, _styled(message.text.render(translate), style=_STYLES[message.tone]))
    elif isinstance(message, Table):
        _table(console, message, translate)
    elif isinstance(message, Prompt):
        _line(console, _styled(message.text.render(translate), style=_STYLES[message.tone]))
        for button in message.buttons:
            said = T("  · {label}：请打「{words}」", label=button.label, words=verbatim(button.words))
            _line(console, _styled(said.render(translate), style="dim"))


def ask(console: Console, message: Ask, section: str, translate: Translate) -> str:
    """Draw the open question; return its section, so that a heading stands only where one begins."""
    heading = message.section.render(translate)
    if heading != section:
        console.print()
        console.print(_styled(f"== {heading} ==", style="bold blue"))
    progress = f"[{message.done}/{message.total}] " if message.total else ""
    console.print()
    _line(console, _styled(progress, style="dim") + _styled(message.text.render(translate), style="bold"))
    if message.help is not None:
        _line(console, _styled("  " + message.help.render(translate), style="dim"))
    for number, choice in enumerate(message.choices, start=1):
        _line(console, _styled(f"  {number}. ", style="cyan") + _styled(choice.label.render(translate)))
    if message.skippable:
        _line(console, _styled("  " + T("（不会答可以「为什么」或「跳过」）").render(translate), style="dim"))
    return heading


def prompt() -> str | None:
    """Ask for a line with line editing; None when the user ends the input."""
    # The library takes a third of a second to import: the first question is on the screen by then.
    import questionary

    try:
        return str(questionary.text("", qmark=">").unsafe_ask())
    except EOFError:
        return None


def echo_input(console: Console, typed: str) -> None:
    """Draw what a script fed, so that its log reads like a conversation."""
    _line(console, _styled(f"> {typed[:200]}", style="dim"))


def error(console: Console, sentence: str) -> None:
    """Draw a failure."""
    _line(console, _styled(sentence, style="bold red"))


def done(console: Console, sentence: str) -> None:
    """Draw a closing word."""
    _line(console, _styled(sentence, style="green"))


def produced(console: Console, made: Produced, *, complete: bool, translate: Translate) -> None:
    """Draw which files were made, and what about them is not final."""
    _line(console, _styled(T("已生成：").render(translate), style="green"))
    for path in made.paths:
        _line(console, _styled(f"  {path}"))
    if not complete:
        said = T("还有没答的题或要改的问题，表上印有「草稿」。").render(translate)
        _line(console, _styled(said, style="yellow"))
    if made.missing_characters:
        characters = " ".join(made.missing_characters)
        said = T("PDF 字库里没有这些字，印成了「〓」：{characters}。docx 里不受影响。", characters=characters)
        _line(console, _styled(said.render(translate), style="yellow"))


def _line(console: Console, line: Styled) -> None:
    """Draw a line and let the terminal wrap it: it may break between any two Chinese characters, rich only at spaces."""
    console.print(line, soft_wrap=True)


def _table(console: Console, table: Table, translate: Translate) -> None:
    console.print()
    console.print(_styled(table.title.render(translate), style="bold"))
    grid = Grid(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for column in table.columns:
        grid.add_column(column.render(translate), overflow="fold")
    for row in table.rows:
        grid.add_row(*(_styled(cell.render(translate)) for cell in row))
    console.print(grid)
