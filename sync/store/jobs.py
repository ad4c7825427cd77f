"""The memory of scheduled jobs: since when each rule holds, and which process took which due time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Engine, select, text, update

from sync.store.bot_tables import JobRow, JobRunRow
from sync.store.db import reading, writing
from sync.store.upsert import insert_missing, table_of

_JOB, _RUN = table_of(JobRow), table_of(JobRunRow)
TRIES = 3  # of one due time, when the processes that took it died


@dataclass(frozen=True, slots=True)
class JobRun:
    """A due time that was taken: its local wall-clock time, its instant, and whether it is running, done or failed."""

    job: str
    due: str
    at: datetime
    state: str
    tries: int
    note: str


class JobBook:
    """The due times of one company's jobs; of several processes, one gets each."""

    def __init__(self, engine: Engine, company: int) -> None:
        self._engine = engine
        self._company = company

    def since(self, job: str, rule: str, now: datetime) -> datetime:
        """Since when the job has this rule: `now` where it is new or was another until now."""
        row = {"company": self._company, "name": job, "rule": rule, "since": now}
        mine = (_JOB.c.company == self._company, _JOB.c.name == job)
        with writing(self._engine) as session:
            insert_missing(session, JobRow, row)
            session.execute(update(_JOB).where(*mine, _JOB.c.rule != rule).values(rule=rule, since=now))
            found: datetime = session.execute(select(_JOB.c.since).where(*mine)).scalar_one()
        return found

    def claim(self, job: str, due: str, at: datetime, who: str, now: float, lease: float) -> bool:
        """Takes a due time for `lease` seconds; False where another has it or had it.

        That of a process which died (its lease is over) is free again, three times in all. One statement, so that of
        two processes one inserts or updates and the other finds it taken.
        """
        query = text(
            "INSERT INTO job_run (company, job, due, at, state, claimed_by, claimed_until, tries, note, started_at)"
            " VALUES (:company, :job, :due, :at, 'running', :who, :until, 1, '', :started)"
            " ON CONFLICT (company, job, due) DO UPDATE SET claimed_by = excluded.claimed_by,"
            " claimed_until = excluded.claimed_until, tries = job_run.tries + 1, started_at = excluded.started_at"
            " WHERE job_run.state = 'running' AND job_run.claimed_until <= :now AND job_run.tries < :tries"
            " RETURNING tries"
        )
        values = {
            "company": self._company,
            "job": job,
            "due": due,
            "at": _iso(at),
            "who": who,
            "until": now + lease,
            "started": _iso(datetime.fromtimestamp(now, UTC)),
            "now": now,
            "tries": TRIES,
        }
        with writing(self._engine, durable=True) as session:
            return session.execute(query, values).first() is not None

    def renew(self, job: str, due: str, who: str, until: float) -> bool:
        """Prolongs our claim; False when it was lost."""
        ours = update(_RUN).where(*self._one(job, due), _RUN.c.claimed_by == who, _RUN.c.state == "running")
        with writing(self._engine) as session:
            return session.execute(ours.values(claimed_until=until).returning(_RUN.c.job)).first() is not None

    def finish(self, job: str, due: str, who: str, state: str, note: str, at: datetime) -> None:
        """Notes how it ended ("done" or "failed"); nothing where the claim was lost."""
        ours = update(_RUN).where(*self._one(job, due), _RUN.c.claimed_by == who)
        with writing(self._engine) as session:
            session.execute(ours.values(state=state, note=note[:500], finished_at=at, claimed_until=0.0))

    def latest(self, job: str) -> datetime | None:
        """The newest due time of the job that anybody took."""
        query = select(_RUN.c.at).where(_RUN.c.company == self._company, _RUN.c.job == job)
        with reading(self._engine) as session:
            found: datetime | None = session.execute(query.order_by(_RUN.c.at.desc()).limit(1)).scalar()
        return found

    def abandoned(self, now: float) -> Sequence[JobRun]:
        """Due times whose process died before their end, and that may be tried again."""
        query = select(_RUN).where(
            _RUN.c.company == self._company,
            _RUN.c.state == "running",
            _RUN.c.claimed_until <= now,
            _RUN.c.tries < TRIES,
        )
        with reading(self._engine) as session:
            rows = session.execute(query.order_by(_RUN.c.at, _RUN.c.job)).all()
        return [JobRun(row.job, row.due, row.at, row.state, row.tries, row.note) for row in rows]

    def recent(self, n: int = 20) -> Sequence[JobRun]:
        """The newest due times that were taken, newest first."""
        query = select(_RUN).where(_RUN.c.company == self._company).order_by(_RUN.c.at.desc(), _RUN.c.job).limit(n)
        with reading(self._engine) as session:
            rows = session.execute(query).all()
        return [JobRun(row.job, row.due, row.at, row.state, row.tries, row.note) for row in rows]

    def _one(self, job: str, due: str) -> tuple[ColumnElement[bool], ColumnElement[bool], ColumnElement[bool]]:
        return _RUN.c.company == self._company, _RUN.c.job == job, _RUN.c.due == due


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")
