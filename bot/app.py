"""The Slack app: registers commands, buttons, windows and events with Bolt; acknowledges first, and holds no logic."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from slack_bolt import Ack, App, BoltResponse
from slack_bolt.authorization import AuthorizeResult

from bot import modals
from bot.access import Access
from bot.conversation import Conversation
from bot.desk import Desk
from bot.presses import OPENS
from bot.slash import SLASHES
from reports import periods
from sync.errors import AppError

log = logging.getLogger("tieout.bot")

# What Slack tells us beside what people do; the manifest subscribes to these and to no others.
EVENTS = ("app_home_opened", "app_uninstalled", "subteam_members_changed", "subteam_updated", "tokens_revoked")
_EVENT_SOURCE = "slack"
_THREADS = 8

Body = Mapping[str, Any]


def build_app(desk: Desk, at_once: Executor | None = None) -> App:
    """The app of one workspace. Requests are verified by SLACK_SIGNING_SECRET, but for those of Socket Mode.

    Every listener acknowledges and hands its work to `desk.work`; what fails there fails after the acknowledgement.
    `at_once` does what must be done within three seconds, and so cannot wait behind questions for figures.
    """
    settings = desk.settings.slack
    # Bolt logs the whole body of a request whose signature is wrong.
    quiet = logging.getLogger("tieout.bolt")
    quiet.setLevel(logging.CRITICAL)
    token = settings.bot_token.reveal()
    app = App(
        logger=quiet,
        # Socket Mode checks no signature; without a secret nobody can sign.
        signing_secret=settings.signing_secret.reveal() or secrets.token_hex(),
        authorize=lambda **_: AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token),
        token_verification_enabled=False,
        # Listeners only hand on: so the answer is theirs at once, instead of Bolt's looking for it every 10 ms.
        process_before_response=True,
    )
    access = Access(desk.slack, desk.settings.roles, desk.outside.clock)
    quick = at_once or ThreadPoolExecutor(_THREADS, thread_name_prefix="window")
    _Listeners(desk, access, Conversation(desk, access), quick).register(app)
    return app


class _Listeners:
    """One method for each kind of request."""

    def __init__(self, desk: Desk, access: Access, talk: Conversation, at_once: Executor) -> None:
        self._at_once = at_once
        self._desk = desk
        self._access = access
        self._talk = talk

    def register(self, app: App) -> None:
        for slash in SLASHES:
            app.command(slash.name)(self._command)
        app.action(re.compile(r".*", re.S))(self._action)
        for callback in (modals.ACKNOWLEDGE, modals.SNOOZE, modals.SIGN_OFF):
            app.view(callback)(self._view)
        for event in EVENTS:
            app.event(event)(self._event)
        app.error(self._failed)

    def _command(self, ack: Ack, body: Body) -> None:
        self._hand_on(ack, lambda: self._talk.command(body))

    def _action(self, ack: Ack, body: Body) -> None:
        if body["actions"][0].get("action_id") in OPENS:
            self._at_once.submit(self._talk.pressed, body)
            ack()
        else:
            self._hand_on(ack, lambda: self._talk.pressed(body))

    def _view(self, ack: Ack, body: Body) -> None:
        faults = self._faults(body)
        if faults:
            ack(response_action="errors", errors=faults)
        else:
            self._hand_on(ack, lambda: self._talk.submitted(body))

    def _faults(self, body: Body) -> dict[str, str]:
        """What is wrong in a filled window, told from it alone; the day is the earliest that it may be anywhere."""
        if body["view"].get("callback_id") != modals.ACKNOWLEDGE:
            return {}
        anywhere = periods.today(self._desk.outside.now(), "UTC") - timedelta(days=1)
        return modals.read_acknowledge(body["view"], "", anywhere)[1]

    def _event(self, ack: Ack, body: Body) -> None:
        self._hand_on(ack, lambda: self._heard(body))

    def _heard(self, body: Body) -> None:
        """An event, once: Slack delivers one again where it saw no acknowledgement."""
        event, id_ = body.get("event") or {}, str(body.get("event_id") or "")
        if id_ and not self._desk.room.seen.first_time(_EVENT_SOURCE, id_, self._desk.outside.clock()):
            return
        kind = event.get("type")
        if kind == "app_home_opened" and event.get("tab", "home") == "home":
            self._talk.opened(str(event.get("user") or ""))
        elif kind in ("subteam_members_changed", "subteam_updated"):
            self._access.forget_groups()
        elif kind in ("tokens_revoked", "app_uninstalled"):
            log.error("Slack says %s: install the app again and set SLACK_BOT_TOKEN", kind)

    def _hand_on(self, ack: Ack, work: Callable[[], None]) -> None:
        try:
            self._desk.work(work)
        except AppError as fault:  # too many are waiting, or Tieout is being stopped
            log.warning("%s", fault)
            ack(str(fault))
            return
        ack()

    def _failed(self, error: Exception) -> BoltResponse:
        """The last net: a fault of ours in a listener is logged, and Slack still gets its acknowledgement."""
        log.error("a request of Slack's failed on our side", exc_info=error)
        return BoltResponse(status=200, body="")
