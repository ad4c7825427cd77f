"""Cin7 Core's side of the practice company: answers GET as the live API does, refuses and records everything else."""

from __future__ import annotations

import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from itertools import count
from random import Random
from typing import Any

from sync.sandbox.books import World
from sync.sandbox.cin7_lists import DETAILS, LISTS, PRODUCT_FLAGS, Keeps, Listing, Row, stamp
from sync.sandbox.faults import Chance, Rule
from sync.sandbox.limits import Limits
from sync.sandbox.payload import as_json
from sync.sandbox.refusals import NOT_FOUND_PAGE, cin7_error, damaged, refusal
from sync.sandbox.shelf import Shelf
from sync.sandbox.spoil import shifted, spoiled, total
from sync.sandbox.web import Answer, Call

PREFIX = "/externalapi/v2"
ACCOUNT_ID = "5d0f6a52-9a1c-4b7e-8c55-0c2b7a1e4f10"
APPLICATION_KEY = "b7c1d3e5-2f48-46a9-9e0d-7a6b5c4d3e2f"
MOST_ROWS = 1000


class Cin7Server:
    """The application behind one Cin7 Core address; `world` is asked anew at every call."""

    def __init__(self, world: Callable[[], World], chance: Chance, shelf: Shelf, limits: Limits | None) -> None:
        self._world = world
        self._chance = chance
        self._shelf = shelf
        self._limits = limits
        self._shuffles = count(1)

    def __call__(self, call: Call) -> Answer:
        """The answer to one request, faults and limits included."""
        given = (call.headers.get("api-auth-accountid", ""), call.headers.get("api-auth-applicationkey", ""))
        if tuple(part.lower() for part in given) != (ACCOUNT_ID, APPLICATION_KEY):
            return Answer(403, b"Incorrect credentials!", "text/plain; charset=utf-8")
        faults = self._chance.faults
        if self._limits and not self._limits.admit("all"):
            over = refusal(faults.cin7_throttle, "cin7")
            return over or cin7_error(429, "You reached 60 calls per minute API limit")
        rules = self._chance.strike("cin7", call.path)
        for rule in rules:
            instead = refusal(rule.kind, "cin7", faults.hold)
            if instead:
                return instead
        if call.method != "GET":
            return cin7_error(405, f"The requested resource does not support http method '{call.method}'.")
        return damaged(self._answer(call, rules), rules)

    def _answer(self, call: Call, rules: tuple[Rule, ...]) -> Answer:
        path = call.path.lower().removeprefix(PREFIX).strip("/")
        params = {name.lower(): value for name, value in call.params.items()}
        books = self._world().cin7
        if not call.path.lower().startswith(PREFIX):
            return Answer(200, NOT_FOUND_PAGE, "text/html; charset=utf-8")
        if path == "me":
            return Answer(200, as_json(books.me))
        try:
            if path == "transactions":
                return self._transactions(params, rules)
            if path in LISTS:
                return self._list(path, LISTS[path], params, rules)
        except ValueError as error:
            return cin7_error(400, f"A parameter is not valid: {error}")
        if path in DETAILS:
            return self._detail(path, params, rules)
        return Answer(200, NOT_FOUND_PAGE, "text/html; charset=utf-8")

    def _list(self, path: str, listing: Listing, params: dict[str, str], rules: tuple[Rule, ...]) -> Answer:
        world = self._world()
        every = world.cin7.lists.get(path, [])
        given = {name: value for name, value in params.items() if name in listing.filters and value}
        keeps = [listing.filters[name](value) for name, value in sorted(given.items())]
        keeps += [keep for name, keep in listing.unless_given.items() if name not in given]
        order = world.switches.row_order
        key = (path, tuple(sorted(given.items())), order)
        rows = self._shelf.get(key, every, world.today, lambda: _ordered(_kept(every, keeps), order))
        if path == "ref/account" and "code" in given and not rows:
            return cin7_error(400, "Account with specified ID not found")
        page, size = _page(params, MOST_ROWS)
        rows = shifted(rows, rules, page)
        shown = rows[(page - 1) * size : page * size]
        if path == "product":
            shown = [self._product(row, params) for row in shown]
        shown = spoiled(path, shown, rules)
        told = total(len(rows), rules)
        if listing.bare:
            return Answer(200, as_json({listing.key: [{**row, "TotalCount": told} for row in shown]}))
        envelope = {"Total": told, "Page": page} if listing.total else {"Page": page}
        return Answer(200, as_json({**envelope, listing.key: shown}))

    def _product(self, row: Row, params: dict[str, str]) -> Row:
        shown = dict(row)
        if "Movements" in shown:
            shown["Movements"] = self._world().cin7.movements.get(str(row.get("ID", "")).lower(), shown["Movements"])
        for flag, names in PRODUCT_FLAGS:
            if params.get(flag, "").lower() != "true":
                shown.update({name: [] for name in names if name in shown})
        return shown

    def _detail(self, path: str, params: dict[str, str], rules: tuple[Rule, ...]) -> Answer:
        details = self._world().cin7.details
        wanted = params.get(DETAILS[path], "").lower()
        if not wanted:
            return cin7_error(400, f"{DETAILS[path].upper()} is required")
        found = details.get(path, {}).get(wanted)
        if found is None and path == "purchase" and wanted in details.get("advanced-purchase", {}):
            return cin7_error(400, "This is an advanced purchase. Please use the AdvancedPurchase endpoint.")
        if found is None:
            return cin7_error(400, f"{path} with specified ID not found")
        if path == "sale":
            found = _sale(found, params)
        return Answer(200, as_json(spoiled(path, [found], rules)[0]))

    def _transactions(self, params: dict[str, str], rules: tuple[Rule, ...]) -> Answer:
        world = self._world()
        every = world.cin7.lists.get("transactions", [])
        by_day, days = self._shelf.get("transactions", every, world.today, lambda: _by_day(every))
        first, last = _bounds(days, params, world.switches.date_bounds)
        rows = by_day[first:last]
        account = params.get("account", "").lower()
        if account:
            rows = [row for row in rows if account in (_code(row, "Debit"), _code(row, "Credit"))]
        rows = self._in_ledger_order(rows, world)
        page, size = _page(params, min(MOST_ROWS, world.switches.page_cap))
        rows = shifted(rows, rules, page)
        shown = spoiled("transactions", rows[(page - 1) * size : page * size], rules)
        return Answer(200, as_json({"Total": total(len(rows), rules), "Page": page, "Transactions": shown}))

    def _in_ledger_order(self, rows: list[Row], world: World) -> list[Row]:
        if world.switches.row_order == "random_each_call":
            rows = list(rows)
            Random(f"{world.seed} {next(self._shuffles)}").shuffle(rows)
            return rows
        return _ordered(rows, world.switches.row_order)


def _kept(rows: list[Row], keeps: list[Keeps]) -> list[Row]:
    return [row for row in rows if all(keep(row) for keep in keeps)]


def _ordered(rows: list[Row], order: str) -> list[Row]:
    """Lists with ids are never shuffled anew at each call: no client could read two pages of them."""
    if order == "newest":
        return rows[::-1]
    if order == "oldest":
        return rows
    return sorted(rows, key=_scrambled)


def _scrambled(row: Row) -> int:
    return zlib.crc32("|".join(str(value) for value in list(row.values())[:4]).encode())


def _by_day(rows: list[Row]) -> tuple[list[Row], list[str]]:
    ordered = sorted(rows, key=lambda row: str(row["EffectiveDate"]))
    return ordered, [str(row["EffectiveDate"])[:19] + ".0000000" for row in ordered]


def _bounds(days: list[str], params: dict[str, str], inclusive: str) -> tuple[int, int]:
    """Positions of the first row of the window and of the first one after it."""
    first, last = 0, len(days)
    if params.get("fromdate"):
        after = bisect_right if inclusive == "exclusive" else bisect_left
        first = after(days, stamp(params["fromdate"]))
    if params.get("todate"):
        before = bisect_right if inclusive == "inclusive" else bisect_left
        last = before(days, stamp(params["todate"]))
    return first, max(first, last)


def _code(row: Row, side: str) -> str:
    return str(row.get(f"{side}AccountCode") or "").lower()


def _page(params: dict[str, str], most: int) -> tuple[int, int]:
    page, size = int(params.get("page") or 1), int(params.get("limit") or 100)
    return max(page, 1), min(max(size, 1), most)


def _sale(row: Row, params: dict[str, str]) -> dict[str, Any]:
    hidden: dict[str, Any] = {}
    if params.get("includetransactions", "").lower() != "true":
        hidden["Transactions"] = []
    if params.get("hideinventorymovements", "").lower() == "true":
        hidden["InventoryMovements"] = []
    return {**row, **hidden}
