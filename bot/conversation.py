"""What happens after an acknowledgement: commands, clicks and filled windows are answered, each inside one guard."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot import asking, blocks, router
from bot.access import Access, Refused, Standing
from bot.blocks import home as home_blocks
from bot.blocks import stock as stock_blocks
from bot.commands import status
from bot.desk import Desk, SyncTicket
from bot.engine_room import connect_url
from bot.presses import Presses
from bot.replies import Reply, error_reply
from bot.slack_faults import SlackFault, SlackUnsure
from bot.slash.forms import Ask
from bot.slash.stock import command_of
from bot.way import Way
from sync.domain.alerts import Alert
from sync.errors import AppError, UserError

if TYPE_CHECKING:
    from sync.pull import Wants

log = logging.getLogger("tieout.bot")

Body = Mapping[str, Any]


class Conversation:
    """Answers people of one workspace; every method is called in a worker, after the acknowledgement, and raises
    nothing."""

    def __init__(self, desk: Desk, access: Access) -> None:
        self._desk = desk
        self._access = access
        self._presses = Presses(desk)

    def command(self, body: Body) -> None:
        """A slash command that was typed."""
        way = self._way(body["user_id"], body.get("channel_id"), body.get("response_url"))
        with self._guard(way):
            standing = self._access.standing(way.user, way.channel)
            command, text = str(body["command"]), str(body.get("text") or "")
            way.reply(self._answer(command, text, standing, way.channel))
            self._note(way.user, "asked", command, text)

    def pressed(self, body: Body) -> None:
        """A button, or a choice in a menu."""
        action = body["actions"][0]
        way = self._way(body["user"]["id"], (body.get("channel") or {}).get("id"), body.get("response_url"))
        with self._guard(way):
            standing = self._access.standing(way.user, way.channel)
            name, value = str(action["action_id"]), str(action.get("value") or "")
            if name == asking.SHARE:
                self._share(way, standing, value, body)
            elif name.startswith(f"{asking.ASK}:"):
                self._asked_on(way, standing, value)
            elif name == stock_blocks.PICK:
                self._asked_on(way, standing, _picked(action))
            else:
                self._presses.pressed(way, standing, name, value, str(body.get("trigger_id") or ""))

    def submitted(self, body: Body) -> None:
        """A window that was filled and is valid in itself."""
        view = body["view"]
        user = str(body["user"]["id"])
        with self._guard(self._way(user, self._presses.channel_of(view), None)) as way:
            self._presses.submitted(way, self._access.standing(user, way.channel), view)

    def opened(self, user: str) -> None:
        """App Home was opened."""
        with self._guard(self._way(user, None, None)):
            try:
                standing = self._access.standing(user)
            except Refused as refused:
                self._desk.slack.publish_home(user, home_blocks.refusal(str(refused)))
                return
            self._desk.slack.publish_home(user, home_blocks.view(self._facts(standing)))

    def _facts(self, standing: Standing) -> home_blocks.Facts:
        settings, room = self._desk.settings, self._desk.room
        with self._desk.deps() as deps:
            document = status.run(status.Request(), deps).document
        return home_blocks.Facts(
            user=standing.user,
            role=standing.role,
            status=document,
            broken=room.health.broken(),
            connect_url=connect_url(settings.qbo.redirect_uri),
            connected={"cin7": bool(settings.cin7.account_id), "qbo": bool(settings.qbo.realm_id)},
            alerts=room.alerts.unresolved(),
            upcoming=self._desk.upcoming(),
        )

    def _answer(self, command: str, text: str, standing: Standing, channel: str) -> Reply:
        with self._desk.deps() as deps:
            service = _Service(self._desk)
            ask = Ask(deps, service, standing.user, standing.role, channel, standing.unseen, standing.name)
            return router.answer(command, text, ask)

    def _asked_on(self, way: Way, standing: Standing, value: str) -> None:
        """The next question: what a button carries is read, and looked at, like what is typed."""
        command, text = router.split(value)
        way.reply(self._answer(command, text, standing, way.channel))
        self._note(way.user, "asked", command, text)

    def _share(self, way: Way, standing: Standing, value: str, body: Body) -> None:
        """Posts an answer for all who read the channel, once for each answer."""
        if not way.channel:
            raise UserError("There is no channel to share it in")
        self._access.may_share(way.channel)
        command, text = router.split(value)
        reply = self._answer(command, text, standing, way.channel)
        if reply.failed or not reply.again:
            way.reply(reply)
            return
        answer = str((body.get("container") or {}).get("message_ts") or "")
        if answer and not self._desk.room.seen.first_time("share", f"{way.channel}:{answer}:{value}", self._now()):
            raise UserError("That answer was shared already.")
        self._post(way, reply)
        self._note(way.user, "shared", way.channel, value)

    def _post(self, way: Way, reply: Reply) -> None:
        by = blocks.context(f"Shared by {blocks.mention(way.user)} · `{blocks.escape(reply.again)}`")
        told, left_out = blocks.fitted([*_public(reply), by])
        try:
            ts = self._desk.slack.post(way.channel, blocks.one_line(reply.line or reply.text), told)
        except SlackUnsure as fault:
            raise UserError(f"{fault}. It may be in the channel; look before you share it again.") from None
        except SlackFault as fault:
            raise UserError(f"It could not be shared: {fault}. Then ask again, and share the new answer.") from None
        for file in way.enclosed(reply, left_out):
            way.give(file, way.channel, ts)

    @contextmanager
    def _guard(self, way: Way) -> Iterator[Way]:
        """The one net: whatever goes wrong inside becomes words for the person."""
        try:
            yield way
        except Exception as error:
            self._sorry(way, error_reply(error))

    def _sorry(self, way: Way, reply: Reply) -> None:
        try:
            way.say(reply.text, [blocks.said(reply.text)])
        except AppError as fault:
            log.warning("%s could not be answered: %s", way.user, fault)
        except Exception:
            log.exception("%s could not be answered", way.user)

    def _note(self, who: str, what: str, subject: str, detail: str) -> None:
        at = datetime.fromtimestamp(self._now(), UTC)
        self._desk.room.audit.note(at, who, what, subject, blocks.cut(detail, 500))

    def _now(self) -> float:
        return self._desk.outside.clock()

    def _way(self, user: object, channel: object, url: object) -> Way:
        return Way(self._desk.slack, str(user), str(channel or ""), str(url or ""))


@dataclass(frozen=True, slots=True)
class _Service:
    """What commands may ask of the running service."""

    desk: Desk

    @property
    def zone(self) -> str:
        return self.desk.zone

    def alerts(self) -> Sequence[Alert]:
        return self.desk.room.alerts.unresolved()

    def upcoming(self) -> Sequence[tuple[str, datetime]]:
        return self.desk.upcoming()

    def start_sync(self, wants: Wants | None, user: str, channel: str) -> SyncTicket:
        return self.desk.start_sync(wants, user, channel)


def _picked(action: Body) -> str:
    """The command that a choice in the menu of products stands for."""
    chosen = str((action.get("selected_option") or {}).get("value") or "")
    if not chosen:
        raise UserError("Nothing was chosen")
    block, location = str(action.get("block_id") or ""), ""
    if block.startswith("at:"):
        location = block.removeprefix("at:")
    return command_of(chosen, location)


def _public(reply: Reply) -> list[blocks.Block]:
    """A reply's blocks for everybody: the buttons of the next questions stay, those of one person do not."""
    told = []
    for block in reply.blocks or [blocks.said(reply.text)]:
        if block["type"] != "actions":
            told.append(dict(block))
            continue
        kept = [each for each in block["elements"] if each["action_id"] not in (asking.SHARE, asking.SIGN_OFF)]
        told += [{**block, "elements": kept}] if kept else []
    return told
