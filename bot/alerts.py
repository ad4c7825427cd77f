"""Alerts at work: troubles are raised and resolved, people take them on, and time passes over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from bot import alert_blocks, alert_life, alert_texts
from bot.alert_life import Move, Patience
from bot.alert_texts import Found
from sync.domain.alerts import Alert, AlertEvent, AlertKind, AlertState, Trouble
from sync.domain.letters import Letter
from sync.domain.runs import RunReport
from sync.errors import UserError

MAY = ("operator", "controller")  # contract, Slack and web: viewers ask, operators also acknowledge, snooze and retry


class NotAllowed(UserError):
    """Your role does not allow that: operators and controllers acknowledge, snooze and retry ([roles])."""


class Decided(Protocol):
    """What a change of an alert consists of."""

    @property
    def alert(self) -> Alert: ...
    @property
    def events(self) -> Sequence[AlertEvent]: ...
    @property
    def letters(self) -> Sequence[Letter]: ...


@dataclass(frozen=True, slots=True)
class _Kept:
    alert: Alert
    events: Sequence[AlertEvent]
    letters: Sequence[Letter]


class Book(Protocol):
    """Where alerts are kept; `change` runs the decision alone, in one transaction."""

    def change(
        self, decide: Callable[[Alert | None], Decided | None], now: float, *, cause: str = "", id_: str = ""
    ) -> Alert | None: ...
    def unresolved(self) -> Sequence[Alert]: ...
    def alert(self, id_: str) -> Alert | None: ...
    def history(self, id_: str) -> Sequence[AlertEvent]: ...


class Alerts:
    """The alerts of one company; `channel` "" keeps them without a message.

    `today` gives the company-local day, `figures` says whether the channel may read money, `wake` is called
    after a change so that its message leaves soon.
    """

    def __init__(
        self,
        book: Book,
        company: int,
        channel: str,
        patience: Patience,
        clock: Callable[[], float],
        today: Callable[[], date],
        figures: Callable[[], bool] = lambda: True,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._book = book
        self._company = company
        self._channel = channel
        self._patience = patience
        self._clock = clock
        self._today = today
        self._figures = figures
        self._wake = wake

    def trouble(self, trouble: Trouble) -> None:
        """The trouble is there: opens, repeats or reopens the one alert of its cause."""
        self._move(lambda alert: alert_life.raised(alert, trouble, self._company, self._now()), cause=trouble.cause)

    def over(self, cause: str, note: str = "") -> None:
        """The trouble is gone."""
        self._move(lambda alert: alert_life.resolved(alert, self._now(), note=note), cause=cause)

    def acknowledge(
        self,
        id_: str,
        who: str,
        role: str,
        *,
        owner: str,
        reason: str,
        due: date | None = None,
        seen: int | None = None,
    ) -> Alert:
        """`who` gives the alert an owner; Stale when somebody was faster, NotAllowed without the role."""
        if due is not None and due < self._today():
            raise UserError("The due day has passed already; choose a later one")

        def decide(alert: Alert | None) -> Move:
            found = _needed(alert)
            return alert_life.acknowledged(found, self._now(), who, owner=owner, reason=reason, due=due, seen=seen)

        return self._asked(id_, role, decide)

    def snooze(self, id_: str, who: str, role: str, *, until: datetime, seen: int | None = None) -> Alert:
        """Nobody is reminded before `until`; errors as `acknowledge`."""

        def decide(alert: Alert | None) -> Move:
            return alert_life.snoozed(_needed(alert), self._now(), who, until=until, seen=seen)

        return self._asked(id_, role, decide)

    def retry(self, id_: str, role: str) -> str:
        """What is to be done again ("sync", "report:NAME"); UserError where nothing is."""
        _allowed(role)
        alert = _needed(self._book.alert(id_))
        if alert.state is AlertState.RESOLVED:
            raise alert_life.Stale(f"{alert_life.standing(alert)} There is nothing to try again.")
        if not alert.trouble.retry:
            raise UserError("There is nothing that Tieout could try again here; the message says what to do")
        return alert.trouble.retry

    def details(self, id_: str) -> str:
        """All about one alert, with its history, as mrkdwn."""
        return alert_blocks.details(_needed(self._book.alert(id_)), self._book.history(id_))

    def alert(self, id_: str) -> Alert:
        """The alert with the id; UserError where it is not known."""
        return _needed(self._book.alert(id_))

    def unresolved(self) -> Sequence[Alert]:
        """What is not over yet, the oldest first."""
        return self._book.unresolved()

    def sweep(self) -> None:
        """Lets time pass over every alert: reminders, escalations, ends of snoozes, overdue promises."""
        for alert in self._book.unresolved():
            self._move(self._aged, id_=alert.id)

    def _aged(self, alert: Alert | None) -> Move | None:
        return alert_life.swept(alert, self._now(), self._today(), self._patience) if alert else None

    def after_sync(
        self, report: RunReport, *, whole: bool, broken: str = "", connect_url: str = "", cancelled: bool = False
    ) -> None:
        """What a sync's report means: parts that failed, parts that are well again, a connection that is lost.

        `whole` False for a sync of some parts; `broken` says why QuickBooks must be connected again. A sync that a
        person has cancelled raises nothing.
        """
        for source in alert_texts.SYSTEMS:
            steps = [step for step in report.entities if step.source == source]
            failed = [step for step in steps if step.status == "failed" and not cancelled]
            good = {step.entity for step in steps if step.status == "succeeded"}
            lost = source == "qbo" and bool(broken)
            if lost and (failed or cancelled):
                self.trouble(alert_texts.reconnect(broken, connect_url))
            elif failed:
                self.trouble(alert_texts.sync_failed(source, failed, len(good)))
            elif good:
                self._well_again(source, good, whole=whole and not cancelled)
            if source == "qbo" and good and not lost:
                self.over(alert_texts.RECONNECT, "QuickBooks is connected again.")
        if report.status == "succeeded" and whole:
            self.over(f"{alert_texts.SYNC}all", "A sync succeeded.")
            self.over(alert_texts.LATE, "A sync succeeded.")

    def _well_again(self, source: str, good: set[str], *, whole: bool) -> None:
        def decide(alert: Alert | None) -> Move | None:
            left = set(alert.trouble.parts) - good if alert and not whole else set()
            return None if left else alert_life.resolved(alert, self._now(), note="A sync succeeded.")

        self._move(decide, cause=f"{alert_texts.SYNC}{source}")

    def check_late(self, good_at: datetime | None, first_at: datetime | None, limit: timedelta) -> bool:
        """True, and one alert, when no sync was good for longer than `limit`; a zero `limit` is off.

        Before the first good sync the time runs from the first one that was tried; an empty cache is not late.
        """
        began = good_at or first_at
        if not limit or began is None or self._now() - began <= limit:
            return False
        late = alert_texts.sync_late(good_at, limit)

        def decide(alert: Alert | None) -> Move | None:
            if alert is not None and alert.state is not AlertState.RESOLVED:
                return None  # told already; being late for longer is not more news
            return alert_life.raised(alert, late, self._company, self._now())

        self._move(decide, cause=alert_texts.LATE)
        return True

    def check_budget(self, used: Mapping[str, tuple[int, int]]) -> None:
        """Calls used and allowed this month per source; told once a month, over with the next."""
        for source, (calls, limit) in sorted(used.items()):
            told = alert_texts.budget(source, calls, limit, self._now())
            if calls < alert_texts.NEARLY * limit:
                self.over(told.cause, "A new month has begun.")
                continue
            open_ = {alert.trouble.cause: alert.trouble.parts for alert in self._book.unresolved()}
            if open_.get(told.cause) != told.parts:
                self.trouble(told)

    def after_tie_out(self, found: Sequence[Found], new: frozenset[str], currency: str, limit: Decimal) -> None:
        """The open findings, and the ids of those that are new or came back: large ones are told by cause.

        A change in a closed period is told whatever its size. An alert is over when none of its findings is open.
        """
        kinds = (AlertKind.FINDING, AlertKind.CLOSED_PERIOD)
        told = {alert.trouble.cause for alert in self._book.unresolved() if alert.trouble.kind in kinds}
        groups: dict[str, list[Found]] = {}
        for one in found:
            groups.setdefault(_cause(one), []).append(one)
        for cause in sorted(told | groups.keys()):
            self._grouped(cause, groups.get(cause, []), new, currency, limit)

    def _grouped(self, cause: str, group: Sequence[Found], new: frozenset[str], currency: str, limit: Decimal) -> None:
        def decide(alert: Alert | None) -> Move | None:
            before = set(alert.trouble.parts) if alert and alert.state is not AlertState.RESOLVED else set()
            fresh = {one.id for one in group if one.id in new and (one.size >= limit or cause == alert_texts.CLOSED)}
            members = [one for one in group if one.id in before | fresh]
            if not members:
                return alert_life.resolved(alert, self._now(), note="None of these findings is open any more.")
            trouble = alert_texts.findings(members[0].cause, members, currency)
            if fresh - before or alert is None:
                return alert_life.raised(alert, trouble, self._company, self._now())
            changed = replace(alert, trouble=trouble, changed_at=self._now())
            return None if trouble == alert.trouble else Move(changed, "changed", self._now())

        self._move(decide, cause=cause)

    def _asked(self, id_: str, role: str, decide: Callable[[Alert | None], Move]) -> Alert:
        _allowed(role)
        return _needed(self._move(decide, id_=id_))

    def _move(self, decide: Callable[[Alert | None], Move | None], *, cause: str = "", id_: str = "") -> Alert | None:
        figures = bool(self._channel) and self._figures()  # may ask Slack, so never inside the transaction

        def kept(alert: Alert | None) -> _Kept | None:
            move = decide(alert)
            return None if move is None else _Kept(move.alert, [move.event], self._letters(move, figures))

        after = self._book.change(kept, self._clock(), cause=cause, id_=id_)
        self._wake()
        return after

    def _letters(self, move: Move, figures: bool) -> list[Letter]:
        if not self._channel:
            return []
        shown = [alert_blocks.message(move.alert, self._channel, figures=figures)]
        return [*shown, alert_blocks.note(move, self._channel)] if move.loud else shown

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _cause(one: Found) -> str:
    closed = one.cause == "backdated_after_close"
    return alert_texts.CLOSED if closed else f"{alert_texts.FINDINGS}{one.cause}"


def _needed(alert: Alert | None) -> Alert:
    if alert is None:
        raise UserError("That alert is not known here; its message may be of another installation")
    return alert


def _allowed(role: str) -> None:
    if role not in MAY:
        raise NotAllowed
