"""GET /connect: the page from which a person connects everything, and sees what is connected already."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from bot.pages import Line, sheet
from bot.web import Answer, Request, Route

_FRESH = 60.0  # seconds; whoever reloads the page does not spend calls to the two systems


@dataclass
class ConnectPage:
    """`look` asks the two systems and Slack; anybody may open the page, so it names no company and no figure."""

    look: Callable[[], Sequence[Line]]
    clock: Callable[[], float]
    _known: tuple[float, Sequence[Line]] = (0.0, ())
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def routes(self) -> Iterable[Route]:
        return (Route("GET", "/connect", self.show),)

    def show(self, request: Request) -> Answer:
        """How each of the three stands, with a button to Intuit's consent."""
        lines = () if request.method == "HEAD" else self._lines()
        words = ["Tieout reads Cin7 Core and QuickBooks Online and speaks in Slack. This is how each of them stands."]
        body = sheet("Connect Tieout", words, lines, ("Connect QuickBooks Online", "/qbo/connect"))
        return Answer(200, body, "text/html; charset=utf-8")

    def forget(self) -> None:
        """Something was connected: the next look is a fresh one."""
        with self._lock:
            self._known = (0.0, ())

    def _lines(self) -> Sequence[Line]:
        with self._lock:  # others wait for the one look instead of asking too
            if self.clock() >= self._known[0]:
                self._known = (self.clock() + _FRESH, tuple(self.look()))
            return self._known[1]
