from __future__ import annotations

import json
from typing import Any

import pytest

from sync.errors import (
    AuthExpired,
    QuotaSpent,
    RateLimited,
    Rejected,
    TooLarge,
    Unavailable,
    UnexpectedPayload,
)
from sync.qbo.faults import Fault, final_error, judge, not_found, read_fault
from sync.transport import Answer, Refused, Throttled, Unauthorised, Unusable, Usable, Verdict

QUERY = "v3/company/1/query"
LEDGER = "v3/company/1/reports/GeneralLedger"
PROFIT = "v3/company/1/reports/ProfitAndLoss"


def service(code: object, message: str = "Something", kind: str = "ValidationFault", detail: str = "Detail") -> bytes:
    error = {"Message": message, "Detail": detail, "code": code}
    return json.dumps({"Fault": {"Error": [error], "type": kind}, "time": "2026-01-01T00:00:00Z"}).encode()


def gateway(code: object, message: str = "message=X", kind: str = "SERVICE") -> bytes:
    error = {"message": message, "detail": None, "code": code, "element": None}
    return json.dumps({"fault": {"error": [error], "type": kind}, "queryResponse": None, "time": 1}).encode()


def xml(code: str, message: str, detail: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<IntuitResponse time="2026-01-01T00:00:00Z" xmlns="http://schema.intuit.com/finance/v3"><Fault type="SERVICE">'
        f'<Error code="{code}"><Message>{message}</Message><Detail>{detail}</Detail></Error></Fault></IntuitResponse>'
    ).encode()


def verdict(status: int, body: bytes, path: str = QUERY, headers: dict[str, str] | None = None) -> Verdict:
    return judge(Answer(status, headers or {}, body, 0.1, path))


@pytest.mark.parametrize(
    ("status", "body", "kind", "error"),
    [
        (401, gateway("3200", kind="AUTHENTICATION"), Unauthorised, AuthExpired),
        (401, b"", Unauthorised, AuthExpired),
        (400, service("3200"), Unauthorised, AuthExpired),
        (403, gateway("3100"), Refused, AuthExpired),
        (403, b"<html>no</html>", Refused, AuthExpired),
        (500, gateway("3100"), Unusable, Unavailable),
        (400, service("120"), Refused, AuthExpired),
        (400, service("5020"), Refused, AuthExpired),
        (429, xml("3001", "message=ThrottleExceeded; errorCode=003001"), Throttled, RateLimited),
        (429, gateway("003001"), Throttled, RateLimited),
        (200, xml("3001", "message=ThrottleExceeded"), Throttled, RateLimited),
        (429, b"", Throttled, RateLimited),
        (504, xml("6002", "message=GatewayTimeout; errorCode=006002"), Unusable, Unavailable),
        (400, service("130"), Unusable, Unavailable),
        (400, service("140"), Unusable, Unavailable),
        (400, service("150"), Unusable, Unavailable),
        (500, service("10000", kind="SystemFault"), Unusable, Unavailable),
        (500, b"<html>oops</html>", Unusable, Unavailable),
        (502, b"", Unusable, Unavailable),
        (503, b"", Unusable, Unavailable),
        (500, service("500", "Unsupported Operation"), Refused, Rejected),
        (400, service("610", "Object Not Found"), Refused, Rejected),
        (400, service("4000"), Refused, Rejected),
        (200, service("4001"), Refused, Rejected),
        (400, service("6190"), Refused, Rejected),
        (400, service("10200"), Refused, Rejected),
        (404, b"<html>not here</html>", Refused, Rejected),
        (302, b"", Refused, Rejected),
        (200, b'{"error": "invalid_token"}', Refused, Rejected),
        (200, json.dumps({"QueryResponse": json.loads(service("4002"))}).encode(), Refused, Rejected),
        (200, b"", Unusable, Unavailable),
        (200, b"<html><body>Maintenance</body></html>", Unusable, Unavailable),
        (200, b'{"QueryResponse": {"Invoice": [{"Id": "1"', Unusable, Unavailable),
        (200, b"[]", Refused, UnexpectedPayload),
    ],
)
def test_every_form_of_fault_has_its_verdict(status: int, body: bytes, kind: type, error: type) -> None:
    found = verdict(status, body)
    assert type(found) is kind
    assert not isinstance(found, Usable)
    assert type(found.error) is error
    assert found.error.system == "qbo"


def test_a_good_answer_carries_its_value() -> None:
    found = verdict(200, b'{"QueryResponse": {}, "time": "2026-01-01T00:00:00Z"}')
    assert isinstance(found, Usable)
    assert found.value == {"QueryResponse": {}, "time": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize("padded", ["3001", "003001", 3001, "0003001"])
def test_codes_are_numbers_whatever_their_padding(padded: object) -> None:
    assert read_fault(json.loads(gateway(padded))) == Fault(3001, "message=X", "", "SERVICE")


def test_a_code_that_stands_only_in_the_words_is_found() -> None:
    found = read_fault(json.loads(gateway(None, "message=ThrottleExceeded; errorCode=003001; statusCode=429")))
    assert found is not None
    assert found.code == 3001


def test_of_several_errors_the_first_with_a_code_counts() -> None:
    errors = [{"Message": "first"}, {"Message": "second", "code": "610"}]
    assert read_fault({"Fault": {"Error": errors}}) == Fault(610, "second")


@pytest.mark.parametrize("value", [{}, {"fault": None}, {"QueryResponse": {}}, [], "text", None, 3])
def test_what_is_no_fault_is_none(value: object) -> None:
    assert read_fault(value) is None


@pytest.mark.parametrize("fault", [{}, {"Error": None}, {"Error": [3]}, {"Error": "text"}])
def test_a_fault_without_words_is_one_nevertheless(fault: Any) -> None:
    assert read_fault({"Fault": fault}) is not None


@pytest.mark.parametrize(
    "words",
    [
        "The monthly limit of CorePlus calls was reached",
        "API quota exceeded",
        "Usage is metered: allowance spent",
        "blocked until next month",
    ],
)
@pytest.mark.parametrize("form", [lambda words: xml("3001", words), lambda words: gateway("3001", words)])
def test_the_monthly_block_is_never_tried_again(words: str, form: Any) -> None:
    found = verdict(429, form(words))
    assert isinstance(found, Refused)
    assert isinstance(found.error, QuotaSpent)


def test_a_throttle_waits_a_minute_and_no_more_than_three_of_them() -> None:
    found = verdict(429, xml("3001", "message=ThrottleExceeded", "The request limit was reached.  Try again later"))
    assert isinstance(found, Throttled)
    assert (found.retry_after, found.most) == (60.0, 3)


def test_a_shorter_wait_that_is_asked_for_may_be_taken_more_often() -> None:
    found = verdict(429, b"", headers={"retry-after": "5"})
    assert isinstance(found, Throttled)
    assert (found.retry_after, found.most) == (5.0, 36)


@pytest.mark.parametrize(
    ("status", "body", "path"),
    [
        (504, xml("6002", "message=GatewayTimeout"), LEDGER),
        (504, xml("6002", "message=GatewayTimeout"), "v3/company/1/reports/TransactionList"),
        (400, service("10100"), PROFIT),
        (200, b"Unable to display more data. Please reduce the date range.", LEDGER),
        (200, b'{"message": "Unable to display more data. Please reduce the date range."}', LEDGER),
    ],
)
def test_a_report_with_too_many_rows_is_too_large(status: int, body: bytes, path: str) -> None:
    found = verdict(status, body, path)
    assert isinstance(found, Refused)
    assert isinstance(found.error, TooLarge)


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_gateway_that_is_down_is_no_large_report(status: int) -> None:
    assert isinstance(verdict(status, b"<html>down</html>", LEDGER), Unusable)
    assert isinstance(verdict(504, xml("6002", "message=GatewayTimeout"), PROFIT), Unusable)


def test_a_fault_in_place_of_a_report_is_a_fault() -> None:
    found = verdict(200, service("4001"), LEDGER)
    assert isinstance(found, Refused)
    assert isinstance(found.error, Rejected)
    assert isinstance(verdict(200, xml("3001", "message=ThrottleExceeded"), LEDGER), Throttled)


def test_a_truncated_report_is_tried_again_and_a_strange_one_is_not() -> None:
    assert isinstance(verdict(200, b'{"Header": {"ReportName": "Gen', LEDGER), Unusable)
    assert isinstance(verdict(200, b"", LEDGER), Unusable)
    strange = verdict(200, b'{"Header": [], "Rows": {}}', LEDGER)
    assert isinstance(strange, Refused)
    assert isinstance(strange.error, UnexpectedPayload)


def test_a_document_type_in_a_body_is_never_expanded() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x><Fault><Error code="3001"/></Fault></x>'
    assert isinstance(verdict(200, bomb), Unusable)


def test_the_request_id_and_the_code_are_kept() -> None:
    found = verdict(400, service("610", "Object Not Found"), headers={"intuit_tid": "1-abc"})
    assert isinstance(found, Refused)
    assert isinstance(found.error, Rejected)
    assert (found.error.request_id, found.error.code, found.error.status) == ("1-abc", 610, 400)
    assert not_found(found.error)


def test_of_a_batch_item_only_a_passing_fault_is_worth_another_call() -> None:
    assert final_error(Fault(3001, "ThrottleExceeded")) is None
    assert final_error(Fault(130, "locked")) is None
    assert final_error(Fault(3200, "expired")) is None
    assert isinstance(final_error(Fault(4000, "parse")), Rejected)
