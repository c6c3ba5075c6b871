"""What goes wrong while one types: a reload, another window, a colleague, an impatient finger, a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from browsing import Window, Windows
    from playwright.sync_api import Route

pytestmark = pytest.mark.xdist_group("one browser")
SECRET = "某某秘密工程"


@pytest.fixture
def window(windows: Windows) -> Window:
    """A window on a project that is known not to be secret."""
    opened = windows.open()
    opened.opens(windows.project("否"))
    return opened


def look(window: Window) -> None:
    """Let the page look for what others did, as it does every few seconds."""
    window.page.evaluate("htmx.trigger('#live', 'refresh')")


def test_words_that_were_not_sent_are_there_after_a_reload_and_gone_when_they_were(window: Window) -> None:
    window.composer.fill("我们是街道办")
    window.page.reload()
    expect(window.composer).to_have_value("我们是街道办")
    window.says("县区")
    window.page.reload()
    expect(window.composer).to_have_value("")
    assert "街道办" not in str(window.kept())


def test_words_typed_beside_a_command_stay(window: Window) -> None:
    window.composer.fill("我们是街道办")
    with window.taken():
        window.button("怎么用").click()
    expect(window.composer).to_have_value("我们是街道办")
    assert "我们是街道办" in window.kept().values()


def test_a_word_that_led_elsewhere_is_not_there_when_one_comes_back(window: Window) -> None:
    path = window.path
    window.composer.fill("项目列表")
    window.composer.press("Enter")
    window.page.wait_for_url("**/projects")
    window.opens(path)
    expect(window.composer).to_have_value("")


def test_words_typed_while_an_answer_is_on_its_way_stay(window: Window) -> None:
    held: list[Route] = []
    window.page.route("**/say", lambda route: held.append(route), times=1)
    with window.taken():
        window.composer.fill("县区")
        window.composer.press("Enter")
        window.composer.press_sequentially("政府")
        held[0].continue_()
    expect(window.question).to_contain_text("哪一类")
    expect(window.composer).to_have_value("政府")


def test_nothing_typed_is_kept_in_the_browser_before_it_is_settled_that_nothing_is_secret(
    windows: Windows,
) -> None:
    window = windows.open()
    window.begins()
    window.composer.fill(SECRET)
    assert SECRET not in str(window.kept())
    window.page.reload()
    expect(window.composer).to_have_value("")
    window.composer.fill("")
    window.chooses("否")
    window.composer.fill("街道办")
    assert "街道办" in window.kept().values()  # from here on
    with window.taken():
        window.button("上一题").click()
    window.composer.fill(SECRET)
    assert not window.kept()


def test_nothing_typed_is_kept_in_the_browser_once_a_project_is_secret(windows: Windows) -> None:
    window = windows.open()
    window.begins()
    window.chooses("是")
    window.composer.fill(SECRET)
    assert not window.kept()


@pytest.mark.parametrize("count", [2, 3])
def test_an_impatient_finger_answers_once(window: Window, count: int) -> None:
    with window.taken():
        window.button("县区").click(click_count=count, no_wait_after=True)
    expect(window.question).to_contain_text("哪一类")
    assert len(window.watch.posts()) == 1
    window.page.reload()
    expect(window.question).to_contain_text("哪一类")


def test_a_finger_slower_than_the_answer_does_not_answer_the_next_question(window: Window) -> None:
    with window.taken():
        window.button("县区").click()
    window.page.locator("#ask button[name=choice]").first.hover()
    window.page.mouse.down(click_count=2)
    window.page.mouse.up(click_count=2)
    expect(window.question).to_contain_text("哪一类")
    with window.taken():
        window.button("上一题").click()
    assert len(window.watch.posts()) == 2
    expect(window.question).to_contain_text("哪一级")


def test_nothing_is_sent_when_nothing_was_typed(window: Window) -> None:
    window.composer.fill("  ")
    window.composer.press("Enter")
    window.button("发送").click()
    expect(window.composer).to_be_focused()
    assert not window.watch.posts()


def test_two_windows_do_not_answer_for_each_other(windows: Windows, window: Window) -> None:
    second = windows.another(window)
    second.opens(window.path)
    window.says("县区")
    second.composer.fill("市级")
    with second.taken():
        second.composer.press("Enter")
    expect(second.page.get_by_text("刚才已经在别处答过")).to_be_visible()
    expect(second.question).to_contain_text("哪一类")
    expect(second.composer).to_have_value("市级")
    expect(second.page.locator(".said")).to_contain_text(["否", "县区"])


def test_who_types_while_the_question_changes_is_told(windows: Windows, window: Window) -> None:
    second = windows.another(window)
    second.opens(window.path)
    second.composer.fill("市级")
    window.says("县区")
    with second.taken():
        look(second)
    expect(second.page.get_by_text("问题刚刚变了")).to_be_visible()
    expect(second.composer).to_have_value("市级")


def test_what_comes_both_with_the_reply_and_by_itself_is_shown_once(windows: Windows, window: Window) -> None:
    second = windows.another(window)
    second.opens(window.path)
    held: list[Route] = []
    second.page.route("**/live?*", lambda route: held.append(route), times=1)
    window.says("县区")
    look(second)
    with second.taken():
        second.button("怎么用").click()
    with second.page.expect_response("**/live?*"):
        held[0].fulfill(response=held[0].fetch())
    expect(second.page.locator(".said", has_text="县区")).to_have_count(1)


def test_going_back_shows_the_conversation_as_it_is_now(window: Window) -> None:
    path = window.path
    window.says("县区")
    window.page.get_by_role("link", name="表单", exact=True).click()
    window.page.wait_for_url("**/form*")
    window.page.go_back()
    assert window.path == path
    expect(window.question).to_contain_text("哪一类")
    window.says("政府")
    expect(window.question).to_contain_text("哪一种")


def test_a_colleague_watches_and_takes_over(town: Windows) -> None:
    member, colleague = town.open("member"), town.open("colleague")
    member.begins("否")
    colleague.opens(member.path)
    expect(colleague.page.get_by_text("member 正在填这个项目")).to_be_visible()
    expect(colleague.composer).to_be_disabled()
    colleague.is_usable_by_all()
    before = colleague.page.locator("svg.page image").first.get_attribute("href")
    with colleague.taken():  # the page may have looked by itself before
        member.says("县区", "政府", "购买服务")
        look(colleague)
    expect(colleague.page.locator(".said").last).to_contain_text("购买服务")
    assert colleague.page.locator("svg.page image").first.get_attribute("href") != before
    member.composer.fill("500万")
    with member.taken():
        with colleague.taken():
            colleague.button("由我来填").click()
        colleague.says("480万")
        look(member)
    expect(member.page.get_by_text("colleague 正在填这个项目")).to_be_visible()
    expect(member.composer).to_have_value("500万")
