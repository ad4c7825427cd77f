"""Stock tasks and money tasks read whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sync.cin7 import details
from sync.cin7.resources import BY_NAME
from sync.domain.documents import Document, Line


def section(found: Document, name: str) -> list[Line]:
    return [line for line in found.lines if line.section == name]


def task(name: str, **payload: Any) -> Document:
    return details.detail(BY_NAME[name], {"TaskID": "T1", "Status": "COMPLETED", **payload}, "USD")


@pytest.mark.parametrize(
    ("name", "existing", "new"),
    [
        ("stock_adjustments", "ExistingStockLines", "NewStockLines"),
        ("stock_takes", "NonZeroStockOnHandProducts", "ZeroStockOnHandProducts"),
    ],
)
def test_an_adjustments_quantity_is_the_change(name: str, existing: str, new: str) -> None:
    found = task(
        name,
        StocktakeNumber="ST-1",
        EffectiveDate="2026-01-06T00:00:00",
        **{
            existing: [{"ProductID": "P1", "SKU": "A", "QuantityOnHand": 100, "Adjustment": Decimal("97.5")}],
            new: [{"ProductID": "P2", "SKU": "B", "Quantity": 3, "UnitCost": Decimal("1.005"), "LocationID": "L1"}],
        },
        Transactions=[{"Debit": "715: Inventory", "Credit": "404: Bank Fees", "Amount": -1804}],
    )
    assert section(found, "Existing")[0].quantity == Decimal("-2.5")
    added = section(found, "New")[0]
    assert (added.quantity, added.cost, added.location, added.day) == (Decimal(3), 302, "l1", date(2026, 1, 6))
    debit, credit = section(found, "Transaction")
    assert (debit.account, credit.account, debit.cost, debit.document) == ("715", "404", -180400, "t1")


def test_a_transfers_lines() -> None:
    line = {"ProductID": "P1", "SKU": "A", "TransferQuantity": 5}
    found = task(
        "stock_transfers",
        Number="TR-1",
        From="L1",
        To="L2",
        DepartureDate="2026-01-30T00:00:00",
        Lines=[line],
        Order={"Lines": [line]},
    )
    assert [(line.section, line.quantity, line.location) for line in found.lines] == [
        ("Transfer", Decimal(5), "l1"),
        ("Order", Decimal(5), "l1"),
    ]


def test_a_write_offs_lines() -> None:
    line = {"ProductID": "P1", "ProductCode": "A", "Quantity": 2, "Cost": Decimal("1.5"), "TotalCost": 3, "BinID": "B1"}
    found = task(
        "write_offs", InventoryWriteOffNumber="WO-1", Account="404", EffectiveDate="2026-01-12T00:00:00", Lines=[line]
    )
    (row,) = found.lines
    assert (row.section, row.sku, row.cost, row.account, row.location) == ("WriteOff", "A", 300, "404", "b1")


def test_an_assembly_takes_in_and_gives_out() -> None:
    found = task(
        "finished_goods",
        AssemblyNumber="FG-1",
        CompletionDate="2026-01-03T00:00:00",
        ProductID="P9",
        ProductCode="KIT",
        Quantity=2,
        PickLines=[{"ProductID": "P1", "ProductCode": "A", "Quantity": 4, "Cost": Decimal("0.335")}],
        OrderLines=[{"ProductID": "P1", "ProductCode": "A", "Quantity": 4, "TotalCost": Decimal("0.5")}],
    )
    made, used, planned = found.lines
    assert (made.section, made.sku, made.quantity) == ("Output", "KIT", Decimal(2))
    assert (used.section, used.sku, used.cost) == ("Pick", "A", 134)
    assert (planned.section, planned.cost) == ("Order", 50)


def test_a_disassembly_takes_its_own_product_apart() -> None:
    found = task(
        "disassemblies",
        DisassemblyNumber="FG-2",
        CompletionDate="2026-01-03T00:00:00",
        ProductID="P9",
        ProductCode="KIT",
        PickLines=[{"BatchSN": "3", "UnitCost": 5, "Quantity": 1, "TotalCost": 5}],
        OrderLines=[{"ProductID": "P1", "ProductCode": "A", "Quantity": 1, "Cost": 5}],
        OrderServiceLines=[{"ProductID": "P5", "Name": "Work", "Account": "416", "Amount": 600}],
    )
    apart, out, service = found.lines
    assert (apart.section, apart.sku, apart.cost, apart.quantity) == ("Pick", "KIT", 500, Decimal(1))
    assert (out.section, out.sku, out.cost) == ("Output", "A", 500)
    assert (service.section, service.account, service.cost) == ("Service", "416", 60000)


def test_money_tasks() -> None:
    line = {"Name": "Fee", "Quantity": 1, "Price": 2, "Tax": Decimal("0.18"), "Total": 2, "AccountCode": "801"}
    spent = task("money_tasks", BankAccount="718", TaxInclusive=True, Date="2026-01-17T00:00:00", Lines=[line])
    assert (spent.lines[0].section, spent.lines[0].amount, spent.lines[0].account) == ("Money", 182, "801")
    moved = task(
        "money_tasks",
        FromAccount="1",
        ToAccount="2",
        FromAmount=3,
        ToAmount=5,
        CurrencyConversionRate=Decimal("1.66666"),
    )
    assert [(row.account, row.amount, row.debit) for row in moved.lines] == [("1", 300, False), ("2", 500, True)]
    assert moved.rate == Decimal("1.66666")


def test_a_production_orders_components() -> None:
    operation = {
        "Components": [
            {
                "ProductID": "P1",
                "ProductSKU": "A",
                "TotalQuantity": 3,
                "Cost": Decimal("0.3864"),
                "TotalCost": Decimal("1.1592"),
            }
        ],
        "Resources": [{"ResourceName": "Oven", "Quantity": 1, "TotalCost": 2}],
    }
    found = details.detail(BY_NAME["production_orders"], {"ProductionOrderID": "O1", "Operations": [operation]}, "USD")
    assert [(line.section, line.sku, line.name, line.cost) for line in found.lines] == [
        ("Component", "A", "", 116),
        ("Resource", "", "Oven", 200),
    ]
