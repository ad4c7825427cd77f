"""What the cache sums or leaves out to make a tie-out faster changes nothing that it says."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import chain
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from reports import load
from reports.books import Books, Config
from reports.load_events import ledgers
from reports.load_standing import goods, state
from reports.load_tables import COMPANY, DOCUMENT, LINE, MOVEMENT, PRODUCT
from reports.reconcile.documents import Slots, added
from reports.reconcile.engine import examine
from reports.reconcile.events import QboRow, legs_of, qbo_documents
from reports.reconcile.explain import Explained
from reports.reconcile.standing import Moved, State
from sync.domain.money import from_minor, to_minor
from sync.domain.period import Period
from sync.sandbox.books import World
from sync.sandbox.breaks.scene import Scene
from sync.sandbox.breaks.suite import play, suite
from sync.store.db import reading
from tests.reports.ledgers import books as books_of
from tests.reports.reconcile.measuring import Truth, periods
from tests.reports.reconcile.worlds import Cached

TODAY = date(2026, 11, 22)
_CASES = ((3, "alone zero_cost_shipment"), (5, "alone invoiced_not_shipped"), (12, "twenty at once"))
_SLOTS = Slots({}, {"84": 0, "79": 1, "88": 2}, ("610", "200", "820"), ("receivables", "revenue", "tax"), (1, -1, -1))
money = st.integers(-5_000, 5_000).filter(bool)
word = st.sampled_from(("", "INV-1", "Harbor Home", "paid"))
# Amounts that nearly or wholly take each other back, some with more digits than a float keeps.
_LARGE = ("900719925474099.32", "-900719925474099.31", "-0.01")
cost = st.one_of(
    st.sampled_from(("0", "0.00", "-0", "0.004", "-0.0049", "0.005", "9", "-9.000", "12.3456789", "-12.3456789",
                     "12.34", "-12.35", "1234.5", *_LARGE)),
    st.decimals(-30, 30, places=4).map(lambda amount: f"{amount:f}"),
).map(Decimal)  # fmt: skip
shipped = st.lists(st.tuples(st.sampled_from("fgh"), st.sampled_from("AB"), st.integers(1, 2), cost), max_size=9)
side = st.tuples(word, word, st.sampled_from(("84", "79", "88", "35")), money)


@pytest.mark.parametrize(("seed", "name"), _CASES)
def test_every_movement_and_line_gives_the_findings_of_those_that_were_read(
    seed: int, name: str, sqlite_engine: Engine
) -> None:
    case = next(case for case in suite(seed) if name in case.name)
    cached: list[Cached] = []

    def sync(world: World) -> None:
        cached.append((cached or [Cached(sqlite_engine, world)])[0].load())

    played = play(case, TODAY, sync)
    sync(played.world)
    truth = Truth(Scene(played.world, Random(1)), played.expected, played.decoys)
    for period in periods(truth, Random(seed), 1):
        read, whole = (_examined(cached[0], period, every=every) for every in (False, True))
        assert read.findings == whole.findings
        assert read.ambiguous == whole.ambiguous
        assert read.matched == whole.matched
        assert list(read.paired) == list(whole.paired)
        assert read.findings


def _examined(cached: Cached, period: Period, *, every: bool) -> Explained:
    with reading(cached.engine) as session:
        books = load.books(session, cached.company, period, Config(), today=cached.world.today)
        found = replace(state(session, books), goods=goods(session, books))
        if every:
            found = _with_all(session, books, found)
        return examine(books, ledgers(session, books, Config()), found)


def _with_all(session: Session, books: Books, found: State) -> State:
    """The state with every movement of sales too, and the goods of every invoice line by line."""
    c = MOVEMENT.c
    rows = session.execute(
        select(c.task, c.number, c.kind, c.day, c.sku, c.quantity, c.amount).where(c.company == books.company.id)
    ).all()
    sums: defaultdict[tuple[str, str, str, date, str], list[tuple[object, object]]] = defaultdict(list)
    for *key, quantity, amount in rows:
        if key[2].startswith(("Sale", "Transfer")) or "Purchase" in key[2] or "Unstock" in key[2]:
            sums[tuple(key)].append((quantity, amount))
    moved = [
        Moved(*key, sum(q for q, _ in some), to_minor(sum(a for _, a in some), books.currency))  # type: ignore[misc, arg-type]
        for key, some in sums.items()
    ]
    assert len(moved) > len(found.moved)
    assert _goods(session, books) == found.goods
    return replace(found, moved=tuple(sorted(moved)))


def _goods(session: Session, books: Books) -> dict[str, int]:
    heads = {
        row.id: row
        for row in session.execute(select(DOCUMENT).where(DOCUMENT.c.source == "qbo", DOCUMENT.c.kind == "Invoice"))
        if row.day <= books.period.end and not row.voided and not row.deleted_at
    }
    own = {row.sku: row for row in session.execute(select(PRODUCT).where(PRODUCT.c.source == "cin7"))}
    found: defaultdict[str, int] = defaultdict(int)
    strange = set()
    for line in session.execute(select(LINE).where(LINE.c.source == "qbo", LINE.c.kind == "Invoice")):
        head, product = heads.get(line.id), own.get(line.sku)
        if head is not None:
            value = from_minor(line.amount or 0, head.currency) * (head.rate or 1)
            found[line.id] += to_minor(value, books.currency) if product and product.tracks_quantity else 0
            if line.item and line.amount and (product is None or product.tracks_quantity is None):
                strange.add(line.id)
    return {id_: amount for id_, amount in found.items() if amount and id_ not in strange}


@given(shipped, st.sampled_from(("USD", "JPY", "KWD")))
@example([("f", "A", 1, Decimal(amount)) for amount in _LARGE], "USD")
@settings(max_examples=40)
def test_no_shipment_is_left_out_that_exact_sums_call_costless_and_those_are_that_surely_cost(
    engine: Engine, sent: list[tuple[str, str, int, Decimal]], currency: str
) -> None:
    by_day: defaultdict[tuple[str, str, int], list[Decimal]] = defaultdict(list)
    for task, sku, day, amount in sent:
        by_day[task, sku, day].append(amount)
    costs: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for (task, sku, _), amounts in by_day.items():
        costs[task, sku].append(to_minor(sum(amounts), currency))
    rows = [
        {"company": 1, "product": sku, "position": n, "sku": sku, "task": task, "kind": "Sale", "number": f"SO-{task}",
         "day": date(2026, 1, day), "quantity": Decimal(-1), "amount": amount, "location": ""}
        for n, (task, sku, day, amount) in enumerate(sent)
    ]  # fmt: skip
    books = books_of("")
    books = replace(books, company=replace(books.company, currency=currency))
    with Session(engine) as session:
        session.execute(insert(COMPANY).values(id=1, cin7_account="c", qbo_realm="q", currency=currency))
        if rows:
            session.execute(insert(MOVEMENT), rows)
        kept = {move.task for move in state(session, books).moved}
        session.rollback()
    assert kept >= {task for (task, _), some in costs.items() if sum(some) == 0}
    sure = {task for task, *_ in sent} - {task for (task, _), some in costs.items() if abs(sum(some)) <= 40}
    assert kept.isdisjoint(sure)


@given(st.integers(-1, 4), st.integers(-1, 4), st.integers(0, 9_999))
def test_the_legs_of_one_pair_are_those_of_any(debit: int, credit: int, amount: int) -> None:
    assert legs_of([(debit, credit, amount)]) == added([(debit, amount), (credit, -amount)])
    assert legs_of([(debit, credit, amount), (debit, credit, 0)]) == legs_of([(debit, credit, amount)])


@given(side, side)
def test_a_transaction_of_two_rows_is_what_it_is_with_a_row_of_nothing_beside(
    one: tuple[str, str, str, int], other: tuple[str, str, str, int]
) -> None:
    day = date(2026, 1, 5)
    rows = [
        QboRow("7", "JournalEntry", "INV-1", name, memo, day, account, n) for name, memo, account, n in (one, other)
    ]
    made = [[*chain(*qbo_documents(some, _SLOTS))] for some in (rows, rows[::-1], [*rows, rows[0]._replace(amount=0)])]
    assert [_said(docs[0]) for docs in made[1:]] == [_said(made[0][0])] * 2


def _said(doc: object) -> tuple[object, ...]:
    """All that a document says but the count of its rows."""
    names = ("id", "kind", "number", "day", "role", "legs", "name", "texts", "plain", "gross")
    return tuple(getattr(doc, name) for name in names)
