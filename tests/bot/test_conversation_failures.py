"""What must never be kept, and what must never be half kept: state secrets, turns that fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from talking import bytes_of, execute, row_counts

from storage.errors import StorageFull
from storage.outbox import Outbox

if TYPE_CHECKING:
    from talking import Talk

    from storage.database import Database

# --- state secrets ------------------------------------------------------------------------------------------

SECRET = "代号北斗七星工程"
AFTER_THE_STOP = [
    SECRET,
    f"修改 项目名称 改为 {SECRET}",
    f"修改 {SECRET}",
    f"改 项目名称 {SECRET}",
    f"打开 {SECRET}",
    f"帮我选 {SECRET}",
    f"语言 {SECRET}",
    f"{SECRET}。" * 3000,
    "复核",
    "清单",
    "进度",
    "为什么",
    "生成",
    "跳过",
    "跳过本节",
    "680万",
    SECRET,
]


@pytest.mark.parametrize("said", ["是", "不清楚"])
def test_after_a_state_secret_not_a_byte_of_what_is_typed_is_kept(
    talk: Talk, database: Database, said: str
) -> None:
    talk.arrives()
    talk.says(said)
    kept = talk.drafts()[0].facts
    for typed in AFTER_THE_STOP:
        talk.receive(typed)
        assert SECRET.encode() not in bytes_of(database), typed
        assert SECRET not in talk.read()
        assert talk.drafts()[0].facts == kept, typed
    assert set(kept) == {"classified"}


def test_a_pause_does_not_open_the_door_to_a_secret(talk: Talk, database: Database) -> None:
    talk.arrives()
    talk.says("是", "暂停", SECRET)
    talk.arrives()
    talk.says("1", SECRET, f"修改 项目名称 改为 {SECRET}")
    assert set(talk.drafts()[0].facts) == {"classified"}
    assert SECRET.encode() not in bytes_of(database)


def test_no_longer_secret_the_questions_go_on(talk: Talk) -> None:
    talk.arrives()
    talk.says("不清楚", "返回", "否")
    assert talk.question == "unit_level"


# --- storage that fails -------------------------------------------------------------------------------------


def test_a_full_disk_at_the_first_turn_keeps_nothing_and_the_same_update_works_later(
    talk: Talk, database: Database
) -> None:
    pages = execute(database, "PRAGMA page_count")
    execute(database, f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageFull):
        talk.receive(None, "first")
    assert set(row_counts(database).values()) == {0}
    execute(database, "PRAGMA max_page_count = 100000")
    talk.receive(None, "first")
    assert "涉及国家秘密" in talk.read()


def test_a_turn_that_fails_at_its_last_write_is_as_if_it_had_never_been(
    talk: Talk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> bool:
        raise StorageFull("no room")

    talk.arrives()
    talk.says("否")
    before, rows = talk.drafts(), row_counts(database)
    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "put", full)
        with pytest.raises(StorageFull):
            talk.receive("市直", "update B")
        with pytest.raises(StorageFull):
            talk.receive("新项目", "update C")
    assert talk.drafts() == before
    assert row_counts(database) == rows
    assert talk.waiting() == []

    talk.receive("市直", "update B")
    talk.read()
    assert talk.question == "unit_kind"
    assert talk.drafts()[0].facts == {"classified": False, "unit_level": "city"}
