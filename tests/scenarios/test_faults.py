"""Whatever goes wrong on the way: the same cache in the end, or the part that failed is named and mended later."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine

from bot.commands.sync import to_json
from sync.pull import RunReport, Wants
from sync.sandbox.faults import Faults, Kind, Rule
from sync.sandbox.generate import build
from sync.sandbox.serve import Served, serve
from sync.sandbox.switches import Switches
from sync.store import reads
from sync.store.db import open_database, reading
from tests.scenarios.feeds import TODAY, world
from tests.scenarios.practice import Contents, Practice

LEDGER = Wants(details=0)
MENDING = Wants(details=0, full=True)
# Many caches share one connection here, so its refresh token does not change.
CALM = Faults(rotate_every=0, hold=60.0)
PATIENCE = 1.0  # seconds: how long a source that does not answer is tried, where nothing else is needed

# What passes: the run must not even notice.
PASSING = [
    *[kind for kind in Kind if kind.name.startswith("THROTTLE")],
    *(Kind.ERROR_500, Kind.ERROR_502, Kind.ERROR_504, Kind.XML_FAULT, Kind.HTML_200, Kind.EMPTY),
    *(Kind.CUT_JSON, Kind.CUT_BODY, Kind.RESET, Kind.LOST, Kind.LATE, Kind.HANG),
    *(Kind.SHIFT_INSERT, Kind.SHIFT_DELETE, Kind.MOVING_TOTAL, Kind.DUPLICATE_ROWS, Kind.EMPTIES, Kind.TYPOS),
]
# What a system says in full earnest: the part that asked fails, or the cache has what it was told.
FIELDS = (Kind.FIELD_NULL, Kind.FIELD_BLANK, Kind.FIELD_MISSING)
EARNEST = [
    *((Kind.UNAUTHORISED, "cin7", ""), (Kind.ERROR_200, "cin7", ""), (Kind.MONTH_XML, "qbo", "")),
    *((Kind.UNKNOWN_TYPE, "cin7", ""), (Kind.UNKNOWN_STATUS, "cin7", ""), (Kind.FIELD_NULL, "cin7", "Amount")),
    *((Kind.FIELD_BLANK, "cin7", "EffectiveDate"), (Kind.FIELD_MISSING, "cin7", "SaleID")),
    *((Kind.FIELD_NULL, "qbo", "Id"), (Kind.FIELD_MISSING, "qbo", "TxnDate")),
]
IN_CIN7 = ("Amount", "EffectiveDate", "SaleID", "Status", "Updated", "TaskID", "Type", "OnHand", "DebitAccountCode")
IN_QBO = ("Id", "TxnDate", "TotalAmt", "Line", "SyncToken", "MetaData")
ALL_EARNEST = [(kind, "cin7", name) for kind in FIELDS for name in IN_CIN7]
ALL_EARNEST += [(kind, "qbo", name) for kind in FIELDS for name in IN_QBO]


def test_no_kind_of_fault_is_forgotten() -> None:
    assert {*PASSING, *(kind for kind, _, _ in EARNEST), Kind.MONTH_JSON} == set(Kind)


@dataclass
class Stage:
    """A served company, empty caches and caches from three days ago, and what an undisturbed sync makes of them."""

    served: Served
    folder: Path
    starts: dict[str, Path]
    key: str = field(default_factory=lambda: Fernet.generate_key().decode())
    contents: dict[str, Contents] = field(default_factory=dict)
    open: list[Engine] = field(default_factory=list)
    made: int = 0

    def close(self) -> None:
        while self.open:
            self.open.pop().dispose()

    def start(self, from_: str, patience: float = PATIENCE) -> Practice:
        self.made += 1
        path = self.folder / f"{self.made}.db"
        shutil.copy(self.starts[from_], path)
        engine = open_database(f"sqlite:///{path}")
        self.open.append(engine)
        return Practice(self.served, engine, give_up_after=patience, key=self.key)

    def undisturbed(self, from_: str) -> Contents:
        if from_ not in self.contents:
            self.served.faults = CALM
            practice = self.start(from_)
            assert practice.sync(LEDGER).status == "succeeded"
            self.contents[from_] = practice.contents()
        return self.contents[from_]

    def sync_under(self, practice: Practice, *rules: Rule) -> RunReport:
        """A sync while `rules` hold; its document obeys the contract, and it counts what the servers saw."""
        self.served.faults, before = replace(CALM, rules=rules), len(self.served.calls)
        report = practice.sync(LEDGER)
        self.served.faults = CALM
        seen = [call.source for call in self.served.calls[before:]]
        assert report.calls == {source: seen.count(source) for source in ("cin7", "qbo")}
        assert_obeys_the_contract(report)
        return report


@pytest.fixture
def stage(shared_stage: Stage) -> Iterator[Stage]:
    yield shared_stage
    shared_stage.close()


@pytest.fixture(scope="module")
def shared_stage(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    company = build(41, today=date(2026, 3, 17), months=1, switches=Switches.drawn(5))
    folder = tmp_path_factory.mktemp("faults")
    with serve(company, limits=False, faults=CALM) as served:
        found = Stage(served, folder, {"nothing": _sqlite_template})
        first = found.start("nothing")
        assert first.sync(LEDGER).status == "succeeded"
        found.close()  # the last connection puts everything into the file itself
        found.starts["before"] = Path(str(first.engine.url.database))
        company.advance(3)
        served.changed()
        yield found


def assert_obeys_the_contract(report: RunReport) -> None:
    document = to_json(report)
    assert list(document) == [
        *("schema", "run", "status", "started_at", "finished_at", "calls", "throttled", "entities"),
    ]
    states = [step.status for step in report.entities]
    expected = "succeeded" if "failed" not in states else "partial" if "succeeded" in states else "failed"
    assert document["status"] == expected
    names = [(step.source, step.entity) for step in report.entities]
    assert len(set(names)) == len(names)
    for step in report.entities:
        assert (step.error is None) == (step.status == "succeeded")
        assert step.calls >= 0
        assert "practice-" not in (step.error or ""), "a token is shown"


def failed(report: RunReport) -> dict[str, str]:
    return {f"{step.source} {step.entity}": step.error or "" for step in report.entities if step.status == "failed"}


def patience(kind: Kind) -> float:
    """Silence is waited for in earnest; everything else costs no time, and several faults may meet one call."""
    return PATIENCE if kind is Kind.HANG else 60.0


def under(kind: Kind, places: tuple[int, ...]) -> list[Rule]:
    """The fault at these calls of both systems, and at the first of the token endpoint."""
    rules = [Rule(kind, source, nth=nth, seconds=0.05) for source in ("cin7", "qbo") for nth in places]
    answers_instead = not kind.name.startswith(("THROTTLE", "HANG"))  # Intuit's token endpoint has no such limits
    return [*rules, *([Rule(kind, "oauth", nth=1, seconds=0.05)] if answers_instead else [])]


@pytest.mark.parametrize("kind", PASSING, ids=lambda kind: kind.name)
def test_what_passes_leaves_no_trace_in_the_cache(stage: Stage, kind: Kind) -> None:
    undisturbed, practice = stage.undisturbed("before"), stage.start("before", patience(kind))
    # One wrong Total is read again; a list whose Total is wrong twice in a row is not trusted.
    places = (3,) if kind in (Kind.HANG, Kind.MOVING_TOTAL) else (2, 5, 9)
    report = stage.sync_under(practice, *under(kind, places))
    assert (report.status, failed(report)) == ("succeeded", {})
    assert practice.contents() == undisturbed


@pytest.mark.exhaustive
@pytest.mark.parametrize("from_", ["nothing", "before"])
@pytest.mark.parametrize("nth", [1, 2, 4, 6, 8, 12, 16, 21, 25])
@pytest.mark.parametrize("kind", PASSING, ids=lambda kind: kind.name)
def test_what_passes_leaves_no_trace_wherever_it_comes(stage: Stage, kind: Kind, nth: int, from_: str) -> None:
    undisturbed, practice = stage.undisturbed(from_), stage.start(from_, patience(kind))
    report = stage.sync_under(practice, *under(kind, (nth,)))
    assert (report.status, failed(report)) == ("succeeded", {})
    assert practice.contents() == undisturbed


@pytest.mark.parametrize(("kind", "source", "name"), EARNEST, ids=lambda value: getattr(value, "name", value))
def test_what_is_said_in_earnest_is_told_and_mended_by_the_next_good_sync(
    stage: Stage, kind: Kind, source: str, name: str
) -> None:
    undisturbed, practice = stage.undisturbed("before"), stage.start("before")
    path = {"Amount": "transactions", "EffectiveDate": "transactions", "SaleID": "salelist"}.get(name, "")
    nth = 3 if not name else 0
    report = stage.sync_under(practice, Rule(kind, source, path, nth=nth, field=name))
    assert report.status in ("succeeded", "partial")
    for part, reason in failed(report).items():
        assert part.startswith(source)
        assert reason.endswith((".", ")")) or " " in reason
        assert "failed on our side" not in reason
    assert {step.source for step in report.entities if step.status == "succeeded"} == {"cin7", "qbo"}
    mended = practice.sync(MENDING)
    assert (mended.status, failed(mended)) == ("succeeded", {})
    assert practice.contents() == undisturbed


@pytest.mark.exhaustive
@pytest.mark.parametrize(("kind", "source", "name"), ALL_EARNEST, ids=lambda value: getattr(value, "name", value))
def test_each_field_that_is_empty_or_missing_is_told_and_mended(
    stage: Stage, kind: Kind, source: str, name: str
) -> None:
    test_what_is_said_in_earnest_is_told_and_mended_by_the_next_good_sync(stage, kind, source, name)


@pytest.mark.parametrize(("form", "from_"), [(Kind.MONTH_JSON, "before"), (Kind.MONTH_XML, "nothing")])
def test_after_the_monthly_block_quickbooks_is_asked_no_more(stage: Stage, form: Kind, from_: str) -> None:
    practice, before = stage.start(from_), len(stage.served.seen("qbo"))
    report = stage.sync_under(practice, Rule(form, "qbo", nth=1))
    assert len(stage.served.seen("qbo")) - before == 1
    assert report.status == "partial"
    assert any("monthly" in reason for reason in failed(report).values())
    with reading(practice.engine) as session:
        figures = {f.entity: f for f in reads.figures(session, practice.company) if f.source == "qbo"}
    # Whoever asks for figures is told why QuickBooks' are no newer.
    assert not figures["ledger"].complete
    assert "monthly" in figures["ledger"].reason
    assert {step.status for step in report.entities if step.source == "cin7"} == {"succeeded"}
    assert practice.sync(LEDGER).status == "succeeded"
    assert practice.contents() == stage.undisturbed(from_)


def test_an_access_token_that_is_refused_is_renewed_once(stage: Stage) -> None:
    practice = stage.start("before")
    practice.sync(Wants(only=("company",)))
    before = len(stage.served.seen("oauth"))
    report = stage.sync_under(practice, Rule(Kind.UNAUTHORISED, "qbo", nth=2))
    assert report.status == "succeeded"
    assert len(stage.served.seen("oauth")) - before == 1
    assert practice.contents() == stage.undisturbed("before")


DEAD = [
    *(("cin7", "before", Kind.HANG), ("cin7", "nothing", Kind.RESET), ("qbo", "before", Kind.RESET)),
    *(("qbo", "nothing", Kind.HANG), ("qbo", "before", Kind.ERROR_500)),
]


@pytest.mark.parametrize(("dead", "from_", "kind"), DEAD, ids=lambda value: getattr(value, "name", value))
def test_a_dead_system_fails_soon_and_the_other_is_read(stage: Stage, dead: str, from_: str, kind: Kind) -> None:
    practice = stage.start(from_)
    report = stage.sync_under(practice, Rule(kind, dead))
    assert report.status == "partial"
    assert {step.status for step in report.entities if step.source == dead} <= {"failed", "skipped"}
    assert {step.status for step in report.entities if step.source != dead} == {"succeeded"}
    # One part bears with it for as long as asked, the others try once: what was waited for between tries tells.
    assert practice.clock.skipped <= 4 * PATIENCE
    assert max(step.calls for step in report.entities if step.source == dead) <= 5
    assert practice.sync(LEDGER).status == "succeeded"
    assert practice.contents() == stage.undisturbed(from_)


MANY = 2_300  # more than two pages of 1,000
SHIFTS = (Kind.SHIFT_INSERT, Kind.SHIFT_DELETE, Kind.MOVING_TOTAL, Kind.DUPLICATE_ROWS)


@pytest.mark.parametrize(
    ("kind", "row_order"), [*zip(SHIFTS, ["stable_random"] * 4, strict=True), (Kind.SHIFT_DELETE, "newest")]
)
def test_rows_that_shift_between_pages_are_all_kept_once(stage: Stage, kind: Kind, row_order: str) -> None:
    company = world([], row_order=row_order)
    company.cin7.lists["salelist"] = [_sale(number) for number in range(MANY)]
    practice = stage.start("nothing")
    with serve(company, limits=False, faults=replace(CALM, rules=(Rule(kind, "cin7", "salelist", upto=2),))) as served:
        practice.served = served
        wants = Wants(only=("me", "company", "sales"))
        assert practice.sync(wants).status == "succeeded"
        documents = practice.contents()["document"]
        assert len(documents) == MANY
        served.faults = CALM
        practice.sync(replace(wants, full=True))
        assert practice.contents()["document"] == documents


def test_rows_that_come_in_another_order_at_every_call_are_all_kept_once(stage: Stage) -> None:
    company = world([], row_order="random_each_call")
    company.cin7.lists["salelist"] = [_sale(number) for number in range(MANY)]
    company.cin7.lists["ref/productavailability"] = [_stock(number) for number in range(MANY)]
    practice = stage.start("nothing")
    with serve(company, limits=False, faults=CALM) as served:
        practice.served = served
        assert practice.sync(Wants(only=("me", "company", "sales", "availability"))).status == "succeeded"
    assert len(practice.contents()["document"]) == len(practice.contents()["stock"]) == MANY


def test_rows_that_nothing_tells_apart_are_no_rows_that_moved(stage: Stage) -> None:
    company = world([], page_cap=100)
    # Two draft credit notes of one sale, without a number yet.
    company.cin7.lists["salecreditnotelist"] = [_sale(number // 2) for number in range(300)]
    practice = stage.start("nothing")
    with serve(company, limits=False, faults=CALM) as served:
        practice.served = served
        report = practice.sync(Wants(only=("me", "company", "sale_credit_notes")))
    assert failed(report) == {}
    assert len(practice.contents()["document"]) == 150


def test_a_wrong_total_of_an_empty_list_is_asked_again(stage: Stage) -> None:
    practice, wants = stage.start("nothing"), Wants(only=("me", "company", "sales"))
    once = replace(CALM, rules=(Rule(Kind.MOVING_TOTAL, "cin7", "salelist", upto=1),))
    with serve(world([]), limits=False, faults=once) as served:
        practice.served = served
        assert practice.sync(wants).status == "succeeded"


def _stock(number: int) -> dict[str, object]:
    return {"ID": f"bbbbbbbb-0000-0000-0000-{number:012d}", "SKU": f"S-{number}", "Location": "Main", "OnHand": number}


def _sale(number: int) -> dict[str, object]:
    return {
        "SaleID": f"aaaaaaaa-0000-0000-0000-{number:012d}",
        "OrderNumber": f"SO-{number:05d}",
        "Status": "COMPLETED",
        "OrderDate": f"{TODAY.isoformat()}T00:00:00",
        "Customer": f"Customer {number % 7}",
        "Updated": f"{TODAY.isoformat()}T10:00:{number % 60:02d}.000Z",
        "Type": "Simple Sale",
    }
