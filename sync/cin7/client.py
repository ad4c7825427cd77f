"""Reads Cin7 Core over HTTP: GET alone, there is no way to send anything else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx

from sync.cin7.company import CompanyFacts, company_facts
from sync.cin7.faults import judge
from sync.cin7.resources import BY_NAME, Detail, Resource
from sync.cin7.wire import SYSTEM, number
from sync.errors import Rejected, UnexpectedPayload
from sync.transport import Answer, Call, CallLog, Limit, Tally, Transport

BUCKET = "cin7"
MOST_ROWS = 1000  # Cin7 docs: pagination

_PAGE_SECONDS = 120.0
_DETAIL_SECONDS = 60.0
# At one call a second this overlaps answers that take up to twenty seconds.
_IN_FLIGHT = 20
# Of one list's pages, whole in memory until they are stored; several lists are read side by side.
_PAGES_AHEAD, _HEAVY_AHEAD = 4, 2
# With these statuses Cin7 says that it has no such document, or not at this path (Cin7 docs: errors).
_THAT_DOCUMENT = (200, 400, 404)

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cin7Access:
    """Where Cin7 Core is and the two keys that open it, which are never shown."""

    base_url: str
    account_id: str = field(repr=False)
    application_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `total` is how many rows the list says it has, None where it does not say."""

    rows: list[Payload]
    total: int | None
    page: int


class Cin7Client:
    """Reads one Cin7 Core company; threads may share it. `sent` counts the calls of all methods together.

    Methods count their calls on the `tally` they are given, tries again included, and raise UpstreamError's
    children: AuthExpired, RateLimited, Unavailable, Rejected, UnexpectedPayload; Cancelled once `cancel` is set.
    """

    def __init__(
        self,
        access: Cin7Access,
        log: CallLog,
        *,
        per_minute: int = 60,
        give_up_after: float = 120.0,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] | None = None,
        http: httpx.Client | None = None,
        cancel: threading.Event | None = None,
    ) -> None:
        self._transport = Transport(
            "Cin7",
            access.base_url,
            http or httpx.Client(limits=httpx.Limits(max_connections=_IN_FLIGHT, max_keepalive_connections=_IN_FLIGHT)),
            log,
            (Limit(BUCKET, per_minute, 60.0),),
            system=SYSTEM,
            judge=judge,
            headers=lambda: _headers(access),
            clock=clock,
            sleep=sleep,
            give_up_after=give_up_after,
            max_in_flight=_IN_FLIGHT,
            cancel=cancel,
        )

    @property
    def sent(self) -> Tally:
        return self._transport.sent

    def me(self, *, tally: Tally) -> CompanyFacts:
        """Who the company is (Cin7 docs: Me)."""
        return company_facts(_object(self._transport.send(Call(BY_NAME["me"].path, timeout=_DETAIL_SECONDS), tally)))

    def page(self, resource: Resource, *, tally: Tally, page: int = 1, limit: int = MOST_ROWS, **filters: str) -> Page:
        """One page of a list, `limit` rows of it at most (1 to 1000); filters by Cin7's names.

        The answer may have fewer rows than asked although more follow: some lists give smaller pages.
        """
        return self._page(resource, page, limit, filters, tally)

    def pages(
        self, resource: Resource, *, tally: Tally, limit: int = MOST_ROWS, first: Page | None = None, **filters: str
    ) -> Iterator[Page]:
        """Every page in order; the first tells how many there are, the rest overlap.

        Rows come in no sure order and may shift between pages (airbytehq/airbyte#56931): whoever needs all of
        them compares what came with `total` of the last page. A list that grows meanwhile is followed; `first`
        saves the first call where the same page was read just now.
        """
        page = first or self._page(resource, 1, limit, filters, tally)
        yield page
        if page.total is None:
            yield from self._until_short(resource, page, tally, limit, filters)
            return
        # A list whose pages are smaller than asked is asked for that size, so that no row falls between pages.
        size, total, asked = min(len(page.rows), limit), page.total, 1
        while 0 < size * asked < total:
            last = -(-total // size)
            calls = [_page_call(resource, n, size, filters) for n in range(asked + 1, last + 1)]
            ahead = _HEAVY_AHEAD if "IncludeMovements" in filters else _PAGES_AHEAD
            for number_, answer in enumerate(self._transport.send_all(calls, tally, ahead), asked + 1):
                page = _page(resource, answer, number_)
                yield page
                if not page.rows:
                    return
                total = max(total, page.total or 0)
            asked = last

    def detail(self, resource: Resource, key: str, *, tally: Tally, **flags: str) -> Payload:
        """One document whole, by its document's id; `flags` come on top of the table's.

        Raises Rejected where Cin7 has no such document.
        """
        for place in resource.details[:-1]:
            try:
                return _document(place, self._transport.send(_detail_call(resource, place, key, flags), tally))
            except Rejected as refusal:
                if refusal.status not in _THAT_DOCUMENT:
                    raise
        place = resource.details[-1]
        return _document(place, self._transport.send(_detail_call(resource, place, key, flags), tally))

    def details(
        self, resource: Resource, keys: Iterable[str], *, tally: Tally, **flags: str
    ) -> Iterator[Payload | Rejected | UnexpectedPayload]:
        """Documents whole, in the order of `keys`, overlapping; at its place the fault of one that cannot be had.

        A refusal that concerns more than its document is raised.
        """
        if len(resource.details) > 1:
            yield from (_or_fault(partial(self.detail, resource, key, tally=tally, **flags)) for key in keys)
            return
        place = resource.details[0]
        calls = (_detail_call(resource, place, key, flags) for key in keys)
        for answer in self._transport.send_each(calls, tally):
            yield _or_fault(partial(_received, place, answer))

    def close(self) -> None:
        """Sends nothing more and closes the connections."""
        self._transport.close()

    def _page(self, resource: Resource, page: int, limit: int, filters: dict[str, str], tally: Tally) -> Page:
        return _page(resource, self._transport.send(_page_call(resource, page, limit, filters), tally), page)

    def _until_short(
        self, resource: Resource, page: Page, tally: Tally, limit: int, filters: dict[str, str]
    ) -> Iterator[Page]:
        """Lists without a Total end with the first page that is empty or shorter than the first."""
        size = len(page.rows)
        while page.rows and len(page.rows) >= size:
            page = self._page(resource, page.page + 1, min(size, limit), filters, tally)
            yield page


def _headers(access: Cin7Access) -> dict[str, str]:
    return {
        "api-auth-accountid": access.account_id,
        "api-auth-applicationkey": access.application_key,
        "Accept": "application/json",
    }


def _page_call(resource: Resource, page: int, limit: int, filters: dict[str, str]) -> Call:
    if not 1 <= limit <= MOST_ROWS:
        raise ValueError(f"a page of Cin7 has 1 to {MOST_ROWS} rows, not {limit}")
    return Call(resource.path, params={"Page": page, "Limit": limit, **filters}, timeout=_PAGE_SECONDS)


def _detail_call(resource: Resource, place: Detail, key: str, flags: dict[str, str]) -> Call:
    params = {place.param: resource.detail_id(key), **place.flags, **flags}
    return Call(place.path, params=params, timeout=_DETAIL_SECONDS)


def _object(answer: Answer) -> Payload:
    if isinstance(answer.value, dict):
        return answer.value
    raise UnexpectedPayload(f"Cin7: {answer.path} answered a {type(answer.value).__name__}, no object", system=SYSTEM)


def _page(resource: Resource, answer: Answer, page: int) -> Page:
    body = _object(answer)
    rows = _listed(body, resource.lists, answer.path)
    total = number(body, "Total")
    if total is None and rows:
        # production/orderList repeats its total in every row (Cin7 docs: /production/orderList).
        total = number(rows[0], "TotalCount")
    return Page(rows, None if total is None else int(total), page)


def _or_fault(read: Callable[[], Payload]) -> Payload | Rejected | UnexpectedPayload:
    """What was read, or why this document cannot be; raises what concerns others too."""
    try:
        return read()
    except Rejected as refusal:
        if refusal.status not in _THAT_DOCUMENT:
            raise
        return refusal
    except UnexpectedPayload as fault:
        return fault


def _received(place: Detail, answer: Answer | Rejected) -> Payload:
    if isinstance(answer, Rejected):
        raise answer
    return _document(place, answer)


def _document(place: Detail, answer: Answer) -> Payload:
    body = _object(answer)
    if not place.lists:
        return body
    rows = _listed(body, place.lists, answer.path)
    if len(rows) == 1:
        return rows[0]
    if not rows:
        raise Rejected(f"Cin7: {answer.path} has no such document", system=SYSTEM, status=404)
    raise UnexpectedPayload(f"Cin7: {answer.path} gave {len(rows)} documents for one id", system=SYSTEM)


def _listed(body: Payload, keys: tuple[str, ...], path: str) -> list[Payload]:
    """The rows under the list key, which may be null where there are none."""
    spelled = {key.strip().lower(): key for key in body}
    for key in keys:
        if key.lower() in spelled:
            rows = body[spelled[key.lower()]]
            if rows is None:
                return []
            if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
                return rows
            raise UnexpectedPayload(f"Cin7: {key} of {path} should be a list of objects", system=SYSTEM)
    seen = ", ".join(sorted(body)[:12]) or "none"
    raise UnexpectedPayload(f"Cin7: {path} answered without {keys[0]} (keys: {seen})", system=SYSTEM)
