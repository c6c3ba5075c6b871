"""Running Alembic from the program, on a connection whose transaction the caller ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

if TYPE_CHECKING:
    from sqlalchemy import Connection


def configuration(connection: Connection) -> Config:
    """Return an Alembic configuration that works on this connection and needs no alembic.ini."""
    config = Config()
    # a percent sign begins a placeholder there
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Bring the tables up to date; does nothing when they are."""
    command.upgrade(configuration(connection), "head")
