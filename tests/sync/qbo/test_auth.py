from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from sync.errors import AuthExpired, SettingsError, Unavailable
from sync.qbo.auth import Grant, MemoryTokenStore, QboAccess, StoredGrant, fingerprint

from .conftest import REALM, Clock, Intuit

Make = Callable[..., Grant]


def held(store: MemoryTokenStore) -> StoredGrant:
    grant = store.load(REALM)
    assert grant is not None
    return grant


def test_the_pasted_token_is_exchanged_once_and_its_successor_kept(
    grant_of: Make, intuit: Intuit, store: MemoryTokenStore, clock: Clock
) -> None:
    grant = grant_of()
    assert grant.bearer() == grant.bearer() == "access-1"
    assert intuit.asked == ["first"]
    kept = held(store)
    assert (kept.refresh, kept.previous) == ("refresh-1", "first")
    assert kept.access_until == clock.now + 3600
    assert kept.refresh_until == clock.now + 8_640_000
    assert kept.pasted == fingerprint("first") != ""


def test_a_token_is_renewed_a_minute_before_it_ends(grant_of: Make, clock: Clock) -> None:
    grant = grant_of()
    grant.bearer()
    clock.now += 3539
    assert grant.bearer() == "access-1"
    clock.now += 1
    assert grant.bearer() == "access-2"


def test_another_process_starts_from_the_stored_value(grant_of: Make, intuit: Intuit, clock: Clock) -> None:
    grant_of().bearer()
    assert grant_of().bearer() == "access-1"
    clock.now += 4000
    assert grant_of().bearer() == "access-2"
    assert intuit.asked == ["first", "refresh-1"]


def test_the_five_year_end_is_kept_where_it_comes_first(
    grant_of: Make, intuit: Intuit, store: MemoryTokenStore, clock: Clock
) -> None:
    intuit.extra = {"x_refresh_token_hard_expires_in": 86_400}
    grant_of().bearer()
    assert held(store).refresh_until == clock.now + 86_400


def test_a_repeated_value_leaves_the_previous_one_alone(
    grant_of: Make, intuit: Intuit, store: MemoryTokenStore
) -> None:
    grant = grant_of()
    grant.bearer()
    intuit.rotates = False
    grant.renew("access-1")
    assert (held(store).refresh, held(store).previous) == ("refresh-1", "first")


def test_a_refused_access_token_is_renewed_only_once_for_all(grant_of: Make, intuit: Intuit) -> None:
    grant = grant_of()
    first = grant.bearer()
    assert {grant.renew(first) for _ in range(5)} == {"access-2"}
    assert len(intuit.asked) == 2


def test_many_threads_and_two_grants_renew_once(grant_of: Make, intuit: Intuit, clock: Clock) -> None:
    grants = [grant_of(), grant_of()]
    old = grants[0].bearer()
    start, got = threading.Barrier(8), []

    def work(number: int) -> None:
        start.wait()
        got.append(grants[number % 2].renew(old))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["access-2"] * 8
    assert intuit.asked == ["first", "refresh-1"]
    assert not intuit.dead


def test_a_changed_pasted_token_replaces_the_stored_one(
    grant_of: Make, access: QboAccess, intuit: Intuit, store: MemoryTokenStore
) -> None:
    grant_of().bearer()
    intuit.refresh, intuit.replaced = "pasted-anew", set()
    other = grant_of(replace(access, refresh_token="pasted-anew"))
    assert other.bearer() == "access-2"
    assert intuit.asked == ["first", "pasted-anew"]
    assert held(store).pasted == fingerprint("pasted-anew")


def test_a_token_that_is_no_longer_pasted_changes_nothing(grant_of: Make, access: QboAccess, intuit: Intuit) -> None:
    grant_of().bearer()
    assert grant_of(replace(access, refresh_token="")).bearer() == "access-1"
    assert len(intuit.asked) == 1


def test_without_any_token_the_way_to_connect_is_named(grant_of: Make, access: QboAccess) -> None:
    with pytest.raises(AuthExpired, match="tieout connect"):
        grant_of(replace(access, refresh_token="")).bearer()


def test_a_lost_answer_is_asked_for_again_with_the_same_value(
    grant_of: Make, intuit: Intuit, store: MemoryTokenStore
) -> None:
    intuit.rotates = False
    intuit.problems = [intuit.lose_the_answer]
    assert grant_of().bearer() == "access-2"
    assert intuit.asked == ["first", "first"]
    assert held(store).refresh == "first"


def test_a_lost_answer_with_a_new_value_ends_in_words_when_intuit_takes_no_value_any_more(
    grant_of: Make, intuit: Intuit, store: MemoryTokenStore
) -> None:
    intuit.problems = [intuit.lose_the_answer]
    with pytest.raises(AuthExpired, match=r"Incorrect token.*tieout connect"):
        grant_of().bearer()
    assert held(store).broken == "Incorrect token"


def test_the_value_before_is_tried_when_the_new_one_is_refused(
    grant_of: Make, intuit: Intuit, store: MemoryTokenStore, clock: Clock
) -> None:
    grant_of().bearer()
    # Intuit's side still has the old value, as when its own write was lost.
    intuit.refresh, intuit.replaced = "first", set()
    clock.now += 4000
    assert grant_of().bearer() == "access-3"
    assert intuit.asked == ["first", "refresh-1", "first"]
    assert held(store).broken == ""


def test_an_invalid_grant_is_never_tried_again(grant_of: Make, intuit: Intuit, clock: Clock) -> None:
    grant_of().bearer()
    intuit.dead = True
    clock.now += 4000
    grant = grant_of()
    for _ in range(3):
        with pytest.raises(AuthExpired, match="Reconnect: run tieout connect"):
            grant.bearer()
    assert intuit.asked == ["first", "refresh-1", "first"]


def test_a_pasted_token_that_never_worked_is_tried_once(grant_of: Make, intuit: Intuit) -> None:
    intuit.dead = True
    for _ in range(3):
        with pytest.raises(AuthExpired):
            grant_of().bearer()
    assert intuit.asked == ["first"]


def test_connecting_again_mends_a_broken_connection(grant_of: Make, access: QboAccess, intuit: Intuit) -> None:
    intuit.dead = True
    grant = grant_of()
    with pytest.raises(AuthExpired):
        grant.bearer()
    intuit.dead = False
    grant.exchange("the-code", REALM)
    assert grant.bearer() == "access-2"
    assert grant_of().bearer() == "access-2", "the pasted token did not change, so it must not come back"


def test_a_crash_between_answer_and_use_loses_nothing(grant_of: Make, intuit: Intuit, store: MemoryTokenStore) -> None:
    class Died(BaseException):
        pass

    saved = store.save

    def save_and_die(realm: str, grant: StoredGrant) -> None:
        saved(realm, grant)
        if grant.access:
            raise Died

    store.save = save_and_die  # type: ignore[method-assign]  # a crash has no other way in
    with pytest.raises(Died):
        grant_of().bearer()
    store.save = saved  # type: ignore[method-assign]  # the process starts anew
    assert grant_of().bearer() == "access-1"
    assert intuit.asked == ["first"]


def test_a_store_that_fails_once_gets_the_new_value_later(
    grant_of: Make, intuit: Intuit, store: MemoryTokenStore
) -> None:
    saved = store.save

    def fail(realm: str, grant: StoredGrant) -> None:
        if grant.access:
            raise OSError("disk full")

    grant = grant_of()
    store.save = fail  # type: ignore[method-assign]  # the disk is full
    with pytest.raises(OSError, match="disk full"):
        grant.bearer()
    store.save = saved  # type: ignore[method-assign]  # there is room again
    assert grant.bearer() == "access-1"
    assert held(store).refresh == "refresh-1"
    assert intuit.asked == ["first"]


def test_a_pasted_token_is_not_spent_where_its_successor_cannot_be_kept(
    grant_of: Make, intuit: Intuit, store: MemoryTokenStore
) -> None:
    def refuse(realm: str, grant: StoredGrant) -> None:
        raise SettingsError(["TIEOUT_SECRET_KEY is missing"])

    store.save = refuse  # type: ignore[method-assign]  # no key, no keeping
    with pytest.raises(SettingsError):
        grant_of().bearer()
    assert intuit.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, text="oops"),
        httpx.Response(200, text="<html>gateway</html>"),
        httpx.Response(200, json={"token_type": "bearer"}),
        httpx.Response(200, json={"access_token": "", "refresh_token": ""}),
        httpx.Response(429, json={"error": "too_many_requests"}),
        httpx.Response(200, text=""),
    ],
)
def test_an_answer_without_tokens_is_asked_for_again_and_never_stored(
    grant_of: Make, intuit: Intuit, store: MemoryTokenStore, answer: httpx.Response
) -> None:
    intuit.problems = [lambda _: answer]
    assert grant_of().bearer() == "access-2"
    assert held(store).access == "access-2"


def test_a_dead_token_service_is_given_up_after_a_few_tries(grant_of: Make, intuit: Intuit, clock: Clock) -> None:
    intuit.problems = [lambda _: httpx.Response(503)] * 9
    with pytest.raises(Unavailable, match="token service"):
        grant_of().bearer()
    assert len(intuit.asked) == 4
    assert clock.slept == [1.0, 3.0, 9.0]


def test_wrong_keys_of_the_app_name_the_settings(grant_of: Make, intuit: Intuit, store: MemoryTokenStore) -> None:
    intuit.problems = [lambda _: httpx.Response(401, json={"error": "invalid_client"})]
    with pytest.raises(AuthExpired, match="QBO_CLIENT_ID and QBO_CLIENT_SECRET"):
        grant_of().bearer()
    assert held(store).broken == "", "a wrong key says nothing about the token"


def test_a_code_is_never_sent_twice_when_it_may_have_arrived(grant_of: Make, intuit: Intuit) -> None:
    intuit.problems = [intuit.lose_the_answer]
    with pytest.raises(Unavailable):
        grant_of().exchange("the-code", REALM)
    assert intuit.asked == ["the-code"]


def test_a_code_is_sent_again_when_it_cannot_have_arrived(grant_of: Make, intuit: Intuit) -> None:
    def refuse(request: httpx.Request) -> httpx.Response | None:
        raise httpx.ConnectError("refused", request=request)

    intuit.problems = [refuse]
    grant_of().exchange("the-code", REALM)
    assert intuit.asked == ["the-code", "the-code"]


def test_a_used_code_is_refused_in_words(grant_of: Make, intuit: Intuit) -> None:
    intuit.dead = True
    with pytest.raises(AuthExpired, match="did not accept the code"):
        grant_of().exchange("the-code", REALM)


def test_no_secret_is_shown_or_logged(
    grant_of: Make, access: QboAccess, store: MemoryTokenStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    grant_of().bearer()
    shown = repr(access) + repr(held(store)) + caplog.text
    for secret in ("the-secret", "the-client", "'first'", "refresh-1", "access-1"):
        assert secret not in shown
