"""Two ledgers written as text in a test (as in tests.reports.ledgers), and what the tie-out's engine says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from re import Pattern

from reports.books import Books, Config
from reports.reconcile.documents import Header, slots
from reports.reconcile.engine import Past, examine
from reports.reconcile.events import Cin7Row, QboRow, cin7_documents, qbo_documents
from reports.reconcile.explain import Explained
from reports.reconcile.findings import Finding
from reports.reconcile.match import Ledgers
from reports.reconcile.numbers import plain
from reports.reconcile.roles import ways
from reports.reconcile.standing import State
from sync.domain.accounts import Posting, Source
from sync.domain.period import Period
from tests.reports.ledgers import CHART, JANUARY, accounts, books, postings

CUSTOMER = "Harbor Home"


def ledgers(
    text: str | Iterable[Posting],
    of: Books,
    headers: Iterable[Header] = (),
    channels: Mapping[str, str] | None = None,
    text_of: str = "{name} - {number}",
    customer: str = CUSTOMER,
) -> Ledgers:
    """The documents of a text ledger; headers of QuickBooks and of Cin7 beside them."""
    found = slots(of.map)
    rows = list(postings(text) if isinstance(text, str) else text)
    known = list(headers)
    own = {(h.kind, h.id): h for h in known if h.source is Source.CIN7}
    also = {plain(h.invoice): (h.number,) for h in own.values() if h.kind == "Sale" and h.invoice}
    chart = [account for account in accounts(CHART) if account.source is Source.CIN7]
    pairs = [
        Cin7Row(p.document, p.kind, p.number, text_of.format(name=CUSTOMER, number=p.number), customer,
                p.day, p.account, p.counter, p.amount)
        for p in rows
        if p.source is Source.CIN7 and p.amount > 0
    ]  # fmt: skip
    txns = [
        QboRow(p.document, p.kind, p.number.replace("~", " "), p.name, p.memo, p.day, p.account, p.amount)
        for p in rows
        if p.source is Source.QBO
    ]
    live, undone = cin7_documents(pairs, found, ways(chart, of.map.cin7_control, ()), also)
    heard, quiet = qbo_documents(txns, found)
    return Ledgers(
        slots=found,
        cin7=tuple(live),
        qbo=tuple(heard),
        undone=tuple(undone),
        quiet=tuple(quiet),
        headers={(h.kind, h.id): h for h in known if h.source is Source.QBO},
        channels=channels or {},
        cin7_headers=own,
    )


def examined(
    text: str,
    *headers: Header,
    period: Period = JANUARY,
    channels: Mapping[str, str] | None = None,
    past: Past | None = None,
    sales_elsewhere: bool = False,
    patterns: tuple[Pattern[str], ...] = (),
    tracked: Mapping[str, tuple[str, ...]] | None = None,
    text_of: str = "{name} - {number}",
    state: State | None = None,
    changes: Iterable[tuple[str, date]] = (),
    config: Config | None = None,
    chart: str = CHART,
    customer: str = CUSTOMER,
) -> Explained:
    """What the engine says of a text ledger; "~" stands for a blank in a number."""
    of = books(text, period, config, chart)
    found = ledgers(text, of, headers, channels, text_of, customer)
    found = replace(
        found,
        sales_elsewhere=sales_elsewhere,
        patterns=patterns,
        tracked=tracked or {},
        changes=frozenset(changes),
    )
    return examine(of, found, state, past=past, sales_elsewhere=sales_elsewhere)


def told(found: Explained) -> list[tuple[str, str | None, int]]:
    """(cause, control, amount) of the findings with money, in order."""
    timing = ("invoiced_not_shipped", "shipped_not_invoiced", "received_not_billed", "billed_not_received")
    return sorted((each.cause, each.control, each.amount) for each in found.findings if each.cause not in timing)


def one(found: Explained, cause: str, control: str) -> Finding:
    """The one finding of a cause on a control."""
    (only,) = [each for each in found.findings if (each.cause, each.control) == (cause, control)]
    return only
