"""Cin7's reference lists of the practice company: company, accounts, places, products, parties, taxes, stock levels."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sync.sandbox import chart
from sync.sandbox.catalogue import Good, Party, Place
from sync.sandbox.company import Company
from sync.sandbox.shapes import ATTRIBUTES, day, money, number, stamp

_NOWHERE: tuple[str, str, date | None] = ("", "", None)


def lock_day(today: date) -> date:
    """Both systems are closed up to the end of the month four months back."""
    months = today.year * 12 + today.month - 4
    return date(months // 12, months % 12 + 1, 1) - timedelta(1)


def _shown_day(company: Company, value: date) -> str:
    return f"{value:%d/%m/%Y}" if company.switches.lock_date_format == "display" else str(day(value))


def me(company: Company) -> dict[str, Any]:
    catalogue = company.catalogue
    rounding = [{"RangeTo": 10, "RoundToNearest": Decimal("0.01"), "AdjustmentRule": "N", "AdjustmentValue": 0}]
    return {
        "Company": catalogue.company, "Currency": catalogue.currency, "TimeZone": catalogue.time_zone,
        "DefaultWeightUnits": "kg", "DefaultDimensionsUnits": "cm",
        "LockDate": _shown_day(company, lock_day(company.today)),
        "OpeningBalanceDate": _shown_day(company, company.opening), "TaxCalculationMethod": "Row Total",
        "DefaultSaleTaxRuleId": "5d0c2a1e-0000-4000-a000-000000000001", "DefaultSaleTaxRuleName": catalogue.tax_name,
        "MaximumDecimalPlacesInQuantity": "N2", "ApplyCustomerDiscountsAfterOtherDiscounts": True,
        "DiscountRule": "Discount", "AutomaticallyApplyDiscounts": False, "RoundingTable": rounding,
    }  # fmt: skip


def accounts() -> list[dict[str, Any]]:
    return [
        {
            "Code": each.code, "Status": "ACTIVE", "Name": each.name, "Type": each.type, "Description": "",
            "Class": each.klass, "SystemAccount": each.name if each.system else None,
            "SystemAccountCode": each.system or None, "BankAccountNumber": None, "BankAccountId": None,
            "ForPayments": each.code in (chart.CHECKING, chart.CLEARING),
            "DisplayName": f"{each.code}: {each.name}", "OldCode": None,
        }
        for each in chart.SHARED
    ]  # fmt: skip


def bank_accounts(company: Company) -> list[dict[str, Any]]:
    return [
        {
            "AccountID": f"5d0c2a1e-0000-4000-b000-0000000000{code[-2:]}", "Bank": "First Harbor Bank",
            "AccountName": chart.NAME_OF[code], "AccountNumber": "No Number", "AccountCode": code,
            "Currency": company.currency, "StatementBalance": 0, "BalanceInDear": 0, "InitialBalance": 0,
        }
        for code in (chart.CHECKING, chart.SAVINGS)
    ]  # fmt: skip


def taxes(company: Company) -> list[dict[str, Any]]:
    catalogue, rows = company.catalogue, []
    for n, (name, percent) in enumerate(((catalogue.tax_name, catalogue.tax_percent), ("Tax Exempt", Decimal(0)))):
        part = {"ID": f"5d0c2a1e-0000-4000-c000-00000000000{n}", "Name": "Tax", "Percent": f"{percent:.10f}",
                "AccountCode": chart.TAX, "ComponentOrder": "1"}  # fmt: skip
        rows.append(
            {
                "ID": f"5d0c2a1e-0000-4000-a000-00000000000{n + 1}", "Name": name, "Account": chart.TAX,
                "IsActive": True, "TaxInclusive": False, "TaxPercent": number(percent), "IsTaxForSale": True,
                "IsTaxForPurchase": catalogue.purchase_tax or not percent, "Components": [part],
            }
        )  # fmt: skip
    return rows


def payment_terms() -> list[dict[str, Any]]:
    return [
        {"ID": f"5d0c2a1e-0000-4000-d000-0000000000{days:02d}", "Name": terms(days), "Duration": days,
         "Method": "number of days", "IsActive": True, "IsDefault": days == 30}
        for days in (0, 14, 30, 45)
    ]  # fmt: skip


def terms(days: int) -> str:
    return f"{days} days" if days else "Cash on delivery"


def locations(company: Company) -> list[dict[str, Any]]:
    rows = []
    for place in company.catalogue.places:
        bins = [{"ID": key.upper(), "Name": name, "IsDeprecated": False, "IsStaging": False}
                for key, name in place.bins]  # fmt: skip
        rows.append(_location(place.id, place.name, place, bins or None, None, place.default))
        rows += [_location(key, name, place, None, place, False) for key, name in place.bins]
    rows.append(_location("5d0c2a1e-0000-4000-e000-000000000001", "Old Yard", None, None, None, False))
    return rows


def _location(
    key: str, name: str, place: Place | None, bins: list[dict[str, Any]] | None, parent: Place | None, default: bool
) -> dict[str, Any]:  # fmt: skip
    return {
        "ID": key, "Name": name, "IsDefault": default, "IsDeprecated": place is None, "Bins": bins,
        "FixedAssetsLocation": False, "ParentID": parent.id if parent else None,
        "ParentName": parent.name if parent else None, "ReferenceCount": 0, "AddressLine1": "", "AddressLine2": "",
        "AddressCitySuburb": "", "AddressStateProvince": "", "AddressZipPostCode": "", "AddressCountry": "",
        "PickZones": None, "IsShopfloor": False, "IsCoMan": False, "IsStaging": False,
    }  # fmt: skip


def customer(company: Company, party: Party, made: datetime) -> dict[str, Any]:
    taxed = company.catalogue.tax_name if party.taxed else "Tax Exempt"
    contact = {"Name": party.name, "JobTitle": None, "Phone": None, "MobilePhone": None, "Fax": None, "Email": None,
               "Website": None, "Default": True, "Comment": None, "IncludeInEmail": False, "MarketingConsent": 1,
               "ID": party.id[:-4] + "c0de"}  # fmt: skip
    return {
        "ID": party.id, "Name": party.name, "DisplayName": party.name, "Currency": party.currency,
        "PaymentTerm": terms(party.terms), "Discount": 0, "TaxRule": taxed, "Carrier": None,
        "SalesRepresentative": None, "Location": company.catalogue.places[0].name, "Comments": None,
        "AccountReceivable": chart.RECEIVABLE, "RevenueAccount": chart.SALES, "PriceTier": "Tier 1", "TaxNumber": None,
        **ATTRIBUTES, "AttributeSet": None, "Tags": None, "Status": "Active", "CreditLimit": 0, "IsOnCreditHold": False,
        "IsLegalEntity": False, "CustomerParentID": None, "CustomerParentName": None, "IsBillParent": False,
        "LastModifiedOn": stamp(made, company.switches), "Addresses": [], "Contacts": [contact], "ProductPrices": [],
        "ChildCustomers": [],
    }  # fmt: skip


def supplier(company: Company, party: Party, made: datetime) -> dict[str, Any]:
    return {
        "ID": party.id, "Name": party.name, "Currency": party.currency, "PaymentTerm": terms(party.terms),
        "TaxRule": "Tax Exempt", "Discount": 0, "Comments": None, "AccountPayable": chart.PAYABLE, "TaxNumber": None,
        **ATTRIBUTES, "AttributeSet": None, "Status": "Active", "LastModifiedOn": stamp(made, company.switches),
        "Addresses": [], "Contacts": [],
    }  # fmt: skip


def product(company: Company, good: Good, made: datetime) -> dict[str, Any]:
    tiers = [number(good.price), *[0] * 9]
    parts = [
        {"ComponentProductID": part, "ProductCode": company.goods[part].sku, "Name": company.goods[part].name,
         "Quantity": number(each), "WastagePercent": 0, "WastageQuantity": 0, "CostPercentage": 100}
        for part, each in good.parts
    ]  # fmt: skip
    own = good.own_accounts
    return {
        "ID": good.id, "SKU": good.sku, "Name": good.name, "Category": good.category, "Brand": good.brand or None,
        "Type": "Service" if good.service else "Stock",
        "CostingMethod": "FIFO - Batch" if good.batches else "FIFO", "DropShipMode": "No Drop Ship",
        "DefaultLocation": company.catalogue.places[0].name, "Length": 0, "Width": 0, "Height": 0, "Weight": 0,
        "UOM": "Item", "WeightUnits": "kg", "DimensionsUnits": "cm", "Barcode": "", "MinimumBeforeReorder": 0,
        "ReorderQuantity": 0, **{f"PriceTier{n + 1}": price for n, price in enumerate(tiers)},
        "PriceTiers": {f"Tier {n + 1}": price for n, price in enumerate(tiers)}, "AverageCost": number(good.cost),
        "ShortDescription": "", "Description": "", "InternalNote": "", **ATTRIBUTES, "AttributeSet": None,
        "DiscountRule": None, "Tags": "", "Status": "Active", "StockLocator": "",
        "COGSAccount": good.cogs or None if own else None, "RevenueAccount": good.revenue if own else None,
        "ExpenseAccount": None, "InventoryAccount": good.stock or None if own else None, "PurchaseTaxRule": None,
        "SaleTaxRule": None, "LastModifiedOn": stamp(made, company.switches), "Sellable": True, "PickZones": "",
        "BillOfMaterial": bool(parts), "AutoAssembly": False, "AutoDisassembly": False, "QuantityToProduce": 1,
        "AssemblyInstructionURL": "", "AssemblyCostEstimationMethod": "Average Cost", "Suppliers": [],
        "ReorderLevels": [], "BillOfMaterialsProducts": parts, "BillOfMaterialsServices": [], "Movements": [],
        "Attachments": [], "CustomPrices": [], "CartonHeight": 0, "CartonWidth": 0, "CartonLength": 0,
        "CartonQuantity": 0, "CartonInnerQuantity": 0, "HSCode": "", "CountryOfOrigin": "", "CountryOfOriginCode": "",
    }  # fmt: skip


def movements(company: Company, products: set[str]) -> dict[str, list[dict[str, Any]]]:
    """Product id -> its dated movements, for the products asked for."""
    rows: dict[str, list[dict[str, Any]]] = {product: [] for product in products}
    for moves in company.movements.values():
        for move in moves:
            if move.product in rows:
                rows[move.product].append(
                    {
                        "TaskID": move.task, "Type": move.kind, "Date": day(move.day), "Number": move.number,
                        "Quantity": number(move.quantity), "Amount": money(move.cost, company.currency),
                        "Location": move.place, "BatchSN": move.batch or None, "ExpiryDate": None,
                        "FromTo": move.party,
                    }
                )  # fmt: skip
    return rows


def availability(company: Company) -> list[dict[str, Any]]:
    """Stock now by product, place, bin and batch; what is allocated, ordered and under way stands on the first row."""
    held: dict[tuple[str, str], dict[tuple[str, str, date | None], tuple[Decimal, int]]] = defaultdict(dict)
    for product_id, place, layer in company.stock.everything():
        slot = held[product_id, place]
        where = (layer.bin, layer.batch, layer.expiry)
        quantity, cost = slot.get(where, (Decimal(0), 0))
        slot[where] = (quantity + layer.quantity, cost + layer.cost)
    allocated, coming = _allocated(company), _under_way(company)
    main = company.catalogue.places[0].name
    wanted = {*held, *allocated, *coming, *((good.id, main) for good in company.goods.values() if not good.service)}
    rows = []
    for key in sorted(wanted):
        slots = held.get(key) or {_NOWHERE: (Decimal(0), 0)}
        extra = (allocated.get(key, Decimal(0)), company.on_order.get(key, Decimal(0)), coming.get(key, Decimal(0)))
        for spot, (quantity, cost) in slots.items():
            rows.append(_level(company, key, spot, quantity, cost, extra))
            extra = (Decimal(0), Decimal(0), Decimal(0))
    return rows


def _allocated(company: Company) -> dict[tuple[str, str], Decimal]:
    rows: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for sale in company.open_sales.values():
        for shipment in sale.fulfilments:
            if shipment.status == "NOT AVAILABLE":
                for good, quantity in shipment.wanted:
                    rows[good.id, sale.place.name] += quantity
    return rows


def _under_way(company: Company) -> dict[tuple[str, str], Decimal]:
    rows: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for made in company.tasks:
        if made.status == "IN TRANSIT" and made.to:
            for piece in made.pieces:
                rows[piece.good.id, made.to.name] -= piece.quantity
    return rows


def _level(
    company: Company, key: tuple[str, str], where: tuple[str, str, date | None], quantity: Decimal, cost: int,
    extra: tuple[Decimal, Decimal, Decimal],
) -> dict[str, Any]:  # fmt: skip
    good, (taken, ordered, coming) = company.goods[key[0]], extra
    return {
        "ID": good.id, "SKU": good.sku, "Name": good.name, "Barcode": None, "Location": key[1],
        "Bin": where[0] or None, "Batch": where[1] or None, "ExpiryDate": day(where[2]), "OnHand": number(quantity),
        "Allocated": number(taken), "Available": number(quantity - taken), "OnOrder": number(ordered),
        "StockOnHand": money(cost, company.currency), "InTransit": number(coming), "NextDeliveryDate": None,
    }  # fmt: skip
