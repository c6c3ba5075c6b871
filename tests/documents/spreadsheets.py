"""Spreadsheets that the tests of the catalogue hand in: ordinary ones, and ones made to do harm."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import openpyxl

from documents.catalogue_sheet import write_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
HEADINGS = ["信息资源名称", "信息资源提供方", "共享类型", "更新周期"]
ROW = ["办件信息", "市局", "无条件共享", "每日"]

_NAMESPACE = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00"
_DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'


def plain_xlsx() -> bytes:
    """Return a catalogue of one row."""
    return write_catalogue([{"name": "办件信息", "share": "unconditional", "update_cycle": "每日"}])


def xlsx(rows: Iterable[Sequence[object]], title: str = "目录", hidden: Sequence[str] = ()) -> bytes:
    """Return a workbook as another program writes it."""
    book = openpyxl.Workbook()
    for name in hidden:
        book.create_sheet(name, 0).sheet_state = "hidden"
        book[name].append(HEADINGS)
    sheet = book["Sheet"]
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_parts(parts: dict[str, bytes | Callable[[bytes], bytes]]) -> bytes:
    """Return the plain catalogue with some parts replaced, changed or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(plain_xlsx())) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in [*source.namelist(), *(set(parts) - set(source.namelist()))]:
            content = parts.get(name) or source.read(name)
            target.writestr(name, content if isinstance(content, bytes) else content(source.read(name)))
    return out.getvalue()


def with_sheet(data: bytes, before: bytes = b"") -> bytes:
    """Return the plain catalogue with other XML for its rows."""
    opening = b'<worksheet xmlns="' + _NAMESPACE + b'">' + before + b"<sheetData>"
    return with_parts({SHEET: opening + data + b"</sheetData></worksheet>"})


def with_doctype(part: str) -> bytes:
    """Return the plain catalogue with an external entity declared in a part."""
    return with_parts({part: lambda content: _DOCTYPE + content[content.index(b"?>") + 2 :]})


def _corrupt() -> bytes:
    data = bytearray(plain_xlsx())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        member = archive.getinfo(SHEET)
    start = member.header_offset + 30 + len(member.filename)
    data[start + 20 : start + 60] = b"\xaa" * 40
    return bytes(data)


def _docx() -> bytes:
    out = io.BytesIO()
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    with zipfile.ZipFile(out, "w") as target:
        target.writestr(
            "_rels/.rels",
            f'<Relationships><Relationship Id="a" Type="{office}" Target="word/document.xml"/></Relationships>',
        )
        target.writestr("word/document.xml", "<document><body/></document>")
    return out.getvalue()


def _rows(count: int) -> bytes:
    return b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n) for n in range(1, count + 1))


HOSTILE: dict[str, Callable[[], bytes]] = {
    "zip bomb": lambda: with_parts({"xl/media/image1.png": bytes(30 * 1024 * 1024)}),
    "row bomb": lambda: with_sheet(_rows(6_000)),
    "empty row bomb": lambda: with_sheet(b"<row/>" * 21_000),
    "one row told again and again": lambda: with_sheet(b'<row r="1"/>' * 2),
    "a cell at XFD1048576": lambda: with_sheet(
        b'<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>'
    ),
    "a cell at XFD1": lambda: with_sheet(b'<row r="1"><c r="XFD1" t="str"><v>x</v></c></row>'),
    "a cell of another row": lambda: with_sheet(b'<row r="1"><c r="A1048576"><v>1</v></c></row>'),
    "a million columns": lambda: with_sheet(b'<row r="1">' + b"<c><v>1</v></c>" * 20_000 + b"</row>"),
    "a lying dimension": lambda: with_sheet(b"", b'<dimension ref="A1:XFD1048576"/>'),
    "elements without end": lambda: with_sheet(b"".join(b'<a b="%d"/>' % n for n in range(800_000))),
    "a tag of megabytes": lambda: with_sheet(
        b"<row " + b"".join(b'a%d="" ' % n for n in range(200_000)) + b"/>"
    ),
    "a string that is not there": lambda: with_sheet(b'<row><c t="s"><v>99999</v></c></row>'),
    "encrypted": lambda: _OLE + bytes(2_000) + "EncryptedPackage".encode("utf-16-le"),
    "xls renamed": lambda: _OLE + bytes(2_000) + "Workbook".encode("utf-16-le"),
    "docx renamed": _docx,
    "truncated": lambda: plain_xlsx()[:-200],
    "half of it": lambda: plain_xlsx()[: len(plain_xlsx()) // 2],
    "corrupt inside": _corrupt,
    "not well-formed": lambda: with_parts({SHEET: b"<worksheet><sheetData>"}),
    "a part missing": lambda: with_parts({"_rels/.rels": b"<Relationships/>"}),
    "macros": lambda: with_parts({"xl/vbaProject.bin": b"macro"}),
    "external entity in the sheet": lambda: with_doctype(SHEET),
    "external entity in the strings": lambda: with_doctype(STRINGS),
    "external entity in the workbook": lambda: with_doctype("xl/workbook.xml"),
    "path name": lambda: with_parts({"../../evil.xml": b"x"}),
    "absolute path name": lambda: with_parts({"/etc/evil.xml": b"x"}),
    "nothing": lambda: b"",
    "white space": lambda: b" \r\n\t",
    "csv of a picture": lambda: _PNG + bytes(100),
    "csv of noise": lambda: bytes(range(1, 256)) * 40,
    "csv in neither encoding": lambda: "信息资源名称,共享类型\n".encode() + b"\xff\xff\xff",
    "csv of a million columns": lambda: b"," * 1_000_000,
    "csv of a million rows": lambda: b"a,b\n" * 1_000_000,
    "csv with an open quote": lambda: b'"' + b"a,b\n" * 100_000,
    "csv without headings": "甲,乙\n丙,丁\n".encode,
    "html renamed": lambda: b"<html><table><tr><td>1</td></tr></table></html>",
}
"""Files that are refused; each is made when it is wanted."""
