"""How an answer gets in: by keys alone, through an input method, by a finger, as a file dropped or pasted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browsing import PHONE
from kept_projects import PDF
from playwright.sync_api import expect

if TYPE_CHECKING:
    from browsing import Window, Windows
    from playwright.sync_api import Locator

pytestmark = pytest.mark.xdist_group("another browser")
DESIGN = {"name": "初步设计.pdf", "mimeType": "application/pdf", "buffer": PDF}
PROPOSAL = {"name": "可行性研究报告.pdf", "mimeType": "application/pdf", "buffer": PDF}
# Files as they lie on the clipboard, or hang on the pointer.
CARRY = """([files, text]) => {
  const carried = new DataTransfer();
  for (const name of files) {
    carried.items.add(new File(["%PDF-1.4\\n1 0 obj<</Type/Catalog>>endobj\\nstartxref\\n9\\n%%EOF\\n"], name,
      {type: "application/pdf"}));
  }
  if (text) { carried.setData("text/plain", text); }
  return carried;
}"""


@pytest.fixture
def window(windows: Windows) -> Window:
    """A window on a project that is known not to be secret."""
    opened = windows.open()
    opened.opens(windows.project("否"))
    return opened


@pytest.fixture
def service(windows: Windows) -> Window:
    """A window on a project that needs two documents."""
    opened = windows.open()
    opened.opens(windows.project("否", "县区", "政府", "购买服务", "1600万"))
    return opened


def tab_to(window: Window, wanted: Locator, *, most: int = 40) -> None:
    """Go to an element with the tabulator; on the way every focus is visible."""
    for _ in range(most):
        window.page.keyboard.press("Tab")
        assert window.page.evaluate(
            """() => {
              const style = getComputedStyle(document.activeElement);
              const rect = document.activeElement.querySelector("rect");
              const label = document.activeElement.closest("label");
              return style.outlineStyle !== "none" || (rect && getComputedStyle(rect).strokeWidth !== "0px")
                || (label && getComputedStyle(label).outlineStyle !== "none");
            }"""
        ), window.page.evaluate("document.activeElement.outerHTML")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{wanted} cannot be reached by the keyboard")


def test_a_project_can_be_begun_and_answered_by_keys_alone(windows: Windows) -> None:
    window = windows.open()
    window.opens("/projects")
    keys = window.page.keyboard
    keys.press("Tab")
    expect(window.page.locator(".skip-link")).to_be_focused()
    keys.press("Enter")
    expect(window.page.locator("main")).to_be_focused()
    tab_to(window, window.button("新建一个项目"))
    keys.press("Enter")
    window.question.wait_for()
    tab_to(window, window.button("否"))
    with window.taken():
        keys.press("Enter")
    expect(window.composer).to_be_focused()  # the button is gone
    with window.taken():
        keys.type("县区")
        keys.press("Enter")
    expect(window.composer).to_be_focused()
    expect(window.question).to_contain_text("哪一类")


def test_a_new_line_is_not_the_end(window: Window) -> None:
    window.composer.fill("县区")
    window.composer.press("Shift+Enter")
    expect(window.composer).to_have_value("县区\n")
    lower = window.composer.bounding_box()
    for _ in range(3):
        window.composer.press("Shift+Enter")
    higher = window.composer.bounding_box()
    assert lower
    assert higher
    assert higher["height"] > lower["height"]  # it grows with its text
    assert not window.watch.posts()


def test_enter_that_chooses_a_character_does_not_send(window: Window) -> None:
    window.composer.fill("县区")
    for pressed in ({"key": "Enter", "isComposing": True}, {"key": "Enter", "keyCode": 229}):
        window.composer.dispatch_event("keydown", {**pressed, "bubbles": True, "cancelable": True})
    expect(window.composer).to_have_value("县区")
    with window.taken():
        window.composer.press("Enter")
    assert len(window.watch.posts()) == 1


def test_several_answers_are_ticked_by_keys(window: Window) -> None:
    window.says("市级", "政府", "新建", "工程", "1500万")
    for _ in range(12):
        if window.page.get_by_role("checkbox").count():
            break
        with window.taken():
            window.button("跳过").or_(window.button("是")).first.click()
    first = window.page.get_by_role("checkbox").first
    first.focus()
    with window.taken():
        window.page.keyboard.press("Space")
        expect(first).to_be_checked()
        window.page.keyboard.press("Enter")
    expect(window.composer).to_be_focused()


def test_a_new_question_is_read_aloud(window: Window) -> None:
    heard = window.page.get_by_role("status").and_(window.page.locator("#heard"))
    assert window.page.get_by_role("log").get_attribute("aria-live") == "polite"
    for answer in ("县区", "政府"):
        window.says(answer)
        expect(heard).to_have_text(window.question.inner_text())


def test_a_finger_on_a_button_brings_up_no_keyboard(windows: Windows) -> None:
    window = windows.open(**PHONE)
    window.begins()
    with window.taken():
        window.button("否").tap()
    expect(window.page.locator("#ask")).to_be_focused()
    expect(window.question).to_be_in_viewport()


@pytest.mark.parametrize("place", ["#say", ".pane-side", "header.site"])
def test_a_file_may_be_dropped_anywhere(service: Window, place: str) -> None:
    carried = service.page.evaluate_handle(CARRY, [["初步设计.pdf"], ""])
    service.page.dispatch_event(place, "dragover", {"dataTransfer": carried})
    expect(service.page.get_by_text("松手就传这个文件")).to_be_visible()
    with service.taken():
        service.page.dispatch_event(place, "drop", {"dataTransfer": carried})
    expect(service.turns.last).to_contain_text("收下了「初步设计」")
    expect(service.page.get_by_text("松手就传这个文件")).to_be_hidden()


def test_files_chosen_together_go_one_after_another(service: Window) -> None:
    service.page.get_by_label("附文件").set_input_files([DESIGN, PROPOSAL])
    expect(service.page.locator(".reply", has_text="收下了「初步设计」")).to_be_visible()
    expect(service.page.locator(".reply", has_text="收下了「可行性研究报告」")).to_be_visible()


def test_a_pasted_file_is_handed_in_and_pasted_cells_are_text(service: Window) -> None:
    sent = len(service.watch.posts())
    cells = service.page.evaluate_handle(CARRY, [["picture.pdf"], "县区\t480"])
    paste = """([element, data]) => element.dispatchEvent(
      new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}))"""
    composer = service.composer.element_handle()
    assert service.page.evaluate(paste, [composer, cells])  # left to the browser, which takes the text
    assert len(service.watch.posts()) == sent
    file = service.page.evaluate_handle(CARRY, [["初步设计.pdf"], ""])
    with service.taken():
        assert not service.page.evaluate(paste, [composer, file])
    expect(service.turns.last).to_contain_text("收下了「初步设计」")


def test_a_file_that_is_too_large_is_not_sent_at_all(windows: Windows) -> None:
    windows.served.site.conversation.uploads.limit = len(PDF) - 1
    window = windows.open()
    window.opens(windows.project("否"))
    window.page.get_by_label("附文件").set_input_files(DESIGN)
    expect(window.page.get_by_text("请压缩或拆分后再传")).to_be_visible()
    assert not window.watch.posts()
    window.says("县区")
    expect(window.page.get_by_text("请压缩或拆分后再传")).to_be_hidden()
