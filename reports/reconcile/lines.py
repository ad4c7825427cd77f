"""Confirms line by line what was invoiced and had not left by a day, where the sale was read in detail; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from reports.books import plain
from reports.reconcile.findings import Finding

CAUSE = "invoiced_not_shipped"
_SHOWN = 5  # products that an explanation names


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A line of a sale that was read whole: `section` is "Invoice", "Fulfilment" (shipped) or "Pick" (not yet).

    `invoice` is the number of the invoice that it belongs to, "" where it says none.
    """

    section: str
    invoice: str
    day: date | None
    sku: str
    quantity: Decimal


def invoices(findings: Iterable[Finding]) -> set[str]:
    """The invoices whose lines could confirm a finding."""
    return {document.reference for each in findings if each.cause == CAUSE for document in each.cin7}


def confirmed(
    findings: Iterable[Finding], sales: Mapping[str, Sequence[SaleLine]], goods: Collection[str], end: date
) -> tuple[Finding, ...]:
    """The findings, those of invoices whose lines were read with what they say of it.

    `sales`: number of an invoice -> the lines of its sale; `goods` are the SKUs of what is kept in stock. Neither
    amounts nor documents change: the ledger tells them.
    """
    return tuple(_confirmed(each, sales, goods, end) if each.cause == CAUSE else each for each in findings)


def _confirmed(finding: Finding, sales: Mapping[str, Sequence[SaleLine]], goods: Collection[str], end: date) -> Finding:
    number = finding.cin7[0].reference
    left = unshipped(sales.get(number, ()), number, goods, end)
    if left is None:
        return finding
    if left:
        some = ", ".join(f"{plain(quantity)} × {sku}" for sku, quantity in sorted(left.items())[:_SHOWN])
        more = f" and {len(left) - _SHOWN} more products" if len(left) > _SHOWN else ""
        words = f" Its lines confirm it: {some}{more} had not left."
        return replace(finding, confidence="certain", explanation=finding.explanation + words)
    words = f" By its lines all had left by {end}: see whether the cost of the shipment was posted late."
    return replace(finding, confidence="likely", explanation=finding.explanation + words)


def unshipped(lines: Sequence[SaleLine], number: str, goods: Collection[str], end: date) -> dict[str, Decimal] | None:
    """SKU -> units on the invoice that had not left by `end`; None where the lines do not tell it.

    A shipment that names no invoice is this one's where the sale has no other.
    """
    known = {line.invoice for line in lines if line.section == "Invoice"}
    if number not in known:
        return None
    mine = [line for line in lines if line.invoice == number or (not line.invoice and known == {number})]
    if len(mine) < sum(line.invoice in ("", number) for line in lines):
        return None  # a shipment that may be this invoice's or another's
    left: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in mine:
        if line.sku in goods:
            if line.section == "Invoice":
                left[line.sku] += line.quantity
            elif line.section == "Fulfilment" and line.day is not None and line.day <= end:
                left[line.sku] -= line.quantity
    return {sku: quantity for sku, quantity in left.items() if quantity > 0} if left else None
