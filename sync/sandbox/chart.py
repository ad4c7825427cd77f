"""The practice company's chart of accounts, on both sides, and which role each account plays."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ledger:
    """One account: Cin7's words first, then QBO's. `number` is QBO's AcctNum ("" where only the names are equal).

    `control` is the name that the contract gives to the control which claims it, "" for none.
    """

    code: str
    name: str
    type: str
    klass: str
    qbo_type: str
    qbo_subtype: str
    number: str = ""
    system: str = ""
    control: str = ""
    parent: str = ""


# Roles: the code that postings use.
CHECKING, SAVINGS = "090", "091"
RECEIVABLE, PAYABLE, TAX = "610", "800", "820"
STOCK, MATERIALS, TRANSIT, WIP = "630", "631", "632", "633"
SUPPLIER_DEPOSITS, CLEARING, LANDED = "640", "660", "650"
ACCRUED, CUSTOMER_CREDITS, ACCRUED_COSTS = "801", "830", "850"
EQUIPMENT, WEAR, EQUITY = "710", "711", "970"
SALES, SALES_PARTS, SERVICES, SHIPPING, INTEREST = "200", "201", "205", "210", "270"
COGS, COGS_PARTS, ADJUSTMENT, WRITE_OFF, LABOUR = "310", "311", "320", "321", "330"
FX, BANK_FEES, OFFICE, PRINTING, CLEANING, DEPRECIATION = "497", "404", "429", "461", "408", "416"

_ASSET, _OWED, _COST, _GAIN = "ASSET", "LIABILITY", "EXPENSE", "REVENUE"
_GOODS = ("Cost of Goods Sold", "SuppliesMaterialsCogs")
_OTHER_ASSET = "Other Current Asset"
_OTHER_DEBT = "Other Current Liability"


def _cin7(
    code: str, name: str, kind: str, klass: str, qbo: tuple[str, str], *, system: str = "", control: str = ""
) -> Ledger:
    return Ledger(code, name, kind, klass, qbo[0], qbo[1], code, system, control)


SHARED: tuple[Ledger, ...] = (
    _cin7(CHECKING, "Business Checking", "BANK", _ASSET, ("Bank", "Checking")),
    _cin7(SAVINGS, "Business Savings", "BANK", _ASSET, ("Bank", "Savings")),
    _cin7(SALES, "Product Sales", "SALES", _GAIN, ("Income", "SalesOfProductIncome"), control="revenue"),
    _cin7(SALES_PARTS, "Parts Sales", "SALES", _GAIN, ("Income", "SalesOfProductIncome"), control="revenue"),
    _cin7(SERVICES, "Service Income", "SALES", _GAIN, ("Income", "ServiceFeeIncome"), control="revenue"),
    _cin7(SHIPPING, "Shipping Income", "SALES", _GAIN, ("Income", "ServiceFeeIncome"), control="revenue"),
    _cin7(INTEREST, "Interest Income", "OTHERINCOME", _GAIN, ("Other Income", "InterestEarned"), control="revenue"),
    _cin7(COGS, "Cost of Goods Sold", "DIRECTCOSTS", _COST, _GOODS, control="cogs"),
    _cin7(COGS_PARTS, "Cost of Parts Sold", "DIRECTCOSTS", _COST, _GOODS, control="cogs"),
    _cin7(ADJUSTMENT, "Inventory Shrinkage", "DIRECTCOSTS", _COST, _GOODS, control="inventory_adjustments"),
    _cin7(WRITE_OFF, "Stock Written Off", "EXPENSE", _COST, _GOODS, control="inventory_adjustments"),
    _cin7(LABOUR, "Production Labour Recovered", "EXPENSE", _COST, ("Cost of Goods Sold", "CostOfLaborCos")),
    _cin7(BANK_FEES, "Bank Fees", "EXPENSE", _COST, ("Expense", "BankCharges")),
    Ledger(CLEANING, "Cleaning", "EXPENSE", _COST, "Expense", "RepairMaintenance"),
    _cin7(DEPRECIATION, "Depreciation", "DEPRECIATN", _COST, ("Other Expense", "Depreciation")),
    _cin7(OFFICE, "Office Expenses", "OVERHEADS", _COST, ("Expense", "OfficeGeneralAdministrativeExpenses")),
    Ledger(PRINTING, "Printing & Stationery", "OVERHEADS", _COST, "Expense", "OfficeGeneralAdministrativeExpenses"),
    _cin7(FX, "Realised Currency Gains", "EXPENSE", _COST, ("Other Expense", "ExchangeGainOrLoss")),
    _cin7(
        RECEIVABLE,
        "Accounts Receivable",
        "CURRENT",
        _ASSET,
        ("Accounts Receivable", "AccountsReceivable"),
        system="DEBTORS",
        control="receivables",
    ),
    _cin7(STOCK, "Inventory", "INVENTORY", _ASSET, (_OTHER_ASSET, "Inventory"), control="inventory"),
    _cin7(MATERIALS, "Inventory - Materials", "INVENTORY", _ASSET, (_OTHER_ASSET, "Inventory"), control="inventory"),
    _cin7(
        TRANSIT, "Inventory in Transit", "CURRENT", _ASSET, (_OTHER_ASSET, "OtherCurrentAssets"), control="in_transit"
    ),
    _cin7(WIP, "Work in Progress", "CURRENT", _ASSET, (_OTHER_ASSET, "OtherCurrentAssets"), control="work_in_progress"),
    _cin7(SUPPLIER_DEPOSITS, "Supplier Deposits", "CURRENT", _ASSET, (_OTHER_ASSET, "PrepaidExpenses")),
    _cin7(LANDED, "Landed Cost Clearing", "CURRLIAB", _OWED, (_OTHER_DEBT, "OtherCurrentLiabilities")),
    _cin7(CLEARING, "Payment Clearing", "CURRENT", _ASSET, (_OTHER_ASSET, "OtherCurrentAssets"), control="clearing"),
    _cin7(EQUIPMENT, "Office Equipment", "FIXED", _ASSET, ("Fixed Asset", "FurnitureAndFixtures")),
    _cin7(WEAR, "Accumulated Depreciation", "FIXED", _ASSET, ("Fixed Asset", "AccumulatedDepreciation")),
    _cin7(
        PAYABLE,
        "Accounts Payable",
        "CURRLIAB",
        _OWED,
        ("Accounts Payable", "AccountsPayable"),
        system="CREDITORS",
        control="payables",
    ),
    _cin7(
        ACCRUED,
        "Accrued Purchases",
        "CURRLIAB",
        _OWED,
        (_OTHER_DEBT, "OtherCurrentLiabilities"),
        control="accrued_purchases",
    ),
    _cin7(TAX, "Sales Tax", "CURRLIAB", _OWED, (_OTHER_DEBT, "SalesTaxPayable"), system="GST", control="tax"),
    _cin7(CUSTOMER_CREDITS, "Customer Credits", "CURRLIAB", _OWED, (_OTHER_DEBT, "OtherCurrentLiabilities")),
    _cin7(ACCRUED_COSTS, "Accrued Expenses", "CURRLIAB", _OWED, (_OTHER_DEBT, "OtherCurrentLiabilities")),
    _cin7(EQUITY, "Owner Capital", "EQUITY", "EQUITY", ("Equity", "OwnersEquity")),
)

# Accounts that Cin7 has never heard of.
RENT, PAYROLL, PAYROLL_OWED, DRAWS, UNDEPOSITED = "rent", "payroll", "payroll owed", "draws", "undeposited"
CONSULTING, UNREALISED, UTILITIES, GAS, POWER, RETAINED = (
    "consulting",
    "unrealised",
    "utilities",
    "gas",
    "power",
    "retained",
)
QBO_ONLY: tuple[Ledger, ...] = (
    Ledger(RENT, "Rent", "", "EXPENSE", "Expense", "RentOrLeaseOfBuildings", "6100"),
    Ledger(PAYROLL, "Payroll Expenses", "", "EXPENSE", "Expense", "PayrollExpenses", "6200"),
    Ledger(PAYROLL_OWED, "Payroll Liabilities", "", "LIABILITY", "Other Current Liability", "PayrollTaxPayable"),
    Ledger(DRAWS, "Owner Draws", "", "EQUITY", "Equity", "OwnersEquity", "9710"),
    Ledger(UNDEPOSITED, "Undeposited Funds", "", "ASSET", "Other Current Asset", "UndepositedFunds"),
    Ledger(CONSULTING, "Consulting Income", "", "REVENUE", "Income", "ServiceFeeIncome", "4900"),
    Ledger(UNREALISED, "Unrealised Gain or Loss", "", "EXPENSE", "Other Expense", "OtherMiscellaneousExpense"),
    Ledger(UTILITIES, "Utilities", "", "EXPENSE", "Expense", "Utilities", "6300"),
    Ledger(GAS, "Gas", "", "EXPENSE", "Expense", "Utilities", "6310", parent=UTILITIES),
    Ledger(POWER, "Electricity", "", "EXPENSE", "Expense", "Utilities", "6320", parent=UTILITIES),
    Ledger(RETAINED, "Retained Earnings", "", "EQUITY", "Equity", "RetainedEarnings"),
)
# Of the setup guide's optional accounts those that Cin7 never posts on here; QuickBooks numbers them last.
GUIDE: tuple[Ledger, ...] = (
    Ledger("freight", "Freight Out", "", "EXPENSE", "Cost of Goods Sold", "ShippingFreightDeliveryCos", "5200"),
    Ledger("landed", "Landed Cost", "", "EXPENSE", "Cost of Goods Sold", "OtherCostsOfServiceCos", "5300"),
)
CLASSIFICATION = {
    "ASSET": "Asset",
    "LIABILITY": "Liability",
    "EQUITY": "Equity",
    "EXPENSE": "Expense",
    "REVENUE": "Revenue",
}
CONTROL_OF: dict[str, str] = {ledger.code: ledger.control for ledger in SHARED if ledger.control}
NAME_OF: dict[str, str] = {ledger.code: ledger.name for ledger in SHARED}
