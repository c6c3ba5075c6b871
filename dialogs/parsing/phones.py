"""Typed telephone numbers of mainland China in one spelling: 13800000000, 0952-2012345转801."""

from __future__ import annotations

import re

from dialogs.parsing.result import Parsed, Rejected
from dialogs.parsing.text import EMPTY, LONGEST_ANSWER, excerpt, normalise
from rules.text import T, Text

_BETWEEN = re.compile("[、,;/]|或者?|和")
_LABEL = re.compile(r"^(?:(?:联系|办公)?电话|手机号?码?|座机|固话|传真|tel|mobile|phone)[:. ]*")
_SPELLING = re.compile(r"\+?[0-9() .\-—–]+")
_WORDED_EXTENSION = re.compile(r"(.+?) ?(?:转接?|分机号?|ext\.?|x|#) ?([0-9]{1,6})")
_DASHED_EXTENSION = re.compile(r"(.+)[-—–]([0-9]{1,6})")
_COUNTRY = re.compile(r"^(?:\+86|0086|86(?=1[3-9][0-9]{9}$))")
_MOBILE = re.compile("1[3-9][0-9]{9}")
_SERVICE = re.compile("([48]00)([0-9]{3})([0-9]{4})")
_LOCAL = re.compile("[2-9][0-9]{6,7}")
_MOBILE_DIGITS = 11


def parse_phone(typed: str) -> Parsed[str] | Rejected:
    """Return one or more numbers, joined with 、, each a mobile number or a landline with its area code."""
    text = normalise(typed).casefold()
    if not text:
        return EMPTY
    kept: list[str] = []
    for part in _BETWEEN.split(_LABEL.sub("", text[:LONGEST_ANSWER])):
        words = _LABEL.sub("", part.strip())
        if not words:
            continue
        numbers = _numbers(words)
        if not numbers:
            return Rejected(_refusal(words))
        kept += [number for number in numbers if number not in kept]
    if not kept or len(text) > LONGEST_ANSWER:
        return Rejected(_refusal(text))
    phone = "、".join(kept)
    return Parsed(phone, None if phone == typed.strip() else T("记为 {phone}。", phone=phone))


def _numbers(words: str) -> list[str]:
    """Return one number written with spaces, or else the several that the spaces separate."""
    whole = _with_extension(words)
    if whole is not None:
        return [whole]
    several = [_with_extension(word) for word in words.split(" ")]
    read = [number for number in several if number is not None]
    return read if len(read) == len(several) else []


def _with_extension(words: str) -> str | None:
    plain = _one_number(words)
    if plain is not None:
        return plain
    found = _WORDED_EXTENSION.fullmatch(words) or _DASHED_EXTENSION.fullmatch(words)
    main = _one_number(found[1]) if found else None
    if found is None or main is None or _MOBILE.fullmatch(main):
        return None
    return f"{main}转{found[2]}"


def _one_number(words: str) -> str | None:
    digits = _digits(words)
    if digits is None:
        return None
    if _MOBILE.fullmatch(digits):
        return digits
    service = _SERVICE.fullmatch(digits)
    if service:
        return "-".join(service.groups())
    return _landline(digits)


def _digits(words: str) -> str | None:
    """Return the national digits of a number, or None when something else stands between them."""
    if not _SPELLING.fullmatch(words.strip()):
        return None
    return _COUNTRY.sub("", re.sub(r"[^0-9+]", "", words))


def _landline(digits: str) -> str | None:
    import phonenumbers

    if not digits.startswith("0"):
        digits = f"0{digits}"
        # Without the 0 only a number that came with +86 or an area code can be as long as this.
        if len(digits) <= _MOBILE_DIGITS - 1:
            return None
    try:
        parsed = phonenumbers.parse(digits, "CN")
    except phonenumbers.NumberParseException:
        return None
    if parsed.country_code != 86 or not phonenumbers.is_valid_number(parsed):  # noqa: PLR2004 - China
        return None
    area_length = phonenumbers.length_of_geographical_area_code(parsed)
    if not area_length or phonenumbers.number_type(parsed) != phonenumbers.PhoneNumberType.FIXED_LINE:
        return None
    national = str(parsed.national_number)
    return f"0{national[:area_length]}-{national[area_length:]}"


def _refusal(words: str) -> Text:
    digits = _digits(words) or ""
    if _LOCAL.fullmatch(digits):
        return T(
            "「{typed}」少了区号，请连区号一起发，例如 0952-{digits}（0952 是石嘴山的区号）。",
            typed=excerpt(words),
            digits=digits,
        )
    if re.fullmatch("1[3-9][0-9]*", digits) and len(digits) != _MOBILE_DIGITS:
        return T(
            "手机号是 11 位，「{typed}」有 {count} 位，请核对后再发。",
            typed=excerpt(words),
            count=len(digits),
        )
    return T(
        "「{typed}」不像电话号码，请写 11 位手机号，或带区号的座机号，例如 0952-2012345。",
        typed=excerpt(words),
    )
