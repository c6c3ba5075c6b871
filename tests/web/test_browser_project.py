"""A whole project in a real browser, from the first question to the zip: at a desk, on a phone, without scripts."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browsing import DESKTOP, NO_SCRIPTS, PHONE
from talking import PROJECT_NAME, WHOLE_PROJECT

if TYPE_CHECKING:
    from browsing import Window, Windows

pytestmark = pytest.mark.xdist_group("browser")
PDF = b"%PDF-1.7\n%%EOF\n"
BY_BUTTON = ("否", "县区", "政府部门（含街道、乡镇）", "购买服务")


@pytest.mark.slow
@pytest.mark.parametrize("device", [DESKTOP, PHONE, NO_SCRIPTS], ids=["desk", "phone", "no scripts"])
def test_a_whole_project_from_the_first_question_to_the_zip(windows: Windows, device: dict[str, Any]) -> None:
    window = windows.open(**device)
    window.begins()
    window.chooses(*BY_BUTTON)
    window.says(*WHOLE_PROJECT[len(BY_BUTTON) :])
    assert "复核" in window.question.inner_text()
    _look(window)
    _change_by_the_form(window)
    _hand_in(window)
    data = _download(window)
    with zipfile.ZipFile(BytesIO(data)) as package:
        names = package.namelist()
        assert any(name.endswith("申报表.docx") for name in names)
        assert any("初步设计" in name and name.endswith(".pdf") for name in names)
        assert "490" in package.read("答案.yaml").decode()
        assert all(package.read(name) for name in names)


def _look(window: Window) -> None:
    """See that the page can be used by all, and holds on a narrow screen."""
    window.fits()
    if window.has_scripts:
        window.is_usable_by_all()


def _change_by_the_form(window: Window) -> None:
    """Change an answer by a click on the form beside the conversation; what it causes is shown first."""
    if window.page.get_by_role("link", name="看表格").is_visible():
        window.page.get_by_role("link", name="看表格").click()
    cell = window.page.get_by_role("link", name="修改「项目预计总投资」")
    if not window.has_scripts:
        cell.click()
        field = window.page.get_by_label(re.compile("项目预计总投资"))
        field.fill("490万")
        window.button("保存这一部分").click()
        if window.button("确认修改").count():
            window.button("确认修改").click()
        window.page.get_by_role("link", name="材料", exact=True).click()
        return
    with window.taken():
        cell.click()
    assert "总投资" in window.question.inner_text()
    window.says("490万")
    if window.button("确认修改").count():
        window.chooses("确认修改")
    _look(window)
    window.page.get_by_role("link", name="材料", exact=True).click()


def _hand_in(window: Window) -> None:
    window.page.wait_for_url("**/documents")
    _look(window)
    row = window.page.get_by_label(re.compile("选文件：初步设计"))
    row.set_input_files({"name": "设计.pdf", "mimeType": "application/pdf", "buffer": PDF})
    upload = window.page.locator("form", has=row).get_by_role("button", name=re.compile("上传"))
    if upload.is_visible():
        upload.click()
    window.page.get_by_text("设计.pdf").first.wait_for()
    _look(window)


def _download(window: Window) -> bytes:
    window.button("生成材料包").click()
    link = window.page.get_by_role("link", name=re.compile("下载材料包"))
    link.wait_for()
    _look(window)
    with window.page.expect_download() as coming:
        link.click()
    assert PROJECT_NAME in coming.value.suggested_filename
    return Path(coming.value.path()).read_bytes()
