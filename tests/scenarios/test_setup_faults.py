"""The set-up check on a practice company over real HTTP: silent where all is well, and it finds what was made wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.replies import DONE, FAILED
from sync.sandbox import chart
from sync.sandbox.books import World
from sync.sandbox.breaks.scene import NoSuchCase
from sync.sandbox.breaks.setup_faults import FAULTS, misconfigure
from sync.sandbox.breaks.table import inject
from sync.sandbox.faults import Faults, Kind, Rule
from sync.sandbox.generate import build
from sync.sandbox.serve import Served, serve
from sync.sandbox.switches import Switches
from tests.bot.commands.test_connect import KEY
from tests.bot.outsides import Desk

TODAY = date(2026, 3, 17)
EVENING = datetime(2026, 3, 17, 21, tzinfo=UTC).timestamp()
Said = tuple[str, str, str | None, str | None]

# Faults that may stand beside each other; what one of them hides of another stands in the next batch.
_RETYPED = [name for name in FAULTS if name.endswith("of another type")]
_APART = ("contact_name: two customers", "product_account: a whole category", "guide_account: no deposits")
_ACCOUNTS = [
    name
    for name in FAULTS
    if name.split(":")[0] in ("guide_account", "mapped_account", "active_account") and name not in (*_RETYPED, *_APART)
]
_PRODUCTS = [name for name in FAULTS if name.startswith(("product_", "item_", "odd_", "contact_", "quantity_"))]
# These bring the books to the state of the business anew, so they come before what is changed in the books alone.
_REDRAWN = ("product_name:", "product_unique: two items", "product_link", "quantity", "second", "silent")
BATCHES: dict[str, list[str]] = {
    "accounts": [*(name for name in _ACCOUNTS if name != "guide_account: no cost of goods"),
                 "account_type: cost as expense"],
    "products and contacts": [name for name in _PRODUCTS if name not in _APART],
    "the company": ["plan: Simple Start", "time_zone: QuickBooks elsewhere", "closing_dates: one closed longer",
                    "second_connector: a summary", "silent_stop: cost of sales", *_APART],
    "what stops": ["multi_currency: off", "closing_dates: closed ahead", "silent_stop: invoices",
                   "silent_stop: payments", "needed_account: no payable"],
    "another currency": ["base_currency: another", "guide_account: no cost of goods", *_RETYPED],
}  # fmt: skip


def company(seed: int = 5, **more: Any) -> World:
    return build(seed, today=TODAY, months=3, **more)


@contextmanager
def synced(world: World, folder: Path) -> Iterator[tuple[Desk, Served]]:
    """A desk beside the served company, after its first sync."""
    with serve(world, limits=False) as served:
        own = {"DATABASE_URL": f"sqlite:///{folder}/cache.db", "TIEOUT_SECRET_KEY": KEY}
        desk = Desk(folder, {**served.environ, **own}, began=EVENING)
        desk.run("sync")
        desk.began += 3600  # an hour later: no pace of the sync is left to wait for
        yield desk, served


def said(desk: Desk) -> set[Said]:
    """What the check says of all that is not right."""
    checks = desk.document()["checks"]
    return {
        (check["id"].split(":")[0], check["status"], check["cause"], check["subject"])
        for check in checks
        if check["status"] != "ok"
    }


def wronged(world: World, names: Iterable[str]) -> set[Said]:
    """Makes these faults, and gives what the check must say."""
    random, taken, expected = Random(5), set[str](), set[Said]()
    for name in sorted(names, key=lambda each: not each.startswith(_REDRAWN)):
        wrong = misconfigure(world, name, random, taken)
        expected.add((wrong.rule, wrong.status, wrong.cause, wrong.subject or None))
    return expected


@pytest.mark.parametrize(
    ("seed", "more"),
    [(5, {}), (8, {"switches": Switches(consolidation="day", accrual=False, journal_numbers="none")})],
)
def test_a_clean_company_has_nothing_to_mend(tmp_path: Path, seed: int, more: dict[str, Any]) -> None:
    with synced(company(seed, **more), tmp_path) as (desk, _):
        assert desk.run("check", "--json") == DONE
        assert (said(desk), desk.document()["status"]) == (set(), "ok")


@pytest.mark.parametrize("batch", BATCHES)
def test_every_fault_of_a_set_up_is_found_and_named(tmp_path: Path, batch: str) -> None:
    world = company()
    expected = wronged(world, BATCHES[batch])
    with synced(world, tmp_path) as (desk, _):
        desk.run("check", "--json")
        assert expected - said(desk) == set()


def test_every_rule_that_can_be_broken_in_the_books_has_a_fault() -> None:
    assert {name for names in BATCHES.values() for name in names} == set(FAULTS)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("seed", range(5, 9))
def test_one_fault_alone_is_found_in_every_company(tmp_path: Path, seed: int, name: str) -> None:
    world = company(seed, switches=Switches.drawn(seed))
    try:
        expected = wronged(world, [name])
    except NoSuchCase as none:
        pytest.skip(str(none))
    with synced(world, tmp_path) as (desk, _):
        desk.run("check", "--json")
        assert expected <= said(desk)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(12))
def test_a_clean_company_of_any_ways_has_nothing_to_mend(tmp_path: Path, seed: int) -> None:
    currency = ("USD", "JPY", "KWD")[seed % 3]
    with synced(company(seed, switches=Switches.drawn(seed), currency=currency), tmp_path) as (desk, _):
        desk.run("check", "--json")
        assert said(desk) == set()


def test_a_system_that_does_not_answer_is_named_with_what_to_do(tmp_path: Path) -> None:
    with synced(company(), tmp_path) as (desk, served):
        desk.environ = {**desk.environ, "CIN7_APPLICATION_KEY": "wrong"}
        served.grants.revoke()
        served.grants.expire()
        assert desk.run("check", "--json") == FAILED
        told = {(rule, cause, subject) for rule, _, cause, subject in said(desk)}
        assert {("connection", "not_connected", "cin7"), ("connection", "needs_reconnect", "qbo")} <= told


def test_a_part_that_may_not_be_read_is_told_as_a_missing_right(tmp_path: Path) -> None:
    with synced(company(), tmp_path) as (desk, served):
        served.faults = Faults((Rule(Kind.UNAUTHORISED, "cin7", "saleList"),))
        desk.began += 3600
        desk.run("sync", "--only", "sales")
        desk.run("check", "--json")
        assert ("rights", "error", "refused", "cin7 sales") in said(desk)


def test_without_credentials_the_check_says_what_is_not_set(tmp_path: Path) -> None:
    with synced(company(), tmp_path) as (desk, _):
        desk.environ = {"DATABASE_URL": desk.environ["DATABASE_URL"]}
        assert desk.run("check", "--json") == FAILED
        assert {fault[1:3] for fault in said(desk)} == {("error", "not_connected")}


def test_the_test_sync_of_the_newest_documents_is_right_in_every_step(tmp_path: Path) -> None:
    with synced(company(), tmp_path) as (desk, _):
        assert desk.run("check", "--test-sync", "--json") == DONE
        told = desk.document()["test_sync"]
        assert told["done"] is True
        assert {step["state"] for step in told["steps"]} == {"right"}
        assert [step["step"] for step in told["steps"]][-1] == "bill"


def states(desk: Desk) -> dict[str, str]:
    return {step["step"]: step["state"] for step in desk.document()["test_sync"]["steps"]}


def test_a_sale_whose_cost_never_came_is_wrong_in_its_cost_and_stock_and_right_in_all_else(tmp_path: Path) -> None:
    world = company()
    found = inject(world, "missing_in_qbo", Random(3), variant="cost").findings
    number = next(doc.reference for each in found for doc in each.cin7)
    with synced(world, tmp_path) as (desk, _):
        assert desk.run("check", "--test-sync", number, "--json") == FAILED
        told = states(desk)
        assert {step for step, state in told.items() if state == "wrong"} == {"cogs_entry", "cogs_amount", "stock_qbo"}
        assert told["invoice"] == told["stock_cin7"] == "right"


@pytest.mark.parametrize(("off", "state"), [(0, "right"), (1, "wrong")])
def test_where_quickbooks_counts_the_goods_of_the_test_sale_its_count_is_asked_of_it(
    tmp_path: Path, off: int, state: str
) -> None:
    world, held = company(), Counter[str]()
    for row in world.cin7.lists["ref/productavailability"]:
        held[row["SKU"]] += row["OnHand"]
    for item in world.qbo.entities["Item"]:
        if item.get("Sku") in held:
            item |= {"Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": held[item["Sku"]] + off}
    with synced(world, tmp_path) as (desk, _):
        desk.run("check", "--test-sync", "--json")
        assert states(desk)["stock_qbo"] == state


def test_a_sale_whose_amounts_cin7_has_not_told_yet_is_seen_until_they_are_read(tmp_path: Path) -> None:
    world, amounts = company(), ("InvoiceAmount", "SaleInvoicesTotalAmount")
    row = next(row for row in reversed(world.cin7.lists["salelist"]) if row["Status"] == "COMPLETED")
    told = {name: row[name] for name in amounts}
    row |= dict.fromkeys(amounts)
    with synced(world, tmp_path) as (desk, _):
        desk.run("check", "--test-sync", row["InvoiceNumber"], "--json")
        before, done = states(desk), desk.document()["test_sync"]["done"]
        assert ({step for step, state in before.items() if state == "seen"}, done) == ({"invoice", "payment"}, False)
        row |= told
        desk.run("sync", "--full")
        assert desk.run("check", "--test-sync", row["InvoiceNumber"], "--json") == DONE
        assert states(desk) == before | {"invoice": "right", "payment": "right"}


def test_two_roles_that_the_settings_lead_to_one_account_are_told_with_that_account(tmp_path: Path) -> None:
    world = company()
    shared = next(each["Id"] for each in world.qbo.entities["Account"] if each.get("AcctNum") == chart.STOCK)
    (tmp_path / "tieout.toml").write_text(f'[accounts]\n"{chart.TRANSIT}" = "{shared}"\n')
    with synced(world, tmp_path) as (desk, _):
        assert desk.run("check", "--json") == FAILED
        assert ("mapped_account", "error", "shared_account", shared) in said(desk)
