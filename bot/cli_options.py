"""What the commands share: options that mean the same everywhere, in the user's language."""

# No postponed annotations in modules that declare commands: typer reads them.

from pathlib import Path
from typing import NamedTuple

import typer

from bot.packs import DEFAULT_PACK
from bot.translation import languages
from rules.text import T, Text, Translate


class Common(NamedTuple):
    """Options that may stand before the command or after it."""

    data: Path | None
    out: Path | None
    pack: str | None

    def or_(self, data: Path | None = None, out: Path | None = None, pack: str | None = None) -> "Common":
        """Return these with what stands after the command in place of what stood before it."""
        return Common(data or self.data, out or self.out, pack or self.pack)

    @property
    def pack_name(self) -> str:
        """The pack that is meant; the default one when none was named."""
        return self.pack or DEFAULT_PACK


class Options:
    """The options of all commands, and the language that they are explained in."""

    def __init__(self, translate: Translate, language: str) -> None:
        """Explain everything by ``translate``."""
        self.translate = translate
        self.language = language
        self.lang = typer.Option(
            "--lang", help=self.say(T("语言：{languages}", languages=" / ".join(languages())))
        )
        self.data = typer.Option("--data", help=self.say(T("保存答案的文件夹")), show_default=False)
        self.pack = typer.Option(
            "--pack", help=self.say(T("新项目按哪个规则包填（规则包的名字）")), show_default=False
        )
        server = T("服务器的配置文件（TOML）；也可以用环境变量 SHENBAO_SERVER")
        self.server = typer.Option(
            "--server", envvar="SHENBAO_SERVER", help=self.say(server), show_default=False
        )
        self.out = typer.Option("--out", help=self.say(T("生成的材料放在哪个文件夹")), show_default=False)

    def say(self, text: Text) -> str:
        """Return a text in the user's language."""
        return text.render(self.translate)

    def group(self, text: Text) -> typer.Typer:
        """Return an empty group of commands."""
        return typer.Typer(help=self.say(text), rich_markup_mode=None)

    def check_language(self, wanted: str) -> None:
        """Refuse a language that nobody has translated into."""
        if wanted not in languages():
            known = ", ".join(languages())
            raise typer.BadParameter(
                self.say(T("没有「{wanted}」这种语言，可用：{known}。", wanted=wanted, known=known))
            )
