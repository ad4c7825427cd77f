"""Revision 0004: an index of the lines that shipped at no cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_FREE = sa.text("cost = 0")


def upgrade() -> None:
    columns = ["company", "source", "day"]
    op.create_index("ix_line_free", "line", columns, sqlite_where=_FREE, postgresql_where=_FREE)
