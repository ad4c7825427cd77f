"""Reads Cin7's lists: what changed where a list can say so, the whole list where it cannot.

Rows shift between pages and come in no sure order (airbytehq/airbyte#56931), so a whole list is read
in passes until as many different rows were seen as it says it has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from sync.cin7 import to_domain
from sync.cin7.client import Page
from sync.cin7.resources import BY_NAME, Resource
from sync.domain.accounts import Source
from sync.domain.documents import Document
from sync.domain.runs import Progress
from sync.domain.stock import StockLevel
from sync.plan.run import Outcome, Sync
from sync.store import feeds, reads, writes
from sync.store.db import reading, writing
from sync.transport import Tally

Row = dict[str, Any]

LIMIT = 1000
# Movements make a product row hundreds of times longer; others stay at 100 to 250 (airbyte source-dear).
MOVEMENT_LIMIT = 250
_PASSES, _MOST_PASSES = 8, 24  # the second where each tells more of a list in no sure order
_OVERLAP = timedelta(minutes=2)


def whole_list(
    sync: Sync,
    tally: Tally,
    resource: Resource,
    keep: Callable[[list[Row]], int],
    filters: Mapping[str, str],
    limit: int = LIMIT,
) -> tuple[set[str], Outcome]:
    """Reads a list in passes; `keep` stores the rows of a page not seen before and returns how many changed.

    A pass whose pages all announce the same Total, and that saw as many rows, is the list. Passes whose rows
    are in no sure order are taken together, as long as that Total never moved; rows that cannot be told apart
    are known by coming twice in two passes alike.
    """
    seen: set[str] = set()
    ever: set[int | None] = set()
    last: Counter[str] = Counter()
    outcome = Outcome()
    for passed in range(1, _MOST_PASSES + 1):
        before, here, totals = len(seen), Counter[str](), set[int | None]()
        for page in sync.cin7.pages(resource, limit=limit, tally=tally, first=None, **filters):
            totals.add(page.total)
            keys = [resource.key(row) for row in page.rows]
            fresh = {key: row for key, row in zip(keys, page.rows, strict=True) if key not in seen}
            here.update(keys)
            seen |= fresh.keys()
            outcome.changed += keep(list(fresh.values()))
            outcome.fetched += len(fresh)
            sync.check()
            sync.watch(Progress("cin7", resource.name, outcome.fetched, page.total, tally.calls))
        ever |= totals
        outcome.fewest = max(1, -(-len(seen) // limit))
        if totals <= {None, len(here)} or (here == last and totals == {here.total()}):
            return set(here), outcome
        if ever == {len(seen)}:
            return seen, outcome
        # Rows that came once each are all there are, whatever is announced; those that came twice moved between pages.
        moved = here.total() > len(here)
        if passed > 1 and len(seen) == before and len(totals) == 1 and not moved:
            break
        if passed >= _PASSES and len(ever) > 1:
            break
        last = here
    told = " or ".join(map(str, sorted(total or 0 for total in totals)))
    outcome.incomplete = f"the list announces {told} rows, {len(here)} could be read; the next sync tries again"
    return seen, outcome


def documents(sync: Sync, tally: Tally, name: str) -> Outcome:
    """One list of documents: those changed since the last reading, or all of them where that cannot be asked."""
    resource = BY_NAME[name]
    with reading(sync.engine) as session:
        learned = reads.learned(session, sync.company, Source.CIN7, name)
        currency = reads.company(session, sync.company).currency
    newest: datetime | None = None

    def keep(rows: list[Row]) -> int:
        nonlocal newest
        found = [to_domain.document(resource, row, currency) for row in rows]
        newest = max(filter(None, [newest, *(document.updated for document in found)]), default=None)
        return store_documents(sync, resource.kind, found)

    cursor = learned.get("cursor")
    since = {} if sync.wants.full or not cursor or not resource.since else {resource.since: _stamp(cursor)}
    seen, outcome = whole_list(sync, tally, resource, keep, since)
    with writing(sync.engine) as session:
        if not since and not outcome.incomplete:
            outcome.changed += writes.mark_missing(
                session, sync.company, Source.CIN7, resource.kind, seen=seen, at=sync.started
            )
        if not outcome.incomplete and resource.since:
            latest = max(filter(None, [newest, datetime.fromisoformat(cursor) if cursor else None]), default=None)
            if latest:
                writes.learn(session, sync.company, Source.CIN7, name, cursor=latest.isoformat())
    if not outcome.incomplete:
        sync.settle(Source.CIN7, lists=[name])
    return outcome


def store_documents(sync: Sync, kind: str, found: list[Document]) -> int:
    """Stores headers and marks as stale every day on which the ledger holds postings of a changed one."""
    with writing(sync.engine) as session:
        known = feeds.seen_before(session, sync.company, Source.CIN7, kind, {document.id for document in found})
        changed = [doc for doc in found if _differs(doc, known.get(doc.id))]
        count = writes.upsert_documents(session, sync.company, found, seen_at=sync.started)
        if known:
            sync.mark(session, Source.CIN7, stale=_days(sync, session, changed))
    return count


def _days(sync: Sync, session: Session, changed: list[Document]) -> set[date]:
    """The days on which the ledger holds postings of these documents, and those they are dated now."""
    if not changed:
        return set()
    ids = {document.id for document in changed}
    numbers = {n for document in changed for n in (document.number, document.invoice, document.credit) if n}
    posted = reads.posting_days(session, sync.company, Source.CIN7, ids, numbers)
    return posted | {document.day for document in changed if document.day}


def _differs(document: Document, mark: feeds.Mark | None) -> bool:
    return mark is None or (document.updated, document.status) != (mark.updated, mark.status)


def accounts(sync: Sync, tally: Tally) -> Outcome:
    return _plain(sync, tally, "accounts", lambda rows: map(to_domain.account, rows), writes.upsert_accounts)


def locations(sync: Sync, tally: Tally) -> Outcome:
    return _plain(
        sync,
        tally,
        "locations",
        lambda rows: (place for row in rows for place in to_domain.locations(row)),
        writes.upsert_locations,
    )


def products(sync: Sync, tally: Tally) -> Outcome:
    """Products changed since the last reading (all at first), deprecated ones included."""
    resource = BY_NAME["products"]
    with reading(sync.engine) as session:
        cursor = reads.learned(session, sync.company, Source.CIN7, "products").get("cursor")
    newest: list[str] = []

    def keep(rows: list[Row]) -> int:
        newest.extend(moment.isoformat() for row in rows if (moment := to_domain.modified(resource, row)))
        with writing(sync.engine) as session:
            return writes.upsert_products(session, sync.company, [to_domain.product(row) for row in rows])

    since = {} if sync.wants.full or not cursor or not resource.since else {resource.since: _stamp(cursor)}
    _, outcome = whole_list(sync, tally, resource, keep, {"IncludeDeprecated": "true", **since})
    if newest and not outcome.incomplete:
        with writing(sync.engine) as session:
            writes.learn(session, sync.company, Source.CIN7, "products", cursor=max([*newest, cursor or ""]))
    return outcome


def movements(sync: Sync, tally: Tally) -> Outcome:
    """Every product's dated movements with actual cost: the only cost by product in bulk (Cin7 docs: /product)."""

    def keep(rows: list[Row]) -> int:
        found = {to_domain.product(row).id: to_domain.movements(row) for row in rows}
        with writing(sync.engine) as session:
            return writes.replace_movements(session, sync.company, found)

    _, outcome = whole_list(
        sync,
        tally,
        BY_NAME["products"],
        keep,
        {"IncludeDeprecated": "true", "IncludeMovements": "true"},
        MOVEMENT_LIMIT,
    )
    return outcome


def availability(sync: Sync, tally: Tally) -> Outcome:
    """Stock now, and the snapshot of the company-local day; replaced only by a reading that is whole.

    Passes in no sure order are taken together, as long as the Total stays and no place tells another stock.
    """
    seen: dict[tuple[str, str, str, str, date | None], StockLevel] = {}
    announced: set[int | None] = set()
    last: list[StockLevel] = []
    since, disturbed = sync.now(), False
    for passed in range(1, _MOST_PASSES + 1):
        began = sync.now()
        pages = list(_watched(sync, tally, BY_NAME["availability"]))
        levels = sorted((to_domain.stock_level(row) for page in pages for row in page.rows), key=repr)
        places = {(level.product, level.location, level.bin, level.batch, level.expiry): level for level in levels}
        totals = {page.total for page in pages}
        # A place that occurs twice may be a row that moved between pages, or really be there twice.
        settled, last = len(places) == len(levels) or levels == last, levels
        if totals <= {len(levels), None} and settled:
            return _keep_stock(sync, levels, began)
        if any(seen.get(place, level) != level for place, level in places.items()):
            seen, announced, since, disturbed = {}, set(), began, True
        seen |= places
        announced |= totals
        if announced == {len(seen)}:
            return _keep_stock(sync, sorted(seen.values(), key=repr), since)
        if passed >= _PASSES and (disturbed or len(announced) > 1):
            break
    return Outcome(incomplete="stock moved between the pages each time it was read; the last whole reading is kept")


def _keep_stock(sync: Sync, levels: list[StockLevel], taken_at: datetime) -> Outcome:
    """A transfer may post nothing (from bin to bin), but it always moves stock: its list is due where stock moved."""
    with writing(sync.engine) as session:
        day = reads.local_day(reads.company(session, sync.company), taken_at)
        known = bool(reads.stock(session, sync.company))
        changed = writes.replace_stock(session, sync.company, levels, taken_at=taken_at, day=day)
        if known and changed:
            sync.mark(session, Source.CIN7, touched=["stock_transfers"])
    return Outcome(len(levels), changed, max(1, -(-len(levels) // LIMIT)))


def _watched(sync: Sync, tally: Tally, resource: Resource) -> Iterator[Page]:
    done = 0
    for page in sync.cin7.pages(resource, limit=LIMIT, tally=tally):
        done += len(page.rows)
        sync.check()
        sync.watch(Progress("cin7", resource.name, done, page.total, tally.calls))
        yield page


def _plain(
    sync: Sync,
    tally: Tally,
    name: str,
    translate: Callable[[list[Row]], Iterable[object]],
    store: Callable[..., int],
) -> Outcome:
    def keep(rows: list[Row]) -> int:
        with writing(sync.engine) as session:
            return store(session, sync.company, list(translate(rows)))

    _, outcome = whole_list(sync, tally, BY_NAME[name], keep, {})
    return outcome


def _stamp(cursor: str) -> str:
    """The filter's form, UTC with three digits, a little before the newest change seen (Cin7 docs: dates are UTC)."""
    return (datetime.fromisoformat(cursor) - _OVERLAP).strftime("%Y-%m-%dT%H:%M:%S.000")
