"""Documents of Cin7 that never came to QuickBooks Online, were voided or deleted there, or voided in Cin7 alone."""

from __future__ import annotations

from collections.abc import Callable

from sync.sandbox import second_thoughts
from sync.sandbox.breaks import editing
from sync.sandbox.breaks.expected import Expected, Finding
from sync.sandbox.breaks.scene import Scene, untouched
from sync.sandbox.company import Fact
from sync.sandbox.records import MoneyTask, Sale, StockTask

Injector = Callable[[Scene], Expected]

STOCK = ("adjustment", "stock take", "write-off", "work begun", "work finished", "disassembly", "transfer cost")
# variant -> parts of events
KINDS: dict[str, tuple[str, ...]] = {
    "invoice": ("invoice",), "credit": ("credit",), "bill": ("bill",), "supplier credit": ("supplier credit",),
    "payment": ("payment",), "supplier payment": ("supplier payment",), "cost": ("cost", "restock"),
    "receipt": ("receipt", "landed cost"), "stock": STOCK, "money": ("money spent", "journal"),
}  # fmt: skip


def lone(fact: Fact) -> bool:
    """Whether nothing in QBO hangs on this document: what is paid or credited could not vanish or be voided alone."""
    if fact.part == "credit":
        return fact.part_of is not None and not fact.part_of.paid_back
    return fact.part not in ("invoice", "bill") or untouched(fact.part_of)


def _missing(variant: str) -> Injector:
    def inject(scene: Scene) -> Expected:
        fact = scene.pick(scene.facts(*KINDS[variant], test=lone), variant)
        editing.forgotten(scene, fact)
        found = scene.findings("missing_in_qbo", "error", [fact], [])
        return Expected("missing_in_qbo", variant, found)

    return inject


def _late_cost(scene: Scene) -> Expected:
    """A cost that came after the sale, and whose journal never came to QBO."""
    fact = scene.pick(scene.facts("cost change"), "late cost")
    editing.forgotten(scene, fact)
    return Expected("late_cost", "not posted", scene.findings("late_cost", "error", [fact], []))


def _deleted(variant: str) -> Injector:
    def inject(scene: Scene) -> Expected:
        fact = scene.pick(scene.facts(*KINDS[variant], test=lone), variant)
        gone = scene.book.made.pop(id(fact))
        for txn in reversed(gone):
            editing.released(scene, txn, saved=True)
            scene.book.delete(txn, scene.company.now())
        editing.refuse(scene, fact)
        found = scene.findings("deleted_in_qbo", "error", [fact], gone[:1], unseen="missing_in_qbo")
        return Expected("deleted_in_qbo", variant, found)

    return inject


def _voided_in_qbo(variant: str) -> Injector:
    def inject(scene: Scene) -> Expected:
        fact = scene.pick(scene.facts(*KINDS[variant], test=lone), variant)
        (txn,) = scene.book.made.pop(id(fact))
        editing.released(scene, txn, saved=True)
        txn.voided, txn.links = True, []
        editing.stamped(scene, txn)
        editing.refuse(scene, fact)
        return Expected("voided_in_qbo", variant, scene.findings("voided_in_qbo", "error", [fact], [txn]))

    return inject


# -- voided in Cin7 alone


def _alone(scene: Scene, facts: list[Fact], act: Callable[[], None], variant: str) -> Expected:
    """Does something in Cin7 that the integration does not hear of."""
    company = scene.company
    listener, company.listener = company.listener, None
    act()
    company.listener = listener
    found: tuple[Finding, ...] = ()
    for fact in facts:
        editing.refuse(scene, fact)
        found += scene.findings("voided_in_cin7", "error", [fact], scene.txns(fact)[:1])
    return Expected("voided_in_cin7", variant, found)


def _voided_sale(scene: Scene) -> Expected:
    fact = scene.pick(scene.facts("invoice", test=lambda fact: _simple(scene, fact)), "sale to void")
    sale = fact.source
    assert isinstance(sale, Sale)  # noqa: S101 - an invoice is a sale's
    return _alone(scene, scene.company.facts_of[sale.id], lambda: second_thoughts.void(scene.company, sale), "sale")


def _simple(scene: Scene, fact: Fact) -> bool:
    sale = fact.source
    return (
        isinstance(sale, Sale) and sale.kind == "Simple Sale" and untouched(fact.part_of) and len(sale.invoices) == 1
        and not sale.credits and not sale.prepaid and not any(each.late for each in sale.fulfilments)
        and all(scene.stands(each) for each in scene.company.facts_of[sale.id])
    )  # fmt: skip


def _voided_write_off(scene: Scene) -> Expected:
    def refillable(fact: Fact) -> bool:
        made = fact.source
        assert isinstance(made, StockTask)  # noqa: S101 - a write-off is a stock task
        piece = made.pieces[0]
        return bool(scene.company.stock.layers.get((piece.good.id, piece.place.name)))

    fact = scene.pick(scene.facts("write-off", test=refillable), "write-off to void")
    made = fact.source
    assert isinstance(made, StockTask)  # noqa: S101 - a write-off is a stock task
    return _alone(scene, [fact], lambda: second_thoughts.void_task(scene.company, made), "write-off")


def _voided_journal(scene: Scene) -> Expected:
    fact = scene.pick(scene.facts("journal", "money spent"), "journal to void")
    made = fact.source
    assert isinstance(made, MoneyTask)  # noqa: S101 - journals and expenses are money tasks
    return _alone(scene, [fact], lambda: second_thoughts.void_record(scene.company, made), "journal")


MISSING_IN_QBO = {variant: _missing(variant) for variant in KINDS}
DELETED_IN_QBO = {variant: _deleted(variant) for variant in KINDS}
VOIDED_IN_QBO = {variant: _voided_in_qbo(variant) for variant in ("invoice", "payment", "supplier payment")}
VOIDED_IN_CIN7: dict[str, Injector] = {
    "sale": _voided_sale, "write-off": _voided_write_off, "journal": _voided_journal,
}  # fmt: skip
LATE_COST: dict[str, Injector] = {"not posted": _late_cost}
