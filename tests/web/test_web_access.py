"""Every address, asked for by everybody: nobody, members of two units, officers of three areas, an operator.

The table below says who is let in. A new address without a line in it fails.
"""

from __future__ import annotations

from shutil import copytree
from typing import TYPE_CHECKING, NamedTuple

import pytest
from starlette.routing import Route
from talking import CLOCK, WHOLE_PROJECT
from visiting import HOST, Browser, People, browsers, people, server_site, whole_project

from bot.web.app import routes
from storage.database import open_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.web.site import Site

DATABASE = "shenbao.db"
OPEN, SUBMITTED = 1, 2

PROJECT, DOCUMENT = "/projects/{project_id:int}", "/projects/{project_id:int}/documents/{document}"
EVERYBODY = frozenset(People._fields)
SIGNED_IN = EVERYBODY - {"nobody"}
MEMBERS = frozenset({"member", "colleague", "stranger"})
OFFICERS = frozenset({"officer", "other_officer", "city_officer"})
OURS = frozenset({"member", "colleague"})
READERS = OURS | {"officer", "city_officer"}
"""Who sees a project of ours that is submitted: officers of its county and of the city, not of the next county."""

WHO: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/"): SIGNED_IN,
    ("GET", "/open"): frozenset(),  # only in local mode
    ("GET", "/sign-in"): EVERYBODY,
    ("POST", "/sign-in"): EVERYBODY,
    ("POST", "/sign-out"): SIGNED_IN,
    ("GET", "/invitations/{token}"): frozenset(),  # only who has the token
    ("POST", "/invitations/{token}"): frozenset(),
    ("GET", "/oidc/start"): frozenset(),  # no such service is set up here
    ("GET", "/oidc/callback"): frozenset(),
    ("POST", "/language"): EVERYBODY,
    ("POST", "/theme"): EVERYBODY,
    ("GET", "/projects"): MEMBERS,
    ("POST", "/projects"): MEMBERS,
    ("GET", "/deadlines.ics"): MEMBERS,
    ("GET", "/links"): MEMBERS | OFFICERS,
    ("POST", "/links/code"): MEMBERS | OFFICERS,
    ("POST", "/links/redeem"): MEMBERS | OFFICERS,
    ("POST", "/links/remove"): frozenset(),  # only whose chat it is
    ("POST", "/links/forget"): MEMBERS | OFFICERS,
    ("GET", "/links/mydata.zip"): MEMBERS | OFFICERS,
    ("GET", "/submitted"): OFFICERS,
    ("GET", "/overdue"): OFFICERS,
    ("GET", "/submitted/summary.xlsx"): frozenset({"officer", "city_officer"}),
    ("GET", "/submitted/{project_id:int}"): frozenset({"officer", "city_officer"}),
    ("GET", "/admin"): frozenset({"operator"}),
    ("POST", "/admin/units"): frozenset({"operator"}),
    ("POST", "/admin/invitations"): frozenset({"operator"}),
    ("POST", "/admin/accounts/{account_id:int}"): frozenset({"operator"}),
    ("POST", "/admin/accounts/{account_id:int}/reset"): frozenset({"operator"}),
    ("GET", "/audit"): frozenset({"operator"}),
    **dict.fromkeys(
        [
            ("GET", PROJECT),
            ("POST", f"{PROJECT}/say"),
            ("GET", f"{PROJECT}/live"),
            ("POST", f"{PROJECT}/take-over"),
            ("GET", f"{PROJECT}/entries/{{entry_id:int}}/files/{{number:int}}"),
            ("GET", f"{PROJECT}/side"),
            ("GET", f"{PROJECT}/form"),
            ("POST", f"{PROJECT}/form"),
            ("GET", f"{PROJECT}/deadlines.ics"),
            ("POST", f"{PROJECT}/duplicate"),
            ("POST", f"{PROJECT}/archive"),
            ("POST", f"{PROJECT}/reopen"),
            ("GET", f"{PROJECT}/submit"),
            ("POST", f"{PROJECT}/submit"),
            ("POST", f"{PROJECT}/recall"),
            ("GET", f"{PROJECT}/export.zip"),
            ("GET", f"{PROJECT}/delete"),
            ("POST", f"{PROJECT}/delete"),
            ("GET", f"{PROJECT}/documents"),
            ("POST", f"{DOCUMENT}/upload"),
            ("POST", f"{DOCUMENT}/tick"),
            ("POST", f"{DOCUMENT}/{{version:int}}/withdraw"),
            ("GET", f"{PROJECT}/catalogue-template.xlsx"),
            ("POST", f"{PROJECT}/package"),
            ("GET", f"{PROJECT}/members"),
            ("POST", f"{PROJECT}/members/invite"),
            ("POST", f"{PROJECT}/members/remove"),
            ("POST", f"{PROJECT}/members/leave"),
        ],
        OURS,
    ),
    **dict.fromkeys(
        [
            ("GET", f"{PROJECT}/preview/{{form}}/{{number:int}}.svg"),
            ("GET", f"{DOCUMENT}/{{version:int}}"),
            ("GET", f"{PROJECT}/papers/{{paper}}.{{ending}}"),
            ("GET", f"{PROJECT}/package.zip"),
        ],
        READERS,
    ),
}
ONLY_ON_SUBMITTED = {template for (_, template), who in WHO.items() if who == READERS} | {
    "/submitted/summary.xlsx",
    "/submitted/{project_id:int}",
}


class Place(NamedTuple):
    """A project that is worked on and one that is submitted, both of one unit, each with a file."""

    people: People
    open: str
    submitted: str
    entry: str


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a database with both projects, which are answered once for all tests."""
    folder = tmp_path_factory.mktemp("answered")
    with open_database(folder / DATABASE) as database:
        database.migrate()
        member = people(server_site(database)).member
        conversation = member.site.conversation
        for number in (OPEN, SUBMITTED):
            assert whole_project(member, "member", [*WHOLE_PROJECT, "目录模板"]) == f"/projects/{number}"
            conversation.uploads.attach(number, "preliminary_design", "设计.pdf", b"%PDF-1.7\n%%EOF\n")
        with database.unit_of_work() as work:
            work.projects.submit(SUBMITTED, at=CLOCK.now())
    return folder


@pytest.fixture
def place(answered: Path, tmp_path: Path) -> Iterator[Place]:
    with open_database(copytree(answered, tmp_path / "place") / DATABASE) as database:
        with database.unit_of_work() as work:
            entry = work.history.latest(OPEN, limit=1)[-1].id
        yield Place(browsers(server_site(database)), str(OPEN), str(SUBMITTED), str(entry))


def address(template: str, place: Place) -> str:
    """Return a template with the numbers of a project that is there."""
    project = place.submitted if template in ONLY_ON_SUBMITTED else place.open
    values = {
        "{project_id:int}": project,
        "{entry_id:int}": place.entry,
        "{number:int}": "0",
        "{version:int}": "1",
        "{account_id:int}": "1",
        "{document}": "preliminary_design",
        "{form}": "declaration",
        "{paper}": "declaration",
        "{ending}": "pdf",
        "{token}": "guess",
    }
    for name, value in values.items():
        template = template.replace(name, value)
    return template


def status(browser: Browser, method: str, path: str, *, csrf: bool = True) -> int:
    """Ask for an address, with the token of the browser's own session; return the status."""
    headers = {"Origin": HOST}
    if method == "GET":
        return browser.client.get(path, follow_redirects=False).status_code
    fields = {"csrf": browser.csrf} if csrf else {}
    return browser.client.post(path, data=fields, headers=headers, follow_redirects=False).status_code


def declared(site: Site) -> list[tuple[str, str]]:
    """Return every address of the page with its method."""
    return [
        (method, each.path)
        for each in routes(site)
        if isinstance(each, Route)
        for method in sorted((each.methods or set()) - {"HEAD"})
    ]


def test_every_address_is_in_the_table(site: Site) -> None:
    assert sorted(declared(site)) == sorted(WHO)


@pytest.mark.parametrize(("method", "template"), sorted(WHO), ids=lambda value: value)
def test_an_address_lets_in_only_whom_it_should(place: Place, method: str, template: str) -> None:
    path, admitted = address(template, place), WHO[method, template]
    for name in sorted(EVERYBODY - admitted):
        browser: Browser = getattr(place.people, name)
        came = status(browser, method, path)
        if name == "nobody" and came == 303:
            assert browser.client.get(path).url.path == "/sign-in" or method == "POST"
        else:
            assert came == 404, name
    for name in sorted(admitted):
        browser = getattr(place.people, name)
        if method == "POST" and name != "nobody":
            assert status(browser, method, path, csrf=False) == 403, f"{name} without the token"
        assert status(browser, method, path) not in (401, 403, 404, 500), name
        if template in (f"{PROJECT}/delete", "/sign-out"):
            break  # nothing is left for the next one


def test_a_form_of_another_site_is_refused_everywhere(place: Place) -> None:
    for template in [template for method, template in sorted(WHO) if method == "POST"]:
        path = address(template, place)
        for name, browser in place.people._asdict().items():
            headers = {"Origin": "https://elsewhere.example"}
            shown = browser.client.post(
                path, data={"csrf": browser.csrf}, headers=headers, follow_redirects=False
            )
            assert shown.status_code == 403, (path, name)


def test_what_is_not_submitted_is_hidden_from_officers_at_every_address(place: Place) -> None:
    for template in ONLY_ON_SUBMITTED - {"/submitted/summary.xlsx"}:
        path = address(template, place._replace(submitted=place.open))
        for officer in (place.people.officer, place.people.city_officer):
            assert status(officer, "GET", path) == 404


def test_a_number_that_is_no_project_looks_like_one_of_somebody_else(place: Place) -> None:
    stranger = place.people.stranger
    foreign = stranger.client.get(f"/projects/{place.open}")
    absent = stranger.client.get("/projects/987654")
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert foreign.text == absent.text


@pytest.mark.parametrize("path", ["/", "/projects", "/sign-in", "/nowhere", "/projects/1", "/static/app.css"])
def test_every_answer_carries_what_keeps_it_private(everybody: People, path: str) -> None:
    for browser in (everybody.member, everybody.nobody):
        headers = browser.client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == ("no-store" if "static" not in path else headers["Cache-Control"])
        assert "max-age" in headers["Strict-Transport-Security"]


def test_another_host_name_is_refused(everybody: People) -> None:
    shown = everybody.member.client.get("/projects", headers={"Host": "evil.example"})
    assert shown.status_code == 400


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site, everybody: People) -> None:
    assert everybody
    browser = Browser(site)
    browser.opens("/sign-in")
    shown = browser.client.post(
        "/sign-in", data={"login": "member", "password": "correct horse battery"}, follow_redirects=False
    )
    cookie = shown.headers["set-cookie"]
    assert cookie.startswith("__Host-shenbao=")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))


def test_an_error_tells_no_path_and_no_trace(everybody: People, monkeypatch: pytest.MonkeyPatch) -> None:
    member = everybody.member

    def broken(*_: object) -> None:
        raise RuntimeError("/etc/secret")

    monkeypatch.setattr("storage.projects.Projects.list_for", broken)
    shown = member.client.get("/projects")
    assert shown.status_code == 500
    assert "/etc/secret" not in shown.text
    assert "Traceback" not in shown.text
    assert "之前存下的都在" in shown.text
