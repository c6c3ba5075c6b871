"""How a moment and a piece of JSON are kept, the same in every database."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import DateTime, Text
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.type_api import _BindProcessorType, _ResultProcessorType  # pyright: ignore[reportPrivateUsage]

_ZONE = "+00:00"


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC and read back in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> _BindProcessorType[datetime] | None:
        """Return what makes of a moment what the driver takes."""
        return _to_sqlite if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> _ResultProcessorType[datetime] | None:
        """Return what makes a moment of what the driver has read."""
        return _from_sqlite if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment in UTC.

        Raises:
            ValueError: the datetime has no time zone, so nobody knows which moment it means.
        """
        return None if value is None else _in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment as an aware datetime in UTC."""
        return None if value is None else value.astimezone(UTC)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no time zone")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _to_sqlite(value: datetime | None) -> str | None:
    """Return a moment as SQLAlchemy writes it for SQLite, where it takes several times as long."""
    return None if value is None else _written(_in_utc(value))


@lru_cache(16)
def _written(value: datetime) -> str:
    """Return a moment in UTC as text: a turn writes the same moment six times."""
    return value.isoformat(" ", "microseconds").removesuffix(_ZONE)


def _from_sqlite(value: str | None) -> datetime | None:
    """Return a moment that :func:`_to_sqlite` wrote; SQLite keeps no zone."""
    return None if value is None else datetime.fromisoformat(value + _ZONE)


class Json(TypeDecorator[bytes]):
    """Encoded JSON, never looked into; kept as text so that an operator can read it in a database shell."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> _BindProcessorType[bytes]:  # noqa: ARG002
        """Return what makes text of the bytes; every driver takes text."""
        return _to_text

    def result_processor(self, dialect: Dialect, coltype: object) -> _ResultProcessorType[bytes]:  # noqa: ARG002
        """Return what makes of the text the bytes that were given."""
        return _from_text


def _to_text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


def _from_text(value: str | None) -> bytes | None:
    return None if value is None else value.encode()
