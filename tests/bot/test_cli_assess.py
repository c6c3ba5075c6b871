"""``shenbao assess``: exact amounts in every format, and one line for each input that cannot be used."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from running import EXAMPLES, Program

if TYPE_CHECKING:
    from pathlib import Path

FACTS = '"classified": false, "unit_level": "city", "unit_kind": "government", "nature": "goods_purchase"'
CASE = f'{{"as_of": "2026-11-23", "facts": {{{FACTS}, "total_investment": 680}}}}'


def case_with(amount: str) -> str:
    return f'{{"as_of": "2026-11-23", "facts": {{{FACTS}, "total_investment": {amount}}}}}'


def verdict_of(shenbao: Program, file: Path) -> dict[str, Any]:
    ran = shenbao("assess", file)
    assert (ran.status, ran.err) == (0, "")
    return json.loads(ran.out)


# --- formats ------------------------------------------------------------------------------------------------


def test_json_and_yaml_give_the_same_verdict(shenbao: Program, tmp_path: Path) -> None:
    as_json, as_yaml = tmp_path / "case.json", tmp_path / "case.yaml"
    as_json.write_text(CASE, "utf-8")
    as_yaml.write_text(
        "as_of: 2026-11-23\nfacts:\n  classified: no\n  unit_level: city\n  unit_kind: government\n"
        "  nature: goods_purchase\n  total_investment: 680\n",
        "utf-8",
    )
    verdict = verdict_of(shenbao, as_json)
    assert verdict == verdict_of(shenbao, as_yaml)
    assert list(verdict) == [
        "pack",
        "as_of",
        "scope",
        "tier",
        "findings",
        "documents",
        "route",
        "deadlines",
        "open_questions",
    ]
    assert (verdict["pack"], verdict["as_of"]) == ("shizuishan", "2026-11-23")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_that_has_exact_amounts_and_dates_is_assessed(
    shenbao: Program, example: Path, tmp_path: Path
) -> None:
    exact = example.read_text("utf-8").replace("3年", "36")
    exact = exact.replace("2027年1月", "2027-01-01").replace("2029年12月", "2029-12-31")
    file = tmp_path / "case.yaml"
    file.write_text(exact, "utf-8")
    verdict = verdict_of(shenbao, file)
    assert verdict["scope"] == "applies"
    assert set(verdict["open_questions"]) <= {"partner_units", "remarks"}, "what may be left empty"


def test_a_byte_order_mark_does_no_harm(shenbao: Program, tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text(CASE, "utf-8-sig")
    assert verdict_of(shenbao, file)["scope"] == "applies"


@pytest.mark.parametrize("name", ["case.json", "case.yaml"])
def test_today_is_used_when_no_day_is_given(shenbao: Program, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"facts": {}}', "utf-8")
    assert len(verdict_of(shenbao, tmp_path / name)["as_of"]) == len("2026-11-23")


# --- exact amounts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["json", "yaml"])
@pytest.mark.parametrize(
    ("amount", "scope"),
    [
        ("59.99", "reference_only"),
        ('"59.99"', "reference_only"),
        ("59.999999", "reference_only"),
        ("60", "applies"),
        ("60.00", "applies"),
        ('"60"', "applies"),
        ('"60.00"', "applies"),
        ("6e1", "applies"),
        ("60.000001", "applies"),
    ],
)
def test_amounts_around_the_threshold_are_exact(
    shenbao: Program, tmp_path: Path, suffix: str, amount: str, scope: str
) -> None:
    file = tmp_path / f"case.{suffix}"
    file.write_text(case_with(amount), "utf-8")
    verdict = verdict_of(shenbao, file)
    assert verdict["scope"] == scope
    is_exactly_60 = "boundary_60" in [finding["id"] for finding in verdict["findings"]]
    assert is_exactly_60 == (amount.strip('"') in ("60", "60.00", "6e1"))


def test_a_sum_of_decimals_is_exact(shenbao: Program, tmp_path: Path) -> None:
    """0.1 + 0.2 is not 0.3 in binary."""
    file = tmp_path / "case.json"
    funds = '"fund_national": 0.1, "fund_regional": 0.2, "fund_city": 0, "fund_social": 0'
    file.write_text(f'{{"facts": {{{FACTS}, "total_investment": 0.3, {funds}}}}}', "utf-8")
    findings = verdict_of(shenbao, file)["findings"]
    assert "funding_mismatch" not in [finding["id"] for finding in findings]


# --- input that cannot be used ------------------------------------------------------------------------------

BILLION_LAUGHS = "a: &a [ha, ha, ha]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
UNUSABLE: dict[str, tuple[str, str | bytes]] = {
    "unknown fact": ("json", '{"facts": {"frobnicate": 1}}'),
    "unknown key": ("json", '{"fcats": {}}'),
    "unknown pack": ("json", '{"pack": "atlantis", "facts": {}}'),
    "pack that is a path": ("json", '{"pack": "../../secret", "facts": {}}'),
    "unknown document": ("json", '{"documents": {"frobnicate": "provided"}}'),
    "unknown status": ("json", '{"documents": {"preliminary_design": "almost"}}'),
    "unknown event": ("json", '{"events": [{"kind": "frobnicate", "date": "2026-01-01"}]}'),
    "event without a date": ("json", '{"events": [{"kind": "award_notice"}]}'),
    "events that are no list": ("json", '{"events": {"kind": "award_notice"}}'),
    "facts that are a list": ("json", '{"facts": []}'),
    "wrong type": ("json", '{"facts": {"classified": "perhaps"}}'),
    "unsure where it is no answer": ("json", '{"facts": {"special_provision": "unsure"}}'),
    "true for an amount": ("json", '{"facts": {"total_investment": true}}'),
    "list for an amount": ("json", '{"facts": {"total_investment": [1]}}'),
    "unknown choice": ("json", '{"facts": {"unit_level": "village"}}'),
    "one bad choice in a set": ("json", '{"facts": {"infrastructure_items": ["server", "moon"]}}'),
    "number for a text": ("json", '{"facts": {"unit_name": 5}}'),
    "months and a half": ("json", '{"facts": {"free_operation_months": 36.5}}'),
    "negative months": ("json", '{"facts": {"free_operation_months": -1}}'),
    "not a number": ("json", '{"facts": {"total_investment": "much"}}'),
    "NaN": ("json", '{"facts": {"total_investment": NaN}}'),
    "NaN in quotes": ("json", '{"facts": {"total_investment": "NaN"}}'),
    "infinity": ("json", '{"facts": {"total_investment": "Infinity"}}'),
    "NaN in YAML": ("yaml", "facts: {total_investment: .nan}"),
    "infinity in YAML": ("yaml", "facts: {total_investment: .inf}"),
    "negative": ("json", case_with("-5")),
    "negative in quotes": ("json", case_with('"-0.5"')),
    "too small": ("json", case_with("0.001")),
    "next to nothing": ("json", case_with("1e-400")),
    "too large": ("json", case_with("1000000000000")),
    "1e400": ("json", case_with("1e400")),
    "1e400 in quotes": ("json", case_with('"1e400"')),
    "1e400 in YAML": ("yaml", "facts: {total_investment: 1e400}"),
    "exponent beyond all numbers": ("json", case_with("1e99999999999999999999")),
    "100,000 digits": ("json", case_with("9" * 100_000)),
    "100,000 digits in quotes": ("json", case_with(f'"{"9" * 100_000}"')),
    "100,000 digits in YAML": ("yaml", f"facts: {{total_investment: {'9' * 100_000}}}"),
    "finer than a fen": ("json", case_with("59.9999999")),
    "impossible date": ("json", '{"facts": {"planned_start": "2026-02-30"}}'),
    "impossible date in YAML": ("yaml", "facts: {planned_start: 2026-02-30}"),
    "impossible month": ("json", '{"as_of": "2026-13-01"}'),
    "date as a number": ("json", '{"as_of": 20261123}'),
    "year of no project": ("json", '{"as_of": "9999-12-31"}'),
    "broken JSON": ("json", '{"facts": {'),
    "two JSON values": ("json", "{} {}"),
    "empty JSON": ("json", ""),
    "empty YAML": ("yaml", ""),
    "blank JSON": ("json", " \n\t\n"),
    "JSON list": ("json", "[]"),
    "JSON null": ("json", "null"),
    "YAML list": ("yaml", "- a\n- b\n"),
    "YAML word": ("yaml", "hello"),
    "YAML with a tab": ("yaml", "facts:\n\tclassified: no\n"),
    "YAML key twice": ("yaml", "facts:\n  total_investment: 50\n  total_investment: 680\n"),
    "YAML alias": ("yaml", "facts: &facts {}\ndocuments: *facts\n"),
    "billion laughs": ("yaml", BILLION_LAUGHS),
    "YAML that runs code": ("yaml", 'facts: !!python/object/apply:os.system ["true"]\n'),
    "YAML with a list for a key": ("yaml", "? [a, b]\n: c\n"),
    "deep JSON": ("json", "[" * 100_000),
    "deep and closed JSON": ("json", '{"facts": ' * 900 + "1" + "}" * 900),
    "deep YAML": ("yaml", "[" * 100_000),
    "deep and closed YAML": ("yaml", "[" * 30_000 + "]" * 30_000),
    "binary JSON": ("json", bytes(range(256))),
    "binary YAML": ("yaml", bytes(range(256))),
    "zero bytes": ("json", b"\0\0\0\0"),
    "UTF-16": ("json", CASE.encode("utf-16")),
    "GBK": ("yaml", "facts: {unit_name: 示例单位}".encode("gbk")),
    "YAML of 5 MB": ("yaml", f"facts: {{unit_name: {'x' * 5_000_000}}}"),
}


@pytest.mark.parametrize(("suffix", "content"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_what_cannot_be_used_is_one_line_and_2(
    shenbao: Program, tmp_path: Path, suffix: str, content: str | bytes
) -> None:
    file = tmp_path / f"case.{suffix}"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    ran = shenbao("assess", file)
    assert (ran.status, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1, ran.err
    assert ran.err.startswith(str(file))
    assert len(ran.err) < 500, "what came is shown shortened"


def test_every_bad_entry_has_a_line_of_its_own(shenbao: Program, tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text('{"facts": {"a": 1, "total_investment": -1, "unit_level": "moon"}, "b": 2}', "utf-8")
    ran = shenbao("assess", file)
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 4)


def test_a_bad_entry_of_yaml_is_named_with_its_line(shenbao: Program, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("as_of: 2026-11-23\nfacts:\n  classified: no\n  total_investment: -5\n", "utf-8")
    assert shenbao("assess", file).err.startswith(f"{file}:4: ")


@pytest.mark.parametrize(
    "name", ["missing.json", "missing.yaml", "missing.jsonl", "folder", "folder/missing"]
)
def test_a_path_without_a_file_is_one_line_and_2(shenbao: Program, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    ran = shenbao("assess", tmp_path / name)
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert name in ran.err


def test_the_line_is_in_the_language_that_was_asked_for(shenbao: Program, tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text('{"facts": {"frobnicate": 1}}', "utf-8")
    err = shenbao("--lang", "en", "assess", file).err
    assert "frobnicate" in err
    assert err.isascii()
