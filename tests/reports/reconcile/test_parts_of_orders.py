"""Orders that are shipped and invoiced in parts, whose costs and journals bear the order's number."""

from __future__ import annotations

from datetime import date

from reports.reconcile.documents import Header
from reports.reconcile.explain import Explained
from sync.domain.accounts import Source
from sync.domain.period import Period
from tests.reports.reconcile.pictures import examined, told

PARTS = """
2026-01-05 Sale s1 INV-1 610 200 100.00
2026-01-05 Sale s1 {} 310 630 60.00
2026-01-20 Sale s1 INV-2 610 200 50.00
2026-01-{} Sale s1 {} 310 630 30.00
qbo 2026-01-05 Invoice 7 INV-1 84:100.00 79:-100.00
qbo 2026-01-05 JournalEntry 8 SO-1 82:60.00 85:-60.00
qbo 2026-01-20 Invoice 9 INV-2 84:50.00 79:-50.00
qbo 2026-01-{} JournalEntry 10 SO-1 82:30.00 85:-30.00
"""
DONE = "type=Advanced Sale; ship=SHIPPED; invoice=INVOICED"
ORDER = Header(
    Source.CIN7, "Sale", "s1", "SO-1", name="Harbor Home", invoice="INV-1", total=15000, version=DONE,
    day=date(2026, 1, 5),
)  # fmt: skip


def _timing(found: Explained) -> list[tuple[str, str]]:
    return sorted((each.cause, each.cin7[0].reference) for each in found.findings if each.nature == "timing")


def test_two_journals_of_an_orders_number_are_its_two_shipments_and_no_duplicate() -> None:
    found = examined(PARTS.format("INV-1", 20, "INV-2", 20), ORDER)
    assert (told(found), found.ambiguous, _timing(found)) == ([], (), [])


def test_shipments_that_bear_the_orders_number_are_invoiced_as_often_as_invoices_are_posted() -> None:
    found = examined(PARTS.format("SO-1", 20, "SO-1", 20), ORDER)
    assert (told(found), found.ambiguous, _timing(found)) == ([], (), [])


def test_of_such_shipments_the_one_whose_invoice_comes_after_the_period_waits() -> None:
    first = Period(date(2026, 1, 1), date(2026, 1, 17))
    found = examined(PARTS.format("SO-1", 15, "SO-1", 15), ORDER, period=first)
    assert _timing(found) == [("shipped_not_invoiced", "SO-1")]
    assert [each.cin7[0].day.day for each in found.findings if each.nature == "timing"] == [15]


def test_of_such_invoices_the_one_whose_shipment_comes_after_the_period_waits() -> None:
    first = Period(date(2026, 1, 1), date(2026, 1, 22))
    found = examined(PARTS.format("SO-1", 25, "SO-1", 25), ORDER, period=first)
    assert _timing(found) == [("invoiced_not_shipped", "INV-2")]
