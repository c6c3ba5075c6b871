"""What the bot says in a group: what the regulation says, to whoever calls it; never a word about a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.queueing import queue
from bot.updates import Reply
from dialogs.messages import Say
from dialogs.parsing.text import normalise
from rules.text import T, verbatim

if TYPE_CHECKING:
    from bot.conversation import Conversation
    from bot.updates import Incoming
    from dialogs.messages import Outgoing
    from storage.unit_of_work import UnitOfWork

_LONGEST = 150
_SHORTEST = 4


def answer_group(conversation: Conversation, incoming: Incoming, question: str, *, link: str) -> Reply | None:
    """Answer a group: taken once, and queued like any reply. Nothing is kept of who asked, or of the question.

    Args:
        conversation: knows the rules.
        incoming: the update; its user is the group, its text the number of the message that is replied to.
        question: what was asked, without the bot's name.
        link: opens the private chat with the bot.

    Returns:
        The reply; None when the update was taken before.

    Raises:
        StorageError: nothing was kept; the update may be sent again.
    """
    now = conversation.clock.now()
    with conversation.database.unit_of_work() as work:
        if not work.inbox.take(incoming.channel, incoming.update_id, now):
            return None
        reply = Reply(
            outgoing=tuple(_said(conversation, work, question, link)),
            language=conversation.language,
            project_id=None,
            update_id=incoming.update_id,
            about=incoming.text or "",
        )
        queue(work, incoming.chat, incoming.turn_key, reply, at=now)
    return reply


def _said(conversation: Conversation, work: UnitOfWork, question: str, link: str) -> list[Outgoing]:
    asked = normalise(question)
    advisor = conversation.advisors.of(work, conversation.rules)
    answer = advisor.answer(asked) if _SHORTEST <= len(asked) <= _LONGEST else None
    if answer is None or not answer.covered:
        return [
            Say(
                T(
                    "在群里我只回答关于本办法的一般问题；填项目、传材料请到私聊：{link}",
                    link=verbatim(link),
                )
            )
        ]
    return advisor.messages(answer)
