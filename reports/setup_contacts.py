"""The set-up check of customers and suppliers: names that QuickBooks takes, and each one only once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from reports.setup_facts import ERROR, OK, WARNING, Check, Setup
from sync.domain.accounts import Source
from sync.domain.names import Name

_FORBIDDEN = (":", "\t", "\n")  # Intuit docs: Customer and Vendor, DisplayName
_LONGEST = 500
_CUSTOMER, _SUPPLIER = ("Customer",), ("Supplier", "Vendor")
_WORDS = {"Customer": "customer", "Supplier": "supplier", "Vendor": "vendor", "Employee": "employee"}


def contacts(setup: Setup) -> Iterator[Check]:
    """No customer shares its name with a supplier, or with another customer.

    QuickBooks keeps one list of names for customers, vendors and employees: the second one of a name is refused, and
    with it every document of that contact.
    """
    mine = {(each.kind, each.id): each for each in setup.names if each.source is Source.CIN7 and each.active}
    same: defaultdict[str, list[Name]] = defaultdict(list)
    for each in sorted(mine.values(), key=lambda name: (_plain(name.name), name.kind, name.id)):
        same[_plain(each.name)].append(each)
    theirs = _by_name([each for each in setup.names if each.source is Source.QBO and each.active])
    found = [check for key, some in same.items() if key for check in _collisions(some, theirs.get(key, []))]
    found += [check for some in same.values() for each in some[:1] for check in _illegal(each)]
    yield from found
    if mine and not found:
        yield Check("contact_name", OK, "Every customer and supplier has a name of its own that QuickBooks takes.")


def _collisions(some: list[Name], theirs: list[Name]) -> Iterator[Check]:
    name, kinds = some[0].name.strip(), {each.kind for each in some}
    wrong = [each for each in theirs if (each.kind in _CUSTOMER) != ("Customer" in kinds)]
    right = [each for each in theirs if (each.kind in _CUSTOMER) == ("Customer" in kinds)]
    if len(kinds) > 1:
        yield _collision(name, ERROR, f"Cin7 has “{name}” as a customer and as a supplier.")
    elif len(some) > 1:
        who = _WORDS[some[0].kind]
        yield _collision(name, ERROR, f"Cin7 has {len(some)} {who}s called “{name}”.")
    elif wrong and not right:
        yield _collision(
            name, ERROR, f"“{name}” is a {_WORDS[some[0].kind]} in Cin7 and a {_WORDS[wrong[0].kind]} in QuickBooks."
        )


def _collision(name: str, status: str, message: str) -> Check:
    fix = f"Give one of them another name in Cin7, like “{name} (supplier)”, and keep the other as it is."
    return Check("contact_name", status, message, "name_collision", name, fix)


def _illegal(each: Name) -> Iterator[Check]:
    marks = [mark for mark in _FORBIDDEN if mark in each.name]
    if not marks and len(each.name) <= _LONGEST:
        return
    fault = f"has “{marks[0]}”" if marks else f"is {len(each.name)} characters long"
    yield Check(
        "contact_name",
        WARNING,
        f"The name of {_WORDS[each.kind]} {each.name!r} {fault}; QuickBooks refuses that.",
        "illegal_contact",
        each.name[:100],
        f"Rename the {_WORDS[each.kind]} in Cin7: no colon, no tab, at most {_LONGEST} characters.",
    )


def _by_name(names: list[Name]) -> Mapping[str, list[Name]]:
    found: defaultdict[str, list[Name]] = defaultdict(list)
    for each in names:
        if each.kind in _WORDS:
            found[_plain(each.name)].append(each)
    return found


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
