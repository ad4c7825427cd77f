"""The set-up check of the accounts that the setup guide and Cin7 ask for: each found by its type, never by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reports.setup_facts import ERROR, OK, WARNING, Check, Setup
from sync.domain.accounts import Account, Source

_ASSET, _DEBT, _COGS = "Other Current Asset", "Other Current Liability", "Cost of Goods Sold"
_FREIGHT = ("shippingfreightdeliverycos", "freightanddeliverycos", "shippingfreightdelivery")
_NOT_LANDED = ("costoflaborcos", "costoflabor", "equipmentrentalcos")


@dataclass(frozen=True, slots=True)
class Role:
    """An account that ought to be there: what it is called, what QuickBooks' types make it, and what it is good for.

    `found` gives QuickBooks' active accounts that play it; `wanted` says whether this company needs it.
    """

    name: str
    label: str
    types: str
    why: str
    found: Callable[[Setup], list[Account]]
    status: str = WARNING
    wanted: Callable[[Setup], bool] = lambda _: True


def _active(setup: Setup) -> list[Account]:
    return [account for (source, _), account in setup.accounts.items() if source is Source.QBO and account.active]


def _typed(type_: str, *subtypes: str) -> Callable[[Setup], list[Account]]:
    """Active accounts of a type, of one of the sub-types where such are given."""

    def found(setup: Setup) -> list[Account]:
        return [
            each
            for each in _active(setup)
            if each.type.casefold() == type_.casefold() and (not subtypes or each.subtype.casefold() in subtypes)
        ]

    return found


def _claimed(control: str, *types: str) -> Callable[[Setup], list[Account]]:
    """Active accounts that a control claims, of one of these types."""

    def found(setup: Setup) -> list[Account]:
        return [each for each in setup.mapped(control) if each.active and each.type in types]

    return found


def _on_the_way(control: str) -> Callable[[Setup], list[Account]]:
    """What the control's own Cin7 accounts lead to; where nothing uses it yet, any that it could be mapped to."""

    def found(setup: Setup) -> list[Account]:
        if setup.map.accounts(Source.CIN7, control):
            return _claimed(control, _ASSET)(setup)
        return _typed(_ASSET, "othercurrentassets")(setup)

    return found


def _cost_of_sales(setup: Setup) -> list[Account]:
    claimed = _claimed("cogs", _COGS)(setup)
    return claimed or [each for each in _typed(_COGS)(setup) if each.subtype.casefold() not in _FREIGHT]


def _freight(setup: Setup) -> list[Account]:
    return _typed(_COGS, *_FREIGHT)(setup)


def _landed(setup: Setup) -> list[Account]:
    """A cost account of its own: neither cost of goods, nor adjustments, nor the first one for freight."""
    taken = {each.code for control in ("cogs", "inventory_adjustments") for each in setup.mapped(control)}
    taken |= {each.code for each in sorted(_freight(setup), key=lambda each: each.code)[:1]}
    free = [each for each in _typed(_COGS)(setup) if each.code not in taken]
    return [each for each in free if each.subtype.casefold() not in _NOT_LANDED]


def _clearing(setup: Setup) -> list[Account]:
    """What [controls] says, else a bank account beside the first: no type tells a clearing account from a real bank."""
    claimed = _claimed("clearing", "Bank", _ASSET, _DEBT)(setup)
    return claimed or sorted(_typed("Bank")(setup), key=lambda each: each.code)[1:]


def _adjustments(setup: Setup) -> list[Account]:
    """What Cin7's own accounts lead to; where nothing was adjusted yet, a cost account beside that for landed cost."""
    if setup.map.accounts(Source.CIN7, "inventory_adjustments"):
        return _claimed("inventory_adjustments", _COGS, "Expense", "Other Expense")(setup)
    return sorted(_typed(_COGS, "othercostsofservicecos")(setup), key=lambda each: each.code)[1:]


def _free(controls: tuple[str, ...], type_: str, *subtypes: str) -> Callable[[Setup], list[Account]]:
    """Active accounts of a type and sub-types that none of these controls has taken already."""

    def found(setup: Setup) -> list[Account]:
        taken = {each.code for control in controls for each in setup.mapped(control)}
        return [each for each in _typed(type_, *subtypes)(setup) if each.code not in taken]

    return found


_deposits = _free(
    ("inventory", "in_transit", "work_in_progress", "clearing"), _ASSET, "prepaidexpenses", "othercurrentassets"
)
_credits = _free(
    ("accrued_purchases", "tax", "payables", "clearing"), _DEBT, "othercurrentliabilities", "deferredrevenue"
)


def _foreign(setup: Setup) -> bool:
    return bool(setup.currencies - {setup.currency, ""})


def _gains(setup: Setup) -> list[Account]:
    return [each for each in _active(setup) if each.subtype.casefold() in ("exchangegainorloss", "gainlossexchange")]


# The guide's "Required Accounts" and "Optional (but recommended)", then those that Cin7's help asks to be mapped.
ROLES = (
    Role("inventory_asset", "Inventory Asset", f"{_ASSET} / Inventory", "the value of stock stands on it",
         _typed(_ASSET, "inventory"), ERROR),
    Role("cost_of_goods_sold", "Cost of Goods Sold", f"{_COGS} / Supplies & Materials - COGS",
         "every shipment's cost is posted on it", _cost_of_sales, ERROR),
    Role("sales", "Sales", "Income / Sales of Product Income", "every invoice is posted on it", _typed("Income"),
         ERROR),
    Role("accounts_receivable", "Accounts Receivable", "Accounts Receivable (A/R)", "what customers owe stands on it",
         _typed("Accounts Receivable"), ERROR),
    Role("inventory_adjustments", "Inventory Adjustments", f"{_COGS} or Expense",
         "shrinkage and stock takes are told from the cost of sales by it", _adjustments),
    Role("freight", "Freight Expense", f"{_COGS} / Shipping, Freight & Delivery - COS",
         "freight out is told from the cost of goods by it", _freight),
    Role("landed_cost", "Landed Cost", f"{_COGS} / Other Costs of Services - COS",
         "freight, duty and insurance of purchases pass through it into the cost of stock", _landed),
    Role("payment_clearing", "Payment Clearing", "Bank", "payouts are split into sales, fees and refunds on it",
         _clearing),
    Role("in_transit", "Inventory in Transit", f"{_ASSET} / Other Current Assets",
         "goods between two locations stand on it; without it they vanish from the balance sheet on the way",
         _on_the_way("in_transit")),
    Role("work_in_progress", "Work in Progress", f"{_ASSET} / Other Current Assets",
         "material in production stands on it until the goods are finished", _on_the_way("work_in_progress")),
    Role("supplier_deposits", "Supplier Deposits", f"{_ASSET} / Prepaid Expenses",
         "money paid before the bill stands on it; otherwise it is an expense too early", _deposits),
    Role("customer_credits", "Customer Credits", f"{_DEBT} / Other Current Liabilities",
         "prepayments stand on it; otherwise they are revenue too early", _credits),
    Role("currency_gains", "Realised Currency Gains", "Other Expense / Exchange Gain or Loss",
         "the difference between the rate of the invoice and that of its payment goes there", _gains, WARNING,
         _foreign),
)  # fmt: skip


def roles(setup: Setup) -> Iterator[Check]:
    """Every account of the guide and of Cin7's mapping page is there, by its type and sub-type.

    A required one that is missing is an error, a recommended one a warning.
    """
    if not any(source is Source.QBO for source, _ in setup.accounts):
        return
    lost = [role for role in ROLES if role.wanted(setup) and not role.found(setup)]
    for role in lost:
        wish = "requires" if role.status == ERROR else "recommends"
        yield Check(
            "guide_account",
            role.status,
            f"QuickBooks has no active account for {role.label}, which the set-up {wish}: {role.why}.",
            "guide_account_missing",
            role.name,
            f"Make an account of type {role.types} in QuickBooks, then map {role.label} to it in Cin7.",
        )
    if not lost:
        told = [f"{role.label}: {_names(role.found(setup))}" for role in ROLES if role.wanted(setup)]
        yield Check("guide_account", OK, f"The accounts of the set-up guide are there. {'; '.join(told)}.")


def _names(accounts: list[Account]) -> str:
    first = sorted(accounts, key=lambda each: (each.number or each.name, each.code))
    return f"{first[0].number} {first[0].name}".strip() + (f" and {len(first) - 1} more" if len(first) > 1 else "")
