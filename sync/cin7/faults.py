"""What an answer of Cin7 Core is worth: pure, from status and body to a verdict."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sync.cin7.wire import SYSTEM, decode
from sync.errors import AuthExpired, RateLimited, Rejected, Unavailable
from sync.transport import Answer, Refused, Throttled, Unusable, Usable, Verdict, seconds_asked

# Throttling came as 429, as 503, and with other statuses and this text (Cin7 docs: API limits; live notes of
# antonhill/cin7core-feeder), so the text counts whatever the status is. Answers with rows are longer.
_THROTTLED = re.compile(r"reached \d+ calls per", re.IGNORECASE)
# What an unknown path answers, with HTTP 200 (antonhill/cin7core-feeder): it may pass, but mostly does not.
_NO_PAGE = re.compile(r"page not found", re.IGNORECASE)
_NO_PAGE_TRIES = 3
_SHORT = 2000
_SHOWN = 200
_KEYS = "Check CIN7_ACCOUNT_ID and CIN7_APPLICATION_KEY (Cin7: Integrations & API > API)."


def judge(answer: Answer) -> Verdict:
    """Usable with its JSON read, or what to do about it; the errors name the path, never the access."""
    short = answer.body[:_SHORT].decode("utf-8", "replace") if len(answer.body) <= _SHORT else ""
    if answer.status in (429, 503) or _THROTTLED.search(short):
        return _throttled(answer)
    if answer.status in (401, 403):
        return _no_access()
    if 300 <= answer.status < 400:
        return Refused(_rejected(answer, "it redirects elsewhere. Check CIN7_BASE_URL"))
    if answer.status >= 500 or answer.status == 408:
        return _unusable(answer, f"HTTP {answer.status}")
    try:
        value = decode(answer.body)
    except (ValueError, RecursionError):
        if answer.status >= 400:
            return Refused(_rejected(answer, f"HTTP {answer.status}"))
        return _unusable(answer, _kind_of_body(answer), _NO_PAGE_TRIES if _NO_PAGE.search(short) else 0)
    fault = _fault(value)
    if fault:
        return _by_code(answer, fault)
    if answer.status != 200:
        return Refused(_rejected(answer, f"HTTP {answer.status}"))
    return Usable(value)


def _by_code(answer: Answer, fault: Mapping[str, object]) -> Verdict:
    """An error object, which comes with HTTP 200 too; its own code says more than the status."""
    code, words = _code(fault), _words(fault)
    if code in (429, 503) or _THROTTLED.search(words):
        return _throttled(answer)
    if code in (401, 403):
        return _no_access()
    if code is not None and code >= 500:
        return _unusable(answer, f"error {code}: {words}")
    return Refused(_rejected(answer, words, code))


def _fault(value: object) -> Mapping[str, object] | None:
    """The error object of a body: itself or the first of a list, with ErrorCode and Exception (Cin7 docs: errors)."""
    first = value[0] if isinstance(value, list) and value else value
    if isinstance(first, dict) and {"errorcode", "exception"} <= {str(key).strip().lower() for key in first}:
        return {str(key).strip().lower(): item for key, item in first.items()}
    return None


def _code(fault: Mapping[str, object]) -> int | None:
    code = fault.get("errorcode")
    return int(str(code)) if str(code).isdigit() else None


def _words(fault: Mapping[str, object]) -> str:
    return " ".join(str(fault.get("exception") or "").split())[:_SHOWN] or "no reason given"


def _throttled(answer: Answer) -> Throttled:
    return Throttled(
        RateLimited("Cin7 kept refusing calls because too many were made. Try again later.", system=SYSTEM),
        seconds_asked(answer.headers.get("retry-after")),
    )


def _no_access() -> Refused:
    return Refused(AuthExpired(f"Cin7 refused the access keys. {_KEYS}", system=SYSTEM))


def _unusable(answer: Answer, why: str, most: int = 0) -> Unusable:
    return Unusable(Unavailable(f"Cin7 gave no usable answer to {answer.path} ({why})", system=SYSTEM), most)


def _rejected(answer: Answer, why: str, code: int | None = None) -> Rejected:
    return Rejected(f"Cin7 refused {answer.path}: {why}", system=SYSTEM, status=answer.status, code=code)


def _kind_of_body(answer: Answer) -> str:
    start = answer.body[:64].lstrip().lower()
    if not start:
        return f"an empty body with HTTP {answer.status}"
    return "a page instead of data" if start.startswith(b"<") else "data that breaks off or is not JSON"
