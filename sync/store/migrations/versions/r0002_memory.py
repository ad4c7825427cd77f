"""Revision 0002: the memory of findings, sign-offs, former states of documents, closing days, and who did what."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Written as in revision 0001: name, type after a colon, "!" in the primary key, "?" where it may be null.
_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "": sa.String(),
    "day": sa.String(10),
    "instant": sa.String(32),
    "int": sa.Integer(),
    "big": sa.BigInteger(),
    "bool": sa.Boolean(),
    "rowid": sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
}

_TABLES = {
    "audit": "id:rowid! company:int at:instant who what subject detail",
    "closing_day": "company:int! source! day:day! seen_at:instant",
    "finding": """
        company:int! id! root cause nature control? subject confidence explanation remedy documents first_day:day?
        last_day:day? first_seen:instant resolved_at:instant? came_back:int owner due:day? note
    """,
    "former": """
        company:int! source! kind! document! number! account! day:day! replaced_at:instant! seen_at:instant amount:big
    """,
    "sighting": "company:int! finding! start:day! end:day! amount:big at_stake:big? count:int open:bool",
    "sign_off": "company:int! start:day! end:day! signed_at:instant! signed_by inputs evidence",
}

_INDEXES = (
    ("ix_audit_subject", "audit", "company subject"),
    ("ix_former_day", "former", "company source day"),
)


def upgrade() -> None:
    for name, columns in _TABLES.items():
        op.create_table(name, *(_column(column) for column in columns.split()))
    for index, name, columns in _INDEXES:
        op.create_index(index, name, columns.split())


def _column(text: str) -> sa.Column[Any]:
    name, _, kind = text.rstrip("!?").partition(":")
    references = [sa.ForeignKey("company.id")] if name == "company" else []
    return sa.Column(name, _TYPES[kind], *references, primary_key=text.endswith("!"), nullable=text.endswith("?"))
