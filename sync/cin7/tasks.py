"""Translates stock tasks, journals and money tasks read whole into documents with their lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sync.cin7.headers import header
from sync.cin7.lines import Lines, place, product, section_of, times
from sync.cin7.resources import Resource
from sync.cin7.wire import Row, day, flag, guid, minor, number, quantity, rows, text
from sync.domain.documents import Document


def task(resource: Resource, payload: Row, currency: str) -> Document:
    """A task of `resource` read whole: the header as in its list, its lines, and its own ledger pairs.

    Sections by kind: StockAdjustment and StockTake Existing (quantity is the change) and New; StockTransfer
    Transfer, Order, Journal; InventoryWriteOff WriteOff; FinishedGoods Output, Pick, Order; Disassembly Pick,
    Output, Service; ProductionOrder Component, Resource; Journal Journal; MoneyTask Money or BankTransfer;
    Transaction in all that have pairs of their own.
    """
    found = header(resource, payload, currency)
    if resource.kind == "Journal":
        return found
    lines = Lines(found.currency or currency, currency)
    _SECTIONS[resource.kind](lines, payload)
    lines.pairs("Transaction", rows(payload, "Transactions"), found.id)
    return replace(found, rate=number(payload, "CurrencyConversionRate"), lines=lines.done())


def _adjusted(lines: Lines, payload: Row) -> None:
    """Adjustment is the new quantity on hand, not the change (Cin7 docs: /stockadjustment, /stocktake)."""
    document, when = text(payload, "StocktakeNumber"), day(payload, "EffectiveDate")
    for row in rows(payload, "ExistingStockLines", "NonZeroStockOnHandProducts"):
        lines.add(
            "Existing",
            document=document,
            day=when,
            **product(row),
            quantity=quantity(row, "Adjustment") - quantity(row, "QuantityOnHand"),
            location=place(row),
            description=text(row, "Comments", "BatchSN"),
        )
    for row in rows(payload, "NewStockLines", "ZeroStockOnHandProducts"):
        count, cost = number(row, "Quantity"), number(row, "UnitCost")
        lines.add(
            "New",
            document=document,
            day=when,
            **product(row),
            quantity=count,
            price=cost,
            cost=times(count, cost, lines.base),
            location=place(row),
            description=text(row, "Comments", "BatchSN"),
        )


def _transferred(lines: Lines, payload: Row) -> None:
    document, when = text(payload, "Number"), day(payload, "DepartureDate", "CompletionDate")
    order = rows(payload, "Order")
    parts = [("Transfer", payload), *(("Order", row) for row in order)]
    for section, part_ in parts:
        for row in rows(part_, "Lines"):
            lines.add(
                section,
                document=document,
                day=when,
                **product(row),
                quantity=number(row, "TransferQuantity"),
                location=guid(payload, "From"),
                description=text(row, "Comments", "BatchSN"),
            )
    for journal in rows(payload, "ManualJournals"):
        # Either journals with lines or the lines themselves: the example is empty (Cin7 docs: /stockTransfer).
        inner = rows(journal, "Lines") if "Lines" in journal else [journal]
        lines.pairs(section_of("Journal", text(journal, "Status")), inner)


def _written_off(lines: Lines, payload: Row) -> None:
    document, when = text(payload, "InventoryWriteOffNumber"), day(payload, "EffectiveDate", "Date")
    for row in rows(payload, "Lines"):
        lines.add(
            "WriteOff",
            document=document,
            day=when,
            **product(row),
            account=text(row, "ExpenseAccount") or text(payload, "Account"),
            quantity=number(row, "Quantity"),
            price=number(row, "Cost"),
            cost=minor(row, lines.base, "TotalCost"),
            location=place(row) or guid(payload, "LocationID"),
            description=text(row, "BatchSN"),
        )


def _assembled(lines: Lines, payload: Row) -> None:
    """Pick lines are what went in, at quantity times cost; order lines are the plan (Cin7 docs: /finishedGoods)."""
    document, when = text(payload, "AssemblyNumber"), day(payload, "CompletionDate")
    lines.add(
        "Output",
        document=document,
        day=when,
        **product(payload),
        account=text(payload, "Account"),
        quantity=number(payload, "Quantity"),
        location=place(payload),
        description=text(payload, "BatchSN"),
    )
    _components(lines, payload, "PickLines", "Pick", document)
    _components(lines, payload, "OrderLines", "Order", document)


def _disassembled(lines: Lines, payload: Row) -> None:
    """Pick lines are the batches taken apart, order lines what came out (Cin7 docs: /disassembly)."""
    document = text(payload, "DisassemblyNumber")
    _components(lines, payload, "PickLines", "Pick", document, of=payload)
    _components(lines, payload, "OrderLines", "Output", document)
    for row in rows(payload, "OrderServiceLines"):
        lines.add(
            "Service",
            document=document,
            day=day(payload, "CompletionDate"),
            **product(row),
            account=text(row, "Account"),
            cost=minor(row, lines.base, "Amount"),
            description=text(row, "Comments"),
        )


def _components(lines: Lines, payload: Row, key: str, section: str, document: str, of: Row | None = None) -> None:
    """The lines under `key`; `of` is the product of all of them where they name none."""
    when = day(payload, "CompletionDate")
    for row in rows(payload, key):
        count, price = number(row, "Quantity", "TotalQuantity"), number(row, "UnitCost", "Cost")
        total = minor(row, lines.base, "TotalCost")
        lines.add(
            section,
            document=document,
            day=when,
            **product(row if of is None else of),
            account=text(row, "Account", "ExpenseAccount"),
            quantity=count,
            price=price,
            cost=times(count, price, lines.base) if total is None else total,
            location=place(row),
            description=text(row, "BatchSN"),
        )


def _produced(lines: Lines, payload: Row) -> None:
    document = text(payload, "OrderNumber")
    for operation in rows(payload, "Operations"):
        for key, section in (("Components", "Component"), ("Resources", "Resource")):
            for row in rows(operation, key):
                lines.add(
                    section,
                    document=document,
                    day=day(payload, "CompletionDate"),
                    **{**product(row), "name": text(row, "ProductName", "ResourceName")},
                    quantity=number(row, "TotalQuantity", "Quantity"),
                    price=number(row, "Cost"),
                    cost=minor(row, lines.base, "TotalCost"),
                )


def _money(lines: Lines, payload: Row) -> None:
    """moneyOperation has lines against one bank account; bankTransfer two accounts with an amount each."""
    when, document, inclusive = day(payload, "Date"), text(payload, "Reference"), flag(payload, "TaxInclusive")
    for side, debit in (("From", False), ("To", True)):
        if text(payload, f"{side}Account"):
            lines.add(
                "BankTransfer",
                amount=minor(payload, lines.base, f"{side}Amount"),
                document=document,
                day=when,
                account=text(payload, f"{side}Account"),
                debit=debit,
            )
    for row in rows(payload, "Lines"):
        total, tax = minor(row, lines.base, "Total"), minor(row, lines.base, "Tax")
        lines.add(
            "Money",
            amount=total - (tax or 0) if total is not None and inclusive else total,
            tax=tax,
            document=document,
            day=when,
            **product(row),
            account=text(row, "AccountCode", "Account"),
            quantity=number(row, "Quantity"),
            price=number(row, "Price"),
            description=text(row, "Comment"),
        )


_SECTIONS: dict[str, Callable[[Lines, Row], None]] = {
    "StockAdjustment": _adjusted,
    "StockTake": _adjusted,
    "StockTransfer": _transferred,
    "InventoryWriteOff": _written_off,
    "FinishedGoods": _assembled,
    "Disassembly": _disassembled,
    "ProductionOrder": _produced,
    "MoneyTask": _money,
}
