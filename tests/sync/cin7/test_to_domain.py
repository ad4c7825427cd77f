"""List rows into the vocabulary."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.cin7 import to_domain
from sync.cin7.resources import BY_NAME
from sync.domain.accounts import AccountClass, Source
from sync.domain.stock import Location
from sync.errors import UnexpectedPayload

PAIR = {
    "TaskID": "AB-1",
    "DebitAccountCode": "610",
    "CreditAccountCode": "200",
    "Amount": Decimal("1800.50"),
    "EffectiveDate": "2026-01-31T00:00:00",
    "Reference": "INV-00004/CR-00002",
    "Transaction": "Smith - Sons - INV-00004",
    "Type": "Sale",
}


def test_a_ledger_row_is_a_debit_and_a_credit() -> None:
    debit, credit = to_domain.postings(PAIR, "USD")
    assert (debit.source, debit.account, debit.counter, debit.amount) == (Source.CIN7, "610", "200", 180050)
    assert (credit.account, credit.counter, credit.amount) == ("200", "610", -180050)
    assert (debit.day, debit.document, debit.kind) == (date(2026, 1, 31), "ab-1", "Sale")
    assert (debit.number, debit.name, debit.memo) == (PAIR["Reference"], "Smith - Sons", PAIR["Transaction"])


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "lost"),
    [
        ("-4.20", "USD", -420, False),
        ("0.005", "USD", 1, True),
        ("-0.005", "USD", -1, True),
        ("0.0049", "USD", 0, True),
        ("1.5000", "USD", 150, False),
        ("1234.5", "JPY", 1235, True),
        ("1.2345", "KWD", 1235, True),
        ("0", "USD", 0, False),
    ],
)
def test_amounts_are_rounded_half_up_and_say_so(amount: str, currency: str, minor: int, lost: bool) -> None:
    row = {**PAIR, "Amount": Decimal(amount)}
    assert to_domain.postings(row, currency)[0].amount == minor
    assert to_domain.digits_lost(row, currency) is lost


@given(st.decimals(-(10**9), 10**9, places=4), st.sampled_from(["USD", "JPY", "KWD"]))
def test_a_pair_stays_balanced_whatever_is_rounded(amount: Decimal, currency: str) -> None:
    debit, credit = to_domain.postings({**PAIR, "Amount": amount}, currency)
    assert debit.amount + credit.amount == 0
    assert replace(debit, account="", counter="", amount=0) == replace(credit, account="", counter="", amount=0)


@pytest.mark.parametrize("type_", ["Depreciation", "SomethingNew", ""])
def test_an_unknown_type_is_kept_as_it_is(type_: str) -> None:
    assert {side.kind for side in to_domain.postings({**PAIR, "Type": type_}, "USD")} == {type_}


@pytest.mark.parametrize("field", ["Amount", "EffectiveDate", "DebitAccountCode", "CreditAccountCode"])
def test_a_ledger_row_without_its_substance_is_not_guessed(field: str) -> None:
    with pytest.raises(UnexpectedPayload, match=field):
        to_domain.postings({**PAIR, field: None}, "USD")


def test_a_transaction_text_without_a_name_has_none() -> None:
    assert to_domain.postings({**PAIR, "Transaction": "Opening balance"}, "USD")[0].name == ""


def test_accounts() -> None:
    found = to_domain.account(
        {
            "Code": "610",
            "Name": " Debtors ",
            "Class": "asset",
            "Type": "CURRENT",
            "Status": "Archived",
            "SystemAccountCode": "DEBTORS",
            "DisplayName": "610: Debtors",
        }
    )
    assert (found.code, found.number, found.name, found.full_name) == ("610", "610", "Debtors", "610: Debtors")
    assert (found.klass, found.type, found.system, found.active) == (AccountClass.ASSET, "CURRENT", "DEBTORS", False)


def test_an_account_of_an_unheard_class_stays_unknown() -> None:
    assert to_domain.account({"Code": "1", "Class": "MYSTERY"}).klass is AccountClass.UNKNOWN


def test_a_location_brings_its_bins() -> None:
    row = {"ID": "L1", "Name": "Main", "IsDeprecated": "false", "Bins": [{"ID": "B1", "Name": "Bin 1"}]}
    assert to_domain.locations(row) == [Location("l1", "Main"), Location("b1", "Bin 1", "l1")]
    assert to_domain.locations({"ID": "B2", "Name": "x", "ParentID": "L1", "Deprecated": True, "Bins": None}) == [
        Location("b2", "x", "l1", deprecated=True)
    ]


def test_products_with_their_movements() -> None:
    row = {
        "ID": "P1",
        "SKU": "SKU-1",
        "Name": "Bread",
        "Type": "Stock",
        "Status": "Deprecated",
        "COGSAccount": "500",
        "InventoryAccount": None,
        "LastModifiedOn": "2026-01-02T03:04:05.6789012Z",
        "Movements": [
            {
                "TaskID": "T1",
                "Type": "Sale COGS Change",
                "Date": "2026-01-03T00:00:00",
                "Number": "SO-1",
                "Quantity": -2,
                "Amount": Decimal("-10.123456"),
                "Location": "Main",
            }
        ],
    }
    product, movement = to_domain.product(row), to_domain.movements(row)[0]
    assert (product.id, product.sku, product.tracks_quantity, product.active) == ("p1", "SKU-1", True, False)
    assert (product.cogs_account, product.inventory_account) == ("500", "")
    assert to_domain.modified(BY_NAME["products"], row) == datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
    assert (movement.product, movement.sku, movement.task, movement.kind) == ("p1", "SKU-1", "t1", "Sale COGS Change")
    assert (movement.day, movement.quantity, movement.amount) == (date(2026, 1, 3), Decimal(-2), Decimal("-10.123456"))


def test_a_movement_without_a_day_is_not_guessed() -> None:
    with pytest.raises(UnexpectedPayload, match="SKU-1"):
        to_domain.movements({"ID": "P1", "SKU": "SKU-1", "Movements": [{"Quantity": 1}]})


def test_stock_levels_keep_every_digit_and_value_is_stock_on_hand() -> None:
    level = to_domain.stock_level(
        {
            "ID": "P1",
            "SKU": "S",
            "Location": "Main",
            "OnHand": Decimal("2.125"),
            "StockOnHand": Decimal("10.123456"),
            "Available": -3,
        }
    )
    assert (level.on_hand, level.value, level.available) == (Decimal("2.125"), Decimal("10.123456"), Decimal(-3))
    assert (level.bin, level.batch, level.expiry, level.in_transit) == ("", "", None, Decimal(0))
