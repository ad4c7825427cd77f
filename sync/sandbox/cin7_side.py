"""Keeps the Cin7 books in step with the business: list rows, details and ledger rows of whatever changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sync.sandbox import chart, cin7_making, cin7_purchases, cin7_reference, cin7_sale_detail, cin7_sales, cin7_tasks
from sync.sandbox.books import Cin7Books
from sync.sandbox.company import Company, Fact
from sync.sandbox.records import Invoice, MoneyTask, Purchase, Sale, Source
from sync.sandbox.shapes import Drawn, day, money

Draw = Callable[[Company, Any], dict[str, Any]]

# family of a task -> (list path, draws the row, detail path, draws the detail)
_TASKS: dict[str, tuple[str, Draw, str, Draw]] = {
    "StockAdjustment": ("stockadjustmentlist", cin7_tasks.adjustment_row, "stockadjustment", cin7_tasks.adjustment),
    "StockTake": ("stocktakelist", cin7_tasks.stock_take_row, "stocktake", cin7_tasks.stock_take),
    "StockTransfer": ("stocktransferlist", cin7_tasks.transfer_row, "stocktransfer", cin7_tasks.transfer),
    "InventoryWriteOff": ("inventorywriteofflist", cin7_tasks.write_off_row, "inventorywriteoff", cin7_tasks.write_off),
    "FinishedGoods": ("finishedgoodslist", cin7_making.assembly_row, "finishedgoods", cin7_making.assembly),
    "Disassembly": ("disassemblylist", cin7_making.disassembly_row, "disassembly", cin7_making.disassembly),
    "ProductionOrder": ("production/orderlist", cin7_making.production_row, "production/order",
                        cin7_making.production),
    "Journal": ("journal", cin7_tasks.journal, "journal", cin7_tasks.journal),
    "Spend Money": ("moneytasklist", cin7_tasks.money_row, "moneyoperation", cin7_tasks.money_operation),
    "Receive Money": ("moneytasklist", cin7_tasks.money_row, "moneyoperation", cin7_tasks.money_operation),
    "BankTransfer": ("moneytasklist", cin7_tasks.money_row, "banktransfer", cin7_tasks.bank_transfer),
}  # fmt: skip
_DOCUMENTS = ("salelist", "salecreditnotelist", "purchaselist", "purchasecreditnotelist")


class Cin7Side:
    """Draws the books; rows that did not change stay the same objects."""

    def __init__(self, company: Company, books: Cin7Books) -> None:
        self.company = company
        self.books = books
        self.rows: dict[str, dict[str, dict[str, Any]]] = {
            path: {} for path in (*_DOCUMENTS, *(task[0] for task in _TASKS.values()))
        }
        self.details: dict[str, Drawn] = {
            "sale": Drawn(lambda sale: cin7_sale_detail.detail(company, sale)),
            "advanced-purchase": Drawn(lambda purchase: cin7_purchases.detail(company, purchase)),
            "purchase": Drawn(lambda purchase: cin7_purchases.simple(company, purchase)),
        }
        for family, (_, _, path, draw) in _TASKS.items():
            if family != "Journal":
                self.details.setdefault(path, _drawn(company, draw))
        self.ledger: dict[int, list[dict[str, Any]]] = {}
        books.details = dict(self.details)

    def publish(self) -> None:
        """Brings the books to the state of the business. New lists take the place of old ones at once."""
        company, books = self.company, self.books
        if not books.lists:
            self._reference()
        touched = list(company.touched.values())
        for source in touched:
            self._document(source)
        lists = {path: list(rows.values()) for path, rows in self.rows.items()}
        production = lists["production/orderlist"]
        for row in production:
            row["TotalCount"] = len(production)
        books.lists |= lists
        if touched or "transactions" not in books.lists:
            self._transactions(touched)
        books.lists["ref/productavailability"] = cin7_reference.availability(company)
        books.lists["ref/customer/credits"], books.lists["ref/supplier/deposits"] = _credits(company)
        books.movements |= cin7_reference.movements(company, company.moved_products)
        books.me = cin7_reference.me(company)
        company.moved_products = set()
        company.touched = {}

    def _reference(self) -> None:
        company, catalogue, made = self.company, self.company.catalogue, self.company.founded
        goods = company.goods.values()
        self.books.lists = {
            "ref/account": cin7_reference.accounts(), "ref/account/bank": cin7_reference.bank_accounts(company),
            "ref/location": cin7_reference.locations(company), "ref/tax": cin7_reference.taxes(company),
            "ref/paymentterm": cin7_reference.payment_terms(),
            "customer": [cin7_reference.customer(company, party, made) for party in catalogue.customers],
            "supplier": [cin7_reference.supplier(company, party, made) for party in catalogue.suppliers],
            "product": [cin7_reference.product(company, good, made) for good in goods],
        }  # fmt: skip

    def _document(self, source: Source) -> None:
        company, rows, details = self.company, self.rows, self.details
        if isinstance(source, Sale):
            rows["salelist"][source.id] = cin7_sales.row(company, source)
            for note in source.credits:
                rows["salecreditnotelist"][note.task] = cin7_sales.credit_row(company, source, note)
            details["sale"].add(source.id, source)
        elif isinstance(source, Purchase):
            rows["purchaselist"][source.id] = cin7_purchases.row(company, source)
            for note in source.credits:
                rows["purchasecreditnotelist"][note.task] = cin7_purchases.row(company, source, note)
            details["advanced-purchase"].add(source.id, source)
            if source.kind == "Simple Purchase":
                details["purchase"].add(source.id, source)
        else:
            path, draw, whole, _ = _TASKS[source.family]
            rows[path][source.id] = draw(company, source)
            if whole in details:
                details[whole].add(source.id, source)

    def _transactions(self, touched: list[Source]) -> None:
        """Redraws the ledger rows of what was touched; a reference may have changed with a later credit note."""
        company = self.company
        facts = [fact for source in touched for fact in company.facts_of[source.id]]
        gone = {id(row) for fact in facts for row in self.ledger.get(id(fact), ())}
        kept = [row for row in self.books.lists.get("transactions", ()) if id(row) not in gone]
        for fact in sorted(facts, key=lambda fact: fact.at):
            self.ledger[id(fact)] = _ledger_rows(company, fact)
            kept += self.ledger[id(fact)]
        self.books.lists["transactions"] = kept


def _drawn(company: Company, draw: Draw) -> Drawn:
    return Drawn(lambda made: draw(company, made))


def _ledger_rows(company: Company, fact: Fact) -> list[dict[str, Any]]:
    reference, text = ledger_text(fact)
    return [
        {"TaskID": fact.task, "DebitAccountCode": pair.debit, "CreditAccountCode": pair.credit,
         "Amount": money(pair.amount, company.currency), "EffectiveDate": day(pair.day), "Reference": reference,
         "Transaction": text, "Type": fact.kind}
        for pair in fact.pairs
    ]  # fmt: skip


def ledger_text(fact: Fact) -> tuple[str, str]:
    """(Reference, Transaction): a sale's reference names the invoice and its credit notes, "INV-00004/CR-00002"."""
    source = fact.source
    if isinstance(source, Sale):
        made = fact.part_of or next((each.invoice for each in source.fulfilments if each.task == fact.document), None)
        invoice = made.against if made and made.against else made
        if invoice is None:
            return fact.number, f"{source.party.name} - {fact.number}"
        notes = [note.number for note in source.credits if note.against is invoice]
        return "/".join([invoice.number, *notes]), f"{source.party.name} - {made.number if made else fact.number}"
    if isinstance(source, Purchase):
        return fact.number, f"{source.party.name} - {source.number}"
    party = source.party if isinstance(source, MoneyTask) else ""
    note = source.note if source else ""
    return fact.number, party or note or fact.number


def _credits(company: Company) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Customers' credits and suppliers' deposits with what is left of each."""
    sales = [(sale, sale.invoices) for sale in company.prepaid_sales]
    purchases = [(each, each.bills) for each in company.purchases if each.prepaid]
    return (
        [_credit(company, source, made, "CreditID", "Customer", chart.CUSTOMER_CREDITS) for source, made in sales],
        [_credit(company, source, made, "DepositID", "Supplier", chart.SUPPLIER_DEPOSITS)
         for source, made in purchases],
    )  # fmt: skip


def _credit(
    company: Company, source: Sale | Purchase, made: list[Invoice], key: str, who: str, account: str
) -> dict[str, Any]:
    paid = source.prepaid[0]
    used = sum(each.amount for invoice in made for each in invoice.settlements if each.reference == paid.reference)
    return {
        key: paid.id, f"{who}ID": source.party.id, f"{who}Name": source.party.name, "Account": account,
        "Amount": money(paid.amount, company.currency), "RemainingAmount": money(paid.amount - used, company.currency),
        "Currency": company.currency, "ConvRate": 1, "Date": day(paid.day),
        "Description": f"Prepaid on {source.number}",
    }  # fmt: skip
