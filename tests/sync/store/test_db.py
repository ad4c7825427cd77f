"""Opening, bringing up to date and sharing the database."""

from __future__ import annotations

import multiprocessing
import os
import stat
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event, inspect, text
from sqlmodel import SQLModel

import sync.store
from sync.errors import AppError, SettingsError
from sync.store.db import HEAD, migrate, open_database, reading, writing
from sync.store.run_tables import Lease


def _lease(engine: Engine, name: str, holder: str = "a") -> None:
    with writing(engine) as session:
        session.add(Lease(name=name, holder=holder, until=1.0))


def _names(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return sorted(session.execute(text("SELECT name FROM lease")).scalars())


def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "tieout.db"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    modes = {name.name: stat.S_IMODE(name.stat().st_mode) for name in tmp_path.iterdir()}
    engine.dispose()
    assert modes == {"tieout.db": 0o600, "tieout.db-wal": 0o600, "tieout.db-shm": 0o600}


def test_sqlite_writes_ahead_waits_for_locks_and_checks_references(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        found = {
            pragma: connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
            for pragma in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 1, "busy_timeout": 30000, "foreign_keys": 1}


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("", "not a database address"),
        ("tieout.db", "not a database address"),
        ("mysql://user:secret-word@host/books", "mysql databases are not supported"),
        ("postgresql+asyncpg://user:secret-word@host/books", "not supported"),
        ("postgresql+psycopg://user:secret-word@host", "names no database"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("sqlite:///no/such/folder/tieout.db", "there is no folder"),
        ("postgresql+psycopg://user:secret-word@127.0.0.1:1/books", "cannot be used"),
        ("postgres://user:secret-word@127.0.0.1:1/books", "cannot be used"),
    ],
)
def test_an_unusable_address_is_named_without_its_password(
    url: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="DATABASE_URL") as caught:
        open_database(url)
    assert fault in str(caught.value)
    assert "secret-word" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are my notes, " * 100)
    with pytest.raises(SettingsError, match="not a SQLite database"):
        open_database(f"sqlite:///{path}")
    assert path.read_text().startswith("these are my notes")


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be opened"):
        open_database(f"sqlite:///{tmp_path}")


def test_the_revisions_lead_to_the_tables_as_they_are_declared(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_head_is_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(sync.store.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_bringing_a_current_database_up_to_date_imports_no_migration(engine: Engine) -> None:
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    migrate(engine)
    assert [statement for statement in statements if not statement.startswith(("SELECT", "PRAGMA", "BEGIN"))] == []


@pytest.mark.postgres
def test_an_empty_postgres_gets_all_tables(postgres_url: str) -> None:
    engine = open_database(postgres_url)
    migrate(engine)
    assert set(SQLModel.metadata.tables) <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_a_database_of_a_newer_program_is_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsError, match="newer Tieout"):
        migrate(engine)


def _open_and_migrate(url: str, barrier: threading.Barrier) -> None:
    barrier.wait()
    engine = open_database(url)
    migrate(engine)
    _lease(engine, f"process {os.getpid()}")
    engine.dispose()


def _start_at_once(url: str, processes: int) -> list[int | None]:
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(processes)
    started = [spawn.Process(target=_open_and_migrate, args=(url, barrier)) for _ in range(processes)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    return [process.exitcode for process in started]


def test_processes_that_start_at_once_on_a_new_file_all_come_up(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tieout.db'}"
    assert _start_at_once(url, 4) == [0, 0, 0, 0]
    engine = open_database(url)
    assert len(_names(engine)) == 4
    engine.dispose()


@pytest.mark.postgres
def test_processes_that_start_at_once_on_a_new_postgres_all_come_up(postgres_url: str) -> None:
    assert _start_at_once(postgres_url, 4) == [0, 0, 0, 0]
    engine = open_database(postgres_url)
    assert len(_names(engine)) == 4
    engine.dispose()


def test_a_failed_write_leaves_nothing(engine: Engine) -> None:
    def fail() -> None:
        with writing(engine) as session:
            session.add(Lease(name="x", holder="a", until=1.0))
            session.flush()
            raise KeyError("broken off")

    with pytest.raises(KeyError):
        fail()
    assert _names(engine) == []


def test_a_write_in_a_reading_session_is_refused(engine: Engine) -> None:
    def write() -> None:
        with reading(engine) as session:
            session.add(Lease(name="x", holder="a", until=1.0))
            session.flush()

    with pytest.raises(Exception, match=r"readonly|read-only"):
        write()
    _lease(engine, "y")
    assert _names(engine) == ["y"]


def test_a_reader_sees_one_state_while_others_write(engine: Engine) -> None:
    _lease(engine, "a")
    with reading(engine) as session:
        before = session.execute(text("SELECT count(*) FROM lease")).scalar()
        _lease(engine, "b")
        after = session.execute(text("SELECT count(*) FROM lease")).scalar()
    assert (before, after) == (1, 1)
    assert _names(engine) == ["a", "b"]


def test_writers_that_read_first_wait_for_each_other(engine: Engine) -> None:
    """A transaction that begins as a reader and turns to writing would end in "database is locked"."""
    _lease(engine, "count", "0")
    faults: list[BaseException] = []

    def count_up() -> None:
        try:
            for _ in range(20):
                with writing(engine) as session:
                    row = session.get(Lease, "count", with_for_update=True)
                    assert row is not None
                    row.holder = str(int(row.holder) + 1)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with reading(engine) as session:
        assert session.execute(text("SELECT holder FROM lease WHERE name = 'count'")).scalar() == "80"


def test_a_durable_write_flushes_and_the_next_one_need_not(sqlite_engine: Engine) -> None:
    def level(durable: bool) -> object:
        with writing(sqlite_engine, durable=durable) as session:
            return session.execute(text("PRAGMA synchronous")).scalar()

    assert [level(True), level(False), level(True)] == [2, 1, 2]


def test_a_database_that_fails_is_told_in_a_sentence(sqlite_engine: Engine) -> None:
    def fill() -> None:
        with writing(sqlite_engine) as session:
            session.execute(text("PRAGMA max_page_count = 1"))
            session.execute(text("CREATE TABLE filler AS SELECT randomblob(1000000) AS x"))

    with pytest.raises(AppError, match=r"The cache \(DATABASE_URL\) could not be used: .*full"):
        fill()
