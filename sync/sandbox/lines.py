"""The arithmetic of a document's lines: price, discount, tax in or out, and each line in base currency."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from sync.domain.money import to_minor
from sync.sandbox.catalogue import Good
from sync.sandbox.company import Company
from sync.sandbox.records import Line


def line(
    company: Company, good: Good | None, quantity: Decimal, price: Decimal, account: str, *, currency: str,
    rate: Decimal, percent: Decimal, inclusive: bool = False, discount: Decimal = Decimal(0), text: str = "",
) -> Line:  # fmt: skip
    """One priced line; `percent` of tax is inside the price where `inclusive`. Tax is rounded line by line."""
    shown = to_minor(quantity * price * (100 - discount) / 100, currency)
    if inclusive:
        tax = int((shown * percent / (100 + percent)).to_integral_value(ROUND_HALF_UP))
    else:
        tax = int((shown * percent / 100).to_integral_value(ROUND_HALF_UP))
    made = Line(good, text or (good.name if good else ""), quantity, price, discount,
                shown - tax if inclusive else shown, tax, shown, account)  # fmt: skip
    in_base(company, made, currency, rate)
    return made


def in_base(company: Company, row: Line, currency: str, rate: Decimal) -> None:
    """Fills the base amounts of a line: net and tax are converted apart, as the ledger posts them."""
    row.net_base = company.base(row.net, currency, rate)
    row.tax_base = company.base(row.tax, currency, rate)


def part_of(company: Company, row: Line, quantity: Decimal, currency: str, rate: Decimal, percent: Decimal,
            inclusive: bool) -> Line:  # fmt: skip
    """The same line for another quantity (a partial invoice, a return)."""
    return line(
        company, row.good, quantity, row.price, row.account, currency=currency, rate=rate,
        percent=percent if row.tax else Decimal(0), inclusive=inclusive, discount=row.discount, text=row.description,
    )  # fmt: skip
