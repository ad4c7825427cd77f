"""`tieout sync` from the outside: its document, its exit status, and that it counts what the servers saw."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.replies import DONE, FAILED, WRONG_USAGE
from sync.sandbox.books import World
from sync.sandbox.faults import Faults, Kind, Rule
from sync.sandbox.generate import build
from sync.sandbox.serve import Served, serve
from sync.store import leases
from sync.store.db import migrate, open_database, reading, writing
from sync.store.tables import Company
from sync.store.writes import save_company
from tests.bot.outsides import Desk

TODAY = date(2026, 3, 20)
NOON = datetime(2026, 3, 20, 17, 0, tzinfo=UTC).timestamp()
SMALL = ("me", "accounts", "locations", "journals")


@pytest.fixture(scope="module")
def world() -> World:
    return build(7, today=TODAY, months=1)


@pytest.fixture
def served(world: World) -> Iterator[Served]:
    with serve(world, limits=False) as started:
        yield started


@pytest.fixture
def desk(tmp_path: Path, served: Served) -> Desk:
    key = base64.urlsafe_b64encode(bytes(32)).decode()
    own = {"DATABASE_URL": f"sqlite:///{tmp_path}/cache.db", "TIEOUT_SECRET_KEY": key}
    return Desk(tmp_path, dict(served.environ) | own, began=NOON)


def test_the_document_of_a_sync_is_the_contracts_and_its_calls_are_the_servers(desk: Desk, served: Served) -> None:
    assert desk.run("sync", "--json") == DONE
    document = desk.document()
    assert list(document) == [
        *("schema", "run", "status", "started_at", "finished_at", "calls", "throttled", "entities"),
    ]
    assert (document["schema"], document["status"]) == ("tieout/sync/1", "succeeded")
    assert document["started_at"].endswith("Z")
    assert document["calls"] == {source: len(served.seen(source)) for source in ("cin7", "qbo")}
    assert document["throttled"] == {"cin7": 0, "qbo": 0}
    for entity in document["entities"]:
        assert list(entity) == ["source", "entity", "status", "fetched", "changed", "calls", "error"]
        assert entity["error"] is None
    assert served.violations == []


def test_a_second_sync_finds_nothing_changed_and_the_status_knows_both(desk: Desk) -> None:
    assert desk.run("sync", "--json") == DONE
    assert desk.run("sync", "--json") == DONE
    assert sum(entity["changed"] for entity in desk.document()["entities"]) == 0
    assert desk.run("status", "--json") == DONE
    assert [run["status"] for run in desk.document()["runs"]] == ["succeeded", "succeeded"]


def test_a_day_that_is_to_come_is_refused_before_anything_is_asked(desk: Desk, served: Served) -> None:
    assert desk.run("sync", "--since", (TODAY + timedelta(days=2)).isoformat(), "--json") == WRONG_USAGE
    assert "still to come" in desk.document()["message"]
    assert served.calls == []


def test_only_the_chosen_entities_are_fetched(desk: Desk) -> None:
    assert desk.run("sync", "--only", *SMALL, "--json") == DONE
    fetched = {entity["entity"] for entity in desk.document()["entities"] if entity["fetched"]}
    assert set(SMALL) <= fetched
    assert fetched & {"transactions", "sales", "invoices", "ledger"} == set()


def test_the_costs_of_products_may_be_asked_for_by_name(desk: Desk) -> None:
    assert desk.run("sync", "--only", "me", "company", "sales", "products", "--json") == DONE
    assert desk.run("sync", "--only", "movements", "--json") == DONE
    fetched = {entity["entity"]: entity["fetched"] for entity in desk.document()["entities"]}
    assert fetched["movements"] > 20


def test_the_config_may_leave_entities_out_and_the_command_line_wins(desk: Desk) -> None:
    (desk.folder / "tieout.toml").write_text('[sync]\nentities = ["me", "accounts"]\n', encoding="utf-8")
    assert desk.run("sync", "--json") == DONE
    assert "journals" not in {entity["entity"] for entity in desk.document()["entities"] if entity["fetched"]}
    assert desk.run("sync", "--only", "journals", "--json") == DONE
    assert "journals" in {entity["entity"] for entity in desk.document()["entities"] if entity["fetched"]}


def test_an_unknown_entity_is_wrong_usage_with_the_nearest_one(desk: Desk, served: Served) -> None:
    assert desk.run("sync", "--only", "invoice") == WRONG_USAGE
    assert "did you mean invoices?" in desk.err.getvalue()
    assert served.calls == []


def test_a_part_that_fails_leaves_the_others_and_the_run_is_partial(desk: Desk, served: Served) -> None:
    served.faults = Faults((Rule(Kind.ERROR_200, "cin7", "journal"),))
    assert desk.run("sync", "--only", *SMALL, "--json") == FAILED
    document = desk.document()
    states = {entity["entity"]: entity["status"] for entity in document["entities"] if entity["source"] == "cin7"}
    assert (document["status"], states["journals"], states["locations"]) == ("partial", "failed", "succeeded")
    (error,) = [entity["error"] for entity in document["entities"] if entity["entity"] == "journals"]
    assert error
    served.faults = Faults()
    assert desk.run("sync", "--only", *SMALL) == DONE


def test_refused_keys_are_named(desk: Desk) -> None:
    desk.environ = {**desk.environ, "CIN7_APPLICATION_KEY": "another"}
    assert desk.run("sync", "--only", "me", "accounts") == FAILED
    assert "CIN7_APPLICATION_KEY" in desk.out.getvalue()
    assert "another" not in desk.out.getvalue() + desk.err.getvalue()


def test_a_second_sync_at_the_same_time_says_so_and_calls_nobody(desk: Desk, served: Served) -> None:
    engine = open_database(desk.environ["DATABASE_URL"])
    migrate(engine)
    with writing(engine) as session:
        company = save_company(
            session, cin7_account=desk.environ["CIN7_ACCOUNT_ID"], qbo_realm=desk.environ["QBO_REALM_ID"]
        )
    assert leases.take(engine, f"sync:{company}", "someone", 3600, NOON)
    engine.dispose()
    assert desk.run("sync", "--json") == FAILED
    assert desk.document()["error"] == "SyncRunning"
    assert served.calls == []


def test_answers_belong_to_the_company_that_the_settings_name(desk: Desk) -> None:
    assert desk.run("sync", "--only", "me", "accounts") == DONE
    desk.environ = {**desk.environ, "QBO_REALM_ID": "12345"}
    assert desk.run("cogs", "last-month") == FAILED
    assert "tieout sync" in desk.err.getvalue()
    engine = open_database(desk.environ["DATABASE_URL"])
    with reading(engine) as session:
        assert len(session.exec(select(Company)).all()) == 1
    engine.dispose()


def test_the_status_tells_what_is_due_next(desk: Desk) -> None:
    (desk.folder / "tieout.toml").write_text(
        '[company]\ntime_zone = "America/New_York"\n'
        '[[schedule]]\nname = "weekly"\nreport = "weekly"\ncron = "0 9 * * mon"\nchannel = "C0456"\n',
        encoding="utf-8",
    )
    assert desk.run("status", "--json") == DONE
    assert desk.document()["next"] == []
    assert desk.run("sync", "--only", "me", "--json") == DONE
    assert desk.run("status", "--json") == DONE
    dues = desk.document()["next"]
    assert [due["job"] for due in dues] == ["sync", "snapshot", "check", "report:weekly"]
    assert dues[3]["at"] == "2026-03-23T13:00:00Z"
