"""The official text that an operator has loaded: the words of one article, and of which version they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from rules.regulation import Part, Regulation
from storage.errors import StorageCorrupt

if TYPE_CHECKING:
    from datetime import datetime

    from storage.official_texts import OfficialText
    from storage.unit_of_work import UnitOfWork

_parts = msgspec.json.Decoder(dict[str, Part])


class Original(NamedTuple):
    """An article in its own words.

    Attributes:
        text: its number and its words, a paragraph a line.
        label: the version they are of.
        imported_at: when that version was loaded.
        part: the article with its paragraphs and items; ``part.matches`` tells whether our explanation was
            written for these words.
    """

    text: str
    label: str
    imported_at: datetime
    part: Part


def original(work: UnitOfWork, pack_id: str, citation: str) -> Original | None:
    """Return the original text of an article, item or annex; None when no text is loaded, or it has no such part.

    Args:
        work: where official texts are kept.
        pack_id: the pack.
        citation: as packs write it: 13, 13(1), 附件1.

    Raises:
        StorageCorrupt: what is kept cannot be read.
    """
    held = work.official_texts.current(pack_id)
    part = loaded_regulation(held).parts.get(citation) if held else None
    if held is None or part is None:
        return None
    return Original(numbered(part), held.version_label, held.imported_at, part)


def loaded_regulation(held: OfficialText) -> Regulation:
    """Return the parts of a text that was loaded; its doubts were shown then and are not kept.

    Raises:
        StorageCorrupt: what is kept cannot be read.
    """
    try:
        parts = _parts.decode(held.parts)
    except msgspec.DecodeError as error:
        raise StorageCorrupt(f"official text {held.sha256} of {held.pack_id}") from error
    return Regulation(held.title, held.version_label, parts, ())


def numbered(part: Part) -> str:
    """Return the words of a part with its own number before them, as official texts print it."""
    if part.kind == "annex":
        return f"{part.number}\n{part.text}"
    return f"{part.number}{part.text}" if part.kind == "item" else f"{part.number}\u3000{part.text}"
