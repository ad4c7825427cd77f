"""The tie-out in words: causes by money, the largest documents, and what nobody knows."""

from __future__ import annotations

from dataclasses import replace

from reports.reconcile.findings import Cin7Document, Finding, OpenSet
from reports.reconcile.telling import finding_lines
from tests.reports.ledgers import JANUARY

ERROR = Finding(
    "f1", "r1", "missing_in_qbo", "error", "revenue", 3000, "INV-2", "certain", "Not in QuickBooks.", "Sync."
)
WAITING = Finding(
    "t1", "t1", "invoiced_not_shipped", "timing", "cogs", 0, "INV-5", "strong", "", "", at_stake=900
)  # fmt: skip


def told(*findings: Finding, ambiguous: tuple[OpenSet, ...] = ()) -> str:
    return "\n".join(finding_lines(findings, ambiguous, "USD"))


def test_thirty_sales_that_wait_are_one_line_with_the_largest_three() -> None:
    many = [replace(WAITING, id=str(n), root=str(n), subject=f"INV-{n}", at_stake=100 + n) for n in range(30)]
    text = told(*many)
    assert text.count("INV-") == 3
    assert "INV-29 1.29, INV-28 1.28, INV-27 1.27, 27 more" in text
    assert "invoiced not shipped  timing      30" in text


def test_an_event_on_three_controls_is_told_once_with_what_to_do() -> None:
    text = told(
        ERROR, replace(ERROR, id="f2", control="receivables", amount=3240), replace(ERROR, id="f3", control="tax")
    )
    assert text.count("Not in QuickBooks.") == 1
    assert "INV-2: missing in qbo, 32.40 (receivables, revenue, tax)" in text
    assert "    Sync." in text


def test_more_errors_than_people_read_at_once_are_counted() -> None:
    many = [replace(ERROR, id=f"f{n}", root=f"r{n}", subject=f"INV-{n}", amount=1000 + n) for n in range(9)]
    text = told(*many)
    assert text.count("Not in QuickBooks.") == 5
    assert "... and 4 more errors" in text


def test_what_is_unexplained_is_said_either_way() -> None:
    assert "Nothing is unexplained." in told()
    document = Cin7Document("t", "INV-9", "Sale", JANUARY.start, 500)
    text = told(ambiguous=(OpenSet("revenue", 500, (document,)),))
    assert "Unexplained on revenue: 5.00 among INV-9." in text
    assert "Nothing is unexplained." not in text
