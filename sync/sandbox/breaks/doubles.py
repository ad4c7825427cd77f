"""What stands in QuickBooks Online twice: documents posted again, and sales that another connector sums up."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from sync.sandbox import chart
from sync.sandbox.breaks import editing
from sync.sandbox.breaks.entered import entered_journal, entered_sale
from sync.sandbox.breaks.expected import Expected
from sync.sandbox.breaks.missing import KINDS, Injector
from sync.sandbox.breaks.scene import NoSuchCase, Scene
from sync.sandbox.company import Fact

_PARTS = {"invoice": KINDS["invoice"], "bill": KINDS["bill"], "credit": KINDS["credit"], "cost": KINDS["cost"],
          "stock": KINDS["stock"], "payment": KINDS["payment"]}  # fmt: skip
_LONGEST = 21


def _twice(variant: str) -> Injector:
    """Posted again after a time-out: the same number, or, where QBO minded that, a suffix to it."""

    def inject(scene: Scene) -> Expected:
        kind, _, suffix = variant.partition(", ")
        found = scene.facts(*_PARTS[kind], test=lambda fact: not suffix or _may_grow(scene, fact))
        fact = scene.pick(found, f"{kind} to post again")
        txn = scene.txns(fact)[0]
        later = timedelta(minutes=2) if scene.random.random() < 0.6 else timedelta(days=1)
        number = f"{txn.number}{scene.random.choice(('-1', '-2', 'A'))}" if suffix else txn.number
        copy = editing.again(scene, txn, number=number, later=later)
        told = scene.findings("duplicate_in_qbo", "error", [fact], [copy, txn])
        return Expected("duplicate_in_qbo", variant, told)

    return inject


def _may_grow(scene: Scene, fact: Fact) -> bool:
    number = scene.txns(fact)[0].number
    taken = {txn.number for txn in scene.book.txns.values()}
    return 0 < len(number) <= _LONGEST - 2 and not {f"{number}A", f"{number}-1", f"{number}-2"} & taken


def _summed(entity: str) -> Injector:
    """Another connector posts a channel's day in one sum, which Cin7 posts too."""

    def inject(scene: Scene) -> Expected:
        days = _channel_days(scene)
        if not days:
            raise NoSuchCase("no channel day whose sales all stand")
        channel, day = scene.random.choice(sorted(days))
        facts = days[channel, day]
        scene.reserve(*(fact.whole for fact in facts))
        sums: dict[str, int] = defaultdict(int)
        for fact in facts:
            for pair in fact.pairs:
                sums[pair.credit] += pair.amount
        when = (day, facts[-1].at + timedelta(hours=2))
        tax, note = sums.pop(chart.TAX, 0), f"{channel} settlement {day:%d.%m.%Y}"
        if entity == "SalesReceipt":
            rows = [(code, amount, channel) for code, amount in sorted(sums.items())]
            txn = entered_sale(scene, when, entity, f"A2X-{day:%y%m%d}", f"{channel} customers", rows, tax=tax,
                               note=note, paid_to=chart.CLEARING)  # fmt: skip
        else:
            rows = [(chart.CLEARING, sum(sums.values()) + tax, note), (chart.TAX, -tax, note)]
            rows += [(code, -amount, note) for code, amount in sorted(sums.items())]
            txn = entered_journal(scene, when, f"A2X-{channel[:3].upper()}-{day:%y%m%d}", note,
                                  [row for row in rows if row[1]])  # fmt: skip
        found = scene.findings("second_connector", "error", [], [txn])
        return Expected("second_connector", entity, found)

    return inject


def _channel_days(scene: Scene) -> dict[tuple[str, date], list[Fact]]:
    """(channel, day) -> its invoices, where there are at least two and nothing else happened to any of them."""
    days: dict[tuple[str, date], list[Fact]] = defaultdict(list)
    spoilt = set()
    for fact in scene.company.facts:
        if fact.part == "invoice" and fact.channel:
            days[fact.channel, fact.day].append(fact)
            if fact.voided or fact.whole in scene.taken:
                spoilt.add((fact.channel, fact.day))
    return {key: facts for key, facts in days.items() if len(facts) > 1 and key not in spoilt}


DUPLICATE_IN_QBO = {kind: _twice(kind) for kind in _PARTS} | {
    kind: _twice(kind) for kind in ("invoice, suffix", "bill, suffix", "cost, suffix")
}
SECOND_CONNECTOR = {entity: _summed(entity) for entity in ("JournalEntry", "SalesReceipt")}
