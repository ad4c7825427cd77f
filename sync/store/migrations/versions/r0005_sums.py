"""Revision 0005: the index of lines by document holds what their sums are made of, and QuickBooks' lines no longer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_OF_DOCUMENT = sa.text("document <> ''")
_COLUMNS = "company source document kind id section account sku amount quantity"


def upgrade() -> None:
    op.drop_index("ix_line_document", "line")
    op.create_index(
        "ix_line_document", "line", _COLUMNS.split(), sqlite_where=_OF_DOCUMENT, postgresql_where=_OF_DOCUMENT
    )
