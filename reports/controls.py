"""The account map: which Cin7 account is which QBO account, and which control claims it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from reports.books import CONTROLS, AccountMap, Behaviour, Config, MapInputs
from sync.domain.accounts import Account, AccountClass, Source
from sync.errors import SettingsError

# Directions of the contract: these controls count credits as plus, every other named one debits.
_CREDIT_POSITIVE = frozenset({"payables", "accrued_purchases", "revenue", "tax"})
# Cin7's own accounts, by SystemAccountCode (Cin7 docs: /ref/account).
_SYSTEM = {"DEBTORS": "receivables", "CREDITORS": "payables", "GST": "tax"}
# The last rule: QBO's AccountType, or its AccountSubType where the type is shared with others (QBO docs: Account).
_QBO_TYPE = {
    "accounts receivable": "receivables",
    "accounts payable": "payables",
    "cost of goods sold": "cogs",
    "income": "revenue",
}
_QBO_SUBTYPE = {"inventory": "inventory", "salestaxpayable": "tax", "globaltaxpayable": "tax"}
_PER_CURRENCY = {"receivables": "accounts receivable", "payables": "accounts payable"}
_GONE = "(deleted)"
_ADJUSTING = frozenset({"stockadjustment", "stocktake", "inventorywriteoff"})

Claims = dict[str, str]


def account_map(inputs: MapInputs, config: Config) -> AccountMap:
    """Joins the two charts and gives every Cin7 account its control, by the first rule of the contract that fits.

    Accounts of Type BANK join no control unless `[controls]` names them. A control that does not exist raises
    SettingsError; an account that does not exist is told in `faults`.
    """
    cin7 = {account.code: account for account in inputs.accounts if account.source is Source.CIN7}
    qbo = {account.code: account for account in inputs.accounts if account.source is Source.QBO}
    _check_names(config)
    pairs = _pairs(cin7, qbo, config)
    claims = _claims(inputs, config, cin7, qbo, pairs)
    pairs = _per_currency(pairs, claims, qbo)
    controls = claims | {
        code: f"account:{code}" for code, account in cin7.items() if code not in claims and not _bank(account)
    }
    sides, merged, conflicts = _qbo_side(pairs, controls)
    return AccountMap(
        qbo=pairs,
        cin7_control=merged,
        qbo_control=sides,
        credit_positive=_credit_positive(merged, cin7),
        unmapped=tuple(sorted(code for code, account in cin7.items() if code not in pairs and not _bank(account))),
        conflicts=conflicts,
        faults=_faults(config, cin7, qbo),
    )


def undecided(inputs: MapInputs, config: Config) -> frozenset[str]:
    """The Cin7 codes whose control depends on how postings behave, or on a later rule."""
    cin7 = {account.code: account for account in inputs.accounts if account.source is Source.CIN7}
    decided = _named_claims(inputs, config, cin7)
    return frozenset(code for code, account in cin7.items() if code not in decided and not _bank(account))


def _pairs(cin7: Mapping[str, Account], qbo: Mapping[str, Account], config: Config) -> dict[str, tuple[str, ...]]:
    """Cin7 code -> QBO id: the settings, then Code = AcctNum, then equal names; what two would fit maps to nothing."""
    numbers = _unique((account.number.strip(), account) for account in qbo.values())
    names = _unique((name, account) for account in qbo.values() for name in _names(account))
    once = _unique((_name(account.name), account) for account in cin7.values())
    found: dict[str, tuple[str, ...]] = {}
    taken = set(config.accounts.values())
    for code in sorted(cin7):
        if config.accounts.get(code) in qbo:
            found[code] = (config.accounts[code],)
        elif code in numbers:
            found[code] = (numbers[code],)
            taken.add(numbers[code])
    for code in sorted(cin7.keys() - found.keys()):
        name = _name(cin7[code].name)
        # Equal names are a guess where either side has the name twice, or where the number already says otherwise.
        if name in names and name in once and names[name] not in taken:
            found[code] = (names[name],)
    return found


def _named_claims(inputs: MapInputs, config: Config, cin7: Mapping[str, Account]) -> Claims:
    """Cin7 code -> control by what names it: the settings, Cin7's system accounts, products, documents."""
    claims: Claims = {code: control for control, codes in config.controls.items() for code in codes if code in cin7}
    for code, account in cin7.items():
        word = account.system.strip().upper()
        if word in _SYSTEM and not _bank(account):
            claims.setdefault(code, _SYSTEM[word])
    for source in (inputs.product, inputs.named):
        for control in CONTROLS:
            for code in source.get(control, frozenset()) & cin7.keys():
                if not _bank(cin7[code]) and _may_adjust(control, cin7[code]):
                    claims.setdefault(code, control)
    return claims


def _claims(
    inputs: MapInputs,
    config: Config,
    cin7: Mapping[str, Account],
    qbo: Mapping[str, Account],
    pairs: Mapping[str, tuple[str, ...]],
) -> Claims:
    """Cin7 code -> named control, rule after rule; an account keeps the first."""
    by_type = {code: control for code, ids in pairs.items() if (control := _by_type([qbo[i] for i in ids if i in qbo]))}
    claims = _named_claims(inputs, config, cin7)
    behaviour = _by_behaviour(inputs.behaviours, claims, by_type, cin7)
    revenue = {code: "revenue" for code, account in cin7.items() if account.klass is AccountClass.REVENUE}
    for rule in (behaviour, revenue, by_type):
        for code, control in rule.items():
            if code in cin7 and not _bank(cin7[code]):
                claims.setdefault(code, control)
    return claims


def _check_names(config: Config) -> None:
    strange = [name for name in config.controls if name not in CONTROLS]
    if strange:
        raise SettingsError(
            [f"[controls] {name}: no such control. Use one of {', '.join(CONTROLS)}." for name in strange]
        )


def _by_behaviour(
    behaviours: Iterable[Behaviour], claims: Claims, by_type: Mapping[str, str], cin7: Mapping[str, Account]
) -> Claims:
    """How postings behave: cogs, then accrued purchases, then accounts that only stock corrections use."""
    goods = {code for code, control in (dict(by_type) | claims).items() if control == "inventory"}
    payables = {code for code, control in claims.items() if control == "payables"}
    found: Claims = {}
    kinds: dict[str, set[str]] = defaultdict(set)
    for seen in sorted(behaviours, key=lambda b: (b.account, b.kind, b.counter)):
        kinds[seen.account].add(_word(seen.kind))
    for seen in behaviours:
        if _word(seen.kind) == "sale" and seen.debits and seen.counter in goods and seen.account not in goods:
            found[seen.account] = "cogs"
    for seen in behaviours:
        bought = _word(seen.kind) == "purchase" and seen.credits and seen.counter in goods
        if bought and seen.account not in goods | payables:
            found.setdefault(seen.account, "accrued_purchases")
    for account, words in kinds.items():
        if words <= _ADJUSTING and _may_adjust("inventory_adjustments", cin7.get(account)) and account not in goods:
            found.setdefault(account, "inventory_adjustments")
    return found


def _per_currency(
    pairs: Mapping[str, tuple[str, ...]], claims: Claims, qbo: Mapping[str, Account]
) -> dict[str, tuple[str, ...]]:
    """QBO keeps one A/R and one A/P account per currency (QBO docs: multicurrency); all of them join Cin7's."""
    joined = dict(pairs)
    for control, type_ in _PER_CURRENCY.items():
        codes = sorted(code for code, name in claims.items() if name == control)
        if not codes:
            continue
        mapped = {id_ for ids in pairs.values() for id_ in ids}
        free = [id_ for id_, account in sorted(qbo.items()) if account.type.lower() == type_ and id_ not in mapped]
        if free:
            joined[codes[0]] = (*joined.get(codes[0], ()), *free)
    return joined


def _qbo_side(
    pairs: Mapping[str, tuple[str, ...]], controls: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str], tuple[str, ...]]:
    """QBO id -> control. Unclaimed accounts that share a QBO account are compared as one; other clashes are told."""
    rank = {name: place for place, name in enumerate(CONTROLS)}
    ordered = sorted((code for code in pairs if code in controls), key=lambda c: (rank.get(controls[c], 99), c))
    side: dict[str, str] = {}
    merged = dict(controls)
    conflicts = set()
    for code in ordered:
        for id_ in pairs[code]:
            first = side.setdefault(id_, merged[code])
            if first == merged[code]:
                continue
            if merged[code].startswith("account:") and first.startswith("account:"):
                merged[code] = first
            else:
                conflicts.add(id_)
    return side, merged, tuple(sorted(conflicts))


def _by_type(accounts: Iterable[Account]) -> str:
    for account in accounts:
        control = _QBO_TYPE.get(account.type.lower()) or _QBO_SUBTYPE.get(_word(account.subtype))
        if control:
            return control
    return ""


def _credit_positive(controls: Mapping[str, str], cin7: Mapping[str, Account]) -> frozenset[str]:
    by_class = {
        control
        for control in controls.values()
        if control.startswith("account:") and not cin7[control.removeprefix("account:")].klass.debit_positive
    }
    return _CREDIT_POSITIVE | by_class


def _faults(config: Config, cin7: Mapping[str, Account], qbo: Mapping[str, Account]) -> tuple[str, ...]:
    """What the settings name that does not exist: those lines claim and map nothing, and the reader is told."""
    claimed = [(name, code) for name, codes in sorted(config.controls.items()) for code in codes if code not in cin7]
    mapped = [(code, id_) for code, id_ in sorted(config.accounts.items()) if id_ not in qbo]
    strange = [code for code in sorted(config.accounts) if code not in cin7]
    return (
        *(f"[controls] {name}: Cin7 has no account with the code {code!r}" for name, code in claimed if cin7),
        *(f"[accounts]: Cin7 has no account with the code {code!r}" for code in strange if cin7),
        *(f"[accounts] {code!r}: QuickBooks has no account with the id {id_!r}" for code, id_ in mapped if qbo),
    )


def _unique(pairs: Iterable[tuple[str, Account]]) -> dict[str, str]:
    """key -> code of the one account that has it, active ones first; a key of two accounts leads nowhere."""
    seen: dict[tuple[str, bool], set[str]] = defaultdict(set)
    for key, account in pairs:
        seen[key, account.active].add(account.code)
    keys = {key for key, _ in seen if key}
    best = {key: seen.get((key, True)) or seen[key, False] for key in keys}
    return {key: next(iter(codes)) for key, codes in best.items() if len(codes) == 1}


def _names(account: Account) -> set[str]:
    """A QuickBooks account's own and full name; one that was made inactive has " (deleted)" behind it."""
    told = {_name(account.name), _name(account.full_name)}
    return told if account.active else {name.removesuffix(_GONE).rstrip() for name in told}


def _name(text: str) -> str:
    return " ".join(text.split()).casefold()


def _word(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


def _bank(account: Account) -> bool:
    return account.type.strip().upper() == "BANK"


def _may_adjust(control: str, account: Account | None) -> bool:
    """Opening stock is adjusted in against equity; that is no adjustment account."""
    return control != "inventory_adjustments" or account is None or account.klass is not AccountClass.EQUITY
