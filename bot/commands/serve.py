"""`tieout serve`: the bot, the schedule and the web endpoints, until it is told to stop."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

from bot.deps import Deps
from bot.replies import DONE, Reply
from bot.words import Parser

if TYPE_CHECKING:
    from bot.pages import Line
    from bot.service import Service

_TURN = 0.001  # seconds of one thread's turn: an acknowledgement waits for a turn of each answer in the making
_LONGEST = 9.0  # seconds from the signal to the end, whatever hangs


@dataclass(frozen=True, slots=True)
class Request:
    """All of it."""


def arguments(parser: Parser) -> None:
    """None of its own."""


def parse(args: argparse.Namespace) -> Request:
    return Request()


def run(request: Request, deps: Deps) -> Reply:
    from bot.app import build_app
    from bot.service import Service
    from bot.socket_mode import SocketLink
    from bot.web import Web, serving
    from bot.web_connect import ConnectPage
    from bot.web_slack import SlackEvents

    settings, told = deps.settings, threading.Event()
    with ExitStack() as stack:
        stack.enter_context(_told(told))
        sys.setswitchinterval(_TURN)
        service = Service(settings, deps.outside, deps.answer, deps.phrases)
        app = build_app(service)
        link = SocketLink(app, settings.slack) if settings.slack.app_token else None
        slack = () if link else SlackEvents(app).routes()
        parts = {"sync messages": service.syncs.alive} | ({"slack": link.alive} if link else {})
        page = ConnectPage(lambda: _standing(service), deps.outside.clock)
        routes = service.room.routes(
            lambda: closing(service.connection()), (*slack, *page.routes()), parts, page.forget
        )
        address = stack.enter_context(serving(Web(routes), settings.host, settings.port))
        stack.callback(service.stop)
        service.start()
        if link:
            link.start()
            stack.callback(link.stop)
        deps.tell(f"Tieout serves at {address}, Slack by {'Socket Mode' if link else 'signed HTTP'}.")
        told.wait()
        deps.tell("Tieout is stopping.")
    _end_within(1.0)
    return Reply("Stopped.", {"schema": "tieout/serve/1", "status": "stopped"}, DONE)


def _standing(service: Service) -> list[Line]:
    from bot.standing import standing

    with service.deps() as deps:
        return standing(deps)


def _end_within(seconds: float) -> None:
    """Threads that wait for an answer of a vendor would hold the process for a minute; nothing is lost with them."""
    if threading.current_thread() is threading.main_thread():
        last = threading.Timer(seconds, os._exit, (0,))
        last.daemon = True
        last.start()


@contextmanager
def _told(told: threading.Event) -> Iterator[None]:
    """Sets `told` at SIGTERM or Ctrl-C, and sees to it that the process has ended soon after."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        if told.is_set():
            os._exit(0)
        told.set()
        _end_within(_LONGEST)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
