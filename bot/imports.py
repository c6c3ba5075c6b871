"""Answers out of files that a user hands in: the catalogue as a spreadsheet, a form filled in Word."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.catalogue import catalogue_report
from dialogs.display import value_text
from dialogs.form_import import GivenCell, import_declaration
from dialogs.form_report import form_report, form_verdict
from dialogs.messages import Say, SendFile
from documents.guard import RefusedFileError
from rules.catalogue import FIELDS
from rules.catalogue_check import check_catalogue, good_rows
from rules.text import T, Text

if TYPE_CHECKING:
    from dialogs.messages import Outgoing
    from dialogs.view import View
    from rules.facts import Value
    from rules.text import Translate

ANNOTATED_FILE = "信息资源目录_检查结果.xlsx"


class Imported(NamedTuple):
    """What a file holds: answers to keep, and what to say of it."""

    facts: dict[str, Value]
    said: list[Outgoing]


def from_catalogue(view: View, data: bytes, file_name: str, translate: Translate) -> Imported:
    """Read a catalogue: good rows are kept in place of the entries so far, the rest can be mended and sent again.

    Args:
        view: the project.
        data: an xlsx or csv.
        file_name: how it is called; tells a csv.
        translate: the language of the remarks in the copy.
    """
    from documents.catalogue_sheet import annotate, read_catalogue

    try:
        sheet = read_catalogue(data, file_name)
        problems = check_catalogue(sheet.rows, project_name=str(view.facts.get("project_name", "")))
        said: list[Outgoing] = [Say(line) for line in catalogue_report(sheet, problems)]
        if problems:
            said.append(SendFile(ANNOTATED_FILE, annotate(data, problems, translate)))
    except RefusedFileError as error:
        return Imported({}, [Say(error.text, "error")])
    good = good_rows(sheet.rows, problems)
    if not good:
        return Imported({}, said)
    entries = tuple({field.id: entry.get(field.id, "") for field in FIELDS} for entry in good)
    said.append(Say(T("目录里现在有 {count} 条。", count=len(entries)), "done"))
    return Imported({"catalogue_provided": True, "catalogue": entries}, said)


def from_form(view: View, data: bytes) -> Imported:
    """Read a form filled in Word; an answer that is there already is never replaced, only compared.

    Args:
        view: the project.
        data: the docx.
    """
    from documents.form_reading import read_declaration

    try:
        form = read_declaration(data)
    except RefusedFileError as error:
        return Imported({}, [Say(error.text, "error")])
    given = {cell.id: GivenCell(cell.text, cell.label) for cell in form.cells.values()}
    read = import_declaration(view.rules, given, as_of=view.as_of)
    verdict = form_verdict(view.rules, read, as_of=view.as_of)
    said = form_report(view.rules, read, verdict, [stray.text for stray in form.strays])
    facts: dict[str, Value] = {}
    for name, value in read.facts.items():
        fact = view.rules.facts[name]
        if name not in view.facts:
            facts[name] = value
        elif view.facts[name] != value:
            message = T(
                "「{label}」表上是「{there}」，已有的答案是「{here}」，没有改动；要改请说「修改 {label}」。",
                label=Text(fact.label),
                there=value_text(fact, value),
                here=value_text(fact, view.facts[name]),
            )
            said.append(Say(message, "confirm"))
    said.append(Say(T("从表上记下了 {count} 项。", count=len(facts)), "done"))
    return Imported(facts, said)
