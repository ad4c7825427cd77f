"""Revision 0001: the first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# A column is its name, its type after a colon (text where none is said), then "!" in the primary key, "?" where
# it may be null. The types are what sync.store.columns keeps days, instants and exact numbers as.
_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "": sa.String(),
    "day": sa.String(10),
    "instant": sa.String(32),
    "int": sa.Integer(),
    "big": sa.BigInteger(),
    "float": sa.Float(),
    "bool": sa.Boolean(),
    "serial": sa.Integer(),
    "rowid": sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
}

_TABLES = {
    "call_month": "bucket! month! calls:int throttled:int",
    "call_pause": "bucket! until:float",
    "company": """
        id:serial! cin7_account qbo_realm name currency time_zone fiscal_year_start opening_day:day?
        cin7_lock_day:day? qbo_close_day:day? qbo_name qbo_currency multi_currency:bool
    """,
    "lease": "name! holder until:float note",
    "sent_call": "id:rowid! bucket sent_at:float",
    "token": "realm! access refresh previous access_until:float refresh_until:float pasted broken saved_at:instant",
    "account": """
        company:int! source! code! name klass type subtype number full_name system currency parent active:bool
    """,
    "document": """
        company:int! source! kind! id! number status day:day? invoice credit counterparty counterparty_id currency
        rate? total:big? tax:big? balance:big? due:day? location channel account memo created:instant?
        updated:instant? version voided:bool links deleted_at:instant? seen_at:instant detail_at:instant?
    """,
    "exchange_rate": "company:int! currency! day:day! rate",
    "figure": "company:int! source! entity! as_of:instant? complete:bool reason",
    "learned": "company:int! source! entity! fact! value",
    "ledger_window": """
        company:int! source! start:day! end:day rows:int fingerprint complete:bool reason proven:bool
        fetched_at:instant
    """,
    "line": """
        company:int! source! kind! id! position:int! amount:big? section document day:day? sku item name account
        quantity? price? tax:big? cost:big? debit:bool? location description
    """,
    "location": "company:int! id! name parent deprecated:bool",
    "movement": "company:int! product! position:int! sku task kind number day:day quantity amount location",
    "name": "company:int! source! kind! id! name full_name parent currency active:bool",
    "posting": "id:rowid! company:int source account day:day amount:big document kind number counter name memo",
    "product": """
        company:int! source! id! sku name type category brand status inventory_account cogs_account revenue_account
        expense_account tracks_quantity:bool active:bool
    """,
    "proof": "company:int! report! start:day! end:day! status difference:big detail checked_at:instant",
    "run": """
        id! company:int status started_at:instant finished_at:instant? started_by stage calls_cin7:int calls_qbo:int
        throttled_cin7:int throttled_qbo:int
    """,
    "stock": """
        company:int! position:int! product sku name location bin batch expiry:day? on_hand allocated available
        on_order in_transit value
    """,
    "stock_day": "company:int! day:day! sku! location! on_hand value taken_at:instant",
    "step": "run! source! entity! status fetched:int changed:int calls:int fewest:int error? finished_at:instant",
}

_UNIQUE = {"company": ("cin7_account", "qbo_realm")}

# Other columns that name a row of another table; every `company` names one of that table.
_REFERENCES = {("step", "run"): "run.id"}

_INDEXES = (
    ("ix_sent_call", "sent_call", "bucket sent_at"),
    ("ix_document_day", "document", "company source kind day"),
    ("ix_document_number", "document", "company source number"),
    ("ix_document_updated", "document", "company source kind updated"),
    ("ix_line_document", "line", "company source document"),
    ("ix_line_item", "line", "company source item"),
    ("ix_line_sku", "line", "company source sku"),
    ("ix_movement_day", "movement", "company day"),
    ("ix_movement_task", "movement", "company task"),
    ("ix_posting_account", "posting", "company source account day amount"),
    ("ix_posting_day", "posting", "company source day"),
    ("ix_posting_document", "posting", "company source document"),
    ("ix_posting_pair", "posting", "company source account kind counter amount"),
    ("ix_document_invoice", "document", "company source invoice"),
    ("ix_document_credit", "document", "company source credit"),
    ("ix_product_sku", "product", "company source sku"),
    ("ix_run_company", "run", "company"),
    ("ix_stock_sku", "stock", "company sku"),
)


def upgrade() -> None:
    for name, columns in _TABLES.items():
        unique = [sa.UniqueConstraint(*_UNIQUE[name])] if name in _UNIQUE else []
        op.create_table(name, *(_column(name, column) for column in columns.split()), *unique)
    for index, name, columns in _INDEXES:
        op.create_index(index, name, columns.split())


def _column(table: str, text: str) -> sa.Column[Any]:
    name, _, kind = text.rstrip("!?").partition(":")
    target = "company.id" if name == "company" else _REFERENCES.get((table, name))
    references = [sa.ForeignKey(target)] if target else []
    return sa.Column(name, _TYPES[kind], *references, primary_key=text.endswith("!"), nullable=text.endswith("?"))
