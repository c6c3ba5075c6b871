"""Where the data are, and under which name this user's are kept."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from storage.database import is_postgresql

DATABASE = "shenbao.db"
URL = "SHENBAO_DATABASE"


def data_folder(given: Path | None) -> Path:
    """Return where answers are kept: --data, SHENBAO_DATA, or the system's place for a user's data."""
    if given is not None:
        return given
    if named := os.environ.get("SHENBAO_DATA"):
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("shenbao", appauthor=False)


def database_location(data: Path | None, *, url: str = "") -> Path | str:
    """Return where projects are kept: in the folder of --data, else at a URL that was set, else in a folder.

    Args:
        data: the folder that the command line names; None for none.
        url: of a database, as the settings of a server have it; SHENBAO_DATABASE goes before it.
    """
    named = os.environ.get(URL, "") or url
    return named if data is None and named else data_folder(data) / DATABASE


def is_there(location: Path | str) -> bool:
    """Say whether there can be anything at a location; a server is always taken to have something."""
    return is_postgresql(location) or Path(location).exists()


def user_name() -> str:
    """Return the name under which this person's projects are kept."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "user"
