"""The sheet by which an auditor takes the workbook apart: the sync, the age of each side, hashes, and how to check."""

from __future__ import annotations

from collections.abc import Sequence

from reports.books import instant
from reports.pack import Pack
from reports.workbook_parts import Block, Cell, Column, Page
from sync.domain.accounts import Source

_HASHES = {
    "cin7_ledger": "every posting of Cin7 in the period",
    "qbo_ledger": "every posting of QuickBooks in the period",
    "cin7_balances": "Cin7's balances up to the period's end",
    "qbo_balances": "QuickBooks' balances up to the period's end",
    "documents": "headers and lines of the period's documents",
    "account_map": "the account map",
    "config": "the settings that decide figures",
    "report": "the tie-out itself, as `tieout reconcile --json` gives it",
}
_NAMES = {Source.CIN7: "Cin7 Core", Source.QBO: "QuickBooks Online"}


def evidence(pack: Pack) -> Page:
    """Run, ages, hashes, and every reason why a figure may not be whole."""
    lines = [
        f"Made by Tieout on {instant(pack.made_at)}. Tieout reads both systems and writes to neither.",
        "Equal hashes mean equal books: `tieout sign-off PERIOD --json` gives them anew at any time.",
        "Amounts are exact decimals. A spreadsheet keeps 15 digits; an amount with more is written as text.",
    ]
    return Page("Evidence", "Evidence", lines, [_run(pack), _ages(pack), _incomplete(pack), _hashes(pack)])


def _run(pack: Pack) -> Block:
    run = pack.evidence.run
    rows: list[Sequence[Cell]] = []
    if run:
        rows = [
            ("Run", run.run),
            ("Status", run.status),
            ("Started", run.started_at),
            ("Finished", run.finished_at),
            ("Started by", run.started_by),
            *((f"Calls to {_NAMES[source]}", run.calls.get(source.value, 0)) for source in Source),
        ]
    return Block([Column("Newest sync", 30), Column("told by it", 70, left=True)], rows, empty="No sync ended yet.")


def _ages(pack: Pack) -> Block:
    rows: list[Sequence[Cell]] = [(f"{_NAMES[source]}, ledger", pack.as_of.get(source)) for source in Source]
    if pack.stock:
        rows.append(("Cin7 Core, stock", pack.stock.as_of.get(Source.CIN7)))
    return Block([Column("Figures of", 26), Column("read at", 70, left=True)], rows)


def _incomplete(pack: Pack) -> Block:
    rows: list[Sequence[Cell]] = [(f"{each.source} {each.entity}", each.reason) for each in pack.incomplete]
    said = "Every figure is complete, as far as is known."
    return Block([Column("Not complete", 26), Column("why", 70, wrap=True, left=True)], rows, empty=said)


def _hashes(pack: Pack) -> Block:
    rows: list[Sequence[Cell]] = [
        (_HASHES.get(name, name.replace("_", " ")), value) for name, value in sorted(pack.evidence.hashes.items())
    ]
    return Block([Column("Hash of", 48), Column("value", 70, left=True)], rows)
