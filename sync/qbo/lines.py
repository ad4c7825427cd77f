"""The lines and links of QuickBooks Online's transactions; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sync.domain.documents import Line, Link
from sync.domain.stock import Product
from sync.qbo import wire
from sync.qbo.wire import Row, key_letters

# DetailType without case, spaces and underscores: voids come back as SALES_ITEM_LINE_DETAIL.
_SALES = "salesitemlinedetail"
_ITEM_EXPENSE = "itembasedexpenselinedetail"
_JOURNAL = "journalentrylinedetail"
_DISCOUNT = "discountlinedetail"
_GROUP = "grouplinedetail"
# A subtotal repeats the lines above it, a tax line the transaction's own tax total.
_NOT_SUMMED = frozenset({"subtotallinedetail", "taxlinedetail"})
_ACCOUNT_KEYS = ("ItemAccountRef", "AccountRef", "DiscountAccountRef")


def lines_of(
    entity: str, row: Row, currency: str, skus: Mapping[str, str], products: Mapping[str, Product], sign: int = 1
) -> tuple[Line, ...]:
    """The lines of a transaction in its currency, tax not included, each multiplied by `sign`.

    Groups are opened up, subtotals left out, discounts negative. A line that settles another
    transaction has section "Payment" and that one's id as `document`. A Transfer has none of its own:
    it gets a debit on the account that receives and a credit on the one that gives.
    """
    found = _transfer(row, currency) if entity == "Transfer" else _opened(wire.parts(row, "Line"), currency)
    return tuple(
        _complete(line, row_line, position, skus, products, sign)
        for position, (row_line, line) in enumerate(found, start=1)
    )


def links_of(row: Row) -> tuple[Link, ...]:
    """The transactions that this one, or a line of it, is linked to; each once, in order."""
    levels = [row, *wire.parts(row, "Line")]
    links = (
        Link(wire.text(linked, "TxnType"), wire.text(linked, "TxnId")) for level in levels for linked in _linked(level)
    )
    return tuple(dict.fromkeys(link for link in links if link.id))


def _linked(row: Row) -> list[Row]:
    return wire.parts(row, "LinkedTxn")


def _opened(rows: list[Row], currency: str, section: str = "") -> Iterator[tuple[Row, Line]]:
    """Each line that counts with its row; the lines of a group instead of the group."""
    for row in rows:
        kind = _kind(row)
        if kind == _GROUP:
            yield from _opened(wire.parts(_detail(row), "Line"), currency, "Group")
        elif kind not in _NOT_SUMMED:
            yield row, _line(row, kind, currency, section)


def _line(row: Row, kind: str, currency: str, section: str) -> Line:
    detail = _detail(row)
    amount = wire.minor(row, "Amount", currency)
    if kind == _DISCOUNT:
        section, amount = "Discount", None if amount is None else -amount
    linked = _linked(row)
    if linked and not detail:
        section = "Payment"
    quantity = wire.number(detail, "Qty")
    entity = wire.part(detail, "Entity")
    item, item_name = wire.reference(detail, "ItemRef")
    accounts = (wire.reference(detail, key)[0] for key in _ACCOUNT_KEYS)
    posting = wire.text(detail, "PostingType").lower()
    return Line(
        position=0,
        amount=amount,
        section=section,
        document=wire.text(linked[0], "TxnId") if linked else "",
        item=item,
        name=item_name or wire.reference(entity, "EntityRef")[1],
        account=next((found for found in accounts if found), ""),
        quantity=wire.number(detail, "QtyDiff") if quantity is None else quantity,
        price=wire.number(detail, "UnitPrice"),
        tax=_tax_within(detail, amount, currency),
        debit=posting == "debit" if kind == _JOURNAL and posting else None,
        location=wire.reference(detail, "DepartmentRef")[1],
        description=wire.text(row, "Description"),
    )


def _complete(
    line: Line, row: Row, position: int, skus: Mapping[str, str], products: Mapping[str, Product], sign: int
) -> Line:
    product = products.get(line.item)
    account = line.account
    if product and not account:
        kind = _kind(row)
        account = product.revenue_account if kind == _SALES else ""
        if kind == _ITEM_EXPENSE:
            account = product.inventory_account if product.tracks_quantity else product.expense_account
    return replace(
        line,
        position=position,
        amount=None if line.amount is None else sign * line.amount,
        sku=skus.get(line.item, product.sku if product else ""),
        account=account,
    )


def _transfer(row: Row, currency: str) -> Iterator[tuple[Row, Line]]:
    amount = wire.minor(row, "Amount", currency)
    for key, debit in (("ToAccountRef", True), ("FromAccountRef", False)):
        account, name = wire.reference(row, key)
        yield row, Line(position=0, amount=amount, account=account, name=name, debit=debit)


def _tax_within(detail: Row, amount: int | None, currency: str) -> int | None:
    """A line's tax where prices include it: TaxInclusiveAmt less Amount (Intuit docs: GlobalTaxCalculation)."""
    gross = wire.minor(detail, "TaxInclusiveAmt", currency)
    return None if gross is None or amount is None else gross - amount


def _kind(row: Row) -> str:
    return key_letters(wire.text(row, "DetailType"))


def _detail(row: Row) -> Row:
    """The object named by DetailType, or where that is missing (InventoryAdjustment) the one that looks like it."""
    named = wire.text(row, "DetailType")
    if named:
        return wire.part(row, named)
    return next((wire.part(row, key) for key in row if key_letters(key).endswith("linedetail")), {})
