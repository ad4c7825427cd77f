"""Databases of earlier revisions become the newest one with what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlmodel import SQLModel

import sync.store
from sync.store.db import HEAD, migrate, open_database

_NEW = {"audit", "closing_day", "finding", "former", "sighting", "sign_off"}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without tables."""
    sqlite = request.param == "sqlite"
    engine = open_database(f"sqlite:///{tmp_path}/old.db" if sqlite else request.getfixturevalue("postgres_url"))
    yield engine
    engine.dispose()


def _to(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(sync.store.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with engine.connect().execution_options(tieout_begin="IMMEDIATE") as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_the_first_revision_gets_the_memory_and_keeps_its_rows(empty: Engine) -> None:
    _to(empty, "0001")
    assert not _NEW & set(inspect(empty).get_table_names())
    with empty.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO company (id, cin7_account, qbo_realm, name, currency, time_zone, fiscal_year_start,"
                " qbo_name, qbo_currency, multi_currency) VALUES (1, 'a', 'b', 'Acme', 'USD', '', '', '', '', false)"
            )
        )
    migrate(empty)
    with empty.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
        assert connection.execute(text("SELECT name FROM company")).scalars().all() == ["Acme"]
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
