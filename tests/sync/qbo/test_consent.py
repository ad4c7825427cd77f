from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from sync.errors import AuthExpired, UserError
from sync.qbo.auth import QboAccess
from sync.qbo.consent import authorize_link, new_state, read_redirect


def test_the_link_carries_what_intuit_asks_for(access: QboAccess) -> None:
    link = urlsplit(authorize_link(access, "a state & more"))
    assert f"{link.scheme}://{link.netloc}{link.path}" == access.authorize_url
    assert {key: value[0] for key, value in parse_qs(link.query).items()} == {
        "client_id": "the-client",
        "response_type": "code",
        "scope": "com.intuit.quickbooks.accounting",
        "redirect_uri": "http://localhost:3000/qbo/callback",
        "state": "a state & more",
    }


def test_no_secret_is_in_the_link(access: QboAccess) -> None:
    assert "the-secret" not in authorize_link(access, new_state())


def test_states_are_long_and_never_the_same() -> None:
    assert len({new_state() for _ in range(100)}) == 100
    assert len(new_state()) >= 30


def test_a_good_redirect_gives_code_and_company() -> None:
    found = read_redirect({"state": "s", "code": "c", "realmId": "9"}, "s")
    assert (found.code, found.realm) == ("c", "9")
    assert "'c'" not in repr(found)


@pytest.mark.parametrize("state", ["", "t", "S", "ß"])
def test_a_redirect_with_another_state_is_not_ours(state: str) -> None:
    with pytest.raises(UserError, match="state differs"):
        read_redirect({"state": state, "code": "c", "realmId": "9"}, "s")


def test_an_empty_state_never_fits() -> None:
    with pytest.raises(UserError, match="state differs"):
        read_redirect({"state": "", "code": "c", "realmId": "9"}, "")


def test_a_refusal_is_told_in_words() -> None:
    with pytest.raises(AuthExpired, match="was not allowed"):
        read_redirect({"state": "s", "error": "access_denied"}, "s")
    with pytest.raises(AuthExpired, match="invalid_scope"):
        read_redirect({"state": "s", "error": "invalid_scope"}, "s")


@pytest.mark.parametrize("missing", ["code", "realmId"])
def test_a_redirect_without_all_parts_names_the_missing_one(missing: str) -> None:
    whole = {"state": "s", "code": "c", "realmId": "9"}
    with pytest.raises(UserError, match=missing):
        read_redirect({**whole, missing: ""}, "s")
