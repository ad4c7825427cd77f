"""One refresh at a time over real processes, with the tokens in a real cache and a token endpoint on loopback."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet
from pytest_httpserver import HTTPServer
from sqlalchemy import Engine
from werkzeug import Request, Response

from sync.qbo.auth import Grant, QboAccess, StoredGrant, fingerprint
from sync.store.tokens import TokenBox

from .conftest import REALM, Clock, Intuit

# What a second process of the program does when its access token was refused.
PROCESS = """
import sys, time, httpx
from sync.qbo.auth import Grant, QboAccess
from sync.store.db import open_database
from sync.store.tokens import TokenBox
database, token_url, key, realm, refused = sys.argv[1:]
access = QboAccess("http://127.0.0.1:9", token_url, "", "", "the-client", "the-secret", realm, "first")
grant = Grant(access, TokenBox(open_database(database), [key]), httpx.Client(), time.time, time.sleep)
print(grant.renew(refused) if refused else grant.bearer())
"""


@pytest.fixture
def token_url(httpserver: HTTPServer, intuit: Intuit) -> str:
    def answer(request: Request) -> Response:
        found = intuit(httpx.Request("POST", request.url, content=request.get_data()))
        return Response(found.content, found.status_code, content_type="application/json")

    httpserver.expect_request("/token", method="POST").respond_with_handler(answer)
    return httpserver.url_for("/token")


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROCESS, *arguments]
    root = Path(__file__).parents[3]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603  our own words


def test_processes_that_are_refused_together_refresh_once(
    engine: Engine, token_url: str, intuit: Intuit, access: QboAccess, clock: Clock
) -> None:
    key = Fernet.generate_key().decode()
    with httpx.Client() as http:
        here = Grant(replace(access, token_url=token_url), TokenBox(engine, [key]), http, clock, clock.sleep)
        clock.now = 4_000_000_000.0  # no process may find the token too old
        old = here.bearer()
    database = engine.url.render_as_string(hide_password=False)
    running = [start(database, token_url, key, REALM, old) for _ in range(2)]
    told = [process.communicate(timeout=60) for process in running]
    assert [out.strip() for out, _ in told] == ["access-2"] * 2, told
    assert intuit.asked == ["first", "refresh-1"]
    assert not intuit.dead


def test_a_new_process_goes_on_with_what_the_last_one_stored(
    sqlite_engine: Engine, token_url: str, intuit: Intuit
) -> None:
    key = Fernet.generate_key().decode()
    box = TokenBox(sqlite_engine, [key])
    box.save(REALM, StoredGrant(refresh="first", pasted=fingerprint("first")))
    process = start(sqlite_engine.url.render_as_string(hide_password=False), token_url, key, REALM, "")
    assert process.communicate(timeout=60) == ("access-1\n", "")
    assert intuit.asked == ["first"]
    kept = box.load(REALM)
    assert kept is not None
    assert (kept.access, kept.refresh, kept.previous) == ("access-1", "refresh-1", "first")
    stored = Path(str(sqlite_engine.url.database)).read_bytes()
    assert b"refresh-1" not in stored
    assert b"access-1" not in stored
