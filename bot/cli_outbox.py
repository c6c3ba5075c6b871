"""The commands for the outbox: what is to be sent, what could not be sent."""

# No postponed annotations in modules that declare commands: typer reads them.

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli_options import Common, Options
from bot.translation import translator
from rules.text import T

if TYPE_CHECKING:
    from bot.outbox import OutboxOperator

_LIMIT = 50
_SERVER = "bot.cli_outbox.server"


def outbox_commands(options: Options) -> typer.Typer:
    """Return the commands for the outbox; the group alone lists it."""
    app = options.group(T("发件箱：哪些消息待发，哪些没发出去、为什么；可以重发或删除。"))
    say, language = options.say, options.language
    statuses = T("列哪些：unsent 待发和未发出，pending 待发，dead 未发出，sent 已发，all 全部")

    @app.callback(invoke_without_command=True)
    @app.command("list", help=say(T("列出消息。")))
    def list_messages(
        *,
        context: typer.Context,
        status: Annotated[str, typer.Option("--status", help=say(statuses))] = "unsent",
        limit: Annotated[int, typer.Option("--limit", min=1, help=say(T("最多列几条")))] = _LIMIT,
        as_json: Annotated[bool, typer.Option("--json", help=say(T("输出 JSON，供程序读")))] = False,
        text: Annotated[
            bool, typer.Option("--text", help=say(T("也列出每条的开头几个字（可能含个人信息）")))
        ] = False,
        server: Annotated[Path | None, options.server] = None,
        data: Annotated[Path | None, options.data] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int | None:
        operator = _operator(options, context, server, data, lang)
        if context.invoked_subcommand is not None:
            return None
        from bot.outbox import read_shown

        shown = read_shown(status)
        if shown is None:
            said = T("没有「{status}」这种状态，可用：unsent、pending、dead、sent、all。", status=status[:20])
            raise typer.BadParameter(say(said))
        return operator.list_messages(shown, limit=limit, with_text=text, as_json=as_json)

    @app.command(help=say(T("重发没发出去的消息：一条，或者全部。")))
    def retry(
        *,
        context: typer.Context,
        which: Annotated[str, typer.Argument(metavar="ID|all", help=say(T("消息编号；all 表示全部")))],
        server: Annotated[Path | None, options.server] = None,
        data: Annotated[Path | None, options.data] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        return _operator(options, context, server, data, lang).retry(which)

    @app.command(help=say(T("删除一条消息，不再发。")))
    def drop(
        *,
        context: typer.Context,
        which: Annotated[str, typer.Argument(metavar="ID", help=say(T("消息编号")))],
        server: Annotated[Path | None, options.server] = None,
        data: Annotated[Path | None, options.data] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        return _operator(options, context, server, data, lang).drop(which)

    return app


def _operator(
    options: Options, context: typer.Context, server: Path | None, data: Path | None, lang: str
) -> "OutboxOperator":
    options.check_language(lang)
    from bot.outbox import OutboxOperator

    # what stood before the command holds for it as well
    common: Common = context.obj.or_(data)
    context.obj = common
    config = context.meta[_SERVER] = server or context.meta.get(_SERVER)
    return OutboxOperator(data=common.data, config=config, translate=translator(lang))
