"""Revision 0006: an index of stock movements by the number of their document."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_movement_number", "movement", ["company", "number"])
