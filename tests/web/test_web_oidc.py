"""Signing in through the place's own service: who comes in, to which account, and who does not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fake_provider import SECRET, SECRET_ENV, FakeProvider
from signing_on import (
    STALE,
    USED,
    WRONG,
    account_of,
    actions,
    assert_kept_out,
    goes_through,
    invitation,
    leaves,
    link,
    returns,
)
from talking import CLOCK
from visiting import HOST, Browser, server_site

from bot.operating import reset
from bot.web import oidc_provider
from bot.web.oidc import Attempt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visiting import People

    from bot.web.site import Site
    from storage.database import Database

ATTEMPT = "__Host-shenbao-oidc"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv(SECRET_ENV, SECRET)
    with FakeProvider() as running:
        yield running


@pytest.fixture
def site(database: Database, provider: FakeProvider) -> Site:
    """A server whose users may sign in through the service."""
    return server_site(database, oidc=provider.settings)


@pytest.fixture
def guest(everybody: People) -> Browser:
    """The browser of somebody who has not signed in, on a server with people of every role."""
    return everybody.nobody


def test_without_the_setting_the_pages_are_not_there(database: Database) -> None:
    guest = Browser(server_site(database))
    assert "/oidc/start" not in guest.opens("/sign-in").text
    assert guest.opens("/oidc/start").status_code == 404
    assert guest.opens("/oidc/callback?code=a&state=b").status_code == 404


def test_a_linked_account_is_let_in(site: Site, guest: Browser, provider: FakeProvider) -> None:
    link(site, provider, "member")
    assert '<a class="button" href="/oidc/start">单点登录</a>' in guest.opens("/sign-in").text
    goes_through(guest, provider)
    assert guest.path == "/projects"
    assert account_of(site, "member").name in guest.text
    assert actions(site)[0] == "signed_in"
    assert ATTEMPT not in guest.client.cookies


def test_what_is_sent_to_the_service_is_fresh_each_time_and_keeps_the_verifier_back(
    site: Site, guest: Browser, provider: FakeProvider
) -> None:
    asked = [parse_qs(urlsplit(leaves(guest)).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
    assert asked[0]["redirect_uri"] == [f"{HOST}/oidc/callback"]
    key = oidc_provider.provider_of(site.settings).key
    attempt = Attempt.opened(guest.client.cookies[ATTEMPT], key, CLOCK.now())
    assert attempt is not None
    assert [attempt.state] == asked[1]["state"]
    assert attempt.verifier not in str(asked)
    assert provider.client_id in str(asked)
    assert SECRET not in str(asked)


def test_the_cookie_of_an_attempt_is_kept_from_scripts_and_other_sites(guest: Browser) -> None:
    sent = guest.client.get("/oidc/start", follow_redirects=False)
    cookie = sent.headers["set-cookie"].lower()
    assert cookie.startswith(ATTEMPT.lower())
    for attribute in ("httponly", "secure", "samesite=lax", "path=/", "max-age=600"):
        assert attribute in cookie


def test_who_is_in_is_not_sent_away(everybody: People, provider: FakeProvider) -> None:
    member = everybody.member
    assert member.opens("/oidc/start").url.path == "/projects"
    assert provider.asked == []


def test_an_invitation_opens_an_account_without_a_password(
    site: Site, guest: Browser, provider: FakeProvider
) -> None:
    token = invitation(site, "officer")
    query = f"?invitation={token}"
    assert f'href="/oidc/start{query}"' in guest.opens(f"/invitations/{token}").text
    goes_through(guest, provider, query)
    assert guest.path == "/submitted"
    account = account_of(site, "wangfang")
    assert (account.name, account.role, account.password_hash) == ("王芳", "officer", None)
    assert account.oidc_subject == f"{provider.issuer}|17"
    assert actions(site)[:2] == ["signed_in", "joined"]
    again = Browser(site)
    goes_through(again, provider)
    assert again.path == "/submitted"


@pytest.mark.parametrize("password", ["", "nobody", "None", "correct horse battery"])
def test_no_password_opens_an_account_that_has_none(
    site: Site, guest: Browser, provider: FakeProvider, password: str
) -> None:
    goes_through(guest, provider, f"?invitation={invitation(site)}")
    assert guest.path == "/projects"
    assert Browser(site).signs_in("wangfang", password).status_code == 422


def test_an_invitation_that_was_used_is_refused_before_the_way_to_the_service(
    site: Site, guest: Browser, provider: FakeProvider
) -> None:
    token = invitation(site)
    goes_through(guest, provider, f"?invitation={token}")
    late = Browser(site)
    shown = late.opens(f"/oidc/start?invitation={token}")
    assert (shown.status_code, USED in shown.text) == (404, True)


def test_an_invitation_that_is_used_meanwhile_opens_no_second_account(
    site: Site, guest: Browser, provider: FakeProvider
) -> None:
    token = invitation(site)
    back = provider.authorize(leaves(guest, f"?invitation={token}"))
    provider.person = {"sub": "18", "name": "李明"}
    goes_through(Browser(site), provider, f"?invitation={token}")
    provider.person = {"sub": "19", "name": "张三", "preferred_username": "zhangsan"}
    assert_kept_out(guest, returns(guest, back), 404, USED)
    with site.conversation.database.unit_of_work() as work:
        assert work.accounts.by_login("zhangsan") is None


@pytest.mark.parametrize("token", ["guess", "", "'; drop table account; --", "😀" * 500])
def test_an_invitation_that_is_none_opens_nothing(guest: Browser, provider: FakeProvider, token: str) -> None:
    shown = guest.client.get("/oidc/start", params={"invitation": token}, follow_redirects=False)
    if not token:
        assert_kept_out(
            guest, returns(guest, provider.authorize(shown.headers["location"])), 403, "要一个邀请"
        )
    else:
        assert_kept_out(guest, shown, 404, USED)


def test_a_link_that_sets_a_password_anew_opens_no_account(
    site: Site, guest: Browser, provider: FakeProvider
) -> None:
    operator, lasts = account_of(site, "operator"), timedelta(hours=1)
    with site.conversation.database.unit_of_work() as work:
        token = reset(work, operator, actor="test", at=CLOCK.now(), lasts=lasts)
    assert "/oidc/start" not in guest.opens(f"/invitations/{token}").text
    assert_kept_out(guest, guest.opens(f"/oidc/start?invitation={token}"), 404, USED)
    assert provider.asked == []


def test_who_has_an_account_already_keeps_it_and_the_invitation_stays_open(
    site: Site, guest: Browser, provider: FakeProvider
) -> None:
    link(site, provider, "member")
    token = invitation(site, "officer")
    goes_through(guest, provider, f"?invitation={token}")
    assert guest.path == "/projects"
    assert Browser(site).opens(f"/invitations/{token}").status_code == 200


@pytest.mark.parametrize(
    ("person", "account"),
    [
        ({"preferred_username": "MEMBER", "name": "李明"}, ("member-2", "李明")),
        ({"preferred_username": "Zhang San <z>", "name": None}, ("zhangsanz", "Zhang San <z>")),
        ({"preferred_username": "!", "email": "li@example.cn"}, ("li@example.cn", "王芳")),
        ({"preferred_username": None, "name": None}, ("user", "user")),
        ({"preferred_username": ["a"], "name": {"b": 1}, "sub": "a7"}, ("a7", "a7")),
        ({"preferred_username": "x" * 900, "name": "长" * 900}, ("x" * 50, "长" * 40)),
        ({"name": "王\u202e芳\x00\n"}, ("wangfang", "王芳")),
        ({"preferred_username": "王芳😀"}, ("王芳", "王芳")),
    ],
)
def test_the_new_account_has_a_user_name_that_can_be_one_and_that_nobody_has(
    site: Site, guest: Browser, provider: FakeProvider, person: dict[str, Any], account: tuple[str, str]
) -> None:
    provider.person = {"sub": "1", "name": "王芳", "preferred_username": "wangfang"} | person
    goes_through(guest, provider, f"?invitation={invitation(site)}")
    assert guest.path == "/projects"
    login, name = account
    assert account_of(site, login).name == name


def test_a_name_that_the_token_lacks_is_asked_for(site: Site, guest: Browser, provider: FakeProvider) -> None:
    provider.metadata = {"userinfo_endpoint": f"{provider.issuer}/userinfo"}
    provider.person = {"sub": "17"}
    provider.userinfo = {"sub": "17", "name": "王芳", "preferred_username": "wangfang"}
    goes_through(guest, provider, f"?invitation={invitation(site)}")
    assert account_of(site, "wangfang").name == "王芳"


def test_a_name_of_somebody_else_is_not_taken(site: Site, guest: Browser, provider: FakeProvider) -> None:
    provider.metadata = {"userinfo_endpoint": f"{provider.issuer}/userinfo"}
    provider.person = {"sub": "17"}
    provider.userinfo = {"sub": "18", "name": "王芳"}
    shown = goes_through(guest, provider, f"?invitation={invitation(site)}")
    assert_kept_out(guest, shown, 502, WRONG)


def test_who_was_not_invited_stays_out_whatever_they_are_called(
    site: Site, guest: Browser, provider: FakeProvider
) -> None:
    provider.person = {"sub": "17", "preferred_username": "operator", "email": "operator"}
    assert_kept_out(guest, goes_through(guest, provider), 403, "请找管理员要一个邀请")
    assert actions(site)[0] == "sign_in_refused"


def test_the_same_number_at_another_service_is_somebody_else(
    site: Site, guest: Browser, provider: FakeProvider
) -> None:
    account = account_of(site, "member")
    with site.conversation.database.unit_of_work() as work:
        work.accounts.link_oidc(account.id, "https://login.example|17")
    assert_kept_out(guest, goes_through(guest, provider), 403, "请找管理员要一个邀请")


def test_a_closed_account_stays_closed(site: Site, guest: Browser, provider: FakeProvider) -> None:
    link(site, provider, "member")
    account = account_of(site, "member")
    with site.conversation.database.unit_of_work() as work:
        work.accounts.set_active(account.id, is_active=False)
    assert_kept_out(guest, goes_through(guest, provider), 403, "这个账号已经停用")


def test_who_is_in_links_their_account_and_comes_in_that_way_later(
    site: Site, guest: Browser, everybody: People, provider: FakeProvider
) -> None:
    member = everybody.member
    goes_through(member, provider, "?link=1")
    assert member.path == "/projects"
    assert actions(site)[0] == "linked"
    goes_through(guest, provider)
    assert guest.path == "/projects"
    assert "绑定统一身份认证" in everybody.operator.opens("/audit").text


def test_what_belongs_to_somebody_else_is_not_linked(
    site: Site, everybody: People, provider: FakeProvider
) -> None:
    link(site, provider, "colleague")
    member = everybody.member
    shown = goes_through(member, provider, "?link=1")
    assert (shown.status_code, "已经绑定了别的账号" in shown.text) == (409, True)
    assert account_of(site, "member").oidc_subject is None
    assert account_of(site, "colleague").oidc_subject == f"{provider.issuer}|17"


def test_only_who_is_in_links_an_account(guest: Browser) -> None:
    assert_kept_out(guest, guest.opens("/oidc/start?link=1"), 401, "请先登录")


def test_another_site_does_not_make_somebody_link_their_account(
    everybody: People, provider: FakeProvider
) -> None:
    member = everybody.member
    sent = member.client.get("/oidc/start?link=1", headers={"Sec-Fetch-Site": "cross-site"})
    assert sent.status_code == 403
    assert provider.asked == []


@pytest.mark.parametrize("now_in", [None, "colleague"])
def test_an_account_is_linked_only_by_who_has_begun_it(
    site: Site, everybody: People, provider: FakeProvider, now_in: str | None
) -> None:
    member = everybody.member
    back = provider.authorize(leaves(member, "?link=1"))
    member.client.cookies.delete(site.cookie)
    if now_in is not None:
        member.client.cookies.set(site.cookie, now_in)
    shown = returns(member, back)
    assert (shown.status_code, STALE in shown.text) == (400, True)
    for login in ("member", "colleague"):
        assert account_of(site, login).oidc_subject is None


@pytest.mark.parametrize("state", ["", "guess", "状态", "\x00"])
def test_a_wrong_state_is_refused(site: Site, guest: Browser, provider: FakeProvider, state: str) -> None:
    link(site, provider, "member")
    back = provider.authorize(leaves(guest), state=state)
    assert_kept_out(guest, returns(guest, back), 400, STALE)
    assert "/token" not in provider.asked


def test_a_replayed_answer_is_refused(site: Site, guest: Browser, provider: FakeProvider) -> None:
    link(site, provider, "member")
    address = leaves(guest)
    kept = guest.client.cookies[ATTEMPT]
    back = provider.authorize(address)
    returns(guest, back)
    assert guest.path == "/projects"
    guest.client.cookies.clear()
    assert_kept_out(guest, returns(guest, back), 400, STALE)
    guest.client.cookies.set(ATTEMPT, kept)  # also by somebody who has kept the cookie: the code is used up
    assert_kept_out(guest, returns(guest, back), 400, STALE)


def test_an_attempt_ends_after_ten_minutes(
    site: Site, guest: Browser, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    link(site, provider, "member")
    back = provider.authorize(leaves(guest))
    kept = guest.client.cookies[ATTEMPT]
    monkeypatch.setattr(CLOCK, "moment", CLOCK.moment + timedelta(minutes=10))
    guest.client.cookies.clear()
    guest.client.cookies.set(ATTEMPT, kept)
    assert_kept_out(guest, returns(guest, back), 400, STALE)


def test_an_answer_is_taken_only_by_the_browser_that_has_asked(
    site: Site, guest: Browser, provider: FakeProvider
) -> None:
    link(site, provider, "member")
    back = provider.authorize(leaves(guest))
    victim = Browser(site)
    assert_kept_out(victim, returns(victim, back), 400, STALE)
    leaves(victim)
    assert_kept_out(victim, returns(victim, back), 400, STALE)
    returns(guest, back)
    assert guest.path == "/projects"


@pytest.mark.parametrize("change", ["body", "signature", "unsigned", "empty", "foreign"])
def test_a_cookie_that_was_changed_is_refused(
    site: Site, guest: Browser, provider: FakeProvider, change: str
) -> None:
    link(site, provider, "member")
    back = provider.authorize(leaves(guest))
    body, _, signature = guest.client.cookies[ATTEMPT].partition(".")
    foreign = Attempt.begun(CLOCK.now(), invitation="", account_id=1).sealed(b"another key")
    changed = {
        "body": f"{body[:-2]}20.{signature}",
        "signature": f"{body}.{signature[::-1]}",
        "unsigned": f"{body}.",
        "empty": "",
        "foreign": foreign,
    }
    guest.client.cookies.clear()
    guest.client.cookies.set(ATTEMPT, changed[change])
    assert_kept_out(guest, returns(guest, back), 400, STALE)


def test_a_refusal_by_the_service_is_told(guest: Browser, provider: FakeProvider) -> None:
    state = parse_qs(urlsplit(leaves(guest)).query)["state"][0]
    shown = guest.opens(f"/oidc/callback?error=access_denied&error_description=%3Cb%3E&state={state}")
    assert "<b>" not in shown.text
    assert_kept_out(guest, shown, 403, "统一身份认证没有让您登录")
    assert "/token" not in provider.asked


def test_attempts_are_limited_as_those_with_a_password_are(
    site: Site, guest: Browser, provider: FakeProvider
) -> None:
    link(site, provider, "member")
    for _ in range(site.settings.sign_in_limit):
        goes_through(guest, provider)
        guest.client.cookies.clear()
    assert_kept_out(guest, goes_through(guest, provider), 429, "试的次数太多了")


def test_nothing_that_is_asked_for_leads_to_another_site(
    site: Site, guest: Browser, provider: FakeProvider
) -> None:
    link(site, provider, "member")
    away = "&".join(f"{name}=https://evil.example" for name in ("next", "redirect_uri", "return_to", "iss"))
    address = leaves(guest, f"?{away}")
    assert "evil" not in address
    sent = guest.client.get(
        provider.authorize(address).removeprefix(HOST) + f"&{away}", follow_redirects=False
    )
    assert sent.headers["location"] == "/"
