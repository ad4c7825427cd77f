"""The set-up check of what flows: who posts sales and how, and whether a class of documents has ceased in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from reports.setup_facts import ERROR, OK, WARNING, Check, Flow, Setup
from sync.domain.period import Period

_MOSTLY = 0.8  # of a channel's sales: from here on its style counts as recognised
_FEWEST = 3  # sales of a channel from which its style can be told
_SPANS = (7, 14, 28)  # days up to now in which a class may have ceased
_FEWEST_MISSED = 5  # documents that QuickBooks should have got in them
_SALES = ("sales invoices", "customer payments and credits")


def second_connector(setup: Setup) -> Iterator[Check]:
    """Nobody else posts the sales that Cin7 posts: a second connector doubles revenue."""
    for each in sorted(setup.repeated, key=lambda one: one.subject):
        yield Check(
            "second_connector",
            ERROR,
            each.words,
            "second_connector",
            each.subject,
            "Let only one connector post these sales: turn the other one off, or leave sales to it and write in"
            ' tieout.toml: [posting] sales = "other".',
            at_stake=abs(each.amount),
        )
    if not setup.repeated:
        yield Check("second_connector", OK, "No other connector repeats the sales that Cin7 posts.")


def posting_style(setup: Setup) -> Iterator[Check]:
    """How sales reach QuickBooks: one by one, or consolidated in journals, channel by channel."""
    styles = [each for each in setup.styles if each.invoices >= _FEWEST]
    if not styles:
        return
    alone = [each for each in styles if each.found >= _MOSTLY * each.invoices]
    summed = [each for each in styles if each.found <= (1 - _MOSTLY) * each.invoices]
    mixed = [each for each in styles if each not in alone and each not in summed]
    clean = True
    for each in mixed:
        clean = False
        yield Check(
            "posting_style",
            WARNING,
            f"Of {each.invoices} lately invoiced sales {_of(each.channel)} {each.found} are documents of their own in"
            " QuickBooks, the others are not.",
            "posting_style_mixed",
            each.channel or "no channel",
            "Choose one way in Cin7 (Integrations, QuickBooks Online, Sales): individual or consolidated, and look for"
            " failed or skipped documents in the sync history.",
        )
    if setup.sales_elsewhere and alone:
        clean = False
        yield Check(
            "posting_style",
            WARNING,
            "tieout.toml says that another connector posts sales, but Cin7 posts them one by one.",
            "posting_style_wrong",
            "posting",
            'Write in tieout.toml: [posting] sales = "cin7", or turn sales off in Cin7\'s integration.',
        )
    if summed and not setup.journals and not setup.sales_elsewhere:
        clean = False
        channels = ", ".join(each.channel or "no channel" for each in summed)
        yield Check(
            "posting_style",
            ERROR,
            f"The sales of {channels} are neither documents of their own in QuickBooks nor in journals on revenue.",
            "posting_style_wrong",
            "posting",
            'If another connector posts them, write in tieout.toml: [posting] sales = "other"; else turn their posting'
            " on in Cin7.",
        )
    if clean:
        yield Check("posting_style", OK, _told(setup, [e.channel for e in alone], [e.channel for e in summed]))


def _told(setup: Setup, alone: list[str], summed: list[str]) -> str:
    parts = []
    if alone:
        parts.append(f"one by one ({', '.join(each or 'no channel' for each in alone)})")
    if summed:
        how = "by another connector" if setup.sales_elsewhere else "consolidated in journals"
        parts.append(f"{how} ({', '.join(each or 'no channel' for each in summed)})")
    return f"Sales are posted {' and '.join(parts)}."


def _of(channel: str) -> str:
    return f"of {channel}" if channel else "without a channel"


def silent_stop(setup: Setup) -> Iterator[Check]:
    """No class of documents has ceased in QuickBooks while Cin7 goes on: a clean queue does not prove that it flows."""
    clean = True
    for flow in setup.flows:
        stop = None if setup.sales_elsewhere and flow.name in _SALES else ceased(flow)
        if stop is None:
            continue
        clean = False
        last = max((day for day, count in flow.qbo.items() if count and day < stop.start), default=None)
        yield Check(
            "silent_stop",
            ERROR,
            f"From {stop.start} to {stop.end} Cin7 posted {_count(flow.cin7, stop)} {flow.name} and QuickBooks got"
            f" {_count(flow.qbo, stop)}; before, it got them all along{f', until {last}' if last else ''}.",
            "silent_stop",
            flow.name,
            "Look for failed, skipped and pending rows in Cin7's sync history, and reconnect the integration.",
            at_stake=sum(abs(amount) for day, amount in flow.amount.items() if day in stop),
        )
    if clean and setup.flows:
        yield Check("silent_stop", OK, "Every class of documents that Cin7 posts still reaches QuickBooks.")


def ceased(flow: Flow) -> Period | None:
    """The longest run of days up to now in which QuickBooks got next to nothing of what it should have got.

    What it should have got: as many for each of Cin7's as in the days before. The newest day is left out, as the
    integration may not have come to it yet.
    """
    days = sorted(day for day, count in flow.cin7.items() if count)
    if not days:
        return None
    end, first = days[-1] - timedelta(days=1), min(days[0], *flow.qbo, days[-1])
    found = None
    for span in _SPANS:
        lately = Period(end - timedelta(days=span - 1), end)
        if lately.start <= first:
            break
        before = Period(first, lately.start - timedelta(days=1))
        ours, theirs = _count(flow.cin7, before), _count(flow.qbo, before)
        # Whole numbers: expected = theirs / ours * what Cin7 posted lately.
        expected = theirs * _count(flow.cin7, lately)
        if expected >= _FEWEST_MISSED * ours > 0 and _count(flow.qbo, lately) * ours * 10 <= expected:
            found = lately
    return found


def _count(days: Mapping[date, int], period: Period) -> int:
    return sum(count for day, count in days.items() if day in period)
