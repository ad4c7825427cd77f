"""What remembered findings explain of an opening difference, and what a finding gets back from memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from reports.memory import Remembered, Sighting, carried, documents_of, dressed, rows_of
from reports.reconcile.findings import Cin7Document, Finding, QboDocument
from sync.domain.period import Period

JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31))
FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 28))
QUARTER = Period(date(2026, 1, 1), date(2026, 3, 31))
MARCH = date(2026, 3, 1)
APRIL = date(2026, 4, 1)
SEEN = datetime(2026, 2, 2, 9, tzinfo=UTC)

IN_JANUARY = Cin7Document("t1", "INV-1", "Sale", date(2026, 1, 12), 500)
IN_FEBRUARY = QboDocument("9", "Invoice", "INV-1", date(2026, 2, 3), 500)


def finding(
    amount: int = 500,
    cin7: tuple[Cin7Document, ...] = (IN_JANUARY,),
    qbo: tuple[QboDocument, ...] = (),
    control: str | None = "receivables",
) -> Finding:
    return Finding(
        "f1", "f1", "missing_in_qbo", "error", control, amount, "INV-1", "certain", "", "", cin7=cin7, qbo=qbo
    )


def kept(found: Finding, *sightings: tuple[Period, int], open_: bool = True) -> Remembered:
    seen = tuple(Sighting(period, amount, None, 1, open_) for period, amount in sightings)
    return Remembered(found, seen, None if open_ else SEEN)


def test_a_missing_document_explains_the_gap_that_it_left() -> None:
    assert carried([kept(finding(), (JANUARY, 500))], MARCH) == {"receivables": 500}


def test_what_is_resolved_explains_nothing() -> None:
    assert carried([kept(finding(), (JANUARY, 500), open_=False)], MARCH) == {}


def test_a_document_of_the_period_itself_is_no_opening_difference() -> None:
    assert carried([kept(finding(), (JANUARY, 500))], date(2026, 1, 1)) == {}


def test_a_month_and_its_quarter_do_not_count_twice() -> None:
    assert carried([kept(finding(), (JANUARY, 500), (QUARTER, 500))], APRIL) == {"receivables": 500}


def test_a_difference_of_dates_is_open_between_them_and_gone_after_both() -> None:
    dated = finding(cin7=(IN_JANUARY,), qbo=(IN_FEBRUARY,))
    both = kept(dated, (JANUARY, 500), (FEBRUARY, -500))
    assert carried([both], date(2026, 2, 1)) == {"receivables": 500}
    assert carried([both], MARCH) == {}


def test_a_cause_of_nothing_explains_nothing_though_its_documents_post() -> None:
    waiting = replace(finding(amount=0), cause="shipped_not_invoiced")
    assert carried([kept(waiting, (JANUARY, 0))], MARCH) == {}
    assert carried([kept(waiting, (FEBRUARY, 0))], MARCH) == {}  # it was open in a period after its day


def test_a_fault_without_a_control_explains_nothing() -> None:
    assert carried([kept(finding(control=None), (JANUARY, 500))], MARCH) == {}


def test_sums_count_once_over_periods_that_overlap_the_longest_first() -> None:
    rounding = replace(finding(amount=7, cin7=()), cause="rounding")
    seen = ((JANUARY, 2), (FEBRUARY, 3), (QUARTER, 7))
    assert carried([kept(rounding, *seen)], APRIL) == {"receivables": 7}
    assert carried([kept(rounding, *seen)], MARCH) == {"receivables": 5}


def test_findings_get_back_what_is_remembered_of_them() -> None:
    fresh = finding()
    held = kept(replace(fresh, first_seen=SEEN, owner="Ada", due=MARCH, amount=1), (JANUARY, 1))
    (found,) = dressed([fresh], {"f1": held})
    assert (found.first_seen, found.owner, found.due, found.amount) == (SEEN, "Ada", MARCH, 500)
    assert dressed([fresh], {}) == (fresh,)


def test_documents_are_kept_and_read_back_the_same() -> None:
    both = finding(qbo=(IN_FEBRUARY,))
    assert documents_of(**rows_of(both)) == (both.cin7, both.qbo)
