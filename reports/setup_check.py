"""The set-up check: every rule in order, and the answer that they add up to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reports import setup_accounts, setup_products
from reports.books import Incomplete, ages
from reports.layout import age_lines
from reports.setup_facts import ERROR, OK, WARNING, Check, Setup
from sync.domain.accounts import Source


@dataclass(frozen=True, slots=True)
class SetupCheck:
    """The answer; `test_sync` are the steps of the test sale, () where none was asked for."""

    checks: tuple[Check, ...]
    test_sync: tuple[Check, ...] = ()
    as_of: Mapping[Source, datetime | None] = field(default_factory=dict)
    incomplete: tuple[Incomplete, ...] = ()

    @property
    def status(self) -> str:
        found = {check.status for check in (*self.checks, *self.test_sync)}
        return "errors" if ERROR in found else "warnings" if WARNING in found else "ok"


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


def zone(setup: Setup) -> Iterator[Check]:
    """The time zone is one that exists, and the settings agree with Cin7."""
    try:
        ZoneInfo(setup.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"The time zone {setup.time_zone!r} is not known, so days are those of UTC."
        fix = 'Write in tieout.toml: [company] time_zone = "Area/City".'
        yield Check("time_zone", ERROR, message, "wrong_setting", setup.time_zone, fix)
        return
    if setup.cin7_time_zone and setup.cin7_time_zone != setup.time_zone:
        message = f"Days are those of {setup.time_zone}, while Cin7 is set to {setup.cin7_time_zone}."
        fix = "Leave time_zone out of tieout.toml, unless documents are dated in that zone on purpose."
        yield Check("time_zone", WARNING, message, "time_zone_differs", setup.time_zone, fix)
        return
    yield Check("time_zone", OK, f"Days are those of {setup.time_zone}.")


def closed(setup: Setup) -> Iterator[Check]:
    """Both systems close the same days, so that neither takes what the other refuses."""
    lock, close = setup.cin7_lock_day, setup.qbo_close_day
    if lock == close:
        yield Check("closing_dates", OK, f"Both systems are closed up to {lock}." if lock else "No period is closed.")
        return
    sides = f"Cin7 is locked up to {lock or 'no day'}, QuickBooks closed up to {close or 'no day'}."
    yield Check(
        "closing_dates",
        WARNING,
        sides,
        "closing_dates_differ",
        fix="Set both to the same day: a document between the two is taken by one system and refused by the other.",
    )


def whole(setup: Setup) -> Iterator[Check]:
    """Nothing that the figures need is missing from the cache."""
    for each in sorted(set(setup.incomplete)):
        message, subject = f"Not read whole: {each.reason}", f"{each.source} {each.entity}"
        yield Check("data_complete", WARNING, message, "incomplete", subject, "Run: tieout sync")
    if not setup.incomplete:
        yield Check("data_complete", OK, "Both ledgers were read whole.")


RULES: tuple[Callable[[Setup], Iterator[Check]], ...] = (
    currencies,
    setup_accounts.needed,
    setup_accounts.mapped,
    setup_accounts.typed,
    setup_accounts.active,
    setup_products.names,
    setup_products.unique,
    setup_products.linked,
    setup_products.tracking,
    setup_products.income,
    zone,
    closed,
    whole,
)


def setup_check(setup: Setup, test_sync: Sequence[Check] = ()) -> SetupCheck:
    """Runs every rule; `test_sync` are the steps of a test sale, told apart."""
    checks = tuple(check for rule in RULES for check in rule(setup))
    return SetupCheck(checks, tuple(test_sync), setup.as_of, setup.incomplete)


def to_json(result: SetupCheck) -> dict[str, object]:
    """The document `tieout/check/1`; the ids of a test sale's steps begin with test_sync."""
    return {
        "schema": "tieout/check/1",
        "status": result.status,
        "checks": [
            {
                "id": check.id,
                "status": check.status,
                "cause": check.cause or None,
                "subject": check.subject or None,
                "message": check.message,
                "fix": check.fix or None,
            }
            for check in (*result.checks, *result.test_sync)
        ],
        **ages(result.as_of, result.incomplete),
    }


def to_text(result: SetupCheck) -> str:
    """A line for each check, what is wrong first; what to do stands below it."""
    lines = _lines(sorted(result.checks, key=lambda check: (ERROR, WARNING, OK).index(check.status)))
    steps = ["", "The test sale:", *_lines(result.test_sync)] if result.test_sync else []
    count = {
        status: sum(1 for c in (*result.checks, *result.test_sync) if c.status == status) for status in (ERROR, WARNING)
    }
    summary = f"{count[ERROR]} errors, {count[WARNING]} warnings."
    return "\n".join([*lines, *steps, "", summary, *age_lines(result.as_of, result.incomplete)])


def _lines(checks: Sequence[Check]) -> list[str]:
    return [
        line
        for check in checks
        for line in (f"{check.status:<8}{check.message}", *([f"        {check.fix}"] if check.fix else []))
    ]
