"""Loopback HTTP: one thread for each connection, requests in, answers out; knows nothing about either vendor."""

from __future__ import annotations

import select
import socket
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


class Wire(Enum):
    """How an answer travels: whole, cut in the middle of its body, reset without a byte, or never."""

    WHOLE = "whole"
    CUT = "cut"
    RESET = "reset"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it arrived: `headers` in lower case, `in_flight` requests being served, this one included."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""
    at: float = 0.0
    in_flight: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """One response; `delay` and `hold` (the longest silence) are seconds."""

    status: int
    body: bytes = b""
    content_type: str = "application/json;charset=UTF-8"
    headers: tuple[tuple[str, str], ...] = field(default=())
    wire: Wire = Wire.WHOLE
    delay: float = 0.0
    hold: float = 300.0


class LoopbackServer(ThreadingHTTPServer):
    """Serves `app` on a free port of 127.0.0.1 until `stop`; what breaks inside `app` is kept in `broken`."""

    daemon_threads = False  # server_close joins them, so that no socket outlives the server
    request_queue_size = 256

    def __init__(self, app: Callable[[Call], Answer], clock: Callable[[], float], latency: float) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.app = app
        self.clock = clock
        self.latency = latency
        self.closing = threading.Event()
        self.broken: list[str] = []
        self._lock = threading.Lock()
        self._in_flight = 0
        self._open: set[socket.socket] = set()
        self._reset: set[socket.socket] = set()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends all conversations, also those that are silent on purpose, and waits for their threads."""
        self.closing.set()
        self.shutdown()
        self._thread.join()
        with self._lock:
            waiting = list(self._open)
        for connection in waiting:
            _hang_up(connection)
        self.server_close()

    def entered(self, step: int) -> int:
        with self._lock:
            self._in_flight += step
            return self._in_flight

    def will_reset(self, connection: socket.socket) -> None:
        with self._lock:
            self._reset.add(connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
            abrupt = request in self._reset
            self._reset.discard(request)
        if abrupt:
            # Lingering for zero seconds makes close() send RST instead of FIN.
            request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves early is no fault of ours; anything else is kept."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):
            self.broken.append(f"conversation: {type(error).__name__}: {error}")


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the client was faster


class _Conversation(BaseHTTPRequestHandler):
    """One keep-alive connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: LoopbackServer

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that http.server gave it
        """Nothing is written: the practice company is silent."""

    def _serve(self) -> None:
        in_flight = self.server.entered(1)
        try:
            call = self._call(in_flight)
            try:
                answer = self.server.app(call)
            except Exception as error:
                self.server.broken.append(f"{call.method} {call.path}: {type(error).__name__}: {error}")
                answer = Answer(500, f"practice company: {type(error).__name__}: {error}".encode(), "text/plain")
            if self.server.latency + answer.delay > 0:
                self.server.closing.wait(self.server.latency + answer.delay)
        finally:
            self.server.entered(-1)
        self._send(answer)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _serve  # noqa: N815 - names that http.server asks for

    def _call(self, in_flight: int) -> Call:
        parts = urlsplit(self.path)
        size = int(self.headers.get("Content-Length") or 0)
        return Call(
            method=self.command,
            path=parts.path,
            params=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(size) if size else b"",
            at=self.server.clock(),
            in_flight=in_flight,
        )

    def _send(self, answer: Answer) -> None:
        if answer.wire is Wire.SILENT:
            self._stay_silent(answer.hold)
        if answer.wire in (Wire.RESET, Wire.SILENT):
            self.close_connection = True
            self.server.will_reset(self.connection)
            return
        head = [
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
            f"Content-Type: {answer.content_type}",
            f"Content-Length: {len(answer.body)}",
            *(f"{name}: {value}" for name, value in answer.headers),
        ]
        body = b"" if self.command == "HEAD" else answer.body
        if answer.wire is Wire.CUT:
            body = body[: max(len(body) // 2, 0)]
            self.close_connection = True
        self.wfile.write("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body)

    def _stay_silent(self, longest: float) -> None:
        ends = int(longest / 0.05)
        for _ in range(ends):
            if self.server.closing.wait(0.0):
                return
            readable, _, _ = select.select([self.connection], [], [], 0.05)
            if readable:  # the client hung up, or sent more than it may: either way it is over
                return
