"""The web endpoints over real HTTP: what they answer, to whom, and what they keep to themselves."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.service import Service
from bot.web import Answer, Request, Route, Web, serving
from bot.web_qbo import changes, signed
from sync.errors import AppError, UserError
from sync.sandbox.faults import Faults
from sync.sandbox.qbo_oauth import REALM_ID
from sync.settings import Secret
from sync.store.db import writing
from sync.store.runs import start_run
from tests.bot.offices import Office, office

VERIFIER = "verifier-of-the-tests"
_KEYS = st.sampled_from(["eventNotifications", "dataChangeEvent", "entities", "name", "type", "id", "realmId"])
JSON = st.recursive(
    st.none() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path, more={"QBO_WEBHOOK_VERIFIER": VERIFIER}) as made:
        yield made


@pytest.fixture
def service(here: Office) -> Iterator[Service]:
    made = here.service()
    yield made
    made.engine.dispose()


@pytest.fixture
def web(service: Service) -> Iterator[httpx.Client]:
    """A client of the served routes; the service itself does not run, so nothing happens but by requests."""
    routes = service.room.routes(lambda: closing(service.connection()))
    with serving(Web(routes), "127.0.0.1", 0) as address, httpx.Client(base_url=address, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def plain() -> Iterator[httpx.Client]:
    """A client of routes that fail in every way."""

    def fails(fault: Exception) -> Route:
        def answer(request: Request) -> Answer:
            raise fault

        return Route("GET", f"/{type(fault).__name__}", answer)

    echo = Route("POST", "/echo", lambda request: Answer(200, request.body))
    routes = [echo, fails(UserError("<b>Not so</b>")), fails(AppError("later")), fails(RuntimeError("secret"))]
    with serving(Web(routes), "127.0.0.1", 0) as address, httpx.Client(base_url=address, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/nothing", "/slack/events"])
def test_every_answer_forbids_browsers_to_keep_guess_or_frame_it(web: httpx.Client, path: str) -> None:
    headers = web.get(path).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "server" not in headers


def test_nothing_else_is_there_and_nothing_is_taken_in_another_way(web: httpx.Client) -> None:
    assert [web.get(path).status_code for path in ("/", "/admin", "/metrics/", "/qbo", "/.env")] == [404] * 5
    assert web.post("/metrics").status_code == 405
    assert web.get("/webhooks/qbo").headers["allow"] == "POST"
    head = web.head("/readyz")
    assert (head.status_code, head.content) == (200, b"")


def test_a_request_that_is_too_large_is_refused(plain: httpx.Client) -> None:
    assert plain.post("/echo", content=b"x" * 2_097_152).status_code == 200
    assert plain.post("/echo", content=b"x" * 2_097_153).status_code == 413
    assert plain.post("/echo", content=iter([b"x" * 65_536] * 40)).status_code == 413


def test_a_fault_is_told_in_words_and_never_more_than_that(
    plain: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    told = plain.get("/UserError")
    assert (told.status_code, "&lt;b&gt;Not so" in told.text) == (400, True)
    assert plain.get("/AppError").status_code == 503
    ours = plain.get("/RuntimeError")
    assert (ours.status_code, ours.text) == (500, "That failed on our side.\n")
    assert "secret" in caplog.text  # for us, in the log


def test_an_empty_cache_is_ready_and_one_whose_syncs_are_late_is_not(service: Service, web: httpx.Client) -> None:
    assert (web.get("/readyz").status_code, web.get("/readyz").text) == (200, "ready\n")
    with writing(service.engine) as session:
        start_run(session, "r1", service.company, at=datetime.now(UTC) - timedelta(hours=4))
    assert (web.get("/readyz").status_code, web.get("/readyz").text) == (503, "syncs are late\n")
    assert "tieout_sync_late 1" in web.get("/metrics").text


def test_health_names_what_does_not_run(service: Service, web: httpx.Client) -> None:
    told = web.get("/healthz")
    assert (told.status_code, told.text) == (503, "not running: hints, outbox, schedule\n")


def test_the_metrics_are_what_prometheus_reads(web: httpx.Client) -> None:
    answer = web.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    line = re.compile(r'# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"\\\n]*"\})? [-+0-9.e]+')
    lines = answer.text.splitlines()
    assert [wrong for wrong in lines if not line.fullmatch(wrong)] == []
    assert 'tieout_job_next_timestamp_seconds{job="snapshot"}' in answer.text


def _told(web: httpx.Client, payload: object, verifier: str = VERIFIER) -> int:
    body = json.dumps(payload).encode()
    signature = base64.b64encode(hmac.new(verifier.encode(), body, hashlib.sha256).digest()).decode()
    answer = web.post("/webhooks/qbo", content=body, headers={"intuit-signature": signature})
    return answer.status_code


def _event(entity: str, id_: str, realm: str = REALM_ID) -> dict[str, str]:
    return {"specversion": "1.0", "id": id_, "type": f"qbo.{entity}.updated.v1", "intuitaccountid": realm}


def _notice(entity: str, realm: str = REALM_ID) -> dict[str, object]:
    changed = {"name": entity, "id": "1", "operation": "Update", "lastUpdated": "2026-11-27T10:00:00.000Z"}
    return {"eventNotifications": [{"realmId": realm, "dataChangeEvent": {"entities": [changed]}}]}


def test_a_signed_change_of_either_form_is_a_hint_and_no_other_is(service: Service, web: httpx.Client) -> None:
    hinted = service.room.hints.waiting
    assert _told(web, [_event("invoice", "e1")]) == 200
    assert hinted() == {"invoices"}
    assert _told(web, _notice("Bill")) == 200
    assert hinted() == {"invoices", "bills"}
    assert _told(web, [_event("payment", "e2", realm="another")]) == 200
    assert _told(web, _notice("Payment", realm="another")) == 200
    assert _told(web, [_event("payment", "e3")], verifier="somebody else's") == 401
    assert _told(web, [_event("employee", "e4")]) == 200  # nothing that a sync reads
    assert hinted() == {"invoices", "bills"}


def test_an_event_that_is_told_again_is_no_second_hint(service: Service, web: httpx.Client) -> None:
    assert _told(web, [_event("invoice", "e1")]) == 200
    assert _told(web, [_event("invoice", "e1"), _event("bill", "e2")]) == 200
    assert service.room.hints.waiting() == {"invoices", "bills"}


def test_without_a_verifier_no_webhook_is_taken(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        service = here.service()
        routes = service.room.routes(lambda: closing(service.connection()))
        with serving(Web(routes), "127.0.0.1", 0) as address, httpx.Client(base_url=address, trust_env=False) as client:
            assert _told(client, [_event("invoice", "e1")], verifier="x") == 404
        service.engine.dispose()


@given(JSON)
def test_whatever_intuit_sends_nothing_breaks(payload: object) -> None:
    for id_, realm, entity in changes(payload):
        assert isinstance(id_, str)
        assert isinstance(realm, str)
        assert entity == entity.lower()


def test_the_signature_is_that_of_the_raw_bytes() -> None:
    body = b'{"a": 1}'
    good = base64.b64encode(hmac.new(b"v", body, hashlib.sha256).digest()).decode()
    assert signed(body, good, Secret("v"))
    assert not signed(b'{"a":1}', good, Secret("v"))
    assert not signed(body, "", Secret("v"))
    assert not signed(body, "ü", Secret("v"))


def _consent(web: httpx.Client) -> str:
    """Follows the link to Intuit and says yes there; the address that the browser is sent back to."""
    sent = web.get("/qbo/connect")
    assert sent.status_code == 302
    back = httpx.get(sent.headers["location"], trust_env=False, follow_redirects=False)
    return back.headers["location"]


def test_a_person_connects_quickbooks_once_per_link(web: httpx.Client) -> None:
    back = urlsplit(_consent(web))
    done = web.get(f"/qbo/callback?{back.query}")
    assert (done.status_code, "QuickBooks is connected" in done.text) == (200, True)
    again = web.get(f"/qbo/callback?{back.query}")
    assert (again.status_code, "used already" in again.text) == (400, True)


def test_another_company_than_ours_is_not_let_in(web: httpx.Client) -> None:
    back = urlsplit(_consent(web))
    query = {name: values[0] for name, values in parse_qs(back.query).items()} | {"realmId": "1"}
    told = web.get("/qbo/callback", params=query)
    assert (told.status_code, "Another company" in told.text) == (400, True)


def test_a_state_that_was_not_made_here_is_refused(web: httpx.Client) -> None:
    told = web.get("/qbo/callback", params={"state": "made up", "code": "c", "realmId": REALM_ID})
    assert told.status_code == 400
    assert web.get("/qbo/callback").status_code == 400


def test_a_person_who_says_no_is_told_that_nothing_is_connected(here: Office, web: httpx.Client) -> None:
    here.company.faults = Faults(consent="refused")
    back = urlsplit(_consent(web))
    told = web.get(f"/qbo/callback?{back.query}")
    assert told.status_code in (400, 502)
    assert "is connected" not in told.text.replace("is not connected", "")
