"""The books as they are read from a cache: sums, completeness, ages, proofs; on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from reports import load
from reports.books import Books, Config, Incomplete
from reports.load_closing import balances
from sync.domain.accounts import Source
from sync.domain.period import Period
from sync.errors import NotSynced
from sync.store.run_tables import Figure
from sync.store.tables import Company, DocumentRow, ProductRow, Proof
from tests.reports.ledgers import JANUARY, READ, TODAY, Cache, cache, whole

LEDGER = """
2026-01-05 Sale s1 INV-1 610 200 100.00
2026-01-06 Sale s1 INV-1 310 630 60.00
2026-02-02 Sale s2 INV-2 610 200 50.00
2026-01-07 StockAdjustment a1 ST-1 320 630 5.00
2026-01-02 Purchase p1 PO-1 630 801 80.00
2026-01-03 Purchase p1 PO-1 801 800 80.00
2026-01-09 MoneySpend m1 M-1 404 090 3.00
qbo 2026-01-05 Invoice 1 INV-1 84:100.00 79:-100.00
qbo 2026-01-06 JournalEntry 2 - 82:60.00 85:-60.00
"""


def read(made: Cache, period: Period = JANUARY, config: Config | None = None) -> Books:
    with Session(made.engine) as session:
        return load.books(session, 1, period, config or Config(), today=TODAY)


def test_movements_are_sums_of_the_period_alone(engine: Engine) -> None:
    books = read(cache(engine, LEDGER))
    assert books.control(Source.CIN7, "revenue") == 10000
    assert books.control(Source.QBO, "revenue") == 10000
    assert books.control(Source.CIN7, "cogs") == books.control(Source.QBO, "cogs") == 6000
    assert books.control(Source.CIN7, "receivables") == 10000


def test_controls_that_nothing_names_are_found_by_how_postings_behave(engine: Engine) -> None:
    books = read(cache(engine, LEDGER))
    assert books.map.cin7_control["310"] == "cogs"
    assert books.map.cin7_control["801"] == "accrued_purchases"
    assert books.map.cin7_control["320"] == "inventory_adjustments"
    assert books.map.cin7_control["404"] == "account:404"
    assert "090" not in books.map.cin7_control


def test_products_and_documents_name_accounts(engine: Engine) -> None:
    made = cache(engine, LEDGER)
    made.add(
        ProductRow(company=1, source="cin7", id="p", sku="A", name="A", type="Stock", cogs_account="404"),
        DocumentRow(company=1, source="cin7", kind="StockTransfer", id="t", number="TR-1", status="COMPLETED",
                    account="320", seen_at=READ),
    )  # fmt: skip
    controls = read(made).map.cin7_control
    assert (controls["404"], controls["320"]) == ("cogs", "in_transit")


def test_an_account_that_only_the_ledger_knows_is_compared_too(engine: Engine) -> None:
    books = read(cache(engine, LEDGER + "2026-01-09 Journal j1 JR-1 999 090 1.00\n"))
    assert books.map.cin7_control["999"] == "account:999"
    assert "999" in books.map.unmapped


def test_nothing_cached_is_said_so(engine: Engine) -> None:
    made = cache(engine, "", windows=[])
    with pytest.raises(NotSynced, match="tieout sync"):
        read(made)


def test_a_company_that_was_never_read_is_not_synced(sqlite_engine: Engine) -> None:
    with Session(sqlite_engine) as session, pytest.raises(NotSynced):
        load.company_facts(session, 1, Config())


def test_a_ledger_that_could_not_be_read_yet_says_why(sqlite_engine: Engine) -> None:
    made = cache(sqlite_engine, "", windows=[])
    with Session(made.engine) as session:
        figure = session.get(Figure, (1, "cin7", "transactions"))
        assert figure is not None
        figure.as_of, figure.complete, figure.reason = None, False, "no permission"
        session.add(figure)
        session.commit()
    with pytest.raises(NotSynced, match="no permission"):
        read(made)


@pytest.mark.parametrize(("start", "reason"), [(date.min, ""), (date(2026, 1, 1), "from the beginning on: 1970-01-01")])
def test_balances_without_an_opening_date_need_the_books_from_their_beginning(
    sqlite_engine: Engine, start: date, reason: str
) -> None:
    made = cache(sqlite_engine, LEDGER, windows=[whole(Source.CIN7, start), whole(Source.QBO)])
    with Session(made.engine) as session:
        company = session.get(Company, 1)
        assert company is not None
        company.opening_day = None
        session.add(company)
        session.commit()
        books = load.books(session, 1, JANUARY, Config(), today=TODAY)
        found = balances(session, books)
    assert (reason in found.unreachable) if reason else not found.unreachable
    assert bool(found.daily) is not bool(reason)


@pytest.mark.parametrize(
    ("cin7", "ours", "zone"),
    [
        ("AUS Eastern Standard Time", "", "UTC"),
        ("", "", "UTC"),
        ("Asia/Tokyo", "", "Asia/Tokyo"),
        ("Mars", "Asia/Tokyo", "Asia/Tokyo"),
    ],
)
def test_days_are_those_of_a_zone_that_exists(sqlite_engine: Engine, cin7: str, ours: str, zone: str) -> None:
    made = cache(sqlite_engine, LEDGER)
    with Session(made.engine) as session:
        company = session.get(Company, 1)
        assert company is not None
        company.time_zone = cin7
        session.add(company)
        session.commit()
        assert load.company_facts(session, 1, Config(time_zone=ours)).time_zone == zone


def test_a_whole_cache_is_complete(engine: Engine) -> None:
    books = read(cache(engine, LEDGER))
    assert (books.incomplete, books.unsynced) == ((), frozenset())
    assert books.as_of == {Source.CIN7: READ, Source.QBO: READ}


def test_days_that_were_not_read_are_named_with_the_command_that_reads_them(sqlite_engine: Engine) -> None:
    windows = [
        whole(Source.CIN7, date(2026, 1, 1), date(2026, 1, 10)),
        whole(Source.CIN7, date(2026, 1, 13), date(2026, 1, 20)),
        whole(Source.QBO),
    ]
    reasons = [each.reason for each in read(cache(sqlite_engine, LEDGER, windows=windows)).incomplete]
    assert reasons == [
        "2026-01-11..2026-01-12 is not cached. Run: tieout sync --since 2026-01-11",
        "2026-01-21..2026-01-31 is not cached. Run: tieout sync --since 2026-01-21",
    ]


def test_days_to_come_need_no_data(sqlite_engine: Engine) -> None:
    made = cache(sqlite_engine, LEDGER, windows=[whole(source, end=TODAY) for source in Source])
    assert read(made, Period(date(2026, 2, 1), date(2026, 2, 28))).incomplete == ()


def test_an_open_window_says_why(sqlite_engine: Engine) -> None:
    windows = [whole(Source.CIN7, complete=False, reason="postings came differently each time"), whole(Source.QBO)]
    found = read(cache(sqlite_engine, LEDGER, windows=windows)).incomplete
    assert found == (Incomplete("cin7", "transactions", "2026-01-01..2026-01-31: postings came differently each time"),)


def test_a_failed_part_and_an_unread_side_make_the_answer_incomplete(sqlite_engine: Engine) -> None:
    made = cache(sqlite_engine, LEDGER, windows=[whole(Source.CIN7)])
    made.add(Figure(company=1, source="cin7", entity="accounts", as_of=READ, complete=False, reason="no answer"))
    made.add(Figure(company=1, source="cin7", entity="customers", as_of=READ, complete=False, reason="not asked"))
    books = read(made)
    assert books.unsynced == {Source.QBO}
    assert {(each.entity, each.reason) for each in books.incomplete} == {
        ("accounts", "no answer"),
        ("ledger", "nothing is cached yet. Run: tieout sync"),
    }


def test_proofs_count_when_they_cover_the_period_and_a_mismatch_makes_it_incomplete(sqlite_engine: Engine) -> None:
    made = cache(sqlite_engine, LEDGER)

    def proof(report: str, start: date, end: date, status: str, difference: int = 0) -> Proof:
        return Proof(
            company=1, report=report, start=start, end=end, status=status, difference=difference, checked_at=READ
        )

    made.add(
        proof("ProfitAndLoss", date(2026, 1, 1), date(2026, 1, 15), "tied"),
        proof("ProfitAndLoss", date(2026, 1, 16), date.max, "tied"),
        proof("TrialBalance", date(2026, 1, 1), date(2026, 1, 31), "differs", 250),
    )
    books = read(made)
    assert [(p.report, p.status, p.difference) for p in books.proofs] == [
        ("ProfitAndLoss", "tied", 0),
        ("TrialBalance", "differs", 250),
    ]
    assert [each.reason for each in books.incomplete] == [
        "QuickBooks' own TrialBalance differs by 2.50 from the ledger read. Run: tieout sync --full"
    ]


def test_a_proof_of_half_the_period_is_none(sqlite_engine: Engine) -> None:
    made = cache(sqlite_engine, LEDGER)
    made.add(Proof(company=1, report="ProfitAndLoss", start=date(2026, 1, 1), end=date(2026, 1, 15), status="tied",
                   difference=0, checked_at=READ))  # fmt: skip
    assert [p.status for p in read(made).proofs] == ["unavailable", "unavailable"]


def test_two_adjoining_periods_add_up(engine: Engine) -> None:
    made = cache(engine, LEDGER)
    whole_year = read(made, Period(date(2026, 1, 1), date(2026, 12, 31)))
    parts = [read(made, JANUARY), read(made, Period(date(2026, 2, 1), date(2026, 12, 31)))]
    for control in whole_year.map.controls():
        for source in Source:
            assert whole_year.control(source, control) == sum(part.control(source, control) for part in parts)


def test_another_company_is_not_read(sqlite_engine: Engine) -> None:
    made = cache(sqlite_engine, LEDGER)
    made.add(Company(id=2, cin7_account="d", qbo_realm="r", currency="USD"))
    with Session(made.engine) as session, pytest.raises(NotSynced):
        load.books(session, 2, JANUARY, Config(), today=TODAY)


def test_stepping_over_pairs_finds_what_grouping_finds(engine: Engine) -> None:
    made = cache(engine, LEDGER + "2026-01-09 Sale s9 INV-9 310 630 -1.00\n")
    with Session(made.engine) as session:
        for code in ("310", "320", "404", "630", "801", "nothing"):
            stepped = session.execute(load._PAIRS, {"company": 1, "source": "cin7", "account": code}).all()
            grouped = session.execute(load._pairs_by_group(1, [code])).all()
            assert sorted(map(tuple, stepped)) == sorted(map(tuple, grouped))
