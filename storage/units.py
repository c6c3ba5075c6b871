"""Units: the organisations that declare projects or review them, and the area each belongs to."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import insert

from storage.errors import NotFound
from storage.rows import read_all, read_one, select_as
from storage.schema import unit

if TYPE_CHECKING:
    from sqlalchemy import Connection

_AREA = re.compile(r"[0-9]{6}")
_WILDCARDS = re.compile(r"(00)+\Z")


class Unit(msgspec.Struct, frozen=True):
    """An organisation.

    Attributes:
        id: its number.
        name: no two have the same.
        area: its place by GB/T 2260, such as ``640200`` for a city or ``640221`` for a county.
        created_at: when it was added.
    """

    id: int
    name: str
    area: str
    created_at: datetime


_UNIT = select_as(Unit, unit)


class Units:
    """The units within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, *, name: str, area: str, at: datetime) -> Unit:
        """Add a unit.

        Args:
            name: what it is called.
            area: its place, six digits.
            at: now.

        Raises:
            Duplicate: another unit has this name.
            ValueError: the area is no code.
        """
        values = {"name": name, "area": _area(area), "created_at": at}
        statement = insert(unit).returning(unit.c.id)
        return self.get(self._connection.execute(statement, values).scalar_one())

    def get(self, unit_id: int) -> Unit:
        """Return a unit.

        Raises:
            NotFound: there is none with this number.
        """
        found = read_one(self._connection, Unit, _UNIT.where(unit.c.id == unit_id))
        if found is None:
            raise NotFound(f"no unit {unit_id}")
        return found

    def in_area(self, area: str) -> list[Unit]:
        """Return the units of an area: ``640200`` is the city and its counties, ``640221`` one county.

        Args:
            area: six digits; pairs of zeros at the end stand for any digits.

        Raises:
            ValueError: the area is no code.
        """
        within = unit.c.area.startswith(_WILDCARDS.sub("", _area(area)))
        return read_all(self._connection, Unit, _UNIT.where(within).order_by(unit.c.area, unit.c.id))

    def list(self) -> list[Unit]:
        """Return all units, by area."""
        return read_all(self._connection, Unit, _UNIT.order_by(unit.c.area, unit.c.id))


def _area(code: str) -> str:
    """Return a code that is one; an empty or shortened code would cover areas it does not name."""
    if not _AREA.fullmatch(code):
        raise ValueError(f"{code[:80]!r} is no area code")
    return code
