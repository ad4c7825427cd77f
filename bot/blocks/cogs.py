"""Sales and margin in Slack: the same figures as the document `tieout/cogs/1`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot import blocks
from bot.blocks import Block
from reports.cogs import covered

Document = Mapping[str, Any]
_HEAD = ("sales", "COGS", "gross profit", "margin", "orders", "units")
_GROUP_HEAD = ("sales", "COGS", "gross profit", "margin", "units")
_NOT_FINAL = {
    "invoiced_not_shipped": "invoiced and not shipped, as far as the ledger tells",
    "shipped_not_invoiced": "shipped and not invoiced",
    "zero_cost_shipment": "shipped at no cost",
}


def period_words(period: Document) -> str:
    """ "2026-01-05 to 2026-01-11", or the one day."""
    return period["start"] if period["start"] == period["end"] else f"{period['start']} to {period['end']}"


def line(document: Document) -> str:
    """The answer in one sentence."""
    total, apart = document["total"], document["difference"]
    agree = ""
    if apart is not None:
        agree = f" QuickBooks differs by {apart['sales']} in sales and {apart['cogs']} in COGS."
    return (
        f"Sales {total['sales']} {document['currency']}, COGS {total['cogs']}, gross profit {total['gross_profit']}, "
        f"margin {_percent(total)}, {period_words(document['period'])}.{agree} {blocks.age_words(document)}"
    )


def draw(document: Document) -> tuple[list[Block], bool]:
    """Blocks without buttons, and whether rows were left out."""
    currency, by = document["currency"], document["by"]
    told = [blocks.header(f"Sales and margin {period_words(document['period'])}")]
    if by:
        rows = [_group(row) for row in document["rows"]]
        told += [_headline(document), blocks.table((f"{by}, {currency}", *_GROUP_HEAD), rows)]
    else:
        rows = _systems(document)
        told.append(blocks.table((currency, *_HEAD), rows))
    told += _notes(document)
    return [*told, blocks.ages(document)], not blocks.shows_all(rows)


def _headline(document: Document) -> Block:
    """The total on both sides, above the groups."""
    total, qbo = document["total"], document["qbo"]
    profit = f"gross profit {total['gross_profit']}, margin {_percent(total)}"
    told = f"Cin7: sales {total['sales']}, COGS {total['cogs']}, {profit}"
    if qbo:
        apart = document["difference"]
        told += f"\nQuickBooks: sales {qbo['sales']}, COGS {qbo['cogs']}"
        told += f"\nDifference: sales {apart['sales']}, COGS {apart['cogs']}"
    return blocks.said(told)


def _systems(document: Document) -> list[Sequence[object]]:
    total, qbo, apart, before = (document[name] for name in ("total", "qbo", "difference", "previous"))
    rows: list[Sequence[object]] = [("Cin7", *_figures(total), total["orders"], _units(total))]
    if qbo:
        rows.append(("QuickBooks", *_figures(qbo), "", ""))
        if qbo["other_cogs"].strip("-0."):
            rows.append(("of which other COGS", "", qbo["other_cogs"], "", "", "", ""))
        rows.append(("Difference", apart["sales"], apart["cogs"], "", "", "", ""))
    if before:
        figures = before["total"]
        rows.append((period_words(before["period"]), *_figures(figures), figures["orders"], _units(figures)))
    return rows


def _group(row: Document) -> Sequence[object]:
    return (row["name"], *_figures(row), _units(row))


def _figures(figures: Document) -> tuple[object, ...]:
    return figures["sales"], figures["cogs"], figures["gross_profit"], _percent(figures)


def _percent(figures: Document) -> str:
    return f"{figures['margin_pct']} %" if figures["margin_pct"] is not None else blocks.NOTHING


def _units(figures: Document) -> str:
    return figures["units"] if figures["units"] is not None else "not known"


def _notes(document: Document) -> list[Block]:
    coverage, lines = document["coverage"], []
    if document["qbo"] is None:
        lines.append("QuickBooks' ledger is not in the cache yet, so only Cin7's side is shown.")
    if document["by"] and coverage["with_detail"] < coverage["documents"]:
        lines.append(covered(coverage["documents"], coverage["with_detail"], coverage["waiting"]))
    lines += [
        f"Not final: {each['documents']} {_NOT_FINAL[each['reason']]} ({each['amount']})"
        for each in document["not_final"]
    ]
    return [blocks.said("\n".join(lines))] if lines else []
