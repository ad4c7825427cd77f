"""QuickBooks' ledger (the GeneralLedger report): how a window is read, and proven against QuickBooks' own reports.

The report has no pages: a window that is too large is halved. It counts as proven when its postings
give the same account figures as ProfitAndLoss over its days and TrialBalance at its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sync.domain.accounts import Account, AccountClass, Posting, Source
from sync.domain.period import Period
from sync.domain.runs import Progress
from sync.errors import TooLarge
from sync.plan.profile import DAY
from sync.plan.run import Sync
from sync.store import feeds, ledger, reads, writes
from sync.store.db import reading, writing
from sync.store.tables import Window
from sync.transport import Tally


class Books:
    """The feed of one sync: its company's facts, and what it read.

    `opening` are QuickBooks' balances on the day before the first that is cached, where the books begin earlier.
    """

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
        self.opening: tuple[date, dict[str, int]] = (date.min, {})
        self._judged: set[Period] = set()

    def proven_now(self, window: Period) -> bool:
        """Whether this sync has compared `window` with QuickBooks' reports already."""
        return window in self._judged

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

    def nothing(self, window: Period) -> None:
        """No account has a balance at the end of `window`: the books begin later, and what is known of it is whole."""
        self._store(window, [], "")
        # Its empty trial balance is at hand, and a result without a balance anywhere is none.
        self._remember("TrialBalance", window, 0)
        self._remember("ProfitAndLoss", window, 0)
        with writing(self.sync.engine) as session:
            feeds.mark_proven(session, self.sync.company, Source.QBO, window, True)

    def prove(self, window: Period, balances: dict[str, int] | None = None) -> bool:
        """Compares `window` with ProfitAndLoss over it and TrialBalance at its end, and remembers the result."""
        result = self.sync.qbo.profit_and_loss(window, currency=self.currency, tally=self.tally)
        told = balances if balances is not None else self.trial_balance(window.end)
        with reading(self.sync.engine) as session:
            moved = feeds.totals(session, self.sync.company, Source.QBO, window)
        income = {code: amount for code, amount in moved.items() if self.result_account(code)}
        tied = self._remember("ProfitAndLoss", window, _difference(income, result))
        return self._remember("TrialBalance", window, _difference(self.expected(window.end), told)) and tied

    def judge(self, window: Period, told: dict[str, int] | None = None) -> None:
        """Proves `window` (`told` is the trial balance at its end, where it is at hand) and keeps the verdict."""
        proven = self.prove(window, told)
        self._judged.add(window)
        with writing(self.sync.engine) as session:
            feeds.mark_proven(session, self.sync.company, Source.QBO, window, proven)
        if not proven:
            self.trouble.append(f"the ledger of {window} does not agree with QuickBooks' own reports")

    def tied(self, end: date, told: dict[str, int] | None = None) -> bool:
        """Whether the cached postings give QuickBooks' trial balance at `end`."""
        return not _difference(self.expected(end), self.trial_balance(end) if told is None else told)

    def trial_balance(self, end: date) -> dict[str, int]:
        """QuickBooks' own balances at `end`, debit positive; result accounts for the fiscal year so far."""
        return self.sync.qbo.trial_balance(
            end, fiscal_start=self.fiscal_start(end), currency=self.currency, tally=self.tally
        )

    def expected(self, end: date) -> dict[str, int]:
        """What the cached postings say TrialBalance must show at `end`.

        Results of earlier fiscal years stand in Retained Earnings, which QuickBooks computes.
        """
        start, (opened, opening) = self.fiscal_start(end), self.opening
        with reading(self.sync.engine) as session:
            whole = feeds.totals(session, self.sync.company, Source.QBO, Period(date.min, end))
            year = feeds.totals(session, self.sync.company, Source.QBO, Period(start, end))
        whole, year = _plus(whole, opening), _plus(year, opening if opened >= start else {})
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


def _plus(ours: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {code: ours.get(code, 0) + more.get(code, 0) for code in ours.keys() | more.keys()}


def _difference(ours: dict[str, int], theirs: dict[str, int]) -> int:
    """Sum of the absolute differences over all accounts, so that two errors never cancel."""
    return sum(abs(ours.get(code, 0) - theirs.get(code, 0)) for code in ours.keys() | theirs.keys())
