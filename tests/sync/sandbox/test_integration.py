"""What the practice company's integration makes in QBO of what happens in Cin7, under each way it might work."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pytest

from sync.domain.money import to_minor
from sync.sandbox.books import Event, World
from sync.sandbox.generate import build
from sync.sandbox.qbo_numbers import NAMES, journal_number
from sync.sandbox.switches import Switches

TODAY = date(2026, 3, 17)


@lru_cache(maxsize=6)
def company(**switches: Any) -> World:
    return build(8, today=TODAY, months=6, switches=replace(Switches(), **switches))


def entity(world: World, kind: str) -> dict[str, dict[str, Any]]:
    return {row["Id"]: row for row in world.qbo.entities[kind]}


def events(world: World, part: str, *, voided: bool = False) -> list[Event]:
    found = [event for event in world.truth.events if event.part == part and event.voided == voided]
    assert found, f"no {part} (voided={voided}) in this company: choose another seed"
    return found


def became(world: World, event: Event) -> list[tuple[str, dict[str, Any] | None]]:
    """What an event became in QBO, None for what is gone."""
    return [(kind, entity(world, kind).get(own)) for kind, own in event.qbo]


def test_an_invoice_keeps_its_number_day_and_total() -> None:
    world = company()
    for event in events(world, "invoice"):
        (kind, invoice), *_ = became(world, event)[-1:]
        assert kind == "Invoice"
        assert invoice is not None
        assert (invoice["DocNumber"], invoice["TxnDate"]) == (event.number, event.day.isoformat())
        home = invoice.get("HomeTotalAmt", invoice["TotalAmt"])
        assert to_minor(home, "USD") == sum(pair.amount for pair in event.pairs)


def test_a_payment_is_linked_to_its_invoice_and_the_invoice_to_it() -> None:
    world = company()
    invoices = entity(world, "Invoice")
    for event in events(world, "payment"):
        ((kind, payment),) = became(world, event)
        assert kind == "Payment"
        assert payment is not None
        link = payment["Line"][0]["LinkedTxn"][0]
        assert link["TxnType"] == "Invoice"
        invoice = invoices[link["TxnId"]]
        assert {"TxnType": "Payment", "TxnId": payment["Id"]} in invoice["LinkedTxn"]
        assert invoice["MetaData"]["LastUpdatedTime"] >= payment["MetaData"]["CreateTime"]
        assert int(invoice["SyncToken"]) >= 1


def test_what_an_invoice_still_owes_is_its_total_less_what_is_linked() -> None:
    world = company()
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for payment in world.qbo.entities["Payment"]:
        for line in payment["Line"]:
            for link in line["LinkedTxn"]:
                if link["TxnType"] == "Invoice":
                    paid[link["TxnId"]] += line["Amount"]
    for invoice in world.qbo.entities["Invoice"]:
        assert invoice["Balance"] == invoice["TotalAmt"] - paid[invoice["Id"]], invoice["DocNumber"]


def test_lines_of_every_document_add_up_to_its_total() -> None:
    world = company()
    for kind in ("Invoice", "CreditMemo", "RefundReceipt", "Bill", "VendorCredit", "Purchase", "SalesReceipt"):
        for row in world.qbo.entities[kind]:
            lines = [line["Amount"] for line in row["Line"] if line["DetailType"] != "SubTotalLineDetail"]
            assert sum(lines) + row.get("TxnTaxDetail", {}).get("TotalTax", 0) == row["TotalAmt"], (kind, row["Id"])


def test_journals_have_equal_debits_and_credits() -> None:
    for row in company().qbo.entities["JournalEntry"]:
        sums = {"Debit": Decimal(0), "Credit": Decimal(0)}
        for line in row["Line"]:
            assert line["Amount"] > 0
            sums[line["JournalEntryLineDetail"]["PostingType"]] += line["Amount"]
        assert sums["Debit"] == sums["Credit"]


def test_a_foreign_invoice_is_home_money_at_its_rate_on_its_own_receivable_account() -> None:
    world = company()
    names = {row["Id"]: row["Name"] for row in world.qbo.entities["Account"]}
    foreign = [row for row in world.qbo.entities["Invoice"] if row["CurrencyRef"]["value"] != "USD"]
    assert foreign
    for row in foreign:
        currency = row["CurrencyRef"]["value"]
        lines = [each for each in world.qbo.postings if each.txn_id == row["Id"]]
        (receivable,) = [each for each in lines if each.amount > 0]
        assert names[receivable.account_id] == f"Accounts Receivable - {currency}"
        assert receivable.foreign == to_minor(row["TotalAmt"], currency)
        assert receivable.amount == to_minor(row["HomeTotalAmt"], "USD")
        assert abs(row["TotalAmt"] * row["ExchangeRate"] - row["HomeTotalAmt"]) <= Decimal("0.01") * len(lines)


def test_a_foreign_payment_posts_what_the_rate_moved_as_a_currency_gain() -> None:
    world = company()
    gains = world.truth.qbo_account["497"]
    payments = entity(world, "Payment")
    moved = [each for each in world.qbo.postings if each.account_id in gains]
    assert moved
    assert any(payments.get(each.txn_id, {}).get("ExchangeRate", 1) != 1 for each in moved)


@pytest.mark.parametrize(
    ("way", "found"),
    [("delete", "deleted"), ("void", "voided"), ("reverse", "reversed"), ("credit", "credited")],
)
def test_a_voided_sale_shows_in_qbo_as_the_switch_says(way: str, found: str) -> None:
    world = company(voids_to_qbo=way)
    seen = set()
    for event in events(world, "invoice", voided=True):
        (_, invoice), *rest = became(world, event)
        if invoice is None:
            assert event.qbo[0][1] in {stub["Id"] for stub in world.qbo.deleted}
            seen.add("deleted")
            continue
        assert invoice["Balance"] == 0
        if invoice["TotalAmt"] == 0:
            assert invoice["PrivateNote"].startswith("Voided")
            assert all(line["Amount"] == 0 for line in invoice["Line"])
            seen.add("voided")
        else:
            ((kind, answer),) = rest
            assert answer is not None
            seen.add({"JournalEntry": "reversed", "CreditMemo": "credited"}[kind])
    assert found in seen


@pytest.mark.parametrize("void", ["removed", "reversed"])
def test_a_void_in_cin7_removes_its_rows_or_answers_them(void: str) -> None:
    world = company(void=void)
    for event in events(world, "invoice", voided=True):
        assert sum(pair.amount for pair in event.pairs) == 0
        assert bool(event.pairs) == (void == "reversed")
    assert any(row["Amount"] < 0 for row in world.cin7.lists["transactions"]) == (void == "reversed")


def test_an_invoice_authorised_again_stands_in_qbo_with_its_new_amount() -> None:
    world = company()
    voided = {event.number for event in events(world, "invoice", voided=True)}
    again = [event for event in events(world, "invoice") if event.number in voided]
    assert again
    for event in again:
        live = [row for row in world.qbo.entities["Invoice"] if row["DocNumber"] == event.number]
        assert len(live) == 1


@pytest.mark.parametrize("span", ["day", "month"])
def test_channel_sales_are_one_journal_for_each_channel_and_span(span: str) -> None:
    world = company(consolidation=span)
    of_channels = [event for event in world.truth.events if event.channel and event.part == "invoice"]
    assert of_channels
    keys = defaultdict(set)
    for event in of_channels:
        ((kind, own),) = event.qbo
        assert kind == "JournalEntry"
        keys[event.channel, event.day if span == "day" else event.day.replace(day=1)].add(own)
    assert all(len(own) == 1 for own in keys.values())
    assert len({own for each in keys.values() for own in each}) == len(keys)


def test_other_sales_stay_single_when_channels_are_consolidated() -> None:
    world = company(consolidation="day")
    assert {kind for event in events(world, "invoice") if not event.channel for kind, _ in event.qbo} == {"Invoice"}


@pytest.mark.parametrize("way", ["refund_receipt", "expense"])
def test_a_refund_is_a_receipt_or_an_expense_on_receivables(way: str) -> None:
    world = company(refunds_to_qbo=way)
    for event in events(world, "refund"):
        assert event.qbo[0][0] == ("RefundReceipt" if way == "refund_receipt" else "Purchase")


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("same", ("INV-00012", "Cost of sale", "Cost of sale")),
        ("prefixed", ("COGS-INV-00012", "Cost of sale", "Cost of sale")),
        ("none", ("", "Cost of sale INV-00012", "Cost of sale")),
        ("line", ("", "Cost of sale", "Cost of sale INV-00012")),
        ("cut", ("Cost of sale INV-0001", "Cost of sale INV-00012", "Cost of sale")),
    ],
)
def test_a_cost_journal_is_numbered_in_each_style(style: Any, expected: tuple[str, str, str]) -> None:
    assert journal_number(style, "cost", "INV-00012") == expected


@pytest.mark.parametrize("part", NAMES)
@pytest.mark.parametrize("style", ["same", "prefixed", "none", "line", "cut"])
def test_no_journal_number_is_longer_than_qbo_allows(style: Any, part: str) -> None:
    assert len(journal_number(style, part, "INV-1234567890-1234567890")[0]) <= 21


def test_customers_owe_what_their_receivables_say() -> None:
    world = company()
    total = sum(row["Balance"] for row in world.qbo.entities["Customer"] if row["CurrencyRef"]["value"] == "USD")
    account = next(row for row in world.qbo.entities["Account"] if row["Name"] == "Accounts Receivable")
    assert account["CurrentBalance"] == total != 0
