"""Reads both ledgers as columns, sets the sales aside that are settled, and reads documents of the rest alone.

Whatever may be asked for by name comes back: a settled sale that any other document, header or fact names is none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, ColumnElement, Integer, case, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from reports.books import Books, Config
from reports.load_columns import columns
from reports.load_headers import Headers, by_key, headers, headers_of
from reports.load_rows import cin7_rows, qbo_rows
from reports.load_tables import DOCUMENT, POSTING, among
from reports.reconcile import mentions
from reports.reconcile.aside import Aside
from reports.reconcile.documents import Header, Slots
from reports.reconcile.events import Cin7Row, QboRow
from reports.reconcile.numbers import plain
from reports.reconcile.roles import Ways
from sync.domain.accounts import Source
from sync.domain.period import Period

if TYPE_CHECKING:
    import polars as pl

    from reports.reconcile.frames import Frames
    from reports.reconcile.settled import Settled

FEWEST = 20_000  # rows of both ledgers: fewer are matched before the library of frames is loaded
_MOST = 2  # one of so many rows may be left: where less can be set aside, nothing is


@dataclass
class Apart:
    """`settled` sales, and all else of the days around: rows of both ledgers, and headers of both systems by key.

    `sales` and `heads` are ids of Cin7's sales and (kind, id) of QuickBooks' headers of these days, settled or not.
    """

    session: Session
    books: Books
    config: Config
    around: Period
    slots: Slots
    settled: Settled
    sales: pl.DataFrame
    heads: pl.DataFrame
    cin7: list[Cin7Row] = field(default_factory=list)
    qbo: list[QboRow] = field(default_factory=list)
    own: Headers = field(default_factory=dict)
    theirs: Headers = field(default_factory=dict)
    _followed: set[str] = field(default_factory=set)

    def sums(self) -> Aside:
        """What the tie-out has to know of the sales that are aside."""
        from reports.reconcile.settled_sums import aside

        return aside(self.settled, self.slots, self.books.period)

    def follow(self, words: Iterable[str]) -> bool:
        """Brings back the settled sales that these words name, and those that what comes back names in turn.

        A number that nothing of Cin7's has any more brings back those beside it: they tell whose it was. Gives whether
        anything came back.
        """
        before = len(self.settled.sales)
        new, lost = set(words) - self._followed - {""}, set[str]()
        while new:
            self._followed |= new
            lost |= new
            called = self._called()
            back = self.settled.named(new, called)
            if not len(back):
                back, lost = self.settled.beside(lost - called), set()
            if not len(back):
                break
            rows = self.settled.rows_of(back)
            self.settled = self.settled.less(back)
            new = set(self._read(rows)) - self._followed
        return len(self.settled.sales) < before

    def _called(self) -> set[str]:
        """The numbers of Cin7's documents that are not aside."""
        own = (word for row in self.cin7 for word in mentions.of_cin7(row))
        listed = (plain(each) for h in self.own.values() for each in (h.number, h.invoice, h.credit))
        return {*own, *listed}

    def begin(self, words: Iterable[str]) -> None:
        """Reads what is of no settled sale, and brings back whatever that or one of these words names."""
        session, company = self.session, self.books.company.id
        odd = by_key(headers(session, company, Source.CIN7, self.around, where=~_usual(self.books)))
        theirs = by_key(headers(session, company, Source.QBO, self.around, where=_strange(self.books)))
        self.own, self.theirs = odd, theirs
        told = [word for header in (*odd.values(), *theirs.values()) for word in self._of(header)]
        self.follow([*words, *told, *self._read(self.settled.left())])

    def _read(self, ids: tuple[Collection[int], Collection[int]]) -> Iterator[str]:
        """Reads these rows, and all headers that are not of settled sales; gives what they may name."""
        c = POSTING.c.id
        cin7, qbo = ids
        ours = list(
            cin7_rows(self.session, self.books, self.around, where=among(self.session, c, cin7, BigInteger))
            if cin7
            else ()
        )
        theirs = list(
            qbo_rows(self.session, self.books, self.around, where=among(self.session, c, qbo, BigInteger))
            if qbo
            else ()
        )
        self.cin7 += ours
        self.qbo += theirs
        patterns = self.config.patterns
        yield from (word for row in ours for word in mentions.of_cin7(row))
        yield from (word for row in theirs for word in mentions.of_qbo(row, patterns))
        yield from (word for header in self._headers() for word in self._of(header))

    def _headers(self) -> list[Header]:
        company = self.books.company.id
        left = self.sales.join(self.settled.sales, on="id", how="anti")["id"]
        sales = {id_ for id_ in left if ("Sale", id_) not in self.own}
        own = by_key(headers_of(self.session, company, Source.CIN7, {"Sale": sales} if sales else {}))
        pairs = self.settled.txns.select("kind", id="document")
        kinds: dict[str, set[str]] = {}
        for kind, id_ in self.heads.join(pairs, on=["kind", "id"], how="anti").iter_rows():
            if (kind, id_) not in self.theirs:
                kinds.setdefault(kind, set()).add(id_)
        theirs = by_key(headers_of(self.session, company, Source.QBO, kinds))
        self.own |= own
        self.theirs |= theirs
        return [*own.values(), *theirs.values()]

    def _of(self, header: Header) -> Iterator[str]:
        return mentions.of_header(header, self.config.patterns)


def set_aside(
    session: Session,
    books: Books,
    config: Config,
    ways: Ways,
    slots: Slots,
    around: Period,
    words: Iterable[str],
    *,
    always: bool = False,
) -> Apart | None:
    """What is left when the settled sales of the days around are set aside; None where nothing is, or too little.

    `words` name what is wanted as documents anyway; `always`: however little it is.
    """
    if config.sales_elsewhere:
        return None
    read = _frames(session, books, around)
    if read is None:
        return None
    from reports.reconcile.settled import settle

    frames, heads = read
    settled = settle(frames, ways, slots, books.period.end)
    held, every = len(settled.sales), len(frames.cin7) + len(frames.qbo)
    cin7, qbo = settled.left()
    if not held or (not always and (len(cin7) + len(qbo)) * _MOST > every):
        return None
    found = Apart(session, books, config, around, slots, settled, frames.sales.select("id"), heads)
    found.begin(words)
    return found


def _frames(session: Session, books: Books, around: Period) -> tuple[Frames, pl.DataFrame] | None:
    """(Frames, kind and id of QuickBooks' headers)."""
    import polars as pl

    from reports.reconcile.frames import Frames

    c, d, company = POSTING.c, DOCUMENT.c, books.company.id
    days, near = (each.day.between(around.start, around.end) for each in (c, d))
    paid = case((d.kind == "Payment", d.links), else_="[]")
    # A number of 20 characters or more may have been cut.
    vague = (c.number == "") | c.number.like("% %") | (func.length(c.number) >= 20)
    memo = case(((c.kind == "JournalEntry") & vague, c.memo), else_="")
    sure = cast(case((_own_number(), 1), else_=0), Integer)
    told = (
        columns(
            session, c.day,
            {"id": c.id, "document": c.document, "number": c.number, "debit": c.account, "credit": c.counter,
             "amount": c.amount, "sure": sure},
            c.company == company, c.source == Source.CIN7.value, c.amount > 0, days,
        ),
        columns(
            session, c.day,
            {name: c[name] for name in ("id", "kind", "document", "number", "account", "amount")} | {"memo": memo},
            c.company == company, c.source == Source.QBO.value, days,
        ),
        columns(
            session, d.day, {name: d[name] for name in ("id", "number", "invoice", "channel")},
            d.company == company, d.source == Source.CIN7.value, near, _usual(books),
        ),
        columns(
            session, d.day, {"kind": d.kind, "id": d.id, "links": paid},
            d.company == company, d.source == Source.QBO.value, near,
        ),
    )  # fmt: skip
    cin7, qbo, sales, heads = told
    if cin7 is None or qbo is None or sales is None or heads is None:
        return None
    whole = pl.col("id", "amount").cast(pl.Int64)
    cin7 = cin7.with_columns(whole, pl.when(pl.col("sure") == "1").then("number").alias("number")).drop("sure")
    links = heads.filter(pl.col("links") != "[]").drop("day")
    return Frames(cin7, qbo.with_columns(whole), sales.drop("day"), links), heads.select("kind", "id")


def _own_number() -> ColumnElement[bool]:
    """Whether a row is a sale's, and surely has the number that it shows: its text ends with that, or with none."""
    c = POSTING.c
    tail = func.substr(c.memo, func.length(c.memo) - func.length(c.number) - 2)
    return (c.kind == "Sale") & c.number.not_like("%/%") & or_(c.memo.not_like("% - %"), tail == " - " + c.number)


def _usual(books: Books) -> ColumnElement[bool]:
    """Sales about which nothing is odd: invoiced, in the books' currency, not credited, voided, waiting or in parts."""
    c = DOCUMENT.c
    version = func.upper(c.version)
    parts = ("%=NOT %", "%=PARTIALLY%", "%=ADVANCED%")
    return (
        (c.kind == "Sale")
        & c.voided.is_(False)
        & c.deleted_at.is_(None)
        & c.currency.in_(("", books.currency))
        & (c.credit == "")
        & (c.invoice != "")
        & ~or_(*(version.like(part) for part in parts))
    )


def _strange(books: Books) -> ColumnElement[bool]:
    """QuickBooks' headers that tell more than their postings: a rate, or a journal's link."""
    c = DOCUMENT.c
    return c.currency.not_in(("", books.currency)) | ((c.kind == "JournalEntry") & (c.links != "[]"))


def enough(session: Session, books: Books, around: Period) -> bool:
    """Whether the days around have so many rows that setting sales aside is worth it."""
    c = POSTING.c
    inside = select(literal(1)).where(c.company == books.company.id, c.day.between(around.start, around.end))
    some = inside.where(c.source.in_([source.value for source in Source])).limit(FEWEST).subquery()
    return (session.scalar(select(func.count()).select_from(some)) or 0) >= FEWEST
