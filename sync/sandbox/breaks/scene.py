"""Where something goes wrong: the company, the documents that nothing has touched yet, and findings about them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from sync.domain.money import digits
from sync.sandbox.books import World
from sync.sandbox.breaks.controls import Claims, sign
from sync.sandbox.breaks.expected import Cin7Doc, Finding, QboDoc
from sync.sandbox.cin7_side import ledger_text
from sync.sandbox.company import Company, Fact
from sync.sandbox.integration import Integration
from sync.sandbox.qbo_book import Book
from sync.sandbox.qbo_txn import Txn
from sync.sandbox.records import Invoice, Sale
from sync.sandbox.works import Works

Amounts = dict[str, int]


class NoSuchCase(LookupError):
    """This company has no document left that the cause could befall; try another seed, size or switch."""


@dataclass(eq=False)
class Scene:
    """A world with what stands behind it. `taken` holds what already went wrong, so that nothing does twice."""

    world: World
    random: Random
    taken: set[str] = field(default_factory=set)
    works: Works = field(init=False)
    codes: dict[str, str] = field(init=False)
    claims: Claims = field(init=False)

    def __post_init__(self) -> None:
        if self.world.works is None:
            raise ValueError("nothing can go wrong in a world made by hand; use sync.sandbox.generate.build")
        self.works = self.world.works
        self.codes = {own: code for code, ids in self.world.truth.qbo_account.items() for own in ids}
        self.claims = Claims(self.company.facts)
        self._shown = Counter(_key(fact) for fact in self.company.facts)

    @property
    def company(self) -> Company:
        return self.works.company

    @property
    def integration(self) -> Integration:
        return self.works.integration

    @property
    def book(self) -> Book:
        return self.works.integration.book

    def money(self, low: int, high: int) -> int:
        """A random amount between `low` and `high` main units of base currency, with odd cents."""
        scale = 10 ** digits(self.company.currency)
        return int(self.company.catalogue.unit * self.random.randint(low * scale, high * scale))

    # -- picking

    def facts(self, *parts: str, test: Callable[[Fact], bool] = lambda _: True) -> list[Fact]:
        """The events of these parts that stand alone and agree, in random order.

        Left out: the opening balances; what was voided, authorised twice, summed up in a summary, or already went
        wrong; and what shares its number, or its QBO document, with another event of its kind.
        """
        opening = self.company.opening
        found = [
            fact for fact in self.company.facts
            if fact.part in parts and fact.day > opening and self.stands(fact) and test(fact)
        ]  # fmt: skip
        self.random.shuffle(found)
        return found

    def stands(self, fact: Fact) -> bool:
        txns = self.book.made.get(id(fact))
        if fact.voided or not fact.pairs or not txns or fact.whole in self.taken:
            return False
        if self._shown[_key(fact)] > 1 or _shares(self, fact):
            return False
        return all(txn.id in self.book.txns and not txn.voided for txn in txns)

    def pick(self, found: list[Fact], what: str) -> Fact:
        """The first of these; its sale or purchase is taken from now on. Raises NoSuchCase where there is none."""
        if not found:
            raise NoSuchCase(f"no {what} in this company that stands alone and agrees")
        self.taken.add(found[0].whole)
        return found[0]

    def moment(self) -> Fact:
        """Some event of the company's life: whatever is entered by hand is entered on its day, an hour later."""
        return self.random.choice([fact for fact in self.company.facts if fact.day > self.company.opening])

    def reserve(self, *names: str) -> None:
        """Marks what else is touched, so that nothing else goes wrong with it."""
        self.taken.update(names)

    def txns(self, fact: Fact) -> list[Txn]:
        return self.book.made[id(fact)]

    # -- what documents post

    def cin7_amounts(self, fact: Fact) -> Amounts:
        """Control -> what the event posts on it now, in the control's direction."""
        sums: Amounts = defaultdict(int)
        for pair in fact.pairs:
            for code, amount in ((pair.debit, pair.amount), (pair.credit, -pair.amount)):
                _add(sums, self.claims.of(code), amount)
        return dict(sums)

    def qbo_amounts(self, txn: Txn) -> Amounts:
        sums: Amounts = defaultdict(int)
        for side in [] if txn.voided or txn.id not in self.book.txns else txn.sides:
            _add(sums, self.claims.of(self.codes.get(side.account["value"], "")), side.home)
        return dict(sums)

    def cin7_doc(self, fact: Fact, amount: int) -> Cin7Doc:
        return Cin7Doc(fact.task.lower(), own_number(fact), fact.kind, fact.day, amount)

    def findings(
        self, cause: str, nature: str, facts: Iterable[Fact], txns: Iterable[Txn], *, subject: str = "",
        only: Iterable[str] | None = None, differing: bool = True, money: bool = True, summed: bool = False,
        root: str = "", unseen: str | None = None,
    ) -> tuple[Finding, ...]:  # fmt: skip
        """A finding for each control that these documents post on; `differing`: only where their sums differ.

        `only` names the controls instead. Documents keep the order given.
        """
        facts, txns = list(facts), list(txns)
        root = root or (event_of(facts[0]) if facts else f"{txns[0].entity} {txns[0].id}")
        ours = [(fact, self.cin7_amounts(fact)) for fact in facts]
        theirs = [(txn, self.qbo_amounts(txn)) for txn in txns]
        posted = [each for _, each in ours] + [each for _, each in theirs]
        controls = {control for each in posted for control in each}
        made = []
        for control in sorted(controls if only is None else only):
            cin7 = tuple(self.cin7_doc(fact, each.get(control, 0)) for fact, each in ours)
            qbo = tuple(qbo_doc(txn, each.get(control, 0)) for txn, each in theirs)
            named = cin7[0].reference if cin7 else qbo[0].doc_number
            found = Finding(cause, nature, control, root, subject or named, cin7, qbo, money, summed,
                            unseen=unseen)  # fmt: skip
            posts = any(each.amount for each in cin7) or any(each.amount for each in qbo)
            if only is not None or (posts and (found.amount() or not differing)):
                made.append(found)
        return tuple(made)


def qbo_doc(txn: Txn, amount: int) -> QboDoc:
    return QboDoc(txn.id, txn.entity, txn.number, txn.day, amount)


def event_of(fact: Fact) -> str:
    """A name for the event that no other event has."""
    money = f" {fact.money.id}" if fact.money else ""
    return f"{fact.whole} {fact.part} {own_number(fact)} {fact.day}{money}"


def own_number(fact: Fact) -> str:
    """The document's own number as Cin7's ledger shows it: a sale's stands after the customer in Transaction."""
    if isinstance(fact.source, Sale):
        return ledger_text(fact)[1].rpartition(" - ")[2]
    return fact.number


def untouched(made: Invoice | None) -> bool:
    """An invoice or bill that nobody has paid, credited or set anything against."""
    return made is not None and not made.settlements and made.open == made.total > 0


def _key(fact: Fact) -> tuple[str, str, str, str]:
    """What names an event in Cin7's ledger; only changes of cost are told from each other by their days."""
    return fact.whole, fact.part, own_number(fact), f"{fact.day}" if fact.part == "cost change" else ""


def _shares(scene: Scene, fact: Fact) -> bool:
    """Whether its QBO document is also another event's: a refund receipt is both the credit and its refund."""
    note = fact.part_of
    receipt = scene.world.switches.refunds_to_qbo == "refund_receipt"
    return fact.part in ("credit", "refund") and receipt and bool(note and note.paid_back)


def _add(sums: Amounts, control: str, amount: int) -> None:
    if control:
        sums[control] += sign(control) * amount
