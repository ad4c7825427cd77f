"""Slack's commands at a prompt: the same router and the same replies, without a workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot import asking, router
from bot.commands import sync
from bot.desk import SyncTicket
from bot.replies import Reply
from bot.slash.forms import CONTROLLER, Ask
from sync.domain.alerts import Alert
from sync.domain.letters import Enclosure

if TYPE_CHECKING:
    from bot.service import Service
    from sync.pull import Wants

_ME = "you"


class AtPrompt:
    """Answers lines like `/cogs last-week`; whoever sits here may do everything."""

    def __init__(self, service: Service, folder: Path, tell: Callable[[str], None]) -> None:
        """`service` is not started: a sync runs while the person waits. Files of an answer are written to `folder`."""
        self._service = service
        self._folder = folder
        self._tell = tell

    def answer(self, line: str) -> str:
        """What is said to a line; what the buttons of the answer would ask stands below it."""
        command, text = router.split(line)
        with self._service.deps() as deps:
            reply = router.answer(command, text, Ask(deps, self, _ME, CONTROLLER))
        return "\n".join([reply.text, *map(self._written, reply.files), *_next(reply)])

    def _written(self, file: Enclosure) -> str:
        path = self._folder / Path(file.name).name
        try:
            path.write_bytes(file.content)
        except OSError as error:
            return f"{path} cannot be written ({error.strerror})."
        return f"Written: {path}"

    @property
    def zone(self) -> str:
        return self._service.zone

    def alerts(self) -> Sequence[Alert]:
        return self._service.room.alerts.unresolved()

    def upcoming(self) -> Sequence[tuple[str, datetime]]:
        return self._service.upcoming()

    def start_sync(self, wants: Wants | None, user: str, channel: str) -> SyncTicket:
        """A sync that is over when this returns; what its message in Slack would say at last is told first."""
        report = self._service.sync_now(wants, user)
        self._tell(sync.to_text(report))
        return SyncTicket(report.run, False, user, report.started_at)


def _next(reply: Reply) -> Iterator[str]:
    buttons = [each for block in reply.blocks if block["type"] == "actions" for each in block["elements"]]
    questions = [each for each in buttons if str(each["action_id"]).startswith(f"{asking.ASK}:")]
    width = max((len(each["text"]["text"]) for each in questions), default=0)
    if questions:
        yield "\nAsk on (in Slack these are buttons):"
    for each in questions:
        yield f"  {each['text']['text']:<{width}}  {each['value']}"
