"""Users who answer by themselves, in Telegram and on the page, and begin the next project when one is done."""

from __future__ import annotations

import hashlib
import re
import uuid
from functools import cache
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from talking import WHOLE_PROJECT, Talk

from bot.clock import SystemClock
from bot.conversation import Conversation
from storage.database import MEMORY, open_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot_api import BotApi

    from rules.facts import Value
    from storage.database import Database

QUESTIONS = (
    "涉及国家秘密吗",
    "单位属于哪一级",
    "单位是哪一类",
    "属于哪一种",
    "总投资是多少",
    "本年度预计投入",
    "资金分别从哪里来",
    "自筹的资金",
    "这笔其他资金",
    "服务期从哪天",
)
"""Words of the first questions of WHOLE_PROJECT; whoever is asked anything else begins a new project."""
ANSWERS = dict(zip(QUESTIONS, WHOLE_PROJECT, strict=False))
_FIELD = re.compile(r'<input type="hidden" name="(turn|place)" value="([^"]*)">')
_ASKED = re.compile(r'id="ask-text">([^<]*)<')
PATIENCE = 30
"""Seconds that a request may take on a machine that is busy with other things."""


def answer_to(shown: str) -> str | None:
    """Return what is answered to a question; None when a new project is to be begun."""
    place = place_of(shown)
    return WHOLE_PROJECT[place] if place < len(QUESTIONS) else None


def place_of(shown: str) -> int:
    """Return which of the questions it is, counted from 0; their number when it is none of them."""
    return next((place for place, asked in enumerate(QUESTIONS) if asked in shown), len(QUESTIONS))


@cache
def facts_after_each_answer() -> list[dict[str, Value]]:
    """Return what a project holds after none of the answers, the first, the first two, and so on."""
    with open_database(MEMORY) as database:
        database.migrate()
        talk = Talk(Conversation(database, SystemClock()))
        talk.arrives()
        found: list[dict[str, Value]] = [talk.drafts()[0].facts]
        for words in ANSWERS.values():
            talk.says(words)
            found.append(talk.drafts()[0].facts)
    return found


class Typist:
    """Somebody in a chat.

    Attributes:
        said: every update, in order.
    """

    def __init__(self, api: BotApi, chat: int) -> None:
        self.api = api
        self.chat = {"id": chat, "type": "private", "first_name": f"用户{chat}"}
        self.me = {"id": chat, "is_bot": False, "first_name": f"用户{chat}"}
        self.said: list[dict[str, Any]] = []
        self._read = self._place = 0
        self._known: set[str] = set()

    def begin(self) -> None:
        """Say the first word."""
        self._say("/start")

    def answer(self) -> None:
        """Answer what has been asked since; a message that comes again, however late, is no new question."""
        calls = self.api.calls
        while self._read < len(calls):
            call = calls[self._read]
            self._read += 1
            if call.method != "sendMessage" or call.status != 200 or call.chat != self.chat["id"]:
                continue
            text = call.params["text"]
            place = place_of(text)
            if text in self._known and place != self._place:
                continue
            self._known.add(text)
            self._place = (place + 1) % (len(QUESTIONS) + 1)
            self._say(answer_to(text) or "新项目")

    def _say(self, text: str) -> None:
        self.said.append(self.api.put(message=self.api.keep_message(self.chat, self.me, text=text)))


class LeftError(Exception):
    """Somebody has gone away."""


class Visitor:
    """Somebody who answers on the page, from a thread; a request that fails is sent again as it was, as browsers do.

    Attributes:
        acknowledged: what was answered, by the key of its turn, once the page has said that it is kept.
        refused: how often the page said that something could not be kept.
        error: why it ended before it was told to.
    """

    def __init__(self, token: str, addresses: Sequence[str], *, chance: Callable[[], float]) -> None:
        """Let somebody visit.

        Args:
            token: of a session.
            addresses: host and port of each process that serves the page; they are used by turns.
            chance: gives numbers from 0 to 1, for where to begin.
        """
        self.acknowledged: dict[str, str] = {}
        self.refused: list[str] = []
        self.error: BaseException | None = None
        self._cookie = f"shenbao={token}"
        self._csrf = hashlib.sha256(b"csrf " + token.encode()).hexdigest()
        self._addresses: Iterator[str] = cycle(addresses)
        for _ in range(int(chance() * len(addresses))):
            next(self._addresses)
        self._stopping, self._leaving = Event(), Event()
        self._thread = Thread(target=self._run, daemon=True)

    def begin(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the answer that is on its way; somebody has to serve the page until then."""
        self._end()

    def leave(self) -> None:
        """Go away, even from an answer that is on its way."""
        self._leaving.set()
        self._end()

    def _end(self) -> None:
        self._stopping.set()
        self._thread.join(2 * PATIENCE)
        assert not self._thread.is_alive(), "the page never answers"
        if self.error is not None:
            raise self.error

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                path = self._kept("/projects", {"turn": uuid.uuid4().hex})
                assert path.startswith("/projects/"), path
                self._answer_all(path.partition("#")[0])
        except LeftError:
            pass
        except BaseException as error:  # noqa: BLE001 - raised in the thread of the test
            self.error = error

    def _answer_all(self, path: str) -> None:
        while not self._stopping.is_set():
            status, shown, _ = self._asks("GET", path)
            if status != 200:
                self._is_refused(path, status, shown)
                continue
            asked = _ASKED.search(shown)
            words = answer_to(asked[1] if asked else "")
            if words is None:
                return
            hidden = dict(_FIELD.findall(shown))
            self._kept(f"{path}/say", {**hidden, "text": words})
            self.acknowledged[f"web:{path.rpartition('/')[2]}:{hidden['turn']}"] = words

    def _kept(self, path: str, fields: dict[str, str]) -> str:
        """Send a form until the page says that it is kept; return where it leads."""
        while True:
            status, shown, where = self._asks("POST", path, {**fields, "csrf": self._csrf})
            if status == 303:
                return where
            self._is_refused(path, status, shown)

    def _is_refused(self, path: str, status: int, shown: str) -> None:
        """Keep what the page says, when it says that something cannot be done now, and wait a moment."""
        assert status == 503, (path, status, shown)
        self.refused.append(shown)
        if self._leaving.wait(0.05):
            raise LeftError

    def _asks(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Ask until somebody answers, whoever serves the page now."""
        body = urlencode(fields).encode() if fields else None
        headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
        while True:
            connection = HTTPConnection(next(self._addresses), timeout=PATIENCE)
            try:
                connection.request(method, path, body, headers)
                response = connection.getresponse()
                return response.status, response.read().decode(), response.getheader("Location", "")
            except (OSError, HTTPException):
                if self._leaving.wait(0.01):  # whoever was killed begins again meanwhile
                    raise LeftError from None
            finally:
                connection.close()


def let_in(database: Database, token: str) -> None:
    """Open an account in a unit of its own, with a session that has this token."""
    from datetime import timedelta

    now = SystemClock().now()
    with database.unit_of_work() as work:
        unit = work.units.add(name=f"单位{token}", area="640221", at=now).id
        account = work.accounts.add(
            unit_id=unit, login=token, name=token, role="member", password_hash=None, at=now
        )
        work.web_sessions.start(
            hashlib.sha256(token.encode()).hexdigest(),
            account_id=account.id,
            at=now,
            expires_at=now + timedelta(days=1),
        )
