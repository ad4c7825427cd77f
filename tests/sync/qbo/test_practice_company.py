"""The client against the practice company over real HTTP: it reads what the books hold, whatever goes wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from sync.domain.accounts import Account
from sync.domain.period import Period
from sync.errors import AuthExpired, QuotaSpent, TooLarge
from sync.qbo import statements, to_domain
from sync.qbo.auth import Grant, MemoryTokenStore, QboAccess
from sync.qbo.client import QboClient
from sync.qbo.company import CompanyFacts
from sync.qbo.consent import authorize_link, new_state, read_redirect
from sync.qbo.resources import TRANSACTIONS
from sync.sandbox.books import World
from sync.sandbox.faults import Faults, Kind, Rule
from sync.sandbox.generate import build
from sync.sandbox.serve import Served, serve
from sync.transport import MemoryCallLog, Tally

from .conftest import Clock

TODAY = date(2026, 3, 20)
WHOLE = Period(date(2025, 1, 1), date(2026, 12, 31))
FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 28))


class Reader:
    """A client of the served company, with all that its methods ask for."""

    def __init__(self, served: Served, clock: Clock, stack: ExitStack, store: MemoryTokenStore | None = None) -> None:
        env = served.environ
        self.access = QboAccess(
            base_url=env["QBO_BASE_URL"],
            token_url=env["QBO_TOKEN_URL"],
            authorize_url=env["QBO_AUTHORIZE_URL"],
            redirect_uri="http://localhost:3000/qbo/callback",
            client_id=env["QBO_CLIENT_ID"],
            client_secret=env["QBO_CLIENT_SECRET"],
            realm_id=env["QBO_REALM_ID"],
            refresh_token=env["QBO_REFRESH_TOKEN"],
        )
        self.tally = Tally()
        http = stack.enter_context(httpx.Client(trust_env=False))
        self.grant = Grant(self.access, store or MemoryTokenStore(), http, clock, clock.sleep)
        self.client = QboClient(
            self.access,
            self.grant,
            MemoryCallLog(),
            clock=clock,
            sleep=clock.sleep,
            http=httpx.Client(trust_env=False),
        )
        stack.callback(self.client.close)

    def facts(self) -> CompanyFacts:
        return self.client.company(tally=self.tally)

    def accounts(self) -> dict[str, Account]:
        pages = self.client.everything("Account", tally=self.tally)
        return {account.code: account for page in pages for account in map(to_domain.account, page)}

    def movements(self, period: Period) -> Counter[str]:
        facts, found = self.facts(), Counter[str]()
        ledger = self.client.ledger(
            period, self.accounts(), currency=facts.currency, multi_currency=facts.multi_currency, tally=self.tally
        )
        for posting in ledger.postings:
            found[posting.account] += posting.amount
        return found


@pytest.fixture(scope="module")
def world() -> World:
    return build(7, today=TODAY, months=4)


@pytest.fixture
def served(world: World, clock: Clock) -> Iterator[Served]:
    with serve(world, clock=clock) as found:
        yield found


@pytest.fixture
def reader(served: Served, clock: Clock) -> Iterator[Reader]:
    with ExitStack() as stack:
        yield Reader(served, clock, stack)


def truth(world: World, period: Period) -> Counter[str]:
    found = Counter[str]()
    for posting in world.qbo.postings:
        if posting.date in period:
            found[posting.account_id] += posting.amount
    return found


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
def test_the_ledger_is_what_was_posted_and_ties_to_the_reports(currency: str, clock: Clock) -> None:
    books = build(11, today=TODAY, months=4, currency=currency)
    with serve(books, clock=clock) as served, ExitStack() as stack:
        reader = Reader(served, clock, stack)
        assert reader.facts().currency == currency
        posted = reader.movements(FEBRUARY)
        assert +posted == +truth(books, FEBRUARY)
        assert -posted == -truth(books, FEBRUARY)
        profit = reader.client.profit_and_loss(FEBRUARY, currency=currency, tally=reader.tally)
        assert {account: posted[account] for account in profit} == profit
        trial = reader.client.trial_balance(
            FEBRUARY.end, fiscal_start=date(2026, 1, 1), currency=currency, tally=reader.tally
        )
        assert sum(trial.values()) == 0
        assert served.violations == []


def test_every_transaction_is_read_and_its_lines_and_tax_are_its_total(reader: Reader, world: World) -> None:
    home = reader.facts().currency
    for resource in TRANSACTIONS:
        found = [
            to_domain.document(resource.api, row, home)
            for page in reader.client.everything(resource.api, tally=reader.tally)
            for row in page
        ]
        assert len(found) == len(world.qbo.entities.get(resource.api, []))
        assert len(found) == reader.client.count(resource.api, tally=reader.tally)
        if resource.api in ("Invoice", "CreditMemo", "Bill", "VendorCredit", "SalesReceipt", "RefundReceipt"):
            for document in found:
                assert sum(line.amount or 0 for line in document.lines) + (document.tax or 0) == document.total


def test_a_quiet_reading_makes_the_fewest_calls(reader: Reader, served: Served) -> None:
    for _ in reader.client.everything("Account", tally=reader.tally):
        pass
    assert reader.tally.calls == len(served.seen("qbo")) == 1
    assert len(served.seen("oauth")) == 1


PASSING = [
    Kind.THROTTLE_429,
    Kind.THROTTLE_XML,
    Kind.THROTTLE_JSON,
    Kind.THROTTLE_60_SECONDS,
    Kind.ERROR_500,
    Kind.ERROR_502,
    Kind.ERROR_504,
    Kind.XML_FAULT,
    Kind.HTML_200,
    Kind.EMPTY,
    Kind.UNAUTHORISED,
    Kind.CUT_JSON,
    Kind.CUT_BODY,
    Kind.RESET,
    Kind.LOST,
]


@pytest.mark.parametrize("kind", PASSING, ids=lambda kind: kind.name)
def test_what_passes_on_the_way_changes_nothing(kind: Kind, reader: Reader, served: Served, world: World) -> None:
    # A timeout of a ledger means that it is too large, so there that fault has a test of its own.
    path = "query|companyinfo|preferences" if kind is Kind.ERROR_504 else ""
    served.faults = Faults(rules=(Rule(kind, source="qbo", path=path, every=2),))
    assert +reader.movements(FEBRUARY) == +truth(world, FEBRUARY)
    assert served.violations == []


def test_a_ledger_that_times_out_is_asked_for_in_parts_but_a_day_once_more(
    reader: Reader, served: Served, world: World
) -> None:
    served.faults = Faults(rules=(Rule(Kind.ERROR_504, source="qbo", path="GeneralLedger", nth=1),))
    with pytest.raises(TooLarge):
        reader.movements(FEBRUARY)
    served.faults = Faults(rules=(Rule(Kind.ERROR_504, source="qbo", path="GeneralLedger", nth=1),))
    day = Period(FEBRUARY.start, FEBRUARY.start)
    assert reader.movements(day) == truth(world, day)


@pytest.mark.parametrize("kind", [Kind.MONTH_JSON, Kind.MONTH_XML])
def test_the_monthly_block_costs_one_call(kind: Kind, reader: Reader, served: Served) -> None:
    served.faults = Faults(rules=(Rule(kind, source="qbo"),))
    with pytest.raises(QuotaSpent):
        reader.facts()
    assert reader.tally.calls == 1


@pytest.mark.parametrize("kind", [Kind.SHIFT_DELETE, Kind.SHIFT_INSERT], ids=lambda kind: kind.name)
def test_rows_that_shift_between_pages_are_all_read(kind: Kind, served: Served, reader: Reader, world: World) -> None:
    pattern = world.qbo.entities["JournalEntry"][0]
    many = [{**pattern, "Id": str(1_000_000 + number)} for number in range(2500)]
    served.world = replace(world, qbo=replace(world.qbo, entities={"JournalEntry": many}))
    served.faults = Faults(rules=(Rule(kind, source="qbo", path="query", every=2),))
    found = [row["Id"] for page in reader.client.everything("JournalEntry", tally=reader.tally) for row in page]
    left = {row["Id"] for row in served.world.qbo.entities["JournalEntry"]}
    assert len(found) == len(set(found))
    assert len(found) >= 2500
    assert left <= set(found)


@pytest.mark.parametrize("form", ["row", "text"])
def test_a_ledger_over_the_cap_is_too_large_in_either_form(form: str, reader: Reader, served: Served) -> None:
    accounts = reader.accounts()
    served.faults = Faults(cell_cap=500, cap_form="row" if form == "row" else "text")
    with pytest.raises(TooLarge):
        reader.client.ledger(WHOLE, accounts, currency="USD", multi_currency=True, tally=reader.tally)


def test_a_large_batch_is_read_in_pieces(reader: Reader) -> None:
    selects = [statements.select("Invoice", start=1 + 5 * page, limit=5) for page in range(40)]
    pages = reader.client.batch(selects, tally=reader.tally)
    flat = [row["Id"] for page in pages if isinstance(page, list) for row in page]
    assert flat == [row["Id"] for row in reader.client.query("Invoice", limit=200, tally=reader.tally)]


def test_what_happens_next_arrives_as_changes(clock: Clock) -> None:
    books = build(13, today=TODAY, months=3)
    entities = [resource.api for resource in TRANSACTIONS]
    with serve(books, clock=clock) as served, ExitStack() as stack:
        reader = Reader(served, clock, stack)
        long_ago = datetime.combine(TODAY, datetime.min.time(), UTC) - timedelta(days=5)
        start = reader.client.changes(entities, long_ago, tally=reader.tally).time
        before = {entity: {row["Id"] for row in books.qbo.entities.get(entity, [])} for entity in entities}
        books.advance(6)
        told = reader.client.changes(entities, start, tally=reader.tally)
        for entity in entities:
            new = {row["Id"] for row in books.qbo.entities.get(entity, [])} - before[entity]
            assert new <= {row["Id"] for row in told.rows[entity]}
        assert sum(map(len, told.rows.values())) > 0
        assert {(gone.entity, gone.id) for gone in told.deleted} <= {
            (stub["entity"], stub["Id"]) for stub in books.qbo.deleted
        }
        assert told.time > start
        some = books.qbo.entities["Invoice"][0]["Id"]
        assert reader.client.exists("Invoice", some, tally=reader.tally)
        assert not reader.client.exists("Invoice", "77777777", tally=reader.tally)


def test_an_expired_token_is_renewed_and_rotation_followed(served: Served, reader: Reader, clock: Clock) -> None:
    for _ in range(3):
        reader.facts()
        clock.now += 4000
    assert [call.status for call in served.seen("oauth")] == [200] * 3
    served.grants.expire()
    reader.facts()
    assert served.grants.alive


def test_a_lost_token_answer_is_mended_where_intuit_still_takes_the_old_value(served: Served, reader: Reader) -> None:
    served.faults = Faults(rules=(Rule(Kind.LOST, source="oauth", nth=1),), overlap=True)
    assert reader.facts().name
    assert served.grants.alive


def test_a_revoked_grant_says_reconnect_and_connecting_mends_it(served: Served, clock: Clock) -> None:
    store = MemoryTokenStore()
    with ExitStack() as stack:
        reader = Reader(served, clock, stack, store)
        served.grants.revoke()
        with pytest.raises(AuthExpired, match="tieout connect"):
            reader.facts()
        state = new_state()
        back = httpx.get(authorize_link(reader.access, state), trust_env=False)
        consent = read_redirect(dict(httpx.URL(back.headers["location"]).params), state)
        assert consent.realm == reader.access.realm_id
        reader.grant.exchange(consent.code, consent.realm)
        assert reader.facts().name


def test_a_refused_consent_is_told_in_words(served: Served, reader: Reader) -> None:
    served.faults = Faults(consent="refused")
    state = new_state()
    back = httpx.get(authorize_link(reader.access, state), trust_env=False)
    with pytest.raises(AuthExpired, match="was not allowed"):
        read_redirect(dict(httpx.URL(back.headers["location"]).params), state)


def test_the_limits_of_quickbooks_are_never_met(served: Served, reader: Reader) -> None:
    for _ in range(60):
        reader.client.count("Invoice", tally=reader.tally)
    assert reader.tally.throttled == 0
    assert {call.status for call in served.seen("qbo")} == {200}
