"""Yes/no facts: which words say yes, which say no, and which only mention the matter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialogs.extraction.negation import negated_after, negated_before
from dialogs.extraction.phrasing import APPS, Statement, app_statement
from dialogs.extraction.wordings import STATEMENTS

if TYPE_CHECKING:
    from dialogs.extraction.candidates import Notes

_PARTIAL = re.compile(
    "除了?[^\n，,。;；]{0,14}(?:外|以外|之外)|部分|个别|少数|大多|仅(?:限)?|例外|只(?!要)|但(?:是)?[^\n，,。;；]{0,12}[不没未除]|主要|核心|其[他它余]|一半|有些|有的"
)
_TURN = re.compile(
    "[，,]但(?:是)?[^\n，,。;；]{0,6}(?:等保|密评|备案|目录|可研|涉密|预算|资金|总投资|上级|大数据|国产|宁政通|我的宁夏)[^\n，,。;；]*"
)
_TURN_HERE = re.compile("^但是?")
_NOT_ALL_DOMESTIC = re.compile("但|不过|然而|oracle|进口|国外")
_OF_PROJECTS = re.compile("在建|建设|验收|完成|项目")
_AS_CONDITION = re.compile("了?(?:[之以]?[前后]|时|的(?:项目|前提|情况下|基础上|不))")
_ELSEWHERE = re.compile(
    "(?:政务云|云平台|机房|旧|老|原|一期|上级|厅里|合作|供应|承建|开发)[^\n，,。;；]{0,3}$"
)


def read_statements(notes: Notes) -> None:
    """Note every yes/no fact that the text speaks of."""
    statements = [
        *STATEMENTS,
        *(app_statement(notes.rules.facts[fact]) for fact in APPS if fact in notes.rules.facts),
    ]
    for statement in statements:
        _read(notes, statement)


def _read(notes: Notes, statement: Statement) -> None:
    text = notes.text
    taken: list[tuple[int, int]] = []
    for value, pattern in ((False, statement.no), (True, statement.yes)):
        for found in pattern.finditer(text):
            if _overlaps(taken, found):
                continue
            taken.append(found.span())
            if _is_doubtful(notes, statement, found):
                notes.doubt(statement.fact, *found.span(), "unclear")
            elif _is_partial(notes, statement, found) or (
                statement.fact == "prefers_domestic"
                and _NOT_ALL_DOMESTIC.search(notes.text[found.end() : found.end() + 30])
            ):
                notes.doubt(statement.fact, *found.span(), "partial")
            else:
                notes.say(statement.fact, value, *found.span(), of_others=statement.is_of_others)
    for found in statement.topic.finditer(text):
        if not _overlaps(taken, found):
            notes.doubt(statement.fact, *found.span(), "unclear", is_weak=not statement.is_strict)


def _is_doubtful(notes: Notes, statement: Statement, found: re.Match[str]) -> bool:
    before = notes.text[max(0, found.start() - 6) : found.start()]
    return (
        negated_before(notes.text, found.start())
        or negated_after(notes.text, found.end())
        or (statement.fact == "similar_unaccepted" and not _OF_PROJECTS.search(found[0]))
        or _AS_CONDITION.match(notes.text[found.end() : found.end() + 6]) is not None
        or (not statement.is_strict and _ELSEWHERE.search(before) is not None)
    )


def _is_partial(notes: Notes, statement: Statement, found: re.Match[str]) -> bool:
    clause = notes.clauses.at(found.start())
    sentence = notes.clauses.sentence(clause.sentence)
    near = notes.text[clause.start : min(sentence[-1].end, found.end() + 30)]
    # 不涉密，但等保还没备案 turns to another matter
    near = _TURN_HERE.sub("", near)
    near = _TURN.sub(lambda turn: turn[0] if statement.topic.search(turn[0]) else "，", near)
    return _PARTIAL.search(near) is not None


def _overlaps(taken: list[tuple[int, int]], found: re.Match[str]) -> bool:
    return any(found.start() < end and start < found.end() for start, end in taken)
