"""Faults of the set-up, done to the practice company on purpose: one or more for each rule of the set-up check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from sync.sandbox import chart
from sync.sandbox.books import World
from sync.sandbox.breaks import editing, setup_lists
from sync.sandbox.breaks.listed import saved
from sync.sandbox.breaks.scene import NoSuchCase, Scene
from sync.sandbox.breaks.setup_lists import Wrong
from sync.sandbox.breaks.table import inject
from sync.sandbox.company import Fact

_SILENCE = timedelta(days=24)
_SETTLING = ("payment", "refund", "credit", "applied", "prepayment")


def _refused_currency(scene: Scene) -> Wrong:
    """QuickBooks keeps its books in another currency."""
    other = "CAD" if scene.company.currency != "CAD" else "AUD"
    scene.world.qbo.preferences["CurrencyPrefs"]["HomeCurrency"] = {"value": other}
    return Wrong("base_currency", "error", "base_currency_differs", "")


def _one_currency(scene: Scene) -> Wrong:
    scene.world.qbo.preferences["CurrencyPrefs"]["MultiCurrencyEnabled"] = False
    return Wrong("multi_currency", "error", "multi_currency_off", "")


def _simple_start(scene: Scene) -> Wrong:
    pairs = scene.world.qbo.company_info["NameValue"]
    told = "QuickBooks Online Simple Start"
    scene.world.qbo.company_info["NameValue"] = [
        pair | {"Value": told} if pair["Name"] == "OfferingSku" else pair for pair in pairs
    ]
    return Wrong("plan", "error", "plan_too_small", told)


def _other_zone(scene: Scene) -> Wrong:
    scene.world.qbo.company_info["DefaultTimeZone"] = "Asia/Tokyo"
    return Wrong("time_zone", "warning", "time_zone_differs", "Asia/Tokyo")


def _closed_longer(scene: Scene) -> Wrong:
    day = scene.world.today.replace(day=1) - timedelta(days=1)
    scene.world.qbo.preferences["AccountingInfoPrefs"]["BookCloseDate"] = day.isoformat()
    return Wrong("closing_dates", "warning", "closing_dates_differ", "")


def _closed_ahead(scene: Scene) -> Wrong:
    day = (scene.world.today + timedelta(days=40)).isoformat()
    scene.world.qbo.preferences["AccountingInfoPrefs"]["BookCloseDate"] = day
    return Wrong("closing_dates", "error", "closed_ahead", "")


def _account(scene: Scene, code: str) -> dict[str, Any]:
    return scene.integration.lists.accounts[scene.book.lists.account(code)["value"]]


def _changed(scene: Scene, code: str, **changes: Any) -> None:
    payload = _account(scene, code)
    payload |= changes
    saved(scene, payload)


def _expense(scene: Scene) -> Wrong:
    """The guide's own example: cost of sales on an Expense account."""
    _changed(scene, chart.COGS, AccountType="Expense", AccountSubType="SuppliesMaterials")
    return Wrong("account_type", "error", "wrong_account_type", chart.COGS)


# Accounts that are known by what Cin7's lists say of them.
_NAMING = {chart.TRANSIT: "stocktransferlist", chart.WIP: "production/orderlist"}


def _guide(role: str, *codes: str, **changes: Any) -> Callable[[Scene], Wrong]:
    """Somebody changed every account that could play a role which the guide recommends."""

    def fault(scene: Scene) -> Wrong:
        idle = [code for code, path in _NAMING.items() if not scene.world.cin7.lists[path]]
        if set(codes) & set(idle):
            raise NoSuchCase("no document names the account, so any current asset could play the role")
        for code in (*codes, *(idle if role == "supplier_deposits" else ())):
            _changed(scene, code, **changes)
        return Wrong("guide_account", "warning", "guide_account_missing", role)

    return fault


def _without(role: str, *codes: str) -> Callable[[Scene], Wrong]:
    return _guide(role, *codes, Active=False)


def _retyped(role: str, *codes: str) -> Callable[[Scene], Wrong]:
    return _guide(role, *codes, AccountType="Fixed Asset", AccountSubType="OtherFixedAssets")


def _without_receivable(scene: Scene) -> Wrong:
    for row in scene.world.qbo.entities["Account"]:
        if row["AccountType"] == "Accounts Receivable":
            row |= {"AccountType": "Other Current Asset", "AccountSubType": "OtherCurrentAssets"}
    return Wrong("guide_account", "error", "guide_account_missing", "accounts_receivable")


def _without_sales(scene: Scene) -> Wrong:
    for row in scene.world.qbo.entities["Account"]:
        if row["AccountType"] == "Income":
            row |= {"AccountType": "Other Income", "AccountSubType": "OtherMiscellaneousIncome"}
    return Wrong("guide_account", "error", "guide_account_missing", "sales")


def _without_inventory(scene: Scene) -> Wrong:
    for row in scene.world.qbo.entities["Account"]:
        if row["AccountSubType"] == "Inventory":
            row |= {"AccountSubType": "OtherCurrentAssets"}
    return Wrong("guide_account", "error", "guide_account_missing", "inventory_asset")


def _without_cogs(scene: Scene) -> Wrong:
    for row in scene.world.qbo.entities["Account"]:
        if row["AccountType"] == "Cost of Goods Sold":
            row |= {"AccountType": "Expense", "AccountSubType": "SuppliesMaterials"}
    return Wrong("guide_account", "error", "guide_account_missing", "cost_of_goods_sold")


def _unnumbered(scene: Scene) -> Wrong:
    """The account lost its number and got another name: nothing leads to it any more."""
    _changed(scene, chart.ACCRUED_COSTS, AcctNum="9999", Name="Sundry", FullyQualifiedName="Sundry")
    return Wrong("mapped_account", "error", "unmapped_account", chart.ACCRUED_COSTS)


def _lost_payable(scene: Scene) -> Wrong:
    for row in scene.world.qbo.entities["Account"]:
        if row["AccountType"] == "Accounts Payable":
            row |= {"AcctNum": f"9{row['Id']}", "Name": f"Owed {row['Id']}", "FullyQualifiedName": f"Owed {row['Id']}",
                    "AccountType": "Long Term Liability", "AccountSubType": "OtherLongTermLiabilities"}  # fmt: skip
    return Wrong("needed_account", "error", "missing_account", "payables")


def _sleeping(scene: Scene) -> Wrong:
    _changed(scene, chart.WIP, Active=False)
    return Wrong("active_account", "error", "inactive_account", chart.WIP)


def _cause(cause: str, rule: str, status: str) -> Callable[[Scene], Wrong]:
    """A break of the tie-out that the set-up check must find too."""

    def fault(scene: Scene) -> Wrong:
        expected = inject(scene.world, cause, scene.random, taken=scene.taken)
        return Wrong(rule, status, cause, expected.findings[0].subject)

    return fault


def _repeated(scene: Scene) -> Wrong:
    """Another connector posts a channel's day that Cin7 posts too, in the last weeks."""
    for _ in range(60):
        try:
            expected = inject(scene.world, "second_connector", scene.random, taken=scene.taken)
        except NoSuchCase:
            break
        if max(doc.day for each in expected.findings for doc in each.qbo) > scene.world.today - timedelta(days=40):
            return Wrong("second_connector", "error", "second_connector", expected.findings[0].subject)
    raise NoSuchCase("no channel day of the last weeks whose sales all stand")


def _unsummed(scene: Scene, lost: Iterable[Fact], since: date) -> None:
    """Takes out the summaries of these events too, where each tells of days of the silence alone."""
    summaries = scene.integration.summaries
    for bucket in dict.fromkeys(summaries.bucket_of.get(id(fact)) for fact in lost):
        txn = summaries.journals.get(bucket) if bucket and bucket.first > since else None
        if bucket and txn and txn.id in scene.book.txns:
            editing.unmake(scene, txn)
            for fact in summaries.facts[bucket]:
                fact.qbo = []


def _stopped(name: str, *parts: str) -> Callable[[Scene], Wrong]:
    """One class of documents, and what hangs on it, has not come to QuickBooks for weeks; nobody was told."""

    def fault(scene: Scene) -> Wrong:
        since = scene.world.today - _SILENCE
        lost = [fact for fact in scene.company.facts if fact.part in parts and fact.day > since]
        for fact in reversed(lost):
            if (
                all(txn.id in scene.book.txns for txn in scene.book.made.get(id(fact), ()))
                and id(fact) in scene.book.made
            ):
                editing.forgotten(scene, fact)
        _unsummed(scene, lost, since)
        if not lost:
            raise NoSuchCase(f"no {name} in the last weeks")
        scene.works.publish()
        return Wrong("silent_stop", "error", "silent_stop", name)

    return fault


# Every account whose type fits a role, where the type fits more than the account that bears its name.
_ADJUSTING = (chart.ADJUSTMENT, chart.WRITE_OFF)
_DEPOSITS = (chart.SUPPLIER_DEPOSITS, chart.CLEARING)
_CREDITS = (chart.CUSTOMER_CREDITS, chart.LANDED, chart.ACCRUED, chart.ACCRUED_COSTS)

# rule and variant -> what brings it about
FAULTS: Mapping[str, Callable[[Scene], Wrong]] = {
    "plan: Simple Start": _simple_start,
    "base_currency: another": _refused_currency,
    "multi_currency: off": _one_currency,
    "guide_account: no inventory asset": _without_inventory,
    "guide_account: no cost of goods": _without_cogs,
    "guide_account: no sales": _without_sales,
    "guide_account: no receivable": _without_receivable,
    "guide_account: no adjustments": _without("inventory_adjustments", *_ADJUSTING),
    "guide_account: adjustments of another type": _retyped("inventory_adjustments", *_ADJUSTING),
    "guide_account: no freight": _without("freight", "freight"),
    "guide_account: no landed cost": _without("landed_cost", "landed"),
    "guide_account: no clearing": _without("payment_clearing", chart.SAVINGS),
    "guide_account: no transit": _without("in_transit", chart.TRANSIT),
    "guide_account: no work in progress": _without("work_in_progress", chart.WIP),
    "guide_account: no deposits": _without("supplier_deposits", *_DEPOSITS),
    "guide_account: deposits of another type": _retyped("supplier_deposits", *_DEPOSITS),
    "guide_account: no credits": _without("customer_credits", *_CREDITS),
    "guide_account: credits of another type": _retyped("customer_credits", *_CREDITS),
    "guide_account: no currency gains": _without("currency_gains", chart.FX),
    "needed_account: no payable": _lost_payable,
    "mapped_account: renumbered": _unnumbered,
    "account_type: cost as expense": _expense,
    "active_account: inactive": _sleeping,
    **setup_lists.FAULTS,
    "product_name: illegal": _cause("illegal_name", "product_name", "error"),
    "product_unique: two items": _cause("duplicate_product", "product_unique", "error"),
    "product_link: renamed without SKU": _cause("unmapped_product", "product_link", "error"),
    "quantity_tracking: on": _cause("quantity_tracking_on", "quantity_tracking", "error"),
    "second_connector: a summary": _repeated,
    "silent_stop: cost of sales": _stopped("costs of sales", "cost"),
    "silent_stop: invoices": _stopped("sales invoices", "invoice", *_SETTLING),
    "silent_stop: payments": _stopped("customer payments and credits", *_SETTLING),
    "time_zone: QuickBooks elsewhere": _other_zone,
    "closing_dates: one closed longer": _closed_longer,
    "closing_dates: closed ahead": _closed_ahead,
}


def misconfigure(world: World, fault: str, random: Random, taken: set[str] | None = None) -> Wrong:
    """Makes one thing of the set-up wrong, and says what the check must say of it; KeyError for an unknown fault.

    `taken` is shared by faults of one world: no product goes wrong twice.
    """
    return FAULTS[fault](Scene(world, random, set() if taken is None else taken))


def rules(faults: Iterable[str] = FAULTS) -> set[str]:
    """The rules of the check that these faults concern."""
    return {fault.split(":")[0] for fault in faults}
