"""Which sales are read in detail, and when the products' movements tell the same for fewer calls.

Cost by product has three sources: movements of all products (one call for 250 products, however many
sales), a sale's detail (one call a sale); sales by product come with QuickBooks' invoice lines for
nothing where invoices are posted one by one. Each run takes the road with fewer calls.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from sync.cin7 import details
from sync.cin7.resources import BY_NAME
from sync.domain.accounts import Source
from sync.plan import cin7_lists
from sync.plan.run import Outcome, Progress, Sync
from sync.store import feeds, reads, writes
from sync.store.db import reading, writing
from sync.transport import Tally

Part = tuple[str, Callable[[Tally], Outcome]]

NAMES = ("movements", "sale_details")
_ALL = 1_000_000


def parts(sync: Sync) -> list[Part]:
    """The parts of this run that bring products' cost and sales, each with the fewest calls.

    Sales' details have a share of the run; asked for by name, all of them are read.
    """
    if not sync.wanted("movements") and not sync.wanted("sale_details"):
        return []
    with reading(sync.engine) as session:
        ages = {f.entity: f.as_of for f in reads.figures(session, sync.company) if f.source == "cin7" and f.complete}
        waiting = feeds.changed_sales(session, sync.company, ages.get("movements"))
        products = len(reads.products(session, sync.company, Source.CIN7))
        most = _ALL if "sale_details" in sync.wants.only else sync.wants.details
        lineless = feeds.sales_without_lines(session, sync.company, most) if sync.wanted("sale_details") else []
    pages = -(-products // cin7_lists.MOVEMENT_LIMIT)
    found: list[Part] = []
    if sync.wanted("movements") and waiting and (waiting >= pages or "movements" in sync.wants.only):
        found.append(("movements", lambda tally: cin7_lists.movements(sync, tally)))
    if lineless:
        found.append(("sale_details", lambda tally: sales(sync, tally, lineless)))
    return found


def sales(sync: Sync, tally: Tally, ids: Collection[str]) -> Outcome:
    """Reads these sales' details (Cin7 docs: /sale), one call each, and keeps their lines with actual cost."""
    outcome = Outcome(fewest=len(ids))
    with reading(sync.engine) as session:
        currency = reads.company(session, sync.company).currency
    resource = BY_NAME["sales"]
    for payload in sync.cin7.details(resource, ids, tally=tally):
        sync.check()
        document = details.sale(payload, currency)
        with writing(sync.engine) as session:
            outcome.changed += writes.upsert_documents(
                session, sync.company, [document], seen_at=sync.started, detail=True
            )
        outcome.fetched += 1
        sync.watch(Progress("cin7", "sale_details", outcome.fetched, len(ids), tally.calls))
    return outcome
