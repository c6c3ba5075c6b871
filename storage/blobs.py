"""Contents of files by their hash, in a folder beside the database; the same content is kept once."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import NotFound, StorageCorrupt, file_error

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = ".unfinished-"


class Blobs:
    """A folder of contents; ``ab/cd/abcd…`` is the content whose SHA-256 that is.

    Put a content within the unit of work that makes a row refer to it, and before that row: the transaction
    keeps a sweep from taking it away in between, and a crash leaves at most a content that no row refers to.
    """

    def __init__(self, folder: Path) -> None:
        """Use ``folder``, which is made when the first content is put."""
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Keep a content; when this returns it is on the disk.

        Returns:
            The digest under which it can be read: 64 hexadecimal digits.

        Raises:
            StorageFull: there is no room; nothing was kept.
            StorageReadOnly: the folder may not be written.
            StorageUnreachable: the folder cannot be used for another reason.
        """
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        try:
            if not _holds(path, digest):
                self._write(path, data)
        except OSError as error:
            raise file_error(error, f"cannot write {path}") from error
        return digest

    def read(self, digest: str) -> bytes:
        """Return a content.

        Raises:
            NotFound: there is none under this digest.
            StorageCorrupt: what is there is not what was put.
            StorageError: it cannot be read.
        """
        path = self._path(digest)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise NotFound(f"no content {digest}") from None
        except OSError as error:
            raise file_error(error, f"cannot read {path}") from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise StorageCorrupt(f"{path}: not the content that was put")
        return data

    def __contains__(self, digest: str) -> bool:
        return self._path(digest).is_file()

    def __iter__(self) -> Iterator[str]:
        """Go through the digests of everything that is kept."""
        for path in self._folder.glob("??/??/*"):
            if _DIGEST.fullmatch(path.name):
                yield path.name

    def delete(self, digest: str) -> None:
        """Forget a content; nothing happens when it is not there.

        Raises:
            StorageError: it cannot be deleted.
        """
        self._unlink(self._path(digest))

    def delete_unfinished(self) -> None:
        """Forget what a crash left half written; only while nobody can be putting anything.

        Raises:
            StorageError: it cannot be deleted.
        """
        for path in self._folder.glob(f"{_UNFINISHED}*"):
            self._unlink(path)

    def _path(self, digest: str) -> Path:
        """Return where a content is; only a digest is ever made a part of a path."""
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"{digest[:80]!r} is no digest")
        return self._folder / digest[:2] / digest[2:4] / digest

    def _write(self, path: Path, data: bytes) -> None:
        """Write beside the place and rename: under its digest a content is whole or absent."""
        for folder in (self._folder, path.parent.parent, path.parent):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                _sync_folder(folder.parent)
        handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=_UNFINISHED)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)

    def _unlink(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise file_error(error, f"cannot delete {path}") from error


def _holds(path: Path, digest: str) -> bool:
    """Say whether a content is there, and whole: one that the disk has damaged is to be written again."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == digest
    except FileNotFoundError:
        return False


def _sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk; Windows does so itself and opens no folders."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
