"""Which sale QuickBooks' rows name, told by joins over columns: as matching tells it of documents."""

from __future__ import annotations

import polars as pl

from reports.reconcile.documents import Slots
from reports.reconcile.frames import Frames, at

_WORD = r"[^\W_](?:[\w/.#:-]*[^\W_])?"  # as `numbers.tokens` takes words from a text, in upper case
_END = r"^[^-/_:#.]*[-/_:#.](.+)$"  # of COGS-INV-00012 what stands after the first cut
_ID = r"^(0|[1-9]\d{0,14})$"  # as QuickBooks gives them out
_LINK = r'^\[\["([^"]+)", ?"([^"]+)"\]\]$'  # of a header that is linked to one document: (kind, id)


def entries(frames: Frames, names: pl.DataFrame, slots: Slots) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(QuickBooks' rows with the sale that their number, their link or their words name, what journals say).

    `sale` is null where none is named; `txn` is kind and id as one number, null where the id is none; `of_order`: it is
    the order that is named.
    """
    col = pl.col
    kinds = {kind: n for n, kind in enumerate(sorted(frames.qbo["kind"].unique()))}
    code = col("kind").replace_strict(kinds, return_dtype=pl.Int64)
    slot = col("account").replace_strict(dict(slots.qbo), default=-1, return_dtype=pl.Int64)
    number = pl.when(col("document").str.contains(_ID)).then("document").cast(pl.Int64)
    rows = frames.qbo.with_columns(slot.alias("slot"), (number * len(kinds) + code).alias("txn"))
    rows = rows.join(names.rename({"order": "of_order"}), left_on="number", right_on="name", how="left")
    rest = rows.filter(col("sale").is_null()).drop("sale", "of_order")
    said = pl.DataFrame(schema={"sale": pl.Int64, "word": pl.String})
    if len(rest):
        told, said = _by_words(rest.filter(col("kind") == "JournalEntry"), names)
        told = pl.concat([told, _by_link(rest, frames.links, frames.qbo, names)])
        rest = rest.join(told, on=["kind", "document"], how="left")
        rows = pl.concat([rows.filter(col("sale").is_not_null()), rest.select(rows.columns)])
    return rows.with_columns(at()), said


def _by_words(journals: pl.DataFrame, names: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """((kind, document, sale, of_order) of journals that name just one sale, the words that they say).

    A word of the number goes before one of the memo, as in COGS-INV-00012; a number alone may say nothing.
    """
    col, key = pl.col, ["kind", "document"]
    found, words = [], []
    rest = journals
    for column in ("number", "memo"):
        texts = rest.select(*key, col(column).str.to_uppercase().str.extract_all(_WORD).alias("word")).unique()
        told = texts.explode("word").filter(col("word").str.contains(r"\d"))
        told = told.with_columns(col("word").str.extract(_END).alias("end"))
        whole = told.join(names, left_on="word", right_on="name")
        ends = told.join(whole, on=[*key, "word"], how="anti").join(names, left_on="end", right_on="name")
        named = pl.concat([whole.select(*key, "sale", "order"), ends.select(*key, "sale", "order")])
        found.append(named)
        words += [told.select(*key, "word"), told.join(whole, on=[*key, "word"], how="anti").select(*key, word="end")]
        rest = rest.join(named, on=key, how="anti")
    of = (
        pl.concat(found)
        .group_by(key)
        .agg(col("sale").n_unique().alias("sales"), col("sale").first(), col("order").all())
    )
    of = of.filter(col("sales") == 1).select(*key, "sale", of_order="order")
    said = pl.concat(words).drop_nulls().join(of, on=key)
    return of, said.join(names, left_on=["word", "sale"], right_on=["name", "sale"], how="anti").select("sale", "word")


def _by_link(rows: pl.DataFrame, links: pl.DataFrame, qbo: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """(kind, document, sale, of_order) of payments that are linked to one document, which is a sale's invoice."""
    other = pl.col("links").str.extract_groups(_LINK).struct.rename_fields(["its_kind", "its_id"]).struct.unnest()
    of = links.select("kind", "links", document="id").join(rows, on=["kind", "document"], how="semi")
    of = of.with_columns(other).drop_nulls()
    its = ["its_kind", "its_id"]
    numbers = qbo.select(its_kind="kind", its_id="document", name="number").join(of, on=its, how="semi").unique()
    named = of.join(numbers, on=its).join(names.filter(~pl.col("order")), on="name")
    return named.select("kind", "document", "sale", of_order="order")


def transactions(entries: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """The transactions that name a sale; `torn` are those with rows of more than one day or name."""
    col = pl.col
    firsts = col("sale", "of_order", "kind", "document", "number").first()
    torn = (col("at").min() != col("at").max()) | (col("of_order").min() != col("of_order").max())
    txns = named.group_by("txn").agg(firsts, torn.alias("torn"), pl.len().alias("rows"))
    if len(named) == len(entries):
        return txns
    total = entries.group_by("txn").agg(pl.len().alias("total"))
    return txns.join(total, on="txn").with_columns(col("torn") | (col("total") != col("rows")))
