"""What a file that was handed in really is: told by its content, never by its name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, get_args

from documents.compound import CompoundFile
from documents.guard import (
    COMPOUND_FILE,
    DAMAGE,
    LARGEST_FILE,
    MEGABYTE,
    RefusedFileError,
    damaged,
    open_zip,
    parse_xml,
    read_member,
)
from rules.text import T

if TYPE_CHECKING:
    import zipfile

FileKind = Literal["pdf", "docx", "doc", "xlsx", "jpg", "png", "ofd"]
KINDS: tuple[FileKind, ...] = get_args(FileKind)
"""Every kind that is taken; each is also the ending of such a file's name."""

_ZIP = b"PK\x03\x04"
_OTHER_ARCHIVES = (b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08")
_BLANK = b"\xef\xbb\xbf\x00\t\n\x0c\r "
_TAIL = 1024
"""A PDF ends within so many bytes of its end mark; programs append a little, a cut file lacks it."""
_PADDING = 65_536
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_JPG_SCAN, _JPG_FILL = 0xDA, 0xFF
_JPG_END = b"\xff\xd9"
_MOST_SEGMENTS = 10_000
_CONTENT_TYPES, _RELATIONS = "[Content_Types].xml", "_rels/.rels"
_OFD, _OPEN_DOCUMENT = "OFD.xml", "mimetype"
_MAIN_TYPES: dict[str, FileKind] = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}
_PIECE = 65_536
_SKIMMED = 32 * MEGABYTE
"""How much of the main part is unpacked to see that it is whole: a tenth of a second at most."""
_WORD_MAGIC = (0xA5EC, 0xA5DC)
_WORD_ENCRYPTED = 0x0100
_WORD_HEAD = 12


def recognise(data: bytes, *, largest: int = LARGEST_FILE) -> FileKind:
    """Return what kind of file this is.

    A file of a known kind that is cut off, has a password (office files) or macros, or is made to do harm when
    it is read, is refused. A PDF with a password is taken: most only forbid changes, and open for everybody.

    Args:
        data: the whole file.
        largest: bytes that it may have.

    Raises:
        RefusedFileError: with one sentence for the user.
    """
    if not data:
        raise RefusedFileError(T("文件是空的，请选一个有内容的文件再传。"))
    if len(data) > largest:
        raise RefusedFileError(
            T("文件超过 {most} MB，请压缩图片或拆开后再传。", most=max(largest // MEGABYTE, 1))
        )
    if data.startswith(_ZIP):
        return _zip_kind(data, largest)
    if data.startswith(COMPOUND_FILE):
        return _compound_kind(data)
    if data.startswith(_PNG):
        return _checked("png", whole=b"IDAT" in data and _PNG_END in data)
    if data.startswith(b"\xff\xd8\xff"):
        return _checked("jpg", whole=_is_whole_jpg(data))
    if data[:_TAIL].lstrip(_BLANK).startswith(b"%PDF-"):
        return _checked("pdf", whole=b"%%EOF" in data[-_PADDING:].rstrip(_BLANK)[-_TAIL:])
    if data.startswith(_OTHER_ARCHIVES):
        raise _archive()
    raise _unknown()


def _checked(kind: FileKind, *, whole: bool) -> FileKind:
    if not whole:
        raise damaged()
    return kind


def _is_whole_jpg(data: bytes) -> bool:
    """Walk the segments to the picture itself; a preview inside a segment has an end mark of its own."""
    at = 2
    for _ in range(_MOST_SEGMENTS):
        marker = data[at : at + 2]
        if len(marker) < 2 or marker[0] != _JPG_FILL:  # noqa: PLR2004 - a marker has two bytes
            return False
        if marker[1] == _JPG_SCAN:
            return data.find(_JPG_END, at) >= 0
        at += 1 if marker[1] == _JPG_FILL else 2 + int.from_bytes(data[at + 2 : at + 4])
    return False


def _zip_kind(data: bytes, largest: int) -> FileKind:
    archive = open_zip(data, largest=largest)
    names = set(archive.namelist())
    if _CONTENT_TYPES in names:
        return _office_kind(archive)
    if _OFD in names:
        return _ofd(archive, names)
    raise _unknown() if _OPEN_DOCUMENT in names else _archive()


def _office_kind(archive: zipfile.ZipFile) -> FileKind:
    """Tell Word from Excel by the type of the main part, which the package itself names."""
    types = [dict(node.attrib) for node in _xml(archive, _CONTENT_TYPES).iter("{*}Default", "{*}Override")]
    if any("macro" in kind or "vba" in kind for kind in (_value(node, "ContentType") for node in types)):
        raise _macros()
    main = next(
        (
            str(node.get("Target", "")).lstrip("/")
            for node in _xml(archive, _RELATIONS).iter("{*}Relationship")
            if str(node.get("Type", "")).endswith("/officeDocument") and node.get("TargetMode") != "External"
        ),
        "",
    )
    of_part = {_value(node, "PartName").lstrip("/"): _value(node, "ContentType") for node in types}
    of_ending = {_value(node, "Extension"): _value(node, "ContentType") for node in types}
    declared = of_part.get(main.lower()) or of_ending.get(main.rpartition(".")[2].lower(), "")
    kind = _MAIN_TYPES.get(declared)
    if kind is None:
        raise _unknown()
    _skim(archive, main)
    return kind


def _ofd(archive: zipfile.ZipFile, names: set[str]) -> FileKind:
    root = _xml(archive, _OFD)
    pages = [str(node.text or "").strip().lstrip("/") for node in root.iter("{*}DocRoot")]
    if root.tag.rpartition("}")[2] != "OFD" or not pages:
        raise _unknown()
    return _checked("ofd", whole=all(page in names for page in pages))


def _skim(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse a main part that is absent or broken, or that begins with declarations of its own."""
    if name not in archive.namelist():
        raise damaged()
    try:
        with archive.open(name) as part:
            beginning = part.read(_PIECE)
            unpacked = len(beginning)
            while unpacked < _SKIMMED and (piece := part.read(_PIECE)):
                unpacked += len(piece)
    except DAMAGE:
        raise damaged() from None
    if unpacked < min(_SKIMMED, archive.getinfo(name).file_size):
        raise damaged()
    _check_prolog(beginning)


def _check_prolog(beginning: bytes) -> None:
    etree: Any = import_module("lxml.etree")  # the binding carries no types
    parser = etree.XMLPullParser(
        events=("start",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        parser.feed(beginning)
        _, root = next(parser.read_events())
    except (etree.XMLSyntaxError, StopIteration):
        raise damaged() from None
    if root.getroottree().docinfo.doctype:
        raise RefusedFileError(T("文件里有不该出现的外部引用，不能读取；请用 Word 或 Excel 重新另存后再传。"))


def _compound_kind(data: bytes) -> FileKind:
    found = CompoundFile(data)
    if "encryptedpackage" in found.top:
        raise _password()
    if any(entry.name.casefold() == "_vba_project" for entry in found.entries):
        raise _macros()
    if "workbook" in found.top or "book" in found.top:
        raise RefusedFileError(T("这是旧格式的 Excel 文件（.xls），请另存为 .xlsx 后再传。"))
    word = found.top.get("worddocument")
    if word is None:
        raise _unknown()
    head = found.head(word, _WORD_HEAD)
    if int.from_bytes(head[:2], "little") not in _WORD_MAGIC:
        raise damaged()
    if int.from_bytes(head[10:12], "little") & _WORD_ENCRYPTED:
        raise _password()
    return "doc"


def _xml(archive: zipfile.ZipFile, name: str) -> Any:
    return parse_xml(read_member(archive, name, most=MEGABYTE))


def _value(attributes: dict[str, str], name: str) -> str:
    return attributes.get(name, "").lower()


def _unknown() -> RefusedFileError:
    return RefusedFileError(
        T(
            "认不出这是什么文件；可以收 PDF、Word（docx、doc）、Excel（xlsx）、图片（jpg、png）和 OFD，请另存为其中一种再传。"
        )
    )


def _archive() -> RefusedFileError:
    return RefusedFileError(T("压缩包不能直接收，请解开后把里面的文件一份一份地传。"))


def _macros() -> RefusedFileError:
    return RefusedFileError(T("文件带有宏，不能读取；请另存为不带宏的 .docx 或 .xlsx 后再传。"))


def _password() -> RefusedFileError:
    return RefusedFileError(T("文件有密码，请去掉密码后再传。"))
