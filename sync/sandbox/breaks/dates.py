"""Documents dated otherwise: in another period than Cin7 says, or inside a period that was closed before."""

from __future__ import annotations

from datetime import date, timedelta

from sync.sandbox import chart
from sync.sandbox.breaks import editing
from sync.sandbox.breaks.entered import Moment, recorded
from sync.sandbox.breaks.expected import Expected, Finding
from sync.sandbox.breaks.missing import KINDS, Injector
from sync.sandbox.breaks.scene import NoSuchCase, Scene
from sync.sandbox.breaks.strangers import manual
from sync.sandbox.cin7_reference import lock_day
from sync.sandbox.company import Fact

_NEAR = 6
_PARTS = {name: KINDS[name] for name in ("invoice", "bill", "cost", "stock", "payment", "supplier payment", "receipt")}


def _other_period(scene: Scene, day: date) -> date | None:
    """A day over the near end of its month; None in the middle of it, or where that lies outside the books."""
    last = (day.replace(day=1) + timedelta(32)).replace(day=1) - timedelta(1)
    if day.day > last.day - _NEAR:
        other = last + timedelta(scene.random.randint(1, 2))
    elif day.day <= _NEAR:
        other = day.replace(day=1) - timedelta(scene.random.randint(1, 2))
    else:
        return None
    return other if scene.company.opening < other <= scene.company.today else None


def _moved(variant: str) -> Injector:
    kind, way = variant.split(", ")

    def fits(scene: Scene, fact: Fact) -> bool:
        other = _other_period(scene, fact.day)
        return other is not None and (other > fact.day) == (way == "later in QBO")

    def inject(scene: Scene) -> Expected:
        fact = scene.pick(scene.facts(*_PARTS[kind], test=lambda fact: fits(scene, fact)), f"{kind} near a month's end")
        txn, other = scene.txns(fact)[0], _other_period(scene, fact.day)
        assert other is not None  # noqa: S101 - it was chosen for that
        editing.moved_to(scene, txn, other)
        found = scene.findings("different_period", "timing", [fact], [txn], differing=False)
        return Expected("different_period", variant, found)

    return inject


# -- after the close


def _closed_day(scene: Scene) -> date:
    """A day in the last closed month."""
    last = lock_day(scene.company.today)
    first = max(last.replace(day=1), scene.company.opening + timedelta(1))
    if first > last:
        raise NoSuchCase("this company is younger than its last close; build it with more months")
    return first + timedelta(scene.random.randrange((last - first).days + 1))


def _late(scene: Scene, ordinary: tuple[Finding, ...], variant: str) -> Expected:
    """The ordinary findings, and beside each the one that says that its day was closed."""
    found = tuple(
        Finding("backdated_after_close", "error", each.control, each.root, each.subject, each.cin7, each.qbo,
                money=False, unseen="")
        for each in ordinary
    )  # fmt: skip
    return Expected("backdated_after_close", variant, ordinary + found, closed=lock_day(scene.company.today))


def _late_journal(scene: Scene) -> Expected:
    """A journal by hand in QBO, entered today on a closed day."""
    when: Moment = (_closed_day(scene), scene.company.now())
    txn = manual(scene, when, "stock against cost")
    return _late(scene, scene.findings("manual_journal", "error", [], [txn]), "journal in QBO")


def _late_in_cin7(scene: Scene) -> Expected:
    """A journal of Cin7, entered today on a closed day, which QBO refuses."""
    rows = [(chart.OFFICE, chart.ACCRUED_COSTS, scene.money(40, 600), "Forgotten cost")]
    fact = recorded(scene, "Journal", _closed_day(scene), rows)
    return _late(scene, scene.findings("missing_in_qbo", "error", [fact], []), "journal in Cin7")


def _late_edit(scene: Scene) -> Expected:
    """A cost journal of a closed month, changed in QBO today."""
    last = lock_day(scene.company.today)
    fact = scene.pick(scene.facts("cost", test=lambda fact: fact.day <= last), "cost of a closed month")
    txn = scene.txns(fact)[0]
    editing.rejournalled(scene, fact, [pair._replace(amount=pair.amount * 2) for pair in fact.pairs])
    editing.stamped(scene, txn)
    ordinary = scene.findings("edited_in_qbo", "error", [fact], [txn], unseen="amount_differs")
    return _late(scene, ordinary, "edit in QBO")


DIFFERENT_PERIOD = {
    f"{kind}, {way}": _moved(f"{kind}, {way}") for kind in _PARTS for way in ("later in QBO", "earlier in QBO")
}
BACKDATED_AFTER_CLOSE: dict[str, Injector] = {
    "journal in QBO": _late_journal, "journal in Cin7": _late_in_cin7, "edit in QBO": _late_edit,
}  # fmt: skip
