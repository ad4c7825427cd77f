"""The HTTP side of the small Slack: Web API, uploads and response_urls, and what it sends to an app."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
from slack_sdk.signature import Clock, SignatureVerifier

from tests.bot.fake_slack import AFTER, FakeSlack, Fault
from tests.bot.fake_slack_methods import answer

_USES = 5  # of one response_url


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a hanging answer must not keep the end of a test waiting
    request_queue_size = 128

    def __init__(self, slack: FakeSlack) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.slack = slack

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: clients of ours go away in the middle on purpose."""


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        slack = self.server.slack
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path)
        if path.path.startswith("/upload/"):
            slack.files[path.path.rpartition("/")[2]]["content"] = body
            self._say(200, "OK", "text/plain")
        elif path.path.startswith("/response/"):
            self._respond(path.path, body)
        else:
            args = dict(parse_qsl(path.query)) | _args(self.headers.get("Content-Type", ""), body)
            self._call(path.path.rpartition("/")[2], args)

    def _respond(self, path: str, body: bytes) -> None:
        said = self.server.slack.responses[path]
        if len(said) >= _USES:
            self._say(404, "used_url", "text/plain")
        else:
            said.append(json.loads(body))
            self._say(200, "ok", "text/plain")

    def _call(self, method: str, args: Mapping[str, Any]) -> None:
        slack = self.server.slack
        with slack.lock:
            slack.calls.append((method, args))
        fault = slack.drawn(method) or Fault("")
        if fault.kind == "hang_before":
            slack.released.wait()  # and then does what it was asked, when nobody listens any more
        elif fault.kind and fault.kind not in AFTER:
            self._fail(fault)
            return
        said = answer(slack, method, args)
        if fault.kind == "hang_after":
            slack.released.wait()
        elif fault.kind in AFTER:
            self._fail(fault)
            return
        with suppress(OSError):
            self._say(200, json.dumps(said))

    def _fail(self, fault: Fault) -> None:
        if fault.kind == "throttle":
            self._say(429, json.dumps({"ok": False, "error": "ratelimited"}), retry=fault.seconds)
        elif fault.kind.startswith("html"):
            self._say(502, "<html>Bad Gateway</html>", "text/html")
        elif fault.kind == "truncate":
            self._say(200, '{"ok": tr')
        elif fault.kind.startswith("drop"):
            self.close_connection = True
            self.connection.close()
        else:
            self._say(200, json.dumps({"ok": False, "error": fault.kind}))

    def _say(self, status: int, text: str, kind: str = "application/json", retry: float = 0.0) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-OAuth-Scopes", self.server.slack.scopes)
        if retry:
            self.send_header("Retry-After", f"{retry:g}")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
        """Nothing."""


@contextmanager
def serve(slack: FakeSlack) -> Iterator[str]:
    """Serves the workspace on loopback and sets its api_url."""
    server = _Server(slack)
    slack.api_url = f"http://127.0.0.1:{server.server_port}/api/"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True, name="fake-slack")
    thread.start()
    try:
        yield slack.api_url
    finally:
        slack.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _args(kind: str, body: bytes) -> dict[str, Any]:
    if kind.startswith("application/json"):
        found = json.loads(body or b"{}")
        assert isinstance(found, dict)
        return found
    return dict(parse_qsl(body.decode(), keep_blank_values=True)) if kind.startswith("application/x-www") else {}


class AppCaller:
    """Sends to an app what Slack sends: signed commands, presses of buttons, submitted modals, events."""

    def __init__(self, slack: FakeSlack, events_url: str, signing_secret: str, clock: Clock | None = None) -> None:
        self._slack = slack
        self._url = events_url
        self._signer = SignatureVerifier(signing_secret, clock or Clock())

    def send(self, body: str, kind: str, **headers: str) -> httpx.Response:
        """Any signed body; `headers` replace those that Slack would send."""
        stamp = str(int(self._signer.clock.now()))  # read once: what is signed is what is sent
        standing = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": self._signer.generate_signature(timestamp=stamp, body=body) or "",
        }
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.post(self._url, content=body.encode(), headers=standing | given, timeout=10, trust_env=False)

    def response_url(self) -> str:
        return self._slack.api_url.replace("/api/", f"/response/{next(self._slack.numbers)}")

    def command(self, command: str, text: str, user: str = "U0ANN", channel: str = "C0ALERTS") -> httpx.Response:
        facts = {
            "command": command,
            "text": text,
            "user_id": user,
            "user_name": user.lower(),
            "channel_id": channel,
            "team_id": self._slack.team,
            "trigger_id": f"{next(self._slack.numbers)}.trigger",
            "response_url": self.response_url(),
            "api_app_id": "A0001",
        }
        return self.send(urlencode(facts), "application/x-www-form-urlencoded")

    def interact(self, payload: Mapping[str, Any]) -> httpx.Response:
        standing = {"team": {"id": self._slack.team}, "api_app_id": "A0001", "token": "x"}
        body = urlencode({"payload": json.dumps({**standing, **payload})})
        return self.send(body, "application/x-www-form-urlencoded")

    def press(
        self, action: str, value: str, user: str = "U0ANN", channel: str = "C0ALERTS", ts: str = ""
    ) -> httpx.Response:
        return self.interact(
            {
                "type": "block_actions",
                "user": {"id": user, "team_id": self._slack.team},
                "channel": {"id": channel},
                "container": {"type": "message", "channel_id": channel, "message_ts": ts},
                "message": {"ts": ts},
                "trigger_id": f"{next(self._slack.numbers)}.trigger",
                "response_url": self.response_url(),
                "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": value}],
            }
        )

    def submit(self, view: Mapping[str, Any], values: Mapping[str, Any], user: str = "U0ANN") -> httpx.Response:
        filled = {"type": "modal", **view, "state": {"values": dict(values)}}
        who = {"id": user, "team_id": self._slack.team}
        return self.interact({"type": "view_submission", "user": who, "view": filled})

    def event(self, event_id: str, event: Mapping[str, Any], **headers: str) -> httpx.Response:
        facts = {"type": "event_callback", "event_id": event_id, "team_id": self._slack.team, "event": dict(event)}
        return self.send(json.dumps(facts), "application/json", **headers)
