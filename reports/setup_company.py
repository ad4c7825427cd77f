"""The set-up check of the company itself: both connections, the plan, currencies, days, closing dates, whole data."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reports.setup_facts import ERROR, OK, WARNING, Check, Setup
from sync.domain.accounts import Source

_SYSTEMS = {Source.CIN7: "Cin7 Core", Source.QBO: "QuickBooks Online"}
_PLANS = ("plus", "advanced")  # the guide: "Advanced or Plus recommended for inventory features"


def connection(setup: Setup) -> Iterator[Check]:
    """Both systems answer now, and the newest sync was allowed to read every part."""
    if setup.live is not None:
        names = {Source.CIN7: setup.live.cin7_name, Source.QBO: setup.live.qbo_name}
        for source, name in names.items():
            if source in setup.live.faults:
                cause, why = setup.live.faults[source]
                yield Check("connection", ERROR, f"{_SYSTEMS[source]}: {why}", cause, source.value, _RECONNECT[source])
            else:
                yield Check("connection", OK, f"{_SYSTEMS[source]} answers: {name}.", subject=source.value)
    for side, part, why in sorted(setup.refused):
        fix = (
            "Give the person who made the key (Cin7) or the connection (QuickBooks) the right to read this, then sync."
        )
        yield Check("rights", ERROR, f"{part} could not be read: {why}", "refused", f"{side} {part}", fix)
    if not setup.refused and setup.as_of.get(Source.QBO):
        yield Check("rights", OK, "The newest sync was allowed to read every part of both systems.")


_RECONNECT = {
    Source.CIN7: "Check CIN7_ACCOUNT_ID and CIN7_APPLICATION_KEY: Cin7, Integrations & API, API.",
    Source.QBO: "Run: tieout connect",
}


def plan(setup: Setup) -> Iterator[Check]:
    """QuickBooks is Plus or Advanced: smaller plans have neither the accounts nor the entries that Cin7 posts."""
    told = setup.live.plan if setup.live else ""
    if not told:
        return
    if any(word in told.casefold() for word in _PLANS):
        yield Check("plan", OK, f"The plan is {told}.")
        return
    yield Check(
        "plan",
        ERROR,
        f"The plan is {told}; Cin7's integration needs QuickBooks Online Plus or Advanced.",
        "plan_too_small",
        told,
        "Upgrade the subscription to Plus or Advanced.",
    )


def currencies(setup: Setup) -> Iterator[Check]:
    """Both systems keep their books in one base currency; documents in others need QuickBooks' multicurrency."""
    if not setup.qbo_currency:
        yield Check(
            "base_currency",
            WARNING,
            "QuickBooks' home currency is not known yet.",
            "not_synced",
            fix="Run: tieout sync",
        )
    elif setup.currency != setup.qbo_currency:
        yield Check(
            "base_currency",
            ERROR,
            f"Cin7 keeps its books in {setup.currency}, QuickBooks in {setup.qbo_currency}.",
            "base_currency_differs",
            fix="The two cannot be synced: both need the same base currency, which neither can change later.",
        )
    else:
        yield Check("base_currency", OK, f"Both systems keep their books in {setup.currency}.")
    foreign = sorted(setup.currencies - {setup.currency, ""})
    if foreign and not setup.multi_currency:
        yield Check(
            "multi_currency",
            ERROR,
            f"Cin7 has documents in {', '.join(foreign)}, but QuickBooks' multicurrency is off.",
            "multi_currency_off",
            fix="Turn multicurrency on in QuickBooks (Account and settings, Advanced); it cannot be turned off again.",
        )
    elif foreign:
        yield Check("multi_currency", OK, f"QuickBooks' multicurrency is on, for {', '.join(foreign)}.")


def zone(setup: Setup) -> Iterator[Check]:
    """The time zone exists, and settings, Cin7 and QuickBooks agree on it: else a document changes its day."""
    try:
        ZoneInfo(setup.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"The time zone {setup.time_zone!r} is not known, so days are those of UTC."
        fix = 'Write in tieout.toml: [company] time_zone = "Area/City".'
        yield Check("time_zone", ERROR, message, "wrong_setting", setup.time_zone, fix)
        return
    theirs = setup.live.qbo_time_zone if setup.live else ""
    if setup.cin7_time_zone and setup.cin7_time_zone != setup.time_zone:
        message = f"Days are those of {setup.time_zone}, while Cin7 is set to {setup.cin7_time_zone}."
        fix = "Leave time_zone out of tieout.toml, unless documents are dated in that zone on purpose."
        yield Check("time_zone", WARNING, message, "time_zone_differs", setup.time_zone, fix)
    elif theirs and theirs != setup.time_zone:
        message = f"Days are those of {setup.time_zone}, while QuickBooks is set to {theirs}."
        fix = "Set QuickBooks' time zone (Account and settings, Advanced) to the one that Cin7 is set to."
        yield Check("time_zone", WARNING, message, "time_zone_differs", theirs, fix)
    else:
        yield Check("time_zone", OK, f"Days are those of {setup.time_zone}.")


def closed(setup: Setup) -> Iterator[Check]:
    """Both systems close the same days, so that neither takes what the other refuses."""
    lock, close = setup.cin7_lock_day, setup.qbo_close_day
    ahead = [day for day in (lock, close) if day and setup.today and day > setup.today]
    if ahead:
        sides = f"The books are closed up to {max(ahead)}, which is still to come: documents of today are refused."
        yield Check(
            "closing_dates", ERROR, sides, "closed_ahead", fix="Set the closing date back to a day that is over."
        )
    elif lock == close:
        yield Check("closing_dates", OK, f"Both systems are closed up to {lock}." if lock else "No period is closed.")
    else:
        sides = f"Cin7 is locked up to {lock or 'no day'}, QuickBooks closed up to {close or 'no day'}."
        taken = (
            "Cin7 takes what QuickBooks refuses"
            if close and (not lock or lock < close)
            else ("QuickBooks lets entries be changed that Cin7 has locked")
        )
        fix = f"Set both to the same day: between the two {taken}."
        yield Check("closing_dates", WARNING, sides, "closing_dates_differ", fix=fix)


def whole(setup: Setup) -> Iterator[Check]:
    """Nothing that the figures need is missing from the cache."""
    for each in sorted(set(setup.incomplete)):
        message, subject = f"Not read whole: {each.reason}", f"{each.source} {each.entity}"
        yield Check("data_complete", WARNING, message, "incomplete", subject, "Run: tieout sync")
    if not setup.incomplete:
        yield Check("data_complete", OK, "Both ledgers were read whole.")
