"""What the tests of the web page share: a browser without scripts, and a server with people of every role."""

from __future__ import annotations

import re
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.testclient import TestClient
from talking import CLOCK, WHOLE_PROJECT

from bot.conversation import Conversation
from bot.updates import Incoming
from bot.web.app import create_app
from bot.web.passwords import hashed
from bot.web.principal import csrf_of, digest_of
from bot.web.settings import Settings
from bot.web.site import Site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from httpx2 import Response
    from starlette.applications import Starlette

    from storage.database import Database

HOST = "https://shenbao.example"
PASSWORD = "correct horse battery"
_FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
_updates = count(1)
CITY, COUNTY, OTHER_COUNTY = "640200", "640221", "640205"


class Browser:
    """A browser without scripts: follows redirects, keeps cookies, sends what forms carry."""

    def __init__(self, site: Site, app: Starlette | None = None) -> None:
        """Look at a site, or at one that is served already."""
        self.site = site
        base = HOST if not site.settings.is_local else "http://127.0.0.1"
        self.client = TestClient(app or create_app(site), base_url=base, raise_server_exceptions=False)
        self.shown: Response | None = None

    def opens(self, path: str) -> Response:
        """Open a page."""
        self.shown = self.client.get(path)
        return self.shown

    def sends(self, path: str, files: Any = None, **fields: Any) -> Response:
        """Send a form to a path, with the hidden fields of the page that is open."""
        self.shown = self.client.post(path, data={**self.hidden, **fields}, files=files)
        return self.shown

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden fields of the page that is open."""
        return dict(_FIELD.findall(self.text))

    @property
    def csrf(self) -> str:
        """What forms of this browser's session carry."""
        return csrf_of(self.client.cookies.get(self.site.cookie) or "")

    @property
    def text(self) -> str:
        """What is on the page."""
        return self.shown.text if self.shown is not None else ""

    @property
    def path(self) -> str:
        """The page that is open."""
        assert self.shown is not None
        return self.shown.url.path

    @property
    def question(self) -> str:
        """The question that is open."""
        found = re.search(r'id="ask-text">([^<]*)<', self.text)
        return found[1] if found else ""

    def signs_in(self, login: str, password: str = PASSWORD) -> Response:
        """Sign in with name and password."""
        self.opens("/sign-in")
        return self.sends("/sign-in", login=login, password=password)

    def begins_project(self, *answers: str) -> str:
        """Begin a project and answer its first questions; return the path of its page."""
        self.opens("/projects")
        self.sends("/projects")
        path = self.path
        for answer in answers:
            self.says(answer)
        return path

    def says(self, *answers: str) -> str:
        """Answer on the page of a project; return the question that is open then."""
        for answer in answers:
            self.sends(f"{self.path}/say", text=answer)
        return self.question


class People(NamedTuple):
    """A browser for everybody on a server."""

    nobody: Browser
    member: Browser
    colleague: Browser
    stranger: Browser
    officer: Browser
    other_officer: Browser
    city_officer: Browser
    operator: Browser


def local_site(database: Database) -> Site:
    """Return a page for one person on this computer."""
    return Site(Conversation(database, CLOCK), Settings(), local_user="user")


def server_site(database: Database, **settings: Any) -> Site:
    """Return a page for the units of a place."""
    conversation = Conversation(database, CLOCK)
    return Site(conversation, Settings(public_url=HOST, **settings), local_user=None)


def people(site: Site) -> People:
    """Open accounts of every role, and sign everybody in.

    Two units of one county, and the officers of that county, of another one, and of the city.
    """
    now = CLOCK.now()
    with site.conversation.database.unit_of_work() as work:
        ours = work.units.add(name="青山街道办事处", area=COUNTY, at=now).id
        theirs = work.units.add(name="绿水街道办事处", area=COUNTY, at=now).id
        county = work.units.add(name="青山县数据局", area=COUNTY, at=now).id
        elsewhere = work.units.add(name="绿水县数据局", area=OTHER_COUNTY, at=now).id
        city = work.units.add(name="市数据局", area=CITY, at=now).id
        for login, unit, role in (
            ("member", ours, "member"),
            ("colleague", ours, "member"),
            ("stranger", theirs, "member"),
            ("officer", county, "officer"),
            ("other_officer", elsewhere, "officer"),
            ("city_officer", city, "officer"),
            ("operator", None, "operator"),
        ):
            work.accounts.add(
                unit_id=unit, login=login, name=login, role=role, password_hash=password_hash(), at=now
            )
    for name in People._fields:
        if name != "nobody":
            let_in(site, name)
    return browsers(site)


def browsers(site: Site) -> People:
    """Return a browser for everybody whom :func:`people` has signed in."""
    app = create_app(site)
    opened = People(*(Browser(site, app) for _ in People._fields))
    for name, browser in opened._asdict().items():
        if name != "nobody":
            browser.client.cookies.set(site.cookie, name)
    return opened


def whole_project(browser: Browser, login: str, answers: Sequence[str] = WHOLE_PROJECT) -> str:
    """Answer a project without drawing a page for each answer; return the path of its page."""
    conversation = browser.site.conversation
    with conversation.database.unit_of_work() as work:
        account = work.accounts.by_login(login)
    assert account is not None
    who, owner = f"account:{account.id}", f"unit:{account.unit_id}"
    return go_on(browser.site, "", "new", *answers, user=who, owner=owner)


def go_on(site: Site, path: str, *answers: str, user: str, owner: str) -> str:
    """Go on with the project of a path, or with none yet, in the same way; return the path of its page."""
    number = int(path.rpartition("/")[2]) if path else None
    for text in answers:
        reply = site.conversation.receive(
            Incoming(
                channel="web",
                update_id=f"test {next(_updates)}",
                user=user,
                text=text,
                window="page",
                project_id=number,
                owner=owner,
                is_shown_from_history=True,
            )
        )
        assert reply is not None
        number = reply.project_id
    return f"/projects/{number}"


def let_in(site: Site, login: str) -> None:
    """Begin a session, whose token is the login, without the password, whose check is slow on purpose."""
    now = CLOCK.now()
    with site.conversation.database.unit_of_work() as work:
        account = work.accounts.by_login(login)
        assert account is not None
        expires_at = now + site.session_lasts
        work.web_sessions.start(digest_of(login), account_id=account.id, at=now, expires_at=expires_at)


@cache
def password_hash() -> str:
    """Return the hash of everybody's password."""
    return hashed(PASSWORD)
