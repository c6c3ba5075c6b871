"""A whole project in a real browser, from the first question to the zip: at a desk, on a phone, without scripts."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
from browsing import DESKTOP, NO_SCRIPTS, PHONE
from docx import Document
from kept_projects import PDF
from playwright.sync_api import expect
from talking import PROJECT_NAME, WHOLE_PROJECT

if TYPE_CHECKING:
    from browsing import Window, Windows
    from docx.document import Document as DocxDocument
    from docx.table import _Cell

pytestmark = pytest.mark.xdist_group("one browser")
BUTTONS = ("否", "县区", "政府部门（含街道、乡镇）", "购买服务")
DESIGN = {"name": "初步设计.pdf", "mimeType": "application/pdf", "buffer": PDF}


@pytest.mark.slow
@pytest.mark.parametrize(
    "device", [DESKTOP, PHONE, NO_SCRIPTS], ids=["at a desk", "on a phone", "without scripts"]
)
def test_a_whole_project_from_the_first_question_to_the_zip(windows: Windows, device: dict[str, Any]) -> None:
    window = windows.open("nobody", **device)
    window.page.goto(windows.served.site.local_address)
    looks(window)
    window.begins()
    looks(window)
    window.chooses(*BUTTONS)
    window.says("480万")
    empty = picture(window)
    answers(windows, window, *WHOLE_PROJECT[5:])
    expect(window.question).to_contain_text("复核")
    assert picture(window) != empty  # the form has followed
    expect(window.page.locator("#project-name")).to_have_text(PROJECT_NAME)
    looks(window)
    hand_in(window)
    change_total(window)
    looks(window)
    window.says("生成")
    looks(window)
    window.page.get_by_role("link", name="打开材料页").click()
    looks(window)
    expect(window.page.locator("#document-preliminary_design")).to_contain_text("初步设计.pdf")
    window.button("生成材料包").click()
    expect(window.page.get_by_text("材料做好了")).to_be_visible()
    looks(window)
    with window.page.expect_download() as download:
        window.page.get_by_role("link", name="下载材料包（zip）").click()
    assert PROJECT_NAME in download.value.suggested_filename
    holds_everything(download.value.path().read_bytes())


def answers(windows: Windows, window: Window, *answers: str) -> None:
    """Type answers: every one of them at a desk, elsewhere only the last of so many that are given alike."""
    if not is_desk(window):
        windows.answers(window.path, *answers[:-1])
        window.opens(window.path)
        answers = answers[-1:]
    window.says(*answers)


def is_desk(window: Window) -> bool:
    """Say whether it is the window in which everything is done by hand."""
    return window.has_scripts and window.page.viewport_size == DESKTOP["viewport"]


def looks(window: Window) -> None:
    """Everybody can use the page, and it fits; narrow pages are tried with axe one by one elsewhere."""
    window.fits()
    if is_desk(window):
        window.is_usable_by_all()


def show(window: Window, pane: str) -> None:
    """Show the conversation or the forms, where there is room for only one of them."""
    link = window.page.get_by_role("navigation", name="左右两边").get_by_role("link", name=pane)
    if link.is_visible():
        link.click()


def picture(window: Window) -> str:
    """The address of the picture of the form; it names what the picture shows."""
    show(window, "看表格")
    image = window.page.locator("svg.page image").first
    expect(image).to_be_visible()
    shown = image.get_attribute("href") or ""
    show(window, "对话")
    return shown


def hand_in(window: Window) -> None:
    """Hand in a document in the conversation."""
    with window.taken():
        window.page.get_by_label("附文件").set_input_files(DESIGN)
        if not window.has_scripts:
            window.button("发送").click()
    expect(window.turns.last).to_contain_text("初步设计")


def change_total(window: Window) -> None:
    """Click the total on the form, and change it; what that leads to is shown before it is kept."""
    total = window.page.get_by_role("link", name="修改「项目预计总投资」")
    show(window, "看表格")
    if window.has_scripts:
        with window.taken():
            total.click()
        expect(window.question).to_contain_text("总投资")
        window.says("600万")
        expect(window.turns.last).to_contain_text("要增加的环节")
        looks(window)
        window.chooses("确认修改")
        expect(window.turns.last).to_contain_text("已修改")
    else:
        total.click()
        window.page.get_by_label(re.compile("^项目预计总投资")).fill("600万")
        window.button("保存这一部分").last.click()
        expect(window.page.get_by_text("要增加的环节")).to_be_visible()
        window.button("确认修改").click()
        window.page.get_by_role("link", name="对话", exact=True).click()


def holds_everything(data: bytes) -> None:
    """The zip holds what was answered, made and handed in, and none of it is empty."""
    with ZipFile(BytesIO(data)) as package:
        contents = {name: package.read(name) for name in package.namelist()}
    assert all(contents.values())
    (design,) = (content for name, content in contents.items() if "初步设计" in name)
    assert design == PDF
    assert "600" in contents["答案.yaml"].decode()
    papers = [Document(BytesIO(content)) for name, content in contents.items() if name.endswith(".docx")]
    for paper in papers:
        assert any(each.text.strip() for each in [*paper.paragraphs, *cells(paper)])
    assert any("示例区青山街道办事处" in cell.text for paper in papers for cell in cells(paper))


def cells(paper: DocxDocument) -> list[_Cell]:
    """The cells of all tables of a document."""
    return [cell for table in paper.tables for row in table.rows for cell in row.cells]
