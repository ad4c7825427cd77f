"""The outbox: letters kept before they are sent, claimed by one process at a time, and how far each has come."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ScalarSelect, and_, case, delete, func, or_, select, text, update
from sqlmodel import Session

from sync.domain.letters import Enclosure, Letter, Parcel
from sync.store.bot_tables import OutboxFileRow, OutboxRow
from sync.store.db import reading, writing
from sync.store.outbox_files import StoredEnclosures
from sync.store.upsert import insert_missing, table_of

_BOX, _FILES = table_of(OutboxRow), table_of(OutboxFileRow)
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:box, 0))")


def put(session: Session, company: int, letter: Letter, *, now: float, debounce: float = 0.0) -> None:
    """Keeps the letter in the caller's transaction; put again under its key, it changes what the message says.

    A change to a message that is shown waits until `debounce` seconds after the last one, and takes in every change
    that comes meanwhile. What is the same as before is no change. An enclosure stays as it was first put under its
    name; others are added behind those that are there.
    """
    body = _to_json(letter)
    row: dict[str, Any] = {
        "company": company,
        "key": letter.key,
        "channel": letter.channel,
        "parent": letter.thread_of,
        "letter": body,
        "state": "due",
        "not_before": now,
        "created_at": datetime.fromtimestamp(now, UTC),
    }
    insert_missing(session, OutboxRow, OutboxRow(**row).model_dump(exclude={"id"}))
    # Nothing of the row is read first: two processes that change a letter at once must both count as a change.
    soonest = _BOX.c.shown_at + debounce
    changed = {
        "letter": body,
        "parent": letter.thread_of,
        "state": "due",
        "version": _BOX.c.version + 1,
        "tries": 0,
        "fault": "",
        "plain": False,
        "not_before": func.greatest(soonest, now) if _is_postgres(session) else func.max(soonest, now),
    }
    mine = _mine(company, letter.key)
    # The settings name another channel now: the message is posted there.
    moved = {"channel": letter.channel, "ts": "", "sent": 0, "unsure": False, "recheck": False}
    elsewhere = ~_BOX.c.letter.contains(json.dumps({"channel": letter.channel})[1:-1], autoescape=True)
    session.execute(update(_BOX).where(*mine, elsewhere).values(moved))
    session.execute(update(_BOX).where(*mine, _BOX.c.letter != body).values(changed))
    for position, enclosure in _new_files(session, company, letter):
        file = OutboxFileRow(company=company, key=letter.key, position=position, **asdict(enclosure))
        insert_missing(session, OutboxFileRow, file.model_dump())


def _new_files(session: Session, company: int, letter: Letter) -> list[tuple[int, Enclosure]]:
    """The enclosures whose names the letter has not had yet, each with its place."""
    if not letter.enclosures:
        return []
    query = select(_FILES.c.name).where(_FILES.c.company == company, _FILES.c.key == letter.key)
    known = set(session.execute(query).scalars())
    return list(enumerate((each for each in letter.enclosures if each.name not in known), len(known)))


class StoredOutbox(StoredEnclosures):
    """The outbox of one company, for the process that sends; `Parcel`s are what it works on."""

    def put(self, letter: Letter, now: float, debounce: float = 0.0) -> None:
        """Keeps a letter; it survives a loss of power once this returns."""
        with writing(self._engine, durable=True) as session:
            put(session, self._company, letter, now=now, debounce=debounce)

    def claim(self, who: str, now: float, lease: float) -> Parcel | None:
        """One letter that is due and free, now ours for `lease` seconds; None where there is none.

        One letter per channel is under way at a time, oldest first; a reply waits for the message that it answers.
        """
        with writing(self._engine) as session:
            if _is_postgres(session):  # else two processes would take two letters of one channel at once
                session.execute(_ALONE, {"box": f"outbox:{self._company}"})
            row = session.execute(_due(self._company, now).order_by(_BOX.c.id).limit(1)).first()
            if row is None:
                return None
            taken = {"claimed_by": who, "claimed_until": now + lease}
            session.execute(update(_BOX).where(_BOX.c.id == row.id).values(taken))
            return self._parcel(session, row, who)

    def trying(self, parcel: Parcel, now: float, lease: float) -> bool:
        """Notes, before a post leaves, that it may arrive, and prolongs the claim; False when the claim was lost."""
        values = {"unsure": True, "attempted_at": now, "tried": parcel.version, "claimed_until": now + lease}
        with writing(self._engine, durable=True) as session:
            ours = update(_BOX).where(*_held(self._company, parcel))
            return session.execute(ours.values(values).returning(_BOX.c.id)).first() is not None

    def shown(self, parcel: Parcel, ts: str, version: int, now: float, recheck_at: float = 0.0) -> bool:
        """The message `ts` shows `version`; False, and nothing is kept, when the claim was lost meanwhile.

        What was put meanwhile, and files to share, keep the letter due; `recheck_at` asks for a look at that time.
        """
        recheck = recheck_at > 0
        newer = or_(_BOX.c.version > version, _files_left(_BOX.c.key, self._company) > 0)
        values = {"ts": ts, "sent": version, "unsure": False, "shown_at": now, "tries": 0, "fault": "", **_FREE}
        mine = _mine(self._company, parcel.key)
        with writing(self._engine, durable=True) as session:
            ours = update(_BOX).where(*_held(self._company, parcel)).values(values)
            if session.execute(ours.values(state="done", recheck=recheck).returning(_BOX.c.id)).first() is None:
                return False
            session.execute(update(_BOX).where(*mine, newer).values(state="due"))
            if recheck:
                session.execute(update(_BOX).where(*mine).values(state="due", not_before=recheck_at))
        return True

    def later(
        self, parcel: Parcel, at: float, fault: str, *, unsure: bool | None = None, plain: bool | None = None
    ) -> None:
        """Gives the letter back until `at`; `unsure` None leaves what is known of its last try as it is."""
        values: dict[str, Any] = {"not_before": at, "fault": fault, "tries": _BOX.c.tries + 1, **_FREE}
        values |= {} if unsure is None else {"unsure": unsure}
        values |= {} if plain is None else {"plain": plain}
        self._set(parcel, **values)

    def release(self, parcel: Parcel, at: float) -> None:
        """Gives the letter back untried, until `at`."""
        self._set(parcel, not_before=at, **_FREE)

    def rechecked(self, parcel: Parcel) -> None:
        """The look for a second copy is over."""
        whole = and_(_BOX.c.version <= _BOX.c.sent, _files_left(_BOX.c.key, self._company) == 0)
        state = case((whole, "done"), else_="due")
        self._set(parcel, recheck=False, state=state, **_FREE)

    def post_anew(self, parcel: Parcel) -> None:
        """The message is gone: the letter is to be posted once more."""
        self._set(parcel, state="due", ts="", sent=0, unsure=False, recheck=False, not_before=0.0, **_FREE)

    def end(self, parcel: Parcel, state: str, fault: str) -> None:
        """Ends the letter as "failed" or "dropped", and says why; putting it anew with other words revives it."""
        self._set(parcel, state=state, fault=fault, unsure=False, recheck=False, **_FREE)

    def park(self, parcel: Parcel) -> None:
        """Nothing is to be shown until the letter is put with other words."""
        self._set(parcel, state="done", **_FREE)

    def readdress(self, parcel: Parcel, channel: str) -> None:
        """The letter goes to another conversation than its own from now on."""
        self._set(parcel, channel=channel, unsure=False, fault="", tries=0, **_FREE)

    def letter(self, key: str) -> Letter | None:
        """What the letter says now, without its enclosures; None where there is no such letter."""
        with reading(self._engine) as session:
            kept = session.execute(select(_BOX.c.letter).where(*_mine(self._company, key))).scalar()
        return None if kept is None else from_json(kept)

    def state(self, key: str) -> str:
        """How far the letter is: "due", "done", "failed" or "dropped"; "" where there is no such letter."""
        with reading(self._engine) as session:
            return str(session.execute(select(_BOX.c.state).where(*_mine(self._company, key))).scalar() or "")

    def unfinished(self, prefix: str) -> list[Letter]:
        """The letters whose keys begin so, and whose words are not final yet; the oldest first."""
        mine = (_BOX.c.company == self._company, _BOX.c.key.startswith(prefix, autoescape=True))
        query = select(_BOX.c.letter).where(*mine, _BOX.c.letter.contains('"over": false')).order_by(_BOX.c.id)
        with reading(self._engine) as session:
            return [from_json(kept) for kept in session.execute(query).scalars()]

    def waiting(self, prefix: str) -> bool:
        """True while a letter whose key begins so has words that Slack does not show yet, and nothing hinders it."""
        mine = (_BOX.c.company == self._company, _BOX.c.key.startswith(prefix, autoescape=True))
        query = select(_BOX.c.id).where(*mine, _BOX.c.state == "due", _BOX.c.fault == "").limit(1)
        with reading(self._engine) as session:
            return session.execute(query).first() is not None

    def known(self, channel: str) -> frozenset[str]:
        """The messages of a channel that belong to some letter."""
        query = select(_BOX.c.ts).where(_BOX.c.company == self._company, _BOX.c.channel == channel, _BOX.c.ts != "")
        with reading(self._engine) as session:
            return frozenset(session.execute(query).scalars())

    def message(self, key: str) -> tuple[str, str] | None:
        """Channel and `ts` of the message of a letter; None while it is not known to be shown."""
        with reading(self._engine) as session:
            query = select(_BOX.c.channel, _BOX.c.ts).where(*_mine(self._company, key), _BOX.c.ts != "")
            row = session.execute(query).first()
        return None if row is None else (row.channel, row.ts)

    def counts(self) -> dict[str, int]:
        """How many letters are in each state."""
        query = select(_BOX.c.state, func.count()).where(_BOX.c.company == self._company).group_by(_BOX.c.state)
        with reading(self._engine) as session:
            return {row[0]: row[1] for row in session.execute(query)}

    def faults(self) -> Sequence[tuple[str, str, str]]:
        """Key, channel and fault of every letter that is not shown for a reason that somebody can mend."""
        query = select(_BOX.c.key, _BOX.c.channel, _BOX.c.fault).where(
            _BOX.c.company == self._company, _BOX.c.state.in_(("due", "failed")), _BOX.c.fault != ""
        )
        with reading(self._engine) as session:
            return [tuple(row) for row in session.execute(query.order_by(_BOX.c.id))]

    def prune(self, before: float) -> None:
        """Forgets letters last shown before `before`; those of alerts stay, for an alert may be reopened any time."""
        ended = (_BOX.c.state.in_(("done", "dropped")), _BOX.c.shown_at < before, ~_BOX.c.key.like("alert:%"))
        with writing(self._engine) as session:
            gone = delete(_BOX).where(_BOX.c.company == self._company, *ended).returning(_BOX.c.key)
            keys = list(session.execute(gone).scalars())
            session.execute(delete(_FILES).where(_FILES.c.company == self._company, _FILES.c.key.in_(keys)))

    def _set(self, parcel: Parcel, **values: Any) -> None:
        """Changes the row while the claim is ours; once it was lost, its next holder knows better."""
        with writing(self._engine) as session:
            session.execute(update(_BOX).where(*_held(self._company, parcel)).values(values))

    def _parcel(self, session: Session, row: Any, holder: str) -> Parcel:
        thread = ""
        if row.parent:
            thread = session.execute(select(_BOX.c.ts).where(*_mine(self._company, row.parent))).scalar() or ""
        ours = (_FILES.c.company == self._company, _FILES.c.key == row.key)
        files = session.execute(select(_FILES.c.name, _FILES.c.slack_id, _FILES.c.state).where(*ours)).all()
        return Parcel(
            key=row.key,
            holder=holder,
            letter=replace(from_json(row.letter), channel=row.channel),
            version=row.version,
            sent=row.sent,
            tried=row.tried,
            ts=row.ts,
            thread=thread,
            unsure=row.unsure,
            recheck=row.recheck,
            plain=row.plain,
            attempted_at=row.attempted_at,
            tries=row.tries,
            slack_files={file.name: file.slack_id for file in files if file.state == "shared"},
            files_left=sum(file.state == "due" for file in files),
        )


_FREE = {"claimed_by": "", "claimed_until": 0.0}


def _mine(company: int, key: str) -> tuple[Any, Any]:
    return _BOX.c.company == company, _BOX.c.key == key


def _held(company: int, parcel: Parcel) -> tuple[Any, Any, Any]:
    return *_mine(company, parcel.key), _BOX.c.claimed_by == parcel.holder


def _due(company: int, now: float) -> Any:
    parents = _BOX.alias()
    shown = select(parents.c.id).where(parents.c.company == company, parents.c.key == _BOX.c.parent, parents.c.ts != "")
    return select(_BOX).where(
        _BOX.c.company == company,
        _BOX.c.state == "due",
        _BOX.c.not_before <= now,
        _BOX.c.claimed_until <= now,
        or_(_BOX.c.parent == "", shown.exists()),
        _busy(company, _BOX.c.channel, now) == 0,
    )


def _busy(company: int, channel: Any, now: float) -> ScalarSelect[int]:
    """How many letters of the channel are claimed at the moment."""
    others = _BOX.alias()
    return (
        select(func.count())
        .select_from(others)
        .where(others.c.company == company, others.c.channel == channel, others.c.claimed_until > now)
        .scalar_subquery()
    )


def _files_left(key: Any, company: int) -> ScalarSelect[int]:
    left = select(func.count()).where(_FILES.c.company == company, _FILES.c.key == key, _FILES.c.state == "due")
    return left.scalar_subquery()


def _is_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _to_json(letter: Letter) -> str:
    words = {name: value for name, value in asdict(letter).items() if name != "enclosures"}
    return json.dumps(words, sort_keys=True, ensure_ascii=False)


def from_json(kept: str) -> Letter:
    """A letter as it was kept, without its enclosures."""
    words = json.loads(kept)
    return Letter(**{**words, "identity": tuple(words["identity"])})
