"""Every recorded payload of Cin7's that we read goes through the client and its translation; the rest is named."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from sync.cin7 import details, to_domain, wire
from sync.cin7.client import Cin7Client
from sync.cin7.resources import BY_NAME
from sync.domain.documents import Document
from sync.domain.money import to_minor
from sync.transport import Tally
from tests.sync.cin7.conftest import Make

pytestmark = pytest.mark.samples

LISTS = {
    "ref_account": "accounts",
    "ref_location": "locations",
    "product": "products",
    "ref_productavailability": "availability",
    "transactions": "transactions",
    "saleList": "sales",
    "saleCreditNoteList": "sale_credit_notes",
    "purchaseList": "purchases",
    "purchaseCreditNoteList": "purchase_credit_notes",
    "stockadjustmentList": "stock_adjustments",
    "stockTakeList": "stock_takes",
    "stockTransferList": "stock_transfers",
    "inventoryWriteOffList": "write_offs",
    "finishedGoodsList": "finished_goods",
    "disassemblyList": "disassemblies",
    "production_orderList": "production_orders",
    "journal": "journals",
    "journal.delete": "journals",
    "moneyTaskList": "money_tasks",
    "customer": "customers",
    "supplier": "suppliers",
}
DETAILS = {
    "sale": "sales",
    "sale.delete": "sales",
    "advanced_purchase": "purchases",
    "advanced_purchase.delete": "purchases",
    "purchase": "purchases",
    "purchase.delete": "purchases",
    "stockadjustment": "stock_adjustments",
    "stockadjustment.delete": "stock_adjustments",
    "stocktake": "stock_takes",
    "stocktake.delete": "stock_takes",
    "stockTransfer": "stock_transfers",
    "stockTransfer.delete": "stock_transfers",
    "inventoryWriteOff": "write_offs",
    "inventoryWriteOff.delete": "write_offs",
    "finishedGoods": "finished_goods",
    "finishedGoods.delete": "finished_goods",
    "disassembly": "disassemblies",
    "disassembly.delete": "disassemblies",
    "production_order": "production_orders",
    "moneyOperation": "money_tasks",
    "moneyOperation.delete": "money_tasks",
    "bankTransfer": "money_tasks",
    "bankTransfer.delete": "money_tasks",
    "journal": "journals",
}
# Why the others are not read: one GET of the whole document has all of it; or it is a list that Tieout has no use
# for; or it belongs to writing or to webhooks, which Tieout does neither of.
OTHERS: tuple[tuple[str, str], ...] = (
    ("me", "has its own test below"),
    ("sale_", "a part of a sale; GET sale has it"),
    ("purchase_", "a part of a purchase; GET advanced-purchase has it"),
    ("advanced_purchase_", "a part of a purchase; GET advanced-purchase has it"),
    ("finishedGoods_", "a part of an assembly"),
    ("disassembly_", "a part of a disassembly"),
    ("stockTransfer_", "a part of a transfer"),
    ("production_order_run", "runs of a production order"),
    ("ref_", "a list that Tieout has no use for"),
    ("product_suppliers", "a list that Tieout has no use for"),
    ("productFamily", "a list that Tieout has no use for"),
    ("webhook", "Tieout polls"),
    ("finishedGoods.post", "an answer to writing"),
    ("inventoryWriteOff.post", "an answer to writing"),
    ("journal.post", "an answer to writing"),
    ("moneyOperation.post", "an answer to writing"),
)

Load = Callable[[str], tuple[Cin7Client, Any]]


@pytest.fixture
def load(samples: Path, client: Make) -> Load:
    """A client that is answered with this sample whatever it asks, and the sample itself."""

    def loaded(name: str) -> tuple[Cin7Client, Any]:
        body = (samples / "cin7" / f"{name}.json").read_bytes()
        answer = client(lambda request: httpx.Response(200, content=body, headers={"Content-Type": "application/json"}))
        return answer, wire.decode(body)

    return loaded


def test_every_recorded_payload_is_read_or_named(samples: Path) -> None:
    names = {path.name.removesuffix(".json") for path in (samples / "cin7").glob("*.json")}
    left = names - LISTS.keys() - DETAILS.keys()
    assert {name for name in left if not any(name.startswith(start) for start, _ in OTHERS)} == set()
    assert (LISTS.keys() | DETAILS.keys()) - names == set()


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_read_whole_and_its_rows_are_translated(load: Load, name: str) -> None:
    cin7, payload = load(name)
    resource = BY_NAME[LISTS[name]]
    page = cin7.page(resource, tally=Tally())
    recorded = next(value for value in payload.values() if isinstance(value, list))
    assert page.rows == recorded
    assert page.total == payload.get("Total", 6)
    if resource.ids:
        assert len({resource.key(row) for row in page.rows}) == len(page.rows)
    for row in page.rows:
        if resource.kind:
            found = to_domain.document(resource, row, "USD")
            assert (found.id, found.kind) == (resource.key(row), resource.kind)
            assert found.status in {str(value) for value in row.values()}
            assert bool(found.updated) == bool(resource.cursor and row.get(resource.cursor))
            assert found.updated == to_domain.modified(resource, row)


@pytest.mark.parametrize("name", DETAILS)
def test_a_document_is_read_whole_and_translated(load: Load, name: str) -> None:
    cin7, payload = load(name)
    resource = BY_NAME[DETAILS[name]]
    whole = cin7.detail(resource, "x", tally=Tally())
    envelope = resource.details[0].lists
    assert whole == (payload[envelope[0]][0] if envelope else payload)
    found = details.detail(resource, whole, "USD")
    assert found.id
    assert found.status
    assert found.voided == (found.status.upper() == "VOIDED")
    assert [line.position for line in found.lines] == list(range(len(found.lines)))


def count(found: Document, section: str) -> int:
    return sum(line.section.startswith(section) for line in found.lines)


@pytest.mark.parametrize("name", ["sale", "sale.delete"])
def test_no_line_of_a_sale_is_lost(load: Load, name: str) -> None:
    cin7, payload = load(name)
    found = details.sale(cin7.detail(BY_NAME["sales"], "x", tally=Tally()), "RUB")
    invoices, notes = payload["Invoices"], payload["CreditNotes"]
    assert count(found, "Invoice") == sum(len(part["Lines"]) + len(part["AdditionalCharges"]) for part in invoices)
    assert count(found, "CreditNote") == sum(len(part["Lines"]) + len(part["AdditionalCharges"]) for part in notes)
    assert count(found, "Refund") == sum(len(part["Refunds"]) for part in notes)
    assert count(found, "Restock") == sum(len(part["Restock"]) for part in notes)
    assert count(found, "Movement") == len(payload["InventoryMovements"])
    assert count(found, "Transaction") == 2 * len(payload.get("Transactions", []))
    picked = sum(len(part["Pick"]["Lines"]) for part in payload["Fulfilments"])
    assert count(found, "Fulfilment") + count(found, "Pick") == picked
    live = [part for part in invoices if part["Status"] == "AUTHORISED"]
    amount = sum(line.amount or 0 for line in found.lines if line.section == "Invoice")
    assert amount == sum(to_minor(part["TotalBeforeTax"], "RUB") for part in live)
    assert all(line.sku for line in found.lines if line.section == "Movement" and live)


def test_no_line_of_a_purchase_is_lost(load: Load) -> None:
    cin7, payload = load("advanced_purchase")
    found = details.purchase(cin7.detail(BY_NAME["purchases"], "x", tally=Tally()), "USD")
    for section, key, inner in (
        ("Received", "StockReceived", "Lines"),
        ("PutAway", "PutAway", "Lines"),
        ("Invoice", "Invoice", "Lines"),
        ("Payment", "Invoice", "Payments"),
        ("CreditNote", "CreditNote", "Lines"),
        ("Refund", "CreditNote", "Refunds"),
        ("Unstock", "CreditNote", "Unstock"),
    ):
        assert count(found, section) == sum(len(part[inner]) for part in payload[key])
    assert sum(line.cost or 0 for line in found.lines if line.section == "Movement") == to_minor(
        sum((Decimal(row["COGS"]) for row in payload["InventoryMovements"]), Decimal(0)), "USD"
    )
    assert found.balance == 0


def test_the_misspelled_invoice_number_of_a_simple_purchase_is_found(load: Load) -> None:
    cin7, payload = load("purchase")
    found = details.purchase(cin7.detail(BY_NAME["purchases"], "x", tally=Tally()), "RUB")
    assert found.invoice
    assert found.invoice == payload["Invoice"]["InvocieNumber"]


def test_ledger_rows_become_balanced_pairs(load: Load) -> None:
    cin7, payload = load("transactions")
    rows = cin7.page(BY_NAME["transactions"], tally=Tally()).rows
    sides = [side for row in rows for side in to_domain.postings(row, "USD")]
    assert sum(side.amount for side in sides) == 0
    debits = sum(to_minor(row["Amount"], "USD") for row in payload["Transactions"])
    assert sum(side.amount for side in sides[::2]) == debits
    # The customer's own name has a dash in it.
    assert {f"{side.name} - {side.number.split('/')[0]}" for side in sides} == {row["Transaction"] for row in rows}
    assert not any(to_domain.digits_lost(row, "USD") for row in rows)


def test_reference_lists_are_translated(load: Load) -> None:
    def rows(sample: str, name: str) -> list[dict[str, Any]]:
        return load(sample)[0].page(BY_NAME[name], tally=Tally()).rows

    accounts = [to_domain.account(row) for row in rows("ref_account", "accounts")]
    assert all(account.klass.value and account.active for account in accounts)
    assert {account.system for account in accounts} == {"CREDITORS", "DEBTORS", ""}
    places = [place for row in rows("ref_location", "locations") for place in to_domain.locations(row)]
    assert all(place.id == place.id.lower() for place in places)
    assert {place.parent for place in places} <= {place.id for place in places} | {""}
    (row,) = rows("product", "products")
    product, movements = to_domain.product(row), to_domain.movements(row)
    assert product.tracks_quantity
    assert [movement.sku for movement in movements] == [product.sku] * len(row["Movements"])
    levels = [to_domain.stock_level(row) for row in rows("ref_productavailability", "availability")]
    assert all(level.location and level.value == 0 for level in levels)


def test_the_company(load: Load) -> None:
    cin7, payload = load("me")
    facts = cin7.me(tally=Tally())
    assert (facts.company, facts.currency, facts.time_zone) == (
        payload["Company"],
        payload["Currency"],
        payload["TimeZone"],
    )
    assert (facts.lock_day, facts.notes) == (None, ())
    assert str(facts.opening_day) == payload["OpeningBalanceDate"][:10]
