"""How much of the outbox is not out, by channel: read from an index alone, as an operator's monitor asks often."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import func, select

from storage.schema import outbox

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Backlog(msgspec.Struct, frozen=True):
    """The messages of one channel that are not out.

    Attributes:
        channel: whose messages.
        pending: that wait, for their moment or to be sent.
        dead: that were given up.
        ambiguous: of all that are still kept, those that may have gone out twice.
        first_due: the moment of the pending message that is due first; None when none is pending.
    """

    channel: str
    pending: int
    dead: int
    ambiguous: int
    first_due: datetime | None


def backlogs(connection: Connection) -> list[Backlog]:
    """Return the backlog of every channel that ever had a message."""
    # Steps from channel to channel, where DISTINCT would read every message that was ever sent.
    first = select(func.min(outbox.c.channel).label("name"))
    channels = first.cte("channels", recursive=True)
    following = select(func.min(outbox.c.channel)).where(outbox.c.channel > channels.c.name).scalar_subquery()
    channels = channels.union_all(select(following).where(channels.c.name.is_not(None)))
    is_here = outbox.c.channel == channels.c.name
    count = select(func.count()).select_from(outbox).where(is_here)
    statement = select(
        channels.c.name,
        count.where(outbox.c.status == "pending").scalar_subquery(),
        count.where(outbox.c.status == "dead").scalar_subquery(),
        count.where(outbox.c.ambiguous > 0).scalar_subquery(),
        select(func.min(outbox.c.due_at)).where(is_here, outbox.c.status == "pending").scalar_subquery(),
    ).where(channels.c.name.is_not(None))
    return [Backlog(*row) for row in connection.execute(statement)]
