"""The command line: ``shenbao`` alone starts the conversation; the rest is for scripts and operators."""

# No postponed annotations here: typer reads them, and the options in them are local to ``_app``.

import os
import sys
from pathlib import Path
from typing import Annotated, cast

import typer

from bot.cli_catalogue import catalogue_commands
from bot.cli_database import add_database_commands
from bot.cli_law import add_ask, add_extract
from bot.cli_options import Common, Options
from bot.cli_outbox import outbox_commands
from bot.cli_regulation import regulation_commands
from bot.cli_serve import add_serve, unit_commands, user_commands
from bot.cli_worker import add_worker
from bot.translation import SOURCE, languages, translator
from rules.text import T

BAD_INPUT = 2
# The base of every "this command line cannot be read", which the library does not name in public.
_UsageError = cast("type[Exception]", typer.BadParameter.__bases__[0])


def main() -> None:
    """Run the program and exit: 0 done, 1 faults found, 2 input that cannot be used."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal keeps its encoding and may lack a character; files and pipes get UTF-8 on every system.
        encoding = None if stream.isatty() else "utf-8"
        stream.reconfigure(encoding=encoding, errors="replace")  # type: ignore[union-attr]
    language = _language(sys.argv[1:])
    translate = translator(language)
    try:
        status = _app(Options(translate, language))(standalone_mode=False)
    except _UsageError as error:
        detail = error.format_message() if isinstance(error, typer.BadParameter) else str(error)
        sys.stderr.write(
            T("命令写得不对：{detail} 运行 shenbao --help 看用法。", detail=detail).render(translate) + "\n"
        )
        status = BAD_INPUT
    except (KeyboardInterrupt, typer.Abort):
        status = 130
    except BrokenPipeError:
        # The reader (head, less) has gone; keep Python from complaining while it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status or 0)


def _language(arguments: list[str]) -> str:
    """Find the language before anything is shown: --lang, SHENBAO_LANG, else Chinese."""
    wanted = os.environ.get("SHENBAO_LANG", SOURCE)
    for index, argument in enumerate(arguments):
        if argument == "--lang" and index + 1 < len(arguments):
            wanted = arguments[index + 1]
        elif argument.startswith("--lang="):
            wanted = argument.removeprefix("--lang=")
    return wanted if wanted in languages() else SOURCE


def _app(options: Options) -> typer.Typer:
    """Build the command line, with its help in the user's language."""
    say, translate, language = options.say, options.translate, options.language
    app = typer.Typer(
        help=say(T("申报助手：一问一答，准备好政务信息化项目的申报材料。不带命令直接运行就开始对话。")),
        add_completion=False,
        no_args_is_help=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    pack_app = options.group(T("规则包：检查一个城市的规则。"))
    app.add_typer(pack_app, name="pack")
    app.add_typer(catalogue_commands(options), name="catalogue")
    app.add_typer(regulation_commands(options), name="regulation")
    app.add_typer(unit_commands(options), name="unit")
    app.add_typer(user_commands(options), name="user")
    app.add_typer(outbox_commands(options), name="outbox")

    @app.callback(invoke_without_command=True)
    def start(
        context: typer.Context,
        lang: Annotated[str, options.lang] = language,
        data: Annotated[Path | None, options.data] = None,
        out: Annotated[Path | None, options.out] = None,
        pack: Annotated[str | None, options.pack] = None,
    ) -> int | None:
        options.check_language(lang)
        context.obj = Common(data, out, pack)
        return _chat(context.obj, language) if context.invoked_subcommand is None else None

    @app.command(help=say(T("开始或继续对话（和不带命令一样）。")))
    def chat(
        context: typer.Context,
        lang: Annotated[str, options.lang] = language,
        data: Annotated[Path | None, options.data] = None,
        out: Annotated[Path | None, options.out] = None,
        pack: Annotated[str | None, options.pack] = None,
    ) -> int:
        options.check_language(lang)
        return _chat(context.obj.or_(data, out, pack), language)

    add_serve(app, options)
    add_worker(app, options)
    add_database_commands(app, options)
    add_ask(app, options)
    add_extract(app, options)

    @app.command(help=say(T("按规则判断：读 JSON、YAML 或 JSON Lines，输出 JSON。")))
    def assess(
        file: Annotated[Path, typer.Argument(help=say(T("案例文件；- 表示标准输入（JSON Lines）")))],
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        options.check_language(lang)
        from bot.assess import run_assess

        return run_assess(file, translate)

    @app.command(help=say(T("从答案文件直接生成材料，不提问。")))
    def fill(
        context: typer.Context,
        answers: Annotated[Path, typer.Argument(help=say(T("答案文件（YAML）")))],
        out: Annotated[Path | None, options.out] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        options.check_language(lang)
        from bot.fill import run_fill

        return run_fill(answers, out or context.obj.out or Path(), translate)

    @app.command("check", help=say(T("检查用 Word 填好的申报表（附件1），逐栏列出问题。")))
    def check_form(
        *,
        context: typer.Context,
        form: Annotated[Path, typer.Argument(help=say(T("填好的申报表（docx）")))],
        save: Annotated[bool, typer.Option("--save", help=say(T("存成一个新项目，接着对话补齐")))] = False,
        unclassified: Annotated[
            bool, typer.Option("--unclassified", help=say(T("已确认不涉及国家秘密，保存时不再问")))
        ] = False,
        data: Annotated[Path | None, options.data] = None,
        pack: Annotated[str | None, options.pack] = None,
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        options.check_language(lang)
        from bot.form_check import Saving, run_check

        common: Common = context.obj.or_(data, pack=pack)
        saving = Saving(common.data, lang, unclassified) if save else None
        return run_check(form, translate, pack=common.pack_name, saving=saving)

    @pack_app.command(help=say(T("检查一个规则包文件夹，列出全部问题。")))
    def check(
        folder: Annotated[Path, typer.Argument(help=say(T("规则包文件夹")))],
        lang: Annotated[str, options.lang] = language,
    ) -> int:
        options.check_language(lang)
        from bot.pack_check import run_pack_check

        return run_pack_check(folder, translate)

    return app


def _chat(given: Common, language: str) -> int:
    from bot.chat import run_chat

    return run_chat(language=language, data=given.data, out=given.out or Path(), pack=given.pack_name)
