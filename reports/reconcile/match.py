"""Matches the documents of both ledgers in steps, the surest first; what stays open stays open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from re import Pattern

from reports.reconcile.alike import match_alike
from reports.reconcile.aside import NOTHING, Aside
from reports.reconcile.copies import find_copies
from reports.reconcile.documents import Doc, Header, Slots, turnover
from reports.reconcile.edges import edges, match_named
from reports.reconcile.exact import match_exact
from reports.reconcile.naming import NEAR, Names, targets
from reports.reconcile.netting import join_reversals, net_out, net_out_days
from reports.reconcile.numbers import plain
from reports.reconcile.roles import SALES, natural
from reports.reconcile.summaries import match_summaries
from reports.reconcile.sums import complete, of_one_day, rest_of
from reports.reconcile.working import Case, Work

_IN_STEPS = ("StockTransfer", "FinishedGoods", "ProductionOrder", "Disassembly")


@dataclass(frozen=True, slots=True)
class Matched:
    """All documents in cases: those with both sides, those that net out on one side, and those that stay alone."""

    cases: tuple[Case, ...]
    alone: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Ledgers:
    """Both ledgers as documents, and what is known of them beside the ledger.

    `undone` are Cin7 events whose rows come to nothing, `quiet` QuickBooks transactions on no compared account;
    `headers` QuickBooks documents by (entity, id), `cin7_headers` Cin7's; `channels` Cin7 TaskID or number in plain
    form -> sales channel. `texts`: what the lines of transactions say that are voided, deleted or without counterpart;
    `changes`: (TaskID or number, day) of costs that came after the sale; `tracked`: QuickBooks transaction -> SKUs
    on it whose quantity QuickBooks tracks, `costed` those of them for which it posts cost of its own on any day.
    `patterns` find Cin7's numbers in texts; `sales_elsewhere`: another connector posts sales to QuickBooks. `matched`:
    what matching makes of them, where that was needed already; `aside`: what is known of sales that are settled and in
    neither ledger here.
    """

    slots: Slots
    cin7: tuple[Doc, ...]
    qbo: tuple[Doc, ...]
    undone: tuple[Doc, ...] = ()
    quiet: tuple[Doc, ...] = ()
    headers: Mapping[tuple[str, str], Header] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    cin7_headers: Mapping[tuple[str, str], Header] = field(default_factory=dict)
    texts: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    changes: frozenset[tuple[str, date]] = frozenset()
    tracked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    costed: frozenset[str] = frozenset()
    patterns: tuple[Pattern[str], ...] = ()
    sales_elsewhere: bool = False
    matched: Matched | None = None
    aside: Aside = NOTHING


def match(found: Ledgers) -> Matched:
    """Every document of both ledgers in exactly one case; the same whatever the order of rows."""
    work = Work(found.slots, dict.fromkeys(found.cin7), dict.fromkeys(found.qbo), found.headers, found.patterns)
    work.habits = found.aside.habits
    match_exact(work)
    names = Names.of(found.cin7 if work.qbo else (), work.cin7, found.cin7_headers.values(), found.aside.shapes)
    told = edges(list(work.qbo), work, names)
    of_one_day(work, told)
    match_named(work, told)
    complete(work, told)
    rest_of(work, told)
    steps = _steps(work.cin7, found.cin7_headers)
    net_out(work, steps)
    # Where another connector posts the sales, sums and equal amounts are its own and no sign of Cin7's.
    apart = [doc for doc in work.cin7 if found.sales_elsewhere and doc.role in SALES]
    for doc in apart:
        del work.cin7[doc]
    match_summaries(work, _words(work.cin7, found.channels), _words(work.cin7, _currencies(found)))
    net_out_days(work)
    find_copies(work, told, names)
    _on_other_accounts(work, found.quiet)
    match_alike(work)
    join_reversals(work, steps)
    alone = [Case([doc], []) for doc in (*work.cin7, *apart)] + [Case([], [doc]) for doc in work.qbo]
    return Matched(tuple(work.cases), tuple(alone))


def _steps(events: Iterable[Doc], headers: Mapping[tuple[str, str], Header]) -> frozenset[Doc]:
    """Open events of tasks that post in two steps, which take each other back as a matter of course: goods arrive that
    were sent, work is done that was begun. Those of a voided task are none."""
    found = []
    for doc in events:
        header = next((headers[kind, doc.id] for kind in _IN_STEPS if (kind, doc.id) in headers), None)
        if doc.kind in _IN_STEPS if header is None else not header.voided:
            found.append(doc)
    return frozenset(found)


def _on_other_accounts(work: Work, quiet: Iterable[Doc]) -> None:
    """Open events whose transaction posts the same total, though on no account that is compared."""
    names = Names.of(work.cin7)
    for txn in quiet:
        for number, strength in targets(txn, work, names).items():
            events = names.own.get(number, ()) if strength > NEAR else ()
            fits = [doc for doc in events if doc in work.cin7 and txn.kind in natural(doc.role)]
            if len(fits) == 1 and turnover(fits[0].legs) == txn.gross:
                work.qbo[txn] = None
                work.put(fits, [txn], "number")
                break


def _currencies(found: Ledgers) -> dict[str, str]:
    """TaskID or plain number -> the currency of the sale."""
    sales = [header for header in found.cin7_headers.values() if header.kind == "Sale" and header.currency]
    return {
        word: h.currency for h in sales for word in (h.id, plain(h.number), plain(h.invoice), plain(h.credit)) if word
    }


def _words(events: Iterable[Doc], known: Mapping[str, str]) -> dict[Doc, str]:
    """Event -> what is known under its TaskID or one of its numbers, "" where nothing is."""
    found = {}
    for doc in events:
        words = (doc.id, doc.plain, *doc.also)
        found[doc] = next((known[word] for word in words if known.get(word)), "")
    return found
