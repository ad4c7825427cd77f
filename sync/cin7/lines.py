"""Gathers the lines of one document whole, section by section, in the order in which Cin7 gives them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sync.cin7.headers import is_voided
from sync.cin7.wire import Row, day, guid, minor, number, rows, text
from sync.domain.documents import Line
from sync.domain.money import to_minor


def section_of(name: str, status: str) -> str:
    """The section's name as it counts: "Invoice", "Invoice voided", or "Invoice draft" for what is not authorised.

    A voided part stays in its document beside its replacement (Cin7 docs: /sale); whoever sums "Invoice" skips it.
    """
    if is_voided(status):
        return f"{name} voided"
    return f"{name} draft" if status.upper().startswith(("DRAFT", "NOT ")) else name


class Lines:
    """The lines so far; `currency` is the document's, `base` the company's, `inclusive` whether totals hold tax."""

    def __init__(self, currency: str, base: str, *, inclusive: bool = False) -> None:
        self.currency, self.base, self.inclusive = currency, base, inclusive
        self._found: list[Line] = []
        self._skus: dict[str, tuple[str, str]] = {}

    def add(self, section: str, **fields: Any) -> None:
        line = Line(len(self._found), section=section, **fields)
        if line.item and line.sku:
            self._skus.setdefault(line.item, (line.sku, line.name))
        self._found.append(line)

    def done(self) -> tuple[Line, ...]:
        """All lines; those that name a product by its id alone get the SKU that another line told."""
        return tuple(
            replace(line, sku=self._skus[line.item][0], name=line.name or self._skus[line.item][1])
            if line.item in self._skus and not line.sku
            else line
            for line in self._found
        )

    def priced(self, section: str, part: Row, document: str, when: date | None) -> None:
        """Product lines and additional charges of an invoice or credit note, amounts without tax."""
        for row in (*rows(part, "Lines"), *rows(part, "AdditionalCharges")):
            total, tax = minor(row, self.currency, "Total"), minor(row, self.currency, "Tax")
            if total is not None and self.inclusive:
                total -= tax or 0
            self.add(
                section,
                amount=total,
                document=document,
                day=when,
                **product(row),
                account=text(row, "Account", "AccountCode"),
                quantity=number(row, "Quantity"),
                price=number(row, "Price"),
                tax=tax,
                description=text(row, "Comment", "Reference"),
            )

    def paid(self, section: str, part: Row, document: str, *keys: str) -> None:
        """Payments, refunds and prepayments, in the document's currency, on the account they went to."""
        for row in rows(part, *keys):
            self.add(
                section,
                amount=minor(row, self.currency, "Amount"),
                document=document,
                day=day(row, "DatePaid"),
                account=text(row, "Account"),
                description=text(row, "Reference"),
            )

    def moved(self, section: str, found: list[Row], document: str, when: date | None, description: str = "") -> None:
        """Quantities that were picked, received, restocked or unstocked, with where."""
        for row in found:
            self.add(
                section,
                document=document,
                day=day(row, "Date") or when,
                **product(row),
                quantity=number(row, "Quantity"),
                location=place(row),
                description=description or text(row, "BatchSN"),
            )

    def costs(self, part: Row) -> None:
        """InventoryMovements: actual cost by product and sub-document, with the vendor's sign."""
        for row in rows(part, "InventoryMovements"):
            self.add(
                "Movement",
                document=guid(row, "TaskID"),
                day=day(row, "Date"),
                item=guid(row, "ProductID"),
                cost=minor(row, self.base, "COGS"),
            )

    def pairs(self, section: str, found: list[Row], document: str = "") -> None:
        """Ledger pairs as two lines each, the debit first; `cost` is the amount in base currency.

        Accounts come as codes or as "715: Inventory" (Cin7 docs: /stockadjustment).
        """
        for row in found:
            amount = minor(row, self.base, "BaseAmount", "Amount")
            for side in ("Debit", "Credit"):
                self.add(
                    section,
                    document=guid(row, "TaskID") or document,
                    day=day(row, "EffectiveDate", "Date"),
                    account=text(row, side).split(":", 1)[0].strip(),
                    cost=amount,
                    debit=side == "Debit",
                    description=text(row, "Description", "Reference"),
                )


def product(row: Row) -> dict[str, str]:
    """How a line names its product, or what a charge is for."""
    return {
        "sku": text(row, "SKU", "ProductCode", "ProductSKU"),
        "item": guid(row, "ProductID"),
        "name": text(row, "Name", "ProductName", "Description"),
    }


def place(row: Row) -> str:
    """The id of the line's location or bin where it is given, else its name."""
    return guid(row, "LocationID", "BinID") or text(row, "Location", "Bin", "LocationName")


def times(count: Decimal | None, price: Decimal | None, currency: str) -> int | None:
    """Quantity times unit cost in minor units, rounded once."""
    return None if count is None or price is None else to_minor(count * price, currency)
