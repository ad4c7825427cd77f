"""Assemblies, disassemblies and production orders as Cin7 shows them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sync.sandbox import chart
from sync.sandbox.catalogue import Good
from sync.sandbox.cin7_tasks import rows_of
from sync.sandbox.company import Company
from sync.sandbox.records import Piece, StockTask
from sync.sandbox.shapes import CUSTOM, day, money, number, words


def _kit(company: Company, made: StockTask) -> tuple[Good, Decimal, Decimal]:
    """(what is made, how many, unit cost); while work goes on, the kit is known by its parts."""
    if made.made:
        quantity = abs(made.made.quantity)
        unit = (money(abs(made.made.cost), company.currency) / quantity).quantize(Decimal("0.0001"))
        return made.made.good, quantity, number(unit)
    parts = {piece.good.id: -piece.quantity for piece in made.pieces}
    good = next(kit for kit in company.catalogue.kits if {part for part, _ in kit.parts} == set(parts))
    return good, parts[good.parts[0][0]] / good.parts[0][1], Decimal(0)


def assembly_row(company: Company, made: StockTask) -> dict[str, Any]:
    good, quantity, unit = _kit(company, made)
    return {
        "TaskID": made.id, "AssemblyNumber": made.number, "BatchSN": None, "ExpiryDate": None, "ProductID": good.id,
        "ProductCode": good.sku, "ProductName": good.name, "Quantity": number(quantity), "LocationID": made.place.id,
        "Location": made.place.name, "Date": day(made.left), "Status": words(made.status, company.switches),
        "UnitCost": unit, "Notes": "", **CUSTOM,
    }  # fmt: skip


def assembly(company: Company, made: StockTask) -> dict[str, Any]:
    row = assembly_row(company, made)
    row.pop("Date")
    row.pop("UnitCost")
    order = [
        {"ProductID": piece.good.id, "ProductCode": piece.good.sku, "Name": piece.good.name, "ExpenseAccount": "",
         "Quantity": number(-piece.quantity), "Unit": "Item", "WastagePercent": 0, "WastageQuantity": 0,
         "TotalQuantity": number(-piece.quantity), "TotalCost": money(-piece.cost, company.currency)}
        for piece in made.pieces
    ]  # fmt: skip
    pick = [
        {"ProductID": piece.good.id, "ProductCode": piece.good.sku, "Name": piece.good.name, "BinID": None,
         "Bin": piece.bin or None, "BatchSN": piece.batch or None, "ExpiryDate": None,
         "Quantity": number(-piece.quantity), "Unit": "Item", "Cost": _unit(company, piece)}
        for piece in made.pieces
    ]  # fmt: skip
    return {
        **row, "BinID": None, "Bin": None, "WIPAccount": chart.WIP, "WIPDate": day(made.left), "Account": chart.STOCK,
        "AssemblyInstructionURL": "", "CompletionDate": day(made.day) if made.made else None, "OrderLines": order,
        "PickLines": pick, "Transactions": rows_of(company, made.id), "Errors": [],
    }  # fmt: skip


def _unit(company: Company, piece: Piece) -> Decimal:
    return number((money(piece.cost, company.currency) / piece.quantity).quantize(Decimal("0.0001")))


def disassembly_row(company: Company, made: StockTask) -> dict[str, Any]:
    good, quantity, _ = _kit(company, made)
    return {
        "TaskID": made.id, "DisassemblyNumber": made.number, "ProductID": good.id, "ProductCode": good.sku,
        "ProductName": good.name, "Quantity": number(quantity), "LocationID": made.place.id,
        "Location": made.place.name, "Date": day(made.day), "Status": words(made.status, company.switches),
    }  # fmt: skip


def disassembly(company: Company, made: StockTask) -> dict[str, Any]:
    row = disassembly_row(company, made)
    row.pop("Date")
    _, quantity, unit = _kit(company, made)
    pick = [{"BinID": None, "Bin": None, "Date": day(made.day), "BatchSN": None, "ExpiryDate": None, "Available": 0,
             "UnitCost": unit, "Quantity": number(quantity),
             "TotalCost": money(abs(made.made.cost) if made.made else 0, company.currency)}]  # fmt: skip
    order = [
        {"ProductID": piece.good.id, "ProductCode": piece.good.sku, "Name": piece.good.name, "BinID": None,
         "Bin": piece.bin or None, "Unit": "Item", "BatchSN": piece.batch or None, "ExpiryDate": None,
         "Account": piece.good.stock, "Quantity": number(piece.quantity),
         "Cost": money(piece.cost, company.currency)}
        for piece in made.pieces
    ]  # fmt: skip
    return {
        **row, "CompletionDate": day(made.day), "WIPAccount": chart.WIP, "AssemblyInstructionURL": "",
        "PickLines": pick, "OrderLines": order, "OrderServiceLines": [],
        "Transactions": rows_of(company, made.id), "Errors": [],
    }  # fmt: skip


def production_row(company: Company, made: StockTask) -> dict[str, Any]:
    good, quantity, _ = _kit(company, made)
    status = words(made.status, company.switches)
    return {
        "TaskID": made.id, "ProductionOrderID": made.id, "Type": "O", "ProductID": good.id, "ProductSKU": good.sku,
        "ProductName": good.name, "OrderNumber": made.number, "LocationID": made.place.id,
        "LocationName": made.place.name, "Status": status, "OrderStatus": status, "Quantity": number(quantity),
        "StartDate": day(made.left), "ReleaseDate": day(made.left), "RequiredByDate": None,
        "CompletionDate": day(made.day) if made.made else None, "TotalCount": 1,
        "CapacityCalculationType": "FromStartForward", "WIPAccountCode": chart.WIP,
        "FinishedGoodsAccountCode": chart.STOCK, "Comments": "", "SourceTaskID": None, "SourceTaskNumber": "",
        "SourceTaskType": None, "IsSourceTaskVoided": False, **CUSTOM, "SourceTasks": [],
    }  # fmt: skip


def production(company: Company, made: StockTask) -> dict[str, Any]:
    """The envelope of GET production/order."""
    good, quantity, _ = _kit(company, made)
    status = words(made.status, company.switches)
    task = {
        "OperationID": made.id[:-4] + "0be7", "Order": 1, "Name": "Assemble", "CycleTime": 900, "UnitsPerCycle": 1,
        "TotalCycleTime": 900, "TotalUnitsPerCycle": 1, "OperationType": "Manufacturing",
        "WorkCenterID": made.place.id, "WorkCenterName": made.place.name, "WorkCenterCode": "WC1",
        "WorkCenterCoManProcurementType": None, "ComponentLocationID": None, "IsDropShip": False, "IsBackflush": False,
        "Attachments": [], "Components": [_component(company, made, n) for n in range(len(made.pieces))],
        "Notes": [], "Resources": [], "OperationLinks": [], "InputProducts": [], "OutputProducts": [],
        "FinishedProducts": [],
    }  # fmt: skip
    order = {
        "ProductionOrderID": made.id, "ProductID": good.id, "ProductName": good.name, "ProductSKU": good.sku,
        "OrderNumber": made.number, "LocationID": made.place.id, "LocationName": made.place.name,
        "CostingMethod": "FIFO", "WarehouseID": made.place.id, "WarehouseName": made.place.name, "Unit": "Item",
        "OrderStatus": status, "Status": status, "SourceName": 1, "SourceTaskID": None, "SourceTaskNumber": "",
        "WIPAccountCode": chart.WIP, "FinishedGoodsAccountCode": chart.STOCK, "Quantity": number(quantity),
        "BOMQuantity": 1, "CapacityCalculationType": "FromStartForward", "StartDate": day(made.left),
        "ReleaseDate": day(made.left), "RequiredByDate": None,
        "CompletionDate": day(made.day) if made.made else None, "IsIgnoreLeadTime": False, "RetailID": None,
        "Comments": "", "StartUpdate": False, "PlannedBy": "", "ReleasedBy": "", "OrderCycleTime": 0, "BOMVersion": 1,
        "BOMName": good.name, "Tags": "", **CUSTOM, "IssueMethodComponent": 2, "IssueMethodParameter": 1,
        "RunSize": number(quantity), "Operations": [task], "Deliveries": [], "SourceTasks": [],
    }  # fmt: skip
    return {"ProductionOrders": [order]}


def _component(company: Company, made: StockTask, n: int) -> dict[str, Any]:
    piece, unit = made.pieces[n], _unit(company, made.pieces[n])
    quantity = number(-piece.quantity)
    return {
        "OrderComponentID": f"{made.id[:-4]}c0{n:02d}", "ProductID": piece.good.id, "ProductName": piece.good.name,
        "ProductSKU": piece.good.sku, "Available": number(piece.before), "Quantity": quantity,
        "TotalQuantity": quantity, "WastageQty": 0, "WastagePercent": 0, "Cost": unit,
        "TotalCost": money(-piece.cost, company.currency), "ProductCost": unit, "CostingMethod": "FIFO",
        "Unit": "Item", "ProductType": "Stock", "Position": n + 1, "SalePriceTier": 0, "IsAlternative": False,
        "IsBackflush": False,
    }  # fmt: skip
