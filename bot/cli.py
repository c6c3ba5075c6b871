"""The command line: ``shenbao`` alone starts the conversation; the rest is for scripts and operators."""

# No postponed annotations here: typer reads them, and the options in them are local to ``_app``.

import os
import sys
from pathlib import Path
from typing import Annotated, NamedTuple, cast

import typer

from bot.packs import DEFAULT_PACK
from bot.translation import SOURCE, languages, translator
from rules.text import T, Text, Translate

BAD_INPUT = 2
# The base of every "this command line cannot be read", which the library does not name in public.
_UsageError = cast("type[Exception]", typer.BadParameter.__bases__[0])


class Common(NamedTuple):
    """Options that may stand before the command or after it."""

    data: Path | None
    out: Path | None
    pack: str | None


def main() -> None:
    """Run the program and exit: 0 done, 1 faults found, 2 input that cannot be used."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal keeps its encoding and may lack a character; files and pipes get UTF-8 on every system.
        encoding = None if stream.isatty() else "utf-8"
        stream.reconfigure(encoding=encoding, errors="replace")  # type: ignore[union-attr]
    language = _language(sys.argv[1:])
    translate = translator(language)
    try:
        status = _app(translate, language)(standalone_mode=False)
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


def _app(translate: Translate, language: str) -> typer.Typer:
    """Build the command line, with its help in the user's language."""

    def say(text: Text) -> str:
        return text.render(translate)

    app = typer.Typer(
        help=say(T("申报助手：一问一答，准备好政务信息化项目的申报材料。不带命令直接运行就开始对话。")),
        add_completion=False,
        no_args_is_help=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    pack_app = typer.Typer(help=say(T("规则包：检查一个城市的规则。")), rich_markup_mode=None)
    app.add_typer(pack_app, name="pack")
    app.add_typer(_catalogue_app(translate, language), name="catalogue")
    language_option = typer.Option(
        "--lang", help=say(T("语言：{languages}", languages=" / ".join(languages())))
    )
    data_option = typer.Option("--data", help=say(T("保存答案的文件夹")), show_default=False)
    pack_option = typer.Option(
        "--pack", help=say(T("新项目按哪个规则包填（规则包的名字）")), show_default=False
    )
    out_option = typer.Option("--out", help=say(T("生成的材料放在哪个文件夹")), show_default=False)

    @app.callback(invoke_without_command=True)
    def start(
        context: typer.Context,
        lang: Annotated[str, language_option] = language,
        data: Annotated[Path | None, data_option] = None,
        out: Annotated[Path | None, out_option] = None,
        pack: Annotated[str | None, pack_option] = None,
    ) -> int | None:
        _check_language(lang, translate)
        context.obj = Common(data, out, pack)
        return _chat(context.obj, language) if context.invoked_subcommand is None else None

    @app.command(help=say(T("开始或继续对话（和不带命令一样）。")))
    def chat(
        context: typer.Context,
        lang: Annotated[str, language_option] = language,
        data: Annotated[Path | None, data_option] = None,
        out: Annotated[Path | None, out_option] = None,
        pack: Annotated[str | None, pack_option] = None,
    ) -> int:
        _check_language(lang, translate)
        given: Common = context.obj
        return _chat(Common(data or given.data, out or given.out, pack or given.pack), language)

    @app.command(help=say(T("按规则判断：读 JSON、YAML 或 JSON Lines，输出 JSON。")))
    def assess(
        file: Annotated[Path, typer.Argument(help=say(T("案例文件；- 表示标准输入（JSON Lines）")))],
        lang: Annotated[str, language_option] = language,
    ) -> int:
        _check_language(lang, translate)
        from bot.assess import run_assess

        return run_assess(file, translate)

    @app.command(help=say(T("从答案文件直接生成材料，不提问。")))
    def fill(
        context: typer.Context,
        answers: Annotated[Path, typer.Argument(help=say(T("答案文件（YAML）")))],
        out: Annotated[Path | None, out_option] = None,
        lang: Annotated[str, language_option] = language,
    ) -> int:
        _check_language(lang, translate)
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
        data: Annotated[Path | None, data_option] = None,
        pack: Annotated[str | None, pack_option] = None,
        lang: Annotated[str, language_option] = language,
    ) -> int:
        _check_language(lang, translate)
        from bot.form_check import Saving, run_check

        given: Common = context.obj
        saving = Saving(data or given.data, lang, unclassified) if save else None
        return run_check(form, translate, pack=pack or given.pack or DEFAULT_PACK, saving=saving)

    @pack_app.command(help=say(T("检查一个规则包文件夹，列出全部问题。")))
    def check(
        folder: Annotated[Path, typer.Argument(help=say(T("规则包文件夹")))],
        lang: Annotated[str, language_option] = language,
    ) -> int:
        _check_language(lang, translate)
        from bot.pack_check import run_pack_check

        return run_pack_check(folder, translate)

    return app


def _catalogue_app(translate: Translate, language: str) -> typer.Typer:
    """Build the commands for the catalogue (信息资源目录) by spreadsheet."""

    def say(text: Text) -> str:
        return text.render(translate)

    app = typer.Typer(help=say(T("信息资源目录：拿一份表格模板，检查填好的表格。")), rich_markup_mode=None)
    language_option = typer.Option(
        "--lang", help=say(T("语言：{languages}", languages=" / ".join(languages())))
    )

    @app.command(help=say(T("生成一份空白的目录表格（xlsx），带下拉列表、示例和填写说明。")))
    def template(
        out: Annotated[Path | None, typer.Option("--out", help=say(T("表格存成哪个文件")))] = None,
        lang: Annotated[str, language_option] = language,
    ) -> int:
        _check_language(lang, translate)
        from bot.catalogue import run_template

        return run_template(out, translate)

    @app.command(help=say(T("逐行检查填好的目录（xlsx 或 csv），列出问题。")))
    def check(
        file: Annotated[Path, typer.Argument(help=say(T("填好的目录表格")))],
        name: Annotated[str, typer.Option("--name", help=say(T("项目名称，目录里的名称不能和它相同")))] = "",
        out: Annotated[
            Path | None, typer.Option("--out", help=say(T("把标出问题的副本存成哪个文件（xlsx）")))
        ] = None,
        lang: Annotated[str, language_option] = language,
    ) -> int:
        _check_language(lang, translate)
        from bot.catalogue import run_check

        return run_check(file, translate, project_name=name, out=out)

    return app


def _chat(given: Common, language: str) -> int:
    from bot.chat import run_chat

    return run_chat(
        language=language, data=given.data, out=given.out or Path(), pack=given.pack or DEFAULT_PACK
    )


def _check_language(wanted: str, translate: Translate) -> None:
    if wanted not in languages():
        known = ", ".join(languages())
        raise typer.BadParameter(
            T("没有「{wanted}」这种语言，可用：{known}。", wanted=wanted, known=known).render(translate)
        )
