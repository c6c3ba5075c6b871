"""The door for files from outside: what a zip-based file declares is checked before anything in it is read."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from importlib import import_module
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from rules.text import T, Text

MEGABYTE = 1024 * 1024
LARGEST_FILE = 50 * MEGABYTE
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How .doc, .xls and every office file with a password begin."""
MOST_MEMBERS = 5_000
LARGEST_TOTAL = 300 * MEGABYTE
LARGEST_MEMBER = 200 * MEGABYTE
HIGHEST_RATIO = 200
"""Office files compress ten- to thirtyfold; a member beyond this is made to fill memory."""
_SMALL = MEGABYTE
_ENCRYPTED = 0x1
_MACROS = "vbaproject.bin"
_DIRECTORY_ENTRY = b"PK\x01\x02"
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    ValueError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
"""What the standard library raises over a zip that is not what its directory declares."""


class RefusedFileError(ValueError):
    """A file that will not be read; ``text`` says in one sentence why and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.render())
        self.text = text


def open_zip(data: bytes, *, largest: int = LARGEST_FILE) -> zipfile.ZipFile:
    """Open a zip (docx, xlsx, ofd) after checking its directory; nothing is unpacked.

    Raises:
        RefusedFileError: too large, truncated, encrypted, with macros, unsafe names, or made to unfold hugely.
    """
    if len(data) > largest:
        raise RefusedFileError(T("文件超过 {most} MB，请压缩图片或拆开后再传。", most=largest // MEGABYTE))
    if data.startswith(COMPOUND_FILE):
        raise RefusedFileError(
            T("这是加密的或旧格式（.doc、.xls）的文件，请去掉密码、另存为 .docx 或 .xlsx 后再传。")
        )
    # Counted before it is read: a directory of a million empty members takes seconds and 400 MB.
    members_at_most = data.count(_DIRECTORY_ENTRY)
    if members_at_most > MOST_MEMBERS:
        raise _too_many(members_at_most)
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        members = archive.infolist()
    except DAMAGE:
        raise damaged() from None
    _check_members(members)
    return archive


def read_member(archive: zipfile.ZipFile, name: str, *, most: int = LARGEST_MEMBER) -> bytes:
    """Return the bytes of a member of a zip that ``open_zip`` opened.

    Args:
        archive: the zip.
        name: the member.
        most: bytes that this member may have.

    Raises:
        RefusedFileError: it is not there, is too large, or holds something else than the directory declares.
    """
    try:
        declared = archive.getinfo(name).file_size
    except KeyError:
        raise RefusedFileError(T("文件里缺少必要的部分，请重新导出后再传。")) from None
    if declared > most:
        raise _unfolds_too_large()
    try:
        return archive.read(name)
    except DAMAGE:
        raise damaged() from None


def damaged() -> RefusedFileError:
    """Return the refusal of a file that is cut off or broken."""
    return RefusedFileError(T("文件不完整或已损坏，请重新导出后再传。"))


def parse_xml(data: bytes) -> Any:
    """Return the root element of an XML part; DTDs and entities are refused, nothing is fetched.

    Raises:
        RefusedFileError: not well-formed, or with a DTD.
    """
    etree: Any = import_module("lxml.etree")  # the binding carries no types
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise RefusedFileError(T("文件内容无法读取，请重新导出后再传。")) from None
    if root.getroottree().docinfo.doctype:
        raise RefusedFileError(T("文件里有不该出现的外部引用，不能读取；请用 Word 或 Excel 重新另存后再传。"))
    return root


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS:
        raise _too_many(len(members))
    total = 0
    for member in members:
        total += member.file_size
        ratio = member.file_size / max(member.compress_size, 1)
        if member.file_size > LARGEST_MEMBER or total > LARGEST_TOTAL:
            raise _unfolds_too_large()
        if member.file_size > _SMALL and ratio > HIGHEST_RATIO:
            raise RefusedFileError(T("文件展开后会异常膨胀，不像一份正常的文档，不能读取。"))
        if member.flag_bits & _ENCRYPTED:
            raise RefusedFileError(T("文件有密码，请去掉密码后再传。"))
        if _is_unsafe(member.filename):
            raise RefusedFileError(T("文件里有不安全的路径名，不能读取；请用 Word 或 Excel 重新另存后再传。"))
        if member.filename.lower().endswith(_MACROS):
            raise RefusedFileError(T("文件带有宏，不能读取；请另存为不带宏的 .docx 或 .xlsx 后再传。"))


def _too_many(count: int) -> RefusedFileError:
    return RefusedFileError(T("文件里的内容太多（{count} 个部分），不像一份正常的文档。", count=count))


def _unfolds_too_large() -> RefusedFileError:
    return RefusedFileError(T("文件展开后太大，不能读取；请删去多余内容后再传。"))


def _is_unsafe(name: str) -> bool:
    return "\\" in name or ":" in name or name.startswith("/") or ".." in PurePosixPath(name).parts
