"""Documents that stand on both sides with different money: price, lost line, tax, rate, a cent, edited later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from sync.domain.money import from_minor
from sync.sandbox.books import Pair
from sync.sandbox.breaks import editing
from sync.sandbox.breaks.expected import Expected
from sync.sandbox.breaks.missing import KINDS, STOCK, Injector
from sync.sandbox.breaks.scene import Scene, untouched
from sync.sandbox.company import Fact
from sync.sandbox.qbo_txn import Side
from sync.sandbox.records import Invoice, Line

_OF_DOCUMENTS = ("invoice", "bill", "credit")
_BEYOND_ROUNDING = 20  # minor units a line; the tolerance is 1 for each ledger row
Change = Callable[[Scene, Fact], None]


def _made(fact: Fact) -> Invoice:
    assert fact.part_of is not None  # noqa: S101 - documents have their lines
    return fact.part_of


def _told(scene: Scene, fact: Fact, rows: list[Line]) -> None:
    """QBO has these lines instead; what a document was paid beyond its total would be no balance."""
    made = editing.relined(scene, fact, _made(fact), rows)
    editing.retold(scene, fact, made)


def _price(scene: Scene, fact: Fact) -> None:
    """Every line dearer by a few percent (or cheaper, where nothing was paid yet); tax goes with it."""
    free = untouched(fact.part_of) and scene.random.random() < 0.5
    percent = scene.random.choice((93, 96) if free else (104, 107, 112))
    _told(scene, fact, [_scaled(scene, fact, row, percent) for row in _made(fact).lines])


def _scaled(scene: Scene, fact: Fact, row: Line, percent: int) -> Line:
    currency, rate = scene.txns(fact)[0].currency, _made(fact).rate
    fresh = replace(row, net=row.net * percent // 100, tax=row.tax * percent // 100)
    fresh.net_base = scene.company.base(fresh.net, currency, rate)
    fresh.tax_base = scene.company.base(fresh.tax, currency, rate)
    return fresh


def _line_lost(scene: Scene, fact: Fact) -> None:
    rows = list(_made(fact).lines)
    rows.pop(max(range(len(rows)), key=lambda n: (rows[n].good is None, rows[n].net)))
    _told(scene, fact, rows)


def _can_lose(fact: Fact) -> bool:
    return untouched(fact.part_of) and len(_made(fact).lines) > 1


def _journal(scene: Scene, fact: Fact) -> None:
    percent = scene.random.choice((88, 95, 106, 115))
    editing.rejournalled(scene, fact, [pair._replace(amount=pair.amount * percent // 100) for pair in fact.pairs])


def _large(fact: Fact) -> bool:
    """Whether a few percent of each row are more than rounding."""
    rows = [row.net_base for row in _made(fact).lines] if fact.part in _OF_DOCUMENTS else [p.amount for p in fact.pairs]
    return sum(rows) > len(rows) * 40 * _BEYOND_ROUNDING


def _paid_less(scene: Scene, fact: Fact) -> None:
    """A payment that arrived less a fee; the rest of the invoice is still open in QBO."""
    txn = scene.txns(fact)[0]
    less = txn.total // 20
    invoice = scene.book.txns[txn.lines[0]["LinkedTxn"][0]["TxnId"]]
    txn.total, txn.home_total = txn.total - less, txn.home_total - less
    txn.lines = [{**txn.lines[0], "Amount": from_minor(txn.total, txn.currency)}]
    txn.sides = [replace(side, home=side.home - less * (1 if side.home > 0 else -1)) for side in txn.sides if side.home]
    invoice.owes, invoice.owes_home = invoice.owes + less, invoice.owes_home + less
    editing.show(scene, txn)
    editing.show(scene, invoice)


def _at_home(scene: Scene) -> Callable[[Fact], bool]:
    return lambda fact: (txn := scene.txns(fact)[0]).currency == txn.home and txn.total > 400 * _BEYOND_ROUNDING


# variant -> (parts of events, which of them, what happens)
_CHANGES: dict[str, tuple[tuple[str, ...], Callable[[Fact], bool], Change]] = {
    "price": (_OF_DOCUMENTS, _large, _price),
    "line lost": (("invoice", "bill"), _can_lose, _line_lost),
    "cost": (KINDS["cost"], _large, _journal),
    "stock": (STOCK, _large, _journal),
}


def _differs(variant: str, cause: str) -> Injector:
    parts, fits, change = _CHANGES[variant]

    def inject(scene: Scene) -> Expected:
        fact = scene.pick(scene.facts(*parts, test=fits), f"document for {variant}")
        txn = scene.txns(fact)[0]
        change(scene, fact)
        unseen = None
        if cause == "edited_in_qbo":
            editing.stamped(scene, txn)
            unseen = "amount_differs"
        return Expected(cause, variant, scene.findings(cause, "error", [fact], [txn], unseen=unseen))

    return inject


def _payment(scene: Scene) -> Expected:
    fact = scene.pick(scene.facts("payment", test=_at_home(scene)), "payment")
    _paid_less(scene, fact)
    found = scene.findings("amount_differs", "error", [fact], scene.txns(fact))
    return Expected("amount_differs", "payment", found)


def _tax(scene: Scene) -> Expected:
    """QBO's own tax engine found another tax."""

    def taxed(fact: Fact) -> bool:
        return sum(row.tax_base for row in _made(fact).lines) > 8 * _BEYOND_ROUNDING * len(_made(fact).lines)

    fact = scene.pick(scene.facts("invoice", "bill", test=taxed), "taxed document")
    rows = [replace(row, tax=row.tax * 5 // 4, tax_base=row.tax_base * 5 // 4) for row in _made(fact).lines]
    _told(scene, fact, rows)
    txn = scene.txns(fact)[0]
    return Expected("tax_differs", fact.part, scene.findings("tax_differs", "error", [fact], [txn]))


def _cent(variant: str) -> Injector:
    """A minor unit more on a line, on its tax, or in a journal."""

    def inject(scene: Scene) -> Expected:
        parts = KINDS["cost"] + STOCK if variant == "journal" else ("invoice", "bill")
        fact = scene.pick(scene.facts(*parts), f"document for a cent on its {variant}")
        if variant == "journal":
            first, *rest = fact.pairs
            editing.rejournalled(scene, fact, [_more(first), *rest])
        else:
            _add_cent(scene, fact, variant)
        found = scene.findings("rounding", "policy", [fact], scene.txns(fact)[:1], summed=True)
        return Expected("rounding", variant, found)

    return inject


def _more(pair: Pair) -> Pair:
    return pair._replace(amount=pair.amount + 1)


def _add_cent(scene: Scene, fact: Fact, variant: str) -> None:
    first, *rest = _made(fact).lines
    home = scene.txns(fact)[0].currency == scene.company.currency
    if variant == "tax" and home:
        changed = replace(first, tax=first.tax + 1, tax_base=first.tax_base + 1)
    else:
        changed = replace(first, net=first.net + home, net_base=first.net_base + 1)
    _told(scene, fact, [changed, *rest])


# -- exchange rates


def _other_rate(scene: Scene, rate: Decimal) -> Decimal:
    places = Decimal(1).scaleb(int(rate.as_tuple().exponent))
    return (rate * scene.random.choice((97, 98, 102, 103)) / 100).quantize(places)


def _abroad(scene: Scene, fact: Fact) -> bool:
    return scene.txns(fact)[0].currency != scene.company.currency


def _document_rate(scene: Scene) -> Expected:
    fits = scene.facts("invoice", "bill", test=lambda fact: _abroad(scene, fact) and untouched(fact.part_of))
    fact = scene.pick([each for each in fits if _moves(scene, each)], "open foreign document")
    made, txn = _made(fact), scene.txns(fact)[0]
    rate = _other_rate(scene, made.rate)
    editing.retold(scene, fact, editing.relined(scene, fact, made, made.lines, rate=rate))
    found = scene.findings("exchange_rate_differs", "error", [fact], [txn])
    return Expected("exchange_rate_differs", "document", found)


def _moves(scene: Scene, fact: Fact) -> bool:
    """Whether two percent of it are more than rounding."""
    txn = scene.txns(fact)[0]
    return txn.home_total > 50 * _BEYOND_ROUNDING * (len(_made(fact).lines) + 1)


def _payment_rate(scene: Scene) -> Expected:
    """Paid at another rate: receivables are relieved as they were, the bank and the currency gain differ."""
    fits = scene.facts("payment", "supplier payment", test=lambda fact: _abroad(scene, fact))
    fact = scene.pick([each for each in fits if scene.txns(each)[0].home_total > 100 * _BEYOND_ROUNDING],
                      "foreign payment")  # fmt: skip
    (txn,) = scene.txns(fact)
    txn.rate = _other_rate(scene, txn.rate)
    base = scene.company.base(txn.total, txn.currency, txn.rate)
    bank, owed, gain = txn.sides
    way = 1 if bank.home > 0 else -1
    txn.sides = [replace(bank, home=way * base), owed, Side(gain.account, -owed.home - way * base, 0)]
    txn.home_total = base
    editing.show(scene, txn)
    found = scene.findings("exchange_rate_differs", "error", [fact], [txn])
    return Expected("exchange_rate_differs", "payment", found)


AMOUNT_DIFFERS = {name: _differs(name, "amount_differs") for name in _CHANGES} | {"payment": _payment}
EDITED_IN_QBO = {name: _differs(name, "edited_in_qbo") for name in _CHANGES}
TAX_DIFFERS = {"document": _tax}
ROUNDING = {name: _cent(name) for name in ("line", "tax", "journal")}
EXCHANGE_RATE_DIFFERS = {"document": _document_rate, "payment": _payment_rate}
