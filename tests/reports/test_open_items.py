"""Open documents of both systems beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from reports.books import Config
from reports.load import books
from reports.load_open_items import open_on
from reports.open_items import Balance, OpenDocument, OpenItems, open_items, to_json, to_text
from sync.domain.accounts import Source
from sync.domain.period import Period
from sync.store.db import reading
from sync.store.tables import DocumentRow, LineRow, PostingRow
from tests.reports.ledgers import READ, TODAY, cache

AT = date(2026, 2, 10)
AS_OF = dict.fromkeys(Source, READ)
_CIN7, _QBO = Source.CIN7, Source.QBO


def document(source: Source, number: str, amount: int | None, base: int, **more: Any) -> OpenDocument:
    told = {"party": "Acme", "kind": "Sale", "id": number, "currency": "USD", **more}
    return OpenDocument(source=source, number=number, numbers=frozenset({number}), amount=amount, base=base, **told)


NOTHING = Balance(0, 0)


def items(*documents: OpenDocument, balance: Balance = NOTHING) -> OpenItems:
    return open_items("receivables", AT, "USD", documents, balance, as_of=AS_OF)


def test_documents_of_one_number_are_one_item_whatever_its_case_and_zeros() -> None:
    (item,) = items(document(_CIN7, "INV-0012", 100, 100), document(_QBO, "inv-12", 70, 70)).items
    assert (item.cin7, item.qbo, item.difference) == (100, 70, 30)


def test_a_number_that_two_parties_use_joins_the_right_one() -> None:
    left = [document(_CIN7, "00003", 100, 100, party=name) for name in ("Acme", "Bolt")]
    found = items(*left, document(_QBO, "00003", 100, 100, party="BOLT"))
    assert [(item.party, item.difference) for item in found.items] == [("Acme", 100), ("Bolt", 0)]


def test_an_amount_that_is_not_known_gives_no_difference_but_its_base_does() -> None:
    told = document(_CIN7, "INV-1", None, 120, currency="EUR"), document(_QBO, "INV-1", 100, 110, currency="EUR")
    (item,) = items(*told).items
    assert (item.cin7, item.difference, item.cin7_base - item.qbo_base) == (None, None, 10)
    assert "not known" in to_text(items(*told))


def test_an_invoice_in_another_currency_is_no_amount_of_ours() -> None:
    told = document(_CIN7, "INV-1", 120, 120, currency="EUR"), document(_QBO, "INV-1", 100, 110, currency="GBP")
    assert items(*told).items[0].qbo is None


def test_what_belongs_to_no_document_is_told_apart() -> None:
    found = items(document(_CIN7, "INV-1", 100, 100), balance=Balance(105, 3))
    assert (found.other(_CIN7), found.other(_QBO)) == (5, 3)
    told = to_json(found)
    assert told["total"] == {"cin7": "1.00", "qbo": "0.00", "difference": "1.00"}
    assert told["control"] == {"control": "receivables", "cin7": "1.05", "qbo": "0.03", "difference": "1.02"}


@given(st.lists(st.tuples(st.sampled_from([_CIN7, _QBO]), st.sampled_from("abc"), st.integers(-99, 99)), max_size=8))
def test_nothing_is_lost_or_counted_twice_in_any_order(told: Sequence[tuple[Source, str, int]]) -> None:
    papers = [document(source, number, amount, amount, id=str(n)) for n, (source, number, amount) in enumerate(told)]
    found, turned = items(*papers), items(*papers[::-1])
    assert found.items == turned.items
    for source in Source:
        assert found.total(source) == sum(amount for each, _, amount in told if each is source)


def header(source: str, kind: str, id_: str, number: str, day: date, **more: Any) -> DocumentRow:
    told: dict[str, Any] = {"status": "", "counterparty": "Acme", "currency": "USD", "seen_at": READ, **more}
    return DocumentRow(company=1, source=source, kind=kind, id=id_, number=number, day=day, **told)


LEDGER = """
2026-01-05 Sale t1 INV-1 610 200 100.00
2026-01-06 Sale t2 INV-2 610 200 50.00
2026-01-07 Sale t3 INV-3/CR-1 610 200 80.00
2026-01-20 Sale t3 INV-3/CR-1 200 610 30.00
2026-01-25 Sale t1 INV-1 090 610 40.00
2026-02-05 Sale t2 INV-2 090 610 50.00
qbo 2026-01-05 Invoice 7 INV-1 84:100.00 79:-100.00
qbo 2026-01-06 Invoice 8 INV-2 84:50.00 79:-50.00
qbo 2026-01-07 Invoice 9 INV-3 84:80.00 79:-80.00
qbo 2026-01-20 CreditMemo 10 CR-1 84:-30.00 79:30.00
qbo 2026-01-25 Payment 11 P-1 84:-60.00 35:60.00
qbo 2026-02-05 Payment 12 P-2 84:-50.00 35:50.00
qbo 2026-01-31 JournalEntry 14 REVAL 84:2.00 83:-2.00
"""
JAN, FEB = date(2026, 1, 31), date(2026, 2, 10)


def headers() -> list[DocumentRow]:
    return [
        header("cin7", "Sale", "s1", "SO-1", date(2026, 1, 5), invoice="INV-1", total=10000, balance=6000),
        header("cin7", "Sale", "s2", "SO-2", date(2026, 1, 6), invoice="INV-2", total=5000, balance=0),
        header(
            "cin7", "Sale", "s3", "SO-3", date(2026, 1, 7), invoice="INV-3", credit="CR-1", total=8000, balance=5000
        ),
        header("qbo", "Invoice", "7", "INV-1", date(2026, 1, 5), total=10000),
        header("qbo", "Invoice", "8", "INV-2", date(2026, 1, 6), total=5000),
        header("qbo", "Invoice", "9", "INV-3", date(2026, 1, 7), total=8000),
        header("qbo", "CreditMemo", "10", "CR-1", date(2026, 1, 20), total=3000),
        header("qbo", "Payment", "11", "P-1", date(2026, 1, 25), total=6000, links='[["Invoice", "7"]]'),
        header("qbo", "Payment", "12", "P-2", date(2026, 2, 5), total=5000, links='[["Invoice", "8"]]'),
        header(
            "qbo", "Payment", "13", "", date(2026, 1, 21), total=0, links='[["CreditMemo", "10"], ["Invoice", "9"]]'
        ),
        header("qbo", "JournalEntry", "14", "REVAL", JAN, counterparty="", total=200),
    ]


def line(kind: str, id_: str, position: int, amount: int, document: str, account: str = "", **more: Any) -> LineRow:
    section = "Payment" if document else ""
    told = {"section": section, "document": document, "account": account, **more}
    return LineRow(company=1, source="qbo", kind=kind, id=id_, position=position, amount=amount, **told)


def lines() -> list[LineRow]:
    return [
        line("Payment", "11", 1, 4000, "7"),
        line("Payment", "12", 1, 5000, "8"),
        line("Payment", "13", 1, 3000, "9"),
        line("Payment", "13", 2, 3000, "10"),
        line("JournalEntry", "14", 1, 200, "", "84", debit=True),
        line("JournalEntry", "14", 2, 200, "", "83", debit=False),
    ]


def opened(engine: Engine, at: date, side: str = "receivables") -> OpenItems:
    with reading(engine) as session:
        return open_on(session, books(session, 1, Period(date(2026, 1, 1), at), Config(), today=TODAY), side, at)


def told(found: OpenItems) -> dict[str, tuple[int | None, int | None]]:
    return {item.number: (item.cin7, item.qbo) for item in found.items}


def test_open_documents_on_a_day_are_those_without_later_payments(engine: Engine) -> None:
    cache(engine, LEDGER, *headers(), *lines())
    found = opened(engine, JAN)
    # 60.00 were paid for INV-1 in QuickBooks, 40.00 of it applied: 20.00 stay with the payment.
    assert told(found) == {
        "INV-1": (6000, 6000),
        "INV-2": (5000, 5000),
        "INV-3": (5000, 5000),
        "P-1": (0, -2000),
        "REVAL": (0, 200),
    }
    assert (found.other(_CIN7), found.other(_QBO)) == (0, 0)
    assert (found.balance.cin7, found.balance.qbo) == (16000, 14200)


def test_a_payment_that_came_meanwhile_settles_its_invoice(engine: Engine) -> None:
    cache(engine, LEDGER, *headers(), *lines())
    assert "INV-2" not in told(opened(engine, FEB))


def test_a_deleted_document_is_not_open(engine: Engine) -> None:
    gone = [row for row in headers() if (row.kind, row.id) != ("Invoice", "9")]
    cache(engine, LEDGER.replace("qbo 2026-01-07 Invoice 9 INV-3 84:80.00 79:-80.00\n", ""), *gone, *lines())
    found = opened(engine, JAN)
    # The payment of nothing that applied the credit has lost its invoice: the credit is open through it.
    assert (told(found)["INV-3"], told(found)["Payment 13"]) == ((5000, 0), (0, -3000))
    assert found.other(_QBO) == 0


SUPPLIER = """
2026-01-05 Purchase p1 B-1 630 800 100.00
2026-01-15 Purchase p2 SCR-1 800 630 25.00
2026-01-20 Purchase p3 B-9 630 800 11.00
qbo 2026-01-05 Bill 7 B-1 85:100.00 86:-100.00
qbo 2026-01-15 VendorCredit 8 SCR-1 85:-25.00 86:25.00
qbo 2026-01-20 Bill 9 B-9 85:11.00 86:-11.00
"""


def test_a_suppliers_credit_settles_its_bill_in_cin7_and_by_a_payment_of_nothing_in_quickbooks(engine: Engine) -> None:
    cache(
        engine,
        SUPPLIER,
        header("cin7", "Purchase", "o1", "PO-1", date(2026, 1, 5), invoice="B-1", credit="SCR-1", total=10000),
        header("cin7", "Purchase", "o2", "PO-2", date(2026, 1, 20), invoice="B-9", total=1100),
        header("qbo", "Bill", "7", "B-1", date(2026, 1, 5), total=10000),
        header("qbo", "Bill", "9", "B-9", date(2026, 1, 20), total=1100),
        header("qbo", "VendorCredit", "8", "SCR-1", date(2026, 1, 15), total=2500),
        header(
            "qbo", "BillPayment", "10", "", date(2026, 1, 16), total=0, links='[["Bill", "7"], ["VendorCredit", "8"]]'
        ),
        line("BillPayment", "10", 1, 2500, "7"),
        line("BillPayment", "10", 2, 2500, "8"),
    )
    found = opened(engine, JAN, "payables")
    assert told(found) == {"B-1": (7500, 7500), "B-9": (1100, 1100)}
    assert (found.other(_CIN7), found.other(_QBO), found.balance.cin7) == (0, 0, 8600)


def test_a_credit_that_is_applied_later_has_settled_nothing_yet(engine: Engine) -> None:
    before = date(2026, 1, 14)
    cache(
        engine,
        SUPPLIER,
        header("cin7", "Purchase", "o1", "PO-1", date(2026, 1, 5), invoice="B-1", total=10000),
        header("qbo", "Bill", "7", "B-1", date(2026, 1, 5), total=10000),
        header("qbo", "VendorCredit", "8", "SCR-1", date(2026, 1, 15), total=2500),
        header(
            "qbo", "BillPayment", "10", "", date(2026, 1, 16), total=0, links='[["Bill", "7"], ["VendorCredit", "8"]]'
        ),
        line("BillPayment", "10", 1, 2500, "7"),
        line("BillPayment", "10", 2, 2500, "8"),
    )
    found = opened(engine, before, "payables")
    assert told(found) == {"B-1": (10000, 10000)}
    assert found.other(_QBO) == 0


def row(account: str, counter: str, day: date, amount: int, document: str, kind: str, text: str) -> PostingRow:
    name, _, number = text.rpartition(" - ")
    return PostingRow(company=1, source="cin7", account=account, counter=counter, day=day, amount=amount,
                      document=document, kind=kind, number=number, name=name, memo=text)  # fmt: skip


def test_a_payment_whose_text_begins_with_other_words_settles_its_invoice(engine: Engine) -> None:
    cache(
        engine,
        "qbo 2026-01-05 Invoice 7 INV-1 84:100.00 79:-100.00",
        header("cin7", "Sale", "s1", "SO-1", date(2026, 1, 5), invoice="INV-1", total=10000, balance=6000),
        header("qbo", "Invoice", "7", "INV-1", date(2026, 1, 5), total=10000),
        row("610", "200", date(2026, 1, 5), 10000, "s1", "Sale", "Acme - INV-1"),
        row("610", "090", date(2026, 1, 9), -4000, "s1", "Sale", "Payment Acme - INV-1"),
    )
    assert told(opened(engine, JAN)) == {"INV-1": (6000, 10000)}


def test_a_purchase_that_goes_by_its_order_in_cin7_is_its_bill(engine: Engine) -> None:
    cache(
        engine,
        """
        qbo 2026-01-05 Bill 7 B-1 85:100.00 86:-100.00
        qbo 2026-01-06 Bill 8 F-1 85:30.00 86:-30.00
        """,
        header("cin7", "Purchase", "p1", "PO-1", date(2026, 1, 5), invoice="B-1", total=10000),
        header("qbo", "Bill", "7", "B-1", date(2026, 1, 5), total=10000),
        header("qbo", "Bill", "8", "F-1", date(2026, 1, 6), total=3000, counterparty="Forwarder"),
        row("800", "630", date(2026, 1, 5), -10000, "p1", "Purchase", "Acme - PO-1"),
        row("800", "090", date(2026, 1, 9), 2500, "p1", "Purchase", "Payment to Acme - PO-1"),
        row("800", "630", date(2026, 1, 6), -3000, "p1", "Purchase", "Forwarder - PO-1"),
    )
    found = {(item.party, item.number): (item.cin7, item.qbo) for item in opened(engine, JAN, "payables").items}
    # The forwarder's bill has no number of its own in Cin7, so nothing says that F-1 is it.
    assert found == {("Acme", "B-1"): (7500, 10000), ("Forwarder", "PO-1"): (3000, 0), ("Forwarder", "F-1"): (0, 3000)}


FOREIGN = """
2026-01-05 Sale t1 INV-1 610 200 110.00
2026-02-05 Sale t1 INV-1 090 610 110.00
2026-01-06 Sale t2 INV-2 610 200 55.00
qbo 2026-01-05 Invoice 7 INV-1 84:110.00 79:-110.00
"""


@pytest.mark.parametrize(("kind", "amounts"), [("Simple Sale", (10000, 5000)), ("Advanced Sale", (None, None))])
def test_foreign_money_is_told_where_one_invoice_is_sure(
    engine: Engine, kind: str, amounts: tuple[int | None, ...]
) -> None:
    version = f"type={kind}; ship=SHIPPED"
    money = {"currency": "EUR", "version": version, "rate": Decimal("1.1")}
    cache(
        engine,
        FOREIGN,
        header("cin7", "Sale", "s1", "SO-1", date(2026, 1, 5), invoice="INV-1", total=10000, balance=0, **money),
        header("cin7", "Sale", "s2", "SO-2", date(2026, 1, 6), invoice="INV-2", total=5000, balance=5000, **money),
        header("qbo", "Invoice", "7", "INV-1", date(2026, 1, 5), total=10000, currency="EUR"),
    )
    found = {item.number: item for item in opened(engine, JAN).items}
    assert (found["INV-1"].cin7, found["INV-2"].cin7) == amounts
    assert (found["INV-1"].qbo, found["INV-1"].cin7_base, found["INV-1"].qbo_base) == (10000, 11000, 11000)
