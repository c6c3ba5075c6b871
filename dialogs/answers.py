"""From what the user types to the facts of the question that is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs.display import value_text
from dialogs.parsing.amounts import parse_amount
from dialogs.parsing.choices import Option, match_many, match_one
from dialogs.parsing.dates import parse_date, parse_period
from dialogs.parsing.funds import parse_funds
from dialogs.parsing.months import parse_months
from dialogs.parsing.phones import parse_phone
from dialogs.parsing.result import Parsed, Reading, Rejected, Unclear
from dialogs.parsing.text import clean_text, normalise
from dialogs.parsing.words import words
from dialogs.parsing.yes_no import match_yes_no
from rules.facts import LONGEST_TEXT
from rules.text import T, verbatim

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialogs.view import View
    from rules.facts import Value
    from rules.pack import ChoiceOption, Question
    from rules.text import Translate

Facts = dict[str, "Value"]
Answer = Parsed[Facts] | Unclear[Facts] | Rejected
_SAME_AS_BEFORE = words("同上", "一样", "相同", "same", "ditto")
_YES_NO_LENGTH = 60


def read_answer(view: View, question: Question, typed: str, translate: Translate) -> Answer:
    """Read an answer to a question of the pack.

    Args:
        view: for the options that earlier answers leave, and amounts that 「全部市级」 refers to.
        question: the question that is open.
        typed: what the user typed.
        translate: the user's language, for the names of choices.

    Returns:
        the facts that the answer sets, several readings of them, or why it cannot be used.
    """
    if question.suggest and normalise(typed).lower() in _SAME_AS_BEFORE and question.suggest in view.facts:
        value = view.facts[question.suggest]
        return Parsed({question.id: value}, T("记为「{value}」。", value=verbatim(str(value))))
    return _READERS[question.type](view, question, typed, translate)


def answer_options(options: list[ChoiceOption], translate: Translate) -> list[Option]:
    """Return choices as the parser matches them: by the label in the user's language and by Chinese words."""
    return [
        Option(
            key=option.key,
            label=translate(option.label),
            synonyms=(option.label, *option.synonyms),
        )
        for option in options
    ]


def _yes_no(_view: View, question: Question, typed: str, _translate: Translate) -> Answer:
    return _as_facts(question, match_yes_no(typed, allow_unsure=question.unsure))


def _choice(view: View, question: Question, typed: str, translate: Translate) -> Answer:
    answer = _as_facts(question, match_one(typed, answer_options(view.offered(question), translate)))
    if isinstance(answer, Parsed):
        chosen = value_text(view.rules.facts[question.id], answer.value[question.id])
        return Parsed(answer.value, T("记为「{value}」。", value=chosen))
    return answer


def _set(view: View, question: Question, typed: str, translate: Translate) -> Answer:
    answer = _as_facts(question, match_many(typed, answer_options(view.offered(question), translate)))
    if isinstance(answer, Parsed) and answer.echo is None:
        chosen = value_text(view.rules.facts[question.id], answer.value[question.id])
        return Parsed(answer.value, T("记为：{chosen}。", chosen=chosen))
    return answer


def _amount(_view: View, question: Question, typed: str, _translate: Translate) -> Answer:
    return _as_facts(question, parse_amount(typed))


def _months(_view: View, question: Question, typed: str, _translate: Translate) -> Answer:
    return _as_facts(question, parse_months(typed))


def _date(view: View, question: Question, typed: str, _translate: Translate) -> Answer:
    return _as_facts(question, parse_date(typed, as_of=view.as_of, edge="start"), lambda day: day.isoformat())


def _text(_view: View, question: Question, typed: str, _translate: Translate) -> Answer:
    return _as_facts(question, clean_text(typed, max_length=question.max_length or LONGEST_TEXT))


def _phone(_view: View, question: Question, typed: str, _translate: Translate) -> Answer:
    return _as_facts(question, parse_phone(typed))


def _funds(view: View, _question: Question, typed: str, _translate: Translate) -> Answer:
    total = view.facts.get("total_investment")
    funds = parse_funds(typed, total=total if isinstance(total, int) else None)
    return _each(funds, lambda amounts: {**amounts})


def _period(view: View, question: Question, typed: str, _translate: Translate) -> Answer:
    start, end = (part.id for part in question.parts)
    period = parse_period(typed, as_of=view.as_of)
    if isinstance(period, Rejected) and question.or_months:
        months = parse_months(typed)
        if not isinstance(months, Rejected):
            return _each(months, lambda count: {question.or_months: count})
    return _each(period, lambda days: {start: days[0].isoformat(), end: days[1].isoformat()})


def _as_facts(
    question: Question,
    result: Parsed[Any] | Unclear[Any] | Rejected,
    keep: Callable[[Any], Value] = lambda value: value,
) -> Answer:
    return _each(result, lambda value: {question.id: keep(value)})


def _each(result: Parsed[Any] | Unclear[Any] | Rejected, facts: Callable[[Any], Facts]) -> Answer:
    match result:
        case Parsed(value=value, echo=echo):
            return Parsed(facts(value), echo)
        case Unclear(message=message, readings=readings, kind=kind):
            each = tuple(Reading(facts(reading.value), reading.label) for reading in readings)
            return Unclear(message, each, kind)
        case Rejected():
            return result


_READERS: dict[str, Callable[[View, Question, str, Translate], Answer]] = {
    "yes_no": _yes_no,
    "choice": _choice,
    "set": _set,
    "amount": _amount,
    "months": _months,
    "date": _date,
    "text": _text,
    "phone": _phone,
    "funds": _funds,
    "period": _period,
}
