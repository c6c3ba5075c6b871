"""Every page in a real browser: usable by all, in light and dark, narrow and wide, on paper, in both languages."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from browsing import PHONE
from playwright.sync_api import expect
from pypdf import PdfReader
from talking import CLOCK, PROJECT_NAME, WHOLE_PROJECT
from visiting import Browser, whole_project

from bot import operating

if TYPE_CHECKING:
    from browsing import Window, Windows
    from playwright.sync_api import ViewportSize

pytestmark = pytest.mark.xdist_group("another browser")
NARROW: ViewportSize = {"width": 320, "height": 640}
ZOOMED: ViewportSize = {"width": 640, "height": 400}
"""A window of 1280 × 800 at 200%."""
NAMES = re.compile(f"{PROJECT_NAME}|中文|万元|《.*?》|石嘴山市政务信息化项目管理办法|[(（][^()]*[)）]")
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
def test_every_page_can_be_used_by_all_and_holds_on_the_smallest_screen(town: Windows) -> None:
    site = town.served.site
    path = whole_project(Browser(site), "member")
    whole_project(Browser(site), "member")
    with site.conversation.database.unit_of_work() as work:
        work.projects.submit(2, at=CLOCK.now())
        token = operating.invite(
            work, None, "operator", actor="test", at=CLOCK.now(), lasts=timedelta(hours=1)
        )
    for login, pages in PAGES.items():
        window = town.open(login)
        window.watch.allowed.append("404")
        for page in pages:
            window.opens(page.format(project=path, invitation=f"/invitations/{token}"))
            for screen in (ZOOMED, NARROW):
                window.page.set_viewport_size(screen)
                window.fits()
            window.is_usable_by_all()


def test_the_page_speaks_english(windows: Windows) -> None:
    path = windows.project(*WHOLE_PROJECT)
    window = windows.open()
    window.opens("/projects")
    window.button("English").click()
    expect(window.button("中文")).to_be_visible()
    assert window.page.locator("html").get_attribute("lang") == "en"
    for page in ("/projects", path, f"{path}/form", f"{path}/documents", f"{path}/submit", f"{path}/delete"):
        window.opens(page)
        words = window.page.locator("button, summary, h1, h2, h3, legend, label, th").all_inner_texts()
        words += window.page.evaluate(
            "[...document.querySelectorAll('textarea, button')].map(each => each.placeholder || each.ariaLabel || '')"
        )
        # Names stay as they are, and units and terms are explained beside the Chinese ones.
        found = [each for each in words if CHINESE.search(NAMES.sub("", each))]
        assert not found, (page, found)


def test_colours_stay_as_they_were_chosen(windows: Windows) -> None:
    window = windows.open(color_scheme="dark")
    window.opens("/projects")
    dark = ground(window)
    window.button("深色").click()
    expect(window.page.locator("html[data-theme=dark]")).to_be_attached()
    window.page.emulate_media(color_scheme="light")
    window.opens("/projects")
    assert ground(window) == dark
    window.button("浅色").click()
    expect(window.page.locator("html[data-theme=light]")).to_be_attached()
    window.page.emulate_media(color_scheme="dark")
    assert ground(window) != dark


def ground(window: Window) -> str:
    """The colour of the page."""
    return window.page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_a_project_prints_without_the_controls(windows: Windows) -> None:
    window = windows.open()
    window.opens(windows.project(*WHOLE_PROJECT))
    window.page.emulate_media(media="print")
    for chrome in ("header.site", "#say", ".preview-tabs", ".project-bar nav"):
        expect(window.page.locator(chrome)).to_be_hidden()
    expect(window.turns.first).to_be_visible()
    printed = PdfReader(BytesIO(window.page.pdf()))
    assert len(printed.pages) > 1  # nothing is cut off where the screen ends
    assert "480" in printed.pages[0].extract_text()


def test_on_a_phone_the_forms_are_a_tab(windows: Windows) -> None:
    window = windows.open(**PHONE)
    window.opens(windows.project("否"))
    sheet = window.page.locator("svg.page").first
    assert not sheet.is_visible()
    window.page.get_by_role("link", name="看表格").click()
    assert sheet.is_visible()
    assert not window.composer.is_visible()
