"""The order in which each system is read: facts, what changed, the ledger, headers, and details with what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sync.cin7.resources import RESOURCES as CIN7
from sync.domain.accounts import Source
from sync.domain.runs import StepReport
from sync.plan import cin7_details, cin7_ledger, cin7_lists, facts, qbo_documents, qbo_ledger
from sync.plan.run import Outcome, Sync
from sync.qbo.resources import BY_NAME as QBO
from sync.qbo.resources import Shape
from sync.store import feeds, reads
from sync.store.db import reading
from sync.transport import Tally

Work = Callable[[Tally], Outcome]
Part = tuple[str, Work]

_AT_ONCE = 6
_HINTS_SOON = 60.0
_HINTS_WORTH = 300.0  # seconds; good hints save some 70 calls, a second each, for 100,000 rows of Cin7's ledger
_DAILY, _LISTS_KEEP, _WINDOWS_KEEP = timedelta(days=1), timedelta(hours=6), timedelta(hours=1)
_BEFORE_OTHERS = ("accounts", "items")


def cin7_lane(sync: Sync) -> None:
    """Cin7: a first sync reads the ledger before the long lists; later these say which of its days are stale.

    QuickBooks' ledger is mostly read within seconds and tells how full Cin7's days are, so a first reading waits
    for it, with the short lists meanwhile, and where it takes longer with the long ones too.
    """
    if _old(sync, "cin7", "me", _DAILY) or not facts.currency_known(sync, Source.CIN7):
        told = sync.part("cin7", "me", lambda tally: facts.cin7(sync, tally))
        if not facts.currency_known(sync, Source.CIN7):
            _skip_all(sync, told, [r.name for r in CIN7 if r.name != "me"], "Cin7 did not say who the company is")
            return
    if sync.wanted("accounts") and _due(sync, "cin7", "accounts"):
        sync.part("cin7", "accounts", lambda tally: cin7_lists.accounts(sync, tally))
    followed = [r.name for r in CIN7 if r.kind and r.since]
    unfiltered = [r.name for r in CIN7 if r.kind and not r.since]
    documents = [(name, _list(sync, name)) for name in followed] + [_products(sync)]
    if _first(sync):
        _together(sync, "cin7", [*_short_lists(sync, unfiltered), _availability(sync)])
        # Two long readings at once need the memory of both, so the long lists begin only where the wait is long.
        slow = not sync.qbo_ledger_read.wait(_HINTS_SOON)
        if slow:
            _together(sync, "cin7", documents)
            sync.qbo_ledger_read.wait(_HINTS_WORTH)
        _ledger(sync)
        _settle_lists(sync, unfiltered)
        if not slow:
            _together(sync, "cin7", documents)
    else:
        _together(sync, "cin7", [*documents, _availability(sync)])
        _ledger(sync)
        due = unfiltered if sync.wants.full or sync.wants.only else _lists_due(sync, unfiltered)
        _together(sync, "cin7", _short_lists(sync, due))
    # QuickBooks' invoices bring lines of sales for nothing, so only what they leave open is read in detail.
    sync.qbo_read.wait()
    for name, work in cin7_details.parts(sync):
        _one(sync, "cin7", name, work)


def qbo_lane(sync: Sync) -> None:
    """QuickBooks: the changes say which entities and which days of the ledger must be read."""
    try:
        _qbo_lane(sync)
    finally:
        sync.qbo_ledger_read.set()
        sync.qbo_read.set()


def _qbo_lane(sync: Sync) -> None:
    if _due(sync, "qbo", "company") or not facts.currency_known(sync, Source.QBO):
        told = sync.part("qbo", "company", lambda tally: facts.qbo(sync, tally))
    else:
        told = sync.part("qbo", "preferences", lambda tally: facts.qbo_preferences(sync, tally))
    names = [name for name, resource in QBO.items() if resource.shape in (Shape.LIST, Shape.TRANSACTION)]
    if not facts.currency_known(sync, Source.QBO):
        _skip_all(sync, told, [*names, "ledger"], "QuickBooks did not say who the company is")
        return
    if any(sync.wanted(name) for name in names):
        sync.part("qbo", "changes", lambda tally: qbo_documents.changes(sync, tally))
    unsure = [name for name in names if name in sync.unsure]
    # The ledger's signs need the accounts, the lines of documents need the items.
    _together(sync, "qbo", [(name, _whole(sync, name)) for name in unsure if name in _BEFORE_OTHERS])
    later = [name for name in unsure if name not in _BEFORE_OTHERS]
    known_before = not qbo_documents.first(sync)
    if known_before:
        _together(sync, "qbo", [(name, _whole(sync, name)) for name in later])
    _one(sync, "qbo", "ledger", lambda tally: qbo_ledger.read_ledger(sync, tally))
    sync.qbo_ledger_read.set()
    if not known_before:
        _together(sync, "qbo", [(name, _whole(sync, name)) for name in later])
    if facts.several_currencies(sync) and _due(sync, "qbo", "exchange_rates"):
        _one(sync, "qbo", "exchange_rates", lambda tally: qbo_documents.rates(sync, tally))
    if unsure and not sync.wants.only:
        qbo_documents.remember_start(sync)


def _ledger(sync: Sync) -> None:
    _one(sync, "cin7", "transactions", lambda tally: cin7_ledger.read_ledger(sync, tally))


def _list(sync: Sync, name: str) -> Work:
    return lambda tally: cin7_lists.documents(sync, tally, name)


def _whole(sync: Sync, name: str) -> Work:
    return lambda tally: qbo_documents.whole(sync, tally, name)


def _products(sync: Sync) -> Part:
    return "products", lambda tally: cin7_lists.products(sync, tally)


def _short_lists(sync: Sync, names: Iterable[str]) -> list[Part]:
    parts: list[Part] = [(name, _list(sync, name)) for name in names]
    if sync.wanted("locations") and _due(sync, "cin7", "locations"):
        parts.append(("locations", lambda tally: cin7_lists.locations(sync, tally)))
    return parts


def _availability(sync: Sync) -> Part:
    return "availability", lambda tally: cin7_lists.availability(sync, tally)


def _settle_lists(sync: Sync, names: Iterable[str]) -> None:
    """A first sync reads the short lists before the ledger; they are due again only where it names other documents."""
    read = {step.entity for step in sync.steps if step.source == "cin7" and step.status == "succeeded"}
    with reading(sync.engine) as session:
        done = [n for n in names if n in read and not feeds.posts_unlisted(session, sync.company, *_posts(n))]
    sync.settle(Source.CIN7, lists=done)


def _posts(name: str) -> tuple[set[str], set[str]]:
    """The types that a list's documents post as, and the kinds of document that post as these."""
    types = {kind for r in CIN7 if r.name == name for kind in r.types}
    return types, {r.kind for r in CIN7 if types & set(r.types)}


def _lists_due(sync: Sync, names: Iterable[str]) -> list[str]:
    """Lists whose documents posted or moved, those never read whole, and the one whose turn it is."""
    with reading(sync.engine) as session:
        figures = reads.figures(session, sync.company)
    read = {f.entity: f.as_of for f in figures if f.source == "cin7" and f.complete and f.as_of}
    return [n for n in names if n not in read or n in sync.touched or sync.upkeep == ("cin7", n)]


def _first(sync: Sync) -> bool:
    """Whether the ledger was never read to its end: nothing is known yet that could be stale."""
    with reading(sync.engine) as session:
        figures = reads.figures(session, sync.company)
    return not any((f.source, f.entity) == ("cin7", "transactions") and f.as_of for f in figures)


def _due(sync: Sync, source: str, entity: str) -> bool:
    """Whether a slow-changing entity is to be read: never read yet, asked for, or its turn."""
    return sync.upkeep == (source, entity) or _old(sync, source, entity, timedelta.max)


def _old(sync: Sync, source: str, entity: str, keep: timedelta) -> bool:
    """Whether an entity was asked for, or was last read longer ago than `keep`."""
    if sync.wants.full or sync.wants.only:
        return sync.wants.full or entity in sync.wants.only
    last = _ages(sync).get((source, entity))
    return last is None or sync.started - last > keep


def choose_upkeep(sync: Sync) -> tuple[str, str]:
    """The one slow-changing part that waited longest, measured by how long it may: a quiet sync reads no other."""
    ages, lists = _ages(sync), [r.name for r in CIN7 if r.kind and not r.since]
    keeps = {("cin7", name): _LISTS_KEEP for name in lists}
    keeps |= {("cin7", "accounts"): _DAILY, ("cin7", "locations"): _DAILY, ("qbo", "company"): _DAILY}
    keeps[cin7_ledger.OLDEST_WINDOW] = _WINDOWS_KEEP
    if facts.several_currencies(sync):
        keeps["qbo", "exchange_rates"] = _DAILY
    ages[cin7_ledger.OLDEST_WINDOW] = cin7_ledger.oldest_window(sync)
    late = {part: (sync.started - age) / keeps[part] for part, age in ages.items() if age and part in keeps}
    worst = max(late, key=lambda part: (late[part], part), default=("", ""))
    return worst if late.get(worst, 0.0) > 1.0 else ("", "")


def _ages(sync: Sync) -> dict[tuple[str, str], datetime | None]:
    with reading(sync.engine) as session:
        return {(f.source, f.entity): f.as_of for f in reads.figures(session, sync.company) if f.complete}


def _one(sync: Sync, source: str, name: str, work: Work) -> None:
    if sync.wanted(name):
        sync.part(source, name, work)


def _together(sync: Sync, source: str, parts: list[Part]) -> None:
    """Parts side by side: while one waits for an answer, another uses the allowance."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix=source) as pool:
        for done in [pool.submit(_one, sync, source, name, work) for name, work in parts]:
            done.result()


def _skip_all(sync: Sync, told: StepReport, names: Iterable[str], what: str) -> None:
    """`told` is the part without which the others cannot be read; what it says is their reason too."""
    for name in names:
        if sync.wanted(name):
            sync.skip(told.source, name, f"{what}: {told.error}" if told.error else what)
