"""The commands for the catalogue (信息资源目录) by spreadsheet."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli_options import Options
from rules.text import T


def catalogue_commands(options: Options) -> typer.Typer:
    """Build the commands for the catalogue (信息资源目录) by spreadsheet."""
    app, say, language = (
        options.group(T("信息资源目录：拿一份表格模板，检查填好的表格。")),
        options.say,
        options.language,
    )

    @app.command(help=say(T("生成一份空白的目录表格（xlsx），带下拉列表、示例和填写说明。")))
    def template(
        out: Annotated[Path | None, typer.Option("--out", help=say(T("表格存成哪个文件")))] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        options.check_language(lang)
        from bot.catalogue import run_template

        return run_template(out, options.translate)

    @app.command(help=say(T("逐行检查填好的目录（xlsx 或 csv），列出问题。")))
    def check(
        file: Annotated[Path, typer.Argument(help=say(T("填好的目录表格")))],
        name: Annotated[str, typer.Option("--name", help=say(T("项目名称，目录里的名称不能和它相同")))] = "",
        out: Annotated[
            Path | None, typer.Option("--out", help=say(T("把标出问题的副本存成哪个文件（xlsx）")))
        ] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        options.check_language(lang)
        from bot.catalogue import run_check

        return run_check(file, options.translate, project_name=name, out=out)

    return app
