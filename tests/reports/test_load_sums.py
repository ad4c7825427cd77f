"""What the database adds up of sales' lines is what the lines say, read one by one."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, insert
from sqlalchemy.orm import Session

from reports.load_sums import added, sums
from reports.load_tables import COMPANY, DOCUMENT, LINE
from reports.trade import Group
from tests.reports.ledgers import READ

_ACCOUNTS = ("200", "210")


class Read(NamedTuple):
    """A line of a sale whose detail was read."""

    kind: str
    sale: str
    document: str
    section: str
    amount: int | None
    account: str
    sku: str
    quantity: Decimal | None


lines = st.lists(
    st.builds(
        Read,
        st.sampled_from(("Sale", "Sale", "Sale", "Purchase")),
        st.sampled_from(("s1", "s2", "gone")),
        st.sampled_from(("INV-1", "INV-2", "CR-1", "t1", "")),
        st.sampled_from(("Invoice", "Invoice", "CreditNote", "Invoice voided", "Payment", "Fulfilment")),
        st.none() | st.integers(-900, 900),
        st.sampled_from(("", "200", "210", "830")),
        st.sampled_from(("", "A")),
        st.none() | st.decimals(-9, 9, places=3),
    ),
    max_size=9,
)


def _group(number: str, task: str = "t9") -> Group:
    return Group.of("revenue", "Sale", task, number, 100, True)


def _cached(session: Session, read: list[Read]) -> None:
    session.execute(insert(COMPANY).values(id=1, cin7_account="c", qbo_realm="q", currency="USD"))
    session.execute(
        insert(DOCUMENT),
        [
            {"company": 1, "source": "cin7", "kind": kind, "id": id_, "number": f"SO-{id_}", "status": "",
             "seen_at": READ, "detail_at": READ, "deleted_at": READ if id_ == "gone" else None}
            for kind in ("Sale", "Purchase") for id_ in ("s1", "s2", "gone")
        ],
    )  # fmt: skip
    rows = [{"company": 1, "source": "cin7", "position": n} | line._asdict() for n, line in enumerate(read)]
    if rows:
        session.execute(insert(LINE), [{"id": row.pop("sale")} | row for row in rows])


@given(lines)
@settings(max_examples=50)
def test_sums_are_those_of_the_lines(engine: Engine, read: list[Read]) -> None:
    asked = ("INV-1", "INV-2/CR-1", "INV-9")
    with Session(engine) as session:
        _cached(session, read)
        found = sums(session, 1, [*map(_group, asked), _group("", "t1")], _ACCOUNTS)
        session.rollback()
    named = [line for line in read if line.kind == "Sale" and line.sale != "gone" and line.document]
    sale_of = {key: min(line.sale for line in named if line.document == key) for key in {x.document for x in named}}
    charged: defaultdict[str, list[tuple[str, int, Decimal]]] = defaultdict(list)
    for key, sale, section in sorted({(line.document, line.sale, line.section) for line in named}):
        mine = [
            line
            for line in named
            if (line.document, line.sale, line.section) == (key, sale, section)
            and section in ("Invoice", "CreditNote")
            and line.amount is not None
            and line.account in ("", *_ACCOUNTS)
        ]
        sign = 1 if section == "Invoice" else -1
        if mine:
            units = sum((line.quantity or Decimal(0) for line in mine if line.sku), Decimal(0))
            charged[key].append((sale, sign * sum(line.amount or 0 for line in mine), sign * units))
    assert found.sale_of == sale_of
    told = {key: sorted((sale, n, added(*more)) for sale, n, *more in some) for key, some in found.charged.items()}
    assert told == {key: sorted(some) for key, some in charged.items()}


def test_the_sums_of_lines_are_made_from_their_index_alone(sqlite_engine: Engine) -> None:
    asked: list[tuple[str, tuple[object, ...]]] = []
    event.listen(sqlite_engine, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
    with Session(sqlite_engine) as session:
        sums(session, 1, [_group("INV-1")], _ACCOUNTS)
        statement, values = next((words, values) for words, values in asked if "FROM line" in words)
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).scalars(3).all()
    assert any("line USING COVERING INDEX ix_line_document" in step for step in plan)
