"""What QuickBooks' reading endpoints tell of the books: queries, single objects, changes, rates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sync.sandbox.books import World
from sync.sandbox.faults import Rule
from sync.sandbox.qbo_ledger import GeneralLedger
from sync.sandbox.query import Condition, QueryError, Statement, parse
from sync.sandbox.query_run import Row, canonical, instant, run
from sync.sandbox.shelf import Shelf
from sync.sandbox.spoil import shifted, spoiled

LIST_ENTITIES = (
    "Account",
    "Item",
    "Customer",
    "Vendor",
    "Class",
    "Department",
    "Employee",
    "Term",
    "TaxCode",
    "TaxRate",
    "PaymentMethod",
)
TRANSACTIONS = (
    "Invoice",
    "CreditMemo",
    "Payment",
    "SalesReceipt",
    "RefundReceipt",
    "Bill",
    "VendorCredit",
    "BillPayment",
    "JournalEntry",
    "Deposit",
    "Transfer",
    "Purchase",
    "Estimate",
    "PurchaseOrder",
)
SINGLETONS = ("CompanyInfo", "Preferences")
ENTITIES = (*LIST_ENTITIES, *TRANSACTIONS, *SINGLETONS, "ExchangeRate")
NOT_IN_CHANGES = ("TaxCode", "TaxRate", "CompanyInfo", "Preferences", "ExchangeRate")
_LOOK_BACK = timedelta(days=30)
_MOST_CHANGES = 1000
_ALWAYS_KNOWN = ("id", "active", "metadata.lastupdatedtime", "metadata.createtime", "docnumber", "txndate", "name")
_PACIFIC = ZoneInfo("America/Los_Angeles")


class ApiError(ValueError):
    """A request that the service refuses with a Fault of this code."""

    def __init__(self, code: int, message: str, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.code = code
        self.message = message
        self.status = status


def now(world: World) -> str:
    """The instant at which the practice company lives: the end of its day, with the Pacific offset of US companies."""
    zone = ZoneInfo(str(world.cin7.me.get("TimeZone") or "America/Los_Angeles"))
    ends = datetime.combine(world.today, time(23, 59, 59), zone)
    return ends.astimezone(_PACIFIC).isoformat(timespec="milliseconds")


class QboData:
    """Reads the books of the world of the moment."""

    def __init__(self, world: Callable[[], World], shelf: Shelf) -> None:
        self._world = world
        self._shelf = shelf

    def ledger(self) -> GeneralLedger:
        """The general ledger, drawn up anew whenever the books changed."""
        world = self._world()
        books = world.qbo
        return self._shelf.get("ledger", books.postings, world.today, lambda: GeneralLedger(books))

    def query(self, text: str, rules: tuple[Rule, ...] = ()) -> dict[str, Any]:
        """The QueryResponse of a statement. Raises QueryError."""
        statement = parse(text)
        if statement.entity not in ENTITIES:
            raise QueryError(4001, f"QueryValidationError: Metadata not found for Entity: {statement.entity}")
        rows = self._rows(statement.entity)
        self._check(statement, rows)
        key = (statement.entity, statement.conditions, statement.order)
        found = self._shelf.get(key, rows, self._world().today, lambda: run(_active_only(statement), rows))
        if statement.count:
            return {"totalCount": len(found)}
        page = 2 if statement.start > 1 else 1
        first = statement.start - 1
        shown = shifted(found, rules, page)[first : first + statement.size]
        shown = [_projected(row, statement.columns) for row in spoiled(statement.entity, shown, rules)]
        if not shown:
            return {}
        response = {statement.entity: shown, "startPosition": statement.start, "maxResults": len(shown)}
        return {**response, "totalCount": len(found)} if len(found) == len(shown) else response

    def read(self, kind: str, id: str, params: dict[str, str]) -> dict[str, Any]:  # noqa: A002 - the path's own word
        """One object by the lower-case name of its entity. Raises ApiError 610 where there is none."""
        if kind == "companyinfo":
            return {"CompanyInfo": self._world().qbo.company_info}
        if kind == "preferences":
            return {"Preferences": self._world().qbo.preferences}
        if kind == "exchangerate":
            return {"ExchangeRate": self._rate(params)}
        entity = next((name for name in ENTITIES if name.lower() == kind), None)
        if entity is None:
            raise ApiError(500, "Unsupported Operation", f"Operation {kind} is not supported.", status=500)
        rows = self._rows(entity)
        by_id = self._shelf.get(("id", entity), rows, self._world().today, lambda: {str(r.get("Id")): r for r in rows})
        if id not in by_id:
            detail = "Object Not Found : Something you're trying to use has been made inactive."
            raise ApiError(610, "Object Not Found", detail)
        return {entity: by_id[id]}

    def changes(self, entities: str, since: str, stamp: str) -> dict[str, Any]:
        """The CDCResponse: at most 1,000 objects over all entities, deletions after the rest of each entity."""
        wanted = [name.strip() for name in entities.split(",") if name.strip()]
        unfit = [name for name in wanted if name not in ENTITIES or name in NOT_IN_CHANGES]
        if unfit or not wanted:
            raise ApiError(2030, "Invalid ID", f"CDC does not know the entities {', '.join(unfit) or '(none)'}")
        begin = instant(since)
        if begin < instant(stamp) - _LOOK_BACK:
            # The words of Wish-Org/QuickBooksSharp#19.
            detail = f"Operation cdc with changedSince date {since} which is older than fixed days is not supported."
            raise ApiError(500, "Unsupported Operation", detail)
        left = _MOST_CHANGES
        responses: list[dict[str, Any]] = []
        for entity in wanted:
            changed = self._changed(entity, begin)[:left]
            left -= len(changed)
            responses.append({entity: changed, "startPosition": 1, "maxResults": len(changed)} if changed else {})
        return {"CDCResponse": [{"QueryResponse": responses}], "time": stamp}

    def _changed(self, entity: str, begin: datetime) -> list[Row]:
        books = self._world().qbo
        alive = [row for row in books.entities.get(entity, []) if _updated(row) >= begin]
        gone = [stub for stub in books.deleted if stub["entity"] == entity and _updated(stub) >= begin]
        stubs = [
            {"domain": "QBO", "status": "Deleted", "Id": stub["Id"], "MetaData": stub["MetaData"]}
            for stub in sorted(gone, key=_updated)
        ]
        return [*sorted(alive, key=_updated), *stubs]

    def _rows(self, entity: str) -> list[Row]:
        books = self._world().qbo
        if entity == "CompanyInfo":
            return [books.company_info]
        if entity == "Preferences":
            return [books.preferences]
        return books.entities.get(entity, [])

    def _check(self, statement: Statement, rows: list[Row]) -> None:
        names = self._shelf.get(("names", statement.entity), rows, self._world().today, lambda: canonical(rows))
        for name in statement.properties:
            if rows and name.lower() not in names and name.lower() not in _ALWAYS_KNOWN:
                detail = f"QueryValidationError: Property {name} not found for Entity {statement.entity}"
                raise QueryError(4001, detail)

    def _rate(self, params: dict[str, str]) -> Row:
        """The newest rate of the currency at the day asked for."""
        code = params.get("sourcecurrencycode", "")
        try:
            day = date.fromisoformat(params.get("asofdate") or f"{self._world().today}")
        except ValueError:
            raise ApiError(2010, "Request has invalid or unsupported property", "asofdate is no date") from None
        rates = [row for row in self._rows("ExchangeRate") if row.get("SourceCurrencyCode") == code]
        known = [row for row in rates if str(row.get("AsOfDate")) <= f"{day}"]
        if not known:
            raise ApiError(610, "Object Not Found", f"No exchange rate for sourcecurrencycode={code} at {day}")
        return max(known, key=lambda row: str(row["AsOfDate"]))


def _active_only(statement: Statement) -> Statement:
    """Lists show active rows unless the statement speaks of Active itself."""
    if statement.entity not in LIST_ENTITIES or any(c.property.lower() == "active" for c in statement.conditions):
        return statement
    return replace(statement, conditions=(*statement.conditions, Condition("Active", "=", (True,))))


def _projected(row: Row, columns: tuple[str, ...]) -> Row:
    if not columns:
        return row
    wanted = {name.split(".")[0].lower() for name in columns} | {"id"}
    return {key: value for key, value in row.items() if key.lower() in wanted}


def _updated(row: Row) -> datetime:
    return instant(str(row["MetaData"]["LastUpdatedTime"]))
