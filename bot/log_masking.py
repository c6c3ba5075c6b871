"""Keeps phone numbers, bot tokens and one-time codes out of the logs, wherever a record holds them."""

from __future__ import annotations

import logging
import re
from traceback import walk_tb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

FIELDS = (
    "channel",
    "outcome",
    "duration_ms",
    "message_id",
    "method",
    "route",
    "status",
    "address",
    "error",
    "trace",
)
"""What a record may carry beside its message: given by ``extra``, but for the error, which it is found to hold."""
_HIDDEN = "***"
_SHOWN_DIGITS = 2
_DIGIT = re.compile(r"\d")
_PHONE = re.compile(
    r"(?<![\d.])(?:"
    r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}"  # a mobile
    r"|\(0\d{2,3}\)[- ]?\d{7,8}|0\d{2,3}[- ]\d{7,8}|0\d{10,11}"  # a land line with its area
    r")(?!\d)"
)
_SECRETS = (
    (re.compile(r"(\b(?:bot)?\d{5,15}(?::|%3A))[A-Za-z0-9_-]{20,}", re.IGNORECASE), rf"\1{_HIDDEN}"),
    (re.compile(r"(/bot\d+(?::|%3A))[^/\s'\"<>?]+", re.IGNORECASE), rf"\1{_HIDDEN}"),
    (re.compile(r"\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b"), _HIDDEN),
    (
        re.compile(
            r"((?:绑定|加入)[ :]*|\b(?:link|join)[_ ])[0-9A-Za-z]{4}[ -]?[0-9A-Za-z]{4}\b", re.IGNORECASE
        ),
        rf"\1{_HIDDEN}",
    ),
)


class MaskingFilter(logging.Filter):
    """Masks every record that passes: its message, its arguments, its traceback; it holds none back."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Mask also these very words, such as the secret of a webhook."""
        super().__init__()
        self._known = tuple(secret for secret in secrets if secret)
        self._formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace what a record says by its masked text."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):
            message = str(
                record.msg
            )  # arguments that do not fit: not formatting them must not lose the record
        record.msg, record.args = self.masked(message), None
        if record.exc_info and record.exc_info[0] is not None:
            record.error = record.exc_info[0].__name__
            record.trace = [
                f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}"
                for frame, line in walk_tb(record.exc_info[2])
            ]
        for name in FIELDS:
            if isinstance(value := record.__dict__.get(name), str):
                record.__dict__[name] = self.masked(value)
        if record.exc_info and not record.exc_text:
            record.exc_text = self._formatter.formatException(record.exc_info)
        # An exception that stays in the record would be formatted again, unmasked, by another handler.
        record.exc_info = None
        record.exc_text = self.masked(record.exc_text) if record.exc_text else None
        record.stack_info = self.masked(record.stack_info) if record.stack_info else None
        return True

    def masked(self, words: str) -> str:
        """Return words without secrets, and with only the last digits of phone numbers."""
        for secret in self._known:
            words = words.replace(secret, _HIDDEN)
        for pattern, shown in _SECRETS:
            words = pattern.sub(shown, words)
        return _PHONE.sub(_masked_phone, words)


def mask_logs(handlers: Iterable[logging.Handler] | None = None, *, secrets: Iterable[str] = ()) -> None:
    """Mask what handlers write; once for each handler.

    Args:
        handlers: which ones; None for those of the root logger.
        secrets: words to be masked wherever they stand.
    """
    masking = MaskingFilter(secrets)
    for handler in logging.getLogger().handlers if handlers is None else handlers:
        if not any(isinstance(each, MaskingFilter) for each in handler.filters):
            handler.addFilter(masking)


def _masked_phone(found: re.Match[str]) -> str:
    number = found[0]
    digits = len(_DIGIT.findall(number)) - _SHOWN_DIGITS
    return _DIGIT.sub("*", number, count=digits)
