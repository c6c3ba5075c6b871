"""Official texts: the last one loaded is shown, and loading a file again changes nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from storage.official_texts import OfficialText
from storage.schema import official_text

if TYPE_CHECKING:
    from storage.database import Database

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DRAFT = OfficialText("city", "a" * 64, "办法", "送审稿", NOON, '{"1":{"text":"第一句。"}}'.encode())
FINAL = OfficialText("city", "b" * 64, "办法", "正式稿", NOON + timedelta(days=1), b'{"1":{}}')
OTHER = OfficialText("other", "a" * 64, "细则", "", NOON + timedelta(days=2), b"{}")


def put(database: Database, *texts: OfficialText) -> None:
    for text in texts:
        with database.unit_of_work() as work:
            work.official_texts.put(text)


def test_a_pack_without_a_text_has_none(database: Database) -> None:
    with database.unit_of_work() as work:
        assert work.official_texts.current("city") is None
        assert work.official_texts.list_for("city") == []


def test_a_text_comes_back_as_it_was_put(database: Database) -> None:
    put(database, DRAFT)
    with database.unit_of_work() as work:
        assert work.official_texts.current("city") == DRAFT


def test_the_last_one_loaded_is_current_and_the_others_stay(database: Database) -> None:
    put(database, FINAL, DRAFT, OTHER)
    with database.unit_of_work() as work:
        assert work.official_texts.current("city") == FINAL
        assert work.official_texts.list_for("city") == [FINAL, DRAFT]


def test_packs_keep_the_same_file_apart(database: Database) -> None:
    put(database, DRAFT, OTHER)
    with database.unit_of_work() as work:
        assert work.official_texts.current("city") == DRAFT
        assert work.official_texts.current("other") == OTHER


def test_a_file_loaded_again_is_kept_once_and_becomes_current(database: Database) -> None:
    again = OfficialText(
        "city", DRAFT.sha256, "办法（修订）", "第二次", FINAL.imported_at + timedelta(hours=1), b"{}"
    )
    put(database, DRAFT, FINAL, again)
    with database.unit_of_work() as work:
        assert work.official_texts.current("city") == again
        count = select(func.count()).select_from(official_text)
        assert work.connection.execute(count).scalar_one() == 2


def test_a_text_that_was_not_committed_is_not_there(database: Database) -> None:
    put(database, DRAFT)
    with pytest.raises(KeyboardInterrupt), database.unit_of_work() as work:  # noqa: PT012
        work.official_texts.put(FINAL)
        raise KeyboardInterrupt
    with database.unit_of_work() as work:
        assert work.official_texts.current("city") == DRAFT


def test_a_moment_without_a_time_zone_is_refused(database: Database) -> None:
    naive = OfficialText("city", "c" * 64, "办法", "", NOON.replace(tzinfo=None), b"{}")
    with pytest.raises(Exception, match="time zone"):
        put(database, naive)
