"""The revisions of the database, in order; Alembic runs them."""
