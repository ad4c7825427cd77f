"""What alerts say: each kind of trouble in plain words, with what to do and where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from reports.links import document_address
from sync.domain.accounts import Source
from sync.domain.alerts import AlertKind, Link, Trouble
from sync.domain.runs import StepReport

SYSTEMS = {"cin7": "Cin7 Core", "qbo": "QuickBooks Online"}
LATE, RECONNECT, BUDGET, FINDINGS, CLOSED = "sync_late", "reconnect:qbo", "budget", "finding:", "closed_period"
SYNC, REPORT, FILES, SETUP = "sync:", "report:", "files:", "setup"
NEARLY = Decimal("0.8")  # of an allowance: from here on an alert tells

_CIN7_STATUS = Link("Cin7 Core", "https://inventory.dearsystems.com/")
_QBO_HOME = Link("QuickBooks Online", "https://app.qbo.intuit.com/app/homepage")
_SHOWN = 5  # documents and parts named in a message; the rest is behind Details


class Document(Protocol):
    """A document of a finding; `system` is cin7 or qbo, `type` the system's own word."""

    @property
    def system(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def number(self) -> str: ...


class Found(Protocol):
    """A finding that is new or came back; `size` is its money, in base currency, without sign."""

    @property
    def id(self) -> str: ...
    @property
    def cause(self) -> str: ...
    @property
    def size(self) -> Decimal: ...
    @property
    def subject(self) -> str: ...
    @property
    def explanation(self) -> str: ...
    @property
    def remedy(self) -> str: ...
    @property
    def documents(self) -> Sequence[Document]: ...


class Wrong(Protocol):
    """A line of the set-up check that is not right."""

    @property
    def id(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def fix(self) -> str: ...


def sync_failed(source: str, failed: Sequence[StepReport], succeeded: int) -> Trouble:
    """Parts of one system that could not be read, one line for each reason."""
    system = SYSTEMS.get(source, source)
    reasons: dict[str, list[str]] = {}
    for part in failed:
        reasons.setdefault(part.error or "failed", []).append(part.entity.replace("_", " "))
    lines = tuple(f"{_some(names)}: {reason}" for reason, names in reasons.items())
    what = f"{system} could not be read" if not succeeded else f"{system} was read only in part"
    return Trouble(
        kind=AlertKind.SYNC_FAILED,
        cause=f"{SYNC}{source}",
        title=what,
        lines=(*lines, "Figures of these parts are as old as their last good reading, and say so."),
        remedy=f"Try again with Retry now. If it stays, see whether {system} works in a browser.",
        links=(_CIN7_STATUS if source == "cin7" else _QBO_HOME,),
        parts=tuple(sorted(part.entity for part in failed)),
        retry="sync",
    )


def sync_stopped(reason: str) -> Trouble:
    """A sync that ended before it could report on its parts."""
    return Trouble(
        kind=AlertKind.SYNC_FAILED,
        cause=f"{SYNC}all",
        title="A sync ended without a result",
        lines=(reason,),
        remedy="Try again with Retry now. If it stays, the log of Tieout says more.",
        retry="sync",
    )


def sync_late(good_at: datetime | None, limit: timedelta) -> Trouble:
    """No whole sync has succeeded for longer than the settings allow."""
    last = f"The last good sync ended {_at(good_at)}." if good_at else "There has been no good sync yet."
    return Trouble(
        kind=AlertKind.SYNC_LATE,
        cause=LATE,
        title="The figures are late",
        lines=(last, f"One is expected every {_hours(limit)} at least ([alerts] late_after)."),
        remedy="Start one with Retry now, or type /sync; /sync errors says what failed before.",
        retry="sync",
    )


def reconnect(why: str, connect_url: str) -> Trouble:
    """QuickBooks gives nothing until a person allows the connection again."""
    return Trouble(
        kind=AlertKind.RECONNECT,
        cause=RECONNECT,
        title="QuickBooks must be reconnected",
        lines=(why or "Intuit does not accept the stored connection any more.", "Cin7 Core is still being read."),
        remedy="Somebody who may manage apps in QuickBooks opens the link below and allows the connection again.",
        links=(Link("Reconnect QuickBooks", connect_url),) if connect_url else (),
    )


def budget(source: str, used: int, limit: int, now: datetime) -> Trouble:
    """Most of the month's API calls are spent."""
    share = Decimal(100 * used) / limit
    return Trouble(
        kind=AlertKind.BUDGET,
        cause=f"{BUDGET}:{source}",
        title=f"The month's calls to {SYSTEMS.get(source, source)} are nearly spent",
        lines=(f"{used:,} of {limit:,} calls are used ({share:.0f} %) in {now:%B %Y}. At the limit reading stops.",),
        remedy="Sync less often ([sync] every), leave entities out ([sync] entities), or raise the vendor's plan.",
        parts=(f"{now:%Y-%m}",),
    )


def findings(cause: str, found: Sequence[Found], currency: str) -> Trouble:
    """New findings of one cause, the largest first; those in a closed period are an alert of their own kind."""
    ranked = sorted(found, key=lambda one: (-one.size, one.id))
    total = sum((one.size for one in ranked), Decimal(0))
    closed = cause == "backdated_after_close"
    title = "A closed period was changed" if closed else f"{_count(len(ranked), 'new finding')}: {_spoken(cause)}"
    return Trouble(
        kind=AlertKind.CLOSED_PERIOD if closed else AlertKind.FINDING,
        cause=CLOSED if closed else f"{FINDINGS}{cause}",
        title=title,
        lines=tuple(f"{one.subject}: {one.explanation}" for one in ranked[:_SHOWN]) + _rest(len(ranked)),
        remedy=ranked[0].remedy,
        at_stake=f"{total:,} {currency}".strip() if total else "",
        links=tuple(_links(document for one in ranked[:_SHOWN] for document in one.documents)),
        parts=tuple(one.id for one in ranked),
    )


def report_failed(name: str, period: str, reason: str) -> Trouble:
    """A scheduled report that could not be built."""
    return Trouble(
        kind=AlertKind.REPORT_FAILED,
        cause=f"{REPORT}{name}",
        title=f"The report {name} could not be built",
        lines=(f"Period {period}: {reason}",),
        remedy="Build it again with Retry now. The schedule goes on as planned.",
        retry=f"{REPORT}{name}",
    )


def setup_changed(new: Sequence[Wrong], wrong: int) -> Trouble:
    """What the daily set-up check finds wrong that was not wrong the day before; `wrong` counts all that is."""
    rest = f"In all {_count(wrong, 'point')} of the set-up are not right; /sync check lists them."
    return Trouble(
        kind=AlertKind.SETUP,
        cause=SETUP,
        title=f"The set-up changed: {_count(len(new), 'new fault')}",
        lines=(*(f"{told.status}: {told.message}" for told in new[:_SHOWN]), *_rest(len(new)), rest),
        remedy=new[0].fix,
        parts=tuple(told.id for told in new),
    )


def files_failed(name: str, period: str, failure: str) -> Trouble:
    """A report that went out without some of its files."""
    return Trouble(
        kind=AlertKind.REPORT_FAILED,
        cause=f"{FILES}{name}",
        title=f"The report {name} went out without some of its files",
        lines=(f"Period {period}: {failure}",),
        remedy="The numbers are posted. Mend what the line says, then bring the files with Retry now.",
        retry=f"{REPORT}{name}",
    )


def document_link(document: Document) -> Link | None:
    """Where the system's own web application shows a document; None where it has no page of its own."""
    address = document_address(Source(document.system), document.type, document.id)
    return Link(f"{document.number or document.id} in {SYSTEMS[document.system]}", address) if address else None


def _links(documents: Iterable[Document]) -> Iterable[Link]:
    found = dict.fromkeys(link for link in map(document_link, documents) if link)
    return list(found)[:_SHOWN]


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _rest(count: int) -> tuple[str, ...]:
    return (f"and {count - _SHOWN} more",) if count > _SHOWN else ()


def _count(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


def _spoken(cause: str) -> str:
    return cause.replace("_", " ").replace("qbo", "QuickBooks").replace("cin7", "Cin7")


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _hours(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60} h" if minutes % 60 == 0 and minutes else f"{minutes} min"
