"""Which database an operator's command means, and how it is named on the screen: without a password."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.operating import RefusedError
from bot.web.settings import Settings
from rules.text import T, Text, verbatim
from storage.database import MEMORY, SQLITE, is_postgresql
from storage.errors import ServerUnavailable

if TYPE_CHECKING:
    from sqlalchemy import URL


def located(data: Path | None, config: Path | None) -> Path | str:
    """Return the database of a folder, or of the settings of a server, or the user's own.

    Raises:
        SettingsError: the settings cannot be used.
        RefusedError: the address in them cannot be read.
    """
    settings = Settings() if config is None else Settings.read(config)
    location = settings.location(data)
    return read_place(location) if isinstance(location, str) else location


def read_place(text: str) -> Path | str:
    """Return the location that an address means: a URL of PostgreSQL as it is, of SQLite as its file.

    Raises:
        RefusedError: it is neither.
    """
    if is_postgresql(text) and "://" in text:
        try:
            _ = _url(text)
        except ServerUnavailable:
            raise _unreadable() from None
        return text
    name = text.removeprefix(SQLITE)
    if name in (text, "", MEMORY):
        raise _unreadable()
    return Path(name)


def shown(location: Path | str) -> Text:
    """Return an address as it may be shown, and noted by others: who, where and which, and nothing else of a URL."""
    if not is_postgresql(location):
        return verbatim(f"{SQLITE}{Path(location).absolute()}")
    url = _url(str(location))
    user = f"{url.username}@" if url.username else ""
    host = url.host or str(url.query.get("host", ""))
    port = f":{url.port}" if url.port else ""
    return verbatim(f"postgresql://{user}{host}{port}/{url.database or ''}")


def _url(text: str) -> URL:
    from storage.postgresql import url_of

    return url_of(text)


def _unreadable() -> RefusedError:
    return RefusedError(T("数据库的地址要写成 sqlite:文件 或 postgresql://用户@主机/库名；其他写法读不懂。"))
