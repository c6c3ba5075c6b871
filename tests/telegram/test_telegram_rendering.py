"""How replies look in Telegram: within its limits, cut where one would, the same every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.cutting import LONGEST, pieces, shortened, units
from bot.telegram.keyboard import MOST_BYTES, MOST_CHOICES
from bot.telegram.render import parts_of
from bot.updates import Reply, Used
from dialogs.messages import Ask, Button, Choice, Leave, Produce, Prompt, Say, SendFile, Table
from rules.text import verbatim

if TYPE_CHECKING:
    from bot.telegram.render import TelegramPart
    from dialogs.messages import Outgoing

MARK = "9007199254740992.0123456789ab"


def parts(*outgoing: Outgoing, used: Used | None = None) -> list[TelegramPart]:
    """Return the messages of a reply."""
    return parts_of(Reply(outgoing, "zh", 1, "1", used=used, mark=MARK))


def asked(*labels: str, many: bool = False, skippable: bool = False) -> Ask:
    """Return a question with choices."""
    choices = tuple(Choice(str(number), verbatim(label)) for number, label in enumerate(labels))
    return Ask(
        verbatim("哪一个？"),
        verbatim("节"),
        "q",
        choices=choices,
        many=many,
        skippable=skippable,
        done=3,
        total=45,
    )


def test_what_belongs_together_is_one_message() -> None:
    (part,) = parts(Say(verbatim("记下了"), "echo"), Say(verbatim("注意"), "error"), asked("是", "否"))
    assert part.text == "✓ 记下了\n❗ 注意\n\n【节】（3/45）\n哪一个？"
    assert [[key.label for key in row] for row in part.keys] == [["是", "否"], ["↩️ 返回", "❔ 为什么"]]


def test_a_prompt_has_a_message_of_its_own() -> None:
    prompt = Prompt(verbatim("到期了"), (Button("办好了 1", verbatim("办好了")),))
    first, second = parts(prompt, asked())
    assert [key.data for row in first.keys for key in row] == ["w.办好了 1"]
    assert not first.is_question
    assert second.is_question


def test_a_button_whose_words_are_too_long_is_said() -> None:
    (part,) = parts(Prompt(verbatim("选"), (Button("长" * 30, verbatim("长的")),)))
    assert part.keys == ()
    assert "长" * 30 in part.text


def test_long_labels_are_listed_in_the_text() -> None:
    (part,) = parts(asked("短", "一个非常长的选项" * 10))
    assert "2. 一个非常长的选项" in part.text
    assert all(units(key.label) <= 60 for row in part.keys for key in row)


def test_too_many_choices_are_asked_for_by_number() -> None:
    (part,) = parts(asked(*map(str, range(MOST_CHOICES + 1))))
    assert f"{MOST_CHOICES + 1}. {MOST_CHOICES}" in part.text
    assert sum(len(row) for row in part.keys) < 5


@pytest.mark.parametrize("many", [False, True])
def test_buttons_carry_what_telegram_takes(*, many: bool) -> None:
    part = parts(asked(*("选" * 80 for _ in range(MOST_CHOICES)), many=many, skippable=True))[-1]
    keys = [key for row in part.keys for key in row]
    assert len(keys) <= 100
    assert all(len(key.data.encode()) <= MOST_BYTES for key in keys)


def test_a_table_is_lines() -> None:
    table = Table(
        verbatim("期限"), (verbatim("事"), verbatim("哪天")), ((verbatim("备案"), verbatim("5 月")),)
    )
    (part,) = parts(table)
    assert part.text == "◆ 期限\n• 备案\n   哪天：5 月"


def test_files_come_between_texts_and_buttons_last() -> None:
    kinds = [part.kind for part in parts(Say(verbatim("看")), SendFile("a.xlsx", b"1"), Produce(), asked())]
    assert kinds == ["text", "file", "package", "text"]


def test_leaving_closes_the_buttons() -> None:
    (part,) = parts(Leave(), asked("是"))
    assert part.closes
    assert part.keys == ()


def test_what_a_part_costs() -> None:
    assert [part.slots for part in parts(Say(verbatim("a")))] == [1]
    assert [part.slots for part in parts(asked("是"))] == [2]
    assert [part.slots for part in parts(asked("是"), used=Used("1", "否"))] == [3]


def test_the_buttons_stand_under_the_last_piece() -> None:
    found = parts(Say(verbatim("一句话。" * 2000)), asked("是"))
    assert len(found) == 2
    assert [bool(part.keys) for part in found] == [False, True]


def test_a_text_is_cut_at_the_end_of_a_sentence() -> None:
    first, *_ = pieces("这是一句话。" * 1000)
    assert first.endswith("。")


@given(st.text(max_size=400), st.integers(8, 60))
def test_pieces_are_short_enough_and_lose_nothing(text: str, longest: int) -> None:
    found = pieces(text, longest)
    assert all(0 < units(piece) <= longest for piece in found)
    kept = "".join("".join(found).split())
    assert len(kept) == len("".join("".join(pieces(text, LONGEST)).split()))
    assert units(shortened(text, longest)) <= longest
