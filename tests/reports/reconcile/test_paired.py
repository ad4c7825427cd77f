"""The documents that a tie-out matched, as an auditor gets them: each once for a control, as many as it counts."""

from __future__ import annotations

from collections import Counter

from hypothesis import given

from tests.reports.ledgers import JANUARY, books, postings
from tests.reports.reconcile.pictures import examined
from tests.reports.reconcile.test_laws import Sides, _examined, _text, both

TEXT = """
2026-01-05 Sale     t1 INV-1 610 200 100.00
2026-01-05 Sale     t1 INV-1 310 630  40.00
2026-02-03 Sale     t2 INV-2 610 200  70.00
2026-01-09 Sale     t3 INV-3 610 200   9.00
qbo 2026-01-05 Invoice      11 INV-1 84:100.00 79:-100.00
qbo 2026-01-06 JournalEntry 12 COGS-INV-1 82:40.00 85:-40.00
qbo 2026-02-03 Invoice      13 INV-2 84:70.00 79:-70.00
"""


def test_a_matched_document_stands_on_each_control_that_it_posts_on_with_its_counterpart() -> None:
    found = examined(TEXT).paired
    shown = [(p.control, [d.reference for d in p.cin7], [d.id for d in p.qbo], p.difference) for p in found]
    assert sorted(shown) == [
        ("cogs", ["INV-1"], ["12"], 0),
        ("inventory", ["INV-1"], ["12"], 0),
        ("receivables", ["INV-1"], ["11"], 0),
        ("revenue", ["INV-1"], ["11"], 0),
    ]
    assert {p.how for p in found} == {"number"}


def test_documents_of_another_period_and_those_without_counterpart_are_not_listed() -> None:
    listed = {d.reference for p in examined(TEXT).paired for d in p.cin7}
    assert listed == {"INV-1"}


@given(both)
def test_each_control_lists_as_many_documents_as_it_counts_and_none_twice(sides: Sides) -> None:
    of = books(_text(sides))
    found = _examined(list(postings(_text(sides))), of)
    for control in of.map.controls():
        sets = list(found.paired.of(control))
        inside = [d for each in sets for d in each.cin7 if d.day in JANUARY]
        assert len(inside) == found.matched.get(control, 0)
        ids = Counter(d.id for each in sets for d in each.qbo)
        assert not ids or max(ids.values()) == 1
