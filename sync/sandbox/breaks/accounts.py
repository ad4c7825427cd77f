"""Right documents on wrong accounts: another one than mapped, one of the wrong type, one that nothing maps."""

from __future__ import annotations

from sync.sandbox import chart
from sync.sandbox.breaks import editing
from sync.sandbox.breaks.entered import recorded
from sync.sandbox.breaks.expected import Expected, Finding
from sync.sandbox.breaks.listed import saved
from sync.sandbox.breaks.missing import Injector
from sync.sandbox.breaks.scene import NoSuchCase, Scene
from sync.sandbox.company import Fact

# variant -> parts of events, and (right account, wrong account) as they may be found in them
_TURNS: dict[str, tuple[tuple[str, ...], tuple[tuple[str, str], ...]]] = {
    "inside one control": (
        ("invoice", "cost", "adjustment", "stock take", "write-off"),
        ((chart.SALES, chart.SERVICES), (chart.SHIPPING, chart.SALES), (chart.COGS, chart.COGS_PARTS),
         (chart.COGS_PARTS, chart.COGS), (chart.ADJUSTMENT, chart.WRITE_OFF), (chart.WRITE_OFF, chart.ADJUSTMENT)),
    ),
    "across controls": (
        ("invoice", "cost", "bill", "adjustment", "write-off"),
        ((chart.SALES, chart.CUSTOMER_CREDITS), (chart.COGS, chart.ADJUSTMENT), (chart.STOCK, chart.OFFICE),
         (chart.ADJUSTMENT, chart.OFFICE), (chart.COGS, chart.OFFICE), (chart.ACCRUED, chart.STOCK)),
    ),
    "to an uncompared account": (
        ("invoice", "cost", "bill", "money spent"),
        ((chart.SALES, chart.CONSULTING), (chart.COGS, chart.PAYROLL), (chart.STOCK, chart.RENT),
         (chart.OFFICE, chart.RENT), (chart.CLEANING, chart.RENT)),
    ),
}  # fmt: skip
MARKETING = "445"


def _wrong(variant: str) -> Injector:
    parts, turns = _TURNS[variant]

    def inject(scene: Scene) -> Expected:
        choice = [(fact, turn) for fact in scene.facts(*parts) for turn in turns if _posts(scene, fact, *turn)]
        if not choice:
            raise NoSuchCase(f"no document that could stand on a wrong account {variant}")
        fact, (right, wrong) = scene.random.choice(choice)
        scene.pick([fact], variant)
        txn = scene.txns(fact)[0]
        editing.turned(scene, txn, right, wrong)
        controls = {scene.claims.of(right), scene.claims.of(wrong)} - {""}
        found = scene.findings("wrong_account", "error", [fact], [txn], only=controls)
        return Expected("wrong_account", variant, found)

    return inject


def _posts(scene: Scene, fact: Fact, right: str, wrong: str) -> bool:
    """Whether its QBO document stands on the right account and not on the wrong one, which it could."""
    held = {scene.codes.get(side.account["value"]) for side in scene.txns(fact)[0].sides if side.home}
    if fact.part == "cost" and right == chart.STOCK:
        return False
    return right in held and wrong not in held


def _type(scene: Scene) -> Expected:
    """Someone made the cost of sales account an ordinary expense account."""
    codes = [code for code in (chart.COGS, chart.COGS_PARTS) if f"account {code}" not in scene.taken]
    if not codes:
        raise NoSuchCase("no cost of sales account left that has the right type")
    code = scene.random.choice(codes)
    scene.reserve(f"account {code}")
    payload = scene.integration.lists.accounts[scene.book.lists.account(code)["value"]]
    payload |= {"AccountType": "Expense", "AccountSubType": "SuppliesMaterials"}
    saved(scene, payload)
    posted = max(fact.day for fact in scene.company.facts if any(pair.debit == code for pair in fact.pairs))
    found = Finding(
        "wrong_account_type", "error", scene.claims.of(code), f"account {code}", code, money=False, on=posted
    )
    return Expected("wrong_account_type", "cost of sales as expense", (found,))


def _unmapped(family: str) -> Injector:
    """A new account in Cin7 that QBO has not: what posts on it is refused there."""

    def inject(scene: Scene) -> Expected:
        _open_account(scene)
        other = chart.ACCRUED_COSTS if family == "Journal" else chart.CHECKING
        fact = recorded(scene, family, scene.moment().day, [(MARKETING, other, scene.money(40, 900), "Campaign")])
        found = scene.findings("unmapped_account", "error", [fact], [], subject=MARKETING)
        return Expected("unmapped_account", family.split()[0].lower(), found)

    return inject


def _open_account(scene: Scene) -> None:
    rows = scene.world.cin7.lists["ref/account"]
    if all(row["Code"] != MARKETING for row in rows):
        like = next(row for row in rows if row["Code"] == chart.OFFICE)
        name = "Marketing"
        fresh = like | {"Code": MARKETING, "Name": name, "DisplayName": f"{MARKETING}: {name}"}
        scene.world.cin7.lists["ref/account"] = [*rows, fresh]


WRONG_ACCOUNT = {variant: _wrong(variant) for variant in _TURNS}
WRONG_ACCOUNT_TYPE: dict[str, Injector] = {"cost of sales as expense": _type}
UNMAPPED_ACCOUNT = {"journal": _unmapped("Journal"), "spend": _unmapped("Spend Money")}
