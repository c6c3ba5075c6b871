"""Rule packs as they stood when projects were started; an edition never changes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import bindparam

from storage.errors import NotFound
from storage.prepared import Prepared
from storage.rows import insert_if_absent, read_one, select_as
from storage.schema import pack_edition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection


class Edition(msgspec.Struct, frozen=True):
    """A rule pack at one moment.

    Attributes:
        id: hash of the content.
        pack_id: the pack, such as ``shizuishan``.
        files: JSON object of file name to text, encoded.
        created_at: when it was first put here.
    """

    id: str
    pack_id: str
    files: bytes
    created_at: datetime

    def texts(self) -> dict[str, str]:
        """Return the files, name to text."""
        return msgspec.json.decode(self.files, type=dict[str, str])


class _Id(msgspec.Struct, frozen=True):
    id: str


_EDITION = select_as(Edition, pack_edition)
_KNOWN = Prepared(select_as(_Id, pack_edition).where(pack_edition.c.id == bindparam("edition_id")))


class Editions:
    """The editions within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, edition_id: str, *, pack_id: str, files: Mapping[str, str], at: datetime) -> bool:
        """Keep an edition unless it is kept already.

        Args:
            edition_id: hash of the content.
            pack_id: the pack it is an edition of.
            files: name to text.
            at: now.

        Returns:
            True when it was new.
        """
        if _KNOWN.one(self._connection, _Id, {"edition_id": edition_id}) is not None:
            return False  # it is long, and was put here by the first project of many
        values = {
            "id": edition_id,
            "pack_id": pack_id,
            "files": msgspec.json.encode(files, order="sorted"),
            "created_at": at,
        }
        return insert_if_absent(self._connection, pack_edition, values)

    def get(self, edition_id: str) -> Edition:
        """Return an edition.

        Raises:
            NotFound: it was never put here.
        """
        statement = _EDITION.where(pack_edition.c.id == edition_id)
        found = read_one(self._connection, Edition, statement)
        if found is None:
            raise NotFound(f"no edition {edition_id}")
        return found
