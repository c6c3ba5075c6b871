"""How a server writes its log: plain lines, or one JSON object a line, without anything personal."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from bot.log_context import REQUEST, TURN, turn_id
from bot.log_masking import FIELDS, mask_logs
from bot.web.settings import SettingsError
from rules.text import T

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.web.settings import Settings

FORMAT = "SHENBAO_LOG_FORMAT"
_PLAIN = "%(asctime)s %(levelname)s %(name)s %(message)s"
_OURS = ("bot", "storage")
_REPEATS_ITSELF = "psycopg.pool"
"""Says at every attempt that the database is away, which we say once."""


class JsonLines(logging.Formatter):
    """One JSON object a line; the handler masks it, see ``bot/log_masking.py``.

    Of a record it takes the first line of the message and the fields of ``log_masking.FIELDS``; of an exception
    its kind and the places it came through, not its words: those may repeat what somebody said.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage().partition("\n")[0],
        }
        if request := REQUEST.get():
            line["request"] = request
        if key := TURN.get():
            line["turn"] = turn_id(key)
        line |= {name: record.__dict__[name] for name in FIELDS if name in record.__dict__}
        return msgspec.json.encode(line).decode()


def begin_log(settings: Settings, environment: Mapping[str, str], *, secrets: Iterable[str] = ()) -> None:
    """Write the log of this process to its error output, as the settings say; masked either way.

    Args:
        settings: of the server, or of local mode.
        environment: the variables of the process; SHENBAO_LOG_FORMAT goes before the settings.
        secrets: words to be masked wherever they stand.

    Raises:
        SettingsError: the variable names no format.
    """
    wanted = environment.get(FORMAT, "") or settings.log_format
    if wanted not in ("plain", "json"):
        raise SettingsError(
            T("环境变量 {name} 只能是 plain 或 json，现在是「{given}」。", name=FORMAT, given=wanted[:40])
        )
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if wanted == "json" else logging.Formatter(_PLAIN))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    mask_logs(secrets=secrets)
    logging.getLogger(_REPEATS_ITSELF).setLevel(logging.ERROR)
    for name in _OURS:
        # Only what we say ourselves: what libraries tell at this level may be personal.
        logging.getLogger(name).setLevel(settings.log_level.upper())
