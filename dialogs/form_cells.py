"""One cell of a filled form as facts: what was understood, what must be asked, what is wrong. Nothing is guessed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import msgspec

from dialogs.display import answer_text
from dialogs.parsing import form_words
from dialogs.parsing.amounts import parse_amount
from dialogs.parsing.checkboxes import read_boxes
from dialogs.parsing.dates import Edge, parse_date
from dialogs.parsing.phones import parse_phone
from dialogs.parsing.result import Parsed, Rejected, Unclear
from dialogs.parsing.text import clean_text, excerpt, normalise
from rules.amounts import format_wan
from rules.facts import LONGEST_TEXT, Value
from rules.text import T, Text, joined, verbatim

if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from rules.facts import Fact
    from rules.pack import Question
    from rules.ruleset import RuleSet

Status = Literal["accepted", "confirm", "wrong", "blank"]
LONGEST_LINE = 300
"""Up to this length an answer is a name or an address, written on one line."""
_YUAN = re.compile(r"(?<![万亿])(?:元|圆|块)")
_OWN_UNIT = re.compile(r"[元圆块万亿]|(?<=[\d ])w", re.IGNORECASE)
_PIECES = re.compile(r"[()/、,;:·\s\-—]+")
_NEGATED = re.compile("[非不未]")
_SUFFIX = re.compile("(?:建设)?项目$")


class CellReading(msgspec.Struct, frozen=True):
    """What came of the words in a cell.

    Attributes:
        status: ``accepted``: its facts are kept; ``confirm``: a question must be answered first; ``wrong``: the
            words cannot be its value; ``blank``.
        note: how it was understood, or what is wrong, or what to ask.
        facts: what it says; empty unless accepted.
        is_mended: understood, but it must be written otherwise on the form (元 in a cell of 万元).
        is_settled: blank on purpose (无), so that nothing is to be asked.
    """

    status: Status
    note: Text | None = None
    facts: dict[str, Value] = {}
    is_mended: bool = False
    is_settled: bool = False


BLANK = CellReading("blank")


def read_text(fact: Fact, text: str) -> CellReading:
    """Read free text: names on one line, longer texts with their lines."""
    question = fact.question
    most = question.max_length or LONGEST_TEXT
    words = form_words.without_lines(text)
    if most <= LONGEST_LINE:
        words = form_words.one_line(form_words.without_seal(words))
    if not words:
        return BLANK
    if question.optional and form_words.says_nothing(words):
        return CellReading(
            "blank", T("写的是「{typed}」，按没有处理。", typed=excerpt(words)), is_settled=True
        )
    if form_words.is_filler(words):
        return CellReading("wrong", T("「{typed}」不是这一栏的内容，请填写。", typed=excerpt(words)))
    read = clean_text(words, max_length=most)
    if isinstance(read, Rejected):
        return CellReading("wrong", read.message)
    if form_words.has_holes(words):
        return CellReading("confirm", T("「{typed}」里好像还有没填完的地方，请核对。", typed=excerpt(words)))
    return CellReading("accepted", facts={fact.id: read.value})


def read_phone(text: str) -> CellReading:
    """Read a telephone number; one among other words is asked about."""
    words = form_words.without_lines(text)
    if not words:
        return BLANK
    read = parse_phone(form_words.one_line(words))
    if isinstance(read, Parsed):
        return CellReading("accepted", read.echo, {"phone": read.value})
    inside = [part for each in form_words.phones_in(words) if isinstance(part := parse_phone(each), Parsed)]
    if inside:
        numbers = joined([verbatim(part.value) for part in inside])
        return CellReading("confirm", T("除了电话还写了别的；电话是 {numbers} 吗？", numbers=numbers))
    return CellReading("wrong", read.message)


def read_amount(fact: Fact, text: str, label: str) -> CellReading:
    """Read an amount; the label may name another unit than 万元."""
    words = form_words.one_line(form_words.without_lines(text))
    if not words:
        return BLANK
    if form_words.says_nothing(words):
        return CellReading("confirm", T("写的是「{typed}」；没有就写 0，有就写数。", typed=excerpt(words)))
    if form_words.is_filler(words):
        return CellReading("wrong", T("「{typed}」不是金额，请填以万元为单位的数字。", typed=excerpt(words)))
    plain = normalise(words)
    if not _OWN_UNIT.search(plain):
        plain += form_words.foreign_unit(label)
    read = parse_amount(plain)
    if isinstance(read, Rejected) and (shorter := form_words.without_brackets(plain)) not in (plain, ""):
        inside = parse_amount(shorter)
        if isinstance(inside, Parsed):
            wan = format_wan(inside.value)
            return CellReading("confirm", T("除了金额还写了别的；金额是 {wan} 万元吗？", wan=wan))
    match read:
        case Parsed(value=fen, echo=echo):
            facts: dict[str, Value] = {fact.id: fen}
            if not _YUAN.search(plain):
                return CellReading("accepted", None if plain == format_wan(fen) else echo, facts)
            note = T("写的是元，按 {wan} 万元记；表上以万元为单位，请改写。", wan=format_wan(fen))
            return CellReading("accepted", note, facts, is_mended=True)
        case Unclear():
            return CellReading("confirm", _choices(read))
        case Rejected(message=message):
            return CellReading("wrong", message)


def read_date(fact: Fact, text: str, *, as_of: date, edge: Edge) -> CellReading:
    """Read a day; one that does not say the year is asked about."""
    words = form_words.one_line(form_words.without_lines(text))
    if not words:
        return BLANK
    if form_words.is_filler(words) or not form_words.may_be_date(words):
        return CellReading("wrong", T("「{typed}」不是日期，请写年月日。", typed=excerpt(words)))
    read = parse_date(words, as_of=as_of, edge=edge)
    if isinstance(read, Rejected):
        shorter = form_words.without_brackets(words)
        again = parse_date(shorter, as_of=as_of, edge=edge) if shorter else read
        read = again if isinstance(again, Parsed) else read
    match read:
        case Parsed(value=day, echo=echo):
            if not form_words.names_year(words):
                return CellReading("confirm", T("「{typed}」没有写是哪一年，请写全。", typed=excerpt(words)))
            return CellReading("accepted", echo, {fact.id: day.isoformat()})
        case Unclear():
            return CellReading("confirm", _choices(read))
        case Rejected(message=message):
            return CellReading("wrong", message)


def read_category(rules: RuleSet, text: str) -> CellReading:
    """Read 项目类别: the category, the nature, or both, where the words say so (工程类（改建）, ☑货物类)."""
    words = form_words.without_lines(text)
    if not words:
        return BLANK
    boxes = read_boxes(words)
    if boxes is not None:
        words = "、".join(name for name, is_ticked in boxes if is_ticked)
        if not words:
            return CellReading("wrong", T("一个方框也没有勾，请勾选一项。"))
    questions = [rules.questions["category"], rules.questions["nature"]]
    found, rest = _named_options(normalise(words), questions)
    several = [question for question in questions if len(found[question.id]) > 1]
    if several:
        label = Text(several[0].label)
        return CellReading("wrong", T("{label}写了不止一种，请只留一种。", label=label))
    facts: dict[str, Value] = {name: keys[0] for name, keys in found.items() if keys}
    if not facts or _NEGATED.search(rest):
        return CellReading(
            "confirm",
            T("「{typed}」没有写明是工程类、货物类还是服务类，也没有写明新建、改建等。", typed=excerpt(text)),
        )
    said = [
        T(
            "{label}：{value}",
            label=Text(question.label),
            value=answer_text(rules, question, facts) if question.id in facts else T("没有写"),
        )
        for question in questions
    ]
    return CellReading("accepted", joined(said, T("；")), facts)


def _named_options(text: str, questions: list[Question]) -> tuple[dict[str, list[str]], str]:
    """Return the options that a text names by their labels, or by a word of its own, and what is left of it."""
    found: dict[str, list[str]] = {question.id: [] for question in questions}
    labels = {
        name: (question.id, option.key)
        for question in questions
        for option in question.options
        for name in (normalise(option.label), form_words.without_brackets(option.label))
    }
    for name in sorted(labels, key=len, reverse=True):
        if name in text:
            question, key = labels[name]
            found[question].append(key)
            text = text.replace(name, " ")
    for piece in filter(None, (_SUFFIX.sub("", piece) for piece in _PIECES.split(text))):
        for question in questions:
            for option in question.options:
                if piece in option.synonyms and not found[question.id]:
                    found[question.id].append(option.key)
                    text = text.replace(piece, " ")
    return found, text


def _choices(read: Unclear[Any]) -> Text:
    readings = joined([reading.label for reading in read.readings], T("；"))
    return T("{question}（{readings}）", question=read.message, readings=readings)
