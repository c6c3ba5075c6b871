"""The connection goes, the server dies, a reply is lost: what was typed is kept, and counts once."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from browsing import Watch, Window
from playwright.sync_api import expect

from bot.web.protection import HEADERS
from bot.web.settings import LOCAL_HOST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from browsing import Windows
    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import Route

pytestmark = pytest.mark.xdist_group("another browser")
CUT = "net::ERR|Failed to load resource|htmx:|Response Status Error"
"""What a browser says when the connection is cut."""
SOON, RETRIED = 1_000, 5_000
"""Milliseconds after which what was not sent is sent again: the first time, and from then on."""


@pytest.fixture
def window(windows: Windows) -> Window:
    """A window on a project that is known not to be secret."""
    opened = windows.open()
    opened.watch.allowed.append(CUT)
    opened.opens(windows.project("否"))
    return opened


def cut(window: Window) -> None:
    window.page.context.set_offline(True)


def mend(window: Window) -> None:
    window.page.context.set_offline(False)


def stop_clock(window: Window) -> None:
    """Let no time pass on the page, so that what is seen for a moment only can be looked at."""
    window.page.clock.install(time=0)
    window.page.clock.pause_at(1)


def said(window: Window, words: str) -> int:
    """Count how often something stands in the conversation, as the server has it."""
    window.page.reload()
    return window.page.locator(".said", has_text=words).count()


def test_an_answer_sent_while_the_connection_is_cut_arrives_once_when_it_is_back(window: Window) -> None:
    with window.taken():
        cut(window)
        window.composer.fill("县区")
        window.composer.press("Enter")
        expect(window.page.get_by_text("正在重试")).to_be_visible()
        expect(window.composer).to_have_value("县区")
        mend(window)
    expect(window.question).to_contain_text("哪一类")
    expect(window.composer).to_have_value("")
    expect(window.page.get_by_text("正在重试")).to_be_hidden()
    assert said(window, "县区") == 1


def test_a_button_pressed_while_the_connection_is_cut_answers_once_when_it_is_back(window: Window) -> None:
    with window.taken():
        cut(window)
        window.button("县区").click()
        expect(window.page.get_by_text("正在重试")).to_be_visible()
        mend(window)
    expect(window.question).to_contain_text("哪一类")
    assert said(window, "县区") == 1


def test_what_is_rewritten_while_the_connection_is_cut_is_not_sent_half_written(window: Window) -> None:
    cut(window)
    window.composer.fill("市级")
    window.composer.press("Enter")
    expect(window.page.get_by_text("正在重试")).to_be_visible()
    window.composer.fill("县")
    expect(window.page.get_by_text("请再发一次")).to_be_visible()
    sent = len(window.watch.posts())
    mend(window)
    window.composer.press_sequentially("区")
    assert len(window.watch.posts()) == sent
    with window.taken():
        window.composer.press("Enter")
    expect(window.question).to_contain_text("哪一类")
    assert said(window, "县区") == 1


def test_an_answer_whose_reply_was_lost_is_not_applied_again(window: Window) -> None:
    stop_clock(window)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    window.page.route("**/say", lose, times=1)
    with window.taken():
        window.composer.fill("县区")
        window.composer.press("Enter")
        expect(window.page.get_by_text("正在重试")).to_be_visible()
        window.page.clock.fast_forward(SOON)
        window.page.clock.resume()
    expect(window.question).to_contain_text("哪一类")
    expect(window.composer).to_have_value("")
    assert len(window.watch.posts()) == 2
    assert said(window, "县区") == 1


def test_a_server_that_cannot_answer_is_asked_again_soon_and_then_less_often(window: Window) -> None:
    stop_clock(window)
    clock = window.page.clock
    headers = {**HEADERS, "Cache-Control": "no-store"}
    window.page.route("**/say", lambda route: route.fulfill(status=502, headers=headers), times=2)
    with window.taken():
        window.button("县区").click()
        expect(window.page.get_by_text("正在重试")).to_be_visible()
        with window.page.expect_response("**/say"):
            clock.fast_forward(SOON)
        clock.fast_forward(SOON)
        assert len(window.watch.posts()) == 2
        clock.fast_forward(RETRIED)
        clock.resume()
    expect(window.question).to_contain_text("哪一类")


def test_what_the_server_refuses_is_said_in_its_own_words_and_stays_typed(window: Window) -> None:
    window.page.locator("#ask input[name=csrf]").evaluate("field => { field.value = 'old'; }")
    window.composer.fill("县区")
    window.composer.press("Enter")
    expect(window.page.get_by_text("这张表单已经过期")).to_be_visible()
    expect(window.composer).to_have_value("县区")


def test_who_is_signed_out_while_typing_finds_the_words_again(town: Windows) -> None:
    window = town.open("member")
    window.watch.allowed.append("401")
    window.begins("否")
    path = window.path
    window.composer.fill("我们是街道办")
    window.page.context.clear_cookies()
    window.composer.press("Enter")
    window.page.wait_for_url("**/sign-in")
    site, address = town.served
    window.page.context.add_cookies([{"name": site.cookie, "value": "member", "url": address}])
    window.opens(path)
    expect(window.composer).to_have_value("我们是街道办")


def test_a_server_that_is_killed_and_comes_back_has_everything_and_takes_the_answer_once(
    chromium: Chromium, tmp_path: Path
) -> None:
    with socket.create_server((LOCAL_HOST, 0)) as listening:
        port: int = listening.getsockname()[1]
    context = chromium.new_context(locale="zh-CN")
    watch = Watch(context, f"http://{LOCAL_HOST}:{port}")
    watch.allowed.append(CUT)
    window = Window(context.new_page(), watch)
    with running(tmp_path, port) as address:
        window.page.goto(address)
        window.begins("否")
        window.page.clock.install()
    window.composer.fill("县区")
    window.composer.press("Enter")
    expect(window.page.get_by_text("正在重试")).to_be_visible()
    with running(tmp_path, port):
        with window.taken():
            window.page.clock.fast_forward(RETRIED)
        expect(window.question).to_contain_text("哪一类")
        assert said(window, "否") == 1
        assert said(window, "县区") == 1
        context.close()
    watch.verify()


@contextmanager
def running(folder: Path, port: int) -> Iterator[str]:
    """Run the program, kill it at the end; give the address that it prints."""
    command = [
        sys.executable,
        "-m",
        "bot",
        "serve",
        "--no-browser",
        "--port",
        str(port),
        "--data",
        str(folder),
    ]
    environment = os.environ | {"PYTHONUTF8": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as program:  # noqa: S603
        assert program.stdout is not None
        try:
            yield program.stdout.readline().strip().partition("http")[2].join(["http", ""])
        finally:
            program.send_signal(signal.SIGKILL)
