"""The set-up check: every rule in order, and the answer that they add up to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from reports import (
    setup_accounts,
    setup_company,
    setup_contacts,
    setup_flow,
    setup_overrides,
    setup_products,
    setup_roles,
)
from reports.books import AccountMap, Incomplete, ages, money_of
from reports.layout import age_lines
from reports.setup_advice import ADVICE, Advice
from reports.setup_facts import ERROR, OK, WARNING, WORST, Check, Live, Setup
from reports.trial_sync import Trial
from sync.domain.accounts import Source
from sync.errors import NotSynced

_NONE = Advice("", (), "")


@dataclass(frozen=True, slots=True)
class SetupCheck:
    """The answer; `trial` is the test sync, None where it was not asked for. Money in minor units of `currency`."""

    checks: tuple[Check, ...]
    trial: Trial | None = None
    currency: str = ""
    as_of: Mapping[Source, datetime | None] = field(default_factory=dict)
    incomplete: tuple[Incomplete, ...] = ()

    @property
    def every(self) -> tuple[Check, ...]:
        return (*self.checks, *(self.trial.steps if self.trial else ()))

    @property
    def status(self) -> str:
        found = {check.status for check in self.every}
        return "errors" if ERROR in found else "warnings" if WARNING in found else "ok"


RULES: tuple[Callable[[Setup], Iterator[Check]], ...] = (
    setup_company.connection,
    setup_company.plan,
    setup_company.currencies,
    setup_roles.roles,
    setup_accounts.needed,
    setup_accounts.mapped,
    setup_accounts.typed,
    setup_accounts.active,
    setup_overrides.product_accounts,
    setup_overrides.odd_override,
    setup_products.names,
    setup_products.unique,
    setup_products.linked,
    setup_products.renamed,
    setup_products.inactive,
    setup_products.tracking,
    setup_products.income,
    setup_contacts.contacts,
    setup_flow.second_connector,
    setup_flow.posting_style,
    setup_flow.silent_stop,
    setup_company.zone,
    setup_company.closed,
    setup_company.whole,
)


def setup_check(setup: Setup, trial: Trial | None = None) -> SetupCheck:
    """Runs every rule; `trial` is the test sync, told apart."""
    checks = tuple(check for rule in RULES for check in rule(setup))
    return SetupCheck(checks, trial, setup.currency, setup.as_of, setup.incomplete)


def unsynced(live: Live | None) -> SetupCheck:
    """What can be said before the first sync: whether both systems answer."""
    nothing = Setup(AccountMap({}, {}, {}, frozenset()), {}, (), (), live=live)
    answering = [check for rule in (setup_company.connection, setup_company.plan) for check in rule(nothing)]
    empty = Check("data_complete", ERROR, str(NotSynced()), "not_synced", fix="Run: tieout sync")
    return SetupCheck((*answering, empty), as_of=dict.fromkeys(Source))


def to_json(result: SetupCheck) -> dict[str, object]:
    """The document `tieout/check/1`; the ids of a test sync's steps begin with test_sync."""
    return {
        "schema": "tieout/check/1",
        "status": result.status,
        "checks": [_row(check, result.currency) for check in result.every],
        **({"test_sync": result.trial.to_json()} if result.trial else {}),
        **ages(result.as_of, result.incomplete),
    }


def _row(check: Check, currency: str) -> dict[str, object]:
    advice = ADVICE.get(check.cause, _NONE)
    return {
        "id": check.id,
        "status": check.status,
        "cause": check.cause or None,
        "subject": check.subject or None,
        "message": check.message,
        "fix": check.fix or None,
        "why": advice.why or None,
        "steps": list(advice.steps),
        "link": check.link or advice.link or None,
        "at_stake": money_of(check.at_stake, currency) if currency else None,
        **({"state": check.state} if check.state else {}),
    }


def to_text(result: SetupCheck) -> str:
    """A line for each check, what is wrong first, with why it matters, what to do and where; then the test sync."""
    ranked = sorted(result.checks, key=lambda check: WORST.index(check.status))
    lines = [line for n, check in enumerate(ranked) for line in _lines(check, result.currency, _repeats(ranked, n))]
    steps = ["", *result.trial.to_text()] if result.trial else []
    count = {status: sum(1 for check in result.every if check.status == status) for status in (ERROR, WARNING)}
    summary = f"{count[ERROR]} errors, {count[WARNING]} warnings."
    return "\n".join([*lines, *steps, "", summary, *age_lines(result.as_of, result.incomplete)])


def _repeats(ranked: Sequence[Check], place: int) -> bool:
    """Whether the line before has the same cause, so that its advice need not be told again."""
    return place > 0 and ranked[place - 1].cause == ranked[place].cause


def _lines(check: Check, currency: str, again: bool) -> Iterator[str]:
    yield f"{check.status:<8}{check.message}"
    if check.status == OK:
        return
    advice, tab = ADVICE.get(check.cause, _NONE), " " * 8
    if advice.why and not again:
        yield f"{tab}{advice.why}"
    if check.at_stake and currency:
        yield f"{tab}At stake: {money_of(check.at_stake, currency)} {currency}."
    if check.fix:
        yield f"{tab}{check.fix}"
    if not again:
        yield from (f"{tab}{n}. {step}" for n, step in enumerate(advice.steps, 1))
    if link := check.link or advice.link:
        yield f"{tab}{link}"
