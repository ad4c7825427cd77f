"""The schedule: APScheduler as a clock only; every due time is claimed in the store, done once, and caught up once."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]  # ships no types
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.base import BaseTrigger  # type: ignore[import-untyped]
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped]

from bot.due_times import Cron, Due, Every, Rule, following, newest
from sync.errors import AppError
from sync.settings import Settings

log = logging.getLogger("tieout.schedule")

LEASE = 60.0  # seconds after which the due time of a process that died is free again
_LOOK = 15.0  # how often missed and abandoned due times are looked for
_SNAPSHOT = "45 23 * * *"  # the last stock figures of a company-local day
_CHECK = "30 6 * * *"  # the set-up check, before anybody works
_WATCH = 60  # seconds between two looks at what time does to alerts


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do at due times. `run` is told which one; what it raises is kept as that due time's failure."""

    name: str
    rule: Rule
    run: Callable[[Due], None]


class Abandoned(Protocol):
    """A due time whose process died."""

    @property
    def job(self) -> str: ...
    @property
    def due(self) -> str: ...
    @property
    def at(self) -> datetime: ...


class Book(Protocol):
    """Where due times are claimed."""

    def since(self, job: str, rule: str, now: datetime) -> datetime: ...
    def claim(self, job: str, due: str, at: datetime, who: str, now: float, lease: float) -> bool: ...
    def renew(self, job: str, due: str, who: str, until: float) -> bool: ...
    def finish(self, job: str, due: str, who: str, state: str, note: str, at: datetime) -> None: ...
    def latest(self, job: str) -> datetime | None: ...
    def abandoned(self, now: float) -> Sequence[Abandoned]: ...


def rules_of(settings: Settings, zone: str) -> dict[str, Rule]:
    """Every job of the settings with its rule: "sync", "snapshot", "check", and "report:NAME" for each [[schedule]].

    `zone` is the company's time zone.
    """
    every = settings.sync.every
    found: dict[str, Rule] = {} if every is None else {"sync": Every(every)}
    found["snapshot"] = Cron(_SNAPSHOT, zone)
    found["check"] = Cron(_CHECK, zone)
    return found | {f"report:{row.name}": Cron(row.cron, zone) for row in settings.schedules}


def upcoming(
    rules: dict[str, Rule], since: Callable[[str, Rule], datetime], now: datetime
) -> list[tuple[str, datetime]]:
    """Job and next due time (aware, UTC) of each rule, the soonest first; for `next` of the contract's status."""
    dues = [following(job, rule, since(job, rule), now) for job, rule in rules.items()]
    return sorted(((due.job, due.at) for due in dues if due), key=lambda pair: (pair[1], pair[0]))


class Scheduler:
    """Runs jobs at their due times; any number of processes on one database do each due time once."""

    def __init__(self, jobs: Sequence[Job], book: Book, clock: Callable[[], float], watch: Callable[[], None]) -> None:
        """`watch` is called about once a minute by every process: it must not mind that others do the same."""
        self._jobs = {job.name: job for job in jobs}
        self._book = book
        self._clock = clock
        self._watch = watch
        self._me = secrets.token_hex(6)
        self._since: dict[str, datetime] = {}
        self._stopping = threading.Event()
        self._begun: list[threading.Thread] = []
        pool = {"default": ThreadPoolExecutor(max(10, len(jobs) + 2))}
        anyhow = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._timer = BackgroundScheduler(executors=pool, job_defaults=anyhow, timezone=UTC)

    def start(self) -> None:
        """Begins; what was due while nobody ran is done now, once per job."""
        for name, job in self._jobs.items():
            self._since[name] = self._book.since(name, str(job.rule), self._now())
            self._timer.add_job(self._guarded_run, _Trigger(job.rule, self._since[name]), args=[name], id=name)
            self._begin(self._guarded_run, name)
        self._timer.add_job(self.look, IntervalTrigger(seconds=_LOOK, timezone=UTC), id="look")
        self._timer.add_job(self._guarded_watch, IntervalTrigger(seconds=_WATCH, timezone=UTC), id="watch")
        self._begin(self._guarded_watch)
        self._timer.start()

    def arrange(self, jobs: Sequence[Job]) -> None:
        """Other jobs or rules from now on; a rule that is new holds from this moment."""
        before, self._jobs = self._jobs, {job.name: job for job in jobs}
        for name, job in self._jobs.items():
            if name not in before or str(before[name].rule) != str(job.rule):
                self._since[name] = self._book.since(name, str(job.rule), self._now())
                trigger = _Trigger(job.rule, self._since[name])
                self._timer.add_job(self._guarded_run, trigger, args=[name], id=name, replace_existing=True)

    def stop(self, patience: float = 0.0) -> None:
        """No due time is begun any more; jobs under way have `patience` seconds, and their claims end with them."""
        self._stopping.set()
        if self._timer.running:
            self._timer.shutdown(wait=patience > 0)
        for thread in self._begun:
            thread.join(patience)

    def alive(self) -> bool:
        """True while the clock runs."""
        return bool(self._timer.running)

    def next(self) -> list[tuple[str, datetime]]:
        """Job and next due time of each, the soonest first."""
        rules = {name: job.rule for name, job in self._jobs.items()}
        return upcoming(rules, lambda name, rule: self._since_of(name), self._now())

    def run_due(self, name: str) -> bool:
        """Does the newest due time of a job that nobody has taken; older ones that were missed are left out."""
        due = self._missed(name)
        return due is not None and self._take(self._jobs[name], due)

    def look(self) -> None:
        """Begins what was missed: due times that the clock skipped, or whose process died in the middle."""
        try:
            dues = [due for name in self._jobs if (due := self._missed(name))]
            left = [Due(row.job, row.due, row.at) for row in self._book.abandoned(self._clock())]
        except AppError as fault:
            log.warning("the schedule waits: %s", fault)
            return
        for due in [*dues, *left]:
            if due.job in self._jobs:
                self._begin(self._take, self._jobs[due.job], due)

    def _missed(self, name: str) -> Due | None:
        due = newest(name, self._jobs[name].rule, self._since_of(name), self._now())
        if due is None:
            return None
        # A later one was done: the clock was put back, and what is due by it was done by the clock as it was.
        latest = self._book.latest(name)
        return None if latest is not None and latest >= due.at else due

    def _take(self, job: Job, due: Due) -> bool:
        if not self._book.claim(job.name, due.key, due.at, self._me, self._clock(), LEASE):
            return False
        state, note = "done", ""
        with self._kept(due):
            try:
                job.run(due)
            except AppError as fault:
                state, note = "failed", str(fault)
                log.warning("job %s, due %s, failed: %s", job.name, due.key, fault)
            except Exception as fault:
                state, note = "failed", f"failed on our side ({type(fault).__name__})"
                log.exception("job %s, due %s, failed on our side", job.name, due.key)
        if state == "failed" and self._stopping.is_set():
            # It was broken off by our own end, so the next process is to do it; that is how a report is never lost.
            self._book.renew(job.name, due.key, self._me, 0.0)
        else:
            self._book.finish(job.name, due.key, self._me, state, note, self._now())
        return True

    @contextmanager
    def _kept(self, due: Due) -> Iterator[None]:
        """Renews the claim while the job runs, so that a long one is not taken for dead."""
        ended = threading.Event()

        def renew() -> None:
            while not ended.wait(LEASE / 3):
                try:
                    self._book.renew(due.job, due.key, self._me, self._clock() + LEASE)
                except AppError as fault:
                    log.warning("the claim of %s could not be renewed: %s", due.job, fault)

        keeper = threading.Thread(target=renew, name="job-lease", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            ended.set()
            keeper.join()

    def _guarded_run(self, name: str) -> None:
        try:
            self.run_due(name)
        except AppError as fault:  # the next look does it
            log.warning("job %s waits: %s", name, fault)

    def _begin(self, work: Callable[..., object], *args: object) -> None:
        # Not a job of APScheduler's without a trigger: its thread dies when it is shut down while it removes one.
        thread = threading.Thread(target=work, args=args, name="job", daemon=True)
        self._begun = [*(one for one in self._begun if one.is_alive()), thread]
        thread.start()

    def _guarded_watch(self) -> None:
        try:
            self._watch()
        except AppError as fault:
            log.warning("the watch over alerts waits: %s", fault)
        except Exception:
            log.exception("the watch over alerts failed on our side")

    def _since_of(self, name: str) -> datetime:
        if name not in self._since:
            self._since[name] = self._book.since(name, str(self._jobs[name].rule), self._now())
        return self._since[name]

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


class _Trigger(BaseTrigger):  # type: ignore[misc]  # ships no types
    """Tells APScheduler's clock when a rule is due next."""

    def __init__(self, rule: Rule, since: datetime) -> None:
        self._rule, self._since = rule, since

    def get_next_fire_time(self, before: datetime | None, now: datetime) -> datetime | None:
        due = following("", self._rule, self._since, max(before, now) if before else now)
        return due.at if due else None
