"""Each cause as it shows over the two APIs: what a reader of them finds, and what it must not find."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sync.domain.money import to_minor
from sync.sandbox.books import World
from sync.sandbox.breaks.expected import Expected, Finding
from sync.sandbox.breaks.table import BREAKS
from sync.sandbox.switches import Switches
from tests.sync.sandbox.breaking import TODAY, broken, company, entity, gaps, plain, posted


def only(expected: Expected, control: str) -> Finding:
    (found,) = [each for each in expected.findings if each.control == control]
    return found


def document(world: World, finding: Finding, place: int = 0) -> dict[str, Any]:
    return entity(world, finding.qbo[place].type, finding.qbo[place].id)


def opened(world: World) -> tuple[set[str], set[str]]:
    """All DocNumbers, and the ids that QBO says were deleted."""
    numbers = {row.get("DocNumber", "") for rows in world.qbo.entities.values() for row in rows}
    return numbers, {stub["Id"] for stub in world.qbo.deleted}


def test_a_missing_invoice_leaves_no_trace_and_stands_on_receivables_revenue_and_tax() -> None:
    world = plain(7)
    deleted = opened(world)[1]
    expected = broken(world, "missing_in_qbo", "invoice")
    numbers, gone = opened(world)
    receivable = only(expected, "receivables")
    assert receivable.cin7[0].reference not in numbers
    assert gone == deleted
    assert not receivable.qbo
    assert expected.controls() <= {"receivables", "revenue", "tax"}
    others = sum(expected.amount(control) for control in ("revenue", "tax"))
    assert receivable.amount() == others == receivable.cin7[0].amount > 0


def test_what_a_missing_payment_paid_is_still_open_in_qbo() -> None:
    world = plain(7)
    expected = broken(world, "missing_in_qbo", "payment")
    finding = only(expected, "receivables")
    row = next(each for each in world.qbo.entities["Invoice"] if each["DocNumber"] == finding.cin7[0].reference)
    assert to_minor(row["Balance"], "USD") == -finding.amount() > 0


def test_a_late_cost_that_never_came_is_late_cost_and_not_missing() -> None:
    expected = broken(plain(7), "late_cost")
    assert {each.cause for each in expected.findings} == {"late_cost"}
    assert expected.amount("cogs") == -expected.amount("inventory") != 0


@pytest.mark.parametrize("variant", BREAKS["deleted_in_qbo"])
def test_a_deleted_document_is_told_as_deleted_with_a_stamp_of_now(variant: str) -> None:
    world = plain(7)
    before = opened(world)[1]
    finding = broken(world, "deleted_in_qbo", variant).findings[0]
    stub = next(stub for stub in world.qbo.deleted if stub["Id"] == finding.qbo[0].id)
    assert stub["Id"] not in before
    assert stub["MetaData"]["LastUpdatedTime"][:10] in (f"{TODAY}", f"{TODAY + timedelta(1)}")
    assert finding.qbo[0].amount == 0
    assert finding.amount() == finding.cin7[0].amount
    assert finding.unseen == "missing_in_qbo"


@pytest.mark.parametrize("variant", BREAKS["voided_in_qbo"])
def test_a_document_voided_in_qbo_is_there_with_nothing_on_it(variant: str) -> None:
    world = plain(7)
    finding = broken(world, "voided_in_qbo", variant).findings[0]
    row = document(world, finding)
    assert row["TotalAmt"] == 0
    assert row["PrivateNote"].startswith("Voided")
    assert row["MetaData"]["LastUpdatedTime"] > row["MetaData"]["CreateTime"]
    assert not [each for each in world.qbo.postings if each.txn_id == row["Id"]]


@pytest.mark.parametrize("void", ["removed", "reversed"])
def test_a_sale_voided_in_cin7_alone_nets_to_nothing_there_and_lives_in_qbo(void: str) -> None:
    world = plain(7, void=void)
    expected = broken(world, "voided_in_cin7", "sale")
    finding = only(expected, "receivables")
    assert (finding.cin7[0].amount, finding.qbo[0].amount) == (0, -finding.amount())
    assert document(world, finding)["Balance"] > 0
    event = next(
        each for each in world.truth.events if each.part == "invoice" and each.number == finding.cin7[0].reference
    )
    row = next(
        each for each in world.cin7.lists["salelist"] if each["InvoiceNumber"] is None and _is(world, each, event)
    )
    assert row["Status"] == "VOIDED"
    assert bool(event.pairs) == (void == "reversed")


def _is(world: World, row: dict[str, Any], event: Any) -> bool:
    return event.number in {made["InvoiceNumber"] for made in world.cin7.details["sale"][row["SaleID"]]["Invoices"]}


@pytest.mark.parametrize("variant", BREAKS["duplicate_in_qbo"])
def test_a_duplicate_stands_before_the_kept_one_and_counts_against_qbo(variant: str) -> None:
    world = plain(7, journal_numbers="same")
    for finding in broken(world, "duplicate_in_qbo", variant).findings:
        surplus, kept = finding.qbo
        assert int(surplus.id) > int(kept.id)
        assert surplus.amount == kept.amount == finding.cin7[0].amount
        assert finding.amount() == -surplus.amount
        if "suffix" in variant:
            assert surplus.doc_number.startswith(kept.doc_number)
            assert surplus.doc_number != kept.doc_number
        else:
            assert surplus.doc_number == kept.doc_number


@pytest.mark.parametrize("variant", BREAKS["second_connector"])
def test_another_connectors_summary_is_the_sum_of_a_channel_day(variant: str) -> None:
    world = plain(7)
    expected = broken(world, "second_connector", variant)
    finding = only(expected, "revenue")
    found: dict[str, int] = {}
    for event in world.truth.events:
        if event.part == "invoice" and event.channel and event.day == finding.qbo[0].day:
            found[event.channel] = found.get(event.channel, 0) + sum(p.amount for p in event.pairs if p.credit != "820")
    assert finding.qbo[0].amount in found.values()
    assert finding.amount() == -finding.qbo[0].amount
    assert not finding.cin7
    assert expected.controls() <= {"revenue", "tax", "account:660"}


@pytest.mark.parametrize("variant", BREAKS["edited_in_qbo"])
def test_an_edit_bears_a_later_stamp_and_a_higher_token_and_a_plain_difference_does_not(variant: str) -> None:
    tokens = []
    for cause in ("edited_in_qbo", "amount_differs"):
        world = plain(7)
        before = {(kind, row["Id"]): row for kind, rows in world.qbo.entities.items() for row in rows if "Id" in row}
        finding = broken(world, cause, variant).findings[0]
        row, former = document(world, finding), before[finding.qbo[0].type, finding.qbo[0].id]
        tokens.append(int(row["SyncToken"]) - int(former["SyncToken"]))
        assert (row["MetaData"] == former["MetaData"]) == (cause == "amount_differs")
    assert tokens == [1, 0]


@pytest.mark.parametrize("variant", BREAKS["wrong_account"])
def test_a_wrong_account_gives_the_right_control_and_takes_from_the_wrong_one(variant: str) -> None:
    expected = broken(plain(7), "wrong_account", variant)
    if variant == "inside one control":
        (finding,) = expected.findings
        assert finding.amount() == 0
        assert finding.cin7[0].amount == finding.qbo[0].amount != 0
    elif variant == "across controls":
        first, second = expected.findings
        assert first.amount() != 0 != second.amount()
    else:
        (finding,) = expected.findings
        assert finding.amount() != 0


def test_a_cost_account_of_the_wrong_type_keeps_every_figure() -> None:
    world = plain(7)
    before = gaps(world)
    (finding,) = broken(world, "wrong_account_type").findings
    (own,) = world.truth.qbo_account[finding.subject]
    assert entity(world, "Account", own)["AccountType"] == "Expense"
    assert (finding.control, finding.amount(), gaps(world)) == ("cogs", 0, before)


@pytest.mark.parametrize("variant", ["invoice, later in QBO", "cost, earlier in QBO", "bill, later in QBO"])
def test_a_document_over_the_periods_end_counts_once_in_each_period(variant: str) -> None:
    world = company(3, switches=Switches(), currency="USD")
    for finding in broken(world, "different_period", variant).findings:
        (ours,), (theirs,) = finding.cin7, finding.qbo
        assert (ours.day < theirs.day) == variant.endswith("later in QBO")
        assert (ours.day.month, ours.amount) != (theirs.day.month, theirs.amount)
        assert finding.amount() == 0
        assert finding.amount(ours.day, ours.day) == ours.amount
        assert finding.amount(theirs.day, theirs.day) == -theirs.amount


def test_another_rate_leaves_the_foreign_amount_as_it_was() -> None:
    world = company(3, switches=Switches(), currency="USD")
    finding = broken(world, "exchange_rate_differs", "document").findings[0]
    row = document(world, finding)
    number = finding.cin7[0].reference
    rates = {made["CurrencyConversionRate"] for made in _papers(world, number)}
    totals = {made["Total"] for made in _papers(world, number)}
    assert row["TotalAmt"] in totals
    assert row["ExchangeRate"] not in rates
    assert row["HomeTotalAmt"] != row["TotalAmt"]


def _papers(world: World, number: str) -> list[dict[str, Any]]:
    """The Cin7 invoice, or the bill, of this number."""
    sales = [made for own in world.cin7.details["sale"] for made in world.cin7.details["sale"][own]["Invoices"]]
    path = world.cin7.details["advanced-purchase"]
    bills = [made for own in path for made in path[own]["Invoice"]]
    return [made for made in sales + bills if made["InvoiceNumber"] == number]


def test_another_rate_of_a_payment_moves_the_currency_gain_alone() -> None:
    expected = broken(company(3, switches=Switches(), currency="USD"), "exchange_rate_differs", "payment")
    assert expected.controls() == {"account:497"}


def test_another_tax_leaves_the_net_as_it_was() -> None:
    world = plain(7)
    expected = broken(world, "tax_differs")
    tax, other = only(expected, "tax"), only(expected, next(iter(expected.controls() - {"tax"})))
    assert other.control in ("receivables", "payables")
    assert abs(tax.amount()) == abs(other.amount()) > 20


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
def test_rounding_is_one_minor_unit_of_any_currency(currency: str) -> None:
    for variant in BREAKS["rounding"]:
        expected = broken(company(6, switches=Switches(), currency=currency), "rounding", variant)
        assert {abs(each.amount()) for each in expected.findings} == {1}
        assert all(each.summed for each in expected.findings)


@pytest.mark.parametrize("span", ["day", "month"])
@pytest.mark.parametrize("variant", BREAKS["consolidation_differs"])
def test_a_summary_that_differs_lists_all_its_documents(variant: str, span: str) -> None:
    world = plain(7, consolidation=span)
    for finding in broken(world, "consolidation_differs", variant).findings:
        (journal,) = finding.qbo
        assert len(finding.cin7) > 1
        assert finding.amount() == sum(each.amount for each in finding.cin7) - journal.amount != 0
        row = document(world, finding)
        assert posted(world, row["Id"], finding.control or "") == journal.amount
