"""Adds up what the tie-out has to know of settled sales, and lists their documents where that is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from reports.reconcile.aside import Aside
from reports.reconcile.documents import Doc, Legs, Slots
from reports.reconcile.frames import shape
from reports.reconcile.roles import role
from reports.reconcile.settled import COST, DOCUMENT, PARTS, Settled
from reports.reconcile.working import Case
from sync.domain.accounts import Source
from sync.domain.period import Period

_KIND = "Sale"
_SETTLING = PARTS.index("settling")


def aside(settled: Settled, slots: Slots, period: Period) -> Aside:
    """The sums of the settled sales; money in minor units of base currency."""
    sales, legs = settled.sales, settled.legs
    billed = _Billed.of(settled, slots)
    called = _called(settled)
    return Aside(
        matched=_matched(legs, slots, period),
        lags=_lags(settled.events),
        turned=_turned(legs, slots),
        invoiced=billed.by_channel(sales),
        shapes=frozenset(pl.concat([called["shape"], sales.select(shape("number").unique())["shape"]])),
        highest={pattern: n for pattern, n in called.iter_rows() if n is not None},
        habits=_habits(settled, slots),
        whole_sales=_whole_sales(settled),
        cases=_Listed(settled, slots),
        billed=billed,
    )


def _called(settled: Settled) -> pl.DataFrame:
    """shape, n: the patterns of the numbers that the ledger has of invoices and costs, and the highest of each."""
    own, costs = (settled.events.filter(pl.col("part") == part)["number"] for part in (DOCUMENT, COST))
    others = costs.filter(~costs.is_in(own.implode()))
    digits = pl.col("number").str.replace_all(r"\D", "").cast(pl.Int64, strict=False)
    numbers = pl.concat([own, others]).to_frame("number")
    return numbers.group_by(shape("number")).agg(digits.max().alias("n"))


def _matched(legs: pl.DataFrame, slots: Slots, period: Period) -> dict[str, int]:
    inside = legs.filter(pl.col("day").is_between(period.start, period.end))
    used = inside.group_by("slot").len()
    by_control: dict[str, list[int]] = {}
    for slot in sorted(used["slot"]):
        by_control.setdefault(slots.controls[slot], []).append(slot)
    lens = dict(used.iter_rows())
    return {
        control: lens[own[0]] if len(own) == 1 else inside.filter(pl.col("slot").is_in(own))["event"].n_unique()
        for control, own in by_control.items()
    }


def _lags(events: pl.DataFrame) -> dict[int, int]:
    halves = [events.filter(pl.col("part") == part).select("sale", "number", "day") for part in (DOCUMENT, COST)]
    days = (
        halves[0]
        .join(halves[1], on=["sale", "number"])
        .select((pl.col("day") - pl.col("day_right")).dt.total_days().abs())
    )
    return dict(days.group_by("day").len().iter_rows())


def _turned(legs: pl.DataFrame, slots: Slots) -> dict[int, int]:
    own = [slot for slot, control in enumerate(slots.controls) if control == "revenue"]
    sold = legs.filter(pl.col("part") == DOCUMENT, pl.col("slot").is_in(own))
    return dict(sold.group_by("slot").agg(pl.col("amount").abs().sum()).iter_rows())


@dataclass(frozen=True, slots=True)
class _Billed:
    """What each sale's invoice charges: `sold` has sale, day, revenue, tax."""

    sold: pl.DataFrame

    @classmethod
    def of(cls, settled: Settled, slots: Slots) -> _Billed:
        signs = list(enumerate(zip(slots.controls, slots.signs, strict=True)))
        both = [{slot: sign for slot, (name, sign) in signs if name == own} for own in ("revenue", "tax")]
        amounts = [
            (pl.col("slot").replace_strict(own, default=0, return_dtype=pl.Int64) * pl.col("amount")).sum().alias(name)
            for own, name in zip(both, ("revenue", "tax"), strict=True)
        ]
        charged = settled.legs.filter(pl.col("part") == DOCUMENT).group_by("sale").agg(*amounts)
        return cls(settled.events.filter(pl.col("part") == DOCUMENT).select("sale", "day").join(charged, on="sale"))

    def __call__(self, days: Collection[date], /) -> Iterator[tuple[date, int, int]]:
        inside = self.sold.filter(pl.col("day").is_in(sorted(days)))
        yield from inside.select("day", "revenue", "tax").iter_rows()

    def by_channel(self, sales: pl.DataFrame) -> dict[tuple[str, date], tuple[int, int, int]]:
        sums = (pl.col("revenue", "tax").sum(), pl.len().alias("documents"))
        added = self.sold.join(sales.select("sale", "channel"), on="sale").group_by("channel", "day").agg(*sums)
        every = added.group_by("day").agg(pl.col("revenue", "tax", "documents").sum())
        told = pl.concat(
            [added.filter(pl.col("channel") != ""), every.select(pl.lit("").alias("channel"), *added.columns[1:])]
        )
        return {(channel, day): (revenue, tax, n) for channel, day, revenue, tax, n in told.iter_rows()}


def _roles(settled: Settled, slots: Slots) -> pl.DataFrame:
    """event -> its role; of what settles, the sign on receivables tells which."""
    owed = [slot for slot, control in enumerate(slots.controls) if control == "receivables"]
    paid = settled.legs.filter(pl.col("part") == _SETTLING)
    net = pl.when(pl.col("slot").is_in(owed)).then("amount").otherwise(0).sum()
    refunds = paid.group_by("event").agg(net.alias("net")).filter(pl.col("net") > 0)["event"]
    told = {place: role(_KIND, part, 0) for place, part in enumerate(PARTS)}
    plain = pl.col("part").replace_strict(told, return_dtype=pl.String)
    refund = pl.col("event").is_in(refunds.implode())
    what = pl.when(refund).then(pl.lit(role(_KIND, PARTS[_SETTLING], 1))).otherwise(plain)
    return settled.events.select("event", role=what)


def _habits(settled: Settled, slots: Slots) -> dict[tuple[str, str], int]:
    others = settled.txns.filter(pl.col("kind") != "JournalEntry").select("event", "kind", "number")
    same = others.join(settled.events.select("event", "number"), on=["event", "number"])
    counted = same.join(_roles(settled, slots), on="event").group_by("kind", "role").len()
    return {(kind, what): n for kind, what, n in counted.iter_rows()}


def _whole_sales(settled: Settled) -> bool:
    own = settled.events.filter(pl.col("part") != _SETTLING).select("sale", "document")
    return len(own.join(settled.sales.select("sale", document="id"), on=["sale", "document"])) > 0


@dataclass(frozen=True, slots=True)
class _Listed:
    settled: Settled
    slots: Slots

    def __call__(self) -> Iterator[Case]:
        """A case for each event and its transaction, as matching makes them of documents of one number."""
        legs: dict[int, list[tuple[int, int]]] = {}
        for event, slot, amount in (
            self.settled.legs.sort("event", "slot").select("event", "slot", "amount").iter_rows()
        ):
            legs.setdefault(event, []).append((slot, amount))
        ours = self.settled.events.select("event", "document", "number", "day").join(
            _roles(self.settled, self.slots), on="event"
        )
        theirs = self.settled.txns.select("event", "kind", document_="document", number_="number")
        for event, id_, number, day, what, kind, txn, called in ours.join(theirs, on="event").sort("event").iter_rows():
            posted: Legs = tuple(legs[event])
            own = Doc(Source.CIN7, id_, _KIND, number, day, what, posted, plain=number)
            yield Case([own], [Doc(Source.QBO, txn, kind, called, day, kind, posted)], "number", agreed=True)
