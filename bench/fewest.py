"""The fewest calls that can bring a practice company into an empty cache, counted from its books alone.

Nothing here comes from the plan of the sync. Counted is, entity by entity: a list takes a call for each page of its
largest size; Cin7's ledger a call for each window of whole days that one page holds, packed by hindsight, because
its rows have no identity that would let a page boundary cut a day; QuickBooks' ledger a GeneralLedger for each run of
days that Intuit advises (six months) and its cells allow, and the ProfitAndLoss and TrialBalance that prove it. Calls
that only learn something (a count, the manner of a bound, that there is nothing more) count as zero, and so do details
of purchases and stock tasks, which nobody has asked for yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from math import ceil
from typing import Any

from sync.cin7.resources import RESOURCES as CIN7
from sync.qbo.resources import RESOURCES as QBO
from sync.qbo.resources import Shape
from sync.sandbox.books import World

PAGE = 1000  # Cin7 docs: pagination; Intuit docs: MAXRESULTS
MOVEMENT_PAGE = 250  # products with all their movements; larger pages were never seen to work
DETAILS = 20  # sale details that one sync asks for at most
HALF_YEAR = 183  # days; Intuit docs: run reports
CELLS = 400_000  # Intuit docs: run reports
_PLAIN, _SEVERAL_CURRENCIES = 8, 10  # columns of a ledger report that tell all there is, in one currency or several
_PROOFS = 2


def pages(rows: int, size: int = PAGE) -> int:
    """Calls for a list; one that is empty must still be asked for."""
    return max(1, ceil(rows / size))


def windows(rows_of: Mapping[date, int], most: int, longest: int | None = None) -> int:
    """The fewest runs of whole days, of `most` rows and `longest` days each, that hold all rows.

    A day above `most` takes its pages, and all of them once more, for only a second reading can prove the first.
    """
    found, room, first = 0, 0, date.min
    for day in sorted(rows_of):
        rows = rows_of[day]
        too_long = longest is not None and day - first >= timedelta(days=longest)
        if rows > most:
            found, room = found + 2 * ceil(rows / most), 0
        elif rows > room or too_long:
            found, room, first = found + 1, most - rows, day
        else:
            room -= rows
    return max(1, found)


def fewest(world: World) -> dict[tuple[str, str], int]:
    """(source, entity) -> the fewest calls of a first sync, entities as the sync names them."""
    return {**_cin7(world), **_qbo(world)}


def _cin7(world: World) -> dict[tuple[str, str], int]:
    lists = world.cin7.lists
    found = {("cin7", "me"): 1}
    for resource in CIN7:
        if resource.kind or resource.name in ("accounts", "locations", "products", "availability"):
            found["cin7", resource.name] = pages(len(lists.get(resource.path.lower(), [])))
    per_day = Counter(date.fromisoformat(row["EffectiveDate"][:10]) for row in lists.get("transactions", []))
    found["cin7", "transactions"] = windows(per_day, min(PAGE, world.switches.page_cap))
    sales = [row for row in lists.get("salelist", []) if row.get("InvoiceNumber")]
    if sales:
        found["cin7", "movements"] = pages(len(lists.get("product", [])), MOVEMENT_PAGE)
    told = {row.get("DocNumber") for row in world.qbo.entities.get("Invoice", [])}
    found["cin7", "sale_details"] = min(DETAILS, sum(row["InvoiceNumber"] not in told for row in sales))
    return found


def _qbo(world: World) -> dict[tuple[str, str], int]:
    books = world.qbo
    found = {("qbo", "company"): 2}
    for resource in QBO:
        if resource.shape in (Shape.LIST, Shape.TRANSACTION):
            found["qbo", resource.name] = pages(len(books.entities.get(resource.api, [])))
    several = bool(_part(books.preferences, "CurrencyPrefs").get("MultiCurrencyEnabled"))
    columns = _SEVERAL_CURRENCIES if several else _PLAIN
    per_day = Counter(posting.date for posting in books.postings)
    found["qbo", "ledger"] = (1 + _PROOFS) * windows(per_day, CELLS // columns, HALF_YEAR)
    if several:
        found["qbo", "exchange_rates"] = pages(len(books.entities.get("ExchangeRate", [])))
    return found


def _part(payload: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = payload.get(name)
    return part if isinstance(part, dict) else {}
