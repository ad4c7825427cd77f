"""Windows of the cached ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session

from sync.domain.accounts import Posting, Source
from sync.domain.period import Period
from sync.errors import InvariantBroken
from sync.store import ledger
from sync.store.db import reading, writing
from sync.store.ledger import WindowReading, fingerprint, ledger_rows, replace_window, windows
from sync.store.writes import save_company

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
FIRST = date(2026, 1, 1)


def day(n: int) -> date:
    return FIRST + timedelta(days=n - 1)


def posting(n: int = 1, amount: int = 100, document: str = "doc", source: Source = Source.CIN7, **more: str) -> Posting:
    fields = {"account": "500", "kind": "Sale", "number": "INV-1", **more}
    return Posting(source=source, day=day(n), amount=amount, document=document, **fields)


def read(start: int, end: int, rows: int = 0, at: datetime = NOON, *, complete: bool = True) -> WindowReading:
    return WindowReading(day(start), day(end), rows, complete, "" if complete else "broken off", at)


def cached(session: Session, company: int, source: Source = Source.CIN7) -> Counter[tuple[object, ...]]:
    query = text(
        "SELECT account, day, amount, document, kind, number, counter, name, memo"
        " FROM posting WHERE company = :company AND source = :source"
    )
    rows = session.execute(query, {"company": company, "source": str(source)})
    return Counter(tuple(row) for row in rows)


def told(postings: Iterable[Posting]) -> Counter[tuple[object, ...]]:
    return Counter(
        (p.account, p.day.isoformat(), p.amount, p.document, p.kind, p.number, p.counter, p.name, p.memo)
        for p in postings
    )


class Shape(NamedTuple):
    start: int
    end: int
    rows: int
    complete: bool
    proven: bool


def shapes(session: Session, company: int, source: Source = Source.CIN7) -> list[Shape]:
    return [
        Shape((w.start - FIRST).days + 1, (w.end - FIRST).days + 1, w.rows, w.complete, w.proven)
        for w in windows(session, company, source)
    ]


def prove(session: Session, company: int) -> None:
    session.execute(
        text("UPDATE ledger_window SET proven = :yes WHERE company = :company"), {"yes": True, "company": company}
    )


def test_a_window_holds_exactly_what_was_read(engine: Engine, company: int) -> None:
    postings = [posting(1), posting(1), posting(2, -100, name="Ann", memo="a\tb\\N\n\"'", counter="610")]
    with writing(engine) as session:
        assert replace_window(session, company, Source.CIN7, read(1, 3, 2), postings) == 3
        assert cached(session, company) == told(postings)
        assert shapes(session, company) == [Shape(1, 3, 2, True, False)]


def test_reading_the_same_again_rewrites_no_posting(engine: Engine, company: int) -> None:
    postings = [posting(1), posting(1), posting(2, -100)]
    later = NOON + timedelta(hours=1)
    with writing(engine) as session:
        replace_window(session, company, Source.CIN7, read(1, 3, 2), postings)
        prove(session, company)
        before = session.execute(text("SELECT id FROM posting ORDER BY id")).all()
        assert replace_window(session, company, Source.CIN7, read(1, 3, 2, later), reversed(postings)) == 0
        assert session.execute(text("SELECT id FROM posting ORDER BY id")).all() == before
        assert [w.fetched_at for w in windows(session, company, Source.CIN7)] == [later]
        assert shapes(session, company) == [Shape(1, 3, 2, True, True)]


@pytest.mark.parametrize(
    ("after", "changed"),
    [
        ([posting(1), posting(2, 7)], 1),
        ([posting(1)], 1),
        ([posting(1), posting(1), posting(2)], 1),
        ([posting(1), posting(2), posting(3), posting(3)], 2),
        ([], 2),
        ([posting(1, memo="corrected"), posting(2, document="other")], 2),
    ],
    ids=["edited", "gone", "a twin", "two more", "emptied", "both edited"],
)
def test_changes_are_counted_as_a_multiset(engine: Engine, company: int, after: list[Posting], changed: int) -> None:
    with writing(engine) as session:
        replace_window(session, company, Source.CIN7, read(1, 3), [posting(1), posting(2)])
        prove(session, company)
        assert replace_window(session, company, Source.CIN7, read(1, 3), after) == changed
        assert cached(session, company) == told(after)
        assert shapes(session, company)[0].proven is False


def test_a_posting_that_got_lost_is_put_back_by_the_next_reading(engine: Engine, company: int) -> None:
    """The fingerprint tells what was read once; it is believed only while as many postings are there."""
    with writing(engine) as session:
        replace_window(session, company, Source.CIN7, read(1, 3), [posting(1), posting(2)])
        session.execute(text("DELETE FROM posting WHERE day = :day"), {"day": "2026-01-02"})
        assert replace_window(session, company, Source.CIN7, read(1, 3), [posting(1), posting(2)]) == 1
        assert cached(session, company) == told([posting(1), posting(2)])


def test_windows_that_stick_out_are_cut_and_counted_again(engine: Engine, company: int) -> None:
    whole = [posting(n, amount) for n in range(1, 11) for amount in (n, -n)]
    with writing(engine) as session:
        replace_window(session, company, Source.CIN7, read(1, 5, 5), [p for p in whole if p.day <= day(5)])
        replace_window(
            session, company, Source.CIN7, read(6, 10, 5, complete=False), [p for p in whole if p.day > day(5)]
        )
        prove(session, company)
        middle = [p for p in whole if day(4) <= p.day <= day(6)]
        assert replace_window(session, company, Source.CIN7, read(4, 6, 3), middle) == 0
        assert cached(session, company) == told(whole)
        assert shapes(session, company) == [
            Shape(1, 3, 3, True, False),
            Shape(4, 6, 3, True, False),
            Shape(7, 10, 4, False, False),
        ]
        marks = [window.fingerprint for window in windows(session, company, Source.CIN7)]
    assert [bool(mark) for mark in marks] == [False, True, False]


def test_a_window_inside_another_leaves_both_its_ends(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        replace_window(
            session, company, Source.QBO, read(1, 9, 9), [posting(n, source=Source.QBO) for n in range(1, 10)]
        )
        assert replace_window(session, company, Source.QBO, read(5, 5, 0), []) == 1
        assert shapes(session, company, Source.QBO) == [
            Shape(1, 4, 4, True, False),
            Shape(5, 5, 0, True, False),
            Shape(6, 9, 4, True, False),
        ]


def test_a_window_may_be_open_at_either_end_of_time(engine: Engine, company: int) -> None:
    always = WindowReading(date.min, date.max, 1, True, "", NOON)
    with writing(engine) as session:
        replace_window(session, company, Source.CIN7, always, [posting(5), posting(5)])
        replace_window(session, company, Source.CIN7, read(5, 5, 1), [posting(5), posting(5)])
        assert [(w.start, w.end) for w in windows(session, company, Source.CIN7)] == [
            (date.min, day(4)),
            (day(5), day(5)),
            (day(6), date.max),
        ]
        assert replace_window(session, company, Source.CIN7, always, [posting(5), posting(5)]) == 0
        assert len(windows(session, company, Source.CIN7)) == 1


def test_parts_that_were_all_proven_make_a_proven_whole(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        replace_window(session, company, Source.CIN7, read(1, 2), [posting(1)])
        replace_window(session, company, Source.CIN7, read(3, 4), [posting(3)])
        prove(session, company)
        assert replace_window(session, company, Source.CIN7, read(1, 4), [posting(3), posting(1)]) == 0
        assert shapes(session, company) == [Shape(1, 4, 0, True, True)]


def test_sources_and_companies_do_not_touch_each_other(engine: Engine, company: int) -> None:
    with writing(engine) as session:
        other = save_company(session, cin7_account="other", qbo_realm="1")
        replace_window(session, company, Source.CIN7, read(1, 3), [posting(1)])
        replace_window(session, company, Source.QBO, read(1, 3), [posting(1, source=Source.QBO)])
        replace_window(session, other, Source.CIN7, read(1, 3), [posting(2)])
        replace_window(session, company, Source.CIN7, read(1, 3), [])
        assert not cached(session, company)
        assert cached(session, company, Source.QBO).total() == 1
        assert cached(session, other).total() == 1
        assert len(windows(session, other, Source.CIN7)) == 1


@pytest.mark.parametrize("stray", [posting(4), posting(1, source=Source.QBO)], ids=["another day", "another source"])
def test_a_posting_that_does_not_belong_is_refused_and_nothing_written(
    engine: Engine, company: int, stray: Posting
) -> None:
    with writing(engine) as session:
        replace_window(session, company, Source.CIN7, read(1, 3), [posting(1)])
        with pytest.raises(InvariantBroken, match="INV-1"):
            replace_window(session, company, Source.CIN7, read(1, 3), [posting(2), stray])
        assert cached(session, company) == told([posting(1)])


def test_no_statement_is_made_before_the_feed_was_read_to_its_end(engine: Engine, company: int) -> None:
    """A lock that is held while a feed is still being fetched would stop the log of the very calls that fetch it."""

    def feed() -> Iterator[Posting]:
        yield posting(1)
        with writing(engine) as other:
            save_company(other, cin7_account="meanwhile", qbo_realm="1")
        yield posting(2)

    with writing(engine) as session:
        assert replace_window(session, company, Source.CIN7, read(1, 3), feed()) == 2


def test_readings_larger_than_a_chunk_are_kept_whole(
    engine: Engine, company: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "_CHUNK", 7)
    monkeypatch.setattr(ledger, "_IN_MEMORY", 500)
    postings = [posting(n % 28 + 1, n, f"doc {n}") for n in range(100)]
    with writing(engine) as session:
        assert replace_window(session, company, Source.CIN7, read(1, 28), iter(postings)) == 100
        assert replace_window(session, company, Source.CIN7, read(1, 28), iter(postings[::-1])) == 0
        assert cached(session, company) == told(postings)


def test_rows_are_counted_as_the_feed_counts_them(engine: Engine, company: int) -> None:
    pairs = [posting(n, amount) for n in (1, 2, 2) for amount in (5, -5)]
    with writing(engine) as session:
        replace_window(session, company, Source.CIN7, read(1, 3, 3), pairs)
        replace_window(session, company, Source.QBO, read(1, 3, 6), [replace(p, source=Source.QBO) for p in pairs])
    with reading(engine) as session:
        assert ledger_rows(session, company, Source.CIN7, Period(day(2), day(3))) == 2
        assert ledger_rows(session, company, Source.QBO, Period(day(2), day(3))) == 4


postings_ = st.lists(
    st.builds(
        posting,
        n=st.integers(1, 8),
        amount=st.integers(-(2**62), 2**62),
        document=st.sampled_from(["a", "b", ""]),
        memo=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=3),
    ),
    max_size=12,
)


@given(postings_, st.randoms(use_true_random=False))
def test_a_fingerprint_does_not_depend_on_the_order(postings: list[Posting], random: object) -> None:
    shuffled = sorted(postings, key=lambda _: random.random())  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert fingerprint(postings) == fingerprint(shuffled)


@given(postings_, postings_)
def test_fingerprints_are_equal_for_equal_multisets_only(one: list[Posting], other: list[Posting]) -> None:
    assert (fingerprint(one) == fingerprint(other)) == (told(one) == told(other))


spans = st.tuples(st.integers(1, 8), st.integers(1, 8)).map(sorted)


@settings(max_examples=60)
@given(readings=st.lists(st.tuples(spans, postings_), max_size=6), seed=st.randoms(use_true_random=False))
def test_the_cache_is_what_the_last_reading_of_each_day_said(
    engine: Engine, company: int, readings: list[tuple[list[int], list[Posting]]], seed: object
) -> None:
    """Whatever windows were read before, in whatever shapes; and each change is counted exactly."""
    held: list[Posting] = []
    with Session(engine.execution_options(tieout_begin="IMMEDIATE")) as session:
        covered: set[int] = set()
        for (start, end), some in readings:
            inside = [p for p in some if day(start) <= p.day <= day(end)]
            before = told(p for p in held if day(start) <= p.day <= day(end))
            changed = replace_window(session, company, Source.CIN7, read(start, end, len(inside) // 2), inside)
            assert changed == max((told(inside) - before).total(), (before - told(inside)).total())
            assert replace_window(session, company, Source.CIN7, read(start, end, len(inside) // 2), inside[::-1]) == 0
            held = [p for p in held if not day(start) <= p.day <= day(end)] + inside
            covered |= set(range(start, end + 1))
            assert cached(session, company) == told(held)
            days = [n for shape in shapes(session, company) for n in range(shape.start, shape.end + 1)]
            assert sorted(days) == sorted(covered)
        session.rollback()
