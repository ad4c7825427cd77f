"""Socket Mode: Slack's requests by a connection that we open, so that no public address is needed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient

from sync.settings import SlackSettings

log = logging.getLogger("tieout.slack")

_quiet = logging.getLogger("tieout.slack.socket")
_quiet.setLevel(logging.CRITICAL)  # the SDK logs addresses that hold a ticket; what matters is in our own words
_AT_ONCE = 50  # requests that are acknowledged side by side
_AGAIN = 5.0  # seconds between two tries to connect
_LOST = 60.0  # seconds without a connection after which the process counts as ill


class SocketLink:
    """The connection; it is opened in the background, and opened anew whenever it is lost."""

    def __init__(self, app: App, slack: SlackSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._handler = SocketModeHandler(
            app,
            slack.app_token.reveal(),
            logger=_quiet,
            web_client=WebClient(base_url=slack.api_url, timeout=20, logger=_quiet),
            concurrency=_AT_ONCE,
        )
        self._seen = clock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="socket", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Takes no request any more; those that were taken are answered on."""
        self._ended.set()
        # Waits for its own workers, so not in our thread: the end of the process does not wait for them.
        threading.Thread(target=self._handler.close, name="socket-end", daemon=True).start()

    def alive(self) -> bool:
        """False where there has been no connection for a minute; short breaks are normal."""
        return self._clock() - self._seen < _LOST

    def _keep(self) -> None:
        connected = False
        while not self._ended.is_set():
            try:
                if not connected:
                    self._handler.connect()  # type: ignore[no-untyped-call]
                    log.info("connected to Slack by Socket Mode")
                    connected = True
                if self._handler.client.is_connected():  # the client connects anew by itself from here on
                    self._seen = self._clock()
            except Exception as fault:
                log.warning("Slack could not be reached by Socket Mode (%s)", type(fault).__name__)
            self._ended.wait(_AGAIN)
