"""The commands of the web page: serving it, and on a server its units and accounts."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli_options import Common, Options
from bot.translation import translator
from rules.text import T

if TYPE_CHECKING:
    from bot.accounts import Operator


def add_serve(app: typer.Typer, options: Options) -> None:
    """Add the command that serves the page."""
    say, language = options.say, options.language

    @app.command(help=say(T("在浏览器里用：默认只给本机的人用；用 --server 给出配置文件，就给各单位用。")))
    def serve(
        *,
        context: typer.Context,
        server: Annotated[
            Path | None,
            typer.Option(
                "--server", help=say(T("作为服务器运行，按这个配置文件（TOML）")), show_default=False
            ),
        ] = None,
        port: Annotated[
            int | None, typer.Option("--port", min=1, max=65535, help=say(T("端口")), show_default=False)
        ] = None,
        browser: Annotated[
            bool, typer.Option("--browser/--no-browser", help=say(T("本机方式下自动打开浏览器")))
        ] = True,
        telegram: Annotated[
            bool | None,
            typer.Option(
                "--telegram/--no-telegram",
                help=say(
                    T(
                        "同时在 Telegram 里用：令牌放在环境变量 SHENBAO_TELEGRAM_TOKEN，或配置文件的 [[telegram]] 里"
                    )
                ),
                show_default=False,
            ),
        ] = None,
        lang: Annotated[str, options.lang] = language,
        data: Annotated[Path | None, options.data] = None,
        pack: Annotated[str | None, options.pack] = None,
    ) -> int:
        options.check_language(lang)
        gc.disable()  # nothing that is loaded now is garbage, and looking for it is a tenth of the start
        from bot.serve import run_serve

        common: Common = context.obj.or_(data, pack=pack)
        return run_serve(
            language=lang,
            data=common.data,
            config=server,
            port=port,
            opens_browser=browser,
            telegram=telegram,
            pack=common.pack_name,
        )


def unit_commands(options: Options) -> typer.Typer:
    """Return the commands for the units of a server."""
    app, say, language = options.group(T("单位：服务器上有哪些单位。")), options.say, options.language

    @app.command(help=say(T("添加一个单位。")))
    def add(
        *,
        context: typer.Context,
        name: Annotated[str, typer.Argument(help=say(T("单位名称")))],
        area: Annotated[str, typer.Option("--area", help=say(T("区划代码，6 位数字（GB/T 2260）")))],
        server: Annotated[Path | None, options.server] = None,
        data: Annotated[Path | None, options.data] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        return _operator(options, context, server, data, lang).add_unit(name, area)

    @app.command("list", help=say(T("列出全部单位。")))
    def list_units(
        *,
        context: typer.Context,
        server: Annotated[Path | None, options.server] = None,
        data: Annotated[Path | None, options.data] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        return _operator(options, context, server, data, lang).list_units()

    return app


def user_commands(options: Options) -> typer.Typer:
    """Return the commands for the accounts of a server."""
    app, say, language = options.group(T("账号：邀请人，停用账号。")), options.say, options.language

    @app.command(help=say(T("发一个邀请：打印一个只能用一次、过期作废的链接。")))
    def invite(
        *,
        context: typer.Context,
        unit: Annotated[str, typer.Option("--unit", help=say(T("单位名称；管理员可以不写")))] = "",
        role: Annotated[
            str,
            typer.Option("--role", help=say(T("角色：member 单位人员，officer 数据局人员，operator 管理员"))),
        ] = "member",
        server: Annotated[Path | None, options.server] = None,
        data: Annotated[Path | None, options.data] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        return _operator(options, context, server, data, lang).invite(unit, role)

    @app.command(help=say(T("忘了密码：打印一个设新密码的链接，只能用一次。")))
    def reset(
        *,
        context: typer.Context,
        login: Annotated[str, typer.Argument(help=say(T("用户名")))],
        server: Annotated[Path | None, options.server] = None,
        data: Annotated[Path | None, options.data] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        return _operator(options, context, server, data, lang).reset(login)

    @app.command("list", help=say(T("列出全部账号。")))
    def list_users(
        *,
        context: typer.Context,
        server: Annotated[Path | None, options.server] = None,
        data: Annotated[Path | None, options.data] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        return _operator(options, context, server, data, lang).list_users()

    @app.command(help=say(T("停用一个账号，正在用的也立即退出。")))
    def close(
        *,
        context: typer.Context,
        login: Annotated[str, typer.Argument(help=say(T("用户名")))],
        server: Annotated[Path | None, options.server] = None,
        data: Annotated[Path | None, options.data] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        return _operator(options, context, server, data, lang).set_active(login, is_active=False)

    @app.command("open", help=say(T("恢复一个停用的账号。")))
    def open_again(
        *,
        context: typer.Context,
        login: Annotated[str, typer.Argument(help=say(T("用户名")))],
        server: Annotated[Path | None, options.server] = None,
        data: Annotated[Path | None, options.data] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        return _operator(options, context, server, data, lang).set_active(login, is_active=True)

    return app


def _operator(
    options: Options, context: typer.Context, server: Path | None, data: Path | None, lang: str
) -> "Operator":
    options.check_language(lang)
    from bot.accounts import Operator

    common: Common = context.obj.or_(data)
    return Operator(data=common.data, config=server, translate=translator(lang))
