"""shenbao extract: JSON for scripts, a list to read for people, one line for each bad input."""

import io
import json
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.extract import LONGEST_INPUT, run_extract

EXAMPLE = "我们是大武口区的街道办，想建一个基层治理平台，预算680万，其中市级500万、自治区180万，明年3月到12月，等保三级"
AS_OF = "2026-11-23"


def feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_facts_spans_and_open_are_printed_as_json(capsys: pytest.CaptureFixture[str]):
    assert run_extract(EXAMPLE, as_json=True, as_of=AS_OF) == 0
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert printed["facts"] == {
        "unit_level": "county",
        "unit_kind": "government",
        "total_investment": 680,
        "fund_regional": 180,
        "fund_city": 500,
        "mlps_level": "3",
        "planned_start": "2027-03-01",
        "planned_end": "2027-12-31",
    }
    assert printed["spans"]["total_investment"] == "预算680万"
    assert "nature" in printed["open"]


def test_an_amount_keeps_its_exact_digits(capsys: pytest.CaptureFixture[str]):
    assert run_extract("总投资59.99万元，不涉密", as_json=True, as_of=AS_OF) == 0
    out = capsys.readouterr().out
    assert '"total_investment": 59.99' in out
    assert '"classified": false' in out


def test_today_comes_from_the_clock_where_the_pack_applies(capsys: pytest.CaptureFixture[str]):
    new_year_in_china = FixedClock(datetime(2026, 12, 31, 17, tzinfo=UTC))
    assert run_extract("明年3月到12月建设", as_json=True, clock=new_year_in_china) == 0
    assert json.loads(capsys.readouterr().out)["facts"]["planned_start"] == "2028-03-01"


def test_standard_input_gives_one_object_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    feed(monkeypatch, "\ufeff总投资60万\n\n不涉密\u2028等保三级\n".encode())
    assert run_extract("-", as_of=AS_OF) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["facts"] for line in lines] == [
        {"total_investment": 60},
        {"classified": False, "mlps_level": "3"},
    ]


def test_a_list_is_printed_for_people(capsys: pytest.CaptureFixture[str]):
    assert run_extract(EXAMPLE, as_of=AS_OF) == 0
    out = capsys.readouterr().out
    assert "680 万元" in out
    assert "自治区180万" in out


@pytest.mark.parametrize("as_of", ["2026-02-30", "明天", ""])
def test_an_impossible_day_is_refused_in_one_line(as_of: str, capsys: pytest.CaptureFixture[str]):
    assert run_extract("总投资60万", as_json=True, as_of=as_of) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1


def test_one_line_that_is_too_long_stops_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    feed(monkeypatch, ("总投资60万\n" + "万" * 30_000 + "\n").encode())
    assert run_extract("-", as_of=AS_OF) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("-:2: ")


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"1" * (LONGEST_INPUT + 1)])
def test_standard_input_that_is_no_text_is_refused(
    data: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    feed(monkeypatch, data)
    assert run_extract("-", as_of=AS_OF) == 2
    assert capsys.readouterr().out == ""


def test_bytes_that_are_no_text_do_not_break_the_command_line(capsys: pytest.CaptureFixture[str]):
    assert run_extract("总投资60万\udcff", as_json=True, as_of=AS_OF) == 0
    json.loads(capsys.readouterr().out)


def test_an_unknown_pack_is_refused(capsys: pytest.CaptureFixture[str]):
    assert run_extract("总投资60万", pack="nowhere") == 2
    assert capsys.readouterr().err.count("\n") == 1
