"""The smallest real file of every kind that is taken, and the parts to make hostile ones from."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import xlsxwriter
from docx import Document

SECTOR = 512
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
NONE = 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5
WORD_STREAM = struct.pack("<HH6xH", 0xA5EC, 0x00C1, 0).ljust(4096, b"\0")
LOCKED_WORD_STREAM = struct.pack("<HH6xH", 0xA5EC, 0x00C1, 0x0100).ljust(4096, b"\0")


def pdf() -> bytes:
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj%sendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % count
    tail = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, len(data))
    return data + head + table + tail


def png() -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    picture = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\xff")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + picture


def jpg(*, end: bytes = b"\xff\xd9", preview: bytes = b"") -> bytes:
    def segment(marker: int, body: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body

    head = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + (segment(0xE1, preview) if preview else b"")
    frame = segment(0xC0, b"\x08\0\1\0\1\1\1\x11\0")
    return b"\xff\xd8" + head + frame + segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\xff\0\x34" + end


def docx() -> bytes:
    document = Document()
    document.add_paragraph("初步设计")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def xlsx() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("目录").write(0, 0, "信息资源名称")
    return out.getvalue()


def ofd() -> bytes:
    root = (
        '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" DocType="OFD" Version="1.0"><ofd:DocBody>'
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )
    return zipped({"OFD.xml": root.encode(), "Doc_0/Document.xml": b"<Document/>"})


def doc() -> bytes:
    return compound([("WordDocument", STREAM, WORD_STREAM)])


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def changed(data: bytes, parts: dict[str, bytes | None]) -> bytes:
    """Return a zip with parts replaced, added or, where None, left out."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    return zipped({name: body for name, body in (kept | parts).items() if body is not None})


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def compound(
    entries: list[tuple[str, int, bytes]], *, nested: list[tuple[str, int, bytes]] | None = None
) -> bytes:
    """Return a compound file with these streams in its root, and ``nested`` ones in a folder of their own.

    Sector 0 is the table of sectors, 1 and 2 the directory; contents follow, each padded to whole sectors.
    """
    table = [TABLE, 2, END]
    contents = b""
    directory: list[bytes] = []

    def add(name: str, kind: int, body: bytes, right: int, child: int) -> None:
        nonlocal contents
        start = END
        if body:
            start = len(table)
            count = -(-len(body) // SECTOR)
            table.extend([*range(start + 1, start + count), END])
            contents += body.ljust(count * SECTOR, b"\0")
        spelled = name.encode("utf-16-le")
        directory.append(
            struct.pack(
                "<64sHBBIII36xII4x",
                spelled,
                len(spelled) + 2,
                kind,
                1,
                NONE,
                right,
                child,
                start,
                len(body),
            )
        )

    folder = [("Embedded", STORAGE, b"")] if nested else []
    top = [*entries, *folder]
    add("Root Entry", ROOT, b"", NONE, 1)
    for index, (name, kind, body) in enumerate(top, start=1):
        last = index == len(top)
        add(name, kind, body, NONE if last else index + 1, len(top) + 1 if nested and last else NONE)
    for index, (name, kind, body) in enumerate(nested or [], start=len(top) + 1):
        add(name, kind, body, NONE if index == len(top) + len(nested or []) else index + 1, NONE)
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        *(0, 1, 1, 0, 4096, END, 0, END, 0, 0),
    ).ljust(SECTOR, b"\xff")
    listed = b"".join(directory).ljust(2 * SECTOR, b"\0")
    assert len(listed) == 2 * SECTOR
    assert len(table) <= SECTOR // 4
    numbers = struct.pack(f"<{len(table)}I", *table).ljust(SECTOR, b"\xff")
    return header + numbers + listed + contents


SAMPLES = {
    "pdf": pdf(),
    "docx": docx(),
    "doc": doc(),
    "xlsx": xlsx(),
    "jpg": jpg(),
    "png": png(),
    "ofd": ofd(),
}
