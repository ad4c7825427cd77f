"""Writes names (customers, vendors, classes, departments) and exchange rates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from sqlmodel import Session

from sync.domain.names import Name, Rate
from sync.store.tables import NameRow, RateRow
from sync.store.upsert import upsert


def upsert_names(session: Session, company: int, names: Iterable[Name]) -> int:
    """Keeps names by source, kind and id; how many were new or differ."""
    rows = ({**asdict(name), "source": name.source.value, "company": company} for name in names)
    return upsert(session, NameRow, rows)


def upsert_rates(session: Session, company: int, rates: Iterable[Rate]) -> int:
    """Keeps exchange rates by currency and day; how many were new or differ."""
    return upsert(session, RateRow, ({**asdict(rate), "company": company} for rate in rates))
