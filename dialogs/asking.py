"""The question that is open now, as a message: the last one of every turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs import machine as states
from dialogs import quick_check
from dialogs.draft import ABOUT_EVENTS
from dialogs.messages import Ask, Choice
from dialogs.offers import refusal
from dialogs.review import counts_by_effect
from dialogs.tracking import position_text
from rules.catalogue import next_field
from rules.text import T, Text

if TYPE_CHECKING:
    from dialogs.turn import Turn
    from rules.pack import Question


def ask(turn: Turn) -> Ask:
    """Return the question that the draft stands at."""
    draft = turn.draft
    if draft.state == states.PAUSED:
        return _with_progress(turn, T("已暂停。要接着填，随便说一句就行。"))
    if draft.pending is not None:
        return _with_progress(
            turn,
            draft.pending.message,
            _pending_choices(turn),
            section=T("登记进展") if draft.pending.kind in ABOUT_EVENTS else None,
            skippable=draft.pending.kind == "amount",
        )
    question = turn.question
    if question is not None and draft.deciding:
        step = next(step for step in question.decide if step.id == draft.deciding)
        return _with_progress(turn, Text(step.text), _yes_no(unsure=False))
    if question is not None:
        return _question(turn, question)
    return _after_questions(turn)


def after_choices(state: str) -> tuple[Choice, ...]:
    """Return what can be done at the review, after the documents were made and later; each key is a command."""
    edit, pause = Choice("edit", T("修改答案")), Choice("pause", T("先存着，下次再说"))
    if state == states.TRACKING:
        return (
            Choice("register", T("登记进展")),
            Choice("deadlines", T("看期限")),
            Choice("generate", T("生成材料")),
            Choice("review", T("看答案")),
            Choice("pause", T("先到这里")),
        )
    if state == states.PACKAGE:
        return (edit, Choice("generate", T("重新生成")), Choice("pause", T("完成，先到这里")))
    return (Choice("generate", T("生成材料")), edit, Choice("missing", T("看还缺什么")), pause)


def _question(turn: Turn, question: Question) -> Ask:
    if question.type == "catalogue":
        return _catalogue(turn, question)
    text = Text(question.text)
    choices: tuple[Choice, ...] = ()
    if question.type == "yes_no":
        choices = _yes_no(unsure=question.unsure)
    elif question.options:
        choices = tuple(Choice(option.key, Text(option.label)) for option in turn.view.offered(question))
    return _with_progress(
        turn,
        text,
        choices,
        help_=Text(question.help) if question.help else None,
        many=question.type == "set",
        skippable=question.skippable,
        decidable=bool(question.decide),
    )


def _catalogue(turn: Turn, question: Question) -> Ask:
    entry = turn.draft.entry
    if not entry:
        entries = turn.view.facts.get(question.id, ())
        if isinstance(entries, tuple) and entries:
            text = T(
                "已登记 {count} 条。下一条叫什么名字？登记完了输入「完成」；「删除 2」删去第 2 条。",
                count=len(entries),
            )
            return _with_progress(turn, text, skippable=True)
        return _with_progress(turn, Text(question.text), skippable=question.skippable)
    field = next_field(entry)
    if field is None:  # complete entries are put away as soon as they are
        return _with_progress(turn, Text(question.text))
    text = T("「{name}」的{field}：{prompt}", name=entry["name"], field=field.label, prompt=field.prompt)
    choices = tuple(Choice(option.key, option.label) for option in field.options)
    if field.type == "yes_no":
        choices = _yes_no(unsure=False)
    return _with_progress(turn, text, choices, skippable=not field.required)


def _after_questions(turn: Turn) -> Ask:
    view = turn.view
    match turn.draft.state:
        case states.MATERIALS:
            choices = tuple(
                Choice(need.document.id, Text(need.document.title)) for need in view.askable_documents
            )
            text = T("下面这些材料，哪些已经备好了？（可多选；都没有填 0）")
            return _with_progress(turn, text, choices, section=T("材料核对"), many=True, skippable=True)
        case states.OUTCOME:
            return quick_check.ask_what_next()
        case states.REVIEW:
            text = T(
                "复核：{findings}，还有 {open} 题没答。接下来做什么？",
                findings=counts_by_effect(view),
                open=len(view.open),
            )
            return _with_progress(turn, text, after_choices(turn.draft.state), section=T("复核"))
        case states.PACKAGE:
            text = T("接下来做什么？改了答案可以再「生成」。")
            return _with_progress(turn, text, after_choices(turn.draft.state), section=T("复核"))
        case states.TRACKING:
            text = T("{position}接下来做什么？", position=position_text(view, turn.life))
            return _with_progress(turn, text, after_choices(turn.draft.state), section=T("进展"))
        case states.STOPPED if view.stop is None:
            text = T("不用再往下填了。答错了可以「返回」改答案，或「重来」。")
            return _with_progress(turn, text, section=T("适用范围"))
        case states.STOPPED:
            text = T("这里不再收集任何内容。确认不涉密后，可以「返回」重新回答。")
            return _with_progress(turn, text, section=T("适用范围"))
        case _:
            raise ValueError(turn.draft.state)


def _pending_choices(turn: Turn) -> tuple[Choice, ...]:
    pending = turn.draft.pending
    if pending is None:
        return ()
    choices = [Choice(str(number), offer.label) for number, offer in enumerate(pending.offers, start=1)]
    if pending.kind == "amount" and not pending.offers:
        return ()  # a bare number is the sum, and 跳过 passes it over
    return (*choices, Choice("no", refusal(pending.kind)))


def _yes_no(*, unsure: bool) -> tuple[Choice, ...]:
    both = (Choice("yes", T("是")), Choice("no", T("否")))
    return (*both, Choice("unsure", T("不清楚"))) if unsure else both


def _with_progress(
    turn: Turn,
    text: Text,
    choices: tuple[Choice, ...] = (),
    *,
    section: Text | None = None,
    help_: Text | None = None,
    many: bool = False,
    skippable: bool = False,
    decidable: bool = False,
) -> Ask:
    question = turn.question
    if turn.draft.quick is not None:
        section = quick_check.TITLE
    asked = [] if turn.view.is_over else turn.view.asked
    return Ask(
        text=text,
        section=section or _section(turn),
        question=question.id if question else turn.draft.state,
        help=help_,
        choices=choices,
        many=many,
        skippable=skippable,
        decidable=decidable,
        done=len(asked) - (len(turn.view.ahead) if asked else 0)
        if turn.draft.quick is None
        else max(len(turn.draft.quick) - 1, 0),
        total=len(asked) if turn.draft.quick is None else quick_check.MOST,
    )


def _section(turn: Turn) -> Text:
    question = turn.question
    for section in turn.rules.pack.sections:
        if question is not None and question in section.questions:
            return Text(section.title)
    return T("进展") if turn.is_under_way else T("复核")
