"""One document on both sides as the document `tieout/show/1` and as text for people."""

from __future__ import annotations

from collections.abc import Iterable

from reports.books import Books, ages, instant, money_of, plain
from reports.layout import age_lines, table
from reports.reconcile.findings import finding_json
from reports.show import Entry, Paper, Shown, control_of, transaction
from reports.show_lines import part_json, part_table
from sync.domain.accounts import Source
from sync.domain.money import text

_NAMES = {Source.CIN7: "Cin7", Source.QBO: "QuickBooks"}


def to_json(shown: Shown) -> dict[str, object]:
    """The document `tieout/show/1`."""
    books = shown.books
    return {
        "schema": "tieout/show/1",
        "number": shown.number,
        "currency": books.currency,
        "state": shown.state,
        "transaction": transaction(shown),
        **{source.value: _side(shown, source) for source in Source},
        "controls": [
            {
                "control": name,
                "cin7": money_of(cin7, books.currency),
                "qbo": money_of(qbo, books.currency),
                "difference": money_of(cin7 - qbo, books.currency),
            }
            for name, (cin7, qbo) in shown.movement().items()
        ],
        "lines": [part_json(part, shown.currency, books.currency) for part in shown.parts],
        "unread": [
            {"id": paper.id, "type": paper.kind, "number": paper.number, "reason": _why_unread(shown, paper)}
            for paper in shown.unread
        ],
        "findings": [
            finding_json(each.finding, books.currency) | {"state": "open" if each.is_open else "resolved"}
            for each in shown.findings
        ],
        **ages(books.as_of, books.incomplete),
    }


def _side(shown: Shown, source: Source) -> dict[str, object]:
    currency = shown.books.currency
    return {
        "documents": [_paper(paper, currency) for paper in shown.papers if paper.source is source],
        "postings": [
            {
                "date": entry.day.isoformat(),
                "type": entry.kind,
                "document": entry.document,
                "number": entry.number,
                "account": entry.account,
                "account_name": _account(shown.books, entry),
                "control": control_of(shown.books, entry) or None,
                "debit": money_of(max(entry.amount, 0), currency),
                "credit": money_of(max(-entry.amount, 0), currency),
            }
            for entry in shown.entries
            if entry.source is source
        ],
    }


def _paper(paper: Paper, base: str) -> dict[str, object]:
    currency = paper.currency or base
    return {
        "id": paper.id,
        "type": paper.kind,
        "number": paper.number,
        "invoice": paper.invoice or None,
        "credit_note": paper.credit or None,
        "status": paper.status or None,
        "date": paper.day and paper.day.isoformat(),
        "name": paper.party or None,
        "currency": currency,
        "total": money_of(paper.total, currency),
        "balance": money_of(paper.balance, currency),
        "rate": plain(paper.rate),
        "memo": paper.memo or None,
        "created": instant(paper.created),
        "updated": instant(paper.updated),
        "voided": paper.voided,
        "deleted_at": instant(paper.deleted_at),
    }


def _account(books: Books, entry: Entry) -> str:
    account = books.accounts.get((entry.source, entry.account))
    return account.name if account else entry.account


def to_text(shown: Shown) -> str:
    """Both sides below each other, what each control got from either, and the findings."""
    books = shown.books
    lines = [f"{shown.number}: {shown.main.kind}, {shown.main.party or 'no name'}, {shown.state}", ""]
    for source in Source:
        mine = [paper for paper in shown.papers if paper.source is source]
        lines += [f"{_NAMES[source]}: {', '.join(map(_words, mine)) or 'no document'}"]
        rows = [_row(books, entry) for entry in shown.entries if entry.source is source]
        lines += [*table(("date", "document", "account", "debit", "credit"), rows), ""] if rows else [""]
    moved = [(name, cin7, qbo) for name, (cin7, qbo) in shown.movement().items()]
    rows = [(name.replace("_", " "), *_money((cin7, qbo, cin7 - qbo), books.currency)) for name, cin7, qbo in moved]
    lines += [*table(("control", "Cin7", "QuickBooks", "difference"), rows), ""] if rows else []
    lines += [*part_table(shown.parts, shown.currency, books.currency), ""] if shown.parts else []
    lines += [_why_unread(shown, paper) for paper in shown.unread]
    lines += [f"{e.finding.cause} ({e.finding.id}): {e.finding.explanation}" for e in shown.findings if e.is_open]
    return "\n".join([*lines, *age_lines(books.as_of, books.incomplete)])


def _why_unread(shown: Shown, paper: Paper) -> str:
    """In a sentence, why the lines of a document are not shown as they are now."""
    name = f"{paper.kind} {paper.number or paper.id}"
    if paper.refused:
        return f"The lines of {name} could not be read: {paper.refused.rstrip('.')}. They are asked for again."
    if any(part.owner == paper.id for part in shown.parts):
        return f"{name} changed after its lines were read; the next sync reads them anew, before others."
    return f"The lines of {name} are not read yet; the next sync reads them, before others."


def _words(paper: Paper) -> str:
    gone = " deleted" if paper.deleted_at else " voided" if paper.voided else ""
    status = f" {paper.status}" if paper.status else ""
    return f"{paper.kind} {paper.number or paper.id}{status}{gone}"


def _row(books: Books, entry: Entry) -> tuple[str, ...]:
    debit, credit = (
        "" if not side else text(side, books.currency) for side in (max(entry.amount, 0), max(-entry.amount, 0))
    )
    account = f"{_account(books, entry)}"
    return (str(entry.day), f"{entry.kind} {entry.number or entry.document}", account, debit, credit)


def _money(amounts: Iterable[int], currency: str) -> tuple[str, ...]:
    return tuple(text(amount, currency) for amount in amounts)
