"""Finds the sales of which both ledgers say the same, by joins over whole columns; what they are stays in the frames.

A sale is settled where it has one invoice and one cost, with payments or without, and each of its events is exactly one
transaction that names it and posts the same on its day. All else is left to the matching of documents.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from reports.reconcile.documents import Slots
from reports.reconcile.frames import CLEAN, DAYS, Frames, at, day, shape
from reports.reconcile.naming_columns import entries, transactions
from reports.reconcile.roles import Ways
from sync.domain.accounts import Source

PARTS = ("document", "settling", "cost")
DOCUMENT, COST = 0, 2
_BESIDE = 9  # as many as tell where an order lies (see causes/voided_in_cin7.py)
_PLACES = 4  # for a part: PARTS, or none of them


@dataclass(frozen=True)
class Settled:
    """`sales` (sale, id, number, invoice, channel) that are settled, with their `events` (sale, event, day, part,
    document, number), the `legs` of these (sale, event, part, day, slot, amount), and the `txns` (sale, event, kind,
    document, number) that they are; `said` (sale, word) is what journals say; `cin7` and `qbo`: id of every row that
    was looked at, and the sale that it names.
    """

    sales: pl.DataFrame
    events: pl.DataFrame
    legs: pl.DataFrame
    txns: pl.DataFrame
    said: pl.DataFrame
    cin7: pl.DataFrame
    qbo: pl.DataFrame

    def named(self, words: Collection[str], called: Collection[str]) -> pl.Series:
        """The sales that one of these words names: a number, an id, a TaskID, or the id of a transaction.

        Those as well whose journals name what else Cin7 has (`called`).
        """
        told, others = (pl.Series(sorted(some), dtype=pl.String).implode() for some in (words, called))
        looked = (
            (self.sales, ("id", "number", "invoice"), told),
            (self.txns, ("document", "number"), told),
            (self.events, ("document",), told),
            (self.said, ("word",), others),
        )
        found = [frame.filter(pl.any_horizontal(pl.col(names).is_in(some)))["sale"] for frame, names, some in looked]
        return pl.concat(found).unique().sort()

    def beside(self, words: Collection[str]) -> pl.Series:
        """The sales whose invoices lie beside numbers that have their pattern and are none of theirs: some each way."""
        own = _numbered(self.sales.select("sale", name="invoice"))
        lost = _numbered(pl.DataFrame({"name": sorted(words)}, schema={"name": pl.String}))
        lost = lost.join(own, on="shape", how="semi")
        found = [pl.Series("sale", [], dtype=pl.Int64)]
        for (pattern,), some in lost.group_by("shape"):
            alike = own.filter(pl.col("shape") == pattern).sort("digits")
            places = np.searchsorted(alike["digits"].to_numpy(), some["digits"].to_numpy())
            found += [alike["sale"].slice(max(0, place - _BESIDE), 2 * _BESIDE) for place in places]
        return pl.concat(found).unique().sort()

    def less(self, some: pl.Series) -> Settled:
        """Without these sales."""
        kept = ~pl.col("sale").is_in(some.implode())
        return replace(
            self,
            sales=self.sales.filter(kept),
            events=self.events.filter(kept),
            legs=self.legs.filter(kept),
            txns=self.txns.filter(kept),
            said=self.said.filter(kept),
        )

    def left(self) -> tuple[list[int], list[int]]:
        """Ids of the rows of either ledger that are of no settled sale."""
        held = self.sales.select("sale")
        cin7, qbo = (frame.join(held, on="sale", how="anti")["id"].to_list() for frame in (self.cin7, self.qbo))
        return cin7, qbo

    def rows_of(self, some: pl.Series) -> tuple[list[int], list[int]]:
        """Ids of the rows of either ledger that are of these sales."""
        own = pl.col("sale").is_in(some.implode())
        cin7, qbo = (frame.filter(own)["id"].to_list() for frame in (self.cin7, self.qbo))
        return cin7, qbo


def settle(frames: Frames, ways: Ways, slots: Slots, end: date) -> Settled:
    """The settled sales; one with a half before and a half after `end`, the period's last day, waits and is none."""
    sales, names = _named(frames.sales)
    looked = frames.cin7.join(names, left_on="number", right_on="name", how="left", maintain_order="left")
    rows = _rows(looked.filter(pl.col("sale").is_not_null()), ways, slots)
    events = rows.unique("event", keep="any").select("sale", "event", "order", "day", "part", "document", "number")
    posted, said = entries(frames, names, slots)
    named = posted.filter(pl.col("sale").is_not_null())
    txns, width = transactions(posted, named), len(slots.names)
    legs, theirs = _legs(rows, width), _postings(named, width)
    # Nearly always one leg has a place.
    both = legs.join(theirs.select("place", "txn", other="amount"), on="place")
    both = both.filter(pl.col("amount") == pl.col("other"))
    pairs = _pairs(both, txns)

    def count(some: pl.DataFrame) -> NDArray[np.int64]:
        return np.bincount(some["sale"].to_numpy(), minlength=len(sales))

    whole = _one_of_each(events, end, count)
    whole &= (count(legs) == count(both)) & (count(theirs) == count(both))
    whole &= (count(events) == count(pairs)) & (count(txns) == count(pairs))
    odd = (*_odd_events(rows, events, legs, sales, slots), *_odd_pairs(events, named, txns, pairs))
    whole[pl.concat([frame["sale"] for frame in odd]).to_numpy()] = False

    def held(some: pl.DataFrame) -> pl.DataFrame:
        return some.filter(pl.Series(whole[some["sale"].to_numpy()]))

    return Settled(
        sales=held(sales),
        events=held(events).drop("order"),
        legs=held(legs).with_columns(part=pl.col("event") % _PLACES, day=day()).drop("at", "place"),
        txns=held(pairs).drop("odd", "of_order", "txn"),
        said=held(said),
        cin7=looked.select("id", "sale"),
        qbo=posted.select("id", "sale"),
    )


def _pairs(both: pl.DataFrame, txns: pl.DataFrame) -> pl.DataFrame:
    """Each event with a transaction that shares a leg with it; `odd`: there are several."""
    several = (pl.col("txn").min() != pl.col("txn").max()).alias("odd")
    pairs = both.group_by("event").agg(pl.col("sale", "txn").first(), several)
    return pairs.join(txns.select("txn", "of_order", "kind", "document", "number"), on="txn")


def _odd_events(
    rows: pl.DataFrame, events: pl.DataFrame, legs: pl.DataFrame, sales: pl.DataFrame, slots: Slots
) -> Iterator[pl.DataFrame]:
    """What of Cin7's keeps a sale from being settled."""
    yield rows.filter(pl.col("part").is_null() | (pl.max_horizontal("to", "from") < 0))
    yield _mixed(rows, "event", ["document", "order"])
    yield _of_others(events, sales)
    yield _credited(legs, slots)


def _odd_pairs(
    events: pl.DataFrame, named: pl.DataFrame, txns: pl.DataFrame, pairs: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """What of QuickBooks' keeps a sale from being settled."""
    yield named.filter(pl.col("txn").is_null())
    yield txns.filter("torn")
    yield pairs.filter(pl.col("odd") | pairs["txn"].is_duplicated())
    # Where an event bears the order's number, only that leads to it.
    yield events.filter("order").join(pairs.filter(~pl.col("of_order")).select("event"), on="event")


def _named(sales: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(sales, name -> sale) of those whose invoice and order have numbers that no other has; `order`: whose it is."""
    sales = sales.filter(pl.all_horizontal(pl.col("number", "invoice").str.contains(CLEAN)))
    both = pl.concat([sales["invoice"], sales["number"]])
    alone = ~both.is_duplicated()
    sales = sales.filter(alone.head(len(sales)) & alone.tail(len(sales))).with_row_index("sale")
    sales = sales.with_columns(pl.col("sale").cast(pl.Int64))
    of_invoice = sales.select("sale", name="invoice", order=pl.lit(value=False))
    return sales, pl.concat([of_invoice, sales.select("sale", name="number", order=pl.lit(value=True))])


def _numbered(names: pl.DataFrame) -> pl.DataFrame:
    """The names that are numbers, with their shape and digits."""
    digits = pl.col("name").str.replace_all(r"\D", "").cast(pl.Int64, strict=False)
    shaped = names.filter(pl.col("name").str.contains(CLEAN)).with_columns(shape("name"), digits.alias("digits"))
    return shaped.drop_nulls("digits")


def _rows(rows: pl.DataFrame, ways: Ways, slots: Slots) -> pl.DataFrame:
    """The rows with their event, part (null: none of PARTS) and slots."""
    told = []
    for debit, credit in rows.select("debit", "credit").unique().iter_rows():
        part, _ = ways.part("Sale", debit, credit)
        place = PARTS.index(part) if part in PARTS else None
        told.append((debit, credit, place, slots.of(Source.CIN7, debit), slots.of(Source.CIN7, credit)))
    schema = {"debit": pl.String, "credit": pl.String, "part": pl.Int64, "to": pl.Int64, "from": pl.Int64}
    rows = rows.join(pl.DataFrame(told, schema=schema, orient="row"), on=["debit", "credit"]).with_columns(at())
    return rows.with_columns((pl.col("at") * _PLACES + pl.col("part").fill_null(len(PARTS))).alias("event"))


def _legs(rows: pl.DataFrame, width: int) -> pl.DataFrame:
    """What each event posts on compared accounts, slot by slot."""
    sides = [rows.select("event", "amount", slot="to"), rows.select("event", -pl.col("amount"), slot="from")]
    return _added(pl.concat(sides), "event", width, pl.col("event") // _PLACES)


def _postings(entries: pl.DataFrame, width: int) -> pl.DataFrame:
    """What each transaction posts on compared accounts, slot by slot."""
    return _added(entries, "txn", width, pl.col("first"), pl.col("at").first().alias("first"))


def _added(legs: pl.DataFrame, key: str, width: int, at: pl.Expr, *more: pl.Expr) -> pl.DataFrame:
    """Amounts by `key` and slot, with `place`, which is sale, day and slot as one number."""
    both = legs.filter(pl.col("slot") >= 0).group_by((pl.col(key) * width + pl.col("slot")).alias("leg"))
    added = both.agg(pl.col("amount").sum(), *more).filter(pl.col("amount") != 0)
    added = added.with_columns((pl.col("leg") // width).alias(key), (pl.col("leg") % width).alias("slot"))
    added = added.with_columns(at.alias("at"))
    return added.select(
        key, "slot", "amount", "at", (at // DAYS).alias("sale"), (at * width + pl.col("slot")).alias("place")
    )


def _one_of_each(
    events: pl.DataFrame, end: date, count: Callable[[pl.DataFrame], NDArray[np.int64]]
) -> NDArray[np.bool_]:
    """Which sales have one invoice and one cost, both up to `end` or both after it."""
    halves = [events.filter(pl.col("part") == place) for place in (DOCUMENT, COST)]
    by_then = [count(half.filter(pl.col("day") <= end)) for half in halves]
    one: NDArray[np.bool_] = (count(halves[0]) == 1) & (count(halves[1]) == 1) & (by_then[0] == by_then[1])
    return one


def _mixed(rows: pl.DataFrame, key: str, same: list[str]) -> pl.DataFrame:
    """Rows of one key that are not the same in all."""
    several = rows.filter(rows[key].is_duplicated()).select("sale", key, *same).unique()
    return several.filter(several[key].is_duplicated())


def _of_others(events: pl.DataFrame, sales: pl.DataFrame) -> pl.DataFrame:
    """Events whose TaskID is another sale's."""
    known = events.select("sale", "document").join(sales.select(document="id", other="sale"), on="document")
    return known.filter(pl.col("other") != pl.col("sale"))


def _credited(legs: pl.DataFrame, slots: Slots) -> pl.DataFrame:
    """Documents that take back more than they charge."""
    owed = [slot for slot, control in enumerate(slots.controls) if control == "receivables"]
    own = legs.filter(pl.col("event") % _PLACES == DOCUMENT, pl.col("slot").is_in(owed), pl.col("amount") < 0)
    net = legs.join(own.select("event").unique(), on="event", how="semi").filter(pl.col("slot").is_in(owed))
    return net.group_by("event").agg(pl.col("sale").first(), pl.col("amount").sum()).filter(pl.col("amount") < 0)
