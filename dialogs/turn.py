"""One turn under way: the draft being changed, what follows from it, and what is said."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from dialogs import machine as states
from dialogs import quick_check
from dialogs.display import answer_text, finding_text, reading_text
from dialogs.draft import ABOUT_EVENTS
from dialogs.machine import Position, fire
from dialogs.messages import Say
from dialogs.view import View
from rules.text import T, Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from transitions import Machine

    from dialogs.draft import Pending
    from dialogs.law.answer import Advisor
    from dialogs.messages import Outgoing, Tone
    from rules.facts import Value
    from rules.pack import Question
    from rules.text import Translate


class Turn:
    """What the handlers of a turn work on; nothing of it outlives the turn but the draft and the messages.

    Attributes:
        life: the state machine of what comes after submission.
        draft: a copy of the stored draft, changed in place.
        came_from_question: the turn began in the row of questions.
        out: the messages, in order.
        translate: the user's language, for matching the names of choices.
        typed: what the user typed.
        follow_up: words of a command that are to be read as an answer (修改 总投资 改为 700万).
    """

    def __init__(
        self,
        view: View,
        machine: Machine,
        life: Machine,
        *,
        as_of: date,
        translate: Translate,
        advisor: Callable[[], Advisor],
    ) -> None:
        """Begin a turn on a copy of the draft of ``view``.

        Args:
            view: of the stored draft, perhaps on an earlier day.
            machine: the state machine of the conversation.
            life: the state machine of what comes after submission.
            as_of: today.
            translate: the user's language.
            advisor: makes, when it is needed, who knows the law.
        """
        self.rules = view.rules
        self.machine = machine
        self.life = life
        self.draft = view.draft.copy()
        self._view = view.of(self.draft)
        self._is_current = view.as_of == as_of
        self.came_from_question = self.draft.state in self.rules.questions
        self.as_of = as_of
        self.translate = translate
        self.out: list[Outgoing] = []
        self.typed = ""
        self.follow_up = ""
        self._advisor = advisor

    @property
    def view(self) -> View:
        """What follows from the draft as it is now."""
        if not self._is_current:
            self._view = View(self.rules, self.draft, self.as_of, self._view)
            self._is_current = True
        return self._view

    @cached_property
    def advisor(self) -> Advisor:
        """Answers questions about the law."""
        return self._advisor()

    @property
    def question(self) -> Question | None:
        """The question of the pack that is open, asked in turn or being changed."""
        return self.rules.questions.get(self.draft.open_question)

    def say(self, text: Text, tone: Tone = "plain") -> None:
        """Add a paragraph."""
        self.out.append(Say(text, tone))

    def tell(self, messages: list[Outgoing]) -> None:
        """Add prepared messages."""
        self.out += messages

    def touched(self) -> None:
        """Forget what followed from the draft, after changing it."""
        self._is_current = False

    def keep(self, question: Question, facts: dict[str, Value]) -> None:
        """Store an answer; a question whose own facts it does not set (三年 for a period) counts as passed over."""
        self.draft.put(facts)
        if question.or_months and any(part.id in facts for part in question.parts):
            self.draft.facts.pop(question.or_months, None)  # the dates say it better than 三年 did
        for name in facts:
            self.draft.unskip(self.rules.facts[name].question.id)
        self.draft.unskip(question.id)
        if not any(part.id in facts for part in question.parts):
            self.draft.skipped.append(question.id)
        self.draft.pending = None
        self.draft.deciding = ""
        self.touched()

    def clear(self, question: Question) -> None:
        """Take an answer back; the question counts as passed over and can be answered again."""
        for part in question.parts:
            self.draft.facts.pop(part.id, None)
        if question.skippable and question.id not in self.draft.skipped:
            self.draft.skipped.append(question.id)
        self.touched()

    def go(self, trigger: str) -> bool:
        """Fire a trigger of the machine; say whether it moved."""
        position = self._position()
        moved = fire(self.machine, trigger, position)
        self.draft.state = position.state
        return moved

    def leave_question(self, trigger: str = "answer") -> None:
        """Move on from the open question to the next one that is not settled, or stop where the rules say so."""
        self.draft.editing = self.draft.deciding = ""
        self.draft.pending = self.draft.entry = None
        self.go(trigger)
        self.move_on()

    @property
    def takes_words(self) -> bool:
        """Any words at all may answer the question that is open."""
        return self.view.takes_words

    @property
    def is_under_way(self) -> bool:
        """The declaration is submitted, or something has been registered."""
        return self.draft.submitted or bool(self.draft.events)

    @property
    def awaits_secrecy(self) -> bool:
        """Until it is settled that the project is not secret, nothing that is said of it may be taken up (4)."""
        return self.view.stop is not None or any(
            self.view.puts(question) and not self.view.is_answered(question) for question in self.rules.stops
        )

    def ask_first(self, pending: Pending) -> None:
        """Put a question about an event before everything else; what was open waits."""
        open_ = self.draft.pending
        held = open_ if open_ is None or open_.kind not in ABOUT_EVENTS else open_.held
        self.draft.pending = msgspec.structs.replace(pending, held=held)

    def ask_held(self) -> None:
        """Leave a question about an event; the bot's own question that waits behind it is put again."""
        open_ = self.draft.pending
        if open_ is not None and open_.kind in ABOUT_EVENTS:
            self.draft.pending = open_.held

    def track(self) -> None:
        """Follow the project from now on, once something is registered and no question is left."""
        if self.draft.events and not self.view.ahead:
            self.go("track")

    def drop_open_question(self) -> None:
        """Leave whatever is open: the bot's own question, an edit, an entry, a quick check."""
        self.draft.pending = self.draft.entry = None
        self.draft.deciding = self.draft.editing = ""
        self.draft.quick = None

    def wake(self) -> None:
        """Come back from a pause to the first question that is open."""
        if self.draft.state == states.PAUSED:
            self.go("resume")
            self.move_on()

    def move_on(self) -> None:
        """Open the next question: of the quick check while there is one, else of the declaration."""
        if self.draft.quick is None:
            self.walk()
        elif not self.go("stop"):
            self._next_of_check(self.draft.quick)

    def _next_of_check(self, asked: list[str]) -> None:
        while (question := quick_check.next_question(self.view)) is not None:
            self.go("edit")
            self.draft.editing = question.id
            self._fill_single_choice()
            if not self.view.is_settled(question):
                if question.id not in asked:
                    asked.append(question.id)
                return
            self.draft.editing = ""
        self.go("conclude")

    def walk(self) -> None:
        """Walk over everything that is settled; answers that leave no choice are filled in on the way."""
        if self.go("stop"):
            return
        self._fill_single_choice()
        while self.go("advance"):
            self._fill_single_choice()

    def announce(self) -> None:
        """Show findings that hold since the last turn, and say which ones are gone."""
        current = {found.finding.id: found for found in self.view.settled_findings}
        known = self.rules.findings
        for name in self.draft.announced:
            if name not in current and name in known:
                self.say(T("已解决：{title}。", title=Text(known[name].title)), "done")
        for name, found in current.items():
            if name not in self.draft.announced:
                self.say(finding_text(self.rules, found), found.finding.effect)
                if found.finding.reading:
                    self.say(reading_text(found.finding.reading), "notice")
        self.draft.announced = list(current)

    def _fill_single_choice(self) -> None:
        question = self.question
        if question is None or question.type != "choice" or self.view.is_settled(question):
            return
        offered = self.view.offered(question)
        if len(offered) == 1:
            self.keep(question, {question.id: offered[0].key})
            label = answer_text(self.rules, question, self.view.facts)
            self.say(
                T(
                    "{question}：只有「{answer}」符合前面的答案，已填上。",
                    question=Text(question.label),
                    answer=label,
                ),
                "echo",
            )

    def _position(self) -> Position:
        return Position(self.draft.state, self._passes, self._returns, must_stop=self.view.is_over)

    def _passes(self, state: str) -> bool:
        if self.draft.submitted:
            return True
        if state == states.REVIEW:
            return bool(self.draft.events)
        question = self.rules.questions.get(state)
        if question is not None:
            return self.view.is_settled(question) and not (question.type == "catalogue" and self.draft.entry)
        return state == states.MATERIALS and (self.draft.materials_checked or not self.view.askable_documents)

    def _returns(self, state: str) -> bool:
        question = self.rules.questions.get(state)
        if question is None:
            return state != states.MATERIALS or bool(self.view.askable_documents)
        return self.view.puts(question) and not (
            question.type == "choice" and len(self.view.offered(question)) == 1
        )
