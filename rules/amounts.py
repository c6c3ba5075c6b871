"""Money, exactly: 万元 outside, whole 分 inside, never a float.

1 万元 = 10,000 元 = 1,000,000 分, so an amount in 万元 has at most six decimals.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from rules.text import T, Text

FEN_PER_WAN = 1_000_000
SMALLEST = 10_000
"""0.01 万元 (100 元): a smaller amount in a declaration is a slip of the unit, not a sum."""
LARGEST = 100_000_000 * FEN_PER_WAN
"""One 万亿 元: above it no project of a city exists."""


class AmountError(ValueError):
    """An amount that cannot be one; ``text`` says what was expected and what to do."""

    def __init__(self, text: Text) -> None:
        """Keep the sentence for the user."""
        super().__init__(text.render())
        self.text = text


def fen_from_wan(wan: Decimal | int | str) -> int:
    """Return 万元 as whole 分.

    Args:
        wan: an amount in 万元, as a number or as its decimal digits.

    Raises:
        AmountError: not a number, negative, finer than 1 分, or absurdly small or large.
    """
    try:
        exact = Decimal(wan)
    except (InvalidOperation, ValueError):
        raise AmountError(
            T("「{typed}」不是金额，请填以万元为单位的数字，例如 680 或 59.99。", typed=str(wan)[:40])
        ) from None
    if not exact.is_finite():
        raise AmountError(
            T("「{typed}」不是金额，请填以万元为单位的数字，例如 680 或 59.99。", typed=str(wan)[:40])
        )
    if exact < 0:
        raise AmountError(T("金额不能是负数（收到 {typed} 万元），请填 0 或正数。", typed=_plain(exact)))
    if exact > LARGEST // FEN_PER_WAN:
        raise AmountError(
            T("{typed} 万元大得不像一个项目的金额，请核对单位是不是万元。", typed=_plain(exact))
        )
    if 0 < exact < Decimal(SMALLEST) / FEN_PER_WAN:
        raise AmountError(
            T("{typed} 万元不到 100 元，小得不像项目金额，请核对单位是不是万元。", typed=_plain(exact))
        )
    # In whole numbers: Decimal arithmetic would round what has more than 28 digits.
    _, digits, exponent = exact.as_tuple()
    coefficient, shift = int("".join(map(str, digits))), int(exponent) + 6
    fen, rest = divmod(coefficient, 10**-shift) if shift < 0 else (coefficient * 10**shift, 0)
    if rest:
        raise AmountError(T("{typed} 万元比 1 分钱还细，万元最多写六位小数。", typed=_plain(exact)))
    return fen


def format_wan(fen: int) -> str:
    """Return 分 as 万元 digits without trailing zeros: 680, 59.99."""
    return _plain(Decimal(fen) / FEN_PER_WAN)


def _plain(number: Decimal) -> str:
    if abs(number.adjusted()) > 30:  # noqa: PLR2004 - beyond any sum; keep 1E+9000 short
        return f"{number:.3E}"
    digits = f"{number:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
