"""The list of remembered findings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from reports.findings import CAUSES, findings, to_json, to_text
from reports.memory import Remembered, Sighting
from reports.reconcile.findings import Finding
from sync.domain.accounts import Source
from sync.domain.period import Period

JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31))
SEEN = datetime(2026, 2, 2, 9, tzinfo=UTC)
TODAY = date(2026, 2, 10)
AS_OF = dict.fromkeys(Source, SEEN)


def kept(id_: str, amount: int, *, nature: str = "error", open_: bool = True, **more: Any) -> Remembered:
    found = Finding(id_, id_, "missing_in_qbo", nature, "revenue", amount, f"INV-{id_}", "certain", "why", "what to do")
    note = more.pop("note", "")
    found = replace(found, first_seen=SEEN, **more)
    seen = (Sighting(JANUARY, amount, None, 1, open_),)
    return Remembered(found, seen, None if open_ else SEEN, came_back=int(id_ == "back"), note=note)


ALL = (
    kept("small", 100),
    kept("policy", 9_000, nature="policy"),
    kept("gone", 50_000, open_=False),
    kept("large", -70_000, owner="Ada", due=date(2026, 2, 1), note="asked support"),
    kept("back", 200, cause="amount_differs"),
)


def test_open_ones_stand_first_then_errors_then_the_largest() -> None:
    result = findings(ALL, "USD", TODAY, as_of=AS_OF)
    assert [each.finding.id for each in result.kept] == ["large", "back", "small", "policy", "gone"]


def test_the_list_may_be_restricted_to_open_ones_and_to_a_cause() -> None:
    assert "gone" not in [e.finding.id for e in findings(ALL, "USD", TODAY, open_only=True, as_of=AS_OF).kept]
    some = findings(ALL, "USD", TODAY, cause="amount_differs", as_of=AS_OF)
    assert [each.finding.id for each in some.kept] == ["back"]


def test_the_document_has_the_contracts_finding_and_its_memory() -> None:
    document = to_json(findings(ALL, "USD", TODAY, as_of=AS_OF))
    assert (document["schema"], document["complete"]) == ("tieout/findings/1", True)
    first = document["findings"][0]  # type: ignore[index]  # a document's values are objects
    expected = {
        "id": "large",
        "cause": "missing_in_qbo",
        "nature": "error",
        "control": "revenue",
        "amount": "-700.00",
        "subject": "INV-large",
        "first_seen": "2026-02-02T09:00:00Z",
        "owner": "Ada",
        "due": "2026-02-01",
        "state": "open",
        "resolved_at": None,
        "came_back": 0,
        "note": "asked support",
        "periods": [{"start": "2026-01-01", "end": "2026-01-31", "amount": "-700.00", "at_stake": None, "open": True}],
    }
    assert {name: first[name] for name in expected} == expected


def test_people_read_whose_it_is_what_is_overdue_and_how_many_have_nobody() -> None:
    text = to_text(findings(ALL, "USD", TODAY, as_of=AS_OF))
    assert "Ada" in text
    assert "open, overdue" in text
    assert "open, came back" in text
    assert "large: asked support" in text
    assert "4 open, 2 of them errors without an owner." in text


def test_an_empty_memory_says_how_to_fill_it() -> None:
    assert "tieout reconcile" in to_text(findings((), "USD", TODAY, as_of=AS_OF))


def test_the_causes_are_the_contracts() -> None:
    assert len(CAUSES) == len(set(CAUSES)) == 33
