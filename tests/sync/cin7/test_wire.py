"""Reading single values of Cin7's rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.cin7 import wire
from sync.errors import UnexpectedPayload


@pytest.mark.parametrize("row", [{}, {"Name": None}, {"Name": ""}, {"Name": "  "}, {"name ": None}], ids=str)
def test_null_blank_and_missing_mean_the_same(row: dict[str, Any]) -> None:
    assert wire.text(row, "Name") == ""
    assert wire.number(row, "Name") is None
    assert wire.day(row, "Name") is None
    assert wire.instant(row, "Name") is None
    assert wire.flag(row, "Name") is False
    assert wire.rows(row, "Name") == []
    assert wire.part(row, "Name") == {}
    assert wire.quantity(row, "Name") == 0


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ({"reference": "x"}, "Reference"),
        ({"Reference ": "x"}, "Reference"),
        ({"REF ERENCE": "x"}, "Reference"),
        ({"InvocieNumber": "x"}, "InvoiceNumber"),
        ({"Deprecated": "x"}, "IsDeprecated"),
        ({"SupplierCustomer": "x"}, "SupplierCustomerName"),
        ({"SupplierCustomerName": "x"}, "SupplierCustomer"),
        ({"Reference": None, "Reference ": "x"}, "reference"),
    ],
    ids=str,
)
def test_a_key_is_found_however_it_is_spelled(row: dict[str, Any], key: str) -> None:
    assert wire.text(row, key) == "x"


def test_a_rows_own_spelling_wins_over_a_typo_and_the_first_key_over_the_second() -> None:
    assert wire.text({"InvocieNumber": "wrong", "invoicenumber": "right"}, "InvoiceNumber") == "right"
    assert wire.text({"A": "1", "B": "2"}, "B", "A") == "2"
    assert wire.text({"A": "1", "B": ""}, "B", "A") == "1"


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2018-04-19T04:03:06.52Z", datetime(2018, 4, 19, 4, 3, 6, 520000, UTC)),
        ("2017-11-22T06:58:21.8882229Z", datetime(2017, 11, 22, 6, 58, 21, 888222, UTC)),
        ("2021-11-02T11:44:45.21", datetime(2021, 11, 2, 11, 44, 45, 210000, UTC)),
        ("2018-03-12T00:00:00", datetime(2018, 3, 12, tzinfo=UTC)),
        ("2018-03-12T10:00:00+02:30", datetime(2018, 3, 12, 7, 30, tzinfo=UTC)),
        ("2018-03-12T22:00:00-0300", datetime(2018, 3, 13, 1, 0, tzinfo=UTC)),
        ("0001-01-01T00:00:00", None),
    ],
)
def test_moments_are_aware_utc_whatever_their_digits(written: str, moment: datetime | None) -> None:
    assert wire.instant({"Updated": written}, "Updated") == moment


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda when: when.year > 1000), st.integers(2, 7))
def test_a_moment_survives_any_number_of_digits(when: datetime, digits: int) -> None:
    written = when.strftime("%Y-%m-%dT%H:%M:%S") + "." + f"{when.microsecond:06d}0"[:digits] + "Z"
    kept = int(f"{when.microsecond:06d}0"[:digits].ljust(6, "0")[:6])
    assert wire.instant({"U": written}, "U") == when.replace(microsecond=kept)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2017-12-15T00:00:00", date(2017, 12, 15)),
        ("2018-01-12T23:29:33.457Z", date(2018, 1, 12)),
        ("2017-12-15", date(2017, 12, 15)),
        ("2017-12-15 00:00:00", date(2017, 12, 15)),
        ("0001-01-01T00:00:00", None),
    ],
)
def test_business_days_are_never_moved_to_another_zone(written: str, day: date | None) -> None:
    assert wire.day({"D": written}, "D") == day


@pytest.mark.parametrize(
    ("value", "expected"), [(True, True), ("False", False), ("true", True), (1, True), ("No", False)]
)
def test_truth_is_read_from_words_too(value: object, expected: bool) -> None:
    assert wire.flag({"F": value}, "F") is expected


@pytest.mark.parametrize(
    ("value", "expected"), [(5, "5"), (Decimal("1.50"), "1.50"), ("-2.5 ", "-2.5"), ("1E2", "1E+2"), (0, "0")]
)
def test_numbers_keep_every_digit(value: object, expected: str) -> None:
    assert wire.number({"N": value}, "N") == Decimal(expected)


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (wire.text, {"a": 1}),
        (wire.text, []),
        (wire.number, "twelve"),
        (wire.number, True),
        (wire.number, "NaN"),
        (wire.number, "1,5"),
        (wire.number, []),
        (wire.day, "29/01/2018"),
        (wire.day, "2018-02-30T00:00:00"),
        (wire.day, 20180101),
        (wire.instant, "yesterday"),
        (wire.instant, "2018-13-01T00:00:00Z"),
        (wire.flag, "perhaps"),
        (wire.rows, "none"),
        (wire.rows, [1, 2]),
        (wire.part, []),
    ],
    ids=lambda part: getattr(part, "__name__", repr(part)),
)
def test_a_wrong_type_names_the_document_and_the_field(read: Callable[..., object], value: object) -> None:
    with pytest.raises(UnexpectedPayload, match="Amount of TaskID 7f should be") as caught:
        read({"TaskID": "7f", "Amount": value}, "Amount")
    assert caught.value.system == "cin7"


def test_required_text_must_be_there() -> None:
    with pytest.raises(UnexpectedPayload, match="Code of Name Cash should be a value, not nothing"):
        wire.required({"Name": "Cash", "Code": None}, "Code")


def test_ids_are_in_lower_case() -> None:
    assert wire.guid({"ID": "5F8EE220-DFEA"}, "ID") == "5f8ee220-dfea"


def test_one_object_counts_as_a_list_of_one() -> None:
    assert wire.rows({"Invoice": {"Total": 1}}, "Invoice") == [{"Total": 1}]


def test_json_fractions_stay_exact_and_control_characters_are_borne() -> None:
    found = wire.decode(b'\xef\xbb\xbf{"Amount": 12345678901234567.89, "Note": "a\x01b"}')
    assert found == {"Amount": Decimal("12345678901234567.89"), "Note": "a\x01b"}


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": NaN}', b'{"a": 1', b'"\xff"'], ids=repr)
def test_what_is_no_json_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (json's own errors are of several kinds)
        wire.decode(body)
