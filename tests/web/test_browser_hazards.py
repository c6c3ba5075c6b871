"""What goes wrong while one types: the connection, the window, another window, an impatient finger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from browsing import Windows

pytestmark = pytest.mark.xdist_group("browser")
REFUSED = "net::ERR_INTERNET_DISCONNECTED|net::ERR_FAILED|Failed to load resource|htmx:"


def test_an_answer_sent_while_the_connection_is_cut_arrives_once_when_it_is_back(windows: Windows) -> None:
    window = windows.open()
    window.watch.allowed.append(REFUSED)
    window.begins("否")
    with window.taken():
        window.page.context.set_offline(True)
        window.composer.fill("县区")
        window.composer.press("Enter")
        window.page.get_by_text("正在重试").wait_for()
        assert window.composer.input_value() == "县区"
        window.page.context.set_offline(False)
    assert "哪一类" in window.question.inner_text()
    assert window.page.locator(".said", has_text="县区").count() == 1
    assert window.composer.input_value() == ""


def test_words_that_were_not_sent_are_there_after_a_reload(windows: Windows) -> None:
    window = windows.open()
    window.begins("否")
    window.composer.fill("我们是街道办")
    window.page.reload()
    assert window.composer.input_value() == "我们是街道办"


def test_nothing_typed_is_kept_in_the_browser_before_it_is_settled_that_nothing_is_secret(
    windows: Windows,
) -> None:
    window = windows.open()
    window.begins()
    window.composer.fill("某某秘密工程")
    assert "秘密工程" not in str(window.kept())
    window.page.reload()
    assert "秘密工程" not in window.page.content()


def test_an_impatient_double_click_answers_once(windows: Windows) -> None:
    window = windows.open()
    window.begins("否")
    with window.taken():
        window.button("县区").dblclick()
    assert "哪一类" in window.question.inner_text()
    assert window.page.locator(".said", has_text="县区").count() == 1


def test_two_windows_do_not_answer_for_each_other(windows: Windows) -> None:
    first = windows.open()
    first.begins("否")
    second = windows.another(first)
    second.watch.allowed.append("409")
    second.opens(first.path)
    first.says("县区")
    second.composer.fill("市级")
    second.composer.press("Enter")
    second.page.get_by_text("哪一类").first.wait_for()
    assert second.composer.input_value() == "市级"
    assert second.page.locator(".said", has_text="市级").count() == 0


def test_a_colleague_watches_and_takes_over(town: Windows) -> None:
    member, colleague = town.open("member"), town.open("colleague")
    member.begins("否")
    colleague.opens(member.path)
    colleague.page.get_by_text("member 正在填这个项目").wait_for()
    member.says("县区")
    colleague.page.locator(".said", has_text="县区").wait_for()
    with colleague.taken():
        colleague.button("由我来填").click()
    colleague.says("政府")
    assert "哪一种" in colleague.question.inner_text()
    member.page.get_by_text("colleague 正在填这个项目").wait_for()


def test_the_keyboard_is_enough(windows: Windows) -> None:
    window = windows.open()
    window.opens("/projects")
    window.page.keyboard.press("Tab")
    assert window.is_at(".skip-link")
    window.begins("否")
    window.composer.fill("县区")
    window.composer.press("Shift+Enter")
    assert window.composer.input_value() == "县区\n"
    with window.taken():
        window.composer.press("Enter")
    assert window.is_at("#text")
    assert "哪一类" in window.question.inner_text()


def test_a_file_dropped_on_the_conversation_is_handed_in(windows: Windows) -> None:
    window = windows.open()
    window.begins("否", "县区", "政府", "购买服务", "480万")
    window.composer.fill("初步设计")
    transfer = window.page.evaluate_handle(
        """() => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(["%PDF-1.7\\n%%EOF\\n"], "设计.pdf", {type: "application/pdf"}));
            return transfer;
        }"""
    )
    with window.taken():
        window.page.dispatch_event("#say", "drop", {"dataTransfer": transfer})
    window.page.get_by_text("收下了「初步设计」").wait_for()
