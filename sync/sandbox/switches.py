"""What could not be settled about the live systems without a live company, as switches with their legal values."""

from __future__ import annotations

from dataclasses import dataclass, fields
from random import Random
from typing import Any, Literal, get_args, get_type_hints


@dataclass(frozen=True, slots=True)
class Switches:
    """One way in which the two live systems might behave; every field is a choice between its legal values.

    task_id            what TaskID in /transactions names: the whole sale or purchase, or the invoice, fulfilment, ...
    void               a void or undo removes the ledger pairs, or leaves them and adds reversing ones
    transfers_post     True: a transfer posts (through in-transit or between stock accounts); False: no ledger rows
    transfer_type      the Type word of transfer rows in /transactions
    production_type    the Type word of production order rows in /transactions
    page_cap           the most rows that /transactions gives in one page
    date_bounds        whether FromDate and ToDate of /transactions include their own day
    row_order          the order of list and ledger rows
    journal_numbers    DocNumber of the QBO journals for cost and stock: the Cin7 number, prefixed, none (number in
                       PrivateNote), line (number only in line descriptions), cut (longer than 21 characters, cut)
    accrual            Cin7's inventory accrual (GRNI): a receipt posts before its bill
    voids_to_qbo       what the integration does in QBO about a voided document: deletes it, voids it, posts the
                       reverse, or credits it
    consolidation      sales posted one by one, or one journal per channel for each day or month
    status_case        letter case of Status words
    fraction_digits    digits of the second in timestamps
    lock_date_format   me.LockDate and me.OpeningBalanceDate in ISO form or in the tenant's display format
    refunds_to_qbo     a credit note that is paid back becomes a RefundReceipt, or a CreditMemo and an expense on A/R
    """

    task_id: Literal["document", "sale"] = "document"
    void: Literal["removed", "reversed"] = "removed"
    transfers_post: Literal[True, False] = True
    transfer_type: Literal["StockTransfer", "StockTransferTask", "Transfer"] = "StockTransfer"
    production_type: Literal["ProductionOrder", "Production", "FinishedGoods"] = "ProductionOrder"
    page_cap: Literal[1000, 100, 250] = 1000
    date_bounds: Literal["inclusive", "exclusive", "from_inclusive"] = "inclusive"
    row_order: Literal["oldest", "newest", "stable_random", "random_each_call"] = "oldest"
    journal_numbers: Literal["same", "prefixed", "none", "line", "cut"] = "same"
    accrual: Literal[True, False] = True
    voids_to_qbo: Literal["delete", "void", "reverse", "credit"] = "delete"
    consolidation: Literal[None, "day", "month"] = None
    status_case: Literal["upper", "title"] = "upper"
    fraction_digits: Literal[3, 2, 4, 5, 6, 7] = 3
    lock_date_format: Literal["iso", "display"] = "iso"
    refunds_to_qbo: Literal["refund_receipt", "expense"] = "refund_receipt"

    def __post_init__(self) -> None:
        for name, legal in legal_values().items():
            if getattr(self, name) not in legal:
                raise ValueError(f"switch {name}={getattr(self, name)!r} is not one of {legal}")

    @classmethod
    def drawn(cls, seed: int) -> Switches:
        """Every switch drawn from its legal values; the same seed draws the same."""
        random = Random(f"switches {seed}")
        return cls(**{name: random.choice(legal) for name, legal in legal_values().items()})


def legal_values() -> dict[str, tuple[Any, ...]]:
    """Name of each switch -> its legal values, the default first."""
    hints = get_type_hints(Switches)
    return {f.name: get_args(hints[f.name]) for f in fields(Switches)}
