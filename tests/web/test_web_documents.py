"""The page of a project's documents: handing in, ticking off, taking back, downloading, the package."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from kept_projects import PDF, PLATFORM, keep_example
from openpyxl import load_workbook
from starlette.responses import StreamingResponse
from talking import CLOCK, WHOLE_PROJECT
from visiting import Browser, people, server_site, whole_project

from bot import bundle
from bot.fill import run_fill
from bot.web import packaging
from documents.catalogue_sheet import write_template
from documents.docx import render_docx

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from httpx2 import Response
    from visiting import People

    from bot.web.site import Site
    from storage.attachments import Attachment
    from storage.database import Database

DESIGN = "preliminary_design"
WITHOUT_DESIGN = [*WHOLE_PROJECT[:-1], "0"]
FRAGMENT = "data-upload"


@pytest.fixture
def path(everybody: People) -> str:
    """A whole project of the member's unit, without documents."""
    return whole_project(everybody.member, "member", WITHOUT_DESIGN)


def uploads(
    browser: Browser, path: str, document: str = DESIGN, *, name: str = "设计.pdf", data: bytes = PDF
) -> Response:
    """Hand a file in, from a page that is opened anew."""
    browser.opens(f"{path}/documents")
    return browser.sends(f"{path}/documents/{document}/upload", files={"file": (name, data)})


def kept(site: Site, path: str, document: str = DESIGN) -> list[Attachment]:
    with site.conversation.database.unit_of_work() as work:
        return work.attachments.versions(int(path.rsplit("/", 1)[1]), document)


def state(site: Site, path: str) -> dict[str, Any]:
    with site.conversation.database.unit_of_work() as work:
        return json.loads(work.projects.get(int(path.rsplit("/", 1)[1])).state)


def log(site: Site, path: str) -> list[str]:
    with site.conversation.database.unit_of_work() as work:
        entries = work.audit.latest(limit=100, project_id=int(path.rsplit("/", 1)[1]))
    return [entry.action for entry in entries[::-1]]


def row(page: str, document: str = DESIGN) -> str:
    """Return what the page says of a document."""
    found = re.search(rf'<article class="card" id="document-{document}".*?</article>', page, re.DOTALL)
    assert found is not None
    return found[0]


def submit(site: Site, path: str) -> None:
    with site.conversation.database.unit_of_work() as work:
        work.projects.submit(int(path.rsplit("/", 1)[1]), at=CLOCK.now())


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- the page -----------------------------------------------------------------------------------------------


def test_every_document_is_shown_by_stage_with_its_reason_and_article(member: Browser, path: str) -> None:
    page = member.opens(f"{path}/documents").text
    assert page.index("报市数据局技术审查") < page.index(f"document-{DESIGN}") < page.index("备案（")
    shown = row(page)
    assert "必交" in shown
    assert ">缺<" in shown
    assert "第15条" in shown
    assert f"{path}/papers/" not in shown
    assert re.search(rf'{path}/papers/\w+\.docx"', row(page, "filing_form"))


def test_before_it_is_known_not_to_be_secret_there_is_nothing_to_hand_in(member: Browser, site: Site) -> None:
    path = member.begins_project()
    page = member.opens(f"{path}/documents").text
    assert "先在对话里确认项目不涉密" in page
    assert FRAGMENT not in page
    refused = member.sends(f"{path}/documents/any/upload", files={"file": ("秘密工程.pdf", PDF)})
    assert "先确认项目不涉密" in refused.text
    assert "秘密工程" not in refused.text
    assert "秘密工程" not in member.opens(path).text
    assert list(site.conversation.uploads.blobs) == []


def test_where_nothing_is_to_be_declared_the_page_says_so(member: Browser, site: Site) -> None:
    path = keep_example(site, unit_kind="other")
    assert "没有要交的材料" in member.opens(f"{path}/documents").text
    member.sends(f"{path}/package")
    assert member.path == f"{path}/documents"
    assert member.opens(f"{path}/package.zip").status_code == 404
    assert member.opens(f"{path}/papers/checklist.pdf").status_code == 404


@pytest.mark.parametrize("shown", ["9" * 400, "-1", "x", "1&shown=2", "²"])
def test_a_made_up_address_does_no_harm(member: Browser, path: str, shown: str) -> None:
    assert member.opens(f"{path}/documents?at=<b>&shown={shown}").status_code == 200
    assert "<b>" not in member.text


# --- handing in ---------------------------------------------------------------------------------------------


def test_a_file_is_handed_in_and_shown_with_who_and_when(member: Browser, site: Site, path: str) -> None:
    shown = row(uploads(member, path).text)
    assert "收下了「初步设计」" in shown
    assert "已备" in shown
    assert "设计.pdf" in shown
    assert "2026年11月23日 09:00" in shown
    assert "<br>member" in shown
    answer = member.opens(f"{path}/documents/{DESIGN}/1")
    assert answer.content == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert state(site, path)["documents"][DESIGN] == "provided"
    assert log(site, path) == ["uploaded", "downloaded"]


def test_what_was_handed_in_here_stands_in_the_conversation_too(member: Browser, path: str) -> None:
    uploads(member, path)
    page = member.opens(path).text
    assert "上传「初步设计」：设计.pdf" in page
    assert "收下了「初步设计」" in page


@pytest.mark.parametrize("name", sorted(p.stem for p in Path(__file__).parents[2].glob("examples/*.yaml")))
def test_every_document_takes_its_own_file(member: Browser, site: Site, name: str) -> None:
    path = keep_example(site, name, documents={})
    page = member.opens(f"{path}/documents").text
    documents = re.findall(r'<article class="card" id="document-(\w+)"', page)
    assert len(documents) > 1
    for document in documents:
        uploads(member, path, document)
        assert [len(kept(site, path, each)) for each in documents] == [
            1 if documents.index(each) <= documents.index(document) else 0 for each in documents
        ]


def test_the_same_form_sent_twice_is_one_upload_and_another_file_on_it_is_another(
    member: Browser, site: Site, path: str
) -> None:
    member.opens(f"{path}/documents")
    fields, place = member.hidden, f"{path}/documents/{DESIGN}/upload"
    pages = [
        member.client.post(place, data=fields, files={"file": ("设计.pdf", data)})
        for data in (PDF, PDF, PDF + b" ")
    ]
    assert pages[0].url == pages[1].url
    assert [version.size for version in kept(site, path)] == [len(PDF), len(PDF) + 1]
    assert log(site, path) == ["uploaded", "uploaded"]


def test_a_file_is_told_by_its_name(member: Browser, site: Site, path: str) -> None:
    assert "收下了「初步设计」" in uploads(member, path, "any", name="初步设计.pdf").text
    unknown = uploads(member, path, "any", name="新建文档.pdf").text
    assert "这个文件是哪一份材料" in unknown
    assert len(kept(site, path)) == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "文件是空的"),
        (b"MZ" + bytes(200), "认不出这是什么文件"),
        (b"<html><script>alert(1)</script>", "认不出这是什么文件"),
        (PDF[:20], "请"),
        (b"PK\x03\x04" + bytes(400), "请"),
    ],
)
def test_a_wrong_file_gets_one_sentence_at_its_document_and_changes_nothing(
    member: Browser, site: Site, path: str, data: bytes, sentence: str
) -> None:
    uploads(member, path)
    before = state(site, path)
    shown = row(uploads(member, path, data=data).text)
    assert sentence in re.sub(r"<[^>]+>", "", re.findall(r'tone-error">[^<]*', shown)[0])
    assert state(site, path) == before
    assert [version.version for version in kept(site, path)] == [1]


def test_without_a_file_the_form_asks_for_one(member: Browser, path: str) -> None:
    member.opens(f"{path}/documents")
    shown = member.sends(f"{path}/documents/{DESIGN}/upload", files={"file": ("", b"")})
    assert shown.status_code == 422
    assert "请先选一个文件" in row(shown.text)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "C:\\temp\\设计.html",
        "a\r\nSet-Cookie: x=1.pdf",
        '设计".svg',
        "<img src=x onerror=alert(1)>.html",
        "\u202egpj.exe",
        "长" * 300 + ".pdf",
        "😀.pdf",
    ],
)
def test_a_hostile_name_is_only_a_name(member: Browser, site: Site, path: str, name: str) -> None:
    page = uploads(member, path, name=name).text
    assert "<img src=x" not in page
    (version,) = kept(site, path)
    assert not re.search(r"[\\/\r\n<>\u202e]", version.file_name)
    answer = member.opens(f"{path}/documents/{DESIGN}/1")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert disposition.endswith(".pdf")  # whatever it was called, it is saved as what it is
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Type"] == "application/pdf" or answer.content == PDF
    assert all(".." not in entry for entry in unpacked(member.opens(f"{path}/package.zip").content))


def test_a_file_that_is_too_large_gets_one_sentence(
    member: Browser, site: Site, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.conversation.uploads, "limit", 1000)
    refused = uploads(member, path, data=PDF + bytes(1001))
    assert refused.status_code == 413
    assert "文件太大了" in refused.text
    assert kept(site, path) == []


def test_too_many_files_are_asked_to_wait(database: Database) -> None:
    site = server_site(database, upload_limit=2)
    member = people(site).member
    path = whole_project(member, "member", WITHOUT_DESIGN)
    answers = [uploads(member, path, data=PDF + b" " * number).status_code for number in range(3)]
    assert answers == [200, 200, 429]
    assert "太频繁" in member.text
    assert len(kept(site, path)) == 2


def test_a_document_that_is_not_asked_for_is_not_taken(member: Browser, path: str) -> None:
    for document in ("project_proposal", "no_such_document"):
        assert uploads(member, path, document).status_code == 404
        member.opens(f"{path}/documents")
        assert member.sends(f"{path}/documents/{document}/tick", ready="1").status_code == 404


# --- files that are read ------------------------------------------------------------------------------------


def test_a_filled_catalogue_is_read_and_its_rows_are_kept(member: Browser, site: Site) -> None:
    path = keep_example(site, without=("catalogue",), documents={})
    sheet = load_workbook(io.BytesIO(member.opens(f"{path}/catalogue-template.xlsx").content))
    assert sheet.worksheets
    out = member.opens(f"{keep_example(site)}/papers/data_catalogue.xlsx").content
    shown = row(uploads(member, path, "data_catalogue", name="目录.xlsx", data=out).text, "data_catalogue")
    assert "目录里现在有 2 条" in shown
    assert f"{path}/papers/data_catalogue.xlsx" in shown
    assert len(state(site, path)["facts"]["catalogue"]) == 2


def test_a_catalogue_with_faults_comes_back_with_remarks(member: Browser, site: Site) -> None:
    path = keep_example(site, documents={})
    empty = write_template()
    book = load_workbook(io.BytesIO(empty))
    book.worksheets[0].cell(row=book.worksheets[0].max_row + 1, column=1, value="只有名称")
    out = io.BytesIO()
    book.save(out)
    shown = uploads(member, path, "data_catalogue", name="目录.xlsx", data=out.getvalue()).text
    found = re.search(r'class="file-link" href="([^"]+)"', row(shown, "data_catalogue"))
    assert found is not None
    assert member.opens(found[1]).content[:2] == b"PK"
    assert len(state(site, path)["facts"]["catalogue"]) == 2  # what was there before


def test_a_filled_form_is_read_and_what_is_answered_is_left_alone(member: Browser, site: Site) -> None:
    form = member.opens(f"{keep_example(site)}/papers/declaration.docx").content
    path = keep_example(site, without=("phone",), documents={}, project_lead="李明")
    shown = row(
        uploads(member, path, "declaration_form", name="申报表.docx", data=form).text, "declaration_form"
    )
    assert "从表上记下了" in shown
    assert "没有改动" in shown
    facts = state(site, path)["facts"]
    assert (facts["phone"], facts["project_lead"]) == ("0952-2023456", "李明")


# --- ticking off and taking back ----------------------------------------------------------------------------


def test_a_document_on_paper_is_ticked_off_and_back(member: Browser, site: Site, path: str) -> None:
    for ready, status in (("1", "provided"), ("1", "provided"), ("0", "missing")):
        member.opens(f"{path}/documents")
        member.sends(f"{path}/documents/{DESIGN}/tick", ready=ready)
        assert state(site, path)["documents"][DESIGN] == status
        assert (">已备<" in row(member.text)) == (status == "provided")


def test_taking_back_gives_the_version_before_and_twice_is_once(
    member: Browser, site: Site, path: str
) -> None:
    uploads(member, path)
    uploads(member, path, data=PDF + b" ", name="新版.pdf")
    fields = member.hidden
    for _ in range(2):
        shown = member.client.post(f"{path}/documents/{DESIGN}/2/withdraw", data=fields)
        assert "现在用第 1 版" in row(shown.text)
    assert [version.removed_at is None for version in kept(site, path)] == [True, False]
    assert member.opens(f"{path}/documents/{DESIGN}/2").status_code == 404
    assert member.opens(f"{path}/documents/{DESIGN}/1").status_code == 200
    assert len(list(site.conversation.uploads.blobs)) == 1
    assert log(site, path) == ["uploaded", "uploaded", "withdrawn", "downloaded"]


def test_a_version_that_is_not_the_current_one_any_more_is_not_what_is_taken_back(
    everybody: People, site: Site, path: str
) -> None:
    member = everybody.member
    uploads(member, path)
    fields = member.hidden
    uploads(member, path, data=PDF + b" ")
    refused = member.client.post(f"{path}/documents/{DESIGN}/1/withdraw", data=fields)
    assert refused.status_code == 409
    assert "刚才有变动" in row(refused.text)
    assert len([version for version in kept(site, path) if version.removed_at is None]) == 2


# --- who may ------------------------------------------------------------------------------------------------


def test_another_unit_gets_nothing_and_changes_nothing(everybody: People, site: Site, path: str) -> None:
    uploads(everybody.member, path)
    stranger = everybody.stranger
    for page in ("documents", f"documents/{DESIGN}/1", "papers/checklist.pdf", "package.zip"):
        assert stranger.opens(f"{path}/{page}").status_code == 404
    assert stranger.opens(f"{path}/catalogue-template.xlsx").status_code == 404
    stranger.opens("/projects")
    for action in (
        f"documents/{DESIGN}/upload",
        f"documents/{DESIGN}/tick",
        f"documents/{DESIGN}/1/withdraw",
    ):
        files = {"file": ("a.pdf", PDF + b"  ")} if action.endswith("upload") else None
        assert stranger.sends(f"{path}/{action}", files=files).status_code == 404
    assert stranger.sends(f"{path}/package").status_code == 404
    assert [version.removed_at for version in kept(site, path)] == [None]


def test_an_officer_reads_what_was_submitted_and_nothing_else(
    everybody: People, site: Site, path: str
) -> None:
    uploads(everybody.member, path)
    pages = (f"documents/{DESIGN}/1", "papers/declaration.pdf", "papers/checklist.docx", "package.zip")
    assert {everybody.officer.opens(f"{path}/{page}").status_code for page in pages} == {404}
    submit(site, path)
    assert {everybody.officer.opens(f"{path}/{page}").status_code for page in pages} == {200}
    assert {everybody.other_officer.opens(f"{path}/{page}").status_code for page in pages} == {404}
    assert everybody.officer.opens(f"{path}/documents").status_code == 404


def test_what_is_submitted_is_only_read(member: Browser, site: Site, path: str) -> None:
    uploads(member, path)
    submit(site, path)
    before = state(site, path)
    page = member.opens(f"{path}/documents").text
    assert FRAGMENT not in page
    assert "已提交" in page
    for action, fields in (("upload", {}), ("tick", {"ready": "0"}), ("1/withdraw", {})):
        files = {"file": ("新.pdf", PDF + b" ")} if action == "upload" else None
        shown = member.sends(f"{path}/documents/{DESIGN}/{action}", files=files, **fields)
        assert "已经提交" in row(shown.text)
    assert state(site, path) == before
    assert [version.removed_at for version in kept(site, path)] == [None]
    member.opens(f"{path}/documents")
    assert "材料做好了" in member.sends(f"{path}/package").text
    assert state(site, path) == before


def test_while_a_colleague_edits_nothing_is_taken_but_everything_can_be_seen(everybody: People) -> None:
    site = everybody.member.site
    path = everybody.colleague.begins_project(*WITHOUT_DESIGN[:6])
    member = everybody.member
    page = member.opens(f"{path}/documents").text
    assert "colleague 正在填" in page
    assert FRAGMENT not in page
    refused = member.sends(f"{path}/documents/{DESIGN}/upload", files={"file": ("a.pdf", PDF)})
    assert refused.status_code == 409
    assert kept(site, path) == []
    assert member.opens(f"{path}/package.zip").status_code == 200
    member.opens(f"{path}/documents")
    member.sends(f"{path}/take-over")
    assert "收下了" in uploads(member, path).text


# --- papers and the package ---------------------------------------------------------------------------------


def test_each_paper_can_be_had_alone_as_it_is_in_the_package(member: Browser, site: Site) -> None:
    path = keep_example(site)
    package = unpacked(member.opens(f"{path}/package.zip").content)
    for paper, name in (("declaration", "01_申报表"), ("checklist", "02_申报材料清单")):
        for ending in ("docx", "pdf"):
            answer = member.opens(f"{path}/papers/{paper}.{ending}")
            assert answer.content == package[f"{name}.{ending}"]
            assert answer.headers["Content-Disposition"].startswith("attachment")
    for wrong in ("declaration.xlsx", "nothing.pdf", "declaration.exe", "data_catalogue.pdf"):
        assert member.opens(f"{path}/papers/{wrong}").status_code == 404


def test_the_package_is_made_file_by_file_in_sight_of_the_user(
    member: Browser, site: Site, path: str
) -> None:
    uploads(member, path)
    page = member.sends(f"{path}/package").text
    bundle_files = unpacked(member.opens(f"{path}/package.zip").content)
    listed = re.findall(r"<li>(\d+)/(\d+)　(\S+)　", page)
    assert [name for _, _, name in listed] == [*list(bundle_files)[1:], "00_目录.txt"]
    assert [int(number) for number, _, _ in listed] == list(range(1, len(bundle_files) + 1))
    assert {int(total) for _, total, _ in listed} == {len(bundle_files)}
    assert page.rindex("<li>1") < page.index("下载材料包") < page.index("</html>")
    assert state(site, path)["documents"]["filing_form"] == "drafted"
    assert "材料可以下载了" in member.opens(path).text
    assert any(name.endswith("_初步设计.pdf") and data == PDF for name, data in bundle_files.items())
    assert "package_downloaded" in log(site, path)


def test_the_page_is_sent_as_the_files_are_made(
    member: Browser, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    seen: list[tuple[int, str]] = []

    def render(content: Any) -> bytes:
        made.append(content.title)
        return render_docx(content)

    class Watched(StreamingResponse):
        """Notes how many papers are made when a piece of the page leaves."""

        def __init__(self, content: Iterable[str], **given: Any) -> None:
            super().__init__(self.watch(content), **given)

        @staticmethod
        def watch(content: Iterable[str]) -> Iterator[str]:
            for piece in content:
                seen.append((len(made), piece))
                yield piece

    monkeypatch.setattr("documents.docx.render_docx", render)
    monkeypatch.setattr(packaging, "StreamingResponse", Watched)
    member.opens(f"{path}/documents")
    page = member.sends(f"{path}/package").text
    assert page == "".join(piece for _, piece in seen)
    first = next(count for count, piece in seen if "01_申报表.docx" in piece)
    head = next(count for count, piece in seen if "<h1>" in piece)
    assert (head, first) == (0, 1)
    assert len(made) > 3


def test_what_goes_wrong_while_making_is_said_at_the_end_of_the_page(
    member: Browser, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_view: Any) -> str:
        raise RuntimeError("secret path /srv")

    monkeypatch.setattr(bundle, "answers_yaml", fails)
    member.opens(f"{path}/documents")
    page = member.sends(f"{path}/package").text
    assert "材料没有做完" in page
    assert "/srv" not in page
    assert "下载材料包" not in page
    assert page.rstrip().endswith("</html>")


def test_the_package_form_sent_twice_says_so_once_in_the_conversation(member: Browser, path: str) -> None:
    member.opens(f"{path}/documents")
    fields = member.hidden
    pages = [member.client.post(f"{path}/package", data=fields).text for _ in range(2)]
    assert all("材料做好了" in page for page in pages)
    assert member.opens(path).text.count("材料可以下载了") == 1


def test_a_draft_says_what_is_missing_and_which_characters_are(member: Browser, site: Site) -> None:
    path = keep_example(site, documents={}, without=("goals",), project_lead="王𠮷")
    member.opens(f"{path}/documents")
    page = member.sends(f"{path}/package").text
    assert "这还是草稿" in page
    assert "没答的题" in page
    assert "〓" in page
    assert "𠮷" in page
    assert "草稿" in _file_name(member.opens(f"{path}/package.zip"))
    whole = keep_example(site)
    member.opens(f"{whole}/documents")
    assert "这还是草稿" not in member.sends(f"{whole}/package").text
    assert "草稿" not in _file_name(member.opens(f"{whole}/package.zip"))


def test_the_zip_is_what_fill_makes_from_the_same_answers(
    member: Browser, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = keep_example(site, PLATFORM)
    answer = member.opens(f"{path}/package.zip")
    assert member.opens(f"{path}/package.zip").content == answer.content
    answers = tmp_path / "answers.yaml"
    answers.write_bytes(unpacked(answer.content)["答案.yaml"])
    monkeypatch.chdir(tmp_path)
    assert run_fill(answers, tmp_path / "out", clock=CLOCK) == 0
    (made,) = (tmp_path / "out").glob("*.zip")
    assert made.read_bytes() == answer.content


def _file_name(answer: Response) -> str:
    return unquote(answer.headers["Content-Disposition"].partition("filename*=UTF-8''")[2])


def test_what_a_file_is_called_stands_in_no_log(member: Browser, site: Site, path: str) -> None:
    uploads(member, path, name="某某机密.pdf")
    with site.conversation.database.unit_of_work() as work:
        details = [entry.detail for entry in work.audit.latest(limit=50)]
    assert not any("机密".encode() in detail for detail in details)
