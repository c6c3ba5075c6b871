"""The sign-in service that answers wrongly, late or not at all, or that the server is not set up for."""

from __future__ import annotations

import logging
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fake_provider import SECRET, SECRET_ENV, FakeProvider
from signing_on import UNREACHABLE, WRONG, actions, assert_kept_out, goes_through, leaves, link, returns
from talking import CLOCK
from visiting import server_site

from bot.web import oidc_provider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visiting import Browser, People

    from bot.web.site import Site
    from storage.database import Database


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


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": ["a", "b"]},
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"aud": None},
        {"iss": "https://login.example"},
        {"iss": None},
        {"exp": 1},
        {"exp": None},
        {"exp": "never"},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"sub": None},
        {"sub": ""},
        {"sub": 17},
        {"azp": "another-client"},
        {"at_hash": "another"},
    ],
    ids=str,
)
def test_a_token_that_is_not_meant_for_this_attempt_is_refused(
    site: Site, guest: Browser, provider: FakeProvider, wrong: dict[str, Any]
) -> None:
    link(site, provider, "member")
    provider.claims = wrong
    assert_kept_out(guest, goes_through(guest, provider), 502, WRONG)
    assert actions(site)[0] == "sign_in_refused"


def test_a_token_for_several_clients_names_the_one_it_was_made_for(
    site: Site, guest: Browser, provider: FakeProvider
) -> None:
    link(site, provider, "member")
    provider.claims = {"aud": [provider.client_id, "another-client"]}
    assert_kept_out(guest, goes_through(guest, provider), 502, WRONG)
    provider.claims |= {"azp": provider.client_id}
    goes_through(guest, provider)
    assert guest.path == "/projects"


def test_a_token_signed_by_somebody_else_is_refused(
    site: Site, guest: Browser, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    link(site, provider, "member")
    right = provider._signed
    monkeypatch.setattr(provider, "_signed", lambda claims: right(claims)[:-40] + "A" * 40)
    assert_kept_out(guest, goes_through(guest, provider), 502, WRONG)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_needs_no_private_key_is_refused(
    site: Site, guest: Browser, provider: FakeProvider, algorithm: str
) -> None:
    link(site, provider, "member")
    provider.algorithm = algorithm
    assert_kept_out(guest, goes_through(guest, provider), 502, WRONG)


def test_a_token_by_a_key_that_is_not_published_is_refused(
    site: Site, guest: Browser, provider: FakeProvider
) -> None:
    link(site, provider, "member")
    provider.signer, provider.published = "b", ["a", "c"]
    assert_kept_out(guest, goes_through(guest, provider), 502, WRONG)


def test_a_key_that_the_service_has_changed_is_fetched(
    site: Site, guest: Browser, provider: FakeProvider
) -> None:
    link(site, provider, "member")
    address = leaves(guest)
    provider.signer, provider.published = "b", ["b", "c"]
    returns(guest, provider.authorize(address))
    assert guest.path == "/projects"
    assert provider.asked.count("/keys") == 2


def test_keys_that_we_do_not_understand_are_passed_over(
    site: Site, guest: Browser, provider: FakeProvider
) -> None:
    link(site, provider, "member")
    provider.foreign_keys = [
        {"kty": "EC", "crv": "SM2", "x": "AA", "y": "AA", "kid": "sm2"},
        {"kty": "PQ"},
        {"kty": ["RSA"]},
        {"kty": "RSA", "n": "?", "e": 3},
        None,
        "key",
    ]
    goes_through(guest, provider)
    assert guest.path == "/projects"


def test_what_the_service_says_of_itself_is_kept_for_an_hour(
    guest: Browser, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        leaves(guest)
    assert provider.asked == ["/.well-known/openid-configuration", "/keys"]
    monkeypatch.setattr(CLOCK, "moment", CLOCK.moment + timedelta(hours=1))
    leaves(guest)
    assert len(provider.asked) == 4


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://login.example"},
        {"issuer": None},
        {"token_endpoint": ""},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "//login.example"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": 7},
        {"jwks_uri": "http://[::1"},
        {"userinfo_endpoint": "ftp://login.example"},
    ],
    ids=str,
)
def test_a_service_that_describes_itself_wrongly_is_not_used(
    guest: Browser, provider: FakeProvider, metadata: dict[str, Any]
) -> None:
    provider.metadata = metadata
    assert_kept_out(guest, guest.opens("/oidc/start"), 502, WRONG)


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
@pytest.mark.parametrize(
    "answer",
    [(200, b""), (200, b"<html>"), (200, b"[]"), (200, b"{}"), (200, b"\xff"), (404, b"{}"), (500, b"{}")],
    ids=str,
)
def test_an_answer_that_is_none_gets_one_sentence(
    site: Site, guest: Browser, provider: FakeProvider, path: str, answer: tuple[int, bytes]
) -> None:
    link(site, provider, "member")
    provider.answers = {path: answer}
    if path == "/token":
        assert_kept_out(guest, goes_through(guest, provider), 502, WRONG)
    else:
        assert_kept_out(guest, guest.opens("/oidc/start"), 502, WRONG)


@pytest.mark.parametrize("id_token", ["", "a", "a.b.c", "..", "e30.e30.", "😀", 7, None, {}], ids=str)
def test_a_token_that_is_none_gets_one_sentence(
    guest: Browser, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch, id_token: object
) -> None:
    monkeypatch.setattr(provider, "_signed", lambda _claims: id_token)
    assert_kept_out(guest, goes_through(guest, provider), 502, WRONG)


def test_a_secret_that_the_service_does_not_take_is_our_fault_and_not_the_users(
    guest: Browser, provider: FakeProvider
) -> None:
    provider.answers = {"/token": (401, b'{"error": "invalid_client"}')}
    assert_kept_out(guest, goes_through(guest, provider), 502, WRONG)


def test_a_service_that_is_down_gets_one_sentence_and_a_pause(
    guest: Browser, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []
    right = oidc_provider._fetched

    def counted(address: str) -> bytes:
        fetched.append(address)
        return right(address)

    monkeypatch.setattr(oidc_provider, "_fetched", counted)
    provider.close()
    for _ in range(3):
        assert_kept_out(guest, guest.opens("/oidc/start"), 503, UNREACHABLE)
    assert len(fetched) == 1  # nobody waits again for what has just not answered
    monkeypatch.setattr(CLOCK, "moment", CLOCK.moment + timedelta(seconds=10))
    assert_kept_out(guest, guest.opens("/oidc/start"), 503, UNREACHABLE)
    assert len(fetched) == 2


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys"])
def test_a_service_that_is_slow_keeps_nobody_waiting(
    guest: Browser, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(oidc_provider, "TIMEOUT", 0.2)
    provider.silent = {path}
    assert_kept_out(guest, guest.opens("/oidc/start"), 503, UNREACHABLE)


def test_a_service_that_is_slow_on_the_way_back_keeps_nobody_waiting(
    guest: Browser, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = leaves(guest)
    monkeypatch.setattr(oidc_provider, "TIMEOUT", 0.2)
    provider.silent = {"/token"}
    assert_kept_out(guest, returns(guest, provider.authorize(address)), 503, UNREACHABLE)


@pytest.mark.parametrize("module", ["httpx2", "authlib.integrations.httpx_client", "joserfc.jwt"])
def test_without_the_library_the_page_and_the_log_say_so(
    guest: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, module: str
) -> None:
    with monkeypatch.context() as without:
        without.setitem(sys.modules, module, None)
        shown = guest.client.get("/oidc/start", follow_redirects=False)
    assert_kept_out(guest, shown, 503, "没有装统一身份认证要用的组件")
    assert "shenbao[oidc]" in caplog.text
    leaves(guest)  # once it is installed


def test_without_the_secret_the_page_and_the_log_say_so(
    guest: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv(SECRET_ENV)
    assert_kept_out(guest, guest.opens("/oidc/start"), 503, "统一身份认证还没有配置好")
    assert SECRET_ENV in caplog.text


def test_the_log_holds_no_secret(
    site: Site, guest: Browser, provider: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    link(site, provider, "member")
    provider.claims = {"aud": "another-client"}
    back = provider.authorize(leaves(guest))
    returns(guest, back)
    assert "oidc: InvalidClaimError" in caplog.text
    secrets = [SECRET, *parse_qs(urlsplit(back).query)["code"], *parse_qs(urlsplit(back).query)["state"]]
    assert not any(secret in caplog.text for secret in secrets)
