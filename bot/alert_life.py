"""The life of an alert, pure: what may happen to it in which state, and what is said of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sync.domain.alerts import Alert, AlertEvent, AlertState, Trouble
from sync.errors import UserError

OPEN, ACKNOWLEDGED, SNOOZED = AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.SNOOZED
REOPENED, RESOLVED = AlertState.REOPENED, AlertState.RESOLVED

WAITING = (OPEN, REOPENED)  # nobody has taken it on
_ONE_DAY = timedelta(days=1)


class Stale(UserError):
    """The alert is not as it was when that button was drawn; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Move:
    """One change: the alert after it, what happened (a word of its history), who did it, and their words.

    `loud` is said in the alert's thread, "" where the changed message says enough; `broadcast` shows that in the
    channel too; `mention` is a Slack id that is called.
    """

    alert: Alert
    what: str
    at: datetime
    who: str = ""
    note: str = ""
    loud: str = ""
    broadcast: bool = False
    mention: str = ""

    @property
    def event(self) -> AlertEvent:
        return AlertEvent(self.at, self.who, self.what, self.note)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an alert may wait for somebody: until the first reminder, until the escalation and to whom."""

    remind_after: timedelta
    escalate_after: timedelta
    escalate_to: str = ""


def alert_id(company: int, cause: str) -> str:
    """The id of the one alert of a cause."""
    return hashlib.sha256(f"{company}\n{cause}".encode()).hexdigest()[:12]


def raised(alert: Alert | None, trouble: Trouble, company: int, now: datetime) -> Move | None:
    """The trouble is there: a new alert, one that comes back, or one that is seen once more."""
    if alert is None:
        fresh = Alert(alert_id(company, trouble.cause), trouble, OPEN, now, now, now)
        return Move(fresh, "opened", now)
    if alert.state is RESOLVED:
        back = replace(_untold(_moved(alert, REOPENED, now)), trouble=trouble, since=now, count=1)
        back = replace(back, due=None, reason="", snoozed_until=None, resolved_at=None)
        return Move(back, "reopened", now, loud="This is back.", broadcast=True, mention=alert.owner)
    seen = replace(alert, trouble=trouble, changed_at=now, count=alert.count + 1)
    more = len(set(trouble.parts) - set(alert.trouble.parts))
    if more and alert.state not in WAITING:
        return Move(seen, "repeated", now, note=f"{more} more", loud=f"{more} more since.", mention=alert.owner)
    return Move(seen, "repeated", now)


def resolved(alert: Alert | None, now: datetime, who: str = "", note: str = "") -> Move | None:
    """The trouble is gone; None where nothing was open."""
    if alert is None or alert.state is RESOLVED:
        return None
    over = replace(_moved(alert, RESOLVED, now, who), resolved_at=now, snoozed_until=None)
    return Move(over, "resolved", now, who, note, loud="" if alert.state is SNOOZED else note or "This is over.")


def acknowledged(
    alert: Alert, now: datetime, who: str, *, owner: str, reason: str, due: date | None, seen: int | None
) -> Move:
    """Somebody takes it on: `owner` until the company-local day `due`. Stale where it moved since `seen`, a life."""
    _current(alert, seen)
    _not_over(alert)
    mine = _untold(_moved(alert, ACKNOWLEDGED, now, who))
    mine = replace(mine, owner=owner, reason=reason, due=due, snoozed_until=None)
    return Move(mine, "acknowledged", now, who, _words(owner, reason, due))


def snoozed(alert: Alert, now: datetime, who: str, *, until: datetime, seen: int | None) -> Move:
    """Nobody is reminded before `until`; a resolved alert cannot sleep."""
    _current(alert, seen)
    _not_over(alert)
    if until <= now:
        raise UserError("A snooze ends in the future")
    return Move(replace(_moved(alert, SNOOZED, now, who), snoozed_until=until), "snoozed", now, who, f"{until:%FT%TZ}")


def swept(alert: Alert, now: datetime, today: date, patience: Patience) -> Move | None:
    """What the passing of time does: a snooze ends, a promise is overdue, nobody has come. None where nothing does.

    `today` is the company-local day. Of several things that are due, one happens; the next sweep does the next.
    """
    if alert.state is SNOOZED and alert.snoozed_until is not None and alert.snoozed_until <= now:
        awake = replace(_untold(_moved(alert, OPEN, now)), since=now, snoozed_until=None)
        return Move(awake, "woke", now, loud="The snooze is over, and this still is.", mention=alert.owner)
    if alert.state is ACKNOWLEDGED and alert.due is not None and alert.due < today:
        late = replace(_untold(_moved(alert, OPEN, now)), since=now, due=None)
        return Move(late, "overdue", now, note=alert.due.isoformat(), loud="This was due.", mention=alert.owner)
    return _called(alert, now, patience) if alert.state in WAITING else None


def _called(alert: Alert, now: datetime, patience: Patience) -> Move | None:
    waited = now - alert.since
    if patience.escalate_to and alert.escalated_at is None and waited >= patience.escalate_after:
        told = replace(alert, changed_at=now, escalated_at=now, reminded_at=now)
        whom = patience.escalate_to
        return Move(told, "escalated", now, note=whom, loud=_nobody(waited), mention=whom)
    # Whoever was not moved by a day of reminders is not moved by more of them: from then on one a day.
    pause = patience.remind_after
    if waited >= patience.escalate_after:
        pause = max(pause, _ONE_DAY)
    if now - (alert.reminded_at or alert.since) < pause:
        return None
    told = replace(alert, changed_at=now, reminded_at=now, reminders=alert.reminders + 1)
    return Move(told, "reminded", now, loud=_nobody(waited), mention=alert.owner)


def _nobody(waited: timedelta) -> str:
    minutes = int(waited.total_seconds() // 60)
    told = (
        f"{minutes} min" if minutes < 60 else f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"
    )
    return f"Nobody has taken this on for {told}."


def _moved(alert: Alert, state: AlertState, now: datetime, who: str = "") -> Alert:
    return replace(alert, state=state, changed_at=now, life=alert.life + 1, by=who)


def _current(alert: Alert, seen: int | None) -> None:
    if seen is not None and seen != alert.life:
        raise Stale(f"{standing(alert)} Nothing was changed; the message shows how it is now.")


def _not_over(alert: Alert) -> None:
    if alert.state is RESOLVED:
        raise Stale(f"{standing(alert)} Nothing is left to do.")


def standing(alert: Alert) -> str:
    """How an alert stands, as a sentence for the person who pressed a button; the mention is Slack's."""
    by = f" by <@{alert.by}>" if alert.by else ""
    return f"This alert is already {alert.state.value}{by}."


def _words(owner: str, reason: str, due: date | None) -> str:
    return "; ".join(part for part in (f"owner {owner}", reason, f"due {due}" if due else "") if part)


def _untold(alert: Alert) -> Alert:
    """Nobody has been reminded of it as it stands now."""
    return replace(alert, reminded_at=None, reminders=0, escalated_at=None)
