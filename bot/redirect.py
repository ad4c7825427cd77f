"""Waits for the one redirect that ends a consent at Intuit: caught on loopback, or pasted by the person."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TextIO, TypeVar
from urllib.parse import SplitResult, parse_qsl, urlsplit

from bot.pages import sheet
from sync.errors import AppError, UserError
from sync.settings.values import is_loopback

PATIENCE = 600.0  # seconds; Intuit's code lives for a few minutes after the person has said yes
Answer = TypeVar("Answer")
Judge = Callable[[Mapping[str, str]], Answer]


def catchable(uri: str) -> bool:
    """True where the redirect arrives at this machine, so that a server here can take it."""
    parts = urlsplit(uri)
    return parts.scheme == "http" and is_loopback(parts.hostname or "")


@contextmanager
def redirects(uri: str, judge: Judge[Answer], typed: TextIO | None) -> Iterator[Callable[[float], Answer]]:
    """Gives a function that waits (seconds) for the redirect to `uri` and returns what `judge` made of its query.

    It is caught by a server on the address of `uri` where that is this machine, and read from the first line
    of `typed` where that is given. An error of the judge ends the wait, but for a request that the browser was
    sent here with a foreign state (a UserError): that one is refused, and the wait goes on. A timeout, or an
    address that is taken, is a UserError.
    """
    found: queue.Queue[Answer | AppError] = queue.Queue()
    with ExitStack() as stack:
        if catchable(uri):
            stack.enter_context(_listening(urlsplit(uri), judge, found, must=typed is None))
        elif typed is None:
            raise UserError(f"{uri} does not lead to this machine. Run: tieout connect --no-browser")

        def wait(seconds: float) -> Answer:
            if typed is not None:
                paste = partial(_read_line, typed, judge, found, must=not catchable(uri))
                threading.Thread(target=paste, daemon=True, name="paste").start()
            try:
                answer = found.get(timeout=seconds)
            except queue.Empty:
                raise UserError(f"Nothing came back from Intuit within {seconds:.0f} s. Run: tieout connect") from None
            if isinstance(answer, AppError):
                raise answer
            return answer

        yield wait


class _Server(ThreadingHTTPServer):
    # Browsers open connections that they may never use; such a one must not keep the end waiting.
    block_on_close = False


@contextmanager
def _listening(
    uri: SplitResult, judge: Judge[Answer], found: queue.Queue[Answer | AppError], *, must: bool
) -> Iterator[None]:
    class Page(BaseHTTPRequestHandler):
        """Answers the browser in words, and keeps quiet in the log: the query holds the code."""

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            if asked.path != uri.path:
                self._say(404, "Nothing here", "There is nothing here.")
                return
            answer = _judged(judge, dict(parse_qsl(asked.query)))
            if isinstance(answer, AppError):
                self._say(400, "QuickBooks is not connected", str(answer))
            else:
                self._say(200, "Intuit's answer has arrived", "You may close this window and go back to the terminal.")
            if not isinstance(answer, UserError):
                found.put(answer)

        def _say(self, status: int, title: str, words: str) -> None:
            body = sheet(title, [words])
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
            """Nothing: the request line holds the code."""

    try:
        server = _Server((_host(uri), uri.port or 80), Page)
    except OSError as error:
        if must:
            raise UserError(f"{uri.netloc} is taken ({error.strerror}). Run: tieout connect --no-browser") from None
        yield
        return
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True, name="redirect")
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _host(uri: SplitResult) -> str:
    # A browser may take localhost for ::1 first; it then falls back to 127.0.0.1.
    return "127.0.0.1" if uri.hostname in (None, "localhost") else str(uri.hostname)


def _read_line(typed: TextIO, judge: Judge[Answer], found: queue.Queue[Answer | AppError], *, must: bool) -> None:
    line = next((line.strip() for line in typed if line.strip()), "")
    if line:
        found.put(_judged(judge, dict(parse_qsl(urlsplit(line).query))))
    elif must:
        found.put(UserError("No address was pasted. Run: tieout connect"))


def _judged(judge: Judge[Answer], query: Mapping[str, str]) -> Answer | AppError:
    try:
        return judge(query)
    except AppError as error:
        return error
