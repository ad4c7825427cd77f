"""Reads QuickBooks' ledger (the GeneralLedger report) window by window and proves it against QuickBooks' own reports.

The report has no pages: a window that is too large is halved, six months are the most that Intuit
advises (Intuit docs: run reports). A window counts as proven when its postings give the same
account figures as ProfitAndLoss over its days and TrialBalance at its end.
"""

from __future__ import annotations

from datetime import date, timedelta

from sync.domain.accounts import Account, AccountClass, Posting, Source
from sync.domain.period import Period
from sync.errors import TooLarge
from sync.plan import windows as plan
from sync.plan.run import Outcome, Progress, Sync
from sync.plan.windows import DAY
from sync.store import feeds, ledger, reads, writes
from sync.store.db import reading, writing
from sync.store.tables import Window
from sync.transport import Tally

_MONTHS = 6
_AHEAD = timedelta(days=366)
# Rows that one answer should hold at most: 400,000 cells are the cap integrators report, a row has about ten.
_ROWS = 30_000
_QUIET_YEARS = 2
_REREAD_AFTER = timedelta(days=1)
_ROUNDS = 6


class Books:
    """The feed of one sync: its company's facts, and what it read."""

    def __init__(self, sync: Sync, tally: Tally) -> None:
        self.sync, self.tally = sync, tally
        with reading(sync.engine) as session:
            company = reads.company(session, sync.company)
            accounts = reads.accounts(session, sync.company, Source.QBO)
        self.accounts: dict[str, Account] = {account.code: account for account in accounts}
        self.currency, self.multi_currency = company.qbo_currency, company.multi_currency
        self.fiscal_month = int((company.fiscal_year_start or "01-01")[:2])
        self.fetched = self.changed = self.fewest = 0
        self.trouble: list[str] = []

    def windows(self) -> list[Window]:
        with reading(self.sync.engine) as session:
            return ledger.windows(session, self.sync.company, Source.QBO)

    def read(self, window: Period) -> int:
        """Replaces `window` by what the report says now, halving it as often as it is too large; rows read."""
        self.sync.check()
        try:
            answer = self.sync.qbo.ledger(
                window, self.accounts, currency=self.currency, multi_currency=self.multi_currency, tally=self.tally
            )
        except TooLarge as fault:
            if len(window) == 1:
                self._store(window, [], f"the general ledger of {window.start} is too large to be read: {fault}")
                return 0
            middle = window.start + (window.end - window.start) // 2
            return self.read(Period(middle + DAY, window.end)) + self.read(Period(window.start, middle))
        self.fewest += 1
        self._store(window, answer.postings, "")
        return len(answer.postings)

    def _store(self, window: Period, postings: list[Posting], trouble: str) -> None:
        found = ledger.WindowReading(window.start, window.end, len(postings), not trouble, trouble, self.sync.now())
        with writing(self.sync.engine) as session:
            self.changed += ledger.replace_window(session, self.sync.company, Source.QBO, found, postings)
        self.fetched += len(postings)
        if trouble:
            self.trouble.append(trouble)
        self.sync.watch(Progress("qbo", "ledger", self.fetched, None, self.tally.calls, str(window.start)))

    def prove(self, window: Period, balances: dict[str, int] | None = None) -> bool:
        """Compares `window` with ProfitAndLoss over it and TrialBalance at its end, and remembers the result."""
        result = self.sync.qbo.profit_and_loss(window, currency=self.currency, tally=self.tally)
        told = balances if balances is not None else self.trial_balance(window.end)
        with reading(self.sync.engine) as session:
            moved = feeds.totals(session, self.sync.company, Source.QBO, window)
        income = {code: amount for code, amount in moved.items() if self.result_account(code)}
        tied = self._remember("ProfitAndLoss", window, _difference(income, result))
        return self._remember("TrialBalance", window, _difference(self.expected(window.end), told)) and tied

    def trial_balance(self, end: date) -> dict[str, int]:
        """QuickBooks' own balances at `end`, debit positive; result accounts for the fiscal year so far."""
        return self.sync.qbo.trial_balance(
            end, fiscal_start=self.fiscal_start(end), currency=self.currency, tally=self.tally
        )

    def expected(self, end: date) -> dict[str, int]:
        """What the cached postings say TrialBalance must show at `end`.

        Results of earlier fiscal years stand in Retained Earnings, which QuickBooks computes.
        """
        start = self.fiscal_start(end)
        with reading(self.sync.engine) as session:
            whole = feeds.totals(session, self.sync.company, Source.QBO, Period(date.min, end))
            year = feeds.totals(session, self.sync.company, Source.QBO, Period(start, end))
        shown = {code: amount for code, amount in whole.items() if not self.result_account(code)}
        shown |= {code: amount for code, amount in year.items() if self.result_account(code)}
        kept = sum(whole.values()) - sum(shown.values())
        retained = self._retained_earnings()
        shown[retained] = shown.get(retained, 0) + kept
        return {code: amount for code, amount in shown.items() if amount}

    def fiscal_start(self, day: date) -> date:
        year = day.year if day.month >= self.fiscal_month else day.year - 1
        return date(year, self.fiscal_month, 1)

    def result_account(self, code: str) -> bool:
        account = self.accounts.get(code)
        return account is not None and account.klass in (AccountClass.REVENUE, AccountClass.EXPENSE)

    def _retained_earnings(self) -> str:
        return next((code for code, account in self.accounts.items() if account.subtype == "RetainedEarnings"), "")

    def _remember(self, report: str, window: Period, difference: int) -> bool:
        status = "differs" if difference else "tied"
        with writing(self.sync.engine) as session:
            writes.record_proof(
                session, self.sync.company, report, window, status=status, difference=difference, at=self.sync.now()
            )
        return not difference


def read_ledger(sync: Sync, tally: Tally) -> Outcome:
    """Brings QuickBooks' postings up to date: what was never read, changed days, and what a balance betrays."""
    books, stale = Books(sync, tally), set(sync.stale[Source.QBO])
    good = [window for window in books.windows() if _good(sync, window)]
    if not good:
        _first_reading(books)
    else:
        _refresh(books, good)
    sync.settle(Source.QBO, days=stale)
    return Outcome(books.fetched, books.changed, books.fewest, "; ".join(books.trouble[:3]))


def _first_reading(books: Books) -> None:
    """Newest first in half years, until QuickBooks has no balance on any account before the window."""
    end, months = books.sync.started.date() + _AHEAD, _MONTHS
    start = _months_before(books.sync.started.date(), months - 1)
    proofs: list[tuple[Period, dict[str, int]]] = []
    balances = books.trial_balance(end)
    quiet = 0
    while balances or not proofs:
        window = Period(max(start, books.sync.wants.since or start), end)
        rows = books.read(window)
        proofs.append((window, balances))
        if window.start == books.sync.wants.since:
            break
        months = _fitting(months, rows)
        end, start = start - DAY, _months_before(start, months)
        balances = books.trial_balance(end)
        quiet = 0 if rows else quiet + months
        if quiet >= 12 * _QUIET_YEARS:
            books.trouble.append(
                f"balances before {end} come from no posting of the last years; run: tieout sync --full"
            )
            break
    for window, told in proofs:
        _judge(books, window, books.prove(window, told))


def _refresh(books: Books, good: list[Window]) -> None:
    """Re-reads the days of changed documents; else the trial balance of the end says whether anything moved."""
    spans = [Period(w.start, w.end) for w in good]
    outer = Period(min(span.start for span in spans), books.sync.started.date() + _AHEAD)
    stale = plan.clusters(books.sync.stale[Source.QBO])
    first = min([outer.start, *(run.start for run in stale)])
    if books.sync.wants.since is None and first < outer.start:
        outer = Period(first, outer.end)
    missing = plan.gaps(outer, spans)
    for window in [*missing, *(run for run in stale if not any(_within(run, gap) for gap in missing))]:
        books.read(window)
        _judge(books, window, books.prove(window))
    if not missing and not stale:
        _settle(books, spans)
    with writing(books.sync.engine) as session:
        feeds.join_windows(session, books.sync.company, Source.QBO, longest=timedelta(days=31 * _MONTHS))


def _settle(books: Books, spans: list[Period]) -> None:
    """Nothing is known to have changed: the balance at the end proves it, or leads to the window that did."""
    spans = sorted(spans)
    for _ in range(_ROUNDS):
        last = spans[-1]
        told = books.trial_balance(last.end)
        if not _difference(books.expected(last.end), told):
            return
        low, high = 0, len(spans) - 1
        while low < high:
            middle = (low + high) // 2
            if _difference(books.expected(spans[middle].end), books.trial_balance(spans[middle].end)):
                high = middle
            else:
                low = middle + 1
        before = books.changed
        books.read(spans[low])
        proven = books.prove(spans[low])
        _judge(books, spans[low], proven)
        if books.changed == before:
            return


def _judge(books: Books, window: Period, proven: bool) -> None:
    with writing(books.sync.engine) as session:
        feeds.mark_proven(session, books.sync.company, Source.QBO, window, proven)
    if not proven:
        books.trouble.append(f"the ledger of {window} does not agree with QuickBooks' own reports")


def _difference(ours: dict[str, int], theirs: dict[str, int]) -> int:
    """Sum of the absolute differences over all accounts, so that two errors never cancel."""
    return sum(abs(ours.get(code, 0) - theirs.get(code, 0)) for code in ours.keys() | theirs.keys())


def _fitting(months: int, rows: int) -> int:
    """How many months the next window may have, so that an answer stays below the cap."""
    return max(1, min(_MONTHS, months * _ROWS // rows)) if rows else _MONTHS


def _months_before(day: date, months: int) -> date:
    """The first day of the month `months` before the month of `day`."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _within(inner: Period, outer: Period) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
