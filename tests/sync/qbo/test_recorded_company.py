"""Four recorded reports of one company for one range, taken within six minutes: they must agree to the cent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import httpx
import pytest

from sync.domain.accounts import Account, AccountClass, Source
from sync.domain.period import Period
from sync.qbo.balances import read_balance_sheet, read_profit_and_loss, read_trial_balance
from sync.qbo.client import QboClient
from sync.qbo.ledger import Ledger, read_ledger
from sync.qbo.reports import Report, read_report
from sync.qbo.resources import TRANSACTIONS
from sync.transport import Tally

pytestmark = pytest.mark.samples

YEAR = Period(date(2023, 5, 30), date(2024, 5, 29))


@pytest.fixture
def folder(samples: Path) -> Path:
    return samples / "qbo"


@pytest.fixture
def tree(folder: Path) -> Callable[[str], Report]:
    return lambda name: read_report((folder / f"report_{name}_recorded2024.json").read_bytes())


@pytest.fixture
def classes(tree: Callable[[str], Report]) -> dict[str, AccountClass]:
    """The class of each account, from where the two statements show it."""
    [profit] = read_profit_and_loss(tree("ProfitAndLoss"), YEAR, "USD")
    income = {"Income": AccountClass.REVENUE, "OtherIncome": AccountClass.REVENUE}
    found = {account: income.get(group, AccountClass.EXPENSE) for account, group in profit.groups.items()}
    sheet = tree("BalanceSheet")
    for side, klass in zip(sheet.rows, (AccountClass.ASSET, AccountClass.LIABILITY), strict=True):
        part = Report("BalanceSheet", "", "USD", None, None, sheet.columns, [side])
        found |= dict.fromkeys(read_balance_sheet(part, YEAR.end, "USD").balances, klass)
    return found


@pytest.fixture
def ledger(tree: Callable[[str], Report], classes: dict[str, AccountClass]) -> Ledger:
    return read_ledger(tree("GeneralLedger"), YEAR, classes=classes, currency="USD", multi_currency=False)


def sums(ledger: Ledger, since: date = YEAR.start) -> Counter[str]:
    found = Counter[str]()
    for posting in ledger.postings:
        if posting.day >= since:
            found[posting.account] += posting.amount
    return found


def test_the_ledger_is_the_profit_and_loss(ledger: Ledger, tree: Callable[[str], Report]) -> None:
    [profit] = read_profit_and_loss(tree("ProfitAndLoss"), YEAR, "USD")
    found = sums(ledger)
    assert {account: found[account] for account in profit.movements} == profit.movements
    assert profit.group("COGS") == 40500
    assert (profit.totals["NetIncome"], profit.movements["45"]) == (164246, -147750)
    assert -sum(profit.movements.values()) == profit.totals["NetIncome"]


def test_the_ledger_is_the_balance_sheet(ledger: Ledger, tree: Callable[[str], Report]) -> None:
    sheet = read_balance_sheet(tree("BalanceSheet"), YEAR.end, "USD")
    found = sums(ledger)
    own = {account: amount for account, amount in sheet.balances.items() if account != "2"}
    assert {account: found[account] for account in own} == own
    assert (sheet.balances["81"], sheet.net_income, sheet.balances["2"]) == (59625, 149284, -14962)
    assert sum(sheet.balances.values()) == sheet.net_income


def test_the_ledger_is_the_trial_balance_of_the_fiscal_year(
    ledger: Ledger, tree: Callable[[str], Report], classes: dict[str, AccountClass]
) -> None:
    trial = read_trial_balance(tree("TrialBalance"), YEAR.end, "USD")
    whole, year = sums(ledger), sums(ledger, date(2024, 1, 1))
    results = (AccountClass.REVENUE, AccountClass.EXPENSE)
    for account, balance in trial.balances.items():
        if account != "2":
            assert (year if classes[account] in results else whole)[account] == balance, trial.names[account]
    earlier = sum(amount - year[account] for account, amount in whole.items() if classes[account] in results)
    assert trial.balances["2"] == earlier == -14962
    assert sum(amount for amount in trial.balances.values() if amount > 0) == 4065897


def test_every_document_of_the_ledger_balances(ledger: Ledger) -> None:
    documents = Counter[str]()
    for posting in ledger.postings:
        documents[posting.document] += posting.amount
    assert not any(documents.values())
    assert len(ledger.postings) == 334
    assert {posting.kind for posting in ledger.postings} - {resource.api for resource in TRANSACTIONS} == {
        "InventoryAdjustment",
        "Sales Tax Payment",
    }


def test_the_client_reads_the_same(
    folder: Path, ledger: Ledger, classes: dict[str, AccountClass], client_of: Callable[..., QboClient]
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        name = request.url.path.rsplit("/", 1)[-1]
        return httpx.Response(200, content=(folder / f"report_{name}_recorded2024.json").read_bytes())

    client, tally = client_of(answer), Tally()
    accounts = {code: Account(Source.QBO, code, code, klass, "") for code, klass in classes.items()}
    assert client.ledger(YEAR, accounts, currency="USD", multi_currency=False, tally=tally) == ledger
    trial = client.trial_balance(YEAR.end, fiscal_start=date(2024, 1, 1), currency="USD", tally=tally)
    assert sum(trial.values()) == 0
    assert "89" not in trial, "an account at zero is left out"
    assert client.profit_and_loss(YEAR, currency="USD", tally=tally)["80"] == 40500
    assert tally.calls == 3
