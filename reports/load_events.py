"""Makes the documents of both ledgers for the tie-out, of the days around the period and of what they name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.books import Books, Config
from reports.load_headers import Headers, also, by_key, called, channels, headers, named_headers, texts
from reports.load_moved import changes
from reports.load_rows import TRADE, cin7_rows, halves, outside, qbo_rows
from reports.load_settled import Apart, enough, set_aside
from reports.load_tables import LINE, POSTING, PRODUCT, among
from reports.memory import Former
from reports.reconcile import mentions
from reports.reconcile.aside import NOTHING
from reports.reconcile.documents import Doc, Legs, Slots, added, slots
from reports.reconcile.events import Cin7Row, QboRow, cin7_documents, own_number, qbo_documents
from reports.reconcile.match import Ledgers, match
from reports.reconcile.numbers import plain
from reports.reconcile.reach import Reach, reach
from reports.reconcile.roles import Ways, ways
from sync.domain.accounts import Source
from sync.domain.period import Period

_SOLD = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt")
_MARGIN = 62  # days around the period in which counterparts are looked for without being named


@dataclass
class _Loading:
    """What one tie-out's ledgers are made of; each part is read once, but for rows that are too many to keep."""

    session: Session
    books: Books
    config: Config
    around: Period
    slots: Slots
    ways: Ways
    apart: Apart | None
    own: Headers
    theirs: Headers
    changes: frozenset[tuple[str, date]]
    tracked: Mapping[str, tuple[str, ...]]
    further: tuple[list[Cin7Row], list[QboRow]] = field(default_factory=lambda: ([], []))
    lone: frozenset[str] = frozenset()
    said: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)


def ledgers(
    session: Session,
    books: Books,
    config: Config,
    words: Iterable[str] = (),
    margin: int = _MARGIN,
    *,
    aside: bool | None = None,
) -> Ledgers:
    """The documents of both cached ledgers that the tie-out of `books.period` must see.

    These are all of the period and `margin` days around it, and from outside whatever they name, are named by, or wait
    for: a document that was dated wrongly by a year is found by its number. Where there are very many rows, sales that
    are settled are set aside but for those that `words` name; `aside` says whether they are.
    """
    loading = _begin(session, books, config, margin, words, aside)
    found = _ledgers(loading)
    around = loading.around
    if (around.start, around.end) == (date.min, date.max):
        return found
    matched = match(found)
    more = reach(found, matched, books.period)
    if not _reach(loading, more):
        return replace(found, matched=matched)
    del found, matched  # a million postings are not kept twice: their rows are read again
    return _ledgers(loading)


def _begin(
    session: Session, books: Books, config: Config, margin: int, words: Iterable[str], aside: bool | None
) -> _Loading:
    company, around, found = books.company.id, _around(books.period, margin), slots(books.map)
    way, late, tracked = _ways(session, books), changes(session, company), _tracked(session, company)
    apart = None
    if enough(session, books, around) if aside is None else aside:
        wanted = {*words, *(word for word, _ in late), *tracked}
        apart = set_aside(session, books, config, way, found, around, wanted, always=bool(aside))
    own = apart.own if apart else by_key(headers(session, company, Source.CIN7, around))
    theirs = apart.theirs if apart else by_key(headers(session, company, Source.QBO, around))
    return _Loading(session, books, config, around, found, way, apart, own, theirs, late, tracked)


def _around(period: Period, margin: int) -> Period:
    first = period.start.toordinal() - margin
    last = period.end.toordinal() + margin
    return Period(date.fromordinal(max(first, 1)), date.fromordinal(min(last, date.max.toordinal())))


def _reach(loading: _Loading, more: Reach) -> bool:
    """Reads what lies outside of the days around; False where there is nothing.

    Wanted are headers of any day, and the words of lines, of documents without counterpart too.
    """
    session, books, around = loading.session, loading.books, loading.around
    numbers = more.cin7 | halves(session, books, around)
    older = list(cin7_rows(session, books, around, numbers, more.parties))
    theirs = more.qbo | {plain(own_number(row.reference, row.text)[0]) for row in older}
    other = list(qbo_rows(session, books, around, outside(session, books, around, theirs)))
    if not any((older, other, more.own, more.txns)):
        return False
    loading.further = (older, other)
    loading.own |= by_key(named_headers(session, books.company.id, more.own))
    # A cost that is left of a voided sale has no customer; its invoice, months before it, has.
    loading.theirs |= by_key(called(session, books.company.id, more.named))
    loading.lone = more.txns
    if loading.apart:
        patterns = loading.config.patterns
        said = (word for row in older for word in mentions.of_cin7(row))
        theirs_said = (word for row in other for word in mentions.of_qbo(row, patterns))
        loading.apart.follow(chain(numbers, theirs, more.own, said, theirs_said))
    return True


def _ledgers(loading: _Loading) -> Ledgers:
    """The documents of what was read so far."""
    while True:
        cin7, qbo = _documents(loading)
        named = [*_lacking(loading, qbo[0]), *_said(loading)]
        if loading.apart is None or not loading.apart.follow(named):
            break
    for txn in qbo[0]:
        if (txn.kind, txn.id) in loading.said:
            txn.texts = tuple(sorted({*txn.texts, *loading.said[txn.kind, txn.id]}))
    return Ledgers(
        slots=loading.slots,
        cin7=tuple(cin7[0]),
        qbo=tuple(qbo[0]),
        quiet=tuple(qbo[1]),
        undone=tuple(cin7[1]),
        headers=dict(loading.theirs),
        channels=channels(loading.own.values()),
        cin7_headers=dict(loading.own),
        texts=loading.said,
        changes=loading.changes,
        tracked=loading.tracked,
        costed=_costed(loading.session, loading.books, loading.tracked),
        patterns=loading.config.patterns,
        sales_elsewhere=loading.config.sales_elsewhere,
        aside=loading.apart.sums() if loading.apart else NOTHING,
    )


def _documents(loading: _Loading) -> tuple[tuple[list[Doc], list[Doc]], tuple[list[Doc], list[Doc]]]:
    session, books, apart = loading.session, loading.books, loading.apart
    ours: Iterable[Cin7Row] = apart.cin7 if apart else cin7_rows(session, books, loading.around)
    theirs: Iterable[QboRow] = apart.qbo if apart else qbo_rows(session, books, loading.around)
    tasks = {row.document for row in chain(apart.cin7, loading.further[0])} if apart else None
    known = also(session, books.company.id, loading.own, tasks)
    return (
        cin7_documents(chain(ours, loading.further[0]), loading.slots, loading.ways, known),
        qbo_documents(chain(theirs, loading.further[1]), loading.slots),
    )


def _lacking(loading: _Loading, heard: Iterable[Doc]) -> Iterator[str]:
    """Reads headers that others are linked to, or that belong to transactions of these days, and are dated otherwise;
    gives what they may name."""
    linked = {id_ for header in loading.theirs.values() for _, id_ in header.links}
    lacking = (linked | {doc.id for doc in heard}) - {id_ for _, id_ in loading.theirs}
    company = loading.books.company.id
    found = by_key(headers(loading.session, company, Source.QBO, loading.around, lacking)) if lacking else {}
    loading.theirs |= found
    return (word for header in found.values() for word in mentions.of_header(header, loading.config.patterns))


def _said(loading: _Loading) -> Iterator[str]:
    """Reads what lines say of what is voided, deleted or without counterpart; gives what they may name."""
    loading.said = texts(loading.session, loading.books.company.id, loading.theirs.values(), loading.lone)
    return (
        word
        for some in loading.said.values()
        for text in some
        for word in mentions.in_text(text, loading.config.patterns)
    )


def _ways(session: Session, books: Books) -> Ways:
    accounts = [account for (source, _), account in books.accounts.items() if source is Source.CIN7]
    banks = [account.code for account in accounts if account.type.strip().upper() == "BANK"]
    c = POSTING.c
    joined = session.execute(
        select(c.counter)
        .distinct()
        .where(c.company == books.company.id, c.source == Source.CIN7.value, c.account.in_(banks), c.kind.in_(TRADE))
    )
    return ways(accounts, books.map.cin7_control, (code for (code,) in joined))


def _tracked(session: Session, company: int) -> dict[str, tuple[str, ...]]:
    """QuickBooks sales document -> SKUs of Cin7's on its lines whose quantity QuickBooks tracks too."""
    line, item, own = LINE.c, PRODUCT.c, PRODUCT.alias().c
    counted = select(item.id).where(item.company == company, item.source == Source.QBO.value, item.tracks_quantity)
    if session.execute(counted.limit(1)).first() is None:
        return {}  # as it should be, and lines are many
    known = select(own.sku).where(own.company == company, own.source == Source.CIN7.value, own.sku != "")
    rows = session.execute(
        select(line.id, line.sku, item.name)
        .join(PRODUCT, (item.company == line.company) & (item.source == line.source) & (item.id == line.item))
        .where(line.company == company, line.source == Source.QBO.value, item.tracks_quantity)
        .where(line.sku.in_(known), line.kind.in_(_SOLD))
        .distinct()
    )
    found: defaultdict[str, set[str]] = defaultdict(set)
    for id_, sku, name in rows:
        found[id_].add(sku or name)
    return {id_: tuple(sorted(skus)) for id_, skus in found.items()}


def _costed(session: Session, books: Books, tracked: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """SKUs on those sales documents that post on cost or stock themselves, on whatever day."""
    c = POSTING.c
    accounts = [id_ for name in ("cogs", "inventory") for id_ in books.map.accounts(Source.QBO, name)]
    rows = session.execute(
        select(c.document).distinct().where(
            c.company == books.company.id, c.source == Source.QBO.value, c.kind.in_(_SOLD), c.account.in_(accounts),
            among(session, c.document, tracked),
        )
    ) if tracked else ()  # fmt: skip
    return frozenset(sku for (id_,) in rows for sku in tracked[id_])


def former_legs(
    found: Slots, former: Mapping[tuple[str, str], tuple[Former, ...]]
) -> dict[tuple[str, str], tuple[Legs, ...]]:
    """What QuickBooks documents posted when they were read before, by slot."""
    return {
        key: tuple(added((found.of(Source.QBO, a), amount) for a, amount in state.amounts.items()) for state in states)
        for key, states in former.items()
    }
