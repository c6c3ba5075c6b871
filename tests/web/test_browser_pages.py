"""Every page in a real browser: usable by all, in light and dark, narrow and wide, on paper, in both languages."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from browsing import PHONE
from talking import CLOCK
from visiting import Browser, whole_project

from bot import operating

if TYPE_CHECKING:
    from browsing import Windows

pytestmark = pytest.mark.xdist_group("browser")
NARROW = {"viewport": {"width": 320, "height": 640}}
ZOOMED = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}
"""A window of 1280 × 800 at 200%."""
CHINESE = re.compile("[\u3400-\u9fff]")
PAGES = {
    "nobody": ["/sign-in", "/nowhere", "{invitation}"],
    "member": [
        "/projects",
        "{project}",
        "{project}?side=checklist",
        "{project}?pane=side&side=route",
        "{project}?before=5",
        "{project}/form",
        "{project}/form?section=project_details",
        "{project}/documents",
        "{project}/submit",
        "{project}/delete",
    ],
    "officer": ["/submitted", "/submitted/2"],
    "operator": ["/admin", "/audit"],
}


@pytest.mark.slow
@pytest.mark.parametrize("screen", [NARROW, ZOOMED], ids=["narrow", "zoomed"])
def test_every_page_can_be_used_by_all_and_holds_on_the_smallest_screen(
    town: Windows, screen: dict[str, Any]
) -> None:
    site = town.served.site
    path = whole_project(Browser(site), "member")
    whole_project(Browser(site), "member")
    with site.conversation.database.unit_of_work() as work:
        work.projects.submit(2, at=CLOCK.now())
        token = operating.invite(
            work, None, "operator", actor="test", at=CLOCK.now(), lasts=timedelta(hours=1)
        )
    for login, pages in PAGES.items():
        window = town.open(login, **screen)
        window.watch.allowed.append("404")
        for page in pages:
            window.opens(page.format(project=path, invitation=f"/invitations/{token}"))
            window.fits()
            window.is_usable_by_all()


def test_the_page_speaks_english(windows: Windows) -> None:
    window = windows.open()
    window.opens("/projects")
    window.button("English").click()
    window.page.get_by_role("button", name="English").wait_for(state="detached")
    found = CHINESE.findall(window.page.inner_text("main"))
    assert not found, "".join(found)


def test_dark_stays_dark(windows: Windows) -> None:
    window = windows.open()
    window.opens("/projects")
    window.button("深色").click()
    window.page.locator("html[data-theme=dark]").wait_for(state="attached")
    window.opens("/projects")
    assert window.page.locator("html[data-theme=dark]").count() == 1


def test_a_project_prints_without_the_controls(windows: Windows) -> None:
    window = windows.open()
    window.begins("否")
    window.page.emulate_media(media="print")
    assert not window.composer.is_visible()
    assert not window.page.locator("header.site").is_visible()
    assert window.page.pdf().startswith(b"%PDF")


def test_on_a_phone_the_forms_are_a_tab(windows: Windows) -> None:
    window = windows.open(**PHONE)
    window.begins("否")
    sheet = window.page.locator("svg.page").first
    assert not sheet.is_visible()
    window.page.get_by_role("link", name="看表格").click()
    assert sheet.is_visible()
    assert not window.composer.is_visible()
