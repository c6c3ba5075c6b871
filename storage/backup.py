"""A backup of a SQLite database and of the contents beside it: one zip, made while others read and write.

``shenbao.db`` is the database as it stood at one moment, ``files/`` holds the contents that it refers to, each under
its hash, and ``backup.json`` tells what must be in there. It holds personal data: only its owner may read it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import zipfile
import zlib
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from storage.blobs import Blobs
from storage.errors import (
    NotFound,
    StorageCorrupt,
    StorageError,
    StorageLocked,
    StorageTooNew,
    file_error,
)
from storage.move_marks import refuse_mark
from storage.revisions import REVISIONS
from storage.sqlite import FILES, sqlite_error

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

_DATABASE = "shenbao.db"
_CONTENTS = "files/"
_MANIFEST = "backup.json"
_TRIES = 5
_WAIT = 5.0
_BESIDE = ("", "-wal", "-shm", "-journal")


class PlaceTaken(StorageError):  # noqa: N818 - named like the other errors of storage
    """There is something already where a file is to be made."""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is in a backup.

    Attributes:
        format: of the backup itself.
        made_at: when.
        revision: of the tables.
        sha256: of the database.
        projects: how many there are.
        contents: how many there are.
        lost: digests that the database refers to, of contents that were missing or damaged before.
    """

    format: Literal[1]
    made_at: datetime
    revision: str
    sha256: str
    projects: int
    contents: int
    lost: tuple[str, ...]


class _Snapshot(NamedTuple):
    """What is to be known of a database that nobody writes to."""

    revision: str
    projects: int
    digests: list[str]


def back_up(path: Path, file: Path, *, at: datetime) -> Manifest:
    """Make a backup; everything that was committed before is in it.

    Args:
        path: the database, which others may be using.
        file: the zip that is made; it appears when it is whole.
        at: now.

    Raises:
        PlaceTaken: there is such a file already.
        StorageUnfinished: a move into the database has not ended.
        StorageCorrupt: the database is damaged.
        StorageError: reading or writing failed; no backup was made.
    """
    if file.exists():
        raise PlaceTaken(str(file))
    try:
        with TemporaryDirectory(dir=file.parent, prefix=".shenbao-backup-") as folder:
            draft = Path(folder) / "draft.zip"
            draft.touch(mode=0o600)
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
                manifest = _write(archive, path, Path(folder) / _DATABASE, at)
            _sync(draft)
            draft.replace(file)
            _sync(file.parent)
    except OSError as error:
        raise file_error(error, f"cannot write {file}") from error
    return manifest


def restore(file: Path, path: Path) -> Manifest:
    """Put a backup where there is no database yet, after everything in it was checked.

    Args:
        file: the zip.
        path: the database that is made; it appears when everything else is in its place.

    Raises:
        PlaceTaken: there is a database, or a part of one.
        StorageTooNew: a later version of the program made it.
        StorageCorrupt: the backup is not whole.
        StorageError: reading or writing failed; nothing is at ``path``.
    """
    contents = path.with_name(path.name + FILES)
    for taken in (*(path.with_name(path.name + ending) for ending in _BESIDE), contents):
        if taken.exists():
            raise PlaceTaken(str(taken))
    try:
        with zipfile.ZipFile(file) as archive:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with TemporaryDirectory(dir=path.parent, prefix=".shenbao-restore-") as folder:
                copy = Path(folder) / _DATABASE
                manifest = _read(archive, copy, Blobs(Path(folder) / FILES))
                if (unpacked := Path(folder) / FILES).exists():
                    unpacked.replace(contents)
                _sync(path.parent)
                copy.replace(path)
                _sync(path.parent)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        NotImplementedError,
        msgspec.MsgspecError,
    ) as error:
        raise StorageCorrupt(f"{file}: not a whole backup") from error
    except OSError as error:
        raise file_error(error, f"cannot restore {file}") from error
    return manifest


def _write(archive: zipfile.ZipFile, path: Path, copy: Path, at: datetime) -> Manifest:
    """Write everything; a content that was deleted after the database was copied is not looked for again."""
    blobs = Blobs(path.with_name(path.name + FILES))
    written: set[str] = set()
    lost: list[str] = []
    for _ in range(_TRIES):
        _copy_database(path, copy)
        snapshot = _look_into(copy)
        before, lost = lost, list(_write_contents(archive, blobs, snapshot, written))
        # What two copies of the database refer to is not there: nobody has deleted it in between.
        if lost in ([], before):
            break
    else:
        raise StorageLocked("contents are deleted faster than they can be backed up")
    with copy.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    archive.write(copy, _DATABASE)
    whole = len(snapshot.digests) - len(lost)
    manifest = Manifest(1, at, snapshot.revision, digest, snapshot.projects, whole, tuple(lost))
    archive.writestr(_MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def _write_contents(
    archive: zipfile.ZipFile, blobs: Blobs, snapshot: _Snapshot, written: set[str]
) -> Iterator[str]:
    """Write the contents that are not written yet; return the digests of those that are not there, or not whole."""
    for digest in snapshot.digests:
        if digest in written:
            continue
        try:
            data = blobs.read(digest)
        except (NotFound, StorageCorrupt):
            yield digest
            continue
        # documents are compressed files already
        archive.writestr(_CONTENTS + digest, data, compress_type=zipfile.ZIP_STORED)
        written.add(digest)


def _read(archive: zipfile.ZipFile, copy: Path, blobs: Blobs) -> Manifest:
    """Unpack everything that belongs to a backup, and check it."""
    manifest = msgspec.json.decode(archive.read(_MANIFEST), type=Manifest)
    if manifest.revision not in REVISIONS:
        raise StorageTooNew(f"the backup is of revision {manifest.revision}")
    copy.touch(mode=0o600)
    with archive.open(_DATABASE) as packed, copy.open("r+b") as stream:
        shutil.copyfileobj(packed, stream)
        stream.seek(0)
        if hashlib.file_digest(stream, "sha256").hexdigest() != manifest.sha256:
            raise StorageCorrupt("the database is not the one that was backed up")
    snapshot = _look_into(copy)
    _sync(copy)
    for digest in snapshot.digests:
        if digest not in manifest.lost and blobs.put(archive.read(_CONTENTS + digest)) != digest:
            raise StorageCorrupt(f"content {digest}: not what was backed up")
    return manifest


def _copy_database(path: Path, copy: Path) -> None:
    """Copy the database as it is now; writers need not wait meanwhile."""
    copy.unlink(missing_ok=True)
    copy.touch(mode=0o600)
    with _opened(path) as live, _opened(copy) as kept:
        live.backup(kept)
        # a single file, with no journal beside it
        kept.execute("PRAGMA journal_mode = DELETE")


def _look_into(copy: Path) -> _Snapshot:
    """Check a copy of a database, and return what it holds.

    Raises:
        StorageCorrupt: it is damaged, or not ours.
        StorageUnfinished: a move into it has not ended.
    """
    with _opened(copy) as connection:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise StorageCorrupt("the database is damaged")
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise StorageCorrupt("the database refers to rows that are not there")
        tables = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        if not {"alembic_version", "project"} <= tables:
            raise StorageCorrupt("the database is not one of this program")
        ((revision,),) = connection.execute("SELECT version_num FROM alembic_version")
        refuse_mark(revision)
        ((projects,),) = connection.execute("SELECT count(*) FROM project")
        kept = "SELECT DISTINCT sha256 FROM attachment WHERE removed_at IS NULL ORDER BY sha256"
        digests = [digest for (digest,) in connection.execute(kept)] if "attachment" in tables else []
        return _Snapshot(revision, projects, digests)


@contextmanager
def _opened(path: Path) -> Generator[sqlite3.Connection]:
    """Open a file that is there, and translate the errors of what is done with it."""
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_WAIT)
        ) as connection:
            yield connection
    except sqlite3.Error as error:
        raise sqlite_error(error, str(path)) or StorageError(f"{path}: {error}") from error


def _sync(path: Path) -> None:
    """Put a file, or the names in a folder, on the disk; Windows does so itself for folders and opens none."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
