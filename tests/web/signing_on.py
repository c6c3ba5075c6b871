"""What the tests of the sign-in service share: the way there and back, and what is found afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from talking import CLOCK
from visiting import COUNTY, HOST

from bot.operating import invite

if TYPE_CHECKING:
    from fake_provider import FakeProvider
    from httpx2 import Response
    from visiting import Browser

    from bot.web.site import Site
    from storage.accounts import Account

STALE = "已经过期，或者不是在这个浏览器里开始的"
WRONG = "统一身份认证的回答有误"
UNREACHABLE = "统一身份认证现在连不上"
USED = "这个邀请已经用过或过期了"


def leaves(browser: Browser, query: str = "") -> str:
    """Set out for the service; return the address that the browser is sent to."""
    sent = browser.client.get(f"/oidc/start{query}", follow_redirects=False)
    assert sent.status_code == 303, sent.text
    return sent.headers["location"]


def returns(browser: Browser, back: str) -> Response:
    """Come back from the service."""
    return browser.opens(back.removeprefix(HOST))


def goes_through(browser: Browser, provider: FakeProvider, query: str = "") -> Response:
    """Go to the service, sign in there, and come back."""
    return returns(browser, provider.authorize(leaves(browser, query)))


def account_of(site: Site, login: str) -> Account:
    with site.conversation.database.unit_of_work() as work:
        account = work.accounts.by_login(login)
    assert account is not None
    return account


def link(site: Site, provider: FakeProvider, login: str, sub: str = "17") -> None:
    """Link an account to a subject of the service."""
    account = account_of(site, login)
    with site.conversation.database.unit_of_work() as work:
        work.accounts.link_oidc(account.id, f"{provider.issuer}|{sub}")


def invitation(site: Site, role: str = "member") -> str:
    """Return the token of a new invitation into the county's first unit."""
    with site.conversation.database.unit_of_work() as work:
        unit = work.units.in_area(COUNTY)[0]
        return invite(
            work,
            unit,
            role,
            actor="test",
            at=CLOCK.now(),
            lasts=timedelta(hours=site.settings.invitation_hours),
        )


def actions(site: Site) -> list[str]:
    """The log of who did what, the latest first."""
    with site.conversation.database.unit_of_work() as work:
        return [entry.action for entry in work.audit.latest(limit=50)]


def assert_kept_out(browser: Browser, shown: Response, status: int, sentence: str) -> None:
    """Assert that a page says one sentence, and that nobody has signed in."""
    assert shown.status_code == status
    assert sentence in shown.text
    assert "Traceback" not in shown.text
    assert browser.site.cookie not in browser.client.cookies
    assert browser.opens("/projects").url.path == "/sign-in"
