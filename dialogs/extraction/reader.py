"""Read a description: every reader of facts over one text, then settle what they found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from dialogs.extraction.amounts import read_amounts
from dialogs.extraction.candidates import Candidate, Extraction, Notes, extraction
from dialogs.extraction.labelled import read_labelled
from dialogs.extraction.names import read_names
from dialogs.extraction.natures import read_natures
from dialogs.extraction.periods import read_periods
from dialogs.extraction.retractions import with_retractions
from dialogs.extraction.security import read_security, read_sets
from dialogs.extraction.source import read_source
from dialogs.extraction.statements import read_statements
from dialogs.extraction.ticked import only_ticked
from dialogs.extraction.units import read_units
from dialogs.parsing.text import normalise
from rules.text import T, Text

if TYPE_CHECKING:
    from datetime import date

    from rules.ruleset import RuleSet

LONGEST_DESCRIPTION = 20_000
"""Characters; a description of one project is a page or two."""
SECRECY = "classified"

_FORWARDED = re.compile(
    r"\n[-=_ ]*(?:原始邮件|转发的?邮件|original message|以下是转发|被转发邮件)[^\n]*", re.IGNORECASE
)
_QUOTED_LINE = re.compile(
    r"(?:^|\n)(?:>|(?:发件人|收件人|抄送|发送时间|主题|from|to|cc|subject|date|sent)[:：])[^\n]*",
    re.IGNORECASE,
)
_SEVERAL_PROJECTS = re.compile(
    "(?:[两二三四五几]|[2-9]|多)个(?:信息化)?(?:项目|平台|系统)(?!的?数据)|另(?:外)?(?:一|还有一)个项目|第[二三四]个项目|项目[二三四2-4b][:：]|"
    "两套系统|[a甲]项目[^。\n]*[b乙]项目|一个项目还是|几个项目|分别(?:是|为)[^。]{0,20}项目和"
)
_EXAMPLE = re.compile("(?:^|\n)[(\\[【]?(?:填写|填报)?(?:示例|样例|范例|模板|样表|例子)[)\\]】:：\n]")
_READERS = (
    read_units,
    read_natures,
    read_amounts,
    read_periods,
    read_statements,
    read_security,
    read_sets,
    read_names,
)
_OF_THE_UNIT = frozenset({"unit_level", "unit_kind", "unit_name", "applicant_unit", "phone", "project_lead"})


class TooLongError(ValueError):
    """A description that is too long to be one; ``text`` says so."""

    def __init__(self, text: Text) -> None:
        """Keep the sentence for the user."""
        super().__init__(text.render())
        self.text = text


def extract(rules: RuleSet, text: str, as_of: date) -> Extraction:
    """Return what a description truly says, each fact with its words, and what it leaves open.

    Of a project that is said to be classified nothing else is returned (4).

    Args:
        rules: the pack, whose facts, labels and places count.
        text: free text: a sentence, an e-mail, a table pasted from a spreadsheet.
        as_of: today, for 明年 and 本年度.

    Raises:
        TooLongError: longer than ``LONGEST_DESCRIPTION``.
    """
    if len(text) > LONGEST_DESCRIPTION:
        raise TooLongError(
            T(
                "这段文字有 {length} 字，最多读 {most} 字，请只留下说这个项目的部分。",
                length=len(text),
                most=LONGEST_DESCRIPTION,
            )
        )
    source = read_source(text)
    labelled = Notes(rules, source, only_ticked(_without_others(source.text)), as_of)
    rest = read_labelled(labelled)
    notes = Notes(rules, source, rest, as_of)
    for mention in labelled.candidates:
        notes.candidates.append(mention)
    for read in _READERS:
        read(notes)
    candidates = with_retractions(notes)
    if _SEVERAL_PROJECTS.search(notes.text):
        candidates = [_open(mention) for mention in candidates]
    if _EXAMPLE.search(labelled.text):
        candidates = [msgspec.structs.replace(mention, value=None, is_weak=False) for mention in candidates]
    found = extraction(notes, candidates)
    if found.facts.get(SECRECY) is True:
        return Extraction({SECRECY: True}, {SECRECY: found.spans[SECRECY]})
    return found


def _without_others(text: str) -> str:
    """Blank out what others wrote: quoted lines, heads of e-mails, the message that was answered."""
    forwarded = _FORWARDED.search(text)
    if forwarded and len(normalise(text[: forwarded.start()])) > 20:  # noqa: PLR2004 - an answer above it
        text = text[: forwarded.start()] + "\0" * (len(text) - forwarded.start())
    return _QUOTED_LINE.sub(lambda found: "\0" * len(found[0]), text)


def _open(mention: Candidate) -> Candidate:
    if mention.fact in _OF_THE_UNIT or mention.value is None:
        return mention
    return msgspec.structs.replace(mention, value=None, reason="several", is_weak=False)
