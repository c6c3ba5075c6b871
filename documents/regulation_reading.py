"""Reads an official text from outside, a .docx or a plain text in any usual encoding, as lines."""

from __future__ import annotations

import codecs
import re

from documents.guard import COMPOUND_FILE, LARGEST_FILE, MEGABYTE, RefusedFileError
from documents.word_reading import MOST_TEXT, WordTable, read_word
from rules.text import T

_ZIP = b"PK\x03\x04"
_WITH_MARK = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WITHOUT_MARK = ("utf-8", "gb18030")
_OTHER_FORMATS = (b"%PDF-", b"{\\rtf")
"""Their beginnings could pass for text."""
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f\ufffd\ufffe\uffff]")


def read_regulation(data: bytes) -> str:
    """Return what an official text says, a paragraph a line; the cells of a table are lines too.

    Numbers that Word counts itself are written out.

    Args:
        data: the whole file; what it is is told by its content.

    Raises:
        RefusedFileError: neither a .docx nor a plain text, damaged, protected, empty or too large.
    """
    if len(data) > LARGEST_FILE:
        raise RefusedFileError(T("文件超过 {most} MB，不像一份办法的原文。", most=LARGEST_FILE // MEGABYTE))
    text = _word_lines(data) if data.startswith((_ZIP, COMPOUND_FILE)) else _decoded(data)
    if len(text) > MOST_TEXT:
        raise RefusedFileError(T("文件里的字太多，不像一份办法的原文；请只留这份办法再试。"))
    if not text.strip():
        raise RefusedFileError(T("文件里没有文字；扫描件请先转成文字再试。"))
    return text


def _word_lines(data: bytes) -> str:
    lines: list[str] = []
    for block in read_word(data, with_numbers=True).blocks:
        lines += _cell_lines(block) if isinstance(block, WordTable) else [block]
    return "\n".join(lines)


def _cell_lines(table: WordTable) -> list[str]:
    return [cell.text for number, row in enumerate(table.rows) for cell in row if cell.top == number]


def _decoded(data: bytes) -> str:
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _NOT_TEXT.search(text):
            return text
    raise RefusedFileError(T("这不是 Word 文档（.docx）或纯文本（.txt）；请把原文另存为其中一种再试。"))


def _encodings(data: bytes) -> tuple[str, ...]:
    """Return what a plain text may be written in; a mark at its beginning says."""
    if data.startswith(_OTHER_FORMATS):
        return ()
    return next(((encoding,) for mark, encoding in _WITH_MARK if data.startswith(mark)), _WITHOUT_MARK)
