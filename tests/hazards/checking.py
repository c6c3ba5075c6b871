"""What has to be true at the end, whatever was killed or cut meanwhile; and the reminders that are planned at the start.

Nothing that was acknowledged is lost, nothing counts twice, every reminder arrives, every chat keeps its order. An
answer is acknowledged on the page when the response to its form has arrived, by webhook with the status 200, and by
polling when the next offset confirms it.
"""

from __future__ import annotations

import logging
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from answering import ANSWERS, Typist, Visitor, facts_after_each_answer
from bot_api import BOT, BotApi
from crowd import CHATS
from talking import PROJECT_NAME
from town import pending

from bot.clock import SystemClock
from bot.conversation import Conversation
from bot.reminders.schedule import sync
from bot.telegram.render import parts_of
from bot.updates import Reply, chat_of
from dialogs.draft import dump_draft, load_draft
from dialogs.view import View
from rules.case import Event

if TYPE_CHECKING:
    from crowd import Crowd
    from town import Town

    from dialogs.draft import Draft
    from storage.database import Database

CHANNEL = f"telegram.{BOT['id']}"
REMINDED = 900
REMINDER = "整改期限"
GRACE = 120.0
"""Seconds after which what is under way is given up, and the test with it."""
_log = logging.getLogger(__name__)


def settle(api: BotApi, database: Database, reminders: int, town: Town) -> None:
    """Let everything that is under way come to its end; nobody says anything new."""

    def is_settled() -> bool:
        with database.unit_of_work() as work:
            promoted = sum(
                REMINDER in message.payload.decode() for message in work.outbox.listing(limit=10**6)
            )
        return not api.unconfirmed and not pending(database) and promoted >= reminders

    try:
        api.wait_for(is_settled, "everything to be sent", patience=GRACE)
    except AssertionError:
        with database.unit_of_work() as work:
            waiting = [message for message in work.outbox.listing(limit=10**6) if message.status == "pending"]
        _log.error("%d updates are not confirmed; waiting: %s", len(api.unconfirmed), waiting)
        _log.error("%s", town.errors[-2000:])
        raise


class Found(NamedTuple):
    """What came of a test.

    Attributes:
        in_chats: answers that were given in chats, and kept.
        on_page: answers that were given on the page, and kept.
        reminders: those that arrived.
        ambiguous: messages of which nobody can know whether they had arrived when their sender was killed.
        doubled: messages that arrived twice.
        late: those of them that arrived behind others of their chat.
    """

    in_chats: int
    on_page: int
    reminders: int
    ambiguous: int
    doubled: int
    late: int

    def __str__(self) -> str:
        return (
            f"{self.in_chats} answers in chats, {self.on_page} on the page, {self.reminders} reminders; "
            f"lost 0, counted twice 0; {self.ambiguous} messages in doubt, {self.doubled} arrived twice, "
            f"{self.late} of them late"
        )


def check(
    api: BotApi, database: Database, crowd: Crowd, reminders: int, *, may_be_late: bool = False
) -> Found:
    """See that everything is as it has to be, and return how much of it there is.

    Args:
        api: has the messages.
        database: has the rest.
        crowd: who answered.
        reminders: how many there have to be.
        may_be_late: a message may come a second time behind others of its chat.
    """
    in_chats = sum(check_chat(database, typist) for typist in crowd.typists)
    on_page = sum(check_page(database, visitor) for visitor in crowd.visitors)
    doubled, late, ambiguous = check_deliveries(api, database, reminders)
    assert may_be_late or not late, "a chat keeps its order"
    return Found(in_chats, on_page, reminders, ambiguous, doubled, late)


def check_chat(database: Database, typist: Typist) -> int:
    """Every update was taken, and every answer is in its draft once; return how many those are."""
    chat = str(typist.chat["id"])
    turns = check_projects(database, chat_of(CHANNEL, chat))
    with database.unit_of_work() as work:
        known = {
            row[0]
            for row in work.connection.exec_driver_sql(
                f"SELECT update_id FROM inbox WHERE channel = '{CHANNEL}'"  # noqa: S608
            )
        }
    assert {str(update["update_id"]) for update in typist.said} <= known, "what was confirmed was taken"
    answers = sum(update["message"]["text"] in ANSWERS.values() for update in typist.said)
    assert len(turns) == answers, "every answer is kept"
    return answers


def check_page(database: Database, visitor: Visitor) -> int:
    """Every answer that the page has acknowledged is in its draft once; return how many those are."""
    with database.unit_of_work() as work:
        owners = {work.projects.get(int(key.split(":")[1])).owner for key in visitor.acknowledged}
    turns = {key for owner in owners for key in check_projects(database, owner)}
    assert visitor.acknowledged.keys() == turns, "what was acknowledged is kept, and nothing else"
    return len(turns)


def check_projects(database: Database, owner: str) -> set[str]:
    """Every project holds what its answers say, none of them twice; return the keys of the turns."""
    found: Counter[str] = Counter()
    with database.unit_of_work() as work:
        for project in work.projects.list_for(owner):
            turns = [event.turn_key for event in work.events.list_for(project.id)]
            facts = load_draft(work.projects.get(project.id).state).facts
            wanted = facts_after_each_answer()[len(turns)]
            assert facts == wanted, f"{len(turns)} events, the last {turns[-3:]}; {facts} and not {wanted}"
            found.update(turns)
    assert set(found.values()) <= {1}, "no answer counts twice"
    return set(found)


def check_deliveries(api: BotApi, database: Database, reminders: int) -> tuple[int, int, int]:
    """Return how many messages left twice, how many of them late, and of how many nobody can know."""
    with database.unit_of_work() as work:
        messages = sorted(work.outbox.listing(limit=10**6), key=lambda message: message.id)
    assert {message.status for message in messages} == {"sent"}
    ambiguous = sum(message.ambiguous for message in messages)
    doubled = late = 0
    for chat in (*CHATS, REMINDED):
        wanted = [
            part.text
            for message in messages
            if message.chat == chat_of(CHANNEL, str(chat))
            for part in parts_of(msgspec.json.decode(message.payload, type=Reply))
        ]
        sent = [call.params["text"] for call in api.of("sendMessage", chat)]
        doubled += len(sent) - len(wanted)
        late += come_late(sent, wanted)
    assert doubled <= ambiguous, "a message leaves twice only where nobody can know"
    assert len({call.params["text"] for call in api.of("sendMessage", REMINDED)}) == reminders
    return doubled, late, ambiguous


def come_late(sent: list[str], wanted: list[str]) -> int:
    """Return how many messages came again behind others; all have to be there, in their order."""
    position = late = 0
    for text in sent:
        if position < len(wanted) and text == wanted[position]:
            position += 1
        else:
            assert text in wanted[:position], "nothing comes before what was put before it"
            late += text != wanted[position - 1]
    assert position == len(wanted), "nothing is lost"
    return late


def plan_reminders(database: Database, *, count: int) -> int:
    """Keep a project with overdue orders, each to be reminded of at another moment of the test."""
    conversation = Conversation(database, SystemClock())
    now = conversation.clock.now()
    owner = chat_of(CHANNEL, str(REMINDED))
    with database.unit_of_work() as work:
        edition = conversation.pin(work, now)
        work.contacts.meet(CHANNEL, str(REMINDED), name="被提醒的人", key=owner, at=now)
        work.contacts.set_quiet(CHANNEL, str(REMINDED), 0, 0)
        draft = _overdue_draft(conversation, count)
        project = work.projects.create(
            owner=owner,
            name=PROJECT_NAME,
            pack_id=conversation.rules.pack.head.id,
            edition_id=edition,
            state=dump_draft(draft),
            at=now,
        )
        sync(work, project.id, View(conversation.rules, draft, now.date()), now)
        rows = work.deadlines.list_for(project.id)
        for number, row in enumerate(rows):
            work.deadlines.set_next(row.id, now + timedelta(seconds=number / 2))
    return len(rows)


def _overdue_draft(conversation: Conversation, count: int) -> Draft:
    first = date(2026, 1, 5)
    draft = conversation.current.begin(as_of=first).draft
    draft = conversation.current.put(
        draft,
        {"classified": False, "unit_level": "city", "unit_kind": "government", "nature": "purchased_service"},
        as_of=first,
    ).draft
    draft.events = tuple(
        Event(
            "rectification_ordered", first + timedelta(days=number), due=first + timedelta(days=number + 10)
        )
        for number in range(min(count, 200))
    )
    return draft
