"""``shenbao assess`` on JSON Lines: a verdict a line, or nothing at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from running import Program

FACTS = '"classified": false, "unit_level": "city", "unit_kind": "government", "nature": "goods_purchase"'


def line(amount: object) -> str:
    return f'{{"as_of": "2026-11-23", "facts": {{{FACTS}, "total_investment": {amount}}}}}'


def scopes(out: str) -> list[str]:
    return [json.loads(verdict)["scope"] for verdict in out.splitlines()]


@pytest.mark.parametrize("name", ["cases.jsonl", "cases.ndjson", "CASES.JSONL"])
def test_every_line_gets_a_verdict_of_one_line(shenbao: Program, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(f"{line(59.99)}\n\n{line(60)}\r\n   \n{line('null')}\n", "utf-8", newline="")
    ran = shenbao("assess", file)
    assert (ran.status, ran.err) == (0, "")
    assert scopes(ran.out) == ["reference_only", "applies", "undetermined"]


def test_standard_input_is_read_as_lines(shenbao: Program) -> None:
    ran = shenbao("assess", "-", stdin=f"{line(60)}\n{line(59.99)}")
    assert (ran.status, ran.err) == (0, "")
    assert scopes(ran.out) == ["applies", "reference_only"]


def test_a_line_gives_the_verdict_that_its_own_file_gives(shenbao: Program, tmp_path: Path) -> None:
    alone, among = tmp_path / "case.json", tmp_path / "cases.jsonl"
    alone.write_text(line('"1500.00"'), "utf-8")
    among.write_text(f"{line(10)}\n{line('1500.00')}\n", "utf-8")
    assert json.loads(shenbao("assess", among).out.splitlines()[1]) == json.loads(
        shenbao("assess", alone).out
    )


def test_bad_lines_are_each_named_and_the_good_ones_give_nothing(shenbao: Program, tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    lines = [line(60), '{"facts": {"frobnicate": 1}}', line(60), "{broken", "", "[]", line(-1), line("NaN")]
    file.write_text("\n".join(lines), "utf-8")
    ran = shenbao("assess", file)
    assert (ran.status, ran.out) == (2, "")
    named = [message.removeprefix(f"{file}:").partition(":")[0] for message in ran.err.splitlines()]
    assert named == ["2", "4", "6", "7", "8"]


def test_one_bad_line_on_standard_input_leaves_nothing_on_standard_output(shenbao: Program) -> None:
    ran = shenbao("assess", "-", stdin=f"{line(60)}\n" * 50 + '{"as_of": "2026-02-30"}\n')
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("-:51: ")
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("separator", ["\u2028", "\u0085", "\v", "\f", "\x1c"])
def test_only_a_line_feed_ends_a_line(shenbao: Program, tmp_path: Path, separator: str) -> None:
    """JSON allows U+2028 and U+0085 inside a string."""
    file = tmp_path / "cases.jsonl"
    escaped = separator if separator in "\u2028\u0085" else json.dumps(separator)[1:-1]
    file.write_text(line(60).replace('"facts": {', f'"facts": {{"remarks": "a{escaped}b", '), "utf-8")
    ran = shenbao("assess", file)
    assert (ran.status, len(ran.out.splitlines())) == (0, 1)


def test_bytes_that_are_no_text_on_standard_input_are_one_line_and_2(shenbao: Program) -> None:
    ran = shenbao("assess", "-", stdin=b"\xff\xfe\x80\n")
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
