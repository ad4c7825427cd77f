"""QuickBooks' reports of single postings: GeneralLedger and TransactionList, as trees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from sync.domain.money import from_minor
from sync.sandbox.books import QboPosting
from sync.sandbox.qbo_columns import COLUMNS, Layout, Line, Sums, in_home, in_own, summed
from sync.sandbox.qbo_ledger import GeneralLedger, Node
from sync.sandbox.qbo_tree import Asked, Cell, Tree, cell, column, header, report, section

NOTICE = "Unable to display more data. Please reduce the date range."
_LEDGER_COLUMNS = "tx_date,txn_type,doc_num,name,memo,split_acc,subt_nat_amount,rbal_nat_amount"
_LIST_COLUMNS = "tx_date,txn_type,doc_num,is_no_post,name,memo,account_name,other_account,subt_nat_amount"


class _Splits:
    """Finds the account on the other side of a posting."""

    def __init__(self, ledger: GeneralLedger, postings: Sequence[QboPosting]) -> None:
        self._nodes = ledger.chart.nodes
        self._lines: dict[str, list[str]] = {}
        for posting in postings:
            self._lines.setdefault(posting.txn_id, []).append(posting.account_id)

    def of(self, posting: QboPosting) -> Cell:
        """A document's first line is split over the others, which name it; journals are '-Split-', without id."""
        accounts = self._lines[posting.txn_id]
        others = [account for account in accounts if account != posting.account_id]
        other = ""
        if posting.entity != "JournalEntry" and others:
            other = others[0] if len(others) == 1 else accounts[0]
        node = self._nodes.get(other) if other != posting.account_id else None
        return cell(node.full_name, node.id) if node else cell("-Split-", "")


class _Sections:
    """Sections of a general ledger: an account's own rows, and its sub-accounts below it."""

    def __init__(self, ledger: GeneralLedger, question: Asked, layout: Layout) -> None:
        self.ledger = ledger
        self.start = question.start
        self.wanted = question.ids("account")
        self.layout = layout
        postings = ledger.between(question.start, question.end)
        self.splits = _Splits(ledger, postings)
        self.by_account: dict[str, list[QboPosting]] = {}
        for posting in postings:
            self.by_account.setdefault(posting.account_id, []).append(posting)

    def of(self, node: Node) -> tuple[Tree, Sums] | None:
        """None where neither the account nor one below it has anything to show."""
        below = [found for found in map(self.of, node.children) if found]
        own = self._own(node) if not self.wanted or node.id in self.wanted else None
        if own is None and not below:
            return None
        if own is not None and not below:
            rows, sums = own
            return self._section(cell(node.name, node.id), rows, f"Total for {node.name}", sums), sums
        total = summed([sums for _, sums in below] + ([own[1]] if own else []))
        trees = [tree for tree, _ in below]
        if own is None:
            # A parent without postings of its own has no id in its header.
            return self._section(cell(node.name), trees, f"Total for {node.name}", total), total
        inner = section(None, own[0], self.layout.summary(f"Total for {node.name}", own[1]))
        label = f"Total for {node.name} with sub-accounts"
        return self._section(cell(node.name, node.id), [inner, *trees], label, total), total

    def _section(self, head: Cell, rows: list[Tree], label: str, sums: Sums) -> Tree:
        return section(self.layout.head(head), rows, self.layout.summary(label, sums))

    def _own(self, node: Node) -> tuple[list[Tree], Sums] | None:
        postings = self.by_account.get(node.id, [])
        opening = self._opening(node)
        if not postings and not opening:
            return None
        rows, sums = self._rows(postings, node, opening)
        return ([self.layout.beginning(opening), *rows] if opening else rows), sums

    def _opening(self, node: Node) -> Decimal:
        """Natural-sign balance before the period, within the fiscal year for income accounts."""
        fiscal_year_begins = self.start == self.ledger.fiscal_start(self.start)
        if self.start == date.min or (node.is_income and fiscal_year_begins):
            return Decimal(0)
        minor = node.sign * self.ledger.closing(node, self.start - timedelta(days=1))
        return from_minor(minor, self.ledger.currency)

    def _rows(self, postings: list[QboPosting], node: Node | None, opening: Decimal) -> tuple[list[Tree], Sums]:
        sign = node.sign if node else 1
        home_currency = self.ledger.currency
        nothing = from_minor(0, home_currency)
        running = running_home = opening + nothing
        debit = credit = debit_home = credit_home = nothing
        rows = []
        for posting in postings:
            nat, home = in_own(posting, home_currency), in_home(posting, home_currency)
            running, running_home = running + sign * nat, running_home + sign * home
            debit, credit = debit + max(nat, nothing), credit + max(-nat, nothing)
            debit_home, credit_home = debit_home + max(home, nothing), credit_home + max(-home, nothing)
            split = self.splits.of(posting)
            line = Line(posting, node, split, sign * nat, sign * home, running, running_home)
            rows.append(self.layout.line(line))
        return rows, Sums(running - opening, running_home - opening, debit, credit, debit_home, credit_home)

    def unspecified(self) -> Tree | None:
        """What stands on no account of the chart."""
        nodes = self.ledger.chart.nodes
        lost = [p for account, posted in self.by_account.items() if account not in nodes for p in posted]
        if self.wanted or not lost:
            return None
        rows, sums = self._rows(lost, None, Decimal(0))
        return self._section(cell("Not Specified"), rows, "Total for Not Specified", sums)


def general_ledger(ledger: GeneralLedger, question: Asked, stamp: str) -> Tree:
    """GeneralLedger: one section for each account with postings in these days or a balance before them."""
    layout = Layout.of(ledger, question, _LEDGER_COLUMNS)
    sections = _Sections(ledger, question, layout)
    rows = [found[0] for found in map(sections.of, ledger.chart.roots) if found]
    lost = sections.unspecified()
    if lost:
        rows.append(lost)
    head = header(question, ledger.currency, stamp, empty=not rows, summarized=None, gaap=False)
    return report(head, layout.columns(), rows)


def transaction_list(ledger: GeneralLedger, question: Asked, stamp: str) -> Tree:
    """TransactionList: one flat row for each transaction, with the account and amount of its first line."""
    layout = Layout.of(ledger, question, _LIST_COLUMNS)
    postings = ledger.between(question.start, question.end)
    splits = _Splits(ledger, postings)
    wanted = {part.lower().replace(" ", "") for part in question.ids("transaction_type")}
    seen: set[str] = set()
    rows: list[Tree] = []
    for posting in postings:
        if posting.txn_id in seen or (wanted and posting.entity.lower() not in wanted):
            continue
        seen.add(posting.txn_id)
        node = ledger.chart.nodes.get(posting.account_id)
        sign = node.sign if node else 1
        nat, home = sign * in_own(posting, ledger.currency), sign * in_home(posting, ledger.currency)
        rows.append(layout.line(Line(posting, node, splits.of(posting), nat, home, nat, home)))
    head = header(question, ledger.currency, stamp, empty=not rows, summarized=None, gaap=False)
    # This report's columns carry their key as ColType, and no MetaData.
    columns = [column(COLUMNS[key][0], key) for key in layout.keys]
    return report(head, columns, rows)
