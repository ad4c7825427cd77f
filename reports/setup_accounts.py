"""The set-up check of accounts: those that must be there, what each is mapped to, and of which type that is."""

from __future__ import annotations

from collections.abc import Iterator

from reports.setup_facts import ERROR, OK, WARNING, Check, Setup
from sync.domain.accounts import Source

# Without these nothing can be tied out (Cin7 help: QuickBooks Online integration, required accounts).
_NEEDED = ("inventory", "cogs", "revenue", "receivables", "payables")
# QBO's AccountTypes that fit a control (Intuit docs: Account), and how bad another one is.
_TYPES = {
    "inventory": (("Other Current Asset",), ERROR),
    "cogs": (("Cost of Goods Sold",), ERROR),
    "revenue": (("Income", "Other Income"), ERROR),
    "receivables": (("Accounts Receivable",), ERROR),
    "payables": (("Accounts Payable",), ERROR),
    "in_transit": (("Other Current Asset",), WARNING),
    "work_in_progress": (("Other Current Asset",), WARNING),
    "accrued_purchases": (("Other Current Liability",), WARNING),
    "tax": (("Other Current Liability",), WARNING),
    "inventory_adjustments": (("Cost of Goods Sold", "Expense", "Other Expense"), WARNING),
    "clearing": (("Bank", "Other Current Asset", "Other Current Liability"), WARNING),
}


def needed(setup: Setup) -> Iterator[Check]:
    """Receivables, payables, inventory, cost and revenue have an account on both sides."""
    missing = [name for name in _NEEDED if not setup.map.accounts(Source.CIN7, name)]
    for name in missing:
        yield Check(
            "needed_account",
            ERROR,
            f"No Cin7 account is known for {name.replace('_', ' ')}.",
            "missing_account",
            name,
            f'Set it in Cin7 (Integrations, QuickBooks Online), or write in tieout.toml: [controls] {name} = ["CODE"].',
        )
    for name in _NEEDED:
        if name not in missing and not setup.map.accounts(Source.QBO, name):
            codes = ", ".join(setup.name(Source.CIN7, code) for code in setup.map.accounts(Source.CIN7, name))
            yield Check(
                "needed_account",
                ERROR,
                f"{name.replace('_', ' ').capitalize()} ({codes}) leads to no QuickBooks account.",
                "missing_account",
                name,
                'Map it in Cin7, or in tieout.toml: [accounts] "CODE" = "QuickBooks account id".',
            )
    if not missing and all(setup.map.accounts(Source.QBO, name) for name in _NEEDED):
        yield Check("needed_account", OK, "Receivables, payables, inventory, cost and revenue have their accounts.")


def mapped(setup: Setup) -> Iterator[Check]:
    """Every Cin7 account leads to one of QuickBooks', by number, name or settings; no two controls meet on one."""
    live = [code for code in setup.map.unmapped if setup.accounts[Source.CIN7, code].active or code in setup.posted]
    for code in live:
        yield Check(
            "mapped_account",
            ERROR if code in setup.posted else WARNING,
            f"Cin7 account {setup.name(Source.CIN7, code)} is mapped to no QuickBooks account.",
            "unmapped_account",
            code,
            f'Give a QuickBooks account the number {code}, or write in tieout.toml: [accounts] "{code}" = "its id".',
            at_stake=setup.moved(code),
        )
    for id_ in setup.map.conflicts:
        yield Check(
            "mapped_account",
            ERROR,
            f"QuickBooks account {setup.name(Source.QBO, id_)} is mapped from accounts of two controls.",
            "shared_account",
            id_,
            "Give each of Cin7's roles an account of its own in QuickBooks.",
        )
    for fault in setup.map.faults:
        yield Check("mapped_account", ERROR, fault, "wrong_setting", "tieout.toml", "Correct tieout.toml.")
    if not (live or setup.map.conflicts or setup.map.faults):
        yield Check("mapped_account", OK, "Every Cin7 account is mapped to a QuickBooks account.")


def typed(setup: Setup) -> Iterator[Check]:
    """Every mapped account has the type that its role needs; cost in an Expense account is the well-known fault."""
    clean = True
    for code, control in sorted(setup.map.cin7_control.items()):
        wanted, status = _TYPES.get(control, ((), OK))
        for id_ in setup.map.qbo.get(code, ()) if wanted else ():
            account = setup.accounts.get((Source.QBO, id_))
            if account is None or not account.type or account.type.casefold() in map(str.casefold, wanted):
                continue
            clean = False
            yield Check(
                "account_type",
                status,
                f"{control.replace('_', ' ')}: {setup.name(Source.CIN7, code)} is mapped to QuickBooks account"
                f" {setup.name(Source.QBO, id_)}, which is of type {account.type}.",
                "wrong_account_type",
                code,
                f"Map it to an account of type {' or '.join(wanted)}, and reclassify what the open period posted;"
                " changing the account's own type would restate all history.",
                at_stake=setup.moved(code),
            )
    if clean:
        yield Check("account_type", OK, "Mapped accounts have the types that their roles need.")


def active(setup: Setup) -> Iterator[Check]:
    """No Cin7 account is mapped to a QuickBooks account that was made inactive: the sync would be refused."""
    clean = True
    for code, ids in sorted(setup.map.qbo.items()):
        for id_ in ids:
            account = setup.accounts.get((Source.QBO, id_))
            if account and not account.active and setup.accounts[Source.CIN7, code].active:
                clean = False
                yield Check(
                    "active_account",
                    ERROR if code in setup.posted else WARNING,
                    f"{setup.name(Source.CIN7, code)} is mapped to {account.name}, which is inactive in QuickBooks.",
                    "inactive_account",
                    code,
                    "Make the account active again in QuickBooks, or map another one.",
                    at_stake=setup.moved(code),
                )
    if clean:
        yield Check("active_account", OK, "All mapped QuickBooks accounts are active.")
