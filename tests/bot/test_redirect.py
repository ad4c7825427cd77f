"""The redirect of a consent: caught on loopback over real HTTP, or pasted."""

from __future__ import annotations

import io
import socket
from collections.abc import Mapping

import httpx
import pytest

from bot.redirect import catchable, redirects
from sync.errors import AuthExpired, UserError


@pytest.fixture
def uri() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://localhost:{probe.getsockname()[1]}/qbo/callback"


def judge(query: Mapping[str, str]) -> str:
    """A stand-in for the state check: the right state, a refusal, or a foreign one."""
    if query.get("state") != "right":
        raise UserError("the state differs")
    if "error" in query:
        raise AuthExpired("not allowed", system="qbo")
    return query["code"]


def test_the_redirect_is_caught_and_the_browser_is_told(uri: str) -> None:
    with redirects(uri, judge, None) as wait:
        page = httpx.get(uri, params={"state": "right", "code": "c-1"})
        assert wait(60) == "c-1"
    assert page.status_code == 200
    assert "close this window" in page.text
    assert "c-1" not in page.text


def test_a_foreign_state_is_refused_and_the_wait_goes_on(uri: str) -> None:
    with redirects(uri, judge, None) as wait:
        foreign = httpx.get(uri, params={"state": "wrong", "code": "stolen"})
        httpx.get(uri, params={"state": "right", "code": "c-1"})
        assert wait(60) == "c-1"
    assert foreign.status_code == 400


def test_a_refusal_ends_the_wait_in_words(uri: str) -> None:
    with redirects(uri, judge, None) as wait:
        httpx.get(uri, params={"state": "right", "error": "access_denied"})
        with pytest.raises(AuthExpired, match="not allowed"):
            wait(60)


def test_another_path_is_not_the_redirect(uri: str) -> None:
    with redirects(uri, judge, None) as wait:
        assert httpx.get(uri.replace("callback", "other"), params={"state": "right", "code": "x"}).status_code == 404
        with pytest.raises(UserError, match="Nothing came back"):
            wait(0)


def test_a_pasted_address_serves_as_well(uri: str) -> None:
    with redirects(uri, judge, io.StringIO(f"\n {uri}?state=right&code=c-2 \n")) as wait:
        assert wait(60) == "c-2"


def test_a_pasted_address_with_a_foreign_state_is_told(uri: str) -> None:
    with (
        redirects(uri, judge, io.StringIO(f"{uri}?state=wrong&code=c-2\n")) as wait,
        pytest.raises(UserError, match="state"),
    ):
        wait(60)


def test_an_https_redirect_cannot_be_caught_and_must_be_pasted() -> None:
    uri = "https://books.example.com/qbo/callback"
    assert not catchable(uri)
    with pytest.raises(UserError, match="--no-browser"), redirects(uri, judge, None):
        pass
    with redirects(uri, judge, io.StringIO("")) as wait, pytest.raises(UserError, match="No address was pasted"):
        wait(60)


def test_a_taken_address_names_the_way_without_it(uri: str) -> None:
    with socket.create_server(("127.0.0.1", httpx.URL(uri).port or 0)):
        with pytest.raises(UserError, match=r"is taken .*--no-browser"), redirects(uri, judge, None):
            pass
        with redirects(uri, judge, io.StringIO(f"{uri}?state=right&code=c-3\n")) as wait:
            assert wait(60) == "c-3"
