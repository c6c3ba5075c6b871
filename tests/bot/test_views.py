"""What follows from a stored draft is kept, and changes nothing of what is answered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from talking import WHOLE_PROJECT

from bot.clock import FixedClock
from bot.conversation import Conversation
from bot.updates import Incoming
from bot.views import Seen, Views
from dialogs.draft import Draft
from dialogs.view import View
from storage.database import MEMORY, open_database

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def replies(*, views: Views) -> list[str]:
    """Answer a whole project, some of it twice, and return all that was said."""
    clock = FixedClock(NOON)
    with open_database(MEMORY) as database:
        database.migrate()
        conversation = Conversation(database, clock)
        conversation.views = views
        said: list[str] = []
        for number, words in enumerate([None, *WHOLE_PROJECT, "返回", "返回", "进度", "修改 3", "复核"]):
            clock.moment += timedelta(hours=7)
            reply = conversation.receive(Incoming("terminal", str(number), "zhang", words))
            assert reply is not None
            said.append(repr(reply))
        return said


def test_what_is_kept_changes_no_answer() -> None:
    assert replies(views=Views()) == replies(views=Views(most=0))


def test_those_used_last_are_kept() -> None:
    views = Views(most=2)
    made = {
        name: View.__new__(View) for name in "abc"
    }  # what they follow from does not matter to who keeps them
    seen = {name: Seen("edition", date(2026, 3, 2), name.encode()) for name in "abc"}
    views.put(seen["a"], made["a"])
    views.put(seen["b"], made["b"])
    assert views.get(seen["a"]) is made["a"]
    views.put(seen["c"], made["c"])
    assert views.get(seen["b"]) is None
    assert views.get(seen["a"]) is made["a"]
    assert views.get(seen["c"]) is made["c"]


def test_the_same_draft_on_another_day_is_seen_anew() -> None:
    clock = FixedClock(NOON)
    with open_database(MEMORY) as database:
        database.migrate()
        conversation = Conversation(database, clock)
        conversation.receive(Incoming("terminal", "1", "zhang", None))
        with database.unit_of_work() as work:
            (project,) = work.projects.list_for("terminal:zhang")
            today = conversation.load(work, project.id).view
            assert conversation.load(work, project.id).view is today
            clock.moment += timedelta(days=1)
            tomorrow = conversation.load(work, project.id).view
    assert (today.as_of, tomorrow.as_of) == (date(2026, 3, 2), date(2026, 3, 3))
    assert isinstance(tomorrow.draft, Draft)
