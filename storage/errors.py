"""What can go wrong when something is kept or read back; the bot layer finds the words for the user."""

# ruff: noqa: N818 - the names are what the bot tells apart; "Error" would only repeat the base class

from __future__ import annotations

import errno

_READ_ONLY = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class StorageError(Exception):
    """Anything the store could not do; the database's own error is chained as ``__cause__``."""


class StorageUnreachable(StorageError):
    """The location cannot hold a database: it is a folder, or its path leads through a file."""


class ServerUnavailable(StorageError):
    """The database server cannot be reached, or ends what it was doing; trying again is safe."""


class DriverMissing(StorageError):
    """The library that talks to a database server is not installed."""


class StorageReadOnly(StorageError):
    """The file, its folder or the whole disk may not be written."""


class StorageFull(StorageError):
    """There is no room left; nothing of the unit of work was kept."""


class StorageLocked(StorageError):
    """Another writer kept the database longer than we were told to wait; trying again is safe."""


class StorageCorrupt(StorageError):
    """The file is damaged, or is not a database of ours."""


class StorageTooNew(StorageError):
    """A later version of the program has changed the tables; this one must not touch them."""


class NotFound(StorageError):
    """A row that was named does not exist (any more)."""


class Duplicate(StorageError):
    """A name or key that must be the only one of its kind is taken; the unit of work cannot go on."""


class VersionConflict(StorageError):
    """Somebody else saved the project first; nothing was changed.

    Attributes:
        project_id: the project.
        expected: the version the caller had read.
        found: the version that is kept.
    """

    def __init__(self, project_id: int, *, expected: int, found: int) -> None:
        super().__init__(f"project {project_id} is at version {found}, not at {expected}")
        self.project_id = project_id
        self.expected = expected
        self.found = found


def file_error(error: OSError, what: str) -> StorageError:
    """Return what an error of the file system means to us.

    Args:
        error: as the system raised it.
        what: what could not be done, such as ``cannot create a.db``.
    """
    kind = StorageUnreachable
    if error.errno in _READ_ONLY:
        kind = StorageReadOnly
    elif error.errno in _FULL:
        kind = StorageFull
    return kind(f"{what}: {error.strerror}")
