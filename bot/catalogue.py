"""``shenbao catalogue``: the information resource catalogue (信息资源目录) by spreadsheet."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.failures import failure_text, one_line
from bot.reading import read_bytes
from documents.catalogue_sheet import CatalogueSheet, annotate, read_catalogue, write_template
from documents.guard import LARGEST_FILE, MEGABYTE, RefusedFileError
from rules.catalogue import BY_ID
from rules.catalogue_check import Problem, check_catalogue, good_rows
from rules.source import SourceError
from rules.text import T, Text, joined

if TYPE_CHECKING:
    from rules.text import Translate

CLEAN, FAULTY, BAD_INPUT = 0, 1, 2
MOST_SHOWN = 10
TEMPLATE_FILE = "信息资源目录模板.xlsx"


def run_template(out: Path | None, translate: Translate = str) -> int:
    """Write an empty catalogue to fill in; return 0, or 2 when it cannot be written.

    Args:
        out: the file, or the folder for it; a file that is there already is left alone.
        translate: the language of the notes in it.
    """
    path = out or Path(TEMPLATE_FILE)
    try:
        if path.is_dir():
            path /= TEMPLATE_FILE
        with path.open("xb") as stream:
            stream.write(write_template(translate))
    except FileExistsError:
        taken = T("「{path}」已经有了，没有覆盖；请移走它，或用 --out 换一个文件名。", path=str(path))
        return _refused(taken, translate)
    except OSError as error:
        return _refused(failure_text(error), translate)
    _print(T("模板已存到「{path}」。填好后运行 shenbao catalogue check 检查。", path=str(path)), translate)
    return CLEAN


def run_check(
    file: Path, translate: Translate = str, *, project_name: str = "", out: Path | None = None
) -> int:
    """Print what is wrong with a catalogue: the count of rows, and the first ten problems in words.

    Args:
        file: an xlsx or csv.
        translate: the user's language.
        project_name: the name of the project, which no entry may have.
        out: where to put a copy with all problems beside their rows; None: no copy.

    Returns:
        0 when nothing is wrong, 1 when something is, 2 when the file cannot be read or the copy not written.
    """
    try:
        data = _read(file)
        sheet = read_catalogue(data, file.name)
        problems = check_catalogue(sheet.rows, project_name=project_name)
        if out is not None:
            _write_copy(out, file, annotate(data, problems, translate))
    except (SourceError, RefusedFileError) as error:
        return _refused(error.text, translate)
    except OSError as error:
        return _refused(failure_text(error), translate)
    for line in catalogue_report(sheet, problems):
        _print(line, translate)
    if out is not None:
        _print(T("标出全部问题的副本已存到「{path}」。", path=str(out)), translate)
    elif len(problems) > MOST_SHOWN:
        _print(T("加上 --out 文件名，可以得到标出全部问题的副本。"), translate)
    return FAULTY if problems or not sheet.rows else CLEAN


def catalogue_report(sheet: CatalogueSheet, problems: tuple[Problem, ...]) -> list[Text]:
    """Return the count of rows, how many are good, and the first problems in words."""
    good = len(good_rows(sheet.rows, problems))
    lines = [T("共 {count} 行，其中 {good} 行可以用。", count=len(sheet.rows), good=good)]
    if sheet.title:
        lines.insert(0, T("读的是工作表「{title}」。", title=sheet.title))
    if sheet.absent:
        labels = joined([BY_ID[field].label for field in sheet.absent])
        lines.append(T("表里没有这些列：{labels}。", labels=labels))
    if not sheet.rows:
        lines.append(T("表头下面还没有内容，请填写后再检查。"))
    lines += [
        T(
            "第 {row} 行「{field}」：{problem}",
            row=problem.row,
            field=BY_ID[problem.field].label,
            problem=problem.text,
        )
        for problem in problems[:MOST_SHOWN]
    ]
    if len(problems) > MOST_SHOWN:
        lines.append(T("还有 {count} 处没有列出。", count=len(problems) - MOST_SHOWN))
    return lines


def _read(file: Path) -> bytes:
    too_large = T("「{path}」超过 {most} MB，请拆成几份。", path=str(file), most=LARGEST_FILE // MEGABYTE)
    return read_bytes(file, largest=LARGEST_FILE, too_large=too_large)


def _write_copy(out: Path, file: Path, data: bytes) -> None:
    if out.exists() and out.samefile(file):
        raise SourceError(T("副本不能和原表用同一个文件名；请用 --out 换一个。"))
    out.write_bytes(data)


def _print(text: Text, translate: Translate) -> None:
    sys.stdout.write(one_line(text.render(translate)) + "\n")


def _refused(text: Text, translate: Translate) -> int:
    sys.stderr.write(one_line(text.render(translate)) + "\n")
    return BAD_INPUT
