"""QuickBooks Online's GeneralLedger report as postings, debit positive, in home currency."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sync.domain import money
from sync.domain.accounts import AccountClass, Posting, Source
from sync.domain.period import Period
from sync.qbo.reports import Cell, Report, Row, check_total, head, refuse_cut
from sync.qbo.resources import entity_of

_ALWAYS = ("tx_date", "txn_type", "doc_num", "name", "memo", "split_acc")
_HOME_ONLY = ("subt_nat_amount", "rbal_nat_amount", "debt_amt", "credit_amt")
_MULTI_CURRENCY = ("subt_nat_home_amount", "rbal_nat_home_amount", "debt_home_amt", "credit_home_amt")
_SPLIT = "-split-"

log = logging.getLogger("tieout.qbo")


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger of some days: its postings, and the opening balances that it states (account id -> minor units).

    Both are debit positive, in whole minor units of `currency`, the home currency. Opening balances
    are there for accounts that had one and that the report therefore prints.
    """

    period: Period
    currency: str
    postings: list[Posting]
    openings: dict[str, int]


def ledger_columns(*, multi_currency: bool) -> str:
    """The `columns` to ask the report for; amounts in home currency."""
    return ",".join(_ALWAYS + (_MULTI_CURRENCY if multi_currency else _HOME_ONLY))


def read_ledger(
    report: Report, period: Period, *, classes: Mapping[str, AccountClass], currency: str, multi_currency: bool
) -> Ledger:
    """The postings in a GeneralLedger report, in its order; `currency` is the home currency.

    `classes` (account id -> class) gives the sign where the report has no debit and credit columns:
    its Amount column is natural, a debit is positive for assets and expenses and negative for all else
    (four reports of one company recorded in 2024 tie out so). Raises TooLarge for a cut report;
    UnexpectedPayload where totals, days, accounts or the balance of debits and credits do not fit.
    """
    report = report.in_currency(currency)
    reading = _Reading(report, period, _amounts(report, multi_currency=multi_currency), classes)
    for row in report.rows:
        reading.section(row, "")
    imbalance = sum(posting.amount for posting in reading.postings)
    if imbalance:
        report.refuse(f"its debits exceed its credits by {money.text(imbalance, report.currency)}, so rows are missing")
    return Ledger(period, report.currency, reading.postings, reading.openings)


@dataclass(frozen=True, slots=True)
class _Amounts:
    """Where the amounts stand; either debit and credit, or natural, is there."""

    natural: int | None
    running: int | None
    debit: int | None
    credit: int | None


def _amounts(report: Report, *, multi_currency: bool) -> _Amounts:
    """The amount columns to read: those of home currency where several currencies are kept, else the plain ones.

    In a single-currency company either say the same. A report without home columns shows one amount for
    each posting; it is read as it is, and whether that was right shows when the ledger is proven.
    """
    kinds = (_MULTI_CURRENCY, _HOME_ONLY) if multi_currency else (_HOME_ONLY, _MULTI_CURRENCY)
    for keys in kinds:
        found = _Amounts(*(report.position(key) for key in keys))
        if found.natural is not None or (found.debit is not None and found.credit is not None):
            if multi_currency and keys is _HOME_ONLY:
                log.warning("QuickBooks' ledger came without home currency columns; its only amounts are read")
            return found
    if report.rows:
        report.refuse(f"it has none of the columns {', '.join(kinds[0])}")
    return _Amounts(None, None, None, None)


@dataclass(slots=True)
class _Reading:
    """One walk through the tree; the account of a row is that of the nearest section with an id."""

    report: Report
    period: Period
    amounts: _Amounts
    classes: Mapping[str, AccountClass]
    postings: list[Posting] = field(default_factory=list)
    openings: dict[str, int] = field(default_factory=dict)
    places: dict[str, int | None] = field(init=False)
    days: dict[str, date] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places = {key: self.report.position(key) for key in _ALWAYS}
        missing = [key for key in ("tx_date", "txn_type") if self.places[key] is None]
        if missing and self.report.rows:
            self.report.refuse(f"it lacks the columns {', '.join(missing)}")

    def section(self, row: Row, account: str) -> tuple[int, int, int]:
        """Reads a row or a section with all in it; sums of (natural, debit, credit) as printed."""
        if row.ColData is not None:
            return self.data(row.ColData, account)
        # A parent's own postings stand in a nested section without a header: its account is the parent's.
        inner = account if row.Header is None else head(row).id or ""
        natural = debit = credit = 0
        for child in row.inner():
            sums = self.section(child, inner)
            natural, debit, credit = natural + sums[0], debit + sums[1], credit + sums[2]
        for place, total in (
            (self.amounts.natural, natural),
            (self.amounts.debit, debit),
            (self.amounts.credit, credit),
        ):
            if place is not None:
                check_total(self.report, row, place, total)
        return natural, debit, credit

    def data(self, cells: list[Cell], account: str) -> tuple[int, int, int]:
        natural = self.read(cells, self.amounts.natural)
        debit, credit = self.read(cells, self.amounts.debit), self.read(cells, self.amounts.credit)
        kind = self.cell(cells, "txn_type")
        if not kind.id and not (natural or debit or credit):
            refuse_cut(self.report, cells)
            self.opening(cells, account)
            return 0, 0, 0
        amount = self.signed(account, natural, debit, credit)
        if account or amount:  # "Not Specified" holds links of credits to charges that post nothing
            self.postings.append(self.posting(cells, account, amount, kind))
        return natural or 0, debit or 0, credit or 0

    def posting(self, cells: list[Cell], account: str, amount: int, kind: Cell) -> Posting:
        split = self.cell(cells, "split_acc")
        return Posting(
            source=Source.QBO,
            account=account,
            day=self.day(cells),
            amount=amount,
            document=kind.id or "",
            kind=self.once(entity_of(kind.value or "")),
            number=self.text(cells, "doc_num"),
            counter="" if (split.value or "").strip().casefold() == _SPLIT else self.once(split.id or ""),
            name=self.once(self.text(cells, "name")),
            memo=self.text(cells, "memo"),
        )

    def opening(self, cells: list[Cell], account: str) -> None:
        """A "Beginning Balance" row (its words are localised): no transaction, only the running balance."""
        balance = self.read(cells, self.amounts.running)
        klass = self.classes.get(account, AccountClass.UNKNOWN)
        # The running balance is natural in every form of the report, so without a class it has no sign.
        if balance is not None and klass is not AccountClass.UNKNOWN:
            self.openings[account] = balance if klass.debit_positive else -balance

    def signed(self, account: str, natural: int | None, debit: int | None, credit: int | None) -> int:
        if self.amounts.debit is not None and self.amounts.credit is not None:
            return (debit or 0) - (credit or 0)
        if not natural:
            return 0
        klass = self.classes.get(account, AccountClass.UNKNOWN)
        if klass is AccountClass.UNKNOWN:
            self.report.refuse(
                f"it names account {account or '(none)'}, which is not in the chart of accounts as read before"
            )
        return natural if klass.debit_positive else -natural

    def day(self, cells: list[Cell]) -> date:
        written = self.text(cells, "tx_date")
        known = self.days.get(written)
        if known is None:
            try:
                known = date.fromisoformat(written[:10])
            except ValueError:
                refuse_cut(self.report, cells)
                self.report.refuse(f"{written[:40]!r} is no date")
            if known not in self.period:
                self.report.refuse(f"it holds {known}, a day that was not asked for")
            self.days[written] = known
        return known

    def read(self, cells: list[Cell], place: int | None) -> int | None:
        return None if place is None else self.report.minor(cells, place)

    def cell(self, cells: list[Cell], key: str) -> Cell:
        place = self.places[key]
        return cells[place] if place is not None and place < len(cells) else Cell()

    def text(self, cells: list[Cell], key: str) -> str:
        return (self.cell(cells, key).value or "").strip()

    def once(self, word: str) -> str:
        """One copy of a text that many rows repeat."""
        return self.words.setdefault(word, word)
