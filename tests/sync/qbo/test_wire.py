from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import UnexpectedPayload
from sync.qbo import wire


@given(st.decimals(allow_nan=False, allow_infinity=False, places=7))
def test_numbers_keep_every_digit(number: Decimal) -> None:
    row = wire.decode(f'{{"Amount": {number:f}}}'.encode())
    assert wire.number(row, "Amount") == number


def test_a_long_number_is_not_rounded_as_a_float_would_be() -> None:
    row = wire.decode(b'{"Amount": 12345678901234567.89}')
    assert wire.number(row, "Amount") == Decimal("12345678901234567.89")
    assert wire.minor(row, "Amount", "USD") == 1234567890123456789


@pytest.mark.parametrize("body", [b'{"a": NaN}', b'{"a": Infinity}', b"", b"<html>", b'{"a": 1', b"\xff\xfe"])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"no JSON number|Expecting|codec"):
        wire.decode(body)


def test_control_characters_inside_texts_are_borne() -> None:
    assert wire.text(wire.decode(b'{"Memo": "two\nlines"}'), "Memo") == "two\nlines"


@pytest.mark.parametrize("empty", [{}, {"DocNumber": None}, {"DocNumber": ""}])
def test_missing_null_and_empty_are_alike(empty: wire.Row) -> None:
    assert wire.text(empty, "DocNumber") == ""
    assert wire.number(empty, "DocNumber") is None
    assert wire.day(empty, "DocNumber") is None
    assert wire.instant(empty, "DocNumber") is None
    assert wire.flag(empty, "DocNumber", default=True) is True
    assert wire.part(empty, "DocNumber") == {}
    assert wire.parts(empty, "DocNumber") == []


def test_keys_are_found_whatever_their_case_spaces_and_underscores() -> None:
    assert wire.text({"DETAIL_TYPE": "x"}, "DetailType") == "x"
    assert wire.text({"Detail Type": "y"}, "DetailType") == "y"
    assert wire.text({"DetailType": None, "detailtype": "z"}, "DetailType") == "", "the exact spelling comes first"


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-01-05T10:20:30-08:00", datetime(2026, 1, 5, 18, 20, 30, tzinfo=UTC)),
        ("2026-07-05T10:20:30.123-07:00", datetime(2026, 7, 5, 17, 20, 30, 123000, tzinfo=UTC)),
        ("2026-01-05T10:20:30Z", datetime(2026, 1, 5, 10, 20, 30, tzinfo=UTC)),
        ("2026-01-05", datetime(2026, 1, 5, tzinfo=UTC)),
    ],
)
def test_instants_become_utc(written: str, instant: datetime) -> None:
    assert wire.instant({"CreateTime": written}, "CreateTime") == instant


def test_a_day_is_never_moved_by_a_zone() -> None:
    assert wire.day({"TxnDate": "2026-01-31"}, "TxnDate") == date(2026, 1, 31)
    assert wire.day({"TxnDate": "2026-01-31T23:30:00-08:00"}, "TxnDate") == date(2026, 1, 31)


@pytest.mark.parametrize(
    ("value", "reader"),
    [
        ("31/12/2025", wire.day),
        (20260131, wire.day),
        ("soon", wire.instant),
        ("many", wire.number),
        (True, wire.number),
        ([], wire.number),
        ("maybe", lambda row, key: wire.flag(row, key, default=False)),
        ([1], wire.text),
        (True, wire.text),
        ("x", wire.part),
        ({}, wire.parts),
        (["x"], wire.parts),
    ],
)
def test_a_value_of_another_kind_names_document_and_field(value: object, reader: object) -> None:
    with pytest.raises(UnexpectedPayload, match=r"Field of the row with Id 17 .* but is ") as caught:
        reader({"Id": "17", "Field": value}, "Field")  # type: ignore[operator]  # readers of several signatures
    assert caught.value.system == "qbo"
