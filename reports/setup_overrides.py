"""The set-up check of the accounts that products and categories name themselves, instead of the defaults."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from reports.setup_facts import ERROR, OK, WARNING, Check, Setup
from reports.setup_products import page
from sync.domain.accounts import AccountClass, Source
from sync.domain.stock import Product

_SIBLINGS = 3  # other products of a category that must agree before one that differs is odd


@dataclass(frozen=True, slots=True)
class _Field:
    """One of a product's accounts: how it is called, and the class that it must have."""

    words: str
    attribute: str
    klass: AccountClass

    def of(self, product: Product) -> str:
        return str(getattr(product, self.attribute))


_FIELDS = (
    _Field("inventory", "inventory_account", AccountClass.ASSET),
    _Field("COGS", "cogs_account", AccountClass.EXPENSE),
    _Field("revenue", "revenue_account", AccountClass.REVENUE),
)


def product_accounts(setup: Setup) -> Iterator[Check]:
    """Every account that a product names exists in Cin7, is active, and has the class of its role.

    A fault that a whole category shares is told once, for the category.
    """
    clean = True
    for field in _FIELDS:
        for code, products in _naming(setup, field).items():
            fault = _fault(setup, field, code)
            for subject, some in _by_category(setup, field, code, products) if fault else ():
                clean = False
                yield Check(
                    "product_account",
                    ERROR,
                    f"The {field.words} account of {subject} is {setup.name(Source.CIN7, code)}, {fault}.",
                    "product_account",
                    some[0].sku if len(some) == 1 else some[0].category,
                    f"Choose another {field.words} account in Cin7 (the product's Accounts tab; for all of a category"
                    " use the product export), or clear it so that the default applies.",
                    at_stake=sum(setup.stocked.get(each.id, 0) for each in some) or None,
                    link=page(some[0]),
                )
    if clean:
        yield Check("product_account", OK, "The accounts that products and their categories name fit their roles.")


def odd_override(setup: Setup) -> Iterator[Check]:
    """No account is reached by one odd override alone: by one product of a category, or by one document ever."""
    clean = True
    for field in _FIELDS:
        for code, products in _naming(setup, field).items():
            if len(products) != 1 or not _alone(setup, field, products[0]):
                continue
            clean = False
            product = products[0]
            yield Check(
                "odd_override",
                WARNING,
                f"Only {product.sku} {product.name} names {setup.name(Source.CIN7, code)} as its {field.words} account;"
                f" the others of {product.category} do not.",
                "odd_override",
                product.sku,
                f"Clear the {field.words} account of this product in Cin7, unless it is meant.",
                at_stake=setup.moved(code),
                link=page(product),
            )
    named = {code for field in _FIELDS for code in _naming(setup, field)}
    for code, number in sorted(setup.once.items()):
        if code not in named:
            clean = False
            yield Check(
                "odd_override",
                WARNING,
                f"{setup.name(Source.CIN7, code)} was posted on once only, by {number}.",
                "odd_override",
                code,
                f"Look at the account on the lines of {number} in Cin7: an override that is not meant hides its money.",
                at_stake=setup.moved(code),
            )
    if clean:
        yield Check("odd_override", OK, "No account is used once only, by an odd override.")


def _naming(setup: Setup, field: _Field) -> dict[str, list[Product]]:
    found: defaultdict[str, list[Product]] = defaultdict(list)
    for product in sorted(setup.products, key=lambda each: (each.sku, each.id)):
        if product.active and field.of(product):
            found[field.of(product)].append(product)
    return dict(sorted(found.items()))


def _fault(setup: Setup, field: _Field, code: str) -> str:
    account = setup.accounts.get((Source.CIN7, code))
    if account is None or not account.type:
        return "which Cin7's chart of accounts does not have"
    if not account.active:
        return "which is archived in Cin7"
    wrong = account.klass not in (field.klass, AccountClass.UNKNOWN)
    return f"which is of class {account.klass}, not {field.klass}" if wrong else ""


def _by_category(
    setup: Setup, field: _Field, code: str, products: list[Product]
) -> Iterator[tuple[str, list[Product]]]:
    """The products by category where all of a category name the account, else one by one; each with its name."""
    groups: defaultdict[str, list[Product]] = defaultdict(list)
    for product in products:
        groups[product.category].append(product)
    for category, some in sorted(groups.items()):
        whole = [each for each in setup.products if each.active and each.category == category]
        if category and len(some) > 1 and all(field.of(each) == code for each in whole):
            yield f"all {len(some)} products of category {category}", some
        else:
            yield from ((f"{each.sku} {each.name}".strip(), [each]) for each in some)


def _alone(setup: Setup, field: _Field, product: Product) -> bool:
    """Whether enough products of its category agree on another account."""
    siblings = [
        field.of(each)
        for each in setup.products
        if each.active and each.category == product.category and each.type == product.type and each.id != product.id
    ]
    return bool(product.category) and len(siblings) >= _SIBLINGS and len(set(siblings)) == 1
