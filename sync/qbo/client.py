"""The QuickBooks Online client: reading by construction, for no method takes a verb or a body."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import httpx

from sync.domain.accounts import Account
from sync.domain.period import Period
from sync.errors import TooLarge, UpstreamError
from sync.qbo import answers, balances, faults, statements
from sync.qbo.answers import Changes
from sync.qbo.auth import Grant, QboAccess
from sync.qbo.balances import BalanceSheet, ProfitAndLoss
from sync.qbo.calls import Calls
from sync.qbo.company import CompanyFacts, read_company
from sync.qbo.ledger import Ledger, ledger_columns, read_ledger
from sync.qbo.listing import Listed, listing_columns, read_listing
from sync.qbo.paging import walk
from sync.qbo.wire import Row, server_time
from sync.transport import CallLog, Limit, Tally

__all__ = ["Changes", "CompanyFacts", "QboClient"]

Rows = list[Row]

_MINOR_VERSION = "75"
_REPORTS = Limit("qbo reports", 200, 60.0)
_BATCHES = Limit("qbo batch", 40, 60.0)
_MOST_ITEMS = 30
_IN_FLIGHT = 10
# Intuit docs: a request that runs for more than 120 seconds is cut off.
_LONG_SECONDS = 120.0
_LONGEST_IN_ADDRESS = 1500


class QboClient:
    """Reads one QuickBooks company. Every method counts its calls on the `tally` it is given, tries again included.

    Methods raise UpstreamError's children: AuthExpired, RateLimited, QuotaSpent, Unavailable, Rejected,
    TooLarge, UnexpectedPayload. `sent` counts the calls of all methods together.
    """

    def __init__(
        self,
        access: QboAccess,
        grant: Grant,
        log: CallLog,
        *,
        per_minute: int = 500,
        per_second: int = 10,
        give_up_after: float = 120.0,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] | None = None,
        http: httpx.Client | None = None,
        cancel: threading.Event | None = None,
    ) -> None:
        self._calls = Calls(
            access,
            grant,
            log,
            limits=(Limit("qbo", per_minute, 60.0), Limit("qbo", per_second, 1.0)),
            give_up_after=give_up_after,
            clock=clock,
            sleep=sleep,
            http=http or httpx.Client(),
            cancel=cancel,
        )

    @property
    def sent(self) -> Tally:
        return self._calls.sent

    def close(self) -> None:
        self._calls.close()

    def company(self, *, tally: Tally) -> CompanyFacts:
        """Who the company is; two calls."""
        info = self._calls.get("companyinfo", tally, self._calls.realm)
        preferences = answers.object_of(self._calls.get("preferences", tally), "Preferences")
        return read_company(answers.object_of(info, "CompanyInfo"), preferences, server_time(info))

    def preferences(self, *, tally: Tally) -> CompanyFacts:
        """What the company set (closing date, currencies); one call, so what CompanyInfo tells is blank."""
        told = self._calls.get("preferences", tally)
        return read_company({}, answers.object_of(told, "Preferences"), server_time(told))

    def query(
        self,
        entity: str,
        *,
        where: str = "",
        order: str = "Id",
        start: int = 1,
        limit: int = statements.MOST_ROWS,
        tally: Tally,
    ) -> Rows:
        """One page of `entity`'s rows; `where` is made by sync.qbo.statements."""
        statement = statements.select(entity, where=where, order=order, start=start, limit=limit)
        return answers.rows_of(self._calls.ask(statement, tally), entity)

    def everything(self, entity: str, *, where: str = "", tally: Tally) -> Iterator[Rows]:
        """All rows of `entity` in pages, each Id once, none missed when the list changes meanwhile."""

        def page(start: int, limit: int) -> Rows:
            return self.query(entity, where=where, start=start, limit=limit, tally=tally)

        return walk(page, answers.id_of, statements.MOST_ROWS)

    def count(self, entity: str, *, where: str = "", tally: Tally) -> int:
        """How many rows `entity` has."""
        return answers.total_of(self._calls.ask(statements.count(entity, where=where), tally))

    def exchange_rates(self, *, at: date | None = None, tally: Tally) -> Iterator[Rows]:
        """Pages of exchange rates, the latest or those of a day; they have no Id and so no order."""
        where, start = f"AsOfDate = {statements.quote(at.isoformat())}" if at else "", 1
        while True:
            rows = self.query("ExchangeRate", where=where, order="", start=start, tally=tally)
            if rows:
                yield rows
            if len(rows) < statements.MOST_ROWS:
                return
            start += len(rows)

    def batch(self, selects: Sequence[str], *, tally: Tally) -> list[Rows | UpstreamError]:
        """The rows of each of `selects` (made by sync.qbo.statements), or why there are none; 30 a call.

        The rows of one call may be 1,000 in all. What failed for a passing reason, or was not answered,
        is asked again by itself.
        """
        found: list[Rows | UpstreamError] = []
        for first in range(0, len(selects), _MOST_ITEMS):
            found += self._batch(selects[first : first + _MOST_ITEMS], tally)
        return found

    def changes(self, entities: Sequence[str], since: datetime, *, tally: Tally) -> Changes:
        """What changed in `entities` (API names) since an aware instant of the last 30 days; one call."""
        asked = {"entities": ",".join(entities), "changedSince": statements.in_utc(since)}
        return answers.changes_of(self._calls.get("cdc", tally, **asked), entities)

    def exists(self, entity: str, id: str, *, tally: Tally) -> bool:  # noqa: A002  # the field's own name
        """Whether an object is there: False for one that is deleted (code 610) or inactive."""
        try:
            value = self._calls.get(entity.lower(), tally, id)
        except UpstreamError as error:
            if faults.not_found(error):
                return False
            raise
        row = answers.object_of(value, entity)
        return row.get("status") != "Deleted" and row.get("Active") is not False

    def ledger(
        self,
        period: Period,
        accounts: Mapping[str, Account],
        *,
        currency: str,
        multi_currency: bool,
        tally: Tally,
    ) -> Ledger:
        """All postings of `period` (GeneralLedger, accrual); TooLarge where it has to be asked for in parts.

        `accounts` (by id) tell which side an amount is on, `currency` is the home currency.
        """
        columns = ledger_columns(multi_currency=multi_currency)
        try:
            report = self._calls.report("GeneralLedger", period, tally, columns=columns)
        except TooLarge:
            if len(period) > 1:
                raise
            # A day has no parts, and a gateway's timeout, which counts as too large, may be a passing one.
            report = self._calls.report("GeneralLedger", period, tally, columns=columns)
        classes = {code: account.klass for code, account in accounts.items()}
        return read_ledger(report, period, classes=classes, currency=currency, multi_currency=multi_currency)

    def trial_balance(self, end: date, *, fiscal_start: date, currency: str, tally: Tally) -> dict[str, int]:
        """Balance of each account at the end of `end` by id, minor units, debit positive; zeros left out.

        Profit-and-loss accounts are for the fiscal year so far; results of earlier years are in retained earnings.
        """
        report = self._calls.report("TrialBalance", Period(fiscal_start, end), tally)
        return balances.read_trial_balance(report, end, currency).nonzero()

    def profit_and_loss(self, period: Period, *, currency: str, tally: Tally) -> dict[str, int]:
        """Movement of each profit-and-loss account in `period` by id, minor units, debit positive; zeros left out."""
        report = self._calls.report("ProfitAndLoss", period, tally, summarize_column_by="Total")
        return balances.read_profit_and_loss(report, period, currency)[-1].nonzero()

    def profit_and_loss_by_month(self, period: Period, *, currency: str, tally: Tally) -> list[ProfitAndLoss]:
        """The profit and loss of each month of `period`, in one call (Intuit advises six months at most)."""
        report = self._calls.report("ProfitAndLoss", period, tally, summarize_column_by="Month")
        return balances.read_profit_and_loss(report, period, currency)

    def balance_sheet(self, end: date, *, fiscal_start: date, currency: str, tally: Tally) -> BalanceSheet:
        """Balances of the balance-sheet accounts at the end of `end`, and the fiscal year's net income so far."""
        report = self._calls.report("BalanceSheet", Period(fiscal_start, end), tally, summarize_column_by="Total")
        return balances.read_balance_sheet(report, end, currency)

    def transaction_list(self, period: Period, *, currency: str, tally: Tally) -> list[Listed]:
        """One row for each transaction dated in `period`, with its type in words and as entity."""
        report = self._calls.report("TransactionList", period, tally, columns=listing_columns())
        return read_listing(report, currency)

    def _batch(self, selects: Sequence[str], tally: Tally) -> list[Rows | UpstreamError]:
        items = answers.items_of(self._calls.ask_together(selects, tally))
        return [self._item(items.get(str(number)), select, tally) for number, select in enumerate(selects)]

    def _item(self, item: Mapping[str, Any] | None, select: str, tally: Tally) -> Rows | UpstreamError:
        """One item's rows; one that failed for a passing reason is asked by itself, where it can be waited for."""
        entity = statements.entity_in(select)
        fault = faults.read_fault(item)
        final = faults.final_error(fault) if fault else None
        if final is not None:
            return final
        try:
            value = self._calls.ask(select, tally) if item is None or fault else item
            return answers.rows_of(value, entity)
        except UpstreamError as error:
            return error
