"""What the tests of reminders share: a clock that moves, projects with events, and what reaches each chat when."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
from talking import Talk

from bot.clock import FixedClock
from bot.conversation import Conversation
from bot.reminders.promote import next_promotion, promote
from bot.reminders.schedule import Opened, sync
from bot.translation import translator
from bot.updates import Incoming, Reply, chat_of
from dialogs.draft import Draft, dump_draft
from dialogs.messages import Prompt, Say
from rules.case import parse_case

if TYPE_CHECKING:
    from dialogs.messages import Outgoing
    from storage.database import Database
    from storage.deadlines import DeadlineRow

ZONE = ZoneInfo("Asia/Shanghai")
TELEGRAM = "telegram.1"
CONSTRUCT: dict[str, Any] = {
    "classified": "no",
    "unit_level": "city",
    "unit_kind": "government",
    "nature": "new",
    "category": "engineering",
    "total_investment": 300,
    "mlps_level": "3",
    "free_operation_months": 12,
}
OPERATION: dict[str, Any] = CONSTRUCT | {
    "nature": "operation",
    "category": "service",
    "service_start": "2026-01-01",
    "service_end": "2026-12-31",
}
_updates = count(1)


def at(words: str) -> datetime:
    """Return a moment of local time: 2026-05-31 09:00."""
    return datetime.fromisoformat(words).replace(tzinfo=ZONE)


class World:
    """A database, and a clock that is moved forward."""

    def __init__(self, database: Database, now: str) -> None:
        self.database = database
        self.clock = FixedClock(at(now))
        self.conversation = Conversation(database, self.clock)

    def talk(self, user: str = "10", channel: str = TELEGRAM) -> Talk:
        """Return a user who has been here once, with nothing to read."""
        talk = Talk(self.conversation, user, channel)
        with self.database.unit_of_work() as work:
            key = chat_of(channel, user)
            work.contacts.meet(channel, user, name=f"用户{user}", key=key, at=self.clock.now())
            work.sessions.set(channel, user, project_id=None, language="zh")
        return talk

    def project(self, name: str, facts: dict[str, Any], *, owner: str = f"{TELEGRAM}:10") -> int:
        """Keep a submitted project; return its number."""
        with self.database.unit_of_work() as work:
            edition = self.conversation.pin(work, self.clock.now())
            rules = self.conversation.rules
            case = parse_case(rules, {"facts": facts | {"project_name": name}}, today=date(2026, 1, 1))
            draft = Draft(state="tracking", facts=case.facts, submitted=True)
            project = work.projects.create(
                owner=owner,
                name=name,
                pack_id=rules.pack.head.id,
                edition_id=edition,
                state=dump_draft(draft),
                at=self.clock.now(),
            )
            work.projects.submit(project.id, at=self.clock.now())
        self.change(project.id)
        return project.id

    def change(self, project_id: int, *events: dict[str, str], **facts: Any) -> None:
        """Add events to a project and change its answers, as a turn would."""
        with self.database.unit_of_work() as work:
            opened = self.conversation.load(work, project_id)
            project, draft = opened.project, opened.draft.copy()
            case = parse_case(opened.rules, {"facts": facts, "events": list(events)}, today=date(2026, 1, 1))
            draft.events = (*draft.events, *case.events)
            draft.facts |= case.facts
            work.projects.save(
                project_id,
                expected_version=project.version,
                state=dump_draft(draft),
                name=project.name,
                at=self.clock.now(),
            )
            sync(work, project_id, Opened.of(self.conversation, work, project_id).view, self.clock.now())

    def rows(self, project_id: int) -> list[DeadlineRow]:
        """Return the due dates that are kept of a project."""
        with self.database.unit_of_work() as work:
            return work.deadlines.list_for(project_id)

    def promote(self, now: str = "") -> int:
        """Promote now, or later; return how many messages were queued."""
        if now:
            self.clock.moment = at(now)
        return promote(self.conversation)

    def queued(self) -> list[tuple[str, datetime, str]]:
        """Return what waits for every chat: the chat, from when it may leave, and the words."""
        with self.database.unit_of_work() as work:
            messages = work.outbox.listing(status="pending", limit=1000)
        return [
            (
                message.chat,
                message.due_at.astimezone(ZONE),
                words(msgspec.json.decode(message.payload, type=Reply)),
            )
            for message in messages
        ]

    def sent(self) -> list[tuple[str, datetime, str]]:
        """Return what waits for every chat, and have it sent."""
        found = self.queued()
        with self.database.unit_of_work() as work:
            for message in work.outbox.listing(status="pending", limit=1000):
                work.outbox.mark_sent(message.id, at=self.clock.now())
        return found

    def passes(self, until: str) -> list[tuple[str, datetime, str]]:
        """Let time pass as the service does; return what was queued, in order."""
        found: list[tuple[str, datetime, str]] = []
        while True:
            with self.database.unit_of_work() as work:
                following = next_promotion(work)
            if following is None or following > at(until):
                self.clock.moment = at(until)
                return found
            self.clock.moment = max(self.clock.moment, following)
            promote(self.conversation)
            found += self.sent()

    def says(self, typed: str, user: str = "10", channel: str = TELEGRAM) -> str:
        """Say something; return what is said in return, without the choice of projects at the end."""
        update = Incoming(channel, f"said {next(_updates)}", user, typed)
        reply = self.conversation.receive(update)
        assert reply is not None
        with self.database.unit_of_work() as work:
            work.outbox.cancel(update.turn_key)
        return words(reply)


def words(reply: Reply) -> str:
    """Return what a reply says, with its buttons; the open question is left out."""
    translate = translator(reply.language)
    return "\n".join(line for message in reply.outgoing for line in _lines(message, translate))


def _lines(message: Outgoing, translate: Any) -> list[str]:
    from dialogs.messages import SendFile, Table

    match message:
        case Say(text=text):
            return [text.render(translate)]
        case Prompt(text=text, buttons=buttons):
            drawn = " ".join(f"[{button.label.render(translate)}]" for button in buttons)
            return [text.render(translate), drawn]
        case Table(rows=rows):
            return ["  " + " | ".join(cell.render(translate) for cell in row) for row in rows]
        case SendFile(name=name):
            return [f"({name})"]
        case _:
            return []
