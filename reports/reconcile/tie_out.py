"""Ties Cin7's ledger to QuickBooks', control by control; the laws hold to the cent or no figure is given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reports.books import Books, ages, instant, money_of, period_json
from reports.layout import age_lines, period_words, table
from reports.reconcile.causes import opening_difference
from reports.reconcile.closing import Balances, Closing, StockValue, closing
from reports.reconcile.findings import Finding, OpenSet, finding_json, open_set_json
from reports.reconcile.paired import Pairs
from reports.reconcile.telling import finding_lines
from sync.domain.accounts import Source
from sync.errors import InvariantBroken, NotSynced


@dataclass(frozen=True, slots=True)
class Control:
    """One control's movement in the period on both sides, in its own direction, minor units of base currency.

    `matched` counts the documents found on both sides, None where no matching was made.
    """

    name: str
    cin7_accounts: tuple[str, ...]
    qbo_accounts: tuple[str, ...]
    cin7: int
    qbo: int
    explained: int
    unexplained: int
    matched: int | None
    closing: Closing | None
    closing_reason: str

    @property
    def difference(self) -> int:
        return self.cin7 - self.qbo


@dataclass(frozen=True, slots=True)
class TieOut:
    """The tie-out of `books.period`: difference = explained + unexplained for each of its controls.

    `paired` are the documents that were matched.
    """

    books: Books
    controls: tuple[Control, ...]
    findings: tuple[Finding, ...] = ()
    ambiguous: tuple[OpenSet, ...] = ()
    paired: Pairs = field(default_factory=Pairs, compare=False, repr=False)


def tie_out(
    books: Books,
    balances: Balances,
    *,
    findings: Sequence[Finding] = (),
    ambiguous: Sequence[OpenSet] = (),
    matched: Mapping[str, int] | None = None,
    carried: Mapping[str, int] | None = None,
    paired: Pairs | None = None,
) -> TieOut:
    """Puts both sides of every control beside each other, with the findings that explain their difference.

    `ambiguous` are the sets that stay open; where none is given for a control, what its findings leave is one set
    without documents. `matched` counts documents per control, `paired` names them, `carried` is what findings of
    earlier periods that are still open explain of its opening difference. Raises NotSynced where QuickBooks' ledger was
    never read, InvariantBroken where findings and open sets do not add up to a difference.
    """
    if Source.QBO in books.unsynced:
        raise NotSynced("QuickBooks' ledger is not in the cache yet, so there is nothing to tie to. Run: tieout sync")
    open_sets = _open_sets(books, findings, ambiguous)
    controls = tuple(
        _control(books, name, balances, findings, open_sets, matched, (carried or {}).get(name, 0))
        for name in books.map.controls()
    )
    named = {*(found.control for found in findings), *(found.control for found in ambiguous)}
    strangers = named - {None, *books.map.controls()}
    if strangers:
        raise InvariantBroken(f"A finding stands on {sorted(map(str, strangers))[0]}, which is no control here.")
    before = {each.name: each.closing.opening_unexplained for each in controls if each.closing}
    opening = opening_difference.find(books, before)
    return TieOut(books, controls, (*findings, *opening), open_sets, paired or Pairs())


def _open_sets(books: Books, findings: Sequence[Finding], ambiguous: Sequence[OpenSet]) -> tuple[OpenSet, ...]:
    explained = _by_control(findings)
    told = {found.control for found in ambiguous}
    rest = []
    for name in books.map.controls():
        left = books.control(Source.CIN7, name) - books.control(Source.QBO, name) - explained[name]
        if left and name not in told:
            rest.append(OpenSet(name, left))
    return (*ambiguous, *rest)


def _by_control(found: Iterable[Finding | OpenSet]) -> defaultdict[str, int]:
    sums: defaultdict[str, int] = defaultdict(int)
    for each in found:
        if each.control is not None:
            sums[each.control] += each.amount
    return sums


def _control(
    books: Books,
    name: str,
    balances: Balances,
    findings: Sequence[Finding],
    open_sets: Sequence[OpenSet],
    matched: Mapping[str, int] | None,
    carried: int,
) -> Control:
    cin7, qbo = books.control(Source.CIN7, name), books.control(Source.QBO, name)
    explained, unexplained = _by_control(findings)[name], _by_control(open_sets)[name]
    if cin7 - qbo != explained + unexplained:
        raise InvariantBroken(f"The findings on {name} do not add up to its difference; no figure is given.")
    balance, reason = closing(books, name, balances, carried)
    return Control(
        name=name,
        cin7_accounts=books.map.accounts(Source.CIN7, name),
        qbo_accounts=books.map.accounts(Source.QBO, name),
        cin7=cin7,
        qbo=qbo,
        explained=explained,
        unexplained=unexplained,
        matched=None if matched is None else matched.get(name, 0),
        closing=balance,
        closing_reason=reason,
    )


def to_json(result: TieOut) -> dict[str, object]:
    """The document `tieout/reconcile/1`."""
    books, currency = result.books, result.books.currency
    return {
        "schema": "tieout/reconcile/1",
        "period": period_json(books.period),
        "currency": currency,
        "proofs": [
            {
                "report": proof.report,
                "status": proof.status,
                "difference": None if proof.status == "unavailable" else money_of(proof.difference, currency),
            }
            for proof in books.proofs
        ],
        "controls": [_control_json(control, currency) for control in result.controls],
        "findings": [finding_json(finding, currency) for finding in result.findings],
        "ambiguous": [open_set_json(found, currency) for found in result.ambiguous],
        "unmapped": list(books.map.unmapped),
        **ages(books.as_of, books.incomplete),
    }


def _control_json(control: Control, currency: str) -> dict[str, object]:
    figures = ("cin7", "qbo", "difference", "explained", "unexplained")
    return {
        "control": control.name,
        "accounts": {"cin7": list(control.cin7_accounts), "qbo": list(control.qbo_accounts)},
        **{name: money_of(getattr(control, name), currency) for name in figures},
        "matched_documents": control.matched,
        "closing": control.closing and _closing_json(control.closing, currency),
        "closing_reason": control.closing_reason or None,
    }


def _closing_json(balance: Closing, currency: str) -> dict[str, object]:
    figures = ("cin7", "qbo", "difference", "opening_difference", "opening_explained", "opening_unexplained")
    return {
        **{name: money_of(getattr(balance, name), currency) for name in figures},
        "first_divergence": balance.first_divergence and balance.first_divergence.isoformat(),
        "subledger": balance.subledger and _subledger_json(balance.subledger, currency),
    }


def _subledger_json(stock: StockValue, currency: str) -> dict[str, object]:
    return {
        "stock_value": money_of(stock.value, currency),
        "ledger": money_of(stock.ledger, currency),
        "taken_at": instant(stock.taken_at),
        "difference": money_of(stock.difference, currency),
    }


def to_text(result: TieOut) -> str:
    """The controls in a table, the causes by money, the largest events, what is open, and the age of the data."""
    books, currency = result.books, result.books.currency
    moved = [c for c in result.controls if c.cin7 or c.qbo or (c.closing and c.closing.difference)]
    rows = [
        (
            spoken(control.name, books),
            *(money_of(amount, currency) or "" for amount in (control.cin7, control.qbo, control.difference)),
            money_of(control.unexplained, currency) or "",
            "" if control.closing is None else money_of(control.closing.difference, currency) or "",
        )
        for control in moved
    ]
    head = ("control", "Cin7", "QuickBooks", "difference", "unexplained", "closing gap")
    agreeing = sum(1 for control in moved if not control.difference)
    lines = [
        f"Cin7 beside QuickBooks {period_words(books.period)}, {currency}",
        "",
        *table(head, rows),
        "",
        f"{agreeing} of {len(moved)} controls agree to the cent.",
        *_diverging(moved, books),
        *finding_lines(result.findings, result.ambiguous, currency),
        "",
        *(f"QuickBooks' own {proof.report}: {proof.status}." for proof in books.proofs),
        *(f"Not mapped to QuickBooks: Cin7 account {code}." for code in books.map.unmapped),
        *books.map.faults,
    ]
    return "\n".join([*lines, "", *age_lines(books.as_of, books.incomplete)])


def _diverging(controls: Sequence[Control], books: Books) -> list[str]:
    return [
        f"{spoken(control.name, books)}: the balances diverge since {control.closing.first_divergence}."
        for control in controls
        if control.closing and control.closing.first_divergence
    ]


def spoken(control: str, books: Books) -> str:
    """ "accrued purchases", or code and name of an account that no control claims."""
    code = control.removeprefix("account:")
    account = books.accounts.get((Source.CIN7, code)) if code != control else None
    return f"{code} {account.name}" if account else control.replace("_", " ")
