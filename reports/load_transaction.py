"""The setup guide's transaction ids: what C7-QBO-20250101-001 names, and which one a document has."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from reports.load_tables import DOCUMENT, AnyRow
from reports.show import Paper
from sync.domain.accounts import Source
from sync.errors import NotThere

_KINDS = ("Sale", "Purchase")
_ID = re.compile(r"C7-QBO-(\d{8})-(\d{3,6})", re.IGNORECASE)


def transaction_id(session: Session, company: int, main: Paper) -> str:
    """The id of a Cin7 sale or purchase: its day, and its place among that day's by kind and number; "" for others.

    A document that is entered later for the same day with a lower number moves those behind it.
    """
    if main.source is not Source.CIN7 or main.kind not in _KINDS or main.day is None:
        return ""
    ids = [(row.kind, row.id) for row in session.execute(_of(company, main.day))]
    if (main.kind, main.id) not in ids:
        return ""  # postings without a document, or one that is gone
    return f"C7-QBO-{main.day:%Y%m%d}-{ids.index((main.kind, main.id)) + 1:03d}"


def meant(session: Session, company: int, words: str) -> str:
    """The number of the document whose transaction id `words` is; `words` itself where it is none.

    Raises NotThere where the day has no such document.
    """
    found = _ID.fullmatch(words.strip())
    if not found:
        return words
    rows = session.execute(_of(company, _day(found[1]))).all()
    place = int(found[2])
    if not 0 < place <= len(rows):
        raise NotThere(f"{words} names no sale or purchase: Cin7 has {len(rows)} of that day.")
    row: AnyRow = rows[place - 1]
    return str(row.number or row.invoice)


def _of(company: int, day: date) -> Select[tuple[str, str, str, str]]:
    columns = (DOCUMENT.c.kind, DOCUMENT.c.id, DOCUMENT.c.number, DOCUMENT.c.invoice)
    mine = (DOCUMENT.c.company == company, DOCUMENT.c.source == Source.CIN7.value)
    return (
        select(*columns)
        .where(*mine, DOCUMENT.c.kind.in_(_KINDS), DOCUMENT.c.day == day, DOCUMENT.c.deleted_at.is_(None))
        .order_by(DOCUMENT.c.kind.desc(), DOCUMENT.c.number, DOCUMENT.c.id)
    )


def _day(digits: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise NotThere(f"{digits} is no day: a transaction id looks like C7-QBO-20250101-001.") from None
