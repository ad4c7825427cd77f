"""Stock and money tasks as Cin7 shows them: the rows of its lists, and each task whole."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sync.sandbox import chart
from sync.sandbox.company import Company
from sync.sandbox.records import MoneyTask, Piece, StockTask
from sync.sandbox.shapes import EXTRA, day, money, number, stamp, words


def rows_of(company: Company, task: str, *, named: bool = False) -> list[dict[str, Any]]:
    """The ledger rows of a task; adjustments and counts show accounts as "715: Inventory" (Cin7 docs)."""
    rows = []
    for n, fact in enumerate(company.facts_of[task]):
        for k, pair in enumerate(fact.pairs):
            sides = [f"{code}: {chart.NAME_OF[code]}" if named else code for code in (pair.debit, pair.credit)]
            rows.append(
                {"ID": str(uuid5(NAMESPACE_OID, f"{task} {n} {k}")), "EffectiveDate": day(pair.day),
                 "Debit": sides[0], "Credit": sides[1], "Amount": money(pair.amount, company.currency)}
            )  # fmt: skip
    return rows


def _shown(made: StockTask) -> list[Piece]:
    """A voided task comes back with empty lines."""
    return [] if made.status == "VOIDED" else made.pieces


def adjustment_row(company: Company, made: StockTask) -> dict[str, Any]:
    return {
        "TaskID": made.id, "EffectiveDate": day(made.day), "StocktakeNumber": made.number,
        "Status": words(made.status, company.switches), "Account": made.account, "Reference": "",
        "Comment": made.note,
    }  # fmt: skip


def adjustment(company: Company, made: StockTask) -> dict[str, Any]:
    old, new = [], []
    for piece in _shown(made):
        common = {"ProductID": piece.good.id, "SKU": piece.good.sku, "ProductName": piece.good.name}
        where = {"LocationID": piece.place.id, "Location": piece.place.name, "BatchSN": piece.batch or None,
                 "ExpiryDate": None}  # fmt: skip
        if piece.quantity > 0:
            unit = (Decimal(money(piece.cost, company.currency)) / piece.quantity).quantize(Decimal("0.0001"))
            new.append({**common, "Quantity": number(piece.quantity), "UnitCost": number(unit), **where,
                        "ReceivedDate": day(made.day), "Comments": "", **EXTRA})  # fmt: skip
        else:
            old.append({**common, "QuantityOnHand": number(piece.before), "Available": number(piece.before),
                        "Adjustment": number(piece.before + piece.quantity), **where, "Comments": None,
                        **EXTRA})  # fmt: skip
    return {
        **adjustment_row(company, made), "ExistingStockLines": old, "NewStockLines": new,
        "Transactions": rows_of(company, made.id, named=True),
    }  # fmt: skip


def stock_take_row(company: Company, made: StockTask) -> dict[str, Any]:
    return {
        "TaskID": made.id, "EffectiveDate": day(made.day), "StocktakeNumber": made.number,
        "Status": words(made.status, company.switches), "Account": made.account, "LocationID": made.place.id,
        "Location": made.place.name, "Tags": "", "PickZones": "", "StockLocators": "", "Categories": "", "Brands": "",
        "Bins": "", "Reference": "", "CreatedDate": stamp(made.updated, company.switches),
        "LastUpdatedDate": stamp(made.updated, company.switches), "LastUpdatedBy": "stock@alderfinch.example",
    }  # fmt: skip


def stock_take(company: Company, made: StockTask) -> dict[str, Any]:
    row = stock_take_row(company, made)
    for key in ("CreatedDate", "LastUpdatedDate", "LastUpdatedBy"):
        row.pop(key)
    for key in ("Tags", "PickZones", "StockLocators", "Categories", "Brands", "Bins"):
        row[key] = []
    lines = [
        {"ProductID": piece.good.id, "SKU": piece.good.sku, "ProductName": piece.good.name,
         "QuantityOnHand": number(piece.before), "Available": number(piece.before),
         "Adjustment": number(piece.before + piece.quantity), "LocationID": piece.place.id,
         "Location": piece.place.name, "BatchSN": piece.batch or None, "ExpiryDate": None, "Comments": None, **EXTRA,
         "Image": None, "Barcode": "", "StockLocator": "", "Unit": "Item"}
        for piece in _shown(made)
    ]  # fmt: skip
    transactions = rows_of(company, made.id, named=True)
    return {**row, "NonZeroStockOnHandProducts": lines, "ZeroStockOnHandProducts": [], "Transactions": transactions}


def transfer_row(company: Company, made: StockTask) -> dict[str, Any]:
    to = made.to or made.place
    return {
        "TaskID": made.id, "From": made.place.id, "FromLocation": made.place.name, "To": to.id,
        "ToLocation": to.name, "Status": words(made.status, company.switches), "Number": made.number,
        "CompletionDate": day(made.day) if made.status == "COMPLETED" else None, "DepartureDate": day(made.left),
        "InTransitAccount": chart.TRANSIT, "CostDistributionType": "Cost", "Reference": "",
        "LastModifiedOn": stamp(made.updated, company.switches),
    }  # fmt: skip


def transfer(company: Company, made: StockTask) -> dict[str, Any]:
    row = transfer_row(company, made)
    lines = [
        {"ProductID": piece.good.id, "SKU": piece.good.sku, "ProductName": piece.good.name,
         "QuantityOnHand": number(piece.before), "QuantityAvailable": number(piece.before),
         "TransferQuantity": number(-piece.quantity), "BatchSN": piece.batch or None, "ExpiryDate": None,
         "Comments": "", **EXTRA}
        for piece in _shown(made)
    ]  # fmt: skip
    ordered = [{key: value for key, value in line.items() if key not in ("BatchSN", "ExpiryDate")} for line in lines]
    cost = [{"Reference": "Carriage", "Amount": money(made.labour, company.currency), "Date": day(made.day),
             "Debit": made.pieces[0].good.stock, "Credit": chart.LANDED}] if made.labour else []  # fmt: skip
    return {
        **row, "RequiredByDate": None, "Lines": lines, "ManualJournals": cost, "SkipOrder": True,
        "Order": {"Status": words("NOT AVAILABLE", company.switches), "Lines": ordered},
    }  # fmt: skip


def write_off_row(company: Company, made: StockTask) -> dict[str, Any]:
    return {
        "TaskID": made.id, "InventoryWriteOffNumber": made.number, "Status": words(made.status, company.switches),
        "LocationID": made.place.id, "Location": made.place.name, "Date": day(made.day), "Notes": made.note,
    }  # fmt: skip


def write_off(company: Company, made: StockTask) -> dict[str, Any]:
    row = write_off_row(company, made)
    row.pop("Date")
    lines = [
        {"ProductID": piece.good.id, "ProductCode": piece.good.sku, "Name": piece.good.name, "BinID": made.place.id,
         "Bin": piece.bin or made.place.name, "BatchSN": piece.batch or None, "ExpiryDate": None,
         "ExpenseAccount": None, "Quantity": number(-piece.quantity), "Cost": _each(company, piece),
         "TotalCost": money(-piece.cost, company.currency)}
        for piece in _shown(made)
    ]  # fmt: skip
    return {
        **row, "Account": made.account, "EffectiveDate": day(made.day), "Lines": lines,
        "Transactions": rows_of(company, made.id), "Errors": [],
    }  # fmt: skip


def _each(company: Company, piece: Piece) -> Decimal:
    return number((money(piece.cost, company.currency) / piece.quantity).quantize(Decimal("0.0001")))


def journal(company: Company, made: MoneyTask) -> dict[str, Any]:
    rows = [] if made.status == "VOIDED" else made.rows
    return {
        "TaskID": made.id, "Status": words(made.status, company.switches), "JournalNumber": made.number,
        "Currency": company.currency, "CurrencyConversionRate": 1, "EffectiveDate": day(made.day),
        "Narration": made.note, "Notes": "",
        "Lines": [
            {"Debit": debit, "Credit": credit, "Reference": text, "Amount": money(amount, company.currency),
             "BaseAmount": money(amount, company.currency)}
            for debit, credit, amount, text in rows
        ],
        "Attachments": [],
    }  # fmt: skip


def _total(made: MoneyTask) -> int:
    """What came into (or went out of) the task's bank account."""
    sides = sum(amount * ((debit == made.account) - (credit == made.account)) for debit, credit, amount, _ in made.rows)
    return abs(sides)


def money_row(company: Company, made: MoneyTask) -> dict[str, Any]:
    return {
        "TaskID": made.id, "Date": day(made.day), "TaskType": _task_type(made),
        "Status": words(made.status, company.switches), "SupplierCustomerName": made.party, "SupplierID": None,
        "CustomerID": None, "Reference": made.number, "TotalAmount": money(_total(made), company.currency),
    }  # fmt: skip


def _task_type(made: MoneyTask) -> str:
    return "Bank Transfer" if made.family == "BankTransfer" else made.family


def money_operation(company: Company, made: MoneyTask) -> dict[str, Any]:
    """Spend or Receive Money: lines of the other accounts, those against the money's direction negative."""
    lines = []
    for debit, credit, amount, text in [] if made.status == "VOIDED" else made.rows:
        other, inward = (credit, True) if debit == made.account else (debit, False)
        value = amount if inward == (made.family == "Receive Money") else -amount
        lines.append(
            {"Name": text, "Comment": "", "Quantity": 1, "Price": money(value, company.currency), "Discount": 0,
             "Tax": 0, "TaxRuleName": "Tax Exempt", "AccountCode": other, "Total": money(value, company.currency)}
        )  # fmt: skip
    return {
        "TaskID": made.id, "TaskType": made.family, "Status": words(made.status, company.switches),
        "BankAccount": made.account, "CurrencyConversionRate": 1, "SupplierCustomer": made.party, "SupplierID": None,
        "CustomerID": None, "Reference": made.number, "Date": day(made.day), "TaxInclusive": False, "Note": made.note,
        "Lines": lines, "Transactions": rows_of(company, made.id), "Attachments": [],
    }  # fmt: skip


def bank_transfer(company: Company, made: MoneyTask) -> dict[str, Any]:
    to, origin, amount, _ = made.rows[0]
    return {
        "TaskID": made.id, "Status": words(made.status, company.switches), "FromAccount": origin, "ToAccount": to,
        "FromAmount": money(amount, company.currency), "ToAmount": money(amount, company.currency),
        "CurrencyConversionRate": 1, "Reference": made.number, "Date": day(made.day), "Note": made.note,
        "Transactions": rows_of(company, made.id), "Attachments": [],
    }  # fmt: skip
