from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from sync.domain.accounts import AccountClass, Source
from sync.domain.period import Period
from sync.errors import TooLarge, UnexpectedPayload
from sync.qbo.ledger import Ledger, ledger_columns, read_ledger
from sync.qbo.reports import Report

from .trees import Account, cell, ledger

JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31))
CLASSES = {
    "ar": AccountClass.ASSET,
    "ap": AccountClass.LIABILITY,
    "equity": AccountClass.EQUITY,
    "sales": AccountClass.REVENUE,
    "cogs": AccountClass.EXPENSE,
}
SPLIT_SIDES = ("subt_nat_amount", "rbal_nat_amount", "debt_amt", "credit_amt")


def read(report: Report, **changes: Any) -> Ledger:
    given = {"classes": CLASSES, "currency": "USD", "multi_currency": False, **changes}
    return read_ledger(report, JANUARY, **given)


def totals(found: Ledger) -> dict[str, int]:
    sums = Counter[str]()
    for posting in found.postings:
        sums[posting.account] += posting.amount
    return dict(sums)


def test_natural_amounts_become_debit_positive_by_class() -> None:
    found = read(
        ledger(
            [
                Account("ar", [{"nat": 12000}]),
                Account("sales", [{"nat": 10000}]),
                Account("ap", [{"nat": 2000}]),
            ]
        )
    )
    assert totals(found) == {"ar": 12000, "sales": -10000, "ap": -2000}


def test_a_posting_carries_document_kind_number_names_and_the_other_account() -> None:
    row = {
        "nat": 500,
        "txn": "91",
        "kind": "Bill Payment (Check)",
        "day": "2026-01-09",
        "number": "10",
        "name": "Acme",
        "memo": "part of May",
        "split": cell("Accounts Payable", "ap"),
    }
    found = read(ledger([Account("ar", [row]), Account("ap", [{**row, "split": cell("-Split-", "")}])]))
    first, second = found.postings
    assert (first.source, first.day, first.document, first.kind) == (Source.QBO, date(2026, 1, 9), "91", "BillPayment")
    assert (first.number, first.name, first.memo, first.counter) == ("10", "Acme", "part of May", "ap")
    assert second.counter == ""


def test_a_parents_own_postings_belong_to_the_parent() -> None:
    child = Account("cogs", [{"nat": 300}])
    found = read(ledger([Account("sales", [{"nat": 300}], [child])]))
    assert totals(found) == {"sales": -300, "cogs": 300}


def test_a_parent_without_own_postings_has_no_id_and_gets_none() -> None:
    found = read(ledger([Account("group", [], [Account("ar", [{"nat": 5}]), Account("sales", [{"nat": 5}])])]))
    assert totals(found) == {"ar": 5, "sales": -5}


def test_an_opening_balance_is_no_posting() -> None:
    keys = ("subt_nat_amount", "rbal_nat_amount")
    found = read(ledger([Account("ar", [], opening=97600), Account("ap", [], opening=160267)], money_keys=keys))
    assert found.postings == []
    assert found.openings == {"ar": 97600, "ap": -160267}


def test_debit_and_credit_columns_need_no_class() -> None:
    report = ledger(
        [Account("new", [{"nat": -5, "debt": 700, "credit": 0}]), Account("ap", [{"nat": 700, "credit": 700}])],
        money_keys=SPLIT_SIDES,
    )
    assert totals(read(report, classes={})) == {"new": 700, "ap": -700}


def test_an_account_without_class_is_refused_where_the_sign_depends_on_it() -> None:
    with pytest.raises(UnexpectedPayload, match="names account new, which is not in the chart"):
        read(ledger([Account("new", [{"nat": 5}]), Account("sales", [{"nat": 5}])]))


def test_a_multi_currency_company_is_read_in_home_currency() -> None:
    assert "subt_nat_home_amount" in ledger_columns(multi_currency=True)
    rows = [Account("ar", [{"nat": 110}]), Account("sales", [{"nat": 110}])]
    report = ledger(rows, money_keys=("subt_nat_amount", "subt_nat_home_amount"))
    for row in report.rows:
        assert row.Rows
        assert row.Rows.Row
        told = bytes(row.Rows.Row[0])
        assert told.count(b"1.10") == 2
        row.Rows.Row[0] = Raw(told.replace(b"1.10", b"999.99", 1))  # the amount in the transaction's own currency
    assert totals(read(report, multi_currency=True)) == {"ar": 110, "sales": -110}


def test_the_only_amounts_that_there_are_are_read(caplog: pytest.LogCaptureFixture) -> None:
    rows = [Account("ar", [{"nat": 110}]), Account("sales", [{"nat": 110}])]
    assert totals(read(ledger(rows), multi_currency=True)) == {"ar": 110, "sales": -110}
    assert "without home currency columns" in caplog.text
    home = ("debt_home_amt", "credit_home_amt")
    both = [Account("ar", [{"debt": 7}]), Account("sales", [{"credit": 7}])]
    assert totals(read(ledger(both, money_keys=home))) == {"ar": 7, "sales": -7}
    with pytest.raises(UnexpectedPayload, match="none of the columns subt_nat_amount"):
        read(ledger(rows, money_keys=()))


def test_the_currencys_digits_are_kept() -> None:
    rows = [Account("ar", [{"nat": 1234}]), Account("sales", [{"nat": 1234}])]
    assert totals(read(ledger(rows, currency="JPY"), currency="JPY")) == {"ar": 1234, "sales": -1234}
    assert totals(read(ledger(rows, currency="KWD"), currency="KWD")) == {"ar": 1234, "sales": -1234}


def test_rows_that_are_missing_are_noticed_by_the_sections_total() -> None:
    report = ledger([Account("ar", [{"nat": 5}, {"nat": 7}]), Account("sales", [{"nat": 12}])])
    section = report.rows[0].Rows
    assert section is not None
    assert section.Row is not None
    section.Row.pop()
    with pytest.raises(UnexpectedPayload, match=r"says 0.12, but the rows received add up to 0.05"):
        read(report)


def test_a_section_that_is_missing_is_noticed_by_the_balance() -> None:
    report = ledger([Account("ar", [{"nat": 5}]), Account("sales", [{"nat": 5}])])
    report.rows.pop()
    with pytest.raises(UnexpectedPayload, match=r"exceed its credits by 0.05"):
        read(report)


@pytest.mark.parametrize("txn", ["", "1"])
def test_a_cut_ledger_is_too_large(txn: str) -> None:
    said = "Unable to display more data. Please reduce the date range."
    with pytest.raises(TooLarge):
        read(ledger([Account("ar", [{"nat": 0, "txn": txn, "kind": "", "day": said}])]))


@pytest.mark.parametrize(("day", "words"), [("2026-02-01", "not asked for"), ("31/01/2026", "is no date")])
def test_a_day_that_cannot_be_is_refused(day: str, words: str) -> None:
    with pytest.raises(UnexpectedPayload, match=words):
        read(ledger([Account("ar", [{"nat": 5, "day": day}])]))


def test_rows_on_no_account_are_left_out_only_when_they_post_nothing() -> None:
    report = ledger([Account("ar", [{"nat": 0, "txn": "74"}])])
    header = report.rows[0].Header
    assert header is not None
    assert header.ColData is not None
    header.ColData[0].id = None
    assert read(report).postings == []


def test_an_empty_ledger_is_no_error() -> None:
    assert read(ledger([])) == Ledger(JANUARY, "USD", [], {})


@st.composite
def books(draw: st.DrawFn) -> list[Account]:
    """Accounts in a tree, with documents that balance."""
    names = list(CLASSES)
    accounts = {name: Account(name) for name in names}
    for number in range(draw(st.integers(0, 8))):
        shares = draw(st.lists(st.tuples(st.sampled_from(names), st.integers(-(10**9), 10**9)), min_size=1, max_size=4))
        shares.append((draw(st.sampled_from(names)), -sum(amount for _, amount in shares)))
        for name, amount in shares:
            natural = amount if CLASSES[name].debit_positive else -amount
            debt, credit = max(amount, 0), max(-amount, 0)
            row = {"txn": str(number), "nat": natural, "debt": debt, "credit": credit, "debit positive": amount}
            accounts[name].postings.append(row)
    if draw(st.booleans()):
        accounts["sales"].children.append(accounts.pop("equity"))
    order = draw(st.permutations(list(accounts.values())))
    return list(order)


def posted(accounts: list[Account]) -> dict[str, int]:
    found = {account.id: sum(row["debit positive"] for row in account.postings) for account in accounts}
    for account in accounts:
        found |= posted(account.children)
    return {name: amount for name, amount in found.items() if amount}


@given(books(), st.sampled_from([("subt_nat_amount",), SPLIT_SIDES]))
def test_what_is_posted_is_what_is_read_in_any_order_and_form(accounts: list[Account], keys: tuple[str, ...]) -> None:
    found = read(ledger(accounts, money_keys=keys))
    assert {name: amount for name, amount in totals(found).items() if amount} == posted(accounts)
    assert sum(totals(found).values()) == 0
