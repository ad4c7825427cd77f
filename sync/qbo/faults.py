"""What QuickBooks Online's answers are worth: its five forms of fault, and the table from code to verdict; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any
from xml.etree import ElementTree  # only for recognising a fault

from sync.errors import (
    AuthExpired,
    QuotaSpent,
    RateLimited,
    Rejected,
    TooLarge,
    Unavailable,
    UnexpectedPayload,
    UpstreamError,
)
from sync.qbo.reports import NotWhole, read_report
from sync.qbo.wire import NAME, SYSTEM, decode
from sync.transport import Answer, Refused, Throttled, Unauthorised, Unusable, Usable, Verdict, seconds_asked

_RECONNECT = "Reconnect: run tieout connect"
_THROTTLE_SECONDS = 60.0  # Intuit docs, "Limits and throttles": wait 60 seconds after a 429
_PATIENT_SECONDS = 180.0
_MONTHLY = re.compile(r"month|quota|meter(?:ed|ing)|core\s?plus", re.IGNORECASE)
_CODE_IN_TEXT = re.compile(r"errorCode=0*(\d+)")
_NUMBER = re.compile(r"^0*(\d+)$")
_SHOWN = 300
_DETAIL_REPORTS = ("reports/GeneralLedger", "reports/TransactionList")

_EXPIRED = 3200
_FORBIDDEN = 3100
_THROTTLED = 3001
_NOT_FOUND = 610
_TIMED_OUT = 6002
_TOO_MANY_ROWS = 10100
# Intuit docs, "Error codes": the ones that are no mistake of the request.
_LOST_ACCESS = frozenset({120, _FORBIDDEN, 5020})
_PASSING = frozenset({130, 140, 150, _TIMED_OUT, 10000})
_ADVICE = {
    6190: "The QuickBooks subscription has lapsed: renew it in QuickBooks.",
    10200: "The QuickBooks company was reset. Run: tieout sync --full",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its code as a number (padding zeros removed; None where it has none) and its words."""

    code: int | None
    message: str
    detail: str = ""
    type: str = ""

    def words(self) -> str:
        told = f"{self.message}: {self.detail}" if self.detail and self.detail != self.message else self.message
        return f"{told[:_SHOWN]} (code {self.code})" if self.code is not None else told[:_SHOWN]


def judge(answer: Answer) -> Verdict:
    """What an answer of the API is worth; a usable one carries its JSON object, or the Report that it is."""
    request_id = answer.headers.get("intuit_tid", "")
    if answer.status < 300 and "/reports/" in answer.path:
        return _judge_report(answer, request_id)
    value = _json(answer.body)
    fault = read_fault(value) or _xml_fault(answer.body)
    if fault is not None or answer.status >= 300:
        return judge_fault(fault, answer.status, answer, request_id)
    if value is _NO_JSON:
        return Unusable(_unavailable(f"an answer that is no JSON ({_begin(answer.body)})", request_id))
    if not isinstance(value, dict):
        words = f"{NAME}: the answer to {answer.path} is a {type(value).__name__}, not an object."
        return Refused(UnexpectedPayload(words, system=SYSTEM, request_id=request_id))
    return Usable(value)


def judge_fault(fault: Fault | None, status: int, answer: Answer, request_id: str) -> Verdict:
    """The verdict on a fault, or on a status that tells of one; of a batch's item too, whose status is 200."""
    code = fault.code if fault else None
    words = fault.words() if fault else f"HTTP {status} ({_begin(answer.body)})"
    if code == _EXPIRED or status == 401:
        return Unauthorised(_auth(f"{NAME} refused the access token: {words}", request_id))
    if code == _THROTTLED or status == 429:
        return _throttled(words, answer, request_id)
    if "/reports/" in answer.path and (code == _TOO_MANY_ROWS or (code == _TIMED_OUT and _detailed(answer))):
        return Refused(TooLarge(f"{NAME}: {words}", system=SYSTEM, request_id=request_id))
    # 3100 with HTTP 500 passes by itself (python-quickbooks#106); with 403 the app has no access.
    if code in _PASSING or (status >= 500 and not (fault and fault.type.lower() == "validationfault")):
        asked = seconds_asked(answer.headers.get("retry-after"))
        error = _unavailable(words, request_id)
        return Throttled(error, asked) if status == 503 and asked is not None else Unusable(error)
    if code in _LOST_ACCESS or status == 403:
        return Refused(_auth(f"{NAME} does not let this connection read the company: {words}", request_id))
    if status in (408, 425):
        return Unusable(_unavailable(words, request_id))
    told = _ADVICE.get(code or 0, f"{NAME} refused the request: {words}")
    return Refused(Rejected(told, system=SYSTEM, request_id=request_id, status=status, code=code))


def read_fault(value: object) -> Fault | None:
    """The fault in a JSON value, in the service's, the gateway's or the OAuth host's form; None where there is none."""
    if not isinstance(value, Mapping):
        return None
    inner = value.get("QueryResponse")
    for holder in (value, inner if isinstance(inner, Mapping) else {}):
        for key, entries in (("Fault", "Error"), ("fault", "error")):
            if isinstance(holder.get(key), Mapping):
                return _fault(holder[key], entries)
    if isinstance(value.get("error"), str):
        return Fault(None, value["error"], str(value.get("error_description") or ""))
    return None


def final_error(fault: Fault) -> UpstreamError | None:
    """The error of a batch's item that is not worth asking for again; None where the reason may pass."""
    verdict = judge_fault(fault, 200, Answer(200, {}, b"", 0.0), "")
    return verdict.error if isinstance(verdict, Refused) else None


def not_found(error: UpstreamError) -> bool:
    """Whether the refusal says that the object is gone or inactive (code 610)."""
    return isinstance(error, Rejected) and error.code == _NOT_FOUND


class _NoJson:
    """What a body that is no JSON decodes to."""


_NO_JSON = _NoJson()


def _json(body: bytes) -> object:
    try:
        return decode(body)
    except (ValueError, RecursionError):
        return _NO_JSON


def _fault(found: Mapping[str, Any], entries: str) -> Fault:
    listed = found.get(entries)
    errors = [entry for entry in listed if isinstance(entry, Mapping)] if isinstance(listed, list) else []
    faults = [_entry(entry, str(found.get("type") or "")) for entry in errors]
    return next((one for one in faults if one.code is not None), faults[0] if faults else Fault(None, "a fault"))


def _entry(entry: Mapping[str, Any], kind: str) -> Fault:
    read = {str(key).lower(): value for key, value in entry.items()}
    message, detail = str(read.get("message") or ""), str(read.get("detail") or "")
    return Fault(_code(read.get("code"), message), message or detail or "a fault", detail, kind)


def _code(value: object, message: str) -> int | None:
    found = _NUMBER.match(str(value).strip()) if value is not None else None
    found = found or _CODE_IN_TEXT.search(message)
    return int(found.group(1)) if found else None


def _xml_fault(body: bytes) -> Fault | None:
    """The fault in a gateway's XML body; it is sent at times although JSON was asked for."""
    if body.lstrip()[:1] != b"<" or b"<!" in body[:2000] or b"Fault" not in body:
        return None
    try:
        root = ElementTree.fromstring(body)  # noqa: S314  # a body with a DOCTYPE was turned away above
    except ElementTree.ParseError:
        return None
    fault = next((node for node in root.iter() if node.tag.endswith("Fault")), None)
    if fault is None:
        return None
    error = next((node for node in fault if node.tag.endswith("Error")), fault)
    texts = {node.tag.rpartition("}")[2]: (node.text or "").strip() for node in error}
    message = texts.get("Message", "") or "a fault"
    return Fault(_code(error.get("code"), message), message, texts.get("Detail", ""), fault.get("type") or "")


def _judge_report(answer: Answer, request_id: str) -> Verdict:
    """A report is decoded by its own reader alone: as plain dicts a large one would fill the memory."""
    try:
        return Usable(read_report(answer.body))
    except TooLarge as error:
        return Refused(error)
    except NotWhole:
        fault = _xml_fault(answer.body)
        if fault is None:
            return Unusable(_unavailable(f"a report that is no JSON ({_begin(answer.body)})", request_id))
    except UnexpectedPayload as error:
        fault = read_fault(_json(answer.body))
        if fault is None:
            return Refused(error)
    return judge_fault(fault, answer.status, answer, request_id)


def _detailed(answer: Answer) -> bool:
    """Reports with a row for each posting or transaction: there a timeout means too many rows (node-quickbooks#242)."""
    return answer.path.endswith(_DETAIL_REPORTS)


def _throttled(words: str, answer: Answer, request_id: str) -> Verdict:
    text = answer.body[:4000].decode("utf-8", "replace")
    if _MONTHLY.search(text):
        spent = f"The monthly allowance of QuickBooks API calls is used up; it begins anew next month ({words})."
        return Refused(QuotaSpent(spent, system=SYSTEM, request_id=request_id))
    wait = seconds_asked(answer.headers.get("retry-after")) or _THROTTLE_SECONDS
    told = f"{NAME} kept refusing calls because too many are made on this company, by Tieout or other apps ({words})."
    error = RateLimited(told, system=SYSTEM, request_id=request_id)
    return Throttled(error, wait, step=_THROTTLE_SECONDS, most=max(3, ceil(_PATIENT_SECONDS / max(wait, 1.0))))


def _auth(words: str, request_id: str) -> AuthExpired:
    return AuthExpired(f"{words}. {_RECONNECT}", system=SYSTEM, request_id=request_id)


def _unavailable(words: str, request_id: str) -> Unavailable:
    return Unavailable(f"{NAME} gave {words}", system=SYSTEM, request_id=request_id)


def _begin(body: bytes) -> str:
    text = " ".join(body[:200].decode("utf-8", "replace").split())
    return text[:60] or "empty"
