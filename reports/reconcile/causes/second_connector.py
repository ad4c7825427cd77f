"""Sales that another connector posts to QuickBooks as a summary, beside those that Cin7 posts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from itertools import combinations

from reports.reconcile.documents import Doc
from reports.reconcile.findings import Finding
from reports.reconcile.view import DAYS_TO_SUM, View, sided

_KINDS = ("JournalEntry", "SalesReceipt", "Invoice", "Deposit")
_LONGEST = 35  # days that one payout covers
_LATEST = 10  # days from the last sale to the summary
_CONNECTORS = re.compile(r"\b(a2x|synder|webgility|taxomate|amaka|link my books|connex)", re.IGNORECASE)
_MOST = 12  # invoices of a day that are tried in every combination
_EVERY = "every channel"


def find(view: View) -> Iterable[Finding]:
    """**second_connector**: a QuickBooks summary is the sum of channel sales that Cin7 posts as well.

    How seen: its revenue (and tax) is that of a channel's Cin7 documents of a day, or of all channels', or of a run of
    days where it names the channel, or of some invoices of one day; or it names a connector, posts revenue, and Cin7
    sold in those days too.
    Remedy: turn one of the two connectors off, reverse the summaries, then clear the clearing account.
    When it is wrong: a summary of other sales happens to be as large.
    """
    if view.case.cin7 or len(view.case.qbo) != 1 or view.known.sales_elsewhere:
        return []
    txn = view.case.qbo[0]
    channel = _channel(view, txn) if txn.kind in _KINDS else ""
    sure = "strong"
    if not channel and txn.kind in _KINDS and _some(view, txn):
        channel, sure = "a part of a day's invoices", "likely"
    if not channel and txn.kind in _KINDS and _of_connector(view, txn):
        channel, sure = "a channel", "likely"
    if not channel:
        return []
    return view.all(
        "second_connector",
        f"{sided(txn)} (id {txn.id}) repeats the sales of {channel} that Cin7 posts document by document.",
        "Let only one connector post these sales; reverse this summary, then clear the clearing account.",
        confidence=sure,
    )


def _of_connector(view: View, txn: Doc) -> bool:
    """Whether a document that posts revenue names one of the connectors that sum up sales."""
    if view.known.slots.amount(txn, "revenue") <= 0:
        return False
    header = view.header(txn)
    texts = (txn.number, txn.name, *txn.texts, *((header.memo, header.name) if header else ()))
    sold = any(0 <= (txn.day - day).days <= _LONGEST for _, day in view.known.days)
    return sold and any(_CONNECTORS.search(text) for text in texts)


def _some(view: View, txn: Doc) -> bool:
    """Whether two or more invoices of one day make up its revenue and tax, though not all of that day do."""
    slots = view.known.slots
    wanted = (slots.amount(txn, "revenue"), slots.amount(txn, "tax"))
    if wanted[0] <= 0:
        return False
    for late in range(DAYS_TO_SUM):
        sold = view.known.billed.get(txn.day - timedelta(days=late), ())
        if len(sold) > _MOST:
            continue
        for count in range(2, len(sold)):
            for some in combinations(sold, count):
                if (sum(each.revenue for each in some), sum(each.tax for each in some)) == wanted:
                    return True
    return False


def _channel(view: View, txn: Doc) -> str:
    slots, days = view.known.slots, view.known.days
    revenue, tax = slots.amount(txn, "revenue"), slots.amount(txn, "tax")
    if revenue <= 0:
        return ""
    for (channel, day), ways in sorted(days.items(), key=lambda each: (not each[0][0], each[0])):
        whole = [sold for sold in ways if sold.revenue == revenue and tax in (0, sold.tax)]
        near = 0 <= (txn.day - day).days <= _LATEST
        if near and whole and (whole[0].documents > 1 or _says(view, txn, channel)):
            return channel or _EVERY
    for channel in sorted({channel for channel, _ in days}):
        if _says(view, txn, channel) and _run(view, txn, channel, revenue):
            return channel
    return ""


def _run(view: View, txn: Doc, channel: str, revenue: int) -> bool:
    """Whether some run of days up to the summary adds up to it."""
    for way in (0, 1):
        for late in range(_LATEST + 1):
            total = 0
            for back in range(_LONGEST):
                sold = view.known.days.get((channel, txn.day - timedelta(days=late + back)))
                total += sold[way].revenue if sold else 0
                if total == revenue:
                    return True
    return False


def _says(view: View, txn: Doc, channel: str) -> bool:
    header = view.header(txn)
    texts = (txn.number, txn.name, *txn.texts, *((header.memo, header.name) if header else ()))
    word = "".join(c for c in channel.casefold() if c.isalnum())
    said = ["".join(c for c in text.casefold() if c.isalnum()) for text in texts]
    return bool(word) and any(word in text or word[:6] in text for text in said)
