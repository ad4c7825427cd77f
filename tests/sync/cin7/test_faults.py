"""What Cin7's answers are worth, as a table."""

from __future__ import annotations

import httpx
import pytest

from sync.cin7.faults import judge
from sync.errors import AuthExpired, RateLimited, Rejected, Unavailable
from sync.transport import Answer, Refused, Throttled, Unusable, Usable, Verdict


def judged(status: int, body: str | bytes, **headers: str) -> Verdict:
    content = body if isinstance(body, bytes) else body.encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return judge(Answer(status, httpx.Headers(names), content, 0.1, "saleList"))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, "You reached 60 calls per minute API limit"),
        (429, ""),
        (503, ""),
        (503, "<html>Service Unavailable</html>"),
        (200, "You reached 60 calls per minute API limit"),
        (400, '[{"ErrorCode":400,"Exception":"You have reached 60 calls per 60 seconds"}]'),
        (200, '[{"ErrorCode":429,"Exception":"slow down"}]'),
        (500, "REACHED 60 CALLS PER 60 SECONDS"),
    ],
)
def test_throttling_comes_in_many_dresses(status: int, body: str) -> None:
    verdict = judged(status, body)
    assert isinstance(verdict, Throttled)
    assert isinstance(verdict.error, RateLimited)
    assert (verdict.retry_after, verdict.step) == (None, 5.0)


def test_throttling_says_how_long_to_wait() -> None:
    verdict = judged(429, "", Retry_After="60 Seconds")
    assert isinstance(verdict, Throttled)
    assert verdict.retry_after == 60.0


def test_a_long_answer_with_those_words_is_an_answer() -> None:
    body = '{"Total": 1, "Products": [{"Name": "We reached 60 calls per day", "Note": "%s"}]}' % ("x" * 3000)
    assert isinstance(judged(200, body), Usable)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (500, "", "HTTP 500"),
        (502, "<html>", "HTTP 502"),
        (504, '{"a": 1}', "HTTP 504"),
        (408, "", "HTTP 408"),
        (200, "", "an empty body with HTTP 200"),
        (204, "", "an empty body with HTTP 204"),
        (200, " <!DOCTYPE html><p>Page not found", "a page instead of data"),
        (200, '{"Total": 12, "SaleList": [{"SaleID": "8f', "data that breaks off or is not JSON"),
        (200, "<IntuitResponse/>", "a page instead of data"),
        (200, '[{"ErrorCode":500,"Exception":"Object reference not set"}]', "error 500: Object reference not set"),
    ],
)
def test_what_may_pass_is_unusable(status: int, body: str, words: str) -> None:
    verdict = judged(status, body)
    assert isinstance(verdict, Unusable)
    assert isinstance(verdict.error, Unavailable)
    assert str(verdict.error) == f"Cin7 gave no usable answer to saleList ({words})"


def test_a_page_that_is_not_found_is_not_asked_for_until_patience_ends() -> None:
    missing, resting = judged(200, "<html>Page not found</html>"), judged(200, "<html>Maintenance</html>")
    assert isinstance(missing, Unusable)
    assert isinstance(resting, Unusable)
    assert (missing.most, resting.most) == (3, 0)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (400, '[{"ErrorCode":400,"Exception":"Account with specified ID not found"}]', "Account with specified ID"),
        (200, '[{"ErrorCode":400,"Exception":"Category not found."}]', "Category not found."),
        (200, '{"ErrorCode":400,"Exception":"Required\\r\\n attribute"}', "Required attribute"),
        (200, '{"errorcode":400,"exception":null}', "no reason given"),
        (404, "<html>", "HTTP 404"),
        (405, "", "HTTP 405"),
        (400, '{"Message": "bad"}', "HTTP 400"),
        (302, "", "redirects"),
    ],
)
def test_a_refusal_is_final_and_says_why(status: int, body: str, words: str) -> None:
    verdict = judged(status, body)
    assert isinstance(verdict, Refused)
    assert isinstance(verdict.error, Rejected)
    assert words in str(verdict.error)
    assert verdict.error.status == status


@pytest.mark.parametrize(
    ("status", "body"),
    [(403, "Incorrect credentials!"), (401, ""), (200, '[{"ErrorCode":403,"Exception":"Incorrect credentials!"}]')],
)
def test_wrong_keys_name_the_settings(status: int, body: str) -> None:
    verdict = judged(status, body)
    assert isinstance(verdict, Refused)
    assert isinstance(verdict.error, AuthExpired)
    assert "CIN7_ACCOUNT_ID" in str(verdict.error)
    assert "CIN7_APPLICATION_KEY" in str(verdict.error)


@pytest.mark.parametrize("body", ["[]", "{}", '{"Total":0,"SaleList":[]}', '[{"ErrorCode": 1}]'])
def test_what_is_no_error_is_usable(body: str) -> None:
    assert isinstance(judged(200, body), Usable)
