"""What a sync is asked, and how one part of it is run so that its failure stops no other."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Engine
from sqlmodel import Session

from sync.cin7.client import Cin7Client
from sync.domain.accounts import Source
from sync.domain.runs import Progress, StepReport
from sync.errors import AppError, QuotaSpent, Rejected, Unavailable, UnexpectedPayload, UpstreamError
from sync.qbo.client import QboClient
from sync.store import reads, writes
from sync.store.db import reading, writing
from sync.store.runs import record_step
from sync.store.writes import record_figure
from sync.transport import Cancelled, Tally

log = logging.getLogger("tieout.sync")

_LEFT = "left to read"
_REMEDIES: tuple[tuple[type[AppError], str], ...] = (
    (Unavailable, "The next sync tries again."),
    (UnexpectedPayload, "The next sync tries again; if it stays so, it is worth a bug report."),
    (Rejected, "If this company does not have it, leave it out of [sync] entities in tieout.toml."),
)


@dataclass(frozen=True, slots=True)
class Wants:
    """What is asked of this sync: everything anew, a ledger from a day on, these entities only, so many details.

    `entities` are those that the installation follows at all, () for all of them; the others do not exist for it.
    """

    full: bool = False
    since: date | None = None
    only: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    details: int = 20


@dataclass(slots=True)
class Outcome:
    """What one part brought: rows fetched, rows changed, the fewest calls that could have done it.

    `incomplete` says why not all of it could be had; the part then fails, its good rows stay.
    """

    fetched: int = 0
    changed: int = 0
    fewest: int = 0
    incomplete: str = ""


@dataclass(slots=True)
class Sync:
    """One running sync: its company, clients and what its parts tell each other.

    `touched` are the Cin7 lists that are due because what they list has posted or moved; `stale` the days per source
    whose ledger must be read again because a document of theirs changed; `unsure` the QuickBooks entities
    to be read whole; `spent` says of a system whose monthly allowance is used up why it is asked no more in
    this run. `qbo_time` is QuickBooks' own clock at the beginning: its changes are told by that, not by ours.
    `qbo_ledger_read` is set once QuickBooks' ledger was read, or could not be, `qbo_read` once all of
    QuickBooks was; `upkeep` is the one slow-changing part that this run reads again.
    """

    engine: Engine
    company: int
    run: str
    cin7: Cin7Client
    qbo: QboClient
    wants: Wants
    started: datetime
    now: Callable[[], datetime]
    watch: Callable[[Progress], None]
    cancel: threading.Event
    steps: list[StepReport] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    stale: dict[Source, set[date]] = field(default_factory=lambda: {source: set() for source in Source})
    unsure: set[str] = field(default_factory=set)
    spent: dict[str, str] = field(default_factory=dict)
    upkeep: tuple[str, str] = ("", "")
    qbo_time: datetime | None = None
    qbo_ledger_read: threading.Event = field(default_factory=threading.Event)
    qbo_read: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def resume(self) -> None:
        """Takes over what an earlier run found to be stale and could not read any more."""
        with reading(self.engine) as session:
            for source in Source:
                left = reads.learned(session, self.company, source, _LEFT)
                self.stale[source] |= {date.fromisoformat(day) for day in left.get("stale", "").split()}
                self.touched |= set(filter(None, left.get("touched", "").split("\n")))

    def mark(
        self, session: Session, source: Source, *, stale: Iterable[date] = (), touched: Iterable[str] = ()
    ) -> None:
        """Notes, in the caller's transaction, days of a ledger to read again and lists of Cin7 that are due."""
        session.connection()  # the database's lock first, as `settle` takes them
        with self._lock:
            self.stale[source] |= set(stale)
            self.touched |= set(touched)
            self._remember(session, source)

    def settle(self, source: Source, *, days: Iterable[date] = (), lists: Iterable[str] = ()) -> None:
        """What was marked has been read."""
        with writing(self.engine) as session:
            # The database first, as in `mark`: two threads that took the two locks crosswise would wait for ever.
            session.connection()
            with self._lock:
                self.stale[source] -= set(days)
                self.touched -= set(lists)
                self._remember(session, source)

    def _remember(self, session: Session, source: Source) -> None:
        days = " ".join(sorted(day.isoformat() for day in self.stale[source]))
        touched = "\n".join(sorted(self.touched)) if source is Source.CIN7 else ""
        writes.learn(session, self.company, source, _LEFT, stale=days, touched=touched)

    def check(self) -> None:
        """Raises Cancelled once the person has asked for it."""
        if self.cancel.is_set():
            raise Cancelled

    def wanted(self, entity: str) -> bool:
        """Whether this run reads the entity: the installation follows it, and others only were not asked for."""
        followed = not self.wants.entities or entity in self.wants.entities
        return followed and (not self.wants.only or entity in self.wants.only)

    def part(self, source: str, entity: str, work: Callable[[Tally], Outcome]) -> StepReport:
        """Runs one part, keeps what it did, and turns its failure into words instead of stopping the others."""
        tally, began = Tally(), self.now()
        if source in self.spent:
            return self._keep(source, entity, tally, began, Outcome(), self.spent[source], status="skipped")
        self.watch(Progress(source, entity, 0))
        try:
            self.check()
            outcome = work(tally)
        except AppError as fault:
            log.warning("%s %s failed: %s", source, entity, fault)
            if isinstance(fault, QuotaSpent):
                self.spent[source] = _words(fault)
            return self._keep(source, entity, tally, began, Outcome(), _words(fault))
        except Exception as fault:
            log.exception("%s %s failed on our side", source, entity)
            return self._keep(source, entity, tally, began, Outcome(), f"failed on our side ({type(fault).__name__})")
        return self._keep(source, entity, tally, began, outcome, outcome.incomplete or None)

    def skip(self, source: str, entity: str, reason: str) -> None:
        self._keep(source, entity, Tally(), self.now(), Outcome(), reason, status="skipped")

    def _keep(
        self,
        source: str,
        entity: str,
        tally: Tally,
        began: datetime,
        outcome: Outcome,
        error: str | None,
        status: str = "",
    ) -> StepReport:
        report = StepReport(
            source,
            entity,
            status or ("failed" if error else "succeeded"),
            outcome.fetched,
            outcome.changed,
            tally.calls,
            outcome.fewest,
            error,
        )
        with self._lock:
            self.steps.append(report)
        with writing(self.engine) as session:
            record_step(session, self.run, report, at=self.now())
            if report.status == "succeeded":
                record_figure(session, self.company, source, entity, as_of=began, complete=True, reason="")
            else:
                record_figure(session, self.company, source, entity, as_of=None, complete=False, reason=error or "")
        self.watch(Progress(source, entity, outcome.fetched, outcome.fetched, tally.calls, error or "done"))
        return report


def _words(fault: AppError) -> str:
    """What failed and why, and what to do where the fault itself does not say it."""
    reference = f" (reference {fault.request_id})" if isinstance(fault, UpstreamError) and fault.request_id else ""
    remedy = next((words for kind, words in _REMEDIES if isinstance(fault, kind)), "")
    return f"{fault}{reference}".rstrip(".") + f". {remedy}" if remedy else f"{fault}{reference}"
