"""Translates the rows of Cin7's document lists into document headers, one function for each kind of list."""

from __future__ import annotations

from collections.abc import Callable

from sync.cin7.resources import Resource
from sync.cin7.wire import Row, day, guid, instant, minor, number, rows, text
from sync.domain.accounts import Source
from sync.domain.documents import Document, Line, Link

# Finer statuses than the main one, kept word for word so that a change of any of them is seen. Those that list and
# detail both have: a document reads the same from either.
SALE_WORDS = (
    ("Type", "type"),
    ("FulFilmentStatus", "fulfilment"),
    ("CombinedPickingStatus", "pick"),
    ("CombinedShippingStatus", "ship"),
    ("CombinedInvoiceStatus", "invoice"),
    ("CombinedPaymentStatus", "payment"),
)
PURCHASE_WORDS = (
    ("Type", "type"),
    ("CombinedReceivingStatus", "received"),
    ("CombinedInvoiceStatus", "invoice"),
    ("CombinedPaymentStatus", "payment"),
)
_SALE_CREDIT_WORDS = (*SALE_WORDS, ("RestockStatus", "restock"))
_PURCHASE_CREDIT_WORDS = (*PURCHASE_WORDS, ("UnstockStatus", "unstock"))


def is_voided(status: str) -> bool:
    """Whether a status word, in any letter case, says that the document counts for nothing."""
    return status.upper() in ("VOIDED", "VOID")


def header(resource: Resource, row: Row, currency: str) -> Document:
    """The document that a row of `resource` tells of; raises KeyError for a list that holds no documents."""
    return _HEADERS[resource.kind](resource.key(row), resource.kind, row, currency)


def _sale(key: str, kind: str, row: Row, currency: str) -> Document:
    """saleList: InvoiceAmount is invoices less credit notes, tax included, in the customer's currency (Cin7 docs)."""
    money = text(row, "CustomerCurrency").upper() or currency
    status = text(row, "Status")
    net, paid = minor(row, money, "InvoiceAmount"), minor(row, money, "PaidAmount")
    invoiced = minor(row, money, "SaleInvoicesTotalAmount")
    return Document(
        source=Source.CIN7,
        kind=kind,
        id=key,
        number=text(row, "OrderNumber"),
        status=status,
        day=day(row, "InvoiceDate"),
        invoice=text(row, "InvoiceNumber"),
        credit=text(row, "CreditNoteNumber"),
        counterparty=text(row, "Customer"),
        counterparty_id=guid(row, "CustomerID"),
        currency=money,
        total=net if invoiced is None else invoiced,
        balance=None if net is None else net - (paid or 0),
        due=day(row, "InvoiceDueDate"),
        location=guid(row, "OrderLocationID"),
        channel=text(row, "SourceChannel"),
        memo=text(row, "CustomerReference"),
        updated=instant(row, "Updated"),
        version=status_words(row, SALE_WORDS),
        voided=is_voided(status),
    )


def _sale_credit_note(key: str, kind: str, row: Row, currency: str) -> Document:
    """saleCreditNoteList: one credit note of a sale; its date and amount stand in the sale's detail only."""
    status = text(row, "CreditNoteStatus") or text(row, "Status")
    number_ = text(row, "CreditNoteNumber")
    return Document(
        source=Source.CIN7,
        kind=kind,
        id=key,
        number=number_ or text(row, "OrderNumber"),
        status=status,
        invoice=text(row, "InvoiceNumber"),
        credit=number_,
        counterparty=text(row, "Customer"),
        counterparty_id=guid(row, "CustomerID"),
        currency=text(row, "CustomerCurrency").upper() or currency,
        location=guid(row, "OrderLocationID"),
        channel=text(row, "SourceChannel"),
        memo=text(row, "CustomerReference"),
        updated=instant(row, "Updated"),
        version=status_words(row, _SALE_CREDIT_WORDS),
        voided=is_voided(status) or is_voided(text(row, "Status")),
        links=(Link("Sale", guid(row, "SaleID")),),
    )


def _purchase(key: str, kind: str, row: Row, currency: str) -> Document:
    money = text(row, "SupplierCurrency").upper() or currency
    status = text(row, "Status")
    total, paid = minor(row, money, "InvoiceAmount"), minor(row, money, "PaidAmount")
    drop_ship = guid(row, "DropShipTaskID")
    return Document(
        source=Source.CIN7,
        kind=kind,
        id=key,
        number=text(row, "OrderNumber"),
        status=status,
        day=day(row, "InvoiceDate"),
        invoice=text(row, "InvoiceNumber"),
        credit=text(row, "CreditNoteNumber"),
        counterparty=text(row, "Supplier"),
        counterparty_id=guid(row, "SupplierID"),
        currency=money,
        total=total,
        balance=None if total is None else total - (paid or 0),
        due=day(row, "InvoiceDueDate"),
        updated=instant(row, "LastUpdatedDate"),
        version=status_words(row, PURCHASE_WORDS),
        voided=is_voided(status),
        links=(Link("Sale", drop_ship),) if drop_ship else (),
    )


def _purchase_credit_note(key: str, kind: str, row: Row, currency: str) -> Document:
    status = text(row, "CreditNoteStatus") or text(row, "Status")
    number_ = text(row, "CreditNoteNumber")
    return Document(
        source=Source.CIN7,
        kind=kind,
        id=key,
        number=number_ or text(row, "OrderNumber"),
        status=status,
        invoice=text(row, "InvoiceNumber"),
        credit=number_,
        counterparty=text(row, "Supplier"),
        counterparty_id=guid(row, "SupplierID"),
        currency=text(row, "SupplierCurrency").upper() or currency,
        updated=instant(row, "LastUpdatedDate"),
        version=status_words(row, _PURCHASE_CREDIT_WORDS),
        voided=is_voided(status) or is_voided(text(row, "Status")),
        links=(Link("Purchase", guid(row, "ID")),),
    )


def _stock_task(key: str, kind: str, row: Row, currency: str) -> Document:
    """Adjustments, stock takes, write-offs, assemblies, disassemblies: a number, a day, a place, no money."""
    status = text(row, "Status")
    return Document(
        source=Source.CIN7,
        kind=kind,
        id=key,
        number=text(row, "StocktakeNumber", "InventoryWriteOffNumber", "AssemblyNumber", "DisassemblyNumber"),
        status=status,
        day=day(row, "EffectiveDate", "CompletionDate", "Date"),
        currency=currency,
        location=guid(row, "LocationID"),
        account=text(row, "Account"),
        memo=text(row, "Reference", "Comment", "Notes"),
        created=instant(row, "CreatedDate"),
        updated=instant(row, "LastUpdatedDate", "LastModifiedOn"),
        voided=is_voided(status),
    )


def _transfer(key: str, kind: str, row: Row, currency: str) -> Document:
    """stockTransferList: `day` is when it left (when it arrived, if both were in one), `due` when it arrived."""
    status = text(row, "Status")
    arrived, to = day(row, "CompletionDate"), guid(row, "To")
    return Document(
        source=Source.CIN7,
        kind=kind,
        id=key,
        number=text(row, "Number"),
        status=status,
        day=day(row, "DepartureDate") or arrived,
        currency=currency,
        due=arrived,
        location=guid(row, "From"),
        account=text(row, "InTransitAccount"),
        memo=text(row, "Reference"),
        updated=instant(row, "LastModifiedOn"),
        voided=is_voided(status),
        links=(Link("To", to),) if to else (),
    )


def _production_order(key: str, kind: str, row: Row, currency: str) -> Document:
    status = text(row, "Status", "OrderStatus")
    sources = sorted({guid(task, "SourceTaskID") for task in [row, *rows(row, "SourceTasks")]} - {""})
    return Document(
        source=Source.CIN7,
        kind=kind,
        id=key,
        number=text(row, "OrderNumber"),
        status=status,
        day=day(row, "CompletionDate"),
        currency=currency,
        due=day(row, "RequiredByDate"),
        location=guid(row, "LocationID"),
        account=text(row, "WIPAccountCode"),
        memo=text(row, "Comments"),
        voided=is_voided(status),
        links=tuple(Link("Sale", id_) for id_ in sources),
    )


def _journal(key: str, kind: str, row: Row, currency: str) -> Document:
    """journal: the list itself has the lines; each is a balanced pair, in document and base currency."""
    money = text(row, "Currency").upper() or currency
    status = text(row, "Status")
    return Document(
        source=Source.CIN7,
        kind=kind,
        id=key,
        number=text(row, "JournalNumber"),
        status=status,
        day=day(row, "EffectiveDate"),
        currency=money,
        rate=number(row, "CurrencyConversionRate"),
        memo=text(row, "Narration", "Notes"),
        voided=is_voided(status),
        lines=_journal_lines(row, money, currency),
    )


def _journal_lines(row: Row, money: str, base: str) -> tuple[Line, ...]:
    sides: list[Line] = []
    for pair in rows(row, "Lines"):
        amount, cost = minor(pair, money, "Amount"), minor(pair, base, "BaseAmount")
        words = text(pair, "Reference")
        sides += [
            Line(
                len(sides) + place,
                amount,
                "Journal",
                account=text(pair, side),
                cost=cost,
                debit=side == "Debit",
                description=words,
            )
            for place, side in enumerate(("Debit", "Credit"))
        ]
    return tuple(sides)


def _money_task(key: str, kind: str, row: Row, currency: str) -> Document:
    """moneyTaskList: TotalAmount is in the bank account's currency, which the list does not name."""
    status = text(row, "Status")
    return Document(
        source=Source.CIN7,
        kind=kind,
        id=key,
        number=text(row, "Reference"),
        status=status,
        day=day(row, "Date"),
        counterparty=text(row, "SupplierCustomerName", "SupplierCustomer"),
        counterparty_id=guid(row, "SupplierID", "CustomerID"),
        total=minor(row, currency, "TotalAmount"),
        version=status_words(row, (("TaskType", "type"),)),
        voided=is_voided(status),
    )


def status_words(row: Row, names: tuple[tuple[str, str], ...]) -> str:
    """The finer statuses that a row tells, as "type=Simple Sale ship=SHIPPED ..."."""
    told = ((name, text(row, key)) for key, name in names)
    return "; ".join(f"{name}={word}" for name, word in told if word)


_HEADERS: dict[str, Callable[[str, str, Row, str], Document]] = {
    "Sale": _sale,
    "SaleCreditNote": _sale_credit_note,
    "Purchase": _purchase,
    "PurchaseCreditNote": _purchase_credit_note,
    "StockAdjustment": _stock_task,
    "StockTake": _stock_task,
    "StockTransfer": _transfer,
    "InventoryWriteOff": _stock_task,
    "FinishedGoods": _stock_task,
    "Disassembly": _stock_task,
    "ProductionOrder": _production_order,
    "Journal": _journal,
    "MoneyTask": _money_task,
}
