"""The laws of the tie-out, to the cent, on ledgers that hypothesis makes up."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from reports.books import Books
from reports.reconcile.closing import Balances
from reports.reconcile.engine import examine
from reports.reconcile.explain import Explained
from reports.reconcile.tie_out import TieOut, tie_out
from sync.domain.accounts import Posting, Source
from sync.domain.period import Period
from tests.reports.ledgers import JANUARY, books, postings
from tests.reports.reconcile.pictures import ledgers

_FROM = date(2025, 12, 20)
days = st.integers(0, 60).map(lambda n: (_FROM + timedelta(days=n)).isoformat())
money = st.integers(1, 30_000).map(lambda minor: f"{minor // 100}.{minor % 100:02d}")
small = st.integers(1, 6)
_PAIRS = (
    "{day} Sale t{n} INV-{m} 610 200 {money}",
    "{day} Sale t{n} INV-{m} 610 820 {money}",
    "{day} Sale t{n} INV-{m} 200 610 {money}",
    "{day} Sale t{n} INV-{m} 310 630 {money}",
    "{day} Sale t{n} INV-{m} 090 610 {money}",
    "{day} Purchase p{n} B-{m} 630 800 {money}",
    "{day} StockAdjustment a{n} ST-{m} 320 630 {money}",
)
_SIDES = (
    "Invoice {id} INV-{m} 84:{money} 79:-{money}",
    "JournalEntry {id} COGS-INV-{m} 82:{money} 85:-{money}",
    "Payment {id} INV-{m} 35:{money} 84:-{money}",
    "JournalEntry {id} - 85:{money} 82:-{money}",
    "Bill {id} B-{m} 85:{money} 86:-{money}",
    "Bill {id} RENT 35:{money} 86:-{money}",
    "JournalEntry {id} INV-{m} 84:{money} 79:-{money}",
)
cin7_line = st.builds(
    lambda shape, day, n, m, money: shape.format(day=day, n=n, m=m, money=money),
    st.sampled_from(_PAIRS),
    days,
    small,
    small,
    money,
)
qbo_side = st.builds(lambda shape, day, m, money: (shape, day, m, money), st.sampled_from(_SIDES), days, small, money)
both = st.tuples(st.lists(cin7_line, max_size=14), st.lists(qbo_side, max_size=14))
Sides = tuple[list[str], list[tuple[str, str, int, str]]]


def _qbo(side: tuple[str, str, int, str], id_: int) -> str:
    shape, day, m, money = side
    return f"qbo {day} " + shape.format(id=id_, m=m, money=money)


def _text(sides: Sides) -> str:
    return "\n".join([*sides[0], *(_qbo(side, n + 1) for n, side in enumerate(sides[1]))])


def _examined(rows: list[Posting], of: Books) -> Explained:
    return examine(of, ledgers(rows, of))


def _tied(text: str, period: Period = JANUARY) -> TieOut:
    of = books(text, period)
    found = _examined(list(postings(text)), of)
    return tie_out(of, Balances(unreachable="no balances here"), findings=found.findings, ambiguous=found.ambiguous)


@given(both)
def test_every_difference_is_explained_or_open_to_the_cent(sides: Sides) -> None:
    result = _tied(_text(sides))
    for control in result.controls:
        assert control.difference == control.explained + control.unexplained
    for finding in result.findings:
        if (finding.cin7 or finding.qbo) and finding.at_stake is None:
            ours = sum(each.amount for each in finding.cin7 if each.day in JANUARY)
            theirs = sum(each.amount for each in finding.qbo if each.day in JANUARY)
            assert finding.amount == ours - theirs
    assert len({each.id for each in result.findings}) == len(result.findings)


@given(both, st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(sides: Sides, seed: int) -> None:
    text = _text(sides)
    of, rows = books(text), list(postings(text))
    first = _examined(rows, of)
    Random(seed).shuffle(rows)
    second = _examined(rows, of)
    assert (first.findings, first.ambiguous) == (second.findings, second.ambiguous)


@given(both)
def test_two_adjoining_periods_add_up_to_both_together(sides: Sides) -> None:
    text = _text(sides)
    middle = date(2026, 1, 17)
    halves = (Period(JANUARY.start, middle), Period(middle + timedelta(days=1), JANUARY.end))
    whole = {control.name: control.difference for control in _tied(text).controls}
    parts = [{control.name: control.difference for control in _tied(text, half).controls} for half in halves]
    assert whole == {name: parts[0][name] + parts[1][name] for name in whole}


@given(both, qbo_side)
def test_one_more_document_moves_the_differences_by_what_it_posts(
    sides: Sides, side: tuple[str, str, int, str]
) -> None:
    line = _qbo(side, 9999)
    before, after = _tied(_text(sides)), _tied(_text(sides) + "\n" + line)
    moved, of = {c.name: c.difference for c in after.controls}, books(line)
    for control in before.controls:
        assert moved[control.name] - control.difference == -of.control(Source.QBO, control.name)
