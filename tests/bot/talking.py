"""What the tests of the bot share: a user who talks to a Conversation, and a whole project in lines."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

from bot.clock import FixedClock
from bot.translation import translator
from bot.updates import Delivery, Incoming, chat_of
from dialogs.draft import Draft, load_draft
from dialogs.messages import Ask, Outgoing, Prompt, Say

if TYPE_CHECKING:
    from bot.conversation import Conversation
    from rules.text import Translate
    from storage.database import Database
    from storage.projects import ProjectSummary

CLOCK = FixedClock(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
CHANNEL = "terminal"
_updates = count(1)

PROJECT_NAME = "青山街道网格化服务"
# A service of 480 万元 for a county unit, as one would type it; every line is the answer to one question.
WHOLE_PROJECT = """\
否
县区
政府
购买服务
480万
160万
自治区200万
280万
区本级财政
2027年1月1日至2029年12月31日
否
0
不是
没有
是
示例区青山街道办事处
同上
李明
0952-2012345
跳过
青山街道网格化服务
示例区青山路 1 号
年度重点工作安排
2027年1月至2029年12月
需求调研已完成
跳过
初步设计
""".splitlines()


class Talk:
    """One user of a channel."""

    def __init__(self, conversation: Conversation, user: str = "user", channel: str = CHANNEL) -> None:
        self.conversation = conversation
        self.user = user
        self.channel = channel
        self.open: Ask | None = None
        """The question that the last reply ended with."""

    def arrives(self) -> str:
        """Open the channel; return what is shown."""
        self.receive(None)
        return self.read()

    def says(self, *typed: str) -> str:
        """Type lines; return what is shown after the last one."""
        shown = ""
        for line in typed:
            self.receive(line)
            shown = self.read()
        return shown

    def receive(self, typed: str | None, update_id: str = "") -> None:
        """Send an update without reading the reply."""
        update_id = update_id or f"update {next(_updates)}"
        self.conversation.receive(Incoming(self.channel, update_id, self.user, typed))

    def waiting(self) -> list[Delivery]:
        """Return the replies that were not shown yet."""
        return self.conversation.waiting(self.channel, self.user)

    def read(self) -> str:
        """Take delivery of everything that waits; return it as lines."""
        lines: list[str] = []
        for delivery in self.waiting():
            translate = translator(delivery.reply.language)
            for message in delivery.reply.outgoing:
                lines += _drawn(message, translate)
                self.open = message if isinstance(message, Ask) else self.open
            self.conversation.delivered(delivery)
        return "\n".join(lines)

    @property
    def question(self) -> str:
        """The id of the question that stands open."""
        return self.open.question if self.open else ""

    @property
    def choices(self) -> list[str]:
        """The answers that the open question offers."""
        return [choice.label.render() for choice in self.open.choices] if self.open else []

    def drafts(self) -> list[Draft]:
        """Return the user's drafts as they are kept, the last used first."""
        return [draft for _, draft in kept_drafts(self.conversation.database, self.user, self.channel)]


def kept_drafts(database: Database, user: str, channel: str = CHANNEL) -> list[tuple[ProjectSummary, Draft]]:
    """Return the projects of a user and their drafts, the last used first."""
    with database.unit_of_work() as work:
        return [
            (summary, load_draft(work.projects.get(summary.id).state))
            for summary in work.projects.list_for(chat_of(channel, user))
        ]


def bytes_of(database: Database) -> bytes:
    """Return every byte of a SQLite database: tables, indexes, free pages."""
    with database.unit_of_work() as work:
        connection = work.connection.connection.driver_connection
        assert connection is not None
    return connection.serialize()


def execute(database: Database, statement: str) -> int:
    """Run a statement; return the first number of its result, 0 when it has none."""
    with database.unit_of_work() as work:
        result = work.connection.exec_driver_sql(statement)
        return int(result.scalar() or 0) if result.returns_rows else 0


def row_counts(database: Database) -> dict[str, int]:
    """Return how many rows each table of ours holds."""
    tables = ("pack_edition", "project", "answer_event", "inbox", "outbox", "session")
    with database.unit_of_work() as work:
        execute = work.connection.exec_driver_sql
        return {name: int(execute(f"SELECT count(*) FROM {name}").scalar_one()) for name in tables}  # noqa: S608


def _drawn(message: Outgoing, translate: Translate) -> list[str]:
    if isinstance(message, Say):
        return [message.text.render(translate)]
    if isinstance(message, Prompt):
        return [
            message.text.render(translate),
            *(f"[{button.label.render(translate)}: {button.words}]" for button in message.buttons),
        ]
    if isinstance(message, Ask):
        return [
            message.text.render(translate),
            *(choice.label.render(translate) for choice in message.choices),
        ]
    return [f"({type(message).__name__})"]
