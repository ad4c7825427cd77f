"""Buttons and windows that change something: alerts, syncs, sign-off; who pressed, may they, and what was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bot import alert_blocks, asking, blocks, modals, pack_message, pack_post, sync_message
from bot.access import Standing
from bot.alert_life import Stale, standing
from bot.commands import findings, sign_off
from bot.desk import Desk
from bot.modals import About
from bot.replies import Reply
from bot.router import NotAllowed, as_typed_here
from bot.slash.forms import CONTROLLER, OPERATOR, a_role, may
from bot.way import Way
from reports import periods
from sync.domain.alerts import Alert, AlertKind, AlertState
from sync.domain.letters import Letter
from sync.errors import UserError

OPENS = frozenset(
    {alert_blocks.ACKNOWLEDGE, alert_blocks.SNOOZE, asking.SIGN_OFF, pack_message.ACKNOWLEDGE}
)  # a window, within three seconds
_OF_FINDINGS = (AlertKind.FINDING, AlertKind.CLOSED_PERIOD)


class Presses:
    """What buttons do; each looks at the role of whoever pressed it, and says what was done to that person alone."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._buttons: dict[str, Callable[[Way, Standing, str, str], None]] = {
            alert_blocks.ACKNOWLEDGE: self._acknowledge,
            alert_blocks.SNOOZE: self._snooze,
            alert_blocks.RETRY: self._retry,
            alert_blocks.DETAILS: self._details,
            sync_message.CANCEL: self._cancel_sync,
            sync_message.RETRY: self._retry_sync,
            asking.SIGN_OFF: self._sign_off,
            pack_message.ACKNOWLEDGE: self._acknowledge_pack,
        }

    def pressed(self, way: Way, who: Standing, action: str, value: str, trigger: str) -> None:
        """Does what a button says; UserError, in words, where it may or can not be done."""
        if action not in self._buttons:
            raise UserError("That button is not known any more; nothing was done. Ask anew for a new message")
        self._buttons[action](way, who, value, trigger)

    def submitted(self, way: Way, who: Standing, view: Mapping[str, Any]) -> None:
        """Does what a filled window says."""
        about, kind = modals.read_about(view), str(view.get("callback_id") or "")
        if kind == modals.ACKNOWLEDGE and pack_message.is_pack(about.subject):
            self._pack_acknowledged(way, who, about, view)
        elif kind == modals.ACKNOWLEDGE:
            self._acknowledged(way, who, about, view)
        elif kind == modals.SNOOZE:
            until = modals.read_snooze(view, self._now())
            alert = self._desk.room.alerts.snooze(about.subject, who.user, who.role, until=until, seen=about.life)
            self._done(way, who, "snoozed", alert, f"until {blocks.when(until)}")
        elif kind == modals.SIGN_OFF:
            self._signed(way, who, about, str(view.get("id") or ""))

    def channel_of(self, view: Mapping[str, Any]) -> str:
        """The channel in which a window was opened, "" where it does not say."""
        try:
            return modals.read_about(view).channel
        except UserError:
            return ""

    def _acknowledge(self, way: Way, who: Standing, value: str, trigger: str) -> None:
        alert = self._moving(who, value)
        self._desk.slack.open_view(trigger, modals.acknowledge(alert, who.user, way.channel))

    def _snooze(self, way: Way, who: Standing, value: str, trigger: str) -> None:
        alert = self._moving(who, value)
        self._desk.slack.open_view(trigger, modals.snooze(alert, way.channel))

    def _moving(self, who: Standing, value: str) -> Alert:
        """The alert of a button that would change it, where it still is as it was when the button was drawn."""
        _allowed(who, OPERATOR, "operators and controllers")
        id_, life = _read(value)
        alert = self._desk.room.alerts.alert(id_)
        if alert.state is AlertState.RESOLVED or alert.life != life:
            raise Stale(f"{standing(alert)} Nothing was changed; the message shows how it is now.")
        return alert

    def _acknowledged(self, way: Way, who: Standing, about: About, view: Mapping[str, Any]) -> None:
        taken, faults = modals.read_acknowledge(view, who.user, self._today())
        if taken is None:
            raise UserError(" ".join(faults.values()))
        alert = self._desk.room.alerts.acknowledge(
            about.subject,
            who.user,
            who.role,
            owner=taken.owner,
            reason=taken.reason,
            due=taken.due,
            seen=about.life,
        )
        if alert.trouble.kind in _OF_FINDINGS:
            self._own(alert, who)
        self._done(way, who, "acknowledged", alert, f"owner {blocks.mention(alert.owner)}")

    def _acknowledge_pack(self, way: Way, who: Standing, value: str, trigger: str) -> None:
        _allowed(who, OPERATOR, "operators and controllers")
        title = pack_message.title_of(self._pack(value))
        self._desk.slack.open_view(trigger, modals.acknowledge_pack(value, title, who.user, way.channel))

    def _pack(self, key: str) -> Letter:
        letter = self._desk.room.box.letter(key) if pack_message.is_pack(key) else None
        if letter is None:
            raise UserError("That pack is not known here any more; nothing was done")
        return letter

    def _pack_acknowledged(self, way: Way, who: Standing, about: About, view: Mapping[str, Any]) -> None:
        """The errors that nobody owns get an owner, and the pack's message says who took it on."""
        _allowed(who, OPERATOR, "operators and controllers")
        taken, faults = modals.read_acknowledge(view, who.user, self._today())
        if taken is None:
            raise UserError(" ".join(faults.values()))
        letter = self._pack(about.subject)
        owner = f"{self._desk.slack.person(taken.owner).name} ({taken.owner})"
        with self._desk.deps() as deps:
            period = pack_message.period_of(about.subject)
            count = pack_post.own(deps, period, owner, taken.due, taken.reason, who.user)
        shown = pack_message.taken(letter, who.user, taken.owner, taken.reason, taken.due, self._now())
        self._desk.room.outbox.put(shown)
        self._note(who, "acknowledged", about.subject, taken.reason)
        errors = f"{count} error{'' if count == 1 else 's'} without an owner"
        title = blocks.escape(blocks.plain(pack_message.title_of(letter)))
        told = f"You have acknowledged “{title}”; owner of {errors}: {blocks.mention(taken.owner)}."
        way.say("You have acknowledged the pack.", [blocks.section(told)])

    def _own(self, alert: Alert, who: Standing) -> None:
        """Whoever takes on an alert of findings owns those findings, as far as they are still remembered."""
        owner = self._desk.slack.person(alert.owner).name if alert.owner.startswith(("U", "W")) else alert.owner
        with self._desk.deps() as deps:
            for id_ in alert.trouble.parts:
                asked = findings.Request(assign=id_, owner=f"{owner} ({alert.owner})", due=alert.due)
                findings.assigned(replace(asked, note=alert.reason or None), deps, who.user)

    def _retry(self, way: Way, who: Standing, value: str, trigger: str) -> None:
        _allowed(who, OPERATOR, "operators and controllers")
        id_, _ = _read(value)
        what = self._desk.room.alerts.retry(id_, who.role)
        self._note(who, "retried", f"alert:{id_}", what)
        self._again(way, who, what)

    def _retry_sync(self, way: Way, who: Standing, value: str, trigger: str) -> None:
        _allowed(who, OPERATOR, "operators and controllers")
        self._again(way, who, f"sync:{value}")

    def _again(self, way: Way, who: Standing, what: str) -> None:
        ticket = self._desk.retry(what, who.user, way.channel)
        if ticket is None:
            way.say("It is being built again, and is posted where the schedule says.")
        elif ticket.joined:
            way.say(f"A sync is running already, started by {ticket.started_by}; you joined it.")
        else:
            way.say("It is being tried again; the sync's message says how it goes.")

    def _details(self, way: Way, who: Standing, value: str, trigger: str) -> None:
        if who.unseen:
            raise NotAllowed(who.unseen)
        id_, _ = _read(value)
        alert = self._desk.room.alerts.alert(id_)
        way.say(alert.trouble.title, [blocks.section(self._desk.room.alerts.details(id_))])

    def _cancel_sync(self, way: Way, who: Standing, value: str, trigger: str) -> None:
        _allowed(who, OPERATOR, "operators and controllers")
        self._desk.cancel_sync(value, who.user)
        way.say("The sync stops where nothing is lost; its message will say so.")

    def _sign_off(self, way: Way, who: Standing, value: str, trigger: str) -> None:
        _allowed(who, CONTROLLER, "controllers")
        period = periods.parse(value, self._today())
        span = f"{period.start}..{period.end}"
        self._desk.slack.open_view(trigger, modals.sign_off(span, who.name or who.user, way.channel))

    def _signed(self, way: Way, who: Standing, about: About, view_id: str) -> None:
        """Signs, and says in the window how it went; where that is closed already, to the person."""
        _allowed(who, CONTROLLER, "controllers")
        if who.unseen:
            raise NotAllowed(who.unseen)
        with self._desk.deps() as deps:
            request = sign_off.Request(about.subject, f"{who.name or who.user} ({who.user})")
            reply: Reply = sign_off.run(request, deps)
        text = as_typed_here(reply.text)
        status = str(reply.document.get("status") or "")
        self._note(who, "signed off" if status == "signed" else "sign-off refused", about.subject, status)
        way.say(text, [blocks.said(text)])

    def _done(self, way: Way, who: Standing, what: str, alert: Alert, more: str) -> None:
        self._note(who, what, f"alert:{alert.id}", alert.trouble.title)
        told = f"You have {what} “{blocks.escape(blocks.plain(alert.trouble.title))}”, {more}."
        way.say(f"You have {what} {alert.trouble.title}", [blocks.section(told)])

    def _note(self, who: Standing, what: str, subject: str, detail: str) -> None:
        self._desk.room.audit.note(self._now(), who.user, what, subject, blocks.cut(detail, 500))

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._desk.outside.clock(), UTC)

    def _today(self) -> date:
        return periods.today(self._now(), self._desk.zone)


def _allowed(who: Standing, role: str, words: str) -> None:
    if not may(who.role, role):
        raise NotAllowed(f"That is for {words}; you are {a_role(who.role)} here ([roles] of tieout.toml).")


def _read(value: str) -> tuple[str, int]:
    try:
        return alert_blocks.read_value(value)
    except ValueError:
        raise UserError("That button is not one of ours; nothing was done") from None
