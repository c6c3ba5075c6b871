"""What machines ask of a server: whether it lives, whether it is ready, what it counted; and what its log keeps."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient
from visiting import HOST, Browser, local_site, server_site

from bot.metrics import Metrics
from bot.web.app import create_app
from bot.web.settings import Settings, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from bot.web.site import Site
    from storage.database import Database

PATHS = ("/healthz", "/readyz", "/metrics")
HERE = "127.0.0.1"


def asking(site: Site, address: str = HERE, host: str = "10.0.0.5:8301") -> TestClient:
    """Return who asks from an address, by the address of the process."""
    return TestClient(create_app(site), base_url=f"http://{host}", client=(address, 50000))


def counting(database: Database, **settings: Any) -> Site:
    site = server_site(database, **settings)
    site.metrics = Metrics(site.conversation)
    return site


def test_a_load_balancer_may_ask_by_address_and_gets_no_cookie(database: Database) -> None:
    with asking(counting(database)) as balancer:
        for path in PATHS:
            answer = balancer.get(path)
            assert answer.status_code == 200, path
            assert "set-cookie" not in answer.headers
            assert answer.headers["cache-control"] == "no-store"
            assert balancer.head(path).status_code == 200
        assert balancer.get("/readyz").json() == {"status": "ready"}
        assert balancer.get("/sign-in").status_code == 400, "other addresses want the right name"


def test_a_process_that_stops_says_so_and_lives(database: Database) -> None:
    site = counting(database)
    site.readiness.stop()
    with asking(site) as balancer:
        answer = balancer.get("/readyz")
        assert (answer.status_code, answer.json()) == (503, {"status": "unready", "reason": "stopping"})
        assert balancer.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("127.0.0.1", 200),
        ("::1", 200),
        ("10.0.7.9", 200),
        ("192.0.2.4", 200),
        ("192.0.2.5", 404),
        ("2001:db8::1", 404),
        ("testclient", 404),
    ],
)
def test_figures_are_told_to_this_machine_and_to_whom_the_settings_name(
    database: Database, address: str, status: int
) -> None:
    site = counting(database, metrics_allow=("10.0.0.0/8", "192.0.2.4"))
    with asking(site, address) as reader:
        assert reader.get("/metrics").status_code == status


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_figures_are_never_told_through_a_proxy(database: Database, header: str) -> None:
    with asking(counting(database)) as reader:
        assert reader.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


def test_in_local_mode_there_is_none_of_it(database: Database) -> None:
    with asking(local_site(database), host="127.0.0.1") as reader:
        for path in PATHS:
            assert reader.get(path).status_code == 404
        assert "x-request-id" not in reader.get("/sign-in").headers


def test_who_may_read_figures_is_checked_when_the_settings_are_read(tmp_path: Path) -> None:
    file = tmp_path / "server.toml"
    file.write_text(f'public_url = "{HOST}"\nmetrics_allow = ["10.0.0.0/8", "monitor"]\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="monitor"):
        Settings.read(file)


# --- the log of requests --------------------------------------------------------------------------------------


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="bot.web.access_log")
    return caplog


def test_a_request_is_noted_by_its_route_without_what_is_personal(
    site: Site, log: pytest.LogCaptureFixture
) -> None:
    app = create_app(site)
    for address in ("203.0.113.77", "2001:db8:1:2::3"):
        with TestClient(app, base_url=HOST, client=(address, 50000)) as visitor:
            visitor.get("/invitations/secret-token?name=李明")
    with TestClient(app, base_url=HOST) as visitor:
        visitor.get("/no/such/李明")
        visitor.get("/static/app.css")
    noted = [(record.method, record.route, record.status, record.address) for record in log.records]  # type: ignore[attr-defined]
    assert noted == [
        ("GET", "/invitations/{token}", 404, "203.0.113.0/24"),
        ("GET", "/invitations/{token}", 404, "2001:db8:1::/48"),
        ("GET", "-", 404, "-"),
        ("GET", "/static/", 200, "-"),
    ]
    assert log.messages[0].startswith("GET /invitations/{token} 404 ")
    for personal in ("secret-token", "李明", "203.0.113.77", "name="):
        assert personal not in log.text


def test_a_request_has_the_id_that_the_load_balancer_gave_it(site: Site) -> None:
    browser = Browser(site)
    given = "0123456789abcdef" * 2
    sent = browser.client.get("/sign-in", headers={"X-Request-ID": given})
    assert sent.headers["x-request-id"] == given
    first, second = (
        browser.client.get("/sign-in", headers={"X-Request-ID": made_up}).headers["x-request-id"]
        for made_up in ("13812345678", "x" * 32)
    )
    assert len(first) == len(second) == 32
    assert first != second


def test_probes_are_not_noted(database: Database, log: pytest.LogCaptureFixture) -> None:
    with asking(server_site(database)) as balancer:
        for path in PATHS:
            balancer.get(path)
    assert log.messages == []
