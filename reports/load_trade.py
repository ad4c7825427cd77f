"""Reads what sales and cost of a period are made of: sums per document, the sales behind them, and their lines."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, case, func, literal_column, not_, or_, select
from sqlalchemy.orm import Session

from reports.books import Books
from reports.load_lines import details, movements, places, qbo_lines, sent, skus_of
from reports.load_sales import Behind, SaleFinder, credit_notes
from reports.load_sums import shipped_free
from reports.load_tables import POSTING, PRODUCT, among
from reports.trade import SALE_KIND, Group, Stocked, Trade, orders, unpaired
from sync.domain.accounts import Source


def trade(session: Session, books: Books, *, grouped: bool = False) -> Trade:
    """The trade of the period.

    Sales and lines are read for what is not final, and for whatever sums of lines cannot tell. `grouped` reads them for
    all groups, with what else shares amounts out: QuickBooks' lines and dated movements.
    """
    company = books.company.id
    groups = tuple(
        group for control in ("revenue", "cogs") for group in _groups(session, books, control, named=grouped)
    )
    revenue = frozenset(books.map.accounts(Source.CIN7, "revenue"))
    known = places(session, company)
    apart = unpaired(groups)
    finder = SaleFinder(session, company, groups, groups if grouped else apart, revenue, known)
    told = {} if grouped else finder.told(books.currency)
    untold = () if grouped else _untold(finder, apart, told)
    behind = finder.behind(groups if grouped else (*apart, *untold))
    # Of a cost without a sale in the period nothing is asked that its lines would tell.
    asked = groups if grouped else [*(group for group in apart if group.control == "revenue"), *untold]
    whole = {behind.sale_of.get((group.document, group.number), "") for group in asked}
    whole |= set() if grouped else shipped_free(session, company, books.period)
    read = details(session, company, whole & behind.read, known, costed=grouped)
    unread = [sale for id_, sale in behind.sales.items() if id_ not in behind.read]
    return Trade(
        groups=groups,
        sales=behind.sales,
        sale_of=behind.sale_of,
        details=read,
        read=behind.read,
        told=told,
        notes=behind.notes,
        qbo_lines=qbo_lines(session, company, _unread(groups, behind)) if grouped else {},
        movements=movements(session, company, books.period, known) if grouped else {},
        sent=sent(session, company, unread, known) if grouped else {},
        later=_costed_later(session, books, apart, behind.sale_of, {g.document for g in groups if g.control == "cogs"})
        | _billed_later(session, books, apart),
        products=_products(session, company, None if grouped else skus_of(read)),
        revenue_accounts=revenue,
        apart=apart,
    )


def sales_alone(session: Session, books: Books) -> Trade:
    """The sales of the period as far as orders and units need them: nothing of their cost, and of what is not final."""
    company = books.company.id
    groups = tuple(_groups(session, books, "revenue"))
    revenue = frozenset(books.map.accounts(Source.CIN7, "revenue"))
    finder = SaleFinder(session, company, groups, groups, revenue, {})
    told = finder.told(books.currency)
    untold = _untold(finder, (), told)
    behind = finder.behind(untold) if untold else Behind({})
    unknown = {number for g in groups if (g.kind, g.document, g.number) not in told for number in g.numbers}
    return Trade(
        groups=groups,
        sales=behind.sales,
        sale_of=behind.sale_of,
        details=details(session, company, behind.read & behind.sales.keys(), {}, costed=False),
        told=told,
        notes=finder.notes | credit_notes(session, company, unknown).keys(),
        revenue_accounts=revenue,
    )


def _untold(finder: SaleFinder, apart: Sequence[Group], told: Collection[tuple[str, str, str]]) -> Sequence[Group]:
    """Revenue whose units lines may tell though their sums do not; nothing where other sales' are not known anyway."""
    left = [g for g in finder.invoiced if (g.kind, g.document, g.number) not in told]
    if apart:
        seen = {(group.document, group.number) for group in apart}
        left = [group for group in left if (group.document, group.number) not in seen]
    return left if all(map(finder.has_lines, left)) else ()


def _unread(groups: Sequence[Group], behind: Behind) -> set[str]:
    """Numbers of revenue of which no sale's lines were read."""
    return {
        number
        for group in groups
        if group.control == "revenue" and behind.sale_of.get((group.document, group.number)) not in behind.read
        for number in group.numbers
    }


def orders_alone(session: Session, books: Books) -> int:
    """How many documents were invoiced, counted by the database but for references that hold several numbers."""
    sign = books.map.sign("revenue")
    total, best = func.sum(POSTING.c.amount), func.max(sign * POSTING.c.amount)
    several = or_(POSTING.c.number == "", POSTING.c.number.like("%/%"))
    references = (
        select(POSTING.c.number, total.label("total"), best.label("best"), several.label("several"))
        .where(*_inside(books, "revenue"), func.lower(POSTING.c.kind) == SALE_KIND.lower())
        .group_by(POSTING.c.number)
        .subquery()
    )
    mine = references.c
    plain = and_(not_(mine.several), mine.best > 0, mine.total != 0)
    counted, others = session.execute(
        select(func.count(case((plain, 1))), func.count(case((mine.several, 1)))).select_from(references)
    ).one()
    return int(counted) + (orders(_groups(session, books, "revenue", several)) if others else 0)


def _inside(books: Books, control: str) -> tuple[ColumnElement[bool], ...]:
    """Cin7's postings on a control in the period."""
    return (
        POSTING.c.company == books.company.id,
        POSTING.c.source == Source.CIN7.value,
        POSTING.c.account.in_(books.map.accounts(Source.CIN7, control)),
        POSTING.c.day >= books.period.start,
        POSTING.c.day <= books.period.end,
    )


def _groups(
    session: Session, books: Books, control: str, *conditions: ColumnElement[bool], named: bool = False
) -> Iterator[Group]:
    """Ledger sums per kind, document and reference on one control, in its own direction; `named`: with customers."""
    sign = books.map.sign(control)
    amount = POSTING.c.amount
    best = func.max(amount) if sign > 0 else func.min(amount)
    party = func.max(POSTING.c.name) if named else literal_column("''")
    rows = session.execute(
        select(POSTING.c.kind, POSTING.c.document, POSTING.c.number, func.sum(amount), best, party)
        .where(*_inside(books, control), *conditions)
        .group_by(POSTING.c.kind, POSTING.c.document, POSTING.c.number)
        .order_by(POSTING.c.kind, POSTING.c.document, POSTING.c.number)
    ).all()
    for kind, document, number, total, largest, name in rows:
        yield Group.of(control, kind, document, number, sign * int(total), sign * largest > 0, name)


def _costed_later(
    session: Session,
    books: Books,
    apart: Sequence[Group],
    sale_of: Mapping[tuple[str, str], str],
    costed: Collection[str],
) -> frozenset[str]:
    """Of the documents invoiced in the period without cost in it, the names of those whose cost posted later alone.

    `costed`: TaskIDs with cost in the period; where they name orders, what posts later may be of another invoice.
    """
    waiting: dict[str, str] = {}
    for group in apart:
        if group.control == "revenue":
            sale = sale_of.get((group.document, group.number), "")
            orders = {group.document, sale} - {""} - set(costed)
            waiting |= {key: group.name for key in (*group.numbers, group.number, *sorted(orders)) if key}
    after = _posted_after(session, books, "cogs", waiting)
    return frozenset(waiting[key] for posted in after for key in posted if key in waiting)


def _billed_later(session: Session, books: Books, apart: Sequence[Group]) -> frozenset[str]:
    """Of the costs of the period without revenue in it, the names of those whose revenue posted later alone."""
    waiting = {number: group.name for group in apart if group.control == "cogs" for number in group.numbers}
    return frozenset(waiting[n] for _, n in _posted_after(session, books, "revenue", waiting) if n in waiting)


def _posted_after(session: Session, books: Books, control: str, keys: Collection[str]) -> frozenset[tuple[str, str]]:
    """(TaskID, reference) of what Cin7 posted on a control after the period and not before it, of which either is one
    of `keys`; a later change has the TaskID and the reference of what it changes."""
    if not keys:
        return frozenset()
    accounts = books.map.accounts(Source.CIN7, control)
    mine = (POSTING.c.company == books.company.id, POSTING.c.source == Source.CIN7.value)
    named = or_(among(session, POSTING.c.document, keys), among(session, POSTING.c.number, keys))
    after = session.execute(
        select(POSTING.c.document, POSTING.c.number)
        .where(*mine, POSTING.c.account.in_(accounts), POSTING.c.day > books.period.end, named)
        .distinct()
    ).all()
    tasks = {document for document, _ in after}
    # By TaskID alone, and sorted out here: else the database reads all that the accounts ever had.
    read = select(POSTING.c.document, POSTING.c.number, POSTING.c.account, POSTING.c.day)
    rows = session.execute(read.where(*mine, among(session, POSTING.c.document, tasks))).all() if tasks else ()
    before = {(row.document, row.number) for row in rows if row.account in accounts and row.day < books.period.start}
    return frozenset((document, number) for document, number in after) - before


def _products(session: Session, company: int, skus: Collection[str] | None) -> dict[str, Stocked]:
    """SKU -> what is said of the product; of these, None: of all."""
    asked = select(PRODUCT.c.sku, PRODUCT.c.name, PRODUCT.c.category, PRODUCT.c.type).where(
        PRODUCT.c.company == company, PRODUCT.c.source == Source.CIN7.value
    )
    if skus is not None and not skus:
        return {}
    rows = session.execute(asked if skus is None else asked.where(among(session, PRODUCT.c.sku, skus))).all()
    return {sku: Stocked(name, category, kind.casefold() != "service") for sku, name, category, kind in rows}
