"""Telephone numbers are kept in one spelling, landlines with their area code."""

import pytest

from dialogs.parsing.phones import parse_phone
from dialogs.parsing.result import Parsed, Rejected

LANDLINE = "0952-2012345"
MOBILE = "13800000000"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (MOBILE, MOBILE),
        ("138 0000 0000", MOBILE),
        ("138-0000-0000", MOBILE),
        ("+86 138 0000 0000", MOBILE),
        ("8613800000000", MOBILE),
        ("１３８００００００００", MOBILE),
        ("手机：13800000000", MOBILE),
        (LANDLINE, LANDLINE),
        ("（0952）2012345", LANDLINE),
        ("0952 2012345", LANDLINE),
        ("09522012345", LANDLINE),
        ("＋８６－９５２－２０１２３４５", LANDLINE),
        ("电话: 0952—2012345", LANDLINE),
        ("0952-2012345转801", f"{LANDLINE}转801"),
        ("0952-2012345-801", f"{LANDLINE}转801"),
        ("0952-2012345 分机 801", f"{LANDLINE}转801"),
        ("010-1234-5678", "010-12345678"),
        ("400 800 1234", "400-800-1234"),
        ("13800000000/0952-2012345", f"{MOBILE}、{LANDLINE}"),
        ("13800000000，0952-2012345；13800000000", f"{MOBILE}、{LANDLINE}"),
        ("13800000000 0952-2012345", f"{MOBILE}、{LANDLINE}"),
    ],
)
def test_numbers_are_kept_in_one_spelling(typed: str, kept: str):
    result = parse_phone(typed)
    assert isinstance(result, Parsed), result
    assert result.value == kept
    assert (result.echo is None) == (typed == kept)
    assert parse_phone(kept) == Parsed(kept)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("2012345", "区号"),
        ("0952-2012345/2012346", "0952-2012346"),
        ("1380000000", "11 位"),
        ("138000000000", "12 位"),
        ("0952-12345678", "不像"),
        ("12345", "不像"),
        ("+852 2345 6789", "不像"),
        ("13800000000转5", "不像"),
        ("问张主任", "不像"),
        ("、", "不像"),
        ("", "空白"),
    ],
)
def test_what_is_no_full_number_is_refused(typed: str, says: str):
    result = parse_phone(typed)
    assert isinstance(result, Rejected), result
    assert says in result.message.render()
