"""What is wrong with the entries of a catalogue (信息资源目录), row by row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from rules.catalogue import BY_ID, FIELDS, LONGEST_FIELD, CatalogueField, options_named, plain
from rules.text import T, Text, joined, verbatim

Entry = Mapping[str, str]
Severity = Literal["error", "warning"]

_UNFIT: dict[str, frozenset[str]] = {"数据库": frozenset({"邮件"}), "流媒体": frozenset({"邮件"})}
"""Formats, and the ways of sharing that cannot carry them."""
_CODE_NUMBER = re.compile(r"[\d.]+$")
_PROJECT_ENDING = re.compile("(?:建设)?(?:项目|工程)$")
_EXCERPT = 20


class Problem(msgspec.Struct, frozen=True):
    """Something to mend (error) or to confirm (warning).

    Attributes:
        row: the number that the row was given with.
        field: the id of the field.
    """

    row: int
    field: str
    severity: Severity
    text: Text


Found = Iterator[tuple[str, Severity, Text]]


def check_catalogue(rows: Iterable[tuple[int, Entry]], *, project_name: str = "") -> tuple[Problem, ...]:
    """Return every problem of a catalogue, in the order of rows and fields.

    Args:
        rows: entries with their row numbers; field ids as keys, keys of options (or unknown words) as values.
        project_name: the name of the project (系统), which is not the name of a resource.
    """
    seen: dict[str, int] = {}
    system = _system(project_name)
    problems: list[Problem] = []
    for row, entry in rows:
        found = [*_name(entry, row, seen, system), *(each for check in _CHECKS for each in check(entry))]
        found.sort(key=lambda each: _ORDER[each[0]])
        problems += [Problem(row, field, severity, text) for field, severity, text in found]
    return tuple(problems)


def good_rows(rows: Iterable[tuple[int, Entry]], problems: Iterable[Problem]) -> tuple[Entry, ...]:
    """Return the entries without an error; a warning does not keep one out."""
    bad = {problem.row for problem in problems if problem.severity == "error"}
    return tuple(entry for row, entry in rows if row not in bad)


def _name(entry: Entry, row: int, seen: dict[str, int], system: str) -> Found:
    name = _words(entry, "name")
    key = plain(name)
    if not key:
        yield "name", "error", T("没有填名称，请写明这是什么数据。")
    elif system and _system(name) == system:
        yield (
            "name",
            "error",
            T("「{name}」是项目或系统的名称，请写里面的数据叫什么，例如「办件信息」。", name=_excerpt(name)),
        )
    elif seen.setdefault(key, row) != row:
        yield (
            "name",
            "error",
            T(
                "「{name}」和第 {row} 行重复（不算空格和标点），请合并或改名。",
                name=_excerpt(name),
                row=seen[key],
            ),
        )


def _lengths(entry: Entry) -> Found:
    for field in FIELDS:
        length = len(entry.get(field.id, ""))
        if length > LONGEST_FIELD:
            text = T("最多 {most} 个字，现在有 {length} 个，请精简。", most=LONGEST_FIELD, length=length)
            yield field.id, "error", text


def _codes(entry: Entry) -> Found:
    """Check the fields whose list is closed."""
    for field in FIELDS:
        known = [option.key for option in field.listed]
        came = _words(entry, field.id)
        if known and not field.suggestions and came and came not in known:
            yield field.id, "error", _not_listed(field, came)


def _suggestions(entry: Entry) -> Found:
    """Check the fields that take other words too: a number is a code that nobody can read, a word may be right."""
    for field in FIELDS:
        if not field.suggestions:
            continue
        for came, option in options_named(field, _words(entry, field.id)).items():
            if option is None and _CODE_NUMBER.match(came):
                yield field.id, "error", _not_listed(field, came)
            elif option is None:
                text = T(
                    "「{came}」不在编制指南的清单里，请确认；清单是：{choices}。",
                    came=_excerpt(came),
                    choices=_choices(field),
                )
                yield field.id, "warning", text


def _sharing(entry: Entry) -> Found:
    share = _words(entry, "share")
    if not share:
        yield (
            "share",
            "error",
            T("没有填共享类型，请从这些里选：{choices}。", choices=_choices(BY_ID["share"])),
        )
    if share == "conditional" and not _words(entry, "condition"):
        yield "condition", "error", T("有条件共享要写明条件，请补上，例如「仅用于办理本部门事项」。")


def _basis(entry: Entry) -> Found:
    """A resource is kept from sharing only on a basis (送审稿第十条; 政务数据共享条例第十五条)."""
    if _words(entry, "share") != "none":
        return
    if not _words(entry, "basis"):
        yield "basis", "error", T("不予共享要有依据，请写明法律、法规的名称和条款；没有依据就改为共享。")
    elif not _words(entry, "basis_kind"):
        choices = _choices(BY_ID["basis_kind"])
        yield "basis_kind", "error", T("没有填依据的种类，请从这些里选：{choices}。", choices=choices)
    if _words(entry, "basis_kind") == "policy":
        text = T(
            "《政务数据共享条例》第十五条只认法律、行政法规和国务院决定，不认政策文件；"
            "请换成这样的依据，或向市数据局确认。"
        )
        yield "basis_kind", "warning", text


def _fit(entry: Entry) -> Found:
    if _words(entry, "share") == "none":
        return
    methods = options_named(BY_ID["method"], _words(entry, "method"))
    ways = {method.key for method in methods.values() if method}
    if not ways or None in methods.values():
        return
    for option in options_named(BY_ID["format"], _words(entry, "format")).values():
        if option and ways <= _UNFIT.get(option.key, frozenset()):
            text = T(
                "「{format}」不能用「{method}」共享，请改用共享平台等方式，或核对格式。",
                format=option.key,
                method=joined([verbatim(method.key) for method in methods.values() if method]),
            )
            yield "method", "error", text


def _cycle(entry: Entry) -> Found:
    if not _words(entry, "update_cycle"):
        choices = _choices(BY_ID["update_cycle"])
        yield "update_cycle", "error", T("没有填更新周期，请从这些里选：{choices}。", choices=choices)


_CHECKS: tuple[Callable[[Entry], Found], ...] = (
    _lengths,
    _codes,
    _suggestions,
    _sharing,
    _basis,
    _fit,
    _cycle,
)
_ORDER = {field.id: position for position, field in enumerate(FIELDS)}


def _words(entry: Entry, field: str) -> str:
    """Return what a field holds, cut where it is too long anyway: a cell may hold a whole book."""
    return entry.get(field, "")[:LONGEST_FIELD].strip()


def _system(name: str) -> str:
    return _PROJECT_ENDING.sub("", plain(name))


def _not_listed(field: CatalogueField, came: str) -> Text:
    return T(
        "没有「{came}」这一项，请写名称而不写编号，从这些里选：{choices}。",
        came=_excerpt(came),
        choices=_choices(field),
    )


def _choices(field: CatalogueField) -> Text:
    """Return the code list as it must stand in the sheet, which is Chinese in every language."""
    return joined([verbatim(option.label.msgid) for option in field.listed])


def _excerpt(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _EXCERPT else line[:_EXCERPT] + "…"
