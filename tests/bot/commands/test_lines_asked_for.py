"""Who asks for a document, or finds one in a finding, has its lines after the next sync: the whole path over HTTP."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Literal

import pytest

from bot.replies import DONE
from sync.sandbox.breaks.table import inject
from sync.sandbox.generate import build
from sync.sandbox.serve import Served, serve
from sync.sandbox.switches import Switches
from tests.bot.outsides import Desk

TODAY = date(2026, 3, 20)
NOON = datetime(2026, 3, 20, 17, 0, tzinfo=UTC).timestamp()
DAY = timedelta(days=1).total_seconds()
PATHS = {"sale_details": "/sale", "purchase_details": "/advanced-purchase", "task_details": "/stocktransfer"}


@dataclass
class Office:
    """A person at the command line beside the servers of a practice company."""

    served: Served
    desk: Desk

    def asked(self, *words: str) -> dict[str, Any]:
        assert self.desk.run(*words, "--json") == DONE, self.desk.err.getvalue()
        return self.desk.document()

    def sync(self, *words: str) -> dict[str, int]:
        """A sync on the next day, when all calls are allowed again: documents read in detail, by part."""
        self.desk = replace(self.desk, began=self.desk.began + DAY)
        self.served.calls.clear()
        told = self.asked("sync", *words)
        assert told["status"] == "succeeded", told
        return {e["entity"]: e["fetched"] for e in told["entities"] if e["entity"].endswith("_details")}

    def called(self, path: str) -> int:
        """How often this path was called in the newest sync."""
        return sum(call.path.lower().endswith(path) for call in self.served.calls if call.source == "cin7")


Opened = Callable[..., Office]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """opened("bill") -> an office whose company was synced once, and a bill is missing in QuickBooks."""
    with ExitStack() as stack:

        def make(
            *missing: str,
            consolidation: Literal["day"] | None = None,
            details: bool = False,
        ) -> Office:
            world = build(11, today=TODAY, months=2, switches=Switches(consolidation=consolidation))
            for variant in missing:
                inject(world, "missing_in_qbo", Random(1), variant=variant)
            served = stack.enter_context(serve(world, limits=False))
            key = base64.urlsafe_b64encode(bytes(32)).decode()
            own = {"DATABASE_URL": f"sqlite:///{tmp_path}/cache.db", "TIEOUT_SECRET_KEY": key}
            office = Office(served, Desk(tmp_path, dict(served.environ) | own, began=NOON))
            assert bool(office.sync()) == details
            return office

        yield make


def numbers(office: Office, path: str) -> list[str]:
    rows = office.served.world.cin7.lists[path]
    return [str(row.get("Number") or row.get("OrderNumber")) for row in rows if row["Status"] != "VOIDED"]


def test_documents_of_findings_have_their_lines_after_the_next_sync_and_cost_no_call_later(opened: Opened) -> None:
    office = opened("bill", "stock")
    found = office.asked("reconcile", "2026-01-01..2026-03-19")["findings"]
    named = {d["reference"] for f in found if f["cause"] == "missing_in_qbo" for d in f["cin7"]}
    assert len(named) >= 2
    read = office.sync()
    assert 2 <= sum(read.values()) <= 20
    assert {"purchase_details", "task_details"} <= read.keys()
    for number in sorted(named):
        told = office.asked("show", number)
        assert (bool(told["lines"]), told["unread"]) == (True, []), number
        assert all(line["sku"] or line["amount"] for line in told["lines"])
    while more := office.sync():
        assert sum(more.values()) <= 20
    assert [office.called(path) for path in PATHS.values()] == [0, 0, 0]


@pytest.mark.parametrize(
    ("listed", "part", "section"),
    [("purchaselist", "purchase_details", "Received"), ("stocktransferlist", "task_details", "Transfer")],
)
def test_a_document_that_is_shown_says_that_its_lines_come_and_has_them_after_the_next_sync(
    opened: Opened, listed: str, part: str, section: str
) -> None:
    office = opened()
    number = numbers(office, listed)[0]
    office.served.calls.clear()
    before = office.asked("show", number)
    assert office.served.calls == []  # answered from the cache alone
    assert before["lines"] == []
    assert [(each["number"], each["id"] != "") for each in before["unread"]] == [(number, True)]
    assert "are not read yet; the next sync reads them, before others" in before["unread"][0]["reason"]
    office.desk.run("show", number)
    assert before["unread"][0]["reason"] in office.desk.out.getvalue()
    assert office.sync() == {part: 1}
    assert office.called(PATHS[part]) == 1
    told = office.asked("show", number)
    assert told["unread"] == []
    assert section in {line["section"] for line in told["lines"]}
    office.desk.run("show", number)
    assert "Cin7's lines" in office.desk.out.getvalue()
    assert office.sync() == {}


def test_a_document_that_changed_in_cin7_says_so_and_is_read_again_when_asked_for(opened: Opened) -> None:
    office = opened()
    number = numbers(office, "purchaselist")[-1]
    office.asked("show", number)
    office.sync()
    world = office.served.world
    world.cin7.lists["purchaselist"] = [
        row | {"LastUpdatedDate": "2026-03-21T12:00:00.000Z"} if row["OrderNumber"] == number else row
        for row in world.cin7.lists["purchaselist"]
    ]
    office.served.changed()
    assert office.sync() == {}
    told = office.asked("show", number)
    assert told["lines"]
    assert [each["reason"] for each in told["unread"]] == [
        f"Purchase {number} changed after its lines were read; the next sync reads them anew, before others."
    ]
    assert office.sync() == {"purchase_details": 1}
    assert office.asked("show", number)["unread"] == []


def test_products_of_an_old_month_that_somebody_asks_for_are_read_before_the_newest(opened: Opened) -> None:
    office = opened(consolidation="day", details=True)
    before = office.asked("cogs", "2026-01", "--by", "product")["coverage"]
    assert before["waiting"] > 0
    assert office.sync()["sale_details"] == 20
    after = office.asked("cogs", "2026-01", "--by", "product")["coverage"]
    assert after["waiting"] == before["waiting"] - min(20, before["waiting"])
    assert after["with_detail"] > before["with_detail"]
    office.desk.run("cogs", "2026-01", "--by", "product")
    assert f"The next syncs read the lines of {after['waiting']} of them first." in office.desk.out.getvalue()


def test_a_document_that_cin7_does_not_give_stops_no_other_and_rests_for_a_day(opened: Opened) -> None:
    office = opened()
    gone, there = numbers(office, "purchaselist")[:2]
    office.asked("show", gone)
    (unread,) = office.asked("show", gone)["unread"]  # asked for most often, so it is read first
    office.asked("show", there)
    details = office.served.world.cin7.details
    whole = details["advanced-purchase"]
    details["advanced-purchase"] = {id_: whole[id_] for id_ in whole if id_ != unread["id"]}
    assert office.sync() == {"purchase_details": 1}
    assert office.called("/advanced-purchase") == 2
    assert office.asked("show", there)["unread"] == []
    (left,) = office.asked("show", gone)["unread"]
    assert "could not be read: Cin7 refused advanced-purchase" in left["reason"]
    details["advanced-purchase"] = whole
    office.desk = replace(office.desk, began=office.desk.began - DAY / 2)
    office.sync()
    assert office.called("/advanced-purchase") == 0  # half a day later
    assert office.sync() == {"purchase_details": 1}
    assert office.asked("show", gone)["unread"] == []


def test_all_details_of_one_sort_are_read_when_it_is_asked_for_by_name(opened: Opened) -> None:
    office = opened()
    lists = office.served.world.cin7.lists
    wanted = [row for row in lists["purchaselist"] if row["Status"] != "VOIDED"]
    assert office.sync("--only", "purchase_details") == {"purchase_details": len(wanted)}
    late = [row for row in lists["stocktransferlist"] if row["DepartureDate"] and row["DepartureDate"] >= "2026-03-01"]
    office.sync("--only", "task-details", "--since", "2026-03-01")
    assert office.called("/stocktransfer") == len(late) < len(lists["stocktransferlist"])
    office.sync("--only", "task_details", "purchase_details")
    assert office.called("/stocktransfer") == len(lists["stocktransferlist"]) - len(late)
    assert office.sync("--only", "task_details", "purchase_details", "sale_details") == {}
