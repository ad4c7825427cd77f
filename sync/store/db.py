"""Opens the database of the cache, brings it to the newest revision, and gives sessions that read or write."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlmodel import Session

from sync.errors import AppError, SettingsError

# The newest revision in migrations/versions; a test holds it to that.
HEAD = "0006"

_LOCK_WAIT = 30.0  # seconds that one writer waits for another
_CONNECT_WAIT = 10  # seconds for PostgreSQL to accept a connection
_CACHE_KIB = 4096  # of each connection: holds the inner pages of the postings' indexes, so that bulk writes stay fast
_MIGRATION_LOCK = 0x7469656F7574  # "tieout": the advisory lock of migrations on PostgreSQL
_FORMS = "use sqlite:///tieout.db or postgresql+psycopg://user:password@host/name"


def open_database(url: str) -> Engine:
    """The engine of `url`: `sqlite:///file` or `postgresql+psycopg://...`; the database is asked once.

    A new SQLite file is made with mode 0600, and kept in WAL mode. Raises SettingsError, which never shows
    the password, when the address is malformed, of another kind, or does not lead to a usable database.
    """
    parsed = _parse(url)
    shown = parsed.render_as_string(hide_password=True)
    # The newest given back is taken first, so that few connections fill their caches.
    options: dict[str, Any] = {"hide_parameters": True, "pool_size": 4, "max_overflow": 26, "pool_use_lifo": True}
    if parsed.drivername == "sqlite":
        _create_file(parsed)
        engine = create_engine(parsed, connect_args={"timeout": _LOCK_WAIT, "isolation_level": None}, **options)
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
    else:
        engine = create_engine(parsed, connect_args={"connect_timeout": _CONNECT_WAIT}, pool_pre_ping=True, **options)
    try:
        with engine.connect() as connection:
            _check(connection, shown)
    except DBAPIError as error:
        engine.dispose()
        raise SettingsError([f"DATABASE_URL: {shown} cannot be used ({_reason(error)})"]) from None
    return engine


def migrate(engine: Engine) -> None:
    """Brings the tables to revision HEAD, in one transaction; processes that start at once wait for each other.

    Raises SettingsError when a newer Tieout has written the database.
    """
    with engine.connect() as connection:
        if _revision(connection) == HEAD:
            return
    with engine.connect().execution_options(tieout_begin="IMMEDIATE") as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        if _revision(connection) != HEAD:
            _upgrade(connection)


@contextmanager
def writing(engine: Engine, *, durable: bool = False) -> Iterator[Session]:
    """A session that writes: committed at the end, rolled back on any error.

    On SQLite the one write lock of the file is taken at the first statement and held to the end: fetch
    before, never inside, for a call to a vendor is itself logged in this database. `durable` makes the
    commit survive a loss of power, at the price of a disk flush.
    """
    begin = engine.execution_options(tieout_begin="IMMEDIATE", tieout_durable=durable)
    with _in_words(), Session(begin, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads, all of it from one state of the database; a write in it is an error."""
    reader = engine.execution_options(tieout_begin="READ")
    # What was read stays readable when the session has ended.
    with _in_words(), Session(reader, expire_on_commit=False) as session, session.begin():
        if engine.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        yield session


@contextmanager
def _in_words() -> Iterator[None]:
    """A database that is locked, full or gone is told in a sentence; faults of our own statements stay as they are."""
    try:
        yield
    except OperationalError as error:
        raise AppError(f"The cache (DATABASE_URL) could not be used: {_reason(error)}") from error


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url.strip())
    except ArgumentError:
        # The text itself may hold a password, so it is not shown.
        raise SettingsError([f"DATABASE_URL is not a database address: {_FORMS}"]) from None
    if parsed.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        if not parsed.database:
            raise SettingsError([f"DATABASE_URL names no database: {_FORMS}"])
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise SettingsError([f"DATABASE_URL: {parsed.drivername} databases are not supported: {_FORMS}"])
    if not parsed.database or parsed.database == ":memory:" or parsed.database.startswith("file:"):
        raise SettingsError([f"DATABASE_URL must name a file that stays: {_FORMS}"])
    return parsed.set(drivername="sqlite")


def _create_file(url: URL) -> None:
    """Makes the file before SQLite does, so that nobody else can read it; SQLite gives -wal and -shm the same mode."""
    path = Path(url.database or "")
    if not path.parent.is_dir():
        raise SettingsError([f"DATABASE_URL: there is no folder {path.parent.absolute()}: make it first"])
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise SettingsError([f"DATABASE_URL: {path} cannot be opened ({error.strerror})"]) from None


def _configure(connection: DBAPIConnection, record: Any) -> None:
    cursor = connection.cursor()
    # Asking needs no lock, setting does: only the first process of a new file sets it.
    if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
    cursor.close()
    record.info["state"] = (False, False)


def _begin(connection: Connection) -> None:
    """Starts SQLite's transaction: a writer takes the lock at once, or it would die after a read in between."""
    options = connection.get_execution_options()
    begin = options.get("tieout_begin", "DEFERRED")
    wanted = (begin == "READ", bool(options.get("tieout_durable")))
    if connection.info.get("state") != wanted:
        connection.exec_driver_sql(f"PRAGMA query_only={int(wanted[0])}")
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if wanted[1] else 'NORMAL'}")
        connection.info["state"] = wanted
    connection.exec_driver_sql("BEGIN IMMEDIATE" if begin == "IMMEDIATE" else "BEGIN")


def _check(connection: Connection, shown: str) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()
        return
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        raise SettingsError([f"DATABASE_URL: {shown} has the encoding {encoding}: make it with ENCODING 'UTF8'"])


def _reason(error: DBAPIError) -> str:
    """The driver's own words on one line; psycopg's speak of host, user and database, never of the password."""
    if isinstance(error.orig, sqlite3.DatabaseError) and "not a database" in str(error.orig):
        return "the file is not a SQLite database"
    return " ".join(str(error.orig).split())


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection) -> None:
    # Imported here because a current database, the usual case, needs none of it (0.1 s).
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    found = _revision(connection)
    if found is not None and found not in known:
        raise SettingsError(
            [f"DATABASE_URL: a newer Tieout has written this database (revision {found}): update Tieout"]
        )
    command.upgrade(config, "head")
