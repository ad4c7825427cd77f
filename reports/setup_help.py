"""docs/checks.md, made from the rules' own words and from the table of advice: `python -m reports.setup_help`."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator

from reports.setup_advice import ADVICE
from reports.setup_check import RULES
from reports.setup_roles import ROLES

_HEAD = """# What `tieout check` looks at

This page is made from the rules themselves: `python3 -m uv run python -m reports.setup_help > docs/checks.md`.
Each rule is a line of the answer where all is well, and one line for each fault where it is not. An error makes the
exit status 1. `tieout serve` checks every morning at 6:30 of the company's time zone, and raises an alert for what is
new.
"""
_TEST_SYNC = """## The test sync

`tieout check --test-sync` follows a sale and a purchase through both systems: the documents that a number behind it
names, else the newest that say *test*, else the newest whole ones. Each step is *waiting* (not there yet), *seen*
(there, but not to be judged yet), *right* or *wrong*. What Cin7 had for a day and QuickBooks has not is wrong. At a
terminal it syncs and looks again every minute until every step is judged; `--once` looks once.

1. order: the sale is processed in Cin7
2. invoice: QuickBooks has it with the same total
3. payment: the same is open on both sides
4. cogs_entry: QuickBooks has an entry of its cost
5. cogs_amount: it is Cin7's cost
6. stock_cin7: stock left in Cin7
7. stock_qbo: QuickBooks' inventory account moved alike; where it counts an item too, it counts what Cin7 counts
8. bill: QuickBooks has the purchase's bill with the same total
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, "## Rules", "", *_rules(), "", "## Accounts of the set-up guide", "", *_roles(), "",
                      _TEST_SYNC, "## Causes", "", *_causes()]) + "\n"  # fmt: skip


def _rules() -> Iterator[str]:
    for rule in RULES:
        yield f"- {_sentence(inspect.getdoc(rule) or '')}"


def _roles() -> Iterator[str]:
    yield "Found by type and detail type, never by name:"
    yield ""
    yield "| account | type / detail type | missing is | what for |"
    yield "|---|---|---|---|"
    for role in ROLES:
        yield f"| {role.label} | {role.types} | {role.status} | {role.why} |"


def _causes() -> Iterator[str]:
    for cause, advice in sorted(ADVICE.items()):
        yield f"### `{cause}`"
        yield ""
        yield advice.why
        yield ""
        yield from (f"{n}. {step}" for n, step in enumerate(advice.steps, 1))
        if advice.link:
            yield ""
            yield f"Place: <{advice.link}>"
        yield ""


def _sentence(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


if __name__ == "__main__":
    sys.stdout.write(page())
