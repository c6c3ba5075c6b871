"""Two things at the same moment on two machines: nothing is lost, nothing counts twice, and whoever is too late is told.

``SHENBAO_SCHEDULES=2000`` is the long form, ``SHENBAO_SCHEDULE_SEED`` tries other schedules.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import msgspec
import pytest
from answering import ANSWERS
from machines import CHANNEL, Machine, at_once, events, facts, replies, said
from talking import CLOCK

from bot.freshness import EditedElsewhereError, StalePlaceError
from bot.open_question import mark_of
from bot.reminders.promote import promote
from bot.reminders.schedule import resync_all
from bot.telegram.incoming import STALE
from bot.telegram.reception import MOVED
from bot.updates import Change, Editor, Incoming, Reply, chat_of
from dialogs.draft import load_draft
from dialogs.messages import Ask
from storage.database import MEMORY, is_postgresql
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dialogs.draft import Draft
    from rules.facts import Value

SCHEDULES = int(os.environ.get("SHENBAO_SCHEDULES", "200"))
"""For two people who edit one project on PostgreSQL; the other tests try a part of them."""
SEED = int(os.environ.get("SHENBAO_SCHEDULE_SEED", "7"))
SCRIPT = list(ANSWERS.values())
TOLD = (EditedElsewhereError, StalePlaceError)


@pytest.fixture
def machines(location: str) -> Iterator[tuple[Machine, Machine]]:
    with Machine(location) as one, Machine(location) as other:
        yield one, other


@pytest.fixture
def schedules(location: str) -> int:
    """How many schedules are tried; fewer on SQLite, which has one writer at a time anyway."""
    return SCHEDULES if is_postgresql(location) else SCHEDULES // 5


@pytest.fixture
def chance() -> random.Random:
    return random.Random(SEED)  # noqa: S311 - which schedules


def test_an_update_that_comes_to_two_machines_at_once_is_answered_once_and_counts_once(
    machines: tuple[Machine, Machine], chance: random.Random, schedules: int
) -> None:
    one, other = machines
    taken = 0
    for user in map(str, range(schedules // 5 // len(SCRIPT) + 1)):
        for number, text in enumerate([None, *SCRIPT]):
            update = said(user, number, text)
            got = at_once(
                chance,
                lambda update=update: one.conversation.receive(update),
                lambda update=update: other.conversation.receive(update),
            )
            assert sorted(type(each).__name__ for each in got) == ["NoneType", "Reply"], got
            taken += 1
        assert len(replies(one, user)) == len(SCRIPT) + 1
        assert facts(one, chat_of(CHANNEL, user)) == [after(None, *SCRIPT)[1]]
    assert taken


def test_an_update_that_comes_again_later_to_another_machine_is_known_there(
    machines: tuple[Machine, Machine],
) -> None:
    one, other = machines
    for number, text in enumerate([None, *SCRIPT]):
        assert one.conversation.receive(said("1", number, text)) is not None
        assert other.conversation.receive(said("1", number, text)) is None
    assert len(replies(one, "1")) == len(SCRIPT) + 1


@pytest.mark.parametrize(
    "messages",
    [(None, SCRIPT[0]), (SCRIPT[0], SCRIPT[1]), (None, SCRIPT[0], SCRIPT[1]), (None, *SCRIPT[:6])],
    ids=["the very first", "the very first, without a start", "the first answers", "two amounts"],
)
def test_two_quick_messages_of_one_chat_count_as_if_one_had_come_after_the_other(
    machines: tuple[Machine, Machine],
    chance: random.Random,
    schedules: int,
    messages: tuple[str | None, ...],
) -> None:
    *before, first, second = messages
    one, other = machines
    allowed = [after(*before, first, second), after(*before, second, first)]
    for user in map(str, range(schedules // 10)):
        for number, text in enumerate(before):
            one.takes(said(user, number, text))
        got = at_once(
            chance,
            lambda user=user: one.takes(said(user, 98, first)),
            lambda user=user: other.takes(said(user, 99, second)),
        )
        assert got == (None, None)
        projects = facts(one, chat_of(CHANNEL, user))
        assert (replies(one, user), projects[0] if projects else {}) in allowed


def test_two_buttons_of_one_question_answer_it_once_and_never_the_next_one(
    machines: tuple[Machine, Machine], chance: random.Random, schedules: int
) -> None:
    one, other = machines
    wins: Counter[object] = Counter()
    for user in map(str, range(schedules // 4)):
        one.takes(said(user, 0, None))
        mark = open_mark(one, user)
        at_once(
            chance,
            lambda user=user, mark=mark: one.takes(said(user, 1, "1", mark=mark)),
            lambda user=user, mark=mark: other.takes(said(user, 2, "2", mark=mark)),
        )
        (kept,) = facts(one, chat_of(CHANNEL, user))
        assert set(kept) <= {"classified"}, "only the question that was shown is answered"
        said_since = replies(one, user)[1:]
        assert sum(STALE.render() in reply for reply in said_since) == 1, "the second is told"
        assert len(said_since) == 2
        wins[kept.get("classified")] += 1
    assert len(wins) == 2, "now one was first, now the other"


def test_a_button_pressed_twice_on_two_machines_counts_once(
    machines: tuple[Machine, Machine], chance: random.Random, schedules: int
) -> None:
    one, other = machines
    for user in map(str, range(schedules // 20)):
        one.takes(said(user, 0, None))
        mark = open_mark(one, user)
        for number, text in enumerate(SCRIPT[:4], 1):
            at_once(
                chance,
                lambda: one.takes(said(user, 10 * number, text, mark=mark)),  # noqa: B023 - run at once
                lambda: other.takes(said(user, 10 * number + 1, text, mark=mark)),  # noqa: B023 - run at once
            )
            mark = open_mark(one, user)
        assert facts(one, chat_of(CHANNEL, user)) == [after(None, *SCRIPT[:4])[1]]
        assert sum(STALE.render() in reply for reply in replies(one, user)) == 4


def test_of_two_people_who_answer_one_question_one_is_kept_and_the_other_is_told(
    machines: tuple[Machine, Machine], chance: random.Random, schedules: int
) -> None:
    page, chats = machines
    winners: Counter[str] = Counter()
    rounds = 0
    while rounds < schedules:
        shared = Shared(page, chats, str(rounds))
        for text in SCRIPT:
            on_page, in_chat = at_once(chance, shared.answers_on_page(text), shared.answers_in_chat(text))
            told = [each for each in (on_page, in_chat) if isinstance(each, TOLD)]
            assert len(told) == 1, (on_page, in_chat)
            winner = "chat" if told == [on_page] else "page"
            winners[winner] += 1
            if winner == "page":
                shared.is_told_in_chat()
            rounds += 1
            actors = [event.actor for event in events(page, shared.project)]
            assert len(actors) == SCRIPT.index(text) + 1, "what was kept is kept once"
            assert actors[-1].startswith("web" if winner == "page" else CHANNEL)
        assert shared.facts == after(None, *SCRIPT)[1]
    assert min(winners["page"], winners["chat"]) > 0, "now one was first, now the other"


def test_a_form_and_an_answer_at_the_same_moment_lose_nothing_of_each_other(
    machines: tuple[Machine, Machine], chance: random.Random, schedules: int
) -> None:
    page, chats = machines
    both = rounds = 0
    while rounds < schedules // 4:
        shared = Shared(page, chats, str(rounds))
        kept: dict[str, object] = {}
        for number, text in enumerate(SCRIPT):
            name = {"project_lead": f"负责人{number}"}
            on_page, in_chat = at_once(chance, shared.saves_form(name), shared.answers_in_chat(text))
            rounds += 1
            assert isinstance(on_page, Reply), on_page
            kept |= name
            if isinstance(in_chat, TOLD):
                shared.is_told_in_chat()
                assert isinstance(shared.answers_in_chat(text)(), Reply)
            else:
                assert isinstance(in_chat, Reply), in_chat
                both += 1
                shared.is_told_in_chat()
            assert kept.items() <= shared.facts.items(), "the form is kept"
        assert after(None, *SCRIPT)[1].items() <= shared.facts.items(), "every answer is kept"
        assert len(events(page, shared.project)) == 2 * len(SCRIPT)
    assert both, "now and then both are kept at once"


def test_answers_forms_reminders_and_due_dates_at_the_same_time_do_not_get_in_each_others_way(
    machines: tuple[Machine, Machine], chance: random.Random
) -> None:
    page, chats = machines
    shared = [Shared(page, chats, f"crowd {number}") for number in range(3)]
    for number, text in enumerate(SCRIPT):
        for each in shared:
            busy = chance.choice((promote, resync_all))
            machine = chance.choice(machines)
            answered, worked = at_once(
                chance,
                each.answers_in_chat(text),
                lambda busy=busy, machine=machine: busy(machine.conversation),
            )
            assert isinstance(answered, Reply), answered
            assert isinstance(worked, (int, StorageError)), worked
        assert all(each.facts == after(None, *SCRIPT[: number + 1])[1] for each in shared)


class Shared:
    """A project that a member of a unit edits on the page of one machine, and a colleague in a chat of the other."""

    def __init__(self, page: Machine, chats: Machine, name: str) -> None:
        self._page, self._chats, self._name = page, chats, name
        self._editor = Editor(f"account:{name}", "王芳")
        self._turns = 0
        reply = page.conversation.receive(self._on_page("new", None))
        assert reply is not None
        assert reply.project_id is not None
        self.project = reply.project_id
        with chats.database.unit_of_work() as work:
            work.members.add(
                self.project, person=chat_of(CHANNEL, name), name="李明", invited_by="", at=CLOCK.now()
            )
            work.sessions.set(CHANNEL, name, project_id=self.project, language="zh")
        self.is_told_in_chat()

    @property
    def facts(self) -> dict[str, Value]:
        """What the project holds."""
        return self._draft.facts

    @property
    def _draft(self) -> Draft:
        with self._page.database.unit_of_work() as work:
            return load_draft(work.projects.get(self.project).state)

    def answers_on_page(self, text: str) -> Callable[[], Reply | None]:
        """Return what answers the question that the page shows now."""
        place = self._draft.place
        update = msgspec.structs.replace(self._on_page(text, self.project), place=place)
        return lambda: self._page.conversation.receive(update)

    def saves_form(self, change: dict[str, Value]) -> Callable[[], Reply | None]:
        """Return what saves a form."""
        update = msgspec.structs.replace(self._on_page(None, self.project), change=Change(change))
        return lambda: self._page.conversation.receive(update)

    def answers_in_chat(self, text: str) -> Callable[[], Reply | None]:
        """Return what answers the question that the chat shows now."""
        update = self._in_chat(text)
        return lambda: self._chats.conversation.receive(update)

    def is_told_in_chat(self) -> None:
        """Show the chat which question is open."""
        assert self._chats.conversation.turn_away(self._in_chat(""), MOVED) is not None

    def _on_page(self, text: str | None, project_id: int | None) -> Incoming:
        self._turns += 1
        return Incoming(
            channel="web",
            update_id=f"{self._name} {self._turns}",
            user=self._editor.key,
            text=text,
            window="page",
            project_id=project_id,
            owner="unit:1",
            actor=chat_of("web", self._editor.key),
            editor=self._editor,
            is_shown_from_history=True,
        )

    def _in_chat(self, text: str) -> Incoming:
        self._turns += 1
        return said(self._name, self._turns, text)


def open_mark(machine: Machine, user: str) -> str:
    """Return the mark of the question that is open in a chat."""
    with machine.database.unit_of_work() as work:
        session = work.sessions.get(CHANNEL, user)
        assert session is not None
        assert session.project_id is not None
        project, dialogue, view = machine.conversation.load(work, session.project_id)
    asked = dialogue.resume(view, as_of=view.as_of).outgoing[-1]
    assert isinstance(asked, Ask)
    return mark_of(project.id, view.draft, asked)


@cache
def after(*texts: str | None) -> tuple[list[str], dict[str, Value]]:
    """Return what is replied to messages that come one after the other, and what is kept then."""
    with Machine(MEMORY) as machine:
        for number, text in enumerate(texts):
            machine.takes(said("alone", number, text))
        kept = facts(machine, chat_of(CHANNEL, "alone"))
        return replies(machine, "alone"), kept[0] if kept else {}
