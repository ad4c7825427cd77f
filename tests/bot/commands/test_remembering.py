"""Findings, sign-off, open items, show and the set-up check from the outside, on a practice company over HTTP."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.replies import DONE, FAILED, WRONG_USAGE
from sync.sandbox.breaks.table import inject
from sync.sandbox.generate import build
from sync.sandbox.serve import Served, serve
from tests.bot.outsides import Desk

TODAY = date(2026, 3, 20)
NOON = datetime(2026, 3, 20, 17, 0, tzinfo=UTC).timestamp()
DAY = timedelta(days=1).total_seconds()


class Story:
    """A company whose books are synced twice: once with a document missing, a day later with one deleted."""

    def __init__(self, served: Served, folder: Path) -> None:
        key = base64.urlsafe_b64encode(bytes(32)).decode()
        own = {"DATABASE_URL": f"sqlite:///{folder}/cache.db", "TIEOUT_SECRET_KEY": key}
        self.served = served
        self.desk = Desk(folder, dict(served.environ) | own, began=NOON)

    def asked(self, line: str, status: int = DONE) -> dict[str, Any]:
        words = [word.replace("+", " ") for word in line.split()]
        assert self.desk.run(*words, "--json") == status, self.desk.err.getvalue()
        return self.desk.document()

    def said(self, line: str) -> str:
        self.desk.run(*line.split())
        return self.desk.out.getvalue() + self.desk.err.getvalue()

    def tomorrow(self) -> None:
        self.desk = replace(self.desk, began=self.desk.began + DAY)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Any:
    world = build(11, today=TODAY, months=5)
    inject(world, "missing_in_qbo", Random(1), variant="invoice")
    with serve(world, limits=False) as served:
        told = Story(served, tmp_path_factory.mktemp("story"))
        told.asked("sync")
        told.asked("reconcile 2025-11-01..2026-03-19")  # each test starts from findings that are remembered
        yield told


def _months(found: dict[str, Any]) -> str:
    """The month of a finding's first document."""
    documents = found["cin7"] or found["qbo"]
    return str(documents[0]["date"][:7])


def test_a_tie_out_is_remembered_and_its_findings_get_owners(story: Story) -> None:
    told = story.asked("reconcile 2025-11-01..2026-03-19")
    missing = [found for found in told["findings"] if found["cause"] == "missing_in_qbo"]
    assert missing
    assert all(found["first_seen"] for found in missing)
    kept = story.asked("findings --open --cause missing-in-qbo")
    assert {found["id"] for found in kept["findings"]} == {found["id"] for found in missing}
    first = missing[0]["id"]
    given = story.asked(f"findings assign {first} --owner Ada+Lovelace --due 2026-04-01 --note asked+support")
    assert [(f["owner"], f["due"], f["note"]) for f in given["findings"]] == [
        ("Ada Lovelace", "2026-04-01", "asked support")
    ]
    again = story.asked("reconcile 2025-11-01..2026-03-19")
    assert {f["id"]: f["owner"] for f in again["findings"]}[first] == "Ada Lovelace"
    assert story.asked("findings")["findings"] == story.asked("findings")["findings"]
    assert "Ada Lovelace" in story.said("findings --open")


def test_a_period_is_signed_off_once_its_errors_have_owners(story: Story) -> None:
    found = next(f for f in story.asked("findings --cause missing_in_qbo")["findings"])
    month = _months(found)
    refused = story.asked(f"sign-off {month} --by Grace+Hopper", FAILED)
    assert (refused["status"], refused["signed_by"]) == ("refused", None)
    unowned = [reason["subject"] for reason in refused["reasons"] if reason["id"] == "unowned_error"]
    assert unowned
    for id_ in unowned:
        story.asked(f"findings assign {id_} --owner Ada")
    assert {reason["id"] for reason in refused["reasons"]} == {"unowned_error"}
    signed = story.asked(f"sign-off {month} --by Grace+Hopper")
    assert (signed["status"], signed["signed_by"]) == ("signed", "Grace Hopper")
    assert set(signed["inputs"]) >= {"cin7_ledger", "qbo_ledger", "account_map", "config", "report"}
    assert signed["report"]["schema"] == "tieout/reconcile/1"
    assert story.asked(f"sign-off {month}")["status"] == "signed"
    assert "signed off by Grace Hopper" in story.said(f"sign-off {month}")


def test_open_items_tie_to_the_ledger_and_agree_but_for_what_is_missing(story: Story) -> None:
    missing = {f["subject"] for f in story.asked("findings --cause missing_in_qbo")["findings"]}
    for side in ("receivables", "payables"):
        told = story.asked(f"open-items {side}")
        assert told["other"] == {"cin7": "0.00", "qbo": "0.00", "difference": "0.00"}, side
        assert told["total"] == {key: told["control"][key] for key in ("cin7", "qbo", "difference")}
        documents = [document for party in told["parties"] for document in party["documents"]]
        differing = {d["number"] for d in documents if d["difference"] not in ("0.00", "0", None)}
        assert {number for number in differing if not number.startswith("REVAL")} <= missing
        assert documents


def test_a_document_is_shown_with_its_findings(story: Story) -> None:
    found = next(f for f in story.asked("findings --cause missing_in_qbo")["findings"])
    told = story.asked(f"show {found['cin7'][0]['reference']}")
    assert found["id"] in {each["id"] for each in told["findings"]}
    assert told["transaction"]["type"] == "Sale"
    assert list(told["transaction"])[:7] == [
        *("transaction_id", "type", "date", "customer_name", "total_amount", "cogs_amount", "line_items"),
    ]


def test_the_set_up_of_the_practice_company_is_in_order_and_its_test_sale_passes(story: Story) -> None:
    told = story.asked("check --test-sync")
    assert told["status"] == "ok", [check for check in told["checks"] if check["status"] != "ok"]
    steps = [check["id"].split(":")[0] for check in told["checks"] if check["id"].startswith("test_sync")]
    names = ("order", "invoice", "payment", "cogs_entry", "cogs_amount", "stock_cin7", "stock_qbo", "bill")
    assert steps == [f"test_sync.{name}" for name in names]
    missing = story.asked("findings --cause missing_in_qbo")["findings"][0]["cin7"][0]["reference"]
    assert story.asked(f"check --test-sync {missing}", FAILED)["status"] == "errors"


def test_what_was_deleted_or_came_late_after_a_sync_is_known_as_such(story: Story) -> None:
    world = story.served.world
    works: Any = world.works
    works.rest()
    taken: set[str] = set()
    gone = inject(world, "deleted_in_qbo", Random(2), variant="cost", taken=taken)
    late = inject(world, "backdated_after_close", Random(3), variant="journal in QBO", taken=taken)
    story.served.changed()
    story.tomorrow()
    story.asked("sync")
    found = story.asked("reconcile 2025-11-01..2026-03-19")["findings"]
    for expected in (gone, late):
        wanted = {(each.cause, each.control) for each in expected.findings if each.cause == expected.cause}
        assert {(each["cause"], each["control"]) for each in found if each["cause"] == expected.cause} == wanted
    kept = story.asked("findings --open --cause deleted_in_qbo")["findings"]
    assert {each["first_seen"][:10] for each in kept} == {"2026-03-21"}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("findings assign", "findings assign ID --owner NAME"),
        ("findings assign 1234", "--owner NAME"),
        ("findings --owner Ada", "Say which finding"),
        ("findings assign nothing-like-it --owner Ada", "There is no finding"),
        ("findings --cause missing_in_qb", "did you mean missing_in_qbo"),
        ("findings assign 1234 --owner Ada --due tomorrow", "is not a day"),
        ("open-items", "receivables or payables"),
        ("open-items receivable --at never", "is not a day"),
        ("show", "Say which document"),
        ("sign-off someday", "someday"),
    ],
)
def test_words_that_make_no_sense_are_told_what_to_write(story: Story, line: str, fault: str) -> None:
    assert story.desk.run(*line.split()) == WRONG_USAGE
    assert fault in story.desk.err.getvalue()


def test_a_number_that_neither_system_knows_is_a_figure_that_cannot_be_given(story: Story) -> None:
    assert story.desk.run("show", "INV-NOWHERE") == FAILED
    assert "No document has the number" in story.desk.err.getvalue()
