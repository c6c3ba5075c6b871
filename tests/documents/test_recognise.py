"""What a file is told to be by its content alone, and which files are refused."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from file_samples import (
    LOCKED_WORD_STREAM,
    SAMPLES,
    STORAGE,
    STREAM,
    WORD_STREAM,
    changed,
    compound,
    jpg,
    part,
    zipped,
)
from hypothesis import given
from hypothesis import strategies as st

from documents import guard
from documents.guard import RefusedFileError
from documents.recognise import KINDS, recognise

MEGABYTE = 1024 * 1024
TYPES, MAIN = "[Content_Types].xml", "word/document.xml"


def refusal(data: bytes) -> str:
    with pytest.raises(RefusedFileError) as refused:
        recognise(data)
    sentence = refused.value.text.render()
    assert "\n" not in sentence
    assert sentence.endswith("。")
    return sentence


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_told_by_its_content(kind: str) -> None:
    assert recognise(SAMPLES[kind]) == kind


def test_a_word_file_whose_main_part_has_the_type_of_every_xml_is_one() -> None:
    """Some programs declare the type of the main part as that of the ending xml."""
    types = part(SAMPLES["docx"], TYPES).decode()
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = types.replace(f'<Override PartName="/{MAIN}" ContentType="{main}"/>', "")
    types = types.replace(
        'Extension="xml" ContentType="application/xml"', f'Extension="xml" ContentType="{main}"'
    )
    assert types.count(main) == 1
    assert recognise(changed(SAMPLES["docx"], {TYPES: types.encode()})) == "docx"


def test_a_short_stream_of_an_old_word_file_is_found_in_the_mini_stream() -> None:
    """The first bytes of a stream under 4,096 bytes stand in the stream of the root."""
    data = bytearray(compound([("WordDocument", STREAM, b""), ("Other", STREAM, WORD_STREAM)]))
    directory = 2 * 512
    root, word, other = (directory + number * 128 for number in range(3))
    data[root + 116 : root + 124] = data[other + 116 : other + 124]
    data[word + 116 : word + 124] = struct.pack("<II", 0, 1024)
    assert recognise(bytes(data)) == "doc"


@pytest.mark.parametrize("after", [b"\0" * 5_000, b"\r\n\r\n"], ids=["zeros", "lines"])
def test_a_pdf_may_be_padded(after: bytes) -> None:
    assert recognise(SAMPLES["pdf"] + after) == "pdf"


def test_a_pdf_may_begin_with_a_byte_order_mark() -> None:
    assert recognise(b"\xef\xbb\xbf" + SAMPLES["pdf"]) == "pdf"


def test_a_photo_may_carry_what_the_phone_appends() -> None:
    assert recognise(SAMPLES["jpg"] + b"SEFT" * 1_000) == "jpg"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_file_that_is_cut_off_is_refused(kind: str, share: float) -> None:
    data = SAMPLES[kind]
    refusal(data[: int(len(data) * share)])


def test_a_photo_that_is_cut_off_after_its_preview_is_refused() -> None:
    assert "损坏" in refusal(jpg(end=b"", preview=b"Exif\0\0" + SAMPLES["jpg"]))


def test_an_empty_file_is_refused() -> None:
    assert "空" in refusal(b"")


def test_a_file_over_the_limit_is_refused_with_the_limit() -> None:
    with pytest.raises(RefusedFileError, match="超过 1 MB"):
        recognise(b"%PDF-1.4" + bytes(MEGABYTE), largest=MEGABYTE)


OTHER = {
    "text": "初步设计".encode(),
    "html": b"<!DOCTYPE html><html></html>",
    "rtf": rb"{\rtf1 a}",
    "program": b"MZ\x90\0" + bytes(100),
    "gif": b"GIF89a" + bytes(100),
    "zeros": bytes(1_000),
    "pdf further in": bytes(2_000) + SAMPLES["pdf"],
    "open document": zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}),
    "slides": compound([("PowerPoint Document", STREAM, b"x" * 4096)]),
    "Word inside something else": compound(
        [("Contents", STREAM, b"x" * 4096)], nested=[("WordDocument", STREAM, WORD_STREAM)]
    ),
    "package without a main part": changed(
        SAMPLES["docx"], {"_rels/.rels": b'<Relationships xmlns="r"></Relationships>'}
    ),
    "main part of another type": changed(
        SAMPLES["docx"],
        {TYPES: part(SAMPLES["docx"], TYPES).replace(b"document.main+xml", b"template.main+xml")},
    ),
    "ofd of another root": zipped({"OFD.xml": b"<a><DocRoot>b</DocRoot></a>", "b": b""}),
}


@pytest.mark.parametrize("data", OTHER.values(), ids=OTHER.keys())
def test_anything_else_is_refused_with_what_can_be_taken(data: bytes) -> None:
    assert "PDF、Word（docx、doc）" in refusal(data)


ARCHIVES = {
    "zip": zipped({"初步设计.pdf": SAMPLES["pdf"]}),
    "empty zip": zipped({}),
    "rar": b"Rar!\x1a\x07\x01\x00",
    "7z": b"7z\xbc\xaf\x27\x1c" + bytes(50),
    "gzip": b"\x1f\x8b\x08" + bytes(50),
}


@pytest.mark.parametrize("data", ARCHIVES.values(), ids=ARCHIVES.keys())
def test_an_archive_is_to_be_unpacked_first(data: bytes) -> None:
    assert "解开" in refusal(data)


def test_an_old_workbook_is_refused_whatever_its_name() -> None:
    assert ".xlsx" in refusal(compound([("Workbook", STREAM, b"x" * 4096)]))


LOCKED = {
    "docx or xlsx": compound([("EncryptedPackage", STREAM, b"x" * 4096), ("EncryptionInfo", STREAM, b"x")]),
    "doc": compound([("WordDocument", STREAM, LOCKED_WORD_STREAM)]),
}


@pytest.mark.parametrize("data", LOCKED.values(), ids=LOCKED.keys())
def test_an_office_file_with_a_password_is_refused(data: bytes) -> None:
    assert "密码" in refusal(data)


def test_a_zip_with_a_password_is_refused() -> None:
    data = bytearray(SAMPLES["docx"])
    place = data.rindex(b"PK\x01\x02")
    data[place + 8] |= 1
    assert "密码" in refusal(bytes(data))


def with_type(content_type: str) -> bytes:
    types = part(SAMPLES["docx"], TYPES)
    extra = f'<Override PartName="/word/x.bin" ContentType="{content_type}"/></Types>'.encode()
    return changed(SAMPLES["docx"], {TYPES: types.replace(b"</Types>", extra), "word/x.bin": b"x"})


MACROS = {
    "docm renamed docx": changed(SAMPLES["docx"], {"word/vbaProject.bin": b"x"}),
    "macros under another name": with_type("application/vnd.ms-office.vbaProject"),
    "macro sheet": with_type("application/vnd.ms-excel.macrosheet+xml"),
    "doc": compound(
        [("WordDocument", STREAM, WORD_STREAM), ("Macros", STORAGE, b"")],
        nested=[("_VBA_PROJECT", STREAM, b"x")],
    ),
}


@pytest.mark.parametrize("data", MACROS.values(), ids=MACROS.keys())
def test_a_file_with_macros_is_refused(data: bytes) -> None:
    assert "宏" in refusal(data)


def bomb(members: int, size: int) -> bytes:
    return changed(SAMPLES["docx"], {f"word/media/{number}": bytes(size) for number in range(members)})


def test_a_member_that_unfolds_a_thousandfold_is_refused() -> None:
    assert "膨胀" in refusal(bomb(1, 4 * MEGABYTE))


def lying(size: int) -> bytes:
    """Return a Word file whose directory declares another size of its main part."""
    data = SAMPLES["docx"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        true = archive.getinfo(MAIN).file_size
    place = data.rindex(MAIN.encode()) - 46
    return data[: place + 24] + data[place + 24 :].replace(
        struct.pack("<I", true), struct.pack("<I", size), 1
    )


@pytest.mark.parametrize("size", [10, 1_000_000, 250 * MEGABYTE])
def test_a_directory_that_lies_about_a_size_is_refused(size: int) -> None:
    refusal(lying(size))


def test_a_directory_of_a_million_members_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", *(0,) * 9, 1, *(0,) * 6) + b"a"
    data = b"PK\x03\x04" + bytes(27) + entry * 1_000_000

    def read(*_: object) -> None:
        raise AssertionError("would take seconds and 400 MB")

    monkeypatch.setattr(guard.zipfile, "ZipFile", read)
    assert "太多" in refusal(data)


@pytest.mark.parametrize("name", ["../../x", "/etc/x", "C:/x", "word\\..\\x"])
def test_a_path_that_leads_out_is_refused(name: str) -> None:
    data = changed(SAMPLES["docx"], {"word/aaaaaaaaaa": b"x"})
    hidden = name.ljust(15, "x").encode()
    assert "路径" in refusal(data.replace(b"word/aaaaaaaaaa", hidden))


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
ENTITIES = {
    "main part": {MAIN: DOCTYPE},
    "main part in UTF-16": {MAIN: DOCTYPE.decode().replace("1.0", '1.0" encoding="UTF-16').encode("utf-16")},
    "content types": {TYPES: DOCTYPE},
    "relations": {"_rels/.rels": DOCTYPE},
}


@pytest.mark.parametrize("parts", ENTITIES.values(), ids=ENTITIES.keys())
def test_external_entities_are_refused_unread(parts: dict[str, bytes | None]) -> None:
    assert "外部引用" in refusal(changed(SAMPLES["docx"], parts))


BROKEN = {
    "main part is absent": {MAIN: None},
    "main part is no XML": {MAIN: b"not xml"},
    "main part is empty": {MAIN: b""},
    "relations are absent": {"_rels/.rels": None},
    "content types too large": {TYPES: b"<Types>" + bytes(range(256)) * 8_000 + b"</Types>"},
}


@pytest.mark.parametrize("parts", BROKEN.values(), ids=BROKEN.keys())
def test_a_package_without_its_parts_is_refused(parts: dict[str, bytes | None]) -> None:
    refusal(changed(SAMPLES["docx"], parts))


def test_a_main_part_whose_bytes_are_damaged_is_refused() -> None:
    data = changed(SAMPLES["docx"], {MAIN: b"<a>" + bytes(range(32, 127)) * 50 + b"</a>"})
    place = data.index(MAIN.encode()) + len(MAIN) + 40
    assert "损坏" in refusal(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])


def at(data: bytes, place: int, number: int) -> bytes:
    return data[:place] + struct.pack("<I", number) + data[place + 4 :]


CROOKED = {
    "chain of the directory runs in a circle": at(SAMPLES["doc"], 512 + 2 * 4, 1),
    "directory outside the file": at(SAMPLES["doc"], 48, 5_000),
    "more tables than sectors": at(SAMPLES["doc"], 44, 50_000),
    "table outside the file": at(SAMPLES["doc"], 76, 9_999),
    "tables continue outside the file": at(
        at(SAMPLES["doc"], 44, 11)[:76] + b"\0" * 436 + SAMPLES["doc"][512:], 68, 9
    ),
    "stream outside the file": at(SAMPLES["doc"], 1024 + 128 + 116, 9_999),
    "short stream where there is none": at(SAMPLES["doc"], 1024 + 128 + 120, 100),
    "no such sector size": SAMPLES["doc"][:30] + b"\x1f\0" + SAMPLES["doc"][32:],
    "siblings in a circle": at(SAMPLES["doc"], 1024 + 128 + 68, 1)[:-512],
    "header alone": SAMPLES["doc"][:512],
}


@pytest.mark.parametrize("data", CROOKED.values(), ids=CROOKED.keys())
def test_a_compound_file_that_lies_about_itself_is_refused(data: bytes) -> None:
    assert "损坏" in refusal(data)


def told(data: bytes) -> str:
    """Return the kind, or the refusal; any other exception would end the turn."""
    try:
        return recognise(data)
    except RefusedFileError as error:
        return error.text.render()


@given(
    st.sampled_from(KINDS),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=20),
)
def test_damage_anywhere_gives_a_kind_or_a_sentence(kind: str, changes: list[tuple[float, int]]) -> None:
    data = bytearray(SAMPLES[kind])
    for place, byte in changes:
        data[int(place * len(data))] = byte
    assert told(bytes(data))


@given(st.sampled_from([data[:16] for data in SAMPLES.values()]), st.binary(max_size=2_000))
def test_a_true_beginning_and_noise_gives_a_kind_or_a_sentence(beginning: bytes, noise: bytes) -> None:
    assert told(beginning + noise)
