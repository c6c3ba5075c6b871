"""Contents of files by their hash, in a table: where several machines share a database and no folder."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from storage.errors import NotFound, StorageCorrupt
from storage.locks import CONTENTS, hold
from storage.rows import insert_if_absent
from storage.schema import content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection


class Contents:
    """The contents within one transaction; they go with it, and a sweep waits for its end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, data: bytes) -> str:
        """Keep a content.

        Returns:
            The digest under which it can be read: 64 hexadecimal digits.

        Raises:
            StorageError: nothing was kept.
        """
        digest = hashlib.sha256(data).hexdigest()
        # A sweep must not take away what is there before the row that refers to it is committed.
        hold(self._connection, CONTENTS, shared=True)
        insert_if_absent(self._connection, content, {"sha256": digest, "data": data})
        return digest

    def read(self, digest: str) -> bytes:
        """Return a content.

        Raises:
            NotFound: there is none under this digest.
            StorageCorrupt: what is there is not what was put.
        """
        statement = select(content.c.data).where(content.c.sha256 == digest)
        data = self._connection.execute(statement).scalar_one_or_none()
        if data is None:
            raise NotFound(f"no content {digest}")
        if hashlib.sha256(data).hexdigest() != digest:
            raise StorageCorrupt(f"content {digest}: not what was put")
        return data

    def __contains__(self, digest: str) -> bool:
        statement = select(content.c.sha256).where(content.c.sha256 == digest)
        return self._connection.execute(statement).first() is not None

    def __iter__(self) -> Iterator[str]:
        """Go through the digests of everything that is kept."""
        yield from self._connection.execute(select(content.c.sha256)).scalars().all()

    def delete(self, digest: str) -> None:
        """Forget a content; nothing happens when it is not there."""
        self._connection.execute(delete(content).where(content.c.sha256 == digest))

    def delete_unfinished(self) -> None:
        """Do nothing: a transaction leaves nothing half written."""


class SharedContents:
    """The contents of a whole database, each access in a transaction of its own."""

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        """Work in the transactions that ``transaction`` begins."""
        self._transaction = transaction

    def read(self, digest: str) -> bytes:
        """Return a content; see :meth:`Contents.read`."""
        with self._transaction() as connection:
            return Contents(connection).read(digest)

    def __contains__(self, digest: str) -> bool:
        with self._transaction() as connection:
            return digest in Contents(connection)

    def __iter__(self) -> Iterator[str]:
        """Go through the digests of everything that is kept."""
        with self._transaction() as connection:
            found = list(Contents(connection))
        yield from found
