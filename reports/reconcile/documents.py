"""The documents that the tie-out compares: events of Cin7's ledger and QuickBooks transactions, with their postings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from reports.books import AccountMap
from sync.domain.accounts import Source

# slot -> minor units of base currency, debit positive, zeros left out, by slot
Legs = tuple[tuple[int, int], ...]
# debited slot, credited slot, minor units; the unit in which a Cin7 event can be split
Pair = tuple[int, int, int]

ELSEWHERE = -1  # the slot of every account that is not compared


@dataclass(eq=False, slots=True)
class Doc:
    """One document: `id` is Cin7's TaskID or QuickBooks' id, `kind` Cin7's Type or QuickBooks' entity.

    `role` says what a Cin7 event is (invoice, credit, payment, cost, ...), for QuickBooks it is the entity again.
    `legs` are its postings on compared accounts; `rows` counts its ledger rows; `texts` is what else it says (memos).
    `also` are further numbers by which the other system may call it, `near` numbers of documents beside it (the order
    of a bill); `plain` is its own in plain form. `pairs` are a Cin7 event's ledger rows; `gross` is what a QuickBooks
    transaction debits in all.
    """

    side: Source
    id: str
    kind: str
    number: str
    day: date
    role: str
    legs: Legs
    rows: int = 1
    name: str = ""
    texts: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    plain: str = ""
    pairs: tuple[Pair, ...] = ()
    gross: int = 0

    @property
    def key(self) -> tuple[str, str, str, date, str, Legs]:
        """A fixed order of documents, whatever the order of rows."""
        return (self.side.value, self.id, self.number, self.day, self.role, self.legs)


@dataclass(frozen=True, slots=True)
class Header:
    """What a document says of itself beside the ledger; money in minor units of `currency`.

    `rate` is base units for one unit of `currency`. `links` are (kind, id) of the documents that it settles or that
    settle it.
    """

    source: Source
    kind: str
    id: str
    number: str
    status: str = ""
    day: date | None = None
    invoice: str = ""
    credit: str = ""
    name: str = ""
    currency: str = ""
    rate: Decimal | None = None
    total: int | None = None
    tax: int | None = None
    channel: str = ""
    memo: str = ""
    created: datetime | None = None
    updated: datetime | None = None
    version: str = ""
    voided: bool = False
    links: tuple[tuple[str, str], ...] = ()
    deleted_at: datetime | None = None
    due: date | None = None
    account: str = ""


@dataclass(frozen=True, slots=True)
class Slots:
    """Accounts of both sides in one numbering: accounts that are mapped to each other share a slot.

    `names` and `controls` are by slot; an account that is not compared is ELSEWHERE. `signs` turn debit positive into
    the control's own direction.
    """

    cin7: Mapping[str, int]
    qbo: Mapping[str, int]
    names: tuple[str, ...]
    controls: tuple[str, ...]
    signs: tuple[int, ...]
    _by_control: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def of(self, source: Source, account: str) -> int:
        return (self.cin7 if source is Source.CIN7 else self.qbo).get(account, ELSEWHERE)

    def control(self, slot: int) -> str:
        """The control of a slot; "" for ELSEWHERE."""
        return self.controls[slot] if slot >= 0 else ""

    def amount(self, doc: Doc, control: str) -> int:
        """What a document posts on a control, in the control's own direction."""
        return sum(self.signs[slot] * amount for slot, amount in doc.legs if self.controls[slot] == control)

    def touched(self, docs: Iterable[Doc]) -> tuple[str, ...]:
        """The controls that these documents post on, in the order of the account map."""
        seen = {self.controls[slot] for doc in docs for slot, _ in doc.legs}
        return tuple(sorted(seen, key=lambda name: (self.controls.index(name), name)))


def slots(found: AccountMap) -> Slots:
    """Numbers the compared accounts; a QuickBooks account on which two controls meet gets a slot for each."""
    name_of = _joined(found)
    order = {control: place for place, control in enumerate(found.controls())}
    keys: dict[tuple[str, str], int] = {}
    sides: tuple[dict[str, int], dict[str, int]] = ({}, {})
    accounts = [
        *((order[c], name_of["cin7", code], c, 0, code) for code, c in found.cin7_control.items()),
        *((order.get(c, len(order)), name_of["qbo", id_], c, 1, id_) for id_, c in found.qbo_control.items()),
    ]
    for _, name, control, side, account in sorted(accounts):
        sides[side][account] = keys.setdefault((name, control), len(keys))
    names, controls = tuple(name for name, _ in keys), tuple(control for _, control in keys)
    return Slots(sides[0], sides[1], names, controls, tuple(found.sign(control) for control in controls))


def _joined(found: AccountMap) -> dict[tuple[str, str], str]:
    """(side, account) -> the lowest Cin7 code among the accounts that mapping joins with it."""
    leader: dict[str, str] = {}
    of: dict[tuple[str, str], str] = {}
    for code in sorted({*found.qbo, *found.cin7_control}):
        ids = found.qbo.get(code, ())
        first = min([code, *(leader[id_] for id_ in ids if id_ in leader)])
        for id_ in ids:
            leader.setdefault(id_, first)
        of["cin7", code] = first
    return of | {("qbo", id_): leader.get(id_, f"qbo {id_}") for id_ in {*leader, *found.qbo_control}}


def summed(docs: Iterable[Doc]) -> Legs:
    """The legs of several documents together."""
    return added(leg for doc in docs for leg in doc.legs)


def added(legs: Iterable[tuple[int, int]]) -> Legs:
    """Legs with one entry for each slot that does not come to nothing."""
    sums: dict[int, int] = {}
    for slot, amount in legs:
        sums[slot] = sums[slot] + amount if slot in sums else amount
    sums.pop(ELSEWHERE, None)
    return tuple(sorted([each for each in sums.items() if each[1]]))


def turned(legs: Legs) -> Legs:
    """The same legs with every sign changed."""
    return tuple((slot, -amount) for slot, amount in legs)


def less(left: Legs, right: Legs) -> Legs:
    """What `left` has more than `right`, slot by slot."""
    return added([*left, *turned(right)])


def turnover(legs: Legs) -> int:
    """The debits of a document that posts these legs, what is not compared included."""
    debits = sum(amount for _, amount in legs if amount > 0)
    return debits + max(0, -sum(amount for _, amount in legs))


def words(header: Header) -> Mapping[str, str]:
    """The finer statuses of a sale or purchase, in upper case: type, ship, invoice, received."""
    return _words(header.version)


@lru_cache(maxsize=1_024)  # documents are many, their statuses are few
def _words(version: str) -> Mapping[str, str]:
    pairs = (part.partition("=") for part in version.split("; "))
    return {name: value.upper() for name, _, value in pairs}
