"""The set-up check and the test sync for whoever asks: the command line, Slack, and the daily job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot.deps import Deps
from reports.setup_facts import Live
from sync.domain.accounts import Source
from sync.errors import AppError, AuthExpired, NotSynced
from sync.settings import lacking

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.connection import Connection
    from reports.checked import Asked
    from reports.setup_check import SetupCheck
    from reports.trial_sync import Trial

_PATIENCE = 15.0  # seconds for a system that does not answer; a person is waiting
_NEEDS = {Source.CIN7: "cin7", Source.QBO: "qbo"}


def checked(deps: Deps, test_sync: str | None = None) -> SetupCheck:
    """The set-up check as things stand; `test_sync` None leaves the test sync out, "" takes the newest documents.

    Both systems are asked whether they answer. Where nothing is cached yet the answer says so, as an error. UserError
    for a number that no document bears.
    """
    from reports.checked import check  # brings the database's library, which `tieout help` need not wait for
    from reports.setup_check import unsynced

    live, connection = look(deps)
    try:
        with deps.books() as (session, company):
            return check(session, company, deps.config, _asked(deps, session, company, test_sync, live, connection))
    except NotSynced:
        return unsynced(live)


def followed(deps: Deps, number: str) -> Trial:
    """The test sync alone, from what is cached; quantities that QuickBooks tracks are asked of it."""
    from reports.checked import test_sync

    connection = None if lacking(deps.settings, "qbo") else deps.connection(patience=_PATIENCE)
    with deps.books() as (session, company):
        return test_sync(session, company, deps.config, _asked(deps, session, company, number, None, connection))


def watched(look_again: Callable[[], Trial], tell: Callable[[str], None], pause: Callable[[], bool]) -> Trial:
    """Follows the test sync until every step is judged, telling each step that moved; gives its last state.

    `look_again` brings the cache up to date and judges anew; `pause` waits for the next look, False ends the watch.
    """
    known: dict[str, str] = {}
    while True:
        found = look_again()
        for step in found.steps:
            if known.get(step.rule) != step.state:
                tell(f"{step.state:<8}{step.message}")
            known[step.rule] = step.state
        if found.done or not pause():
            return found


def look(deps: Deps) -> tuple[Live, Connection | None]:
    """What both systems say now, and the connection where QuickBooks is set up."""
    faults: dict[Source, tuple[str, str]] = {}
    for source, need in _NEEDS.items():
        if names := lacking(deps.settings, need):
            faults[source] = ("not_connected", f"not set: {', '.join(names)}")
    if len(faults) == len(_NEEDS):
        return Live(faults), None
    connection = deps.connection(patience=_PATIENCE)
    told: dict[str, Any] = {}
    if Source.CIN7 not in faults:
        _try(faults, Source.CIN7, lambda: told.update(cin7_name=connection.cin7_name(), names=connection.contacts()))
    if Source.QBO not in faults:
        _try(faults, Source.QBO, lambda: told.update(qbo=connection.qbo_facts()))
    return _live(faults, told), connection if Source.QBO not in faults else None


def _try(faults: dict[Source, tuple[str, str]], source: Source, ask: Callable[[], None]) -> None:
    try:
        ask()
    except AuthExpired as error:
        faults[source] = ("needs_reconnect" if source is Source.QBO else "not_connected", str(error))
    except AppError as error:
        faults[source] = ("unreachable", str(error))


def _live(faults: Mapping[Source, tuple[str, str]], told: Mapping[str, Any]) -> Live:
    facts = told.get("qbo")
    return Live(
        faults,
        cin7_name=told.get("cin7_name", ""),
        qbo_name=facts.name if facts else "",
        plan=facts.plan if facts else "",
        qbo_time_zone=facts.time_zone if facts else "",
        names=told.get("names", ()),
    )


def _asked(
    deps: Deps, session: Session, company: int, number: str | None, live: Live | None, connection: Connection | None
) -> Asked:
    from reports.checked import Asked

    return Asked(deps.calendar(session, company).today, number, live, connection.counted if connection else None)
