"""The answers that are no answers: throttles, gateway faults, errors and pages of HTML, in each vendor's form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sync.sandbox.faults import Kind, Rule
from sync.sandbox.payload import as_json
from sync.sandbox.web import Answer, Wire

CIN7_LIMIT_TEXT = "You reached 60 calls per minute API limit"
CIN7_ODD_TEXT = "You have reached 60 calls per 60 seconds API limit."
NOT_FOUND_PAGE = b"<!DOCTYPE html><html><head><title>Page not found</title></head><body>Page not found</body></html>"
_PROXY_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_BUSY_PAGE = b"<!DOCTYPE html><html><body><h1>We will be right back</h1></body></html>"
_MONTH_TEXT = "The monthly limit of CorePlus API calls for this workspace has been reached; calls resume next month"
_LONG_AGO = "2026-01-01T00:00:00.000-08:00"
_HTML = "text/html; charset=utf-8"
_XML = "application/xml;charset=UTF-8"
_TEXT = "text/plain; charset=utf-8"


def cin7_error(status: int, text: str) -> Answer:
    """The documented error body: a list with one object of ErrorCode and Exception."""
    return Answer(status, as_json([{"ErrorCode": status, "Exception": text}]))


def service_fault(code: int, message: str, detail: str, stamp: str, *, status: int = 400, element: str = "") -> Answer:
    """QuickBooks' service fault."""
    return Answer(status, as_json({**fault_body(code, message, detail, element), "time": stamp}))


def fault_body(code: int, message: str, detail: str, element: str = "") -> dict[str, Any]:
    """The Fault object as it also stands inside a batch."""
    error = {"Message": message, "Detail": detail, "code": str(code), "element": element}
    return {"Fault": {"Error": [error], "type": "ValidationFault"}}


def gateway_json(status: int, code: int, name: str, detail: str | None, kind: str = "SERVICE") -> Answer:
    """The gateway's fault, in its lower-case JSON form."""
    message = f"message={name}; errorCode={code:06d}; statusCode={status}"
    body: dict[str, Any] = {
        "warnings": None,
        "intuitObject": None,
        "fault": {"error": [{"message": message, "detail": detail, "code": str(code), "element": None}], "type": kind},
        "report": None,
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": None,
        "requestId": None,
        "time": 1633520295688,
        "status": None,
        "cdcresponse": [],
    }
    return Answer(status, as_json(body))


def gateway_xml(status: int, code: int, name: str, detail: str) -> Answer:
    """The gateway's fault in XML, which it also gives to those who asked for JSON."""
    told = f"<Detail>{detail}</Detail>" if detail else ""
    body = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<IntuitResponse time="{_LONG_AGO}" xmlns="http://schema.intuit.com/finance/v3">'
        f'<Fault type="SERVICE"><Error code="{code}">'
        f"<Message>message={name}; errorCode={code:06d}; statusCode={status}</Message>{told}"
        "</Error></Fault></IntuitResponse>"
    )
    return Answer(status, body.encode(), _XML)


def bad_token() -> Answer:
    """401 as the gateway gives it for an expired, replaced or unknown access token."""
    fault = gateway_json(401, 3200, "AuthenticationFailed", "Token expired", "AUTHENTICATION")
    return replace(fault, headers=(("WWW-Authenticate", 'Bearer realm="Intuit", error="invalid_token"'),))


_LIMIT = ("ThrottleExceeded", "The request limit was reached.  Try again later")
_CIN7: dict[Kind, Answer] = {
    Kind.THROTTLE_429: Answer(429, CIN7_LIMIT_TEXT.encode(), _TEXT),
    Kind.THROTTLE_503: Answer(503, CIN7_LIMIT_TEXT.encode(), _TEXT),
    Kind.THROTTLE_ODD_STATUS: cin7_error(400, CIN7_ODD_TEXT),
    Kind.ERROR_500: cin7_error(500, "An unexpected error occurred"),
    Kind.ERROR_504: Answer(504, _BUSY_PAGE, _HTML),
    Kind.ERROR_200: Answer(200, cin7_error(400, "Something went wrong, please try again").body),
    Kind.HTML_200: Answer(200, NOT_FOUND_PAGE, _HTML),
    Kind.UNAUTHORISED: Answer(403, b"Incorrect credentials!", _TEXT),
}
_QBO: dict[Kind, Answer] = {
    Kind.THROTTLE_429: gateway_json(429, 3001, *_LIMIT),
    Kind.THROTTLE_503: Answer(503, _BUSY_PAGE, _HTML),
    Kind.THROTTLE_ODD_STATUS: gateway_json(403, 3001, *_LIMIT),
    Kind.ERROR_500: gateway_json(500, 3100, "InternalServerError", None),
    Kind.ERROR_504: gateway_xml(504, 6002, "GatewayTimeout", ""),
    Kind.ERROR_200: service_fault(10000, "An application error has occurred", "Try again", _LONG_AGO, status=200),
    Kind.HTML_200: Answer(200, _BUSY_PAGE, _HTML),
    Kind.UNAUTHORISED: bad_token(),
}
_BOTH: dict[Kind, Answer] = {
    Kind.THROTTLE_JSON: gateway_json(429, 3001, *_LIMIT),
    Kind.THROTTLE_XML: gateway_xml(429, 3001, *_LIMIT),
    Kind.MONTH_JSON: gateway_json(429, 3001, "ThrottleExceeded", _MONTH_TEXT),
    Kind.MONTH_XML: gateway_xml(429, 3001, "ThrottleExceeded", _MONTH_TEXT),
    Kind.ERROR_502: Answer(502, _PROXY_PAGE, _HTML),
    Kind.XML_FAULT: gateway_xml(500, 3100, "InternalServerError", ""),
    Kind.EMPTY: Answer(200, b""),
    Kind.RESET: Answer(200, wire=Wire.RESET),
}


def refusal(kind: Kind, source: str, hold: float = 300.0) -> Answer | None:
    """The answer that a fault of this kind gives instead of the server's own; None where the kind spoils that one."""
    if kind is Kind.HANG:
        return Answer(200, wire=Wire.SILENT, hold=hold)
    own = _CIN7 if source == "cin7" else _QBO
    if kind is Kind.THROTTLE_60_SECONDS:
        return replace(own[Kind.THROTTLE_429], headers=(("Retry-After", "60 Seconds"),))
    if kind is Kind.THROTTLE_30_SEC:
        return replace(own[Kind.THROTTLE_429], headers=(("Retry-After", "30 sec"),))
    if kind is Kind.THROTTLE_200:
        return replace(own[Kind.THROTTLE_ODD_STATUS], status=200)
    return own.get(kind) or _BOTH.get(kind)


def damaged(answer: Answer, rules: tuple[Rule, ...]) -> Answer:
    """The server's own answer as it arrives under the faults of the wire."""
    for rule in rules:
        if rule.kind is Kind.CUT_JSON:
            answer = replace(answer, body=answer.body[: max(len(answer.body) * 2 // 3, 1)])
        elif rule.kind is Kind.CUT_BODY:
            answer = replace(answer, wire=Wire.CUT)
        elif rule.kind is Kind.LOST:
            answer = replace(answer, wire=Wire.RESET)
        elif rule.kind is Kind.LATE:
            answer = replace(answer, delay=rule.seconds)
    return answer
