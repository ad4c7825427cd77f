"""Keeps QuickBooks' accounts, items, names and transactions: by what it says has changed, else by reading all.

Change data capture looks back 30 days and gives at most 1,000 objects over all entities (Intuit docs:
Change data capture); beyond either limit the entities are queried, and ids that are gone are deleted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from sync.domain.accounts import Source
from sync.domain.documents import Document
from sync.domain.runs import Progress
from sync.plan.run import Outcome, Sync
from sync.qbo import statements, to_domain
from sync.qbo.client import Changes
from sync.qbo.resources import BY_NAME, RESOURCES, Resource, Shape
from sync.store import feeds, names, reads, writes
from sync.store.db import reading, writing
from sync.transport import Tally

_LOOK_BACK = timedelta(days=29)
_OVERLAP = timedelta(minutes=2)
_CURSOR = "changes"

Rows = list[to_domain.Row]


def changes(sync: Sync, tally: Tally) -> Outcome:
    """Everything that changed since the last sync, in one call where that is possible.

    Entities whose changes could not be told this way are left in `sync.unsure`, to be read whole.
    """
    cursor = _cursor(sync)
    captured = [resource for resource in RESOURCES if resource.in_cdc and sync.wanted(resource.name)]
    if cursor is None or sync.wants.full or _their_time(sync) - cursor > _LOOK_BACK:
        _distrust(sync, captured)
        return Outcome()
    outcome = Outcome(fewest=1)
    _distrust(sync, [resource for resource in captured if not _read_whole(sync, resource.name)])
    told = sync.qbo.changes([resource.api for resource in captured], cursor - _OVERLAP, tally=tally)
    if told.cut:
        _by_query(sync, tally, captured, cursor - _OVERLAP, told, outcome)
    else:
        for resource in captured:
            _keep(sync, resource, told.rows.get(resource.api, []), outcome)
    _delete(sync, tally, told, outcome)
    if not sync.wants.only:
        _remember(sync, told.time)
    return outcome


def whole(sync: Sync, tally: Tally, name: str) -> Outcome:
    """All rows of one entity; what the cache has and QuickBooks has no longer is marked deleted."""
    resource, outcome, seen = BY_NAME[name], Outcome(), set[str]()
    for rows in sync.qbo.everything(resource.api, tally=tally):
        sync.check()
        seen |= {str(row["Id"]) for row in rows}
        _keep(sync, resource, rows, outcome)
        sync.watch(Progress("qbo", name, outcome.fetched, None, tally.calls))
    if resource.shape is Shape.TRANSACTION:
        with writing(sync.engine) as session:
            outcome.changed += writes.mark_missing(
                session, sync.company, Source.QBO, resource.api, seen=seen, at=sync.started
            )
    with writing(sync.engine) as session:
        writes.learn(session, sync.company, Source.QBO, name, whole=sync.started.isoformat())
    outcome.fewest = max(1, -(-outcome.fetched // statements.MOST_ROWS))
    return outcome


def rates(sync: Sync, tally: Tally) -> Outcome:
    """Today's exchange rates as QuickBooks has them; none in a company of one currency."""
    outcome = Outcome(fewest=1)
    for rows in sync.qbo.exchange_rates(tally=tally):
        with writing(sync.engine) as session:
            outcome.changed += names.upsert_rates(session, sync.company, [to_domain.rate(row) for row in rows])
        outcome.fetched += len(rows)
    return outcome


def remember_start(sync: Sync) -> None:
    """After a reading of everything, changes are asked for from the moment that it began."""
    cursor = _cursor(sync)
    if cursor is None or sync.wants.full or _their_time(sync) - cursor > _LOOK_BACK:
        _remember(sync, _their_time(sync))


def _their_time(sync: Sync) -> datetime:
    """When this sync began by QuickBooks' own clock, by which it dates changes; ours may be another."""
    return sync.qbo_time or sync.started


def _ledger_floor(sync: Sync) -> date:
    """The first sync has just read the ledger from this day on."""
    with reading(sync.engine) as session:
        text = reads.learned(session, sync.company, Source.QBO, "ledger").get("floor")
    return date.fromisoformat(text) if text else date.min


def first(sync: Sync) -> bool:
    """Whether no sync of QuickBooks' documents has come to its end yet."""
    return _cursor(sync) is None


def _by_query(
    sync: Sync, tally: Tally, captured: Iterable[Resource], since: datetime, told: Changes, outcome: Outcome
) -> None:
    """A cut answer is not trusted: each entity is asked for its changed rows, page by page."""
    for resource in captured:
        for rows in sync.qbo.everything(resource.api, where=statements.changed_since(since), tally=tally):
            _keep(sync, resource, rows, outcome)
    if len(told.deleted) + sum(map(len, told.rows.values())) >= statements.MOST_ROWS:
        _distrust(sync, [resource for resource in captured if resource.shape is Shape.TRANSACTION])


def _distrust(sync: Sync, resources: Iterable[Resource]) -> None:
    """These entities are to be read whole, in this run or, should it fail, in the next."""
    with writing(sync.engine) as session:
        for resource in resources:
            sync.unsure.add(resource.name)
            writes.learn(session, sync.company, Source.QBO, resource.name, whole="")


def _read_whole(sync: Sync, name: str) -> bool:
    with reading(sync.engine) as session:
        return bool(reads.learned(session, sync.company, Source.QBO, name).get("whole"))


def _keep(sync: Sync, resource: Resource, rows: Rows, outcome: Outcome) -> None:
    if not rows:
        return
    outcome.fetched += len(rows)
    if resource.shape is Shape.TRANSACTION:
        outcome.changed += _store(sync, resource.api, _translated(sync, resource.api, rows))
        return
    with writing(sync.engine) as session:
        if resource.name == "accounts":
            outcome.changed += writes.upsert_accounts(session, sync.company, map(to_domain.account, rows))
        elif resource.name == "items":
            outcome.changed += writes.upsert_products(session, sync.company, map(to_domain.item, rows))
        else:
            found = [to_domain.name(resource.api, row) for row in rows]
            outcome.changed += names.upsert_names(session, sync.company, found)


def _translated(sync: Sync, entity: str, rows: Rows) -> list[Document]:
    """The rows as documents, their lines completed by the items that they name."""
    with reading(sync.engine) as session:
        currency = reads.company(session, sync.company).qbo_currency
        items = {item.id: item for item in reads.products(session, sync.company, Source.QBO)}
    skus = {id_: item.sku for id_, item in items.items() if item.sku}
    return [to_domain.document(entity, row, currency, skus, items) for row in rows]


def _store(sync: Sync, kind: str, found: list[Document]) -> int:
    """Stores documents; the ledger is stale on the days, old and new, of those that changed."""
    stale: set[date] = set()
    read_from = _ledger_floor(sync) if first(sync) else date.max
    with writing(sync.engine) as session:
        known = feeds.seen_before(session, sync.company, Source.QBO, kind, {document.id for document in found})
        for document in found:
            mark = known.get(document.id)
            if mark is None or (mark.version, mark.updated) != (document.version, document.updated):
                stale |= {day for day in (document.day, mark.day if mark else None) if day and day < read_from}
        if stale:
            sync.mark(session, Source.QBO, stale=stale)
        return writes.upsert_documents(session, sync.company, found, seen_at=sync.started)


def _delete(sync: Sync, tally: Tally, told: Changes, outcome: Outcome) -> None:
    """Deletions are confirmed by a read first: a mere update was once told as one (QuickBooks-V3-DotNET-SDK#189)."""
    for gone in told.deleted:
        with reading(sync.engine) as session:
            known = feeds.seen_before(session, sync.company, Source.QBO, gone.entity, {gone.id})
        if gone.id not in known or sync.qbo.exists(gone.entity, gone.id, tally=tally):
            continue
        outcome.fewest += 1
        day = known[gone.id].day
        with writing(sync.engine) as session:
            sync.mark(session, Source.QBO, stale=[day] if day else [])
            outcome.changed += writes.mark_deleted(
                session, sync.company, Source.QBO, gone.entity, [gone.id], at=gone.at or sync.started
            )


def _cursor(sync: Sync) -> datetime | None:
    with reading(sync.engine) as session:
        text = reads.learned(session, sync.company, Source.QBO, _CURSOR).get("cursor")
    return datetime.fromisoformat(text) if text else None


def _remember(sync: Sync, when: datetime) -> None:
    with writing(sync.engine) as session:
        writes.learn(session, sync.company, Source.QBO, _CURSOR, cursor=when.astimezone(UTC).isoformat())
