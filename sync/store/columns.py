"""Column types that keep numbers exact and instants aware on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import BigInteger, Dialect, Integer, String
from sqlalchemy.types import TypeDecorator

# SQLite numbers rows by itself only for a plain INTEGER key.
ROW_NUMBER = BigInteger().with_variant(Integer, "sqlite")

# Days, quantities and rates are few, rows are many.
_day = lru_cache(maxsize=8_192)(date.fromisoformat)
_decimal = lru_cache(maxsize=8_192)(Decimal)


class Exact(TypeDecorator[Decimal]):
    """A decimal as text with all its digits; sums are made in Python, never by the database."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not isinstance(value, Decimal) or not value.is_finite():
            raise TypeError(f"an exact decimal is needed, not {value!r}")
        return f"{value:f}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else _decimal(value)


class Day(TypeDecorator[date]):
    """A calendar day as ISO text: sorts, compares and binds alike on SQLite and PostgreSQL."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        return None if value is None else _day(value)


class Instant(TypeDecorator[datetime]):
    """An aware instant as ISO text in UTC with microseconds; naive ones are refused."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"an aware instant is needed, not {value!r}")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)
