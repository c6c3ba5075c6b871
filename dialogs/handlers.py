"""What each command of the dialogue does. ``HANDLERS`` maps the command's name to its function."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialogs import catalogue, event_commands, quick_check
from dialogs import machine as states
from dialogs import review as overview
from dialogs.display import answer_text
from dialogs.draft import Draft, Offer, Pending
from dialogs.explain import why
from dialogs.messages import Leave, Produce, SetLanguage
from dialogs.parsing.choices import Option, match_one
from dialogs.parsing.result import Parsed, Rejected, Unclear
from dialogs.parsing.text import normalise
from dialogs.parsing.words import words
from dialogs.registering import pass_over_amount
from dialogs.submission import may_edit
from dialogs.view import mark_drafted
from rules.text import T, Text, joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialogs.turn import Turn
    from rules.pack import Question

_NEW_VALUE = re.compile(r"改为|改成|＝|=")
LANGUAGES_KNOWN = T("可用的语言：「语言 中文」、「语言 English」。")
_LANGUAGES = {
    "en": words("en", "english", "英文", "英语"),
    "zh": words("zh", "中文", "汉语", "chinese", "zh_cn", "zh-cn"),
}


def back(turn: Turn, _argument: str) -> None:
    """返回: drop the bot's own question, leave an edit, or go to the question before."""
    draft = turn.draft
    if draft.pending is not None or draft.deciding:
        draft.pending = draft.pending.held if draft.pending else None
        draft.deciding = ""
        return
    if draft.entry:
        catalogue.back(turn)
        return
    if draft.quick is not None and draft.editing:
        _back_in_check(turn, draft.quick)
        return
    if draft.editing:
        turn.leave_question("back")
        return
    if draft.state == states.STOPPED and turn.view.stop is None:
        _edit_question(
            turn, [question for question in turn.view.asked if turn.view.is_answered(question)][-1]
        )
        return
    if draft.state == states.TRACKING:
        turn.say(T("这里没有上一题；要改答案说「修改」加题目名，要改登记说「撤销登记」。"), "notice")
        return
    before = draft.state
    if turn.go("back"):
        while turn.go("retreat"):
            pass
    if draft.state == before:
        turn.say(T("已经是第一题了。"), "notice")


def skip(turn: Turn, _argument: str) -> None:
    """跳过: pass over the open question; it stays on the list of what is missing."""
    draft, question = turn.draft, turn.question
    if draft.pending is not None and draft.pending.kind == "amount":
        pass_over_amount(turn, draft.pending)
        return
    if draft.pending is not None:
        turn.say(T("请先回答上面这一句，或者说「返回」。"), "error")
        return
    if draft.state == states.MATERIALS:
        draft.materials_checked = True
        turn.leave_question("skip")
        return
    if question is None:
        turn.say(T("这里没有可以跳过的问题。"), "error")
        return
    if draft.entry:
        catalogue.skip_field(turn)
        return
    if not question.skippable:
        turn.say(T("这一题不能跳过：后面问什么、要交什么都由它决定。可以说「为什么」看原因。"), "error")
        return
    if not turn.view.is_answered(question) and question.id not in draft.skipped:
        draft.skipped.append(question.id)
        turn.touched()
        label = Text(question.label)
        if question.optional:
            turn.say(T("「{label}」留空。", label=label), "echo")
        else:
            turn.say(T("先跳过「{label}」，清单里会留着；想起来了说「修改 {label}」。", label=label), "echo")
    turn.leave_question("skip")
    turn.announce()


def skip_section(turn: Turn, _argument: str) -> None:
    """跳过本节: pass over every open question of this section that may be skipped."""
    question = turn.question
    section = next((section for section in turn.rules.pack.sections if question in section.questions), None)
    if section is None or turn.draft.pending is not None or turn.draft.entry:
        turn.say(T("这里没有可以跳过的问题。"), "error")
        return
    passed = [other for other in section.questions if other.skippable and not turn.view.is_settled(other)]
    if not passed:
        turn.say(T("这一部分没有可以跳过的问题。"), "error")
        return
    turn.draft.skipped += [other.id for other in passed]
    turn.touched()
    labels = joined([Text(other.label) for other in passed])
    turn.say(
        T("跳过了 {count} 题：{labels}。以后可以「修改」补上。", count=len(passed), labels=labels), "echo"
    )
    turn.leave_question("skip")
    turn.announce()


def explain(turn: Turn, _argument: str) -> None:
    """为什么: the reason for the open question and the articles behind it."""
    question = turn.question
    if question is None:
        turn.say(T("这一步是核对，没有单独的条文。想看某一题的原因，先说「修改」加那一题的名字。"))
        return
    turn.tell(why(turn.rules, question))


def progress(turn: Turn, _argument: str) -> None:
    """进度: how far the conversation is, or once the questions are behind us, how far the project is."""
    if turn.draft.submitted or turn.draft.state == states.TRACKING:
        event_commands.status(turn, _argument)
        return
    turn.tell(overview.progress(turn.view))


def edit(turn: Turn, argument: str) -> None:
    """修改: change any earlier answer; ``argument`` names it, and may carry the new answer (总投资 改为 700万)."""
    if turn.view.stop is not None:
        turn.say(T("现在不能修改：先说「返回」，确认不涉密。"), "error")
        return
    target, value = _split_new_value(argument)
    if not target:
        _offer_answers(turn)
        return
    found = match_one(target, _editable(turn))
    match found:
        case Parsed(value=name):
            edit_question(turn, name)
            turn.follow_up = value
        case Unclear(readings=readings):
            offers = tuple(Offer(reading.label, question=reading.value) for reading in readings)
            turn.draft.pending = Pending("which", T("要修改哪一个？"), offers=offers, follow_up=value)
        case Rejected() if _is_text(turn):
            turn.follow_up = turn.typed  # 修改完善了方案: an answer that begins like the command
        case Rejected():
            turn.say(T("没有找到「{target}」这一项，说「修改」可以看全部。", target=target[:40]), "error")


def review(turn: Turn, _argument: str) -> None:
    """复核: all answers, the outcome and what is missing."""
    turn.drop_open_question()
    if turn.view.is_over:
        turn.tell(overview.verdict_summary(turn.view))
        return
    turn.go("submit" if turn.draft.submitted else "review")
    turn.tell(overview.full_review(turn.view))


def missing(turn: Turn, _argument: str) -> None:
    """清单: the documents wanted, open questions and problems, at any time."""
    turn.tell(overview.stop_messages(turn.view) if turn.view.is_over else overview.missing(turn.view))


def pause(turn: Turn, _argument: str) -> None:
    """暂停: leave; everything said so far is kept."""
    turn.go("pause")
    turn.out.append(Leave())


def restart(turn: Turn, _argument: str) -> None:
    """重来: clear all answers of this project, after asking."""
    if turn.draft.submitted:
        turn.say(T("这个项目已经提交，要重来请先收回提交。"), "error")
        return
    offer = Offer(T("确定，全部清除"))
    turn.draft.pending = Pending("restart", T("要清除这个项目的全部答案，从头开始吗？"), offers=(offer,))


def help_(turn: Turn, _argument: str) -> None:
    """帮助: what can be said at any time."""
    turn.say(
        T(
            "一次答一题：打编号、名称或几个关键字都行。随时可以说：返回、跳过、跳过本节、为什么、进度、清单（还缺什么）、登记（加发生的事）、撤销登记、进展、期限、修改（加题目名）、复核、生成、帮我选、上传（加材料名和文件）、文件、撤回、目录模板、项目、新项目、暂停、重来、语言。"
        )
    )


def decide(turn: Turn, _argument: str) -> None:
    """帮我选: three plain questions that lead to a suggestion."""
    question = turn.question
    if question is None or not question.decide:
        turn.say(T("这一题没有「帮我选」；可以说「为什么」看说明，或「跳过」。"), "error")
        return
    turn.draft.pending = None
    turn.draft.deciding = question.decide[0].id


def generate(turn: Turn, _argument: str) -> None:
    """生成: make the documents from the answers as they are."""
    if turn.view.is_over:
        turn.say(T("按现在的答案不用申报，没有材料可以生成。"), "error")
        return
    turn.drop_open_question()
    mark_drafted(turn.view)
    turn.touched()
    turn.go("submit" if turn.draft.submitted else "review")
    turn.go("package")
    turn.out.append(Produce())


def language(turn: Turn, argument: str) -> None:
    """语言: speak another language from the next message on."""
    wanted = named_language(argument)
    if wanted:
        turn.out.append(SetLanguage(wanted))
    else:
        turn.say(LANGUAGES_KNOWN)


def named_language(argument: str) -> str | None:
    """Return the code of the language that the words name, or None."""
    wanted = normalise(argument).lower()
    known = (code for code, names in _LANGUAGES.items() if not names.isdisjoint([wanted, *wanted.split()]))
    return next(known, None)


def quick(turn: Turn, _argument: str) -> None:
    """我要交什么: a few questions, and then what must be handed in."""
    if turn.view.is_over:
        turn.tell(overview.stop_messages(turn.view))
        return
    if turn.draft.submitted:
        turn.tell(overview.missing(turn.view))
        return
    turn.drop_open_question()
    turn.draft.quick = []
    turn.touched()
    turn.say(T("最多问您 {most} 题，就能大致知道要交什么、走什么流程。", most=quick_check.MOST))
    turn.move_on()
    if turn.draft.state == states.OUTCOME:
        turn.tell(quick_check.outcome(turn.view))


def declare(turn: Turn, _argument: str) -> None:
    """开始申报: go from the quick check to the declaration; what was answered is kept."""
    if turn.draft.quick is None:
        turn.say(T("已经在填申报了，接着答就行。"), "notice")
        return
    turn.drop_open_question()
    turn.say(T("好，刚才的回答都保留，接着填申报。"), "done")
    turn.go("conclude")
    turn.go("declare")
    turn.walk()


def resume(turn: Turn, _argument: str) -> None:
    """继续: nothing to do, the open question is put anyway."""


HANDLERS: dict[str, Callable[[Turn, str], None]] = {
    "back": back,
    "skip": skip,
    "skip_section": skip_section,
    "why": explain,
    "progress": progress,
    "edit": edit,
    "review": review,
    "missing": missing,
    "pause": pause,
    "restart": restart,
    "help": help_,
    "decide": decide,
    "generate": generate,
    "language": language,
    "quick": quick,
    "declare": declare,
    "resume": resume,
    "register": event_commands.register,
    "unregister": event_commands.unregister,
    "status": event_commands.status,
    "deadlines": event_commands.deadlines,
}


def edit_question(turn: Turn, name: str) -> None:
    """Open an answered question again; ``materials`` opens the check of documents."""
    draft = turn.draft
    draft.pending = draft.entry = None
    draft.deciding = ""
    if draft.submitted and (name == states.MATERIALS or not may_edit(turn.rules, turn.rules.questions[name])):
        turn.say(T("这个项目已经提交，这一项不能再改；要改请先收回提交。"), "error")
        return
    if name == states.MATERIALS:
        draft.materials_checked = False
        turn.go("edit")
        turn.leave_question()
        return
    _edit_question(turn, turn.rules.questions[name])


def clear(turn: Turn) -> None:
    """Begin again with nothing."""
    turn.go("restart")
    turn.draft = Draft(state=turn.draft.state)
    turn.touched()
    turn.say(T("已清除，从头开始。"), "done")


def _edit_question(turn: Turn, question: Question) -> None:
    turn.go("edit")
    turn.draft.editing = question.id
    if any(part.id in turn.view.facts for part in question.parts):
        now = answer_text(turn.rules, question, turn.view.facts)
        turn.say(T("现在的答案：{answer}", answer=now), "echo")


def _editable(turn: Turn) -> list[Option]:
    view = turn.view
    options = [
        Option(
            key=question.id,
            label=turn.translate(question.label),
            synonyms=(question.label, *(word for part in question.parts for word in (part.label, part.id))),
        )
        for question in turn.rules.questions.values()
        if view.puts(question) or (question.on_request and view.is_asked(question))
    ]
    if view.askable_documents:
        options.append(
            Option(
                key=states.MATERIALS,
                label=T("材料核对").render(turn.translate),
                synonyms=tuple(words("材料")),
            )
        )
    return options


def _offer_answers(turn: Turn) -> None:
    view = turn.view
    answered = [q for q in turn.rules.questions.values() if any(part.id in view.facts for part in q.parts)]
    if not answered:
        turn.say(T("还没有可以修改的答案。"), "error")
        return
    offers = tuple(
        Offer(
            T(
                "{label}：{answer}",
                label=Text(question.label),
                answer=answer_text(turn.rules, question, view.facts),
            ),
            question=question.id,
        )
        for question in answered
    )
    turn.draft.pending = Pending(
        "which", T("要修改哪一个？（打编号或名称；跳过的题直接说「修改」加题目名）"), offers=offers
    )


def _split_new_value(argument: str) -> tuple[str, str]:
    target, _, value = _NEW_VALUE.sub("=", argument, count=1).partition("=")
    return target.strip(), value.strip()


def _back_in_check(turn: Turn, asked: list[str]) -> None:
    """Put the question before again; its answer stays until it is answered anew."""
    if turn.draft.editing in asked:
        asked.remove(turn.draft.editing)
    if not asked:
        turn.say(T("已经是第一题了。"), "notice")
        turn.move_on()
        return
    turn.go("edit")
    turn.draft.editing = asked[-1]


def _is_text(turn: Turn) -> bool:
    return turn.question is not None and turn.question.type == "text" and turn.draft.pending is None
