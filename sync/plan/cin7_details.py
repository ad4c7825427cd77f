"""Which documents are read in detail, and when the products' movements tell the same of sales for fewer calls.

Cost by product has three sources: movements of all products (one call for 250 products, however many
sales), a sale's detail (one call a sale); sales by product come with QuickBooks' invoice lines for
nothing where invoices are posted one by one. Each run takes the road with fewer calls. Purchases and stock
tasks are read for those who ask for them, and where a finding names them.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from sync.cin7 import details
from sync.cin7.client import Payload
from sync.cin7.resources import BY_KIND, RESOURCES, Resource
from sync.domain.accounts import Source
from sync.domain.documents import STOCK_TASKS, Document
from sync.domain.runs import Progress
from sync.errors import Rejected, UnexpectedPayload, UpstreamError
from sync.plan import cin7_lists
from sync.plan.detail_order import chosen
from sync.plan.run import Outcome, Sync
from sync.store import feeds, reads, unread, writes
from sync.store.db import reading, writing
from sync.store.unread import Key, Unread
from sync.transport import Tally

Part = tuple[str, Callable[[Tally], Outcome]]

log = logging.getLogger("tieout.sync")

_KINDS = {"sale_details": ("Sale",), "purchase_details": ("Purchase",), "task_details": STOCK_TASKS}
NAMES = ("movements", *_KINDS)
_ALL = 1_000_000
_REFUSED_REST = timedelta(days=1)
# The words by which postings go -> the kinds of document that post so.
_POSTS = {
    word: [resource.kind for resource in RESOURCES if word in (resource.kind, *resource.types)]
    for word in {word for resource in RESOURCES for word in (resource.kind, *resource.types)}
}


def parts(sync: Sync) -> list[Part]:
    """The parts of this run that bring products' cost and sales, and details, each with the fewest calls.

    Details have a share of the run together; asked for by name, all of that name are read.
    """
    if not any(sync.wanted(name) for name in NAMES):
        return []
    found: list[Part] = []
    if sync.wanted("movements") and _movements_are_cheaper(sync):
        found.append(("movements", lambda tally: cin7_lists.movements(sync, tally)))
    turns = _turns(sync)
    for name, kinds in _KINDS.items():
        mine = [document for document in turns if document.kind in kinds]
        if mine:
            found.append((name, _reader(sync, name, mine)))
    return found


def _movements_are_cheaper(sync: Sync) -> bool:
    with reading(sync.engine) as session:
        ages = {f.entity: f.as_of for f in reads.figures(session, sync.company) if f.source == "cin7" and f.complete}
        waiting = unread.changed_sales(session, sync.company, ages.get("movements"))
        pages = -(-len(reads.products(session, sync.company, Source.CIN7)) // cin7_lists.MOVEMENT_LIMIT)
    return bool(waiting) and (waiting >= pages or "movements" in sync.wants.only)


def _turns(sync: Sync) -> list[Unread]:
    """The documents that this run reads in detail, in their order."""
    named = [name for name in _KINDS if name in sync.wants.only]
    most = _ALL if named else sync.wants.details
    wanted = {kind for name, kinds in _KINDS.items() if sync.wanted(name) for kind in kinds}
    with reading(sync.engine) as session:
        refused = unread.refusals(session, sync.company)
        resting = {key for key, (at, _) in refused.items() if sync.started - at < _REFUSED_REST}
        found = unread.called_for(session, sync.company, _POSTS) if wanted else []
        if "Sale" in wanted:
            found += unread.sales(session, sync.company, most + len(resting))
        found += unread.every(session, sync.company, {k for n in named if n != "sale_details" for k in _KINDS[n]})
    since = sync.wants.since if named else None
    recent = (d for d in found if d.kind in wanted and (since is None or d.times or d.day is None or d.day >= since))
    return chosen(recent, most, resting)


def _reader(sync: Sync, name: str, documents: Sequence[Unread]) -> Callable[[Tally], Outcome]:
    return lambda tally: read(sync, tally, name, documents)


def read(sync: Sync, tally: Tally, name: str, documents: Sequence[Unread]) -> Outcome:
    """Reads these documents' details, one call each, and keeps their lines.

    One that Cin7 does not give, or that cannot be understood, is left alone for a day and stops no other; where
    several are asked for and none comes, it is the part that failed.
    """
    outcome, refused = Outcome(fewest=len(documents)), ""
    with reading(sync.engine) as session:
        currency = reads.company(session, sync.company).currency
    by_kind: defaultdict[str, list[str]] = defaultdict(list)
    for document in documents:
        by_kind[document.kind].append(document.id)
    for kind, ids in by_kind.items():
        resource = BY_KIND[kind]
        for id_, told in zip(ids, sync.cin7.details(resource, ids, tally=tally), strict=True):
            sync.check()
            try:
                whole = _understood(resource, id_, told, currency)
            except (Rejected, UnexpectedPayload) as fault:
                refused = _note_refusal(sync, (kind, id_), fault)
            else:
                outcome.changed += _keep(sync, whole)
                outcome.fetched += 1
            sync.watch(Progress("cin7", name, outcome.fetched, len(documents), tally.calls))
    if refused and not outcome.fetched and len(documents) > 1:
        outcome.incomplete = refused
    return outcome


def _understood(resource: Resource, id_: str, told: Payload | UpstreamError, currency: str) -> Document:
    if isinstance(told, UpstreamError):
        raise told
    whole = details.detail(resource, told, currency)
    if whole.id != id_:
        raise UnexpectedPayload(f"Cin7: {resource.kind} {whole.id} was told for {id_}", system="cin7")
    return whole


def _keep(sync: Sync, whole: Document) -> int:
    """Keeps one document's lines; what tells a change stays as the list has it. 1 where anything differs."""
    with writing(sync.engine) as session:
        mark = feeds.seen_before(session, sync.company, Source.CIN7, whole.kind, {whole.id}).get(whole.id)
        if mark:
            whole = replace(whole, updated=mark.updated, status=mark.status, version=mark.version)
        unread.forget(session, sync.company, (whole.kind, whole.id))
        return writes.upsert_documents(session, sync.company, [whole], seen_at=sync.started, detail=True)


def _note_refusal(sync: Sync, document: Key, fault: UpstreamError) -> str:
    log.warning("%s %s is not read in detail: %s", *document, fault)
    with writing(sync.engine) as session:
        unread.note_refusal(session, sync.company, document, str(fault), sync.started)
    return str(fault)
