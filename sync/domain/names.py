"""Names that documents refer to, and exchange rates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sync.domain.accounts import Source


@dataclass(frozen=True, slots=True)
class Name:
    """A customer, vendor or supplier, class or department; `kind` is the vendor's entity name."""

    source: Source
    kind: str
    id: str
    name: str
    full_name: str = ""
    parent: str = ""
    currency: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Rate:
    """Home units for one unit of `currency` on `day`, every digit kept."""

    currency: str
    day: date
    rate: Decimal
