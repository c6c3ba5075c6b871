"""The commands for the official text (原文) that a pack explains."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli_options import Options
from rules.text import T


def regulation_commands(options: Options) -> typer.Typer:
    """Build the commands for the official text (原文)."""
    app, say, language = (
        options.group(T("原文：载入正式文本，看哪些规则要重读。")),
        options.say,
        options.language,
    )
    pack_option = typer.Option("--pack", help=say(T("对照哪个规则包（规则包的名字）")), show_default=False)

    @app.command("import", help=say(T("载入一份原文（docx、txt），拆成条、项和附件，列出要核对的地方。")))
    def load(
        *,
        context: typer.Context,
        file: Annotated[Path, typer.Argument(help=say(T("原文文件")))],
        label: Annotated[str, typer.Option("--label", help=say(T("这是哪个版本，例如 2027年印发")))] = "",
        data: Annotated[Path | None, options.data] = None,
        pack: Annotated[str | None, pack_option] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        options.check_language(lang)
        from bot.regulation import run_regulation_import

        given = context.obj.or_(data, pack=pack)
        return run_regulation_import(
            file, options.translate, pack=given.pack_name, label=label, data=given.data
        )

    @app.command(help=say(T("和规则包写作时对照的原文比，列出变了的条文和引用它们的规则。")))
    def diff(
        *,
        context: typer.Context,
        file: Annotated[
            Path | None, typer.Argument(help=say(T("原文文件；不写就用最近载入的那一份")), show_default=False)
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help=say(T("输出 JSON，给程序用")))] = False,
        data: Annotated[Path | None, options.data] = None,
        pack: Annotated[str | None, pack_option] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        options.check_language(lang)
        from bot.regulation import run_regulation_diff

        given = context.obj.or_(data, pack=pack)
        return run_regulation_diff(
            file, options.translate, pack=given.pack_name, data=given.data, as_json=as_json
        )

    @app.command(help=say(T("把一条的原文和白话解释放在一起看，注明是哪个版本。")))
    def show(
        context: typer.Context,
        article: Annotated[str, typer.Argument(help=say(T("哪一条：13、第十三条第一项、附件1")))],
        data: Annotated[Path | None, options.data] = None,
        pack: Annotated[str | None, pack_option] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        options.check_language(lang)
        from bot.regulation import run_regulation_show

        given = context.obj.or_(data, pack=pack)
        return run_regulation_show(article, options.translate, pack=given.pack_name, data=given.data)

    return app
