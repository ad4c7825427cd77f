"""Documents of QuickBooks Online that Cin7 does not know: keyed by hand, and business that is none of Cin7's."""

from __future__ import annotations

from sync.sandbox import chart
from sync.sandbox.breaks.entered import Moment, entered_bill, entered_expense, entered_journal, entered_sale, moment
from sync.sandbox.breaks.expected import Expected
from sync.sandbox.breaks.missing import Injector
from sync.sandbox.breaks.scene import Scene
from sync.sandbox.qbo_chart import LANDLORD
from sync.sandbox.qbo_txn import Txn


def home_customer(scene: Scene) -> str:
    catalogue = scene.company.catalogue
    return scene.random.choice([each for each in catalogue.customers if each.currency == catalogue.currency]).name


def _home_supplier(scene: Scene) -> str:
    catalogue = scene.company.catalogue
    return scene.random.choice([each for each in catalogue.suppliers if each.currency == catalogue.currency]).name


def _number(scene: Scene, prefix: str) -> str:
    """A number that nothing else has."""
    return f"{prefix}{scene.book.last_id + 1}"


# -- missing in Cin7


def _expense(scene: Scene) -> Txn:
    return entered_expense(scene, moment(scene), "Courier", [(chart.COGS, scene.money(20, 300), "Packaging")])


def _bill(scene: Scene) -> Txn:
    rows = [(chart.STOCK, scene.money(100, 900), "Samples bought direct")]
    return entered_bill(scene, moment(scene), _number(scene, "D"), "", _home_supplier(scene), rows)


def _invoice(scene: Scene) -> Txn:
    rows = [(chart.SALES, scene.money(100, 900), "Show-room piece")]
    number = _number(scene, "M-")
    return entered_sale(scene, moment(scene), "Invoice", number, home_customer(scene), rows)


def _receipt(scene: Scene) -> Txn:
    amount = scene.money(100, 900)
    number = _number(scene, "TILL-")
    return entered_sale(scene, moment(scene), "SalesReceipt", number, home_customer(scene),
                        [(chart.SALES, amount, "Counter sale")], tax=amount // 11)  # fmt: skip


_BY_HAND = {"expense on cost": _expense, "bill with stock": _bill, "invoice": _invoice, "sales receipt": _receipt}

# variant of a manual journal -> (account debited, account credited, note)
_JOURNALS = {
    "stock against cost": (chart.COGS, chart.STOCK, "To agree stock with the count"),
    "stock against shrinkage": (chart.STOCK, chart.ADJUSTMENT, "Stock correction"),
    "stock against an uncompared account": (chart.PAYROLL, chart.MATERIALS, "Samples used in the office"),
    "accrued purchases": (chart.ACCRUED, chart.COGS, "Old receipts written back"),
    "revenue": (chart.SALES, chart.CONSULTING, "Reclass"),
}

# variant of outside business -> journal rows (debit, credit), or a document of its own
_OUTSIDE = {
    "revaluation": (chart.RECEIVABLE, chart.UNREALISED, "Month-end revaluation"),
    "accrual": (chart.OFFICE, chart.ACCRUED_COSTS, "Audit fee accrued"),
    "tax paid": (chart.TAX, chart.CHECKING, "Sales tax paid"),
}


def _missing(variant: str) -> Injector:
    def inject(scene: Scene) -> Expected:
        txn = _BY_HAND[variant](scene)
        return Expected("missing_in_cin7", variant, scene.findings("missing_in_cin7", "error", [], [txn]))

    return inject


def _journal(variant: str) -> Injector:
    def inject(scene: Scene) -> Expected:
        txn = manual(scene, moment(scene), variant)
        return Expected("manual_journal", variant, scene.findings("manual_journal", "error", [], [txn]))

    return inject


def manual(scene: Scene, when: Moment, variant: str) -> Txn:
    """A journal by hand on a goods account or on mapped revenue."""
    debit, credit, note = _JOURNALS[variant]
    amount = scene.money(30, 700)
    number = _number(scene, "GJ ")
    return entered_journal(scene, when, number, note, [(debit, amount, note), (credit, -amount, note)])


def _outside(variant: str) -> Injector:
    def inject(scene: Scene) -> Expected:
        txn = outside(scene, moment(scene), variant)
        found = scene.findings("outside_cin7", "policy", [], [txn], summed=True)
        return Expected("outside_cin7", variant, found)

    return inject


def outside(scene: Scene, when: Moment, variant: str) -> Txn:
    """Business that is QBO's alone: it touches no goods control and no revenue that Cin7 posts on."""
    amount = scene.money(50, 900)
    if variant == "rent":
        return entered_bill(scene, when, _number(scene, "R"), "Storage", LANDLORD,
                            [(chart.RENT, amount, "Storage room")])  # fmt: skip
    debit, credit, note = _OUTSIDE[variant]
    party = ("Customer", home_customer(scene)) if debit == chart.RECEIVABLE else None
    return entered_journal(scene, when, "", note, [(debit, amount, note), (credit, -amount, note)], party)


MISSING_IN_CIN7 = {variant: _missing(variant) for variant in _BY_HAND}
MANUAL_JOURNAL = {variant: _journal(variant) for variant in _JOURNALS}
OUTSIDE_CIN7 = {variant: _outside(variant) for variant in ("rent", *_OUTSIDE)}
