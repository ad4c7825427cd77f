"""The encrypted QuickBooks grant."""

from __future__ import annotations

import multiprocessing
import threading
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, text

from sync.errors import SettingsError
from sync.qbo.tokens import StoredGrant, TokenStore
from sync.store import leases
from sync.store.db import migrate, open_database, reading, writing
from sync.store.tokens import TokenBox

ONE, TWO = Fernet.generate_key().decode(), Fernet.generate_key().decode()
GRANT = StoredGrant("access-secret", "refresh-secret", "previous-secret", 1.5e9, 1.6e9, "f1ng3r", "")


def fields(grant: object) -> list[object]:
    names = ("access", "refresh", "previous", "access_until", "refresh_until", "pasted", "broken")
    return [getattr(grant, name) for name in names]


def test_a_grant_comes_back_as_it_was_saved(engine: Engine) -> None:
    box: TokenStore = TokenBox(engine, [ONE])
    assert box.load("9130") is None
    box.save("9130", GRANT)
    box.save("9131", replace(GRANT, refresh="other", previous=""))
    assert fields(box.load("9130")) == fields(GRANT)
    assert fields(box.load("9131"))[1:3] == ["other", ""]
    assert StoredGrant.of(box.load("9130") or GRANT) == GRANT


def test_nothing_secret_lies_open(engine: Engine) -> None:
    box = TokenBox(engine, [ONE])
    box.save("9130", GRANT)
    with reading(engine) as session:
        stored = repr(session.execute(text("SELECT * FROM token")).all())
    assert "secret" not in stored
    assert "secret" not in repr(box.load("9130"))
    assert ONE not in repr(box)


def test_the_first_key_writes_and_all_keys_read(engine: Engine) -> None:
    TokenBox(engine, [ONE]).save("9130", GRANT)
    both = TokenBox(engine, [f" {TWO} ", ONE])
    assert fields(both.load("9130")) == fields(GRANT)
    both.save("9130", GRANT)
    assert fields(TokenBox(engine, [TWO]).load("9130")) == fields(GRANT)
    with pytest.raises(SettingsError, match="no key given can read"):
        TokenBox(engine, [ONE]).load("9130")


def test_without_a_key_nothing_is_kept_or_read_and_the_setting_is_named(engine: Engine) -> None:
    box = TokenBox(engine, [])
    assert box.load("9130") is None
    with pytest.raises(SettingsError, match="TIEOUT_SECRET_KEY is missing"):
        box.save("9130", GRANT)
    TokenBox(engine, [ONE]).save("9130", GRANT)
    with pytest.raises(SettingsError, match="TIEOUT_SECRET_KEY is missing"):
        box.load("9130")


@pytest.mark.parametrize("key", ["hunter2", ONE[:-4], "ä" * 44], ids=["short", "cut", "letters"])
def test_a_malformed_key_is_named_by_its_place_only(engine: Engine, key: str) -> None:
    with pytest.raises(SettingsError, match="key 2 of 2") as caught:
        TokenBox(engine, [ONE, key])
    assert key not in str(caught.value)


def test_the_command_in_the_message_makes_a_usable_key(engine: Engine) -> None:
    import base64
    import os

    assert TokenBox(engine, [base64.urlsafe_b64encode(os.urandom(32)).decode()]).load("9130") is None


def test_a_broken_connection_keeps_its_tokens_until_the_next_grant(engine: Engine) -> None:
    box = TokenBox(engine, [ONE])
    box.mark_broken("9130", "nothing is kept, so nothing breaks")
    assert box.load("9130") is None
    box.save("9130", GRANT)
    box.mark_broken("9130", "invalid_grant")
    assert fields(box.load("9130")) == fields(replace(GRANT, broken="invalid_grant"))
    box.save("9130", GRANT)
    assert fields(box.load("9130")) == fields(GRANT)


@dataclass
class Counter:
    inside: int = 0
    most: int = 0


def test_one_thread_at_a_time_holds_the_lock_and_others_may_write_meanwhile(engine: Engine) -> None:
    counter, guard = Counter(), threading.Lock()

    def work() -> None:
        box = TokenBox(engine, [ONE])
        with box.lock("9130"):
            with guard:
                counter.inside += 1
                counter.most = max(counter.most, counter.inside)
            box.save("9130", GRANT)
            with writing(engine) as session:
                session.execute(text("UPDATE company SET name = 'x'"))
            with guard:
                counter.inside -= 1

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter == Counter(0, 1)


def test_the_lock_of_one_realm_leaves_others_free_and_ends_with_an_error(engine: Engine) -> None:
    box = TokenBox(engine, [ONE])

    def fail() -> None:
        with box.lock("9130"), box.lock("9131"):
            raise KeyError("refused")

    for _ in range(2):
        with pytest.raises(KeyError):
            fail()


def test_the_lock_of_a_dead_process_is_free_when_its_time_is_over(engine: Engine) -> None:
    now = 1_770_000_000.0
    leases.take(engine, "token:9130", "dead", 15.0, now)
    with TokenBox(engine, [ONE], clock=lambda: now + 15).lock("9130"):
        found = leases.holder_of(engine, "token:9130", now + 16)
    assert found is not None
    assert found.holder != "dead"


def _spend_one(url: str, key: str, times: int) -> None:
    """What a refresh does: reads the value, exchanges it, stores the next one; a lost update would show."""
    engine = open_database(url)
    box = TokenBox(engine, [key])
    for _ in range(times):
        with box.lock("9130"):
            grant = StoredGrant.of(box.load("9130") or GRANT)
            box.save("9130", replace(grant, refresh=str(int(grant.refresh) + 1), previous=grant.refresh))
    engine.dispose()


def test_processes_exchange_one_after_the_other(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tieout.db'}"
    engine = open_database(url)
    migrate(engine)
    box = TokenBox(engine, [ONE])
    box.save("9130", replace(GRANT, refresh="0"))
    spawn = multiprocessing.get_context("spawn")
    started = [spawn.Process(target=_spend_one, args=(url, ONE, 5)) for _ in range(2)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    assert [process.exitcode for process in started] == [0, 0]
    assert fields(box.load("9130"))[1:3] == ["10", "9"]
    engine.dispose()
