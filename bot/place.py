"""Where the data of this user are, and under which name."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

DATABASE = "shenbao.db"


def data_folder(given: Path | None) -> Path:
    """Return where answers are kept: --data, SHENBAO_DATA, or the system's place for a user's data."""
    if given is not None:
        return given
    if named := os.environ.get("SHENBAO_DATA"):
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("shenbao", appauthor=False)


def user_name() -> str:
    """Return the name under which this person's projects are kept."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "user"
