"""Which accounts are compared with which, and which control claims them."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.books import AccountMap, Behaviour, Config, MapInputs
from reports.controls import account_map, undecided
from sync.domain.accounts import Account, AccountClass, Source
from sync.errors import SettingsError
from tests.reports.ledgers import CHART, PRODUCT_ACCOUNTS, accounts, mapped


def cin7(code: str, name: str, klass: str = "ASSET", kind: str = "CURRENT", system: str = "") -> Account:
    return Account(Source.CIN7, code, name, AccountClass(klass), kind, system=system)


def qbo(
    id_: str, name: str, type_: str = "Other Current Asset", subtype: str = "", number: str = "", active: bool = True
) -> Account:
    return Account(Source.QBO, id_, name, AccountClass.ASSET, type_, subtype, number=number, active=active)


def joined(*found: Account, config: Config | None = None, behaviours: tuple[Behaviour, ...] = ()) -> AccountMap:
    return account_map(MapInputs(found, {}, {}, behaviours), config or Config())


def test_the_named_accounts_join_their_controls() -> None:
    controls = mapped().cin7_control
    assert controls["610"] == "receivables"
    assert controls["800"] == "payables"
    assert controls["820"] == "tax"
    assert (controls["630"], controls["310"], controls["200"]) == ("inventory", "cogs", "revenue")
    assert controls["210"] == "revenue"  # by Class
    assert controls["404"] == "account:404"


def test_bank_accounts_are_left_out() -> None:
    assert "090" not in mapped().cin7_control
    assert "35" not in mapped().qbo_control


def test_the_settings_come_before_every_rule() -> None:
    controls = mapped(Config(controls={"clearing": ("090", "200")})).cin7_control
    assert (controls["090"], controls["200"]) == ("clearing", "clearing")


def test_both_sides_of_a_control_are_compared() -> None:
    found = mapped()
    assert found.accounts(Source.CIN7, "revenue") == ("200", "210")
    assert found.accounts(Source.QBO, "revenue") == ("79", "80")


def test_code_equals_number_comes_before_equal_names() -> None:
    found = joined(
        cin7("1", "Stock"), cin7("2", "Goods"), qbo("a", "Goods", number="1"), qbo("b", "Stock"), qbo("c", " goods ")
    )
    assert found.qbo == {"1": ("a",)}  # "Goods" is the name of two, and "Stock" belongs to code 1, which has its number
    assert found.unmapped == ("2",)


def test_equal_names_join_in_any_case_and_spacing() -> None:
    assert joined(cin7("9", "Office  Expenses"), qbo("x", "office expenses")).qbo == {"9": ("x",)}


def test_names_that_two_accounts_have_join_nothing() -> None:
    assert joined(cin7("1", "Fees"), cin7("2", "fees"), qbo("x", "Fees")).qbo == {}
    assert joined(cin7("1", "Fees"), qbo("x", "Fees"), qbo("y", "FEES")).qbo == {}


def test_an_account_that_is_active_comes_before_one_that_is_not() -> None:
    assert joined(cin7("1", "Fees"), qbo("x", "Fees", active=False), qbo("y", "Fees")).qbo == {"1": ("y",)}


def test_an_account_that_was_made_inactive_keeps_its_name_but_for_what_quickbooks_adds() -> None:
    gone = qbo("1", "Freight Recovered (deleted)", active=False)
    assert joined(cin7("405", "Freight recovered"), gone).qbo["405"] == ("1",)
    assert joined(cin7("405", "Freight recovered"), gone, qbo("2", "Freight recovered")).qbo["405"] == ("2",)


def test_the_settings_map_what_nothing_else_does() -> None:
    config = Config(accounts={"1": "y"})
    assert joined(cin7("1", "Fees"), qbo("x", "Fees"), qbo("y", "Charges"), config=config).qbo == {"1": ("y",)}


def test_settings_that_name_what_does_not_exist_are_told_and_map_nothing() -> None:
    config = Config(accounts={"1": "zz", "7": "x"}, controls={"clearing": ("660",)})
    found = joined(cin7("1", "Fees"), qbo("x", "Charges"), config=config)
    assert found.qbo == {}
    assert found.faults == (
        "[controls] clearing: Cin7 has no account with the code '660'",
        "[accounts]: Cin7 has no account with the code '7'",
        "[accounts] '1': QuickBooks has no account with the id 'zz'",
    )


def test_a_control_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"\[controls\] stock: no such control. Use one of inventory"):
        joined(cin7("1", "Fees"), config=Config(controls={"stock": ("1",)}))


def test_receivable_and_payable_accounts_of_every_currency_join() -> None:
    found = joined(
        cin7("610", "Debtors", system="DEBTORS"),
        cin7("800", "Creditors", "LIABILITY", system="CREDITORS"),
        qbo("1", "A/R", "Accounts Receivable", number="610"),
        qbo("2", "A/R - EUR", "Accounts Receivable"),
        qbo("3", "A/P", "Accounts Payable"),
        qbo("4", "A/P - EUR", "Accounts Payable"),
    )
    assert found.accounts(Source.QBO, "receivables") == ("1", "2")
    assert found.accounts(Source.QBO, "payables") == ("3", "4")
    assert found.unmapped == ()


def test_an_income_account_that_only_qbo_has_joins_nothing() -> None:
    found = joined(cin7("200", "Sales", "REVENUE"), qbo("1", "Sales", "Income"), qbo("2", "Consulting", "Income"))
    assert found.accounts(Source.QBO, "revenue") == ("1",)


def test_the_qbo_type_is_the_last_rule() -> None:
    found = joined(
        cin7("300", "Purchases", "EXPENSE"),
        cin7("630", "Stock"),
        qbo("1", "Purchases", "Cost of Goods Sold"),
        qbo("2", "Stock", "Other Current Asset", "Inventory"),
    )
    assert found.cin7_control == {"300": "cogs", "630": "inventory"}


def test_behaviour_needs_to_know_the_inventory_by_its_qbo_type_only() -> None:
    stock = (cin7("630", "Stock"), qbo("2", "Stock", "Other Current Asset", "Inventory"))
    behaviours = (
        Behaviour("Sale", "300", "630", debits=True, credits=False),
        Behaviour("Purchase", "801", "630", debits=False, credits=True),
        Behaviour("Purchase", "090", "630", debits=False, credits=True),
        Behaviour("Stock Take", "320", "630", debits=True, credits=True),
        Behaviour("StockAdjustment", "320", "630", debits=True, credits=False),
        Behaviour("StockAdjustment", "970", "630", debits=False, credits=True),
        Behaviour("StockTake", "404", "630", debits=True, credits=False),
        Behaviour("Journal", "404", "800", debits=True, credits=False),
    )
    found = joined(
        *stock,
        cin7("300", "Cost", "EXPENSE"),
        cin7("801", "Accrued", "LIABILITY"),
        cin7("090", "Bank", kind="BANK"),
        cin7("320", "Shrinkage", "EXPENSE"),
        cin7("404", "Fees", "EXPENSE"),
        cin7("970", "Capital", "EQUITY"),
        behaviours=behaviours,
    )
    assert found.cin7_control == {
        "630": "inventory",
        "300": "cogs",
        "801": "accrued_purchases",
        "320": "inventory_adjustments",
        "404": "account:404",
        "970": "account:970",
    }


def test_opening_stock_against_equity_makes_no_adjustment_account() -> None:
    inputs = MapInputs((cin7("970", "Capital", "EQUITY"),), {}, {"inventory_adjustments": frozenset({"970"})})
    assert account_map(inputs, Config()).cin7_control == {"970": "account:970"}


def test_only_what_nothing_names_is_asked_for_its_behaviour() -> None:
    inputs = MapInputs(accounts(), PRODUCT_ACCOUNTS)
    assert undecided(inputs, Config()) == {"210", "320", "404", "801", "970"}


def test_directions_follow_the_control_and_the_class() -> None:
    found = mapped()
    assert {found.sign(name) for name in ("payables", "accrued_purchases", "revenue", "tax", "account:970")} == {-1}
    assert {found.sign(name) for name in ("inventory", "cogs", "receivables", "clearing", "account:404")} == {1}


def test_unclaimed_accounts_that_share_a_qbo_account_are_compared_as_one() -> None:
    config = Config(accounts={"1": "x", "2": "x"})
    found = joined(cin7("1", "Fees"), cin7("2", "Dues"), qbo("x", "Charges"), config=config)
    assert found.cin7_control == {"1": "account:1", "2": "account:1"}
    assert found.conflicts == ()


def test_named_controls_that_share_a_qbo_account_are_told() -> None:
    config = Config(accounts={"1": "x", "2": "x"}, controls={"inventory": ("1",), "cogs": ("2",)})
    found = joined(cin7("1", "Stock"), cin7("2", "Cost"), qbo("x", "Both"), config=config)
    assert (found.qbo_control, found.conflicts) == ({"x": "inventory"}, ("x",))


@given(st.integers(0, 10_000))
def test_the_order_of_accounts_makes_no_difference(seed: int) -> None:
    shuffled = list(accounts(CHART))
    random.Random(seed).shuffle(shuffled)
    inputs = MapInputs(accounts(CHART), PRODUCT_ACCOUNTS)
    assert account_map(replace(inputs, accounts=tuple(shuffled)), Config()) == account_map(inputs, Config())
