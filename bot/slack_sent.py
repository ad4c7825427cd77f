"""One call of the Slack SDK: made once, and what went wrong put into our own words."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable
from typing import Any
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.slack_faults import SlackUnreachable, SlackUnsure, from_answer


def sent(method: str, send: Callable[[], Any]) -> Any:
    """What `send` gives; else a SlackFault, in whose words there is neither token nor address."""
    try:
        return send()
    except SlackApiError as error:
        answer = error.response
        raise from_answer(method, answer.status_code, answer.data, answer.headers) from None
    except URLError as error:
        # Refused, or no such host: no byte was sent. Anything else may have happened after the request had left.
        if isinstance(error.reason, (ConnectionRefusedError, socket.gaierror)):
            raise SlackUnreachable(f"Slack could not be reached ({type(error.reason).__name__})") from None
        raise SlackUnsure(f"Slack gave no answer to {method} ({type(error.reason).__name__})") from None
    except (OSError, http.client.HTTPException, SlackClientError, ValueError) as error:
        raise SlackUnsure(f"Slack gave no answer to {method} ({type(error).__name__})") from None
