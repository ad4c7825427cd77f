"""How the integration numbers the journals that it makes for cost and stock; which way is a switch."""

from __future__ import annotations

from typing import Literal

MOST_CHARACTERS = 21  # QBO docs: DocNumber

# part of an event -> (prefix, words)
NAMES: dict[str, tuple[str, str]] = {
    "cost": ("COGS", "Cost of sale"),
    "cost change": ("COGS", "Cost of sale changed"),
    "restock": ("RESTOCK", "Restock of credit note"),
    "receipt": ("GRN", "Goods received"),
    "landed cost": ("LC", "Landed cost"),
    "adjustment": ("ADJ", "Stock adjustment"),
    "stock take": ("ADJ", "Stock take"),
    "write-off": ("WRITEOFF", "Inventory write-off"),
    "transfer sent": ("TRANSFER", "Transfer sent"),
    "transfer received": ("TRANSFER", "Transfer received"),
    "transfer cost": ("TRANSFER", "Transfer cost"),
    "work begun": ("WIP", "Work in progress"),
    "work finished": ("ASSEMBLY", "Assembly finished"),
    "disassembly": ("ASSEMBLY", "Disassembly"),
    "journal": ("JNL", "Manual journal"),
    "prepayment": ("PREPAY", "Customer prepayment"),
    "prepayment applied": ("APPLY", "Prepayment applied"),
    "deposit applied": ("APPLY", "Supplier deposit applied"),
}


def journal_number(
    style: Literal["same", "prefixed", "none", "line", "cut"], part: str, number: str
) -> tuple[str, str, str]:
    """(DocNumber, PrivateNote, line description) of the journal for an event with this number.

    "same": the number; "prefixed": "COGS-INV-00012"; "none": the number stands in the note only; "line": in the
    line descriptions only; "cut": words and number, cut at 21 characters, which may cost the number its end.
    """
    prefix, words = NAMES[part]
    if style == "same":
        return number[:MOST_CHARACTERS], words, words
    if style == "prefixed":
        return f"{prefix}-{number}"[:MOST_CHARACTERS], words, words
    if style == "none":
        return "", f"{words} {number}", words
    if style == "line":
        return "", words, f"{words} {number}"
    return f"{words} {number}"[:MOST_CHARACTERS], f"{words} {number}", words
