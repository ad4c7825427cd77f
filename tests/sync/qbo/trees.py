"""Report trees as QuickBooks writes them, made of plain figures; their form is that of the recorded ones."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync.domain import money
from sync.qbo.reports import Report, read_report

LEDGER_KEYS = ("tx_date", "txn_type", "doc_num", "name", "memo", "split_acc")


def cell(value: str, id: str | None = None) -> dict[str, str]:  # noqa: A002  # the key's own name
    return {"value": value} if id is None else {"value": value, "id": id}


def report(
    name: str,
    columns: Sequence[Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    *,
    currency: str = "USD",
    days: tuple[str, str] = ("2026-01-01", "2026-01-31"),
) -> Report:
    """The report with these rows, read from its JSON text."""
    tree = {
        "Header": {
            "ReportName": name,
            "ReportBasis": "Accrual",
            "StartPeriod": days[0],
            "EndPeriod": days[1],
            "Currency": currency,
            "Option": [{"Name": "NoReportData", "Value": str(not rows).lower()}],
        },
        "Columns": {"Column": list(columns)},
        "Rows": {"Row": list(rows)} if rows else {},
    }
    return read_report(json.dumps(tree).encode())


def keyed(key: str, kind: str = "String") -> dict[str, Any]:
    return {"ColTitle": f"Titel {key}", "ColType": kind, "MetaData": [{"Name": "ColKey", "Value": key}]}


@dataclass
class Account:
    """An account of a ledger report with what was posted on it; amounts are natural, in minor units."""

    id: str
    postings: list[dict[str, Any]] = field(default_factory=list)
    children: list[Account] = field(default_factory=list)
    opening: int | None = None


def ledger(
    accounts: Iterable[Account], *, currency: str = "USD", money_keys: Sequence[str] = ("subt_nat_amount",)
) -> Report:
    """A GeneralLedger tree; each posting has day, kind, txn, amount and what else a row shows."""
    columns = [keyed(key) for key in LEDGER_KEYS] + [keyed(key, "Money") for key in money_keys]
    rows = [_section(account, currency, money_keys) for account in accounts]
    return report("GeneralLedger", columns, rows, currency=currency)


def _section(account: Account, currency: str, keys: Sequence[str]) -> dict[str, Any]:
    own = [_row(posting, currency, keys) for posting in account.postings]
    if account.opening is not None:
        blank = [cell("")] * (len(LEDGER_KEYS) - 1)
        shown = [cell(money.text(account.opening, currency) if "rbal" in key else "") for key in keys]
        own = [{"ColData": [cell("Saldo inicial"), *blank, *shown], "type": "Data"}, *own]
    below = [_section(child, currency, keys) for child in account.children]
    if own and below:
        own = [{"Rows": {"Row": own}, "Summary": _total(account.postings, currency, keys), "type": "Section"}]
    head = cell(account.id, account.id) if account.postings or account.opening is not None else cell(account.id)
    return {
        "Header": {"ColData": [head, *[cell("")] * (len(LEDGER_KEYS) + len(keys) - 1)]},
        "Rows": {"Row": own + below},
        "Summary": _total(_all(account), currency, keys),
        "type": "Section",
    }


def _all(account: Account) -> list[dict[str, Any]]:
    return account.postings + [posting for child in account.children for posting in _all(child)]


def _row(posting: Mapping[str, Any], currency: str, keys: Sequence[str]) -> dict[str, Any]:
    cells = [
        cell(posting.get("day", "2026-01-15")),
        cell(posting.get("kind", "Invoice"), posting.get("txn", "1")),
        cell(posting.get("number", "")),
        cell(posting.get("name", ""), ""),
        cell(posting.get("memo", "")),
        posting.get("split", cell("-Split-", "")),
    ]
    return {"ColData": cells + [cell(_shown(posting, key, currency)) for key in keys], "type": "Data"}


def _shown(posting: Mapping[str, Any], key: str, currency: str) -> str:
    for part in ("debt", "credit", "nat"):
        if part in key and "rbal" not in key:
            amount = posting.get(part, 0)
            # QuickBooks prints a zero as ".00", and leaves the side that is not posted on blank.
            return money.text(amount, currency) if amount else ".00" if part == "nat" else ""
    return ""


def _total(postings: Iterable[Mapping[str, Any]], currency: str, keys: Sequence[str]) -> dict[str, Any]:
    postings = list(postings)
    shown = []
    for key in keys:
        part = next((part for part in ("debt", "credit", "nat") if part in key), "")
        total = sum(posting.get(part, 0) for posting in postings)
        shown.append(cell("" if "rbal" in key or not postings else money.text(total, currency)))
    return {"ColData": [cell("Total"), *[cell("")] * (len(LEDGER_KEYS) - 1), *shown]}
