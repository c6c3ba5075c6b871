"""No phone number, token or code reaches a log: not in a message, an argument, a traceback or a stack."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

import pytest

from bot.log_masking import MaskingFilter, mask_logs

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
SHORT_TOKEN = "42:test-token"
URL = f"https://api.telegram.org/bot{TOKEN}/sendMessage"


class ClientError(Exception):
    """As HTTP libraries raise them: the address is part of what they say."""

    def __init__(self, url: str) -> None:
        super().__init__(f"Cannot connect to host, url={url!r}")
        self.url = url


class Keeping(logging.Handler):
    """A handler that keeps the records it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(record)


def connect(url: str) -> None:
    raise ClientError(url)


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    found = logging.getLogger("masked")
    found.propagate = False
    yield found
    found.handlers.clear()


@pytest.fixture
def written(logger: logging.Logger) -> io.StringIO:
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    for _ in range(2):
        mask_logs([handler], secrets=["webhook-secret"])
    assert len(handler.filters) == 1
    logger.addHandler(handler)
    return text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("打给 13812345678", "打给 *********78"),
        ("+86 138 1234 5678。", "+** *** **** **78。"),
        ("0952-2012345", "****-*****45"),
        ("(0951)20123456", "(****)******56"),
        ("09522012345", "*********45"),
        (URL, "https://api.telegram.org/bot123456789:***/sendMessage"),
        (f"/file/bot{SHORT_TOKEN}/documents/a.xlsx", "/file/bot42:***/documents/a.xlsx"),
        (f"token={TOKEN}", "token=123456789:***"),
        (URL.replace(":AAH", "%3AAAH"), "https://api.telegram.org/bot123456789%3A***/sendMessage"),
        ("绑定 abcd-2345", "绑定 ***"),
        ("/start link_ABCD2345", "/start link_***"),
        ("new code ABCD-2345!", "new code ***!"),
        ("webhook-secret", "***"),
    ],
)
def test_secrets_are_masked(said: str, shown: str) -> None:
    assert MaskingFilter(["webhook-secret"]).masked(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        "2026-11-23 09:00:00,123 WARNING telegram.123456789: 3 messages may have gone out",
        "project 12345678 is not telegram.7:99's",
        "总投资 13800 万元，编号 640221199001011234",
        "took 0.123456789012 s",
        "link lost",
    ],
)
def test_what_is_no_secret_stays(said: str) -> None:
    assert MaskingFilter().masked(said) == said


def test_arguments_tracebacks_and_stacks_are_masked(logger: logging.Logger, written: io.StringIO) -> None:
    try:
        try:
            connect(URL)
        except ClientError as error:
            raise RuntimeError(f"{SHORT_TOKEN}: /bot{SHORT_TOKEN}/getUpdates") from error
    except RuntimeError:
        logger.exception("not sent to %s", "13812345678")
    logger.warning("from %(url)s", {"url": URL}, stack_info=True)
    text = written.getvalue()
    assert "Traceback" in text
    assert "ClientError" in text
    assert "Stack" in text
    assert "AAHdq" not in text
    assert "/bot42:test" not in text
    assert "1381234" not in text


def test_a_record_whose_arguments_do_not_fit_is_not_lost(
    logger: logging.Logger, written: io.StringIO
) -> None:
    logger.handle(logging.LogRecord("masked", logging.ERROR, "", 0, "%d of %s", ("1",), None))
    assert written.getvalue() == "%d of %s\n"


def test_a_second_handler_sees_only_what_is_masked(logger: logging.Logger) -> None:
    first, second = Keeping(), Keeping()
    mask_logs([first])
    logger.addHandler(first)
    logger.addHandler(second)
    try:
        connect(URL)
    except ClientError:
        logger.exception("to %s", URL)
    formatter = logging.Formatter()
    assert len(first.seen) == len(second.seen) == 1
    assert all("AAHdq" not in formatter.format(record) for record in first.seen + second.seen)
