"""The commands for a database as a whole: bring it up to date, move it, back it up, restore it."""

# No postponed annotations in modules that declare commands: typer reads them.

from pathlib import Path
from typing import Annotated

import typer

from bot.cli_options import Common, Options
from bot.translation import translator
from rules.text import T


def add_database_commands(app: typer.Typer, options: Options) -> None:
    """Add the commands."""
    _add_migrate(app, options)
    _add_move(app, options)
    _add_backup(app, options)
    _add_restore(app, options)


def _add_migrate(app: typer.Typer, options: Options) -> None:
    say, language = options.say, options.language

    @app.command(help=say(T("把数据库的表升级到这个版本；启动时也会自动升级，这个命令让您先做、看得见。")))
    def migrate(
        *,
        context: typer.Context,
        check: Annotated[
            bool, typer.Option("--check", help=say(T("只说要不要升级；要升级时退出码是 1")))
        ] = False,
        server: Annotated[Path | None, options.server] = None,
        data: Annotated[Path | None, options.data] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        options.check_language(lang)
        from bot.databases import run_migrate

        common: Common = context.obj.or_(data)
        return run_migrate(translator(lang), data=common.data, config=server, only_checks=check)


def _add_move(app: typer.Typer, options: Options) -> None:
    say, language = options.say, options.language
    summary = T(
        "把全部数据和文件从一个数据库搬到另一个空的数据库，最后逐表核对；中断了再运行一次就接着搬。"
        "先停下 shenbao serve 和 shenbao worker。"
    )

    @app.command(help=say(summary))
    def move(
        *,
        source: Annotated[
            str, typer.Option("--from", help=say(T("来源：sqlite:文件 或 postgresql://用户@主机/库名")))
        ],
        target: Annotated[str, typer.Option("--to", help=say(T("目标，写法相同；要是空的")))],
        restart: Annotated[
            bool, typer.Option("--restart", help=say(T("清空目标里没搬完的数据，从头再搬")))
        ] = False,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        options.check_language(lang)
        from bot.databases import run_move

        return run_move(translator(lang), source, target, restarts=restart)


def _add_backup(app: typer.Typer, options: Options) -> None:
    say, language = options.say, options.language
    summary = T(
        "备份 SQLite 数据库和交上来的文件，程序可以照常运行；备份里有个人信息，请妥善保管。"
        "PostgreSQL 请用 pg_dump。"
    )

    @app.command(help=say(summary))
    def backup(
        *,
        context: typer.Context,
        file: Annotated[Path, typer.Argument(metavar="FILE.zip", help=say(T("备份文件；不能已经存在")))],
        server: Annotated[Path | None, options.server] = None,
        data: Annotated[Path | None, options.data] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        options.check_language(lang)
        from bot.backups import run_backup

        common: Common = context.obj.or_(data)
        return run_backup(translator(lang), file, data=common.data, config=server)


def _add_restore(app: typer.Typer, options: Options) -> None:
    say, language = options.say, options.language

    @app.command(help=say(T("把备份恢复到一个还没有数据库的文件夹，先核对再放进去。")))
    def restore(
        *,
        context: typer.Context,
        file: Annotated[Path, typer.Argument(metavar="FILE.zip", help=say(T("备份文件")))],
        server: Annotated[Path | None, options.server] = None,
        data: Annotated[Path | None, options.data] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        options.check_language(lang)
        from bot.backups import run_restore

        common: Common = context.obj.or_(data)
        return run_restore(translator(lang), file, data=common.data, config=server)
