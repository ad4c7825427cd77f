"""Sales under "consolidate": one journal per channel for each day or month, kept in step with its events."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from sync.sandbox.books import Pair
from sync.sandbox.company import Fact
from sync.sandbox.qbo_book import Book
from sync.sandbox.qbo_documents import control, journal_lines
from sync.sandbox.qbo_txn import Side, Txn

# part of an event -> (group, letter in the journal's number); each group has its own journal
GROUPS = {
    "invoice": ("sales", "S"), "credit": ("sales", "S"), "payment": ("payments", "P"), "refund": ("payments", "P"),
    "cost": ("cost", "C"), "restock": ("cost", "C"), "cost change": ("cost", "C"),
}  # fmt: skip


class Bucket(NamedTuple):
    """What goes into one journal: `first` is the day, or the month's first day."""

    channel: str
    group: str
    first: date


class Consolidation:
    """The events of channel sales by journal; journals that changed are written again at the day's end."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.facts: dict[Bucket, list[Fact]] = {}
        self.journals: dict[Bucket, Txn] = {}
        self.dirty: dict[Bucket, None] = {}
        self.bucket_of: dict[int, Bucket] = {}
        self.told: dict[int, list[Pair]] = {}  # fact -> the pairs that its journal holds instead of its own

    def takes(self, fact: Fact) -> bool:
        """Whether this event goes into a summary: sales of a channel, in home currency."""
        return bool(self.book.company.switches.consolidation and fact.channel and fact.part in GROUPS)

    def add(self, fact: Fact) -> None:
        monthly = self.book.company.switches.consolidation == "month"
        bucket = Bucket(fact.channel, fact.part, fact.day.replace(day=1) if monthly else fact.day)
        bucket = bucket._replace(group=GROUPS[fact.part][0])
        self.facts.setdefault(bucket, []).append(fact)
        self.bucket_of[id(fact)] = bucket
        self.dirty[bucket] = None

    def changed(self, fact: Fact) -> None:
        bucket = self.bucket_of.get(id(fact))
        if bucket:
            self.dirty[bucket] = None

    def write(self) -> None:
        """Writes every journal whose events changed. A running month's journal is dated today until the month ends."""
        company = self.book.company
        if company.switches.consolidation == "month":
            this = company.today.replace(day=1)
            self.dirty |= dict.fromkeys(bucket for bucket in self.journals if bucket.first == this)
        for bucket in self.dirty:
            self._write(bucket)
        self.dirty = {}

    def _write(self, bucket: Bucket) -> None:
        at = self.book.company.now()
        sums: dict[tuple[str, bool], int] = {}
        for fact in self.facts[bucket]:
            for pair in () if fact.voided else self.told.get(id(fact), fact.pairs):
                sums[pair.debit, True] = sums.get((pair.debit, True), 0) + pair.amount
                sums[pair.credit, False] = sums.get((pair.credit, False), 0) - pair.amount
        txn = self.journals.get(bucket)
        if txn is None:
            letter = next(letter for group, letter in GROUPS.values() if group == bucket.group)
            txn = self.book.new("JournalEntry", at, day=bucket.first, note="",
                                number=f"{bucket.channel[:10].upper()}-{letter}{bucket.first:%y%m%d}")  # fmt: skip
            self.journals[bucket] = txn
        else:
            self.book.touch(txn, at)
        txn.day = self._day(bucket)
        txn.note = f"Cin7 Core consolidated {bucket.group} of {bucket.channel} {bucket.first}"
        txn.sides, txn.lines = [], []
        party = self.book.lists.of("Customer", f"{bucket.channel} customers")
        sides = []
        for (code, _), amount in sums.items():
            account, who = control(self.book.lists, code, party, "")
            sides.append(Side(account, amount, entity=who))
        journal_lines(txn, (side for side in sides if side.home), self.book.lists.of("Class", bucket.channel))
        for fact in self.facts[bucket]:
            if (txn.entity, txn.id) not in fact.qbo:
                fact.qbo.append((txn.entity, txn.id))

    def _day(self, bucket: Bucket) -> date:
        company = self.book.company
        if company.switches.consolidation == "day":
            return bucket.first
        last = (bucket.first + timedelta(32)).replace(day=1) - timedelta(1)
        return min(last, company.today)
