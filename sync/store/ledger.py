"""The cached ledger: windows of days whose postings are replaced as a whole, never patched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any

import msgspec
from sqlalchemy import Connection, TextClause, text
from sqlmodel import Session, col, delete, insert, select

from sync.domain.accounts import Posting, Source
from sync.domain.period import Period
from sync.errors import InvariantBroken
from sync.store.former import keep_former
from sync.store.tables import Window

# How many postings one row of the feed makes: Cin7's rows are balanced pairs, QBO's are postings.
_POSTINGS_PER_ROW = {Source.CIN7: 2, Source.QBO: 1}

_CHUNK = 5_000  # postings in memory at once
_IN_MEMORY = 4 << 20  # bytes of a reading kept in memory; what is more waits in a temporary file
_COLUMNS = "company, source, account, day, amount, document, kind, number, counter, name, memo"
_WHERE = "company = :company AND source = :source AND day BETWEEN :start AND :end"

# account, day (ISO), amount, document, kind, number, counter, name, memo
_Row = tuple[str, str, int, str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class WindowReading:
    """One reading of the days `start` to `end`, both included, of a ledger feed.

    `rows` counts the feed's own rows (Cin7 pairs, QBO postings); an incomplete reading says why in `reason`;
    `fetched_at` is the aware instant at which the reading began.
    """

    start: date
    end: date
    rows: int
    complete: bool
    reason: str
    fetched_at: datetime


def replace_window(
    session: Session, company: int, source: Source, reading: WindowReading, postings: Iterable[Posting]
) -> int:
    """Makes `postings` all that the cache holds of `source` in the reading's days; how many postings changed.

    `postings` is read to its end before the first statement, in constant memory, so that no lock is held
    while a feed is still being fetched. The answer is the multiset difference, an edited posting counting
    once: 0 when the days held exactly these postings, and then no posting is rewritten. Windows inside the days
    go, those that stick out are cut: their `rows` are counted again, their fingerprint and proof are void. The
    new window keeps its proof when nothing changed and all its days were proven.
    Raises InvariantBroken for a posting of another source or day; nothing is written then.
    """
    days = Period(reading.start, reading.end)
    with _Spool() as spool:
        spool.read(postings, source, days)
        met = _overlapping(session, company, source, days)
        held = _held(session, company, source, days, met)
        changed = 0
        if held.fingerprint != spool.fingerprint:
            changed = _rewrite(session, company, source, days, held, spool, met, reading.fetched_at)
        fingerprint = spool.fingerprint
    inside = [window for window in met if days.start <= window.start and window.end <= days.end]
    proven = not changed and bool(met) and len(inside) == len(met) and all(window.proven for window in met)
    _cut(session, company, source, days, met)
    session.execute(
        insert(Window).values(
            company=company,
            source=str(source),
            start=reading.start,
            end=reading.end,
            rows=reading.rows,
            fingerprint=fingerprint,
            complete=reading.complete,
            reason=reading.reason,
            proven=proven,
            fetched_at=reading.fetched_at,
        )
    )
    return changed


def windows(session: Session, company: int, source: Source) -> list[Window]:
    """All windows of a feed, by day; they never overlap."""
    query = select(Window).where(Window.company == company, Window.source == str(source)).order_by(col(Window.start))
    return list(session.exec(query, execution_options={"populate_existing": True}))


def ledger_rows(session: Session, company: int, source: Source, period: Period) -> int:
    """How many of the feed's own rows (Cin7 pairs, QBO postings) the cache holds in `period`."""
    return _count(session, company, source, period) // _POSTINGS_PER_ROW[source]


def fingerprint(postings: Iterable[Posting]) -> str:
    """Says whether two readings are the same multiset of postings, in whatever order they came.

    The count, and the sum modulo 2**128 of a 128-bit hash of each posting: sums of parts add up to the whole.
    """
    rows, total = 0, 0
    for posting in postings:
        rows, total = rows + 1, total + _hash(_row(posting))
    return _print(rows, total)


@dataclass(frozen=True, slots=True)
class _Held:
    """What the cache holds of some days: number of postings, their highest id, fingerprint."""

    rows: int
    last: int
    fingerprint: str


class _Spool:
    """The postings of one reading, kept outside the database until all of them are there."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  closed by __exit__
        self._rows = 0
        self._total = 0

    def __enter__(self) -> _Spool:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    @property
    def fingerprint(self) -> str:
        return _print(self._rows, self._total)

    @property
    def rows(self) -> int:
        return self._rows

    def read(self, postings: Iterable[Posting], source: Source, days: Period) -> None:
        start, end = days.start, days.end
        stream = iter(postings)
        while chunk := list(islice(stream, _CHUNK)):
            for posting in chunk:
                if posting.source is not source or not start <= posting.day <= end:
                    raise InvariantBroken(
                        f"the {source} ledger of {days} cannot hold the posting of {posting.kind} {posting.number}"
                        f" ({posting.source}, {posting.day})"
                    )
            rows = [_row(posting) for posting in chunk]
            self._total += sum(map(_hash, rows))
            self._rows += len(rows)
            packed = _PACK.encode(rows)
            self._file.write(len(packed).to_bytes(8, "big"))
            self._file.write(packed)

    def chunks(self) -> Iterator[list[_Row]]:
        self._file.seek(0)
        while size := self._file.read(8):
            yield _UNPACK.decode(self._file.read(int.from_bytes(size, "big")))


_PACK = msgspec.msgpack.Encoder()
_UNPACK = msgspec.msgpack.Decoder(list[_Row])


def _row(posting: Posting) -> _Row:
    return (
        posting.account,
        posting.day.isoformat(),
        posting.amount,
        posting.document,
        posting.kind,
        posting.number,
        posting.counter,
        posting.name,
        posting.memo,
    )


def _hash(row: _Row) -> int:
    return int.from_bytes(blake2b(_PACK.encode(row), digest_size=16).digest(), "big")


def _print(rows: int, total: int) -> str:
    return f"{rows}:{total % 2**128:032x}"


def _overlapping(session: Session, company: int, source: Source, days: Period) -> list[Window]:
    return [w for w in windows(session, company, source) if w.start <= days.end and days.start <= w.end]


def _bounds(company: int, source: Source, days: Period, **more: int) -> dict[str, Any]:
    days_text = {"start": days.start.isoformat(), "end": days.end.isoformat()}
    return {"company": company, "source": str(source), **days_text, **more}


def _count(session: Session, company: int, source: Source, days: Period) -> int:
    query = text(f"SELECT count(*) FROM posting WHERE {_WHERE}")  # noqa: S608  no value is part of the text
    return int(session.execute(query, _bounds(company, source, days)).scalar_one())


def _held(session: Session, company: int, source: Source, days: Period, met: list[Window]) -> _Held:
    query = text(f"SELECT count(*), coalesce(max(id), 0) FROM posting WHERE {_WHERE}")  # noqa: S608  as above
    rows, last = session.execute(query, _bounds(company, source, days)).one()
    inside = [window for window in met if days.start <= window.start and window.end <= days.end]
    if len(inside) == len(met) and all(window.fingerprint for window in inside):
        # Hashes of parts add up to that of the whole; the count is the table's own, so that a lost posting shows.
        total = sum(int(window.fingerprint.partition(":")[2], 16) for window in inside)
    else:
        total = _total(session, company, source, days)
    return _Held(rows, last, _print(rows, total))


def _total(session: Session, company: int, source: Source, days: Period) -> int:
    columns = _COLUMNS.removeprefix("company, source, ")
    query = text(f"SELECT {columns} FROM posting WHERE {_WHERE}")  # noqa: S608  as above
    found = session.execute(query, _bounds(company, source, days), execution_options={"yield_per": _CHUNK})
    return sum(_hash(tuple(row)) for row in found)


def _rewrite(
    session: Session,
    company: int,
    source: Source,
    days: Period,
    held: _Held,
    spool: _Spool,
    met: list[Window],
    at: datetime,
) -> int:
    """Adds the new postings behind the old ones, compares the two inside the database, and drops the old."""
    for chunk in spool.chunks():
        _append(session.connection(), company, source, chunk)
    bounds = _bounds(company, source, days, last=held.last)
    if not held.rows:
        keep_former(session, company, source, days, met, held.last, at)
        return spool.rows
    differing = session.execute(_DIFFERENCE, bounds).all()
    keep_former(session, company, source, days, met, held.last, at, {document for document, _, _ in differing})
    more, fewer = sum(int(row[1]) for row in differing), sum(int(row[2]) for row in differing)
    session.execute(text(f"DELETE FROM posting WHERE {_WHERE} AND id <= :last"), bounds)  # noqa: S608  as above
    return max(more, fewer)


# Old rows have ids up to :last, because both databases number upwards.
_SIGN = "sum(CASE WHEN id > :last THEN 1 ELSE -1 END)"
_SIGNED = f"SELECT document, {_SIGN} AS n FROM posting WHERE {_WHERE} GROUP BY {_COLUMNS}"  # noqa: S608  no value is part of the text
_SUMS = "sum(CASE WHEN n > 0 THEN n ELSE 0 END), sum(CASE WHEN n < 0 THEN -n ELSE 0 END)"
# Documents with rows that are new, or gone, and how many of either.
_DIFFERENCE: TextClause = text(f"SELECT document, {_SUMS} FROM ({_SIGNED}) AS d WHERE n <> 0 GROUP BY document")  # noqa: S608  as above


def _append(connection: Connection, company: int, source: Source, rows: list[_Row]) -> None:
    """The drivers' own bulk roads: ten times the speed of objects, several times that of SQLAlchemy's insert."""
    whole = [(company, str(source), *row) for row in rows]
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * (_COLUMNS.count(",") + 1))
        connection.exec_driver_sql(f"INSERT INTO posting ({_COLUMNS}) VALUES ({marks})", whole)  # noqa: S608  as above
        return
    driver = connection.connection.cursor()
    with driver, driver.copy(f"COPY posting ({_COLUMNS}) FROM STDIN") as copy:  # type: ignore[attr-defined]  # psycopg's own
        for row in whole:
            copy.write_row(row)


def _cut(session: Session, company: int, source: Source, days: Period, met: list[Window]) -> None:
    """Takes the days out of the windows that meet them; what sticks out stays, on either side or on both."""
    pieces = []
    for window in met:
        # Compared before a day is added or taken: a window may begin on the first day there is, or end on the last.
        if window.start < days.start:
            pieces.append((window, Period(window.start, days.start - timedelta(days=1))))
        if window.end > days.end:
            pieces.append((window, Period(days.end + timedelta(days=1), window.end)))
    rest = [
        window.model_dump()
        | {"start": part.start, "end": part.end, "fingerprint": "", "proven": False}
        | {"rows": ledger_rows(session, company, source, part)}
        for window, part in pieces
    ]
    for window in met:
        session.execute(
            delete(Window).where(
                col(Window.company) == company, col(Window.source) == str(source), col(Window.start) == window.start
            )
        )
    if rest:
        session.execute(insert(Window), rest)
