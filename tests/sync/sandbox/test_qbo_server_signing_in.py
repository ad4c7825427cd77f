"""Signing in to the practice QuickBooks: codes, rotation, reuse, expiry."""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sync.sandbox.faults import Faults, Kind, Rule

BACK = "http://localhost:3000/qbo/callback"


def consent(visitor: Any, **given: str) -> httpx.Response:
    environ = visitor.served.environ
    params = {"client_id": environ["QBO_CLIENT_ID"], "response_type": "code", "redirect_uri": BACK, "state": "s" * 30}
    params |= {"scope": "com.intuit.quickbooks.accounting", **given}
    response: httpx.Response = visitor.http.get(environ["QBO_AUTHORIZE_URL"], params=params)
    return response


def came_back(response: httpx.Response) -> dict[str, str]:
    assert response.status_code == 302
    target = urlsplit(response.headers["location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == BACK
    return {name: values[0] for name, values in parse_qs(target.query).items()}


def test_a_refresh_gives_an_access_token_for_an_hour_and_a_new_refresh_token(practice: Any) -> None:
    visitor = practice()
    body = visitor.renew().json()
    assert (body["token_type"], body["expires_in"]) == ("bearer", 3600)
    assert body["refresh_token"] not in ("", visitor.served.environ["QBO_REFRESH_TOKEN"])
    assert "x_refresh_token_hard_expires_in" not in body
    assert visitor.qbo("preferences").status_code == 200


@pytest.mark.parametrize(("every", "changes"), [(1, 3), (3, 1), (0, 0)])
def test_the_refresh_token_changes_at_every_nth_refresh(practice: Any, every: int, changes: int) -> None:
    visitor = practice(faults=Faults(rotate_every=every))
    values = [visitor.served.environ["QBO_REFRESH_TOKEN"]]
    values += [visitor.renew().json()["refresh_token"] for _ in range(3)]
    assert sum(old != new for old, new in pairwise(values)) == changes


def test_a_replaced_token_kills_the_grant(practice: Any) -> None:
    visitor = practice()
    old = visitor.served.environ["QBO_REFRESH_TOKEN"]
    visitor.renew()
    newest = visitor.refresh
    refused = visitor.renew(old)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert visitor.qbo("preferences").status_code == 401
    assert visitor.renew(newest).json()["error"] == "invalid_grant"
    assert not visitor.served.grants.alive


def test_a_replaced_token_is_only_refused_where_reuse_is_forgiven(practice: Any) -> None:
    visitor = practice(faults=Faults(reuse_kills=2))
    old = visitor.served.environ["QBO_REFRESH_TOKEN"]
    visitor.renew()
    newest = visitor.refresh
    assert visitor.renew(old).status_code == 400
    assert visitor.renew(newest).status_code == 200
    assert visitor.renew(old).status_code == 400
    assert not visitor.served.grants.alive


def test_a_replaced_token_still_works_where_the_two_overlap(practice: Any) -> None:
    visitor = practice(faults=Faults(overlap=True))
    old = visitor.served.environ["QBO_REFRESH_TOKEN"]
    first = visitor.renew().json()["refresh_token"]
    assert visitor.renew(old).json()["refresh_token"] == first


def test_a_lost_answer_has_rotated_the_token_all_the_same(practice: Any) -> None:
    visitor = practice(faults=Faults(rules=(Rule(Kind.LOST, "oauth", nth=1),)))
    old = visitor.served.environ["QBO_REFRESH_TOKEN"]
    with pytest.raises(httpx.TransportError):
        visitor.renew()
    assert visitor.served.grants.refresh_token != old
    assert visitor.renew(old).status_code == 400


def test_a_token_expires_by_the_servers_clock(practice: Any) -> None:
    now = [0.0]
    visitor = practice(clock=lambda: now[0])
    assert visitor.qbo("preferences").status_code == 200
    now[0] = 3600.0
    assert visitor.qbo("preferences").status_code == 401
    visitor.renew()
    assert visitor.qbo("preferences").status_code == 200
    visitor.served.grants.expire()
    assert visitor.qbo("preferences").status_code == 401


def test_the_wrong_application_is_no_client(practice: Any) -> None:
    visitor = practice()
    url = visitor.served.environ["QBO_TOKEN_URL"]
    form = {"grant_type": "refresh_token", "refresh_token": visitor.served.environ["QBO_REFRESH_TOKEN"]}
    refused = visitor.http.post(url, data=form, auth=("someone", "else"))
    assert (refused.status_code, refused.json()) == (401, {"error": "invalid_client"})
    assert visitor.token(grant_type="password").json() == {"error": "unsupported_grant_type"}


def test_consent_leads_back_with_code_state_and_realm_and_the_code_works_once(practice: Any) -> None:
    visitor = practice()
    given = came_back(consent(visitor))
    assert (given["state"], given["realmId"]) == ("s" * 30, visitor.served.environ["QBO_REALM_ID"])
    form = {"grant_type": "authorization_code", "code": given["code"], "redirect_uri": BACK}
    body = visitor.token(**form).json()
    assert visitor.renew(body["refresh_token"]).status_code == 200
    assert visitor.token(**form).json()["error"] == "invalid_grant"
    assert not visitor.served.grants.alive


def test_a_code_is_worth_nothing_with_another_redirect(practice: Any) -> None:
    visitor = practice()
    given = came_back(consent(visitor))
    form = {"grant_type": "authorization_code", "code": given["code"], "redirect_uri": BACK + "/"}
    assert visitor.token(**form).json()["error"] == "invalid_grant"


def test_connecting_again_revives_a_dead_grant(practice: Any) -> None:
    visitor = practice()
    visitor.served.grants.revoke()
    assert visitor.renew().status_code == 400
    code = came_back(consent(visitor))["code"]
    body = visitor.token(grant_type="authorization_code", code=code, redirect_uri=BACK).json()
    visitor.bearer = body["access_token"]
    assert visitor.qbo("preferences").status_code == 200


@pytest.mark.parametrize(
    ("given", "error"),
    [({"scope": "openid"}, "invalid_scope"), ({"response_type": "token"}, "invalid_request"), ({}, "access_denied")],
)
def test_consent_that_is_not_given_leads_back_with_its_error(practice: Any, given: dict[str, str], error: str) -> None:
    visitor = practice(faults=Faults(consent="refused"))
    assert came_back(consent(visitor, **given))["error"] == error


def test_token_calls_are_told_apart_and_without_secrets(practice: Any) -> None:
    visitor = practice()
    visitor.renew()
    (call,) = visitor.served.seen("oauth")
    assert (call.params, call.status) == ({"grant_type": "refresh_token"}, 200)
    assert visitor.served.seen("qbo") == []


def test_the_end_of_all_renewals_is_told_only_to_those_who_ask(practice: Any) -> None:
    visitor = practice()
    environ = visitor.served.environ
    form = {"grant_type": "refresh_token", "refresh_token": environ["QBO_REFRESH_TOKEN"]}
    auth = (environ["QBO_CLIENT_ID"], environ["QBO_CLIENT_SECRET"])
    headers = {"x-include-refresh-token-hard-expires-in": "true"}
    body = visitor.http.post(environ["QBO_TOKEN_URL"], data=form, auth=auth, headers=headers).json()
    assert body["x_refresh_token_hard_expires_in"] > body["x_refresh_token_expires_in"]
