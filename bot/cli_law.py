"""The commands that read everyday words: questions about the regulation, descriptions of projects."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli_options import Common, Options
from bot.translation import translator
from rules.text import T


def add_ask(app: typer.Typer, options: Options) -> None:
    """Add the command that answers questions about the regulation."""
    say, language = options.say, options.language

    @app.command(help=say(T('问办法里的规定，例如：shenbao ask "几个月内备案"。')))
    def ask(
        *,
        context: typer.Context,
        question: Annotated[
            str, typer.Argument(help=say(T("问题；- 表示从标准输入逐行读，每行输出一个 JSON")))
        ],
        as_json: Annotated[bool, typer.Option("--json", help=say(T("输出 JSON")))] = False,
        data: Annotated[Path | None, options.data] = None,
        pack: Annotated[str | None, options.pack] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        options.check_language(lang)
        from bot.ask import run_ask

        common: Common = context.obj.or_(data, pack=pack)
        return run_ask(question, translator(lang), as_json=as_json, pack=common.pack_name, data=common.data)


def add_extract(app: typer.Typer, options: Options) -> None:
    """Add the command that reads the facts out of a description."""
    say, language = options.say, options.language

    @app.command(help=say(T("从一段介绍项目的话里读出答案，定不下来的列出来。")))
    def extract(
        *,
        context: typer.Context,
        text: Annotated[
            str, typer.Argument(help=say(T("一段话；- 表示从标准输入逐行读，每行输出一个 JSON")))
        ],
        as_json: Annotated[bool, typer.Option("--json", help=say(T("输出 JSON")))] = False,
        as_of: Annotated[
            str | None,
            typer.Option("--as-of", help=say(T("按哪一天算「明年」，例如 2027-03-01")), show_default=False),
        ] = None,
        pack: Annotated[str | None, options.pack] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        options.check_language(lang)
        from bot.extract import run_extract

        common: Common = context.obj.or_(pack=pack)
        return run_extract(text, translator(lang), as_json=as_json, as_of=as_of, pack=common.pack_name)
