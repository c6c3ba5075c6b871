"""The page of one person, and a server with people of every role; both in memory."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "bot"))

from browsing import chromium, town, windows  # noqa: F401 - fixtures of the tests in a real browser
from visiting import Browser, People, local_site, people, server_site

from storage.database import MEMORY, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.web.site import Site
    from storage.database import Database


@pytest.fixture
def database() -> Iterator[Database]:
    with open_database(MEMORY) as opened:
        opened.migrate()
        yield opened


@pytest.fixture
def site(database: Database) -> Site:
    """A server for the units of a place."""
    return server_site(database)


@pytest.fixture
def everybody(site: Site) -> People:
    """People of every role, signed in."""
    return people(site)


@pytest.fixture
def member(everybody: People) -> Browser:
    """A member of a unit."""
    return everybody.member


@pytest.fixture
def browser(database: Database) -> Browser:
    """The browser of the person at this computer, already let in."""
    site = local_site(database)
    visitor = Browser(site)
    visitor.opens(site.local_address.partition(str(site.settings.port))[2])
    return visitor
