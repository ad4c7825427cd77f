"""The web endpoints: one table of routes over a threaded WSGI server; whatever is not in the table is not there."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from waitress import create_server, wasyncore  # type: ignore[import-untyped]  # ships no types

from bot.pages import sheet
from sync.errors import AppError, UserError

log = logging.getLogger("tieout.web")

_LARGEST = 2 * 1024 * 1024  # bytes of a request; Slack's are some kB, QuickBooks puts many changes into one
_THREADS = 24
_LOOP = 0.2  # seconds after which the server sees that it shall end
_HEADERS = (
    ("Cache-Control", "no-store"),
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    ),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
)
_REASONS = {
    200: "OK",
    302: "Found",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
}


@dataclass(frozen=True, slots=True)
class Request:
    """One request: header names in lower case, the body's raw bytes."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    query_string: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `headers` come beside those that every answer has."""

    status: int
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    headers: Sequence[tuple[str, str]] = ()


Handle = Callable[[Request], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """A path, the one method it takes (GET takes HEAD too), and what answers."""

    method: str
    path: str
    answer: Handle


def text(status: int, words: str) -> Answer:
    """A plain answer."""
    return Answer(status, f"{words}\n".encode())


def page(status: int, title: str, words: str) -> Answer:
    """A page for a person; both texts are escaped."""
    return Answer(status, sheet(title, [words]), "text/html; charset=utf-8")


class Web:
    """The WSGI application."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = {route.path: route for route in routes}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        method, path = str(environ["REQUEST_METHOD"]), str(environ.get("PATH_INFO") or "/")
        answer = self._answer(method, path, environ)
        reason = _REASONS.get(answer.status, "Other")
        headers = [("Content-Type", answer.kind), ("Content-Length", str(len(answer.body))), *_HEADERS, *answer.headers]
        start_response(f"{answer.status} {reason}", headers)
        # Neither query nor unknown paths are logged: both may hold what somebody meant to keep.
        log.info("%s %s %s", method, path if path in self._routes else "(unknown)", answer.status)
        return [b""] if method == "HEAD" else [answer.body]

    def _answer(self, method: str, path: str, environ: Mapping[str, Any]) -> Answer:
        route = self._routes.get(path)
        if route is None:
            return text(404, "There is nothing here.")
        if method != route.method and not (method == "HEAD" and route.method == "GET"):
            allowed = "GET, HEAD" if route.method == "GET" else route.method
            return Answer(405, b"Not that way.\n", headers=[("Allow", allowed)])
        body = _body(environ)
        if body is None:
            return text(413, "That is too large.")
        try:
            return route.answer(_request(method, path, environ, body))
        except UserError as fault:
            return page(400, "That did not work", str(fault))
        except AppError as fault:
            log.warning("%s failed: %s", path, fault)
            return page(503, "That did not work", str(fault))
        except Exception:
            log.exception("%s failed on our side", path)
            return text(500, "That failed on our side.")


def _body(environ: Mapping[str, Any]) -> bytes | None:
    """The body's bytes, None where it is too large; the server has read it whole already, chunked or not."""
    length = str(environ.get("CONTENT_LENGTH") or "0")
    if not length.isdigit() or int(length) > _LARGEST:
        return None
    body = environ["wsgi.input"].read(int(length))
    assert isinstance(body, bytes)  # noqa: S101  WSGI's input gives bytes
    return body


def _request(method: str, path: str, environ: Mapping[str, Any], body: bytes) -> Request:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in ("CONTENT_TYPE", "CONTENT_LENGTH")
    }
    query = str(environ.get("QUERY_STRING") or "")
    return Request(method, path, dict(parse_qsl(query, keep_blank_values=True)), headers, body, query)


@contextmanager
def serving(app: Web, host: str, port: int) -> Iterator[str]:
    """Serves until the end of the block; gives the address, whose port is a free one where `port` is 0.

    UserError where the address cannot be taken. Requests under way at the end have some seconds to finish.
    """
    sockets: dict[int, Any] = {}
    try:
        server = create_server(
            app,
            map=sockets,
            host=host,
            port=port,
            threads=_THREADS,
            ident=None,
            max_request_body_size=4 * _LARGEST,
            max_request_header_size=64 * 1024,
            channel_timeout=30,
            clear_untrusted_proxy_headers=True,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(f"HOST and PORT: {host}:{port} cannot be listened on ({reason})") from None
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            wasyncore.loop(timeout=_LOOP, map=sockets, count=1, use_poll=True)
        server.close()

    thread = threading.Thread(target=work, name="web", daemon=True)
    thread.start()
    try:
        yield _address(server)
    finally:
        ended.set()
        thread.join(8)


def _address(server: Any) -> str:
    listening = getattr(server, "effective_listen", None) or [(server.effective_host, server.effective_port)]
    host, port = listening[0]
    return f"http://[{host}]:{port}" if ":" in str(host) else f"http://{host}:{port}"
