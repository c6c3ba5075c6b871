from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.amounts import AmountError, fen_from_wan, format_wan


@given(st.integers(min_value=10_000, max_value=100_000_000_000_000))
def test_an_amount_survives_the_way_out_and_in(fen: int) -> None:
    assert fen_from_wan(format_wan(fen)) == fen


@pytest.mark.parametrize(
    ("wan", "fen"),
    [("59.99", 59_990_000), (60, 60_000_000), ("0", 0), (Decimal("0.01"), 10_000), ("1e3", 10**9)],
)
def test_amounts_are_exact(wan: str | int | Decimal, fen: int) -> None:
    assert fen_from_wan(wan) == fen


@pytest.mark.parametrize(
    "wan", ["-1", "0.001", "0.0000001", "1e12", "1e400", "NaN", "Infinity", "很多", "", "59.9900001"]
)
def test_what_is_no_amount_is_refused_in_one_sentence(wan: str) -> None:
    with pytest.raises(AmountError) as refused:
        fen_from_wan(wan)
    assert len(refused.value.text.render()) < 100


def test_no_trailing_zeros_are_printed() -> None:
    assert [format_wan(fen_from_wan(wan)) for wan in ("680.00", "59.90", "100")] == ["680", "59.9", "100"]
