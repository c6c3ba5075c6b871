"""One step of the conversation: draft and input in, new draft and messages out. Pure."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from dialogs.again import ask_again
from dialogs.answering import answer
from dialogs.asides import is_aside
from dialogs.asking import ask
from dialogs.commands import read_command
from dialogs.draft import Draft
from dialogs.handlers import HANDLERS
from dialogs.keeping import settle
from dialogs.law.answer import Advisor
from dialogs.lifecycle import build_life
from dialogs.machine import build_machine
from dialogs.registering import offer_report, take_report
from dialogs.tracking import status_messages
from dialogs.turn import Turn
from dialogs.view import View, mark_drafted
from rules.text import T, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from dialogs.messages import Outgoing
    from rules.facts import Value
    from rules.ruleset import RuleSet
    from rules.text import Translate

_LONGEST_INPUT = 20_000


class StepResult(NamedTuple):
    """What follows from the draft after a step, and what to say; the draft that went in is unchanged."""

    view: View
    outgoing: tuple[Outgoing, ...]

    @property
    def draft(self) -> Draft:
        """The draft after the step."""
        return self.view.draft


class Dialogue:
    """The conversation of one pack edition; holds no state of any project.

    What is made of a stored draft may be kept: where the ``view`` of the step before is given in place of its draft,
    nothing of it is worked out again.
    """

    def __init__(self, rules: RuleSet) -> None:
        """Build the state machines of ``rules``: of the conversation, and of what comes after submission."""
        self.rules = rules
        self.machine = build_machine(rules)
        self.life = build_life(rules)
        self._advisor = cache(lambda: Advisor(rules))

    def begin(self, *, as_of: date, translate: Translate = str) -> StepResult:
        """Return a new draft and the first question."""
        turn = self._turn(Draft(state=next(iter(self.rules.questions))), as_of, translate)
        head = self.rules.pack.head
        turn.say(
            T(
                "您好，我帮您按《{title}》（{status}）准备申报材料。一次只问一题，随时可以说「返回」「为什么」「修改」「暂停」；答过的都会保存。",
                title=Text(head.title),
                status=Text(head.status),
            )
        )
        return self._finish(turn)

    def resume(self, draft: Draft | View, *, as_of: date, translate: Translate = str) -> StepResult:
        """Return the open question of a stored draft, walking on to where its answers lead."""
        turn = self._turn(draft, as_of, translate)
        turn.wake()
        return self._finish(turn)

    def submit(self, draft: Draft | View, *, as_of: date, translate: Translate = str) -> StepResult:
        """Note that the declaration was handed in, with the papers that are made from the answers."""
        turn = self._turn(draft, as_of, translate)
        if not turn.draft.submitted:
            mark_drafted(turn.view)
            turn.drop_open_question()
            turn.draft.submitted = True
            turn.touched()
            turn.go("submit")
            turn.say(T("申报已提交。以后有了进展，随时说一句就行，例如「5月31日收到中标通知书」。"), "done")
            turn.tell(status_messages(turn.view, turn.life))
        return self._finish(turn)

    def recall(self, draft: Draft | View, *, as_of: date, translate: Translate = str) -> StepResult:
        """Note that the submission was taken back: answers may be changed again."""
        turn = self._turn(draft, as_of, translate)
        if turn.draft.submitted:
            turn.drop_open_question()
            turn.draft.submitted = False
            turn.touched()
            turn.go("recall")
            turn.say(T("提交已收回，答案和材料又可以改了；登记过的进展都还在。"), "done")
        return self._finish(turn)

    def put(
        self,
        draft: Draft | View,
        facts: dict[str, Value],
        *,
        cleared: Sequence[str] = (),
        documents: Mapping[str, bool] = MappingProxyType({}),
        as_of: date,
        translate: Translate = str,
    ) -> StepResult:
        """Keep answers that came all at once, show what they bring, and put the question that is open then.

        Args:
            draft: the stored draft, or the view of it; it is not changed.
            facts: the answers of a file or a form, by fact id.
            cleared: questions whose answers are taken back; they count as passed over.
            documents: whether each is ready, by document id.
            as_of: today.
            translate: the user's language.
        """
        turn = self._turn(draft, as_of, translate)
        for name in cleared:
            turn.clear(self.rules.questions[name])
        for name, value in facts.items():
            turn.keep(self.rules.facts[name].question, {name: value})
        for name, is_ready in documents.items():
            turn.draft.documents[name] = "provided" if is_ready else "missing"
        turn.touched()
        entry = turn.draft.entry
        turn.go("edit")  # from wherever the conversation stands, by way of the first question
        turn.leave_question()
        if entry and not turn.view.is_over:
            self._go_on_with_entry(turn, entry)
        settle(turn)
        return self._finish(turn)

    def _go_on_with_entry(self, turn: Turn, entry: dict[str, str]) -> None:
        """Open the catalogue again, where an entry was being typed in."""
        question = next((each for each in turn.view.asked if each.type == "catalogue"), None)
        if question is not None:
            turn.go("edit")
            turn.draft.editing, turn.draft.entry = question.id, entry

    def step(
        self,
        draft: Draft | View,
        typed: str,
        *,
        as_of: date,
        translate: Translate = str,
        advisor: Callable[[], Advisor] | None = None,
    ) -> StepResult:
        """Take what the user typed.

        Args:
            draft: the stored draft, or the view of it; it is not changed.
            typed: any text at all.
            as_of: today, for dates such as 明年3月.
            translate: the user's language, for matching the names of choices.
            advisor: makes who answers questions about the law; None for one who has only our explanations.
        """
        turn = self._turn(draft, as_of, translate, advisor)
        turn.typed = typed
        turn.wake()
        command = read_command(typed)
        if command is not None:
            HANDLERS[command.name](turn, command.argument)
        elif len(typed) > _LONGEST_INPUT:
            turn.say(
                T(
                    "一次最多 {most} 字，收到 {came} 字，请精简或分几次发。",
                    most=_LONGEST_INPUT,
                    came=len(typed),
                ),
                "error",
            )
        elif not typed.strip():
            turn.say(T("没有收到内容，请输入回答；不会答可以说「为什么」或「跳过」。"), "error")
        else:
            self._take(turn, typed)
        if turn.follow_up:
            answer(turn, turn.follow_up)
        return self._finish(turn)

    def _take(self, turn: Turn, typed: str) -> None:
        """Take words that are no command: as a report of what happened, a question to us, or an answer."""
        rest = take_report(turn, typed)
        if rest is None:
            if not is_aside(turn, typed) and not offer_report(turn, typed):
                answer(turn, typed)
        elif rest:
            is_aside(turn, rest)

    def _turn(
        self,
        draft: Draft | View,
        as_of: date,
        translate: Translate,
        advisor: Callable[[], Advisor] | None = None,
    ) -> Turn:
        view = draft if isinstance(draft, View) else View(self.rules, draft, as_of)
        if view.rules is not self.rules:
            view = View(self.rules, view.draft, as_of)
        return Turn(
            view, self.machine, self.life, as_of=as_of, translate=translate, advisor=advisor or self._advisor
        )

    def _finish(self, turn: Turn) -> StepResult:
        ask_again(turn)
        turn.out.append(ask(turn))
        return StepResult(turn.view, tuple(turn.out))
