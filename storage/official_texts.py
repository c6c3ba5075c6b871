"""Official texts that an operator has loaded; for each pack the last one loaded is shown, the others stay."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import delete, insert

from storage.rows import read_all, read_one, select_as
from storage.schema import official_text

if TYPE_CHECKING:
    from sqlalchemy import Connection


class OfficialText(msgspec.Struct, frozen=True):
    """A text of a regulation.

    Attributes:
        pack_id: the pack that explains it.
        sha256: the digest of the file it came from.
        title: what it is called.
        version_label: which version it is, as the operator says or the text itself.
        imported_at: when it was last loaded.
        parts: its articles, items and annexes, JSON.
    """

    pack_id: str
    sha256: str
    title: str
    version_label: str
    imported_at: datetime
    parts: bytes


_OFFICIAL_TEXT = select_as(OfficialText, official_text)
_LAST_FIRST = (official_text.c.imported_at.desc(), official_text.c.sha256)


class OfficialTexts:
    """The official texts within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, text: OfficialText) -> None:
        """Keep a text, which becomes the current one of its pack; the same file loaded again replaces itself."""
        is_same_file = (official_text.c.pack_id == text.pack_id) & (official_text.c.sha256 == text.sha256)
        self._connection.execute(delete(official_text).where(is_same_file))
        self._connection.execute(insert(official_text), msgspec.structs.asdict(text))

    def current(self, pack_id: str) -> OfficialText | None:
        """Return the text of a pack that was loaded last, or None when none was."""
        statement = _OFFICIAL_TEXT.where(official_text.c.pack_id == pack_id)
        return read_one(self._connection, OfficialText, statement.order_by(*_LAST_FIRST).limit(1))

    def list_for(self, pack_id: str) -> list[OfficialText]:
        """Return every text of a pack, the last loaded first."""
        statement = _OFFICIAL_TEXT.where(official_text.c.pack_id == pack_id)
        return read_all(self._connection, OfficialText, statement.order_by(*_LAST_FIRST))
