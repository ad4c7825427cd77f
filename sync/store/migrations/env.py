"""Runs the revisions on the connection that sync.store.db gives, inside its transaction."""

from alembic import context
from sqlmodel import SQLModel

import sync.store.bot_tables
import sync.store.memory_tables
import sync.store.run_tables
import sync.store.tables  # noqa: F401  importing them declares the tables that Alembic compares with

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transactional_ddl=True,  # true on SQLite too, because our transactions there begin by themselves
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
