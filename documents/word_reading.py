"""Reads the body of a .docx from outside as plain paragraphs and tables, whatever program and habit made it.

Only the parts that hold text are opened, through ``documents.guard``. Inserted text counts and deleted text
does not; content controls, hyperlinks, fields and text boxes give their words; symbols that stand for a box
become one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from documents.guard import COMPOUND_FILE, MEGABYTE, RefusedFileError, open_zip, parse_xml, read_member
from documents.word_numbers import write_numbers
from rules.text import T, Text

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

LARGEST_PART = 8 * MEGABYTE
"""A form of a few pages is far below; a tree of small elements takes thirty times its text in memory."""
MOST_CELLS = 5_000
MOST_TEXT = 500_000
_MOST_HEADERS = 6
_WIDEST_SPAN = 1_000
_ZIP = b"PK"
_HEADER = re.compile(r"word/header\d*\.xml$")
_TRANSPARENT = {"ins", "moveTo", "smartTag", "customXml", "sdtContent"}
_SILENT = {
    "pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sdtEndPr", "del", "moveFrom", "delText",
    "instrText", "delInstrText", "rt", "rubyPr", "softHyphen",
}  # fmt: skip
_FALSE = {"0", "false", "off"}
_BOXES: dict[tuple[str, int], str] = {
    ("wingdings", 0xFE): "☑", ("wingdings", 0xFD): "☒", ("wingdings", 0xA8): "□", ("wingdings", 0x6F): "□",
    ("wingdings", 0xFC): "√", ("wingdings 2", 0x52): "☑", ("wingdings 2", 0x54): "☒",
    ("wingdings 2", 0x53): "☒", ("wingdings 2", 0xA3): "□", ("wingdings 2", 0x50): "√",
}  # fmt: skip


class WordCell:
    """A cell of a table, merged ones once.

    Attributes:
        parts: its paragraphs and the tables in it, in order.
        top: its first row, from 0.
        bottom: its last row.
        left: the first grid column it covers.
        right: the grid column after its last.
        has_image: a picture stands in it.
    """

    __slots__ = ("bottom", "has_image", "left", "parts", "right", "top")

    def __init__(self, row: int, left: int, right: int, parts: list[str | WordTable]) -> None:
        """Cover columns ``left`` up to ``right`` of one row."""
        self.top = self.bottom = row
        self.left, self.right = left, right
        self.parts = parts
        self.has_image = False

    @property
    def own_text(self) -> str:
        """Its paragraphs, a line each, without the tables in it."""
        return "\n".join(part for part in self.parts if isinstance(part, str)).strip()

    @property
    def text(self) -> str:
        """All its words, those of inner tables included."""
        return "\n".join(part if isinstance(part, str) else part.text for part in self.parts).strip()

    @property
    def tables(self) -> list[WordTable]:
        """The tables inside it."""
        return [part for part in self.parts if not isinstance(part, str)]


class WordTable:
    """A table: for each row its cells from left to right; a merged cell stands in every row that it covers."""

    __slots__ = ("number", "rows")

    def __init__(self, number: int) -> None:
        """Be the table with this number, counted from 1 through the document."""
        self.number = number
        self.rows: list[list[WordCell]] = []

    @property
    def text(self) -> str:
        """Its words, a line for each row."""
        lines = (
            " ".join(filter(None, (cell.text for cell in row if cell.top == number)))
            for number, row in enumerate(self.rows)
        )
        return "\n".join(filter(None, lines))


class WordText:
    """What a document says.

    Attributes:
        blocks: its paragraphs and tables, in order.
        headers: the paragraphs of its page headers.
        images: how many pictures it holds.
    """

    def __init__(self) -> None:
        """Be empty."""
        self.blocks: list[str | WordTable] = []
        self.headers: list[str] = []
        self.images = 0


def read_word(data: bytes, *, with_numbers: bool = False) -> WordText:
    """Return what a .docx file says.

    Args:
        data: the file.
        with_numbers: write out the numbers that Word counts itself.

    Raises:
        RefusedFileError: not a .docx, damaged, protected, with macros or a DTD, or too large to be read.
    """
    if not data.startswith((_ZIP, COMPOUND_FILE)):
        raise RefusedFileError(_not_word())
    with open_zip(data) as archive:
        reader = _Reader()
        try:
            main = _main_part(archive)
            root = _part(archive, main)
            body = next((child for child in root if _name(child) == "body"), None)
            if _name(root) != "document" or body is None:
                raise RefusedFileError(_not_word())
            if with_numbers:
                _write_numbers(archive, main, root)
            reader.word.blocks = reader.blocks(body)
            headers = [name for name in archive.namelist() if _HEADER.match(name)]
            for name in headers[:_MOST_HEADERS]:
                found = reader.blocks(_part(archive, name))
                reader.word.headers += [block for block in found if isinstance(block, str)]
        except RecursionError:
            raise RefusedFileError(T("文件内容无法读取，请重新导出后再传。")) from None
    return reader.word


def _main_part(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if "_rels/.rels" in names:
        for relation in _part(archive, "_rels/.rels"):
            if str(relation.get("Type", "")).endswith("/officeDocument"):
                target = str(relation.get("Target", "")).lstrip("/")
                if target in names:
                    return target
    if "word/document.xml" not in names:
        raise RefusedFileError(_not_word())
    return "word/document.xml"


def _write_numbers(archive: zipfile.ZipFile, main: str, root: Any) -> None:
    folder = main.rpartition("/")[0]
    names = set(archive.namelist())
    parts = [
        _part(archive, name) if name in names else None
        for name in (f"{folder}/numbering.xml", f"{folder}/styles.xml")
    ]
    if parts[0] is not None:
        write_numbers(root, *parts)


def _part(archive: zipfile.ZipFile, name: str) -> Any:
    return parse_xml(read_member(archive, name, most=LARGEST_PART))


class _Reader:
    """Collects the words of one document and counts what a form has few of."""

    def __init__(self) -> None:
        self.word = WordText()
        self._tables = self._cells = self._text = 0

    def blocks(self, element: Any) -> list[str | WordTable]:
        found: list[str | WordTable] = []
        for child in _content(element):
            match _name(child):
                case "p":
                    found += self._paragraph(child)
                case "tbl":
                    found.append(self._table(child))
                case _:
                    pass
        return found

    def _paragraph(self, element: Any) -> list[str | WordTable]:
        words: list[str] = []
        boxes: list[str | WordTable] = []
        self._inline(element, words, boxes)
        text = "".join(words)
        self._text += len(text)
        if self._text > MOST_TEXT:
            raise RefusedFileError(_too_large())
        return [text, *boxes]

    def _inline(self, element: Any, words: list[str], boxes: list[str | WordTable]) -> None:
        for child in _content(element):
            match _name(child):
                case "r":
                    if not _has(child, "rPr", "vanish"):
                        self._inline(child, words, boxes)
                case "t":
                    words.append(_words(child, _symbol_font(element)))
                case "tab" | "ptab":
                    words.append("\t")
                case "br" | "cr":
                    words.append("\n")
                case "noBreakHyphen":
                    words.append("-")
                case "sym":
                    words.append(_symbol(_get(child, "font"), _code(_get(child, "char"))))
                case "fldChar":
                    words.append(_form_checkbox(child))
                case "drawing" | "pict" | "object":
                    boxes += self._drawing(child)
                case _:
                    self._inline(child, words, boxes)

    def _drawing(self, element: Any) -> list[str | WordTable]:
        """Return the words of a text box, and count the pictures."""
        found: list[str | WordTable] = []
        for child in _content(element):
            match _name(child):
                case "txbxContent":
                    found += self.blocks(child)
                case "blip" | "imagedata":
                    self.word.images += 1
                case _:
                    found += self._drawing(child)
        return found

    def _table(self, element: Any) -> WordTable:
        self._tables += 1
        table = WordTable(self._tables)
        above: dict[int, WordCell] = {}
        for row in _content(element):
            if _name(row) == "tr" and not _has(row, "trPr", "del"):
                table.rows.append(self._row(row, len(table.rows), above))
                above = {cell.left: cell for cell in table.rows[-1]}
        return table

    def _row(self, element: Any, number: int, above: dict[int, WordCell]) -> list[WordCell]:
        cells: list[WordCell] = []
        column = _number(element, "trPr", "gridBefore", 0)
        for tc in _content(element):
            if _name(tc) != "tc" or _has(tc, "tcPr", "cellDel"):
                continue
            self._cells += 1
            if self._cells > MOST_CELLS:
                raise RefusedFileError(_too_large())
            end = column + max(_number(tc, "tcPr", "gridSpan", 1), 1)
            images = self.word.images
            parts = self.blocks(tc)
            merged = above.get(column) if _continues(tc, "vMerge") else None
            if merged is not None:
                merged.bottom = number
                merged.right = max(merged.right, end)
                merged.parts += [part for part in parts if part]
                cells.append(merged)
            elif cells and _continues(tc, "hMerge"):
                cells[-1].right = end
                cells[-1].parts += [part for part in parts if part]
            else:
                cells.append(WordCell(number, column, end, parts))
            cells[-1].has_image |= self.word.images > images
            column = end
        return cells


def _content(element: Any) -> Iterator[Any]:
    """Yield the children that are shown, as if the wrappers around them were not there."""
    for child in element:
        name = _name(child)
        if name in _TRANSPARENT:
            yield from _content(child)
        elif name == "sdt":
            if not _has(child, "sdtPr", "showingPlcHdr"):
                yield from _content(child)
        elif name == "AlternateContent":
            # both branches say the same, for newer and for older programs
            yield from _content(next(iter(child), ()))
        elif name and name not in _SILENT:
            yield child


def _name(element: Any) -> str:
    """Return the tag without its namespace, of which there are two (transitional and strict)."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""  # comments have a function for a tag


def _get(element: Any, name: str) -> str:
    return next((str(value) for key, value in element.items() if key.rpartition("}")[2] == name), "")


def _child(element: Any, name: str) -> Any:
    return next((child for child in element if _name(child) == name), None)


def _has(element: Any, properties: str, name: str) -> bool:
    """Say whether a property is set and not set to false."""
    found = _child(element, properties)
    flag = None if found is None else _child(found, name)
    return flag is not None and _get(flag, "val") not in _FALSE


def _number(element: Any, properties: str, name: str, default: int) -> int:
    found = _child(element, properties)
    given = None if found is None else _child(found, name)
    digits = "" if given is None else _get(given, "val")
    return min(int(digits), _WIDEST_SPAN) if digits.isdecimal() and len(digits) < 10 else default  # noqa: PLR2004


def _continues(tc: Any, name: str) -> bool:
    found = _child(tc, "tcPr")
    merge = None if found is None else _child(found, name)
    return merge is not None and _get(merge, "val") != "restart"


def _words(element: Any, font: str) -> str:
    words = re.sub(r"[\t\r\n]", " ", element.text or "")
    if _get(element, "space") != "preserve":
        words = words.strip(" ")
    return "".join(_symbol(font, ord(char)) for char in words) if font else words


def _symbol_font(run: Any) -> str:
    """Return the font of a run when its letters are drawn as pictures, else nothing."""
    properties = _child(run, "rPr")
    fonts = None if properties is None else _child(properties, "rFonts")
    name = "" if fonts is None else _get(fonts, "ascii") or _get(fonts, "hAnsi")
    return name if name.lower().startswith("wingdings") else ""


def _symbol(font: str, code: int) -> str:
    known = _BOXES.get((font.lower(), code & 0xFF))
    if known is not None or not 0 < code <= 0x10FFFF:  # noqa: PLR2004 - the last character there is
        return known or ""
    return chr(code)


def _code(digits: str) -> int:
    return int(digits, 16) if re.fullmatch("[0-9A-Fa-f]{1,6}", digits) else 0


def _form_checkbox(element: Any) -> str:
    """Return the box of a legacy form field."""
    data = _child(element, "ffData")
    box = None if data is None else _child(data, "checkBox")
    if box is None:
        return ""
    if _child(box, "checked") is not None:
        return "☑" if _has(data, "checkBox", "checked") else "□"
    default = _child(box, "default")
    return "☑" if default is not None and _get(default, "val") not in {*_FALSE, ""} else "□"


def _not_word() -> Text:
    return T("这不是 Word 文档（.docx），请用 Word 或 WPS 打开原件、另存为 .docx 后再试。")


def _too_large() -> Text:
    return T("这份文档内容太多，请只留要用的部分再试。")
