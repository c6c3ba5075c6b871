"""Copying the contents of files between a folder and a table, each checked against its hash where it arrives."""

from __future__ import annotations

import hashlib
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import select

from storage.errors import NotFound, StorageCorrupt
from storage.fingerprints import AT_ONCE, Fingerprint, in_byte_order
from storage.schema import attachment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator

    from sqlalchemy import Connection

    from storage.database import Database
    from storage.unit_of_work import UnitOfWork


def copy_contents(reading: UnitOfWork, target: Database, on_progress: Callable[[int], None]) -> list[str]:
    """Copy every content that an attachment refers to and that the target does not have yet.

    Returns:
        The digests of those that the source does not have whole.
    """
    lost: list[str] = []
    copied = 0
    with closing(_digests(reading.connection)) as digests:
        while batch := list(islice(digests, AT_ONCE)):
            with target.unit_of_work() as work:
                for digest in batch:
                    if digest in work.blobs:
                        continue
                    try:
                        data = reading.blobs.read(digest)
                    except (NotFound, StorageCorrupt):
                        lost.append(digest)
                        continue
                    work.blobs.put(data)
                    copied += 1
            on_progress(copied)
    return lost


def content_fingerprint(work: UnitOfWork, *, but: Collection[str]) -> Fingerprint:
    """Return how many contents there are, whole, and the SHA-256 of all their digests in order.

    Args:
        work: the transaction.
        but: digests that are left out.
    """
    digest = hashlib.sha256()
    count = 0
    for name in _digests(work.connection):
        if name not in but and _is_whole(work, name):
            digest.update(name.encode())
            count += 1
    return Fingerprint(count, digest.hexdigest())


def _digests(connection: Connection) -> Generator[str]:
    """Go through the digests that attachments refer to; contents of removed ones need not be there any more."""
    digest = in_byte_order(connection, attachment.c.sha256)
    statement = (
        select(attachment.c.sha256)
        .where(attachment.c.removed_at.is_(None))
        .group_by(attachment.c.sha256)
        .order_by(digest)
    )
    with connection.execute(statement, execution_options={"yield_per": AT_ONCE}) as result:
        yield from result.scalars()


def _is_whole(work: UnitOfWork, digest: str) -> bool:
    try:
        work.blobs.read(digest)  # which compares it with its hash
    except (NotFound, StorageCorrupt):
        return False
    return True
