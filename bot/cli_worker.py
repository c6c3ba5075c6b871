"""The command that sends, reminds and tidies up where several machines share a database."""

# No postponed annotations in modules that declare commands: typer reads them.

from pathlib import Path
from typing import Annotated

import typer

from bot.cli_options import Common, Options
from rules.text import T


def add_worker(app: typer.Typer, options: Options) -> None:
    """Add the command that works beside the page."""
    say, language = options.say, options.language

    @app.command(help=say(T("用 PostgreSQL 时：发消息、按时提醒、清理过期数据；可以在几台机器上同时运行。")))
    def worker(
        *,
        context: typer.Context,
        server: Annotated[Path | None, options.server] = None,
        health_port: Annotated[
            int | None,
            typer.Option(
                "--health-port",
                min=1,
                max=65535,
                help=say(T("在这个端口回答 /healthz、/readyz 和 /metrics")),
                show_default=False,
            ),
        ] = None,
        pack: Annotated[str | None, options.pack] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        options.check_language(lang)
        from bot.worker.running import run_worker

        common: Common = context.obj.or_(pack=pack)
        return run_worker(language=lang, config=server, health_port=health_port, pack=common.pack_name)
