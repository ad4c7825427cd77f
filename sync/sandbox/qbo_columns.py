"""The columns of QuickBooks' detail reports: their keys, titles and order, and what each shows of a posting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from sync.domain.money import from_minor
from sync.sandbox.books import QboPosting
from sync.sandbox.qbo_ledger import GeneralLedger, Node
from sync.sandbox.qbo_tree import Asked, Cell, Tree, cell, cells, column, data

# Key of a column, its title and type, in the order in which reports show them.
COLUMNS: dict[str, tuple[str, str]] = {
    "tx_date": ("Date", "Date"),
    "txn_type": ("Transaction Type", "String"),
    "doc_num": ("Num", "String"),
    "is_no_post": ("Posting", "String"),
    "name": ("Name", "String"),
    "memo": ("Memo/Description", "String"),
    "account_name": ("Account", "String"),
    "account_num": ("Account #", "String"),
    "split_acc": ("Split", "String"),
    "other_account": ("Split", "String"),
    "currency": ("Currency", "String"),
    "exch_rate": ("Exchange Rate", "String"),
    "debt_amt": ("Debit", "Money"),
    "credit_amt": ("Credit", "Money"),
    "debt_home_amt": ("Debit (home)", "Money"),
    "credit_home_amt": ("Credit (home)", "Money"),
    "subt_nat_amount": ("Amount", "Money"),
    "subt_nat_home_amount": ("Amount (home)", "Money"),
    "rbal_nat_amount": ("Balance", "Money"),
    "rbal_nat_home_amount": ("Balance (home)", "Money"),
}


class Line(NamedTuple):
    """One posting as a report shows it: `nat` in the currency of the transaction, `home` in home currency, both with
    the natural sign of the account's type; `running` and `running_home` are the balances after it."""

    posting: QboPosting
    node: Node | None
    split: Cell
    nat: Decimal
    home: Decimal
    running: Decimal
    running_home: Decimal


class Sums(NamedTuple):
    """Totals of a section, in transaction currencies and in home currency."""

    nat: Decimal
    home: Decimal
    debit: Decimal
    credit: Decimal
    debit_home: Decimal
    credit_home: Decimal


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that a report was asked for, in home currency `currency`; customers' and vendors' ids by name."""

    keys: tuple[str, ...]
    currency: str
    name_ids: dict[str, str]

    @classmethod
    def of(cls, ledger: GeneralLedger, question: Asked, default: str) -> Layout:
        wanted = [part.strip() for part in question.options.get("columns", default).split(",")]
        keys = tuple(key for key in COLUMNS if key in wanted) or tuple(default.split(","))
        return cls(keys, ledger.currency, ledger.name_ids)

    def columns(self) -> list[Tree]:
        return [column(*COLUMNS[key], ColKey=key) for key in self.keys]

    def line(self, line: Line) -> Tree:
        return data({"ColData": [_CELLS[key](self, line) for key in self.keys]})

    def head(self, first: Cell) -> Tree:
        return cells(first, [""] * (len(self.keys) - 1))

    def beginning(self, opening: Decimal) -> Tree:
        """The row that carries the balance from before the period."""
        told = [text(opening) if key.startswith("rbal_") else "" for key in self.keys[1:]]
        return data(cells(cell("Beginning Balance"), told))

    def summary(self, label: str, sums: Sums) -> Tree:
        told = {
            "debt_amt": sums.debit,
            "credit_amt": sums.credit,
            "debt_home_amt": sums.debit_home,
            "credit_home_amt": sums.credit_home,
            "subt_nat_amount": sums.nat,
            "subt_nat_home_amount": sums.home,
        }
        return cells(cell(label), [text(told[key]) if key in told else "" for key in self.keys[1:]])


def text(amount: Decimal) -> str:
    """Detail reports print no zero before the point."""
    told = f"{amount:f}"
    return told.replace("0.", ".", 1) if told.lstrip("-").startswith("0.") else told


def in_home(posting: QboPosting, currency: str) -> Decimal:
    """Debit-positive amount in home currency."""
    return from_minor(posting.amount, currency)


def in_own(posting: QboPosting, currency: str) -> Decimal:
    """Debit-positive amount in the currency of the transaction."""
    if posting.foreign is None:
        return from_minor(posting.amount, currency)
    return from_minor(posting.foreign, posting.currency or currency)


def summed(parts: Sequence[Sums]) -> Sums:
    return Sums(*(sum(amounts, Decimal(0)) for amounts in zip(*parts, strict=True)))


Shows = Callable[[Layout, Line], Cell]


def _side(sign: int, amount_of: Callable[[QboPosting, str], Decimal]) -> Shows:
    def told(layout: Layout, line: Line) -> Cell:
        amount = sign * amount_of(line.posting, layout.currency)
        return cell(text(amount) if amount > 0 else "")

    return told


def _account(_: Layout, line: Line) -> Cell:
    return cell(line.node.full_name, line.node.id) if line.node else cell("Not Specified", "")


_CELLS: dict[str, Shows] = {
    "tx_date": lambda _, line: cell(f"{line.posting.date}"),
    "txn_type": lambda _, line: cell(line.posting.txn_type, line.posting.txn_id),
    "doc_num": lambda _, line: cell(line.posting.doc_number),
    "is_no_post": lambda _, line: cell("Yes"),
    "name": lambda layout, line: cell(line.posting.name, layout.name_ids.get(line.posting.name, "")),
    "memo": lambda _, line: cell(line.posting.memo),
    "account_name": _account,
    "account_num": lambda _, line: cell(line.node.number if line.node else ""),
    "split_acc": lambda _, line: line.split,
    "other_account": lambda _, line: line.split,
    "currency": lambda layout, line: cell(line.posting.currency or layout.currency),
    "exch_rate": lambda _, line: cell("1.00" if line.posting.rate is None else f"{line.posting.rate:f}"),
    "debt_amt": _side(1, in_own),
    "credit_amt": _side(-1, in_own),
    "debt_home_amt": _side(1, in_home),
    "credit_home_amt": _side(-1, in_home),
    "subt_nat_amount": lambda _, line: cell(text(line.nat)),
    "subt_nat_home_amount": lambda _, line: cell(text(line.home)),
    "rbal_nat_amount": lambda _, line: cell(text(line.running)),
    "rbal_nat_home_amount": lambda _, line: cell(text(line.running_home)),
}
