"""What the tests in a real browser share: the page served from a thread, and windows of Chromium that look at it."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from talking import CLOCK
from visiting import go_on, people

from bot.conversation import Conversation
from bot.listening import listen
from bot.updates import chat_of
from bot.web.app import create_app
from bot.web.principal import LOCAL_CHANNEL, digest_of
from bot.web.protection import HEADERS
from bot.web.settings import LOCAL_HOST, Settings
from bot.web.site import Site
from storage.database import open_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import BrowserContext, Locator, Page, Request, Response

REQUIRED = "SHENBAO_REQUIRE_CHROMIUM"
"""Set where the tests in a browser must run: without one they fail there instead of being skipped."""
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
NO_SCRIPTS: dict[str, Any] = {**DESKTOP, "java_script_enabled": False}
PATIENCE = 10_000
"""Milliseconds to wait for a condition before a test fails; on a quiet machine everything takes a fraction of it."""
LOCAL_USER = "user"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Served(NamedTuple):
    """A page that is being served."""

    site: Site
    address: str


class Watch:
    """Sees everything that a browser asks for, gets and complains about; ``verify`` says what was wrong.

    Attributes:
        allowed: patterns of complaints that a test brings about on purpose.
    """

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.allowed: list[str] = []
        self._complaints: list[str] = []
        self._requests: list[Request] = []
        self._responses: list[Response] = []
        context.on("request", lambda request: self._requests.append(request))
        context.on("response", lambda response: self._responses.append(response))
        context.on("weberror", lambda error: self._complaints.append(str(error.error)))
        context.on("console", lambda entry: self._complaints.append(f"{entry.type}: {entry.text}"))

    def posts(self, ending: str = "/say") -> list[Request]:
        """Return the forms that were sent to a path."""
        return [each for each in self._requests if each.method == "POST" and each.url.endswith(ending)]

    def verify(self) -> None:
        """Nothing was asked of another computer, every answer was protected, and the browser was content."""
        foreign = [each.url for each in self._requests if not each.url.startswith(f"{self.address}/")]
        assert not foreign, foreign
        for response in self._responses:
            missing = {name for name, value in HEADERS.items() if response.headers.get(name.lower()) != value}
            assert not missing, (response.url, missing)
            assert response.headers.get("cache-control"), response.url
        complaints = [
            each for each in self._complaints if not any(re.search(pattern, each) for pattern in self.allowed)
        ]
        assert not complaints, complaints


class Window:
    """A window of the browser, used as people do: by labels, keys and clicks."""

    def __init__(self, page: Page, watch: Watch, *, has_scripts: bool = True) -> None:
        self.page = page
        self.watch = watch
        self.has_scripts = has_scripts

    def opens(self, path: str) -> None:
        """Open a page of ours."""
        self.page.goto(self.watch.address + path)

    @property
    def path(self) -> str:
        """The page that is open."""
        return self.page.url.removeprefix(self.watch.address).partition("#")[0]

    @property
    def composer(self) -> Locator:
        """Where an answer is typed."""
        return self.page.get_by_role("textbox", name="回答")

    @property
    def question(self) -> Locator:
        """The question that is open."""
        return self.page.locator("#ask-text")

    @property
    def turns(self) -> Locator:
        """What was asked and said so far."""
        return self.page.locator(".turn")

    def button(self, name: str) -> Locator:
        """A button by its whole name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def begins(self, *answers: str) -> None:
        """Begin a project, and type its first answers."""
        self.opens("/projects")
        self.button("新建一个项目").first.click()
        self.question.wait_for()
        self.says(*answers)

    def says(self, *answers: str) -> None:
        """Type answers, each when the one before was taken."""
        for answer in answers:
            with self.taken():
                self.composer.fill(answer)
                if self.has_scripts:
                    self.composer.press("Enter")
                else:
                    self.button("发送").click()

    def chooses(self, *labels: str) -> None:
        """Press the buttons of answers, each when the one before was taken."""
        for label in labels:
            with self.taken():
                self.button(label).click()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Do what sends something, and wait until it is answered: every answer brings a key for the next."""
        key = self.page.locator("#ask input[name=turn]")
        before = key.input_value()
        yield
        self.page.locator(f'#ask input[name=turn]:not([value="{before}"])').wait_for(state="attached")
        # The forms follow; a click on them before that would hit what is about to be replaced.
        self.page.locator("#side:not(.htmx-request)").wait_for(state="attached")

    def kept(self) -> dict[str, str]:
        """Return what this browser keeps of the page between visits."""
        return self.page.evaluate("({...localStorage, ...sessionStorage})")

    def is_at(self, selector: str) -> bool:
        """Say whether the keyboard is at an element."""
        return self.page.evaluate("selector => document.activeElement.matches(selector)", selector)

    def is_usable_by_all(self) -> None:
        """The page holds no violation of WCAG 2.2 AA or of good practice, in light and in dark."""
        from axe_playwright_python.base import AXE_SCRIPT

        self.page.evaluate(f"if (!window.axe) {{ {AXE_SCRIPT} }}")
        everything = {"runOnly": WCAG, "resultTypes": ["violations"]}
        colours = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
        for scheme, options in (("light", everything), ("dark", colours)):
            self.page.emulate_media(color_scheme=scheme)
            found = self.page.evaluate("options => axe.run(options)", options)
            violations = [
                (scheme, each["id"], node["target"], node["failureSummary"])
                for each in found["violations"]
                for node in each["nodes"]
            ]
            assert not violations, (self.path, violations)
        self.page.emulate_media(color_scheme="light")

    def fits(self) -> None:
        """Nothing stands out of the window to the right."""
        self.page.wait_for_load_state("domcontentloaded")
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), self.path


class Windows:
    """Opens windows on a served page, each of another person, and watches them all."""

    def __init__(self, chromium: Chromium, served: Served) -> None:
        self.served = served
        self._chromium = chromium
        self._contexts: list[BrowserContext] = []
        self._watches: list[Watch] = []

    def open(self, login: str = LOCAL_USER, **options: Any) -> Window:
        """Open a window of somebody: of an account on a server, or of the person at this computer."""
        site, address = self.served
        context = self._chromium.new_context(locale="zh-CN", reduced_motion="reduce", **(DESKTOP | options))
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        self._watches.append(Watch(context, address))
        context.add_cookies([{"name": site.cookie, "value": login, "url": address}])
        return Window(
            context.new_page(), self._watches[-1], has_scripts=options.get("java_script_enabled", True)
        )

    def project(self, *answers: str, user: str = LOCAL_USER) -> str:
        """Begin a project without drawing a page for each answer; return the path of its page."""
        return self.answers("", "new", *answers, user=user)

    def answers(self, path: str, *answers: str, user: str = LOCAL_USER) -> str:
        """Go on with a project in the same way; return the path of its page."""
        return go_on(self.served.site, path, *answers, user=user, owner=chat_of(LOCAL_CHANNEL, user))

    def another(self, window: Window) -> Window:
        """Open another window of the same person."""
        return Window(window.page.context.new_page(), window.watch, has_scripts=window.has_scripts)

    def close(self) -> None:
        """Close everything; then see that nothing was wrong anywhere."""
        for context in self._contexts:
            context.close()
        for watch in self._watches:
            watch.verify()


@contextmanager
def serving(folder: Path, *, is_local: bool) -> Iterator[Served]:
    """Serve the page of one person, or of the units of a place, from a thread."""
    import uvicorn

    with listen(LOCAL_HOST, 0) as listening, open_database(folder / "shenbao.db") as database:
        database.migrate()
        port: int = listening.getsockname()[1]
        address = f"http://{LOCAL_HOST}:{port}"
        settings = Settings(public_url="" if is_local else address, port=port)
        site = Site(Conversation(database, CLOCK), settings, local_user=LOCAL_USER if is_local else None)
        if is_local:
            let_in_local(site)
        config = uvicorn.Config(
            create_app(site),
            log_level="error",
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            yield Served(site, address)
        finally:
            server.should_exit = True
            thread.join()


def let_in_local(site: Site) -> None:
    """Begin a session of the person at this computer, whose token is their name."""
    now = CLOCK.now()
    with site.conversation.database.unit_of_work() as work:
        work.web_sessions.start(
            digest_of(LOCAL_USER), account_id=None, at=now, expires_at=now + site.session_lasts
        )


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """Debian's Chromium; one for the tests of a module.

    Not one for all of them: while Playwright runs, no other test in the process can start an event loop. The headless
    shell is the same browser without its own windows, and takes half the time.
    """
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if path is None:
        words = "Chromium is not installed (apt-get install chromium-headless-shell)"
        if os.environ.get(REQUIRED):
            pytest.fail(words)
        pytest.skip(words)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {LOCAL_HOST}"],
        )
        with started:
            yield started


@pytest.fixture
def windows(chromium: Chromium, tmp_path: Path) -> Iterator[Windows]:
    """Windows of the person at this computer."""
    with serving(tmp_path, is_local=True) as served:
        opened = Windows(chromium, served)
        yield opened
        opened.close()


@pytest.fixture
def town(chromium: Chromium, tmp_path: Path) -> Iterator[Windows]:
    """Windows on a server, where people of every role have accounts."""
    with serving(tmp_path, is_local=False) as served:
        people(served.site)
        opened = Windows(chromium, served)
        yield opened
        opened.close()
