"""Facts, accounts, products, locations, figures and proofs in the cache."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from sync.domain.accounts import Account, AccountClass, Source
from sync.domain.period import Period
from sync.domain.stock import Location, Product
from sync.errors import NotSynced
from sync.store import reads
from sync.store.db import reading, writing
from sync.store.tables import Proof
from sync.store.writes import (
    learn,
    record_figure,
    record_proof,
    save_company,
    update_company,
    upsert_accounts,
    upsert_locations,
    upsert_products,
)

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
SALES = Account(Source.CIN7, "200", "Sales", AccountClass.REVENUE, "REVENUE", number="200")
STOCK = Account(Source.CIN7, "630", "Inventory", AccountClass.ASSET, "CURRENT", number="630")
CHAIR = Product(Source.CIN7, "p1", "CHAIR", "Chair", "Stock", category="Seats", inventory_account="630")
MAIN = Location("l1", "Main")


def test_a_company_is_made_once_whatever_the_case_of_its_account(engine: Engine) -> None:
    with writing(engine) as session:
        first = save_company(session, cin7_account="7F0E-A", qbo_realm="9130", name="Oak Ltd")
        again = save_company(session, cin7_account=" 7f0e-a", qbo_realm="9130")
        other = save_company(session, cin7_account="7f0e-a", qbo_realm="9131")
        assert (first == again, first == other) == (True, False)
        assert reads.company(session, first).name == "Oak Ltd"
        assert reads.company(session).id == other


def test_a_company_learns_facts_and_forgets_them(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        facts: dict[str, Any] = {"name": "Oak Ltd", "cin7_lock_day": date(2025, 12, 31), "multi_currency": True}
        assert [update_company(session, company, **facts) for _ in range(2)] == [1, 0]
        assert update_company(session, company, cin7_lock_day=None) == 1
    with reading(engine) as session:
        row = reads.company(session, company)
        assert (row.name, row.cin7_lock_day, row.multi_currency, row.currency) == ("Oak Ltd", None, True, "USD")


@pytest.mark.parametrize("fact", ["colour", "id", "qbo_realm"])
def test_a_fact_that_companies_do_not_have_is_refused(engine: Engine, company: int, fact: str) -> None:
    with writing(engine) as session, pytest.raises(TypeError, match=fact):
        update_company(session, company, **{fact: "x"})


def test_without_a_company_nothing_is_synced(engine: Engine) -> None:
    with reading(engine) as session, pytest.raises(NotSynced, match="tieout sync"):
        reads.company(session)


def test_only_what_differs_counts_as_changed(engine: Engine, company: int) -> None:
    renamed = replace(SALES, name="Sales of goods", active=False)
    with writing(engine) as session:
        counts = [
            upsert_accounts(session, company, told)
            for told in ([SALES, STOCK], [STOCK, SALES], [renamed, STOCK], [renamed], [])
        ]
        assert counts == [2, 0, 1, 0, 0]
        assert reads.accounts(session, company, Source.CIN7) == [renamed, STOCK]
        assert reads.accounts(session, company, Source.QBO) == []


def test_both_systems_may_use_one_code(engine: Engine, company: int) -> None:
    theirs = replace(SALES, source=Source.QBO, name="Income", klass=AccountClass.UNKNOWN)
    with writing(engine) as session:
        upsert_accounts(session, company, [SALES, theirs])
        assert reads.accounts(session, company, Source.CIN7) == [SALES]
        assert reads.accounts(session, company, Source.QBO) == [theirs]


def test_products_and_locations_come_back_as_they_were_told(engine: Engine, company: int) -> None:
    item = replace(CHAIR, source=Source.QBO, id="7", tracks_quantity=True)
    shelf = Location("l2", "A-01", parent="l1", deprecated=True)
    with writing(engine) as session:
        assert [upsert_products(session, company, [CHAIR, item]) for _ in range(2)] == [2, 0]
        assert [upsert_locations(session, company, [shelf, MAIN]) for _ in range(2)] == [2, 0]
        assert reads.products(session, company, Source.CIN7) == [CHAIR]
        assert reads.products(session, company, Source.QBO) == [item]
        assert reads.locations(session, company) == [MAIN, shelf]


def test_many_rows_take_several_statements_and_are_counted_together(engine: Engine, company: int) -> None:
    many = [replace(CHAIR, id=f"p{n:05d}", sku=f"S{n}") for n in range(2_500)]
    with writing(engine) as session:
        assert upsert_products(session, company, iter(many)) == 2_500
        assert upsert_products(session, company, [replace(many[7], name="Stool"), *many[8:]]) == 1


def test_ids_are_sorted_alike_on_both_databases(engine: Engine, company: int) -> None:
    codes = ["a-1", "B", "a 2", "A1", "b", "é", "10", "9"]
    with writing(engine) as session:
        upsert_accounts(session, company, [replace(SALES, code=code) for code in codes])
        assert [account.code for account in reads.accounts(session, company, Source.CIN7)] == sorted(codes)


def test_what_is_learnt_is_kept_by_feed_and_replaced_by_name(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        assert learn(session, company, Source.CIN7, "sales", cursor="1", page="1000") == 2
        assert learn(session, company, Source.CIN7, "sales", cursor="2", page="1000") == 1
        assert learn(session, company, Source.QBO, "sales", cursor="9") == 1
        assert reads.learned(session, company, Source.CIN7, "sales") == {"cursor": "2", "page": "1000"}
        assert reads.learned(session, company, Source.CIN7, "purchases") == {}


def test_a_failed_reading_leaves_the_age_of_the_figure_alone(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        record_figure(session, company, Source.CIN7, "sales", as_of=NOON)
        record_figure(session, company, Source.CIN7, "sales", as_of=None, complete=False, reason="broken off")
        record_figure(session, company, "qbo", "ledger", as_of=None, complete=False, reason="no answer")
        found = [(f.source, f.entity, f.as_of, f.complete, f.reason) for f in reads.figures(session, company)]
    assert found == [
        ("cin7", "sales", NOON, False, "broken off"),
        ("qbo", "ledger", None, False, "no answer"),
    ]


def test_a_proof_of_a_window_that_is_no_more_says_nothing_any_longer(engine: Engine, company: int) -> None:
    january, quarter = Period(date(2026, 1, 1), date(2026, 1, 31)), Period(date(2025, 11, 1), date(2026, 1, 31))
    with writing(engine) as session:
        record_proof(session, company, "TrialBalance", january, status="differs", difference=-5, at=NOON)
        record_proof(session, company, "ProfitAndLoss", january, status="differs", difference=-5, at=NOON)
        record_proof(session, company, "TrialBalance", quarter, status="tied", difference=0, at=NOON)
        rows = session.exec(select(Proof)).all()
    assert {(row.report, row.start, row.status) for row in rows} == {
        ("ProfitAndLoss", january.start, "differs"),
        ("TrialBalance", quarter.start, "tied"),
    }


def test_a_proof_is_replaced_by_the_next_one_of_the_same_days(engine: Engine, company: int) -> None:
    january = Period(date(2026, 1, 1), date(2026, 1, 31))
    with writing(engine) as session:
        record_proof(session, company, "TrialBalance", january, status="differs", difference=-5, at=NOON)
        record_proof(
            session, company, "TrialBalance", january, status="tied", difference=0, at=NOON, detail="12 accounts"
        )
        rows = session.exec(select(Proof)).all()
    assert [(row.status, row.difference, row.start, row.end, row.detail) for row in rows] == [
        ("tied", 0, january.start, january.end, "12 accounts")
    ]


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4)
account_lists = st.lists(
    st.builds(
        Account,
        source=st.sampled_from(Source),
        code=st.sampled_from("abc"),
        name=words,
        klass=st.sampled_from(AccountClass),
        type=words,
        active=st.booleans(),
    ),
    max_size=6,
)
product_lists = st.lists(
    st.builds(Product, source=st.sampled_from(Source), id=st.sampled_from("abc"), sku=words, name=words, type=words),
    max_size=6,
)
WRITES: list[tuple[str, Callable[..., int], st.SearchStrategy[list[Any]]]] = [
    ("account", upsert_accounts, account_lists),
    ("product", upsert_products, product_lists),
]


@pytest.mark.parametrize(("table", "write", "lists"), WRITES, ids=["accounts", "products"])
def test_the_order_of_rows_does_not_matter_and_the_same_again_changes_nothing(
    engine: Engine, company: int, table: str, write: Callable[..., int], lists: st.SearchStrategy[list[Any]]
) -> None:
    @settings(max_examples=40)
    @given(rows=lists, data=st.data())
    def law(rows: list[Any], data: st.DataObject) -> None:
        kept = []
        for order in (rows, data.draw(st.permutations(rows))):
            with Session(engine.execution_options(tieout_begin="IMMEDIATE")) as session:
                assert write(session, company, order) == len(
                    {(row.source, getattr(row, "code", "") or row.id) for row in rows}
                )
                assert write(session, company, order) == 0
                kept.append(sorted(map(repr, session.execute(text(f"SELECT * FROM {table}")).all())))  # noqa: S608  ours
                session.rollback()
        assert kept[0] == kept[1]

    law()
