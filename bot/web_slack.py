"""Slack on the web: the one address that takes every signed request, and hands it to the Bolt app."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from slack_bolt import App, BoltRequest

from bot.web import Answer, Request, Route, text

log = logging.getLogger("tieout.web")


class SlackEvents:
    """POST /slack/events."""

    def __init__(self, app: App) -> None:
        self._app = app

    def routes(self) -> Iterable[Route]:
        return (Route("POST", "/slack/events", self.take),)

    def take(self, request: Request) -> Answer:
        """What the app answers; 401 for whatever Slack did not sign.

        What a listener raises after all is acknowledged too: Slack would show the person its own failure line, or
        deliver an event again that was seen already.
        """
        # Bolt takes the header for a number and fails on anything else.
        if not request.headers.get("x-slack-request-timestamp", "").isdigit():
            return text(401, "The signature does not fit.")
        try:
            body = request.body.decode()
        except UnicodeDecodeError:
            return text(400, "That is not UTF-8.")
        found = self._app.dispatch(BoltRequest(body=body, query=request.query_string, headers=dict(request.headers)))
        if found.status >= 500:
            log.error("a listener of Slack's requests failed on our side")
            return Answer(200)
        kind = (found.headers.get("content-type") or ["text/plain; charset=utf-8"])[0]
        return Answer(found.status, (found.body or "").encode(), kind)
