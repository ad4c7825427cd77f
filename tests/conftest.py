"""What tests share: both databases, the recorded payloads, an empty environment, and no way out of this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from reports.pictures import NoBrowser, find_browser
from sync.store.db import migrate, open_database

# A property test of the store rolls back after each example, so that its database may serve them all.
settings.register_profile("tieout", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.load_profile("tieout")

_OURS = ("TIEOUT_", "CIN7_", "QBO_", "SLACK_")
_ALSO_OURS = ("DATABASE_URL", "HEARTBEAT_URL", "HOST", "PORT")
_STRICT = os.environ.get("CI") == "true"
_SAMPLES = os.environ.get("TIEOUT_SAMPLES") or str(Path(__file__).parents[2] / "shared" / "reference" / "samples")
_LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person who runs the tests reaches them."""
    for name in list(os.environ):
        if name.startswith(_OURS) or name in _ALSO_OURS:
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections leave for loopback and for files only."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guard(host: object) -> None:
        name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
        if not name.startswith(_LOOPBACK):
            raise RuntimeError(f"a test tried to reach {name}")

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            guard(address[0])
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        if self.family != socket.AF_UNIX:
            guard(address[0])
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *more: Any, **named: Any) -> Any:
        guard(host)
        return look_up(host, *more, **named)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of the recorded payloads; the tests that read it are marked `samples`."""
    folder = Path(_SAMPLES)
    if not folder.is_dir():
        missing("needs the recorded payloads: name their folder in TIEOUT_SAMPLES")
    return folder


@pytest.fixture(scope="session")
def browser() -> str:
    """The browser that draws pictures and shows pages; the tests that need it are marked `browser`."""
    try:
        return find_browser()
    except NoBrowser as error:
        missing(f"needs Chromium: {error}")
        return ""


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "tieout.db"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite_engine(_sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """A SQLite cache of its own with all tables, empty."""
    path = tmp_path / "tieout.db"
    shutil.copy(_sqlite_template, path)
    engine = open_database(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[str]:
    """The folder of the socket of a PostgreSQL server of our own, which ends with the tests."""
    found = shutil.which("initdb") or next(
        map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))[::-1]), None
    )
    if found is None:
        missing("needs PostgreSQL: install the package postgresql")
    # Not under pytest's own folder, which the server's user may not enter when we are root.
    folder, tools = Path(tempfile.mkdtemp(prefix="tieout-pg-")), Path(found or "").parent
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_postgres:
        shutil.chown(folder, "postgres")

    def run(tool: str, *arguments: str) -> None:
        # A server inherits its starter's output: to a file, or we would wait for its end to read to the end.
        with (folder.parent / f"{folder.name}.log").open("ab") as log:
            subprocess.run([*as_postgres, str(tools / tool), *arguments], check=True, stdout=log, stderr=log, cwd="/")  # noqa: S603  our own words

    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=200"
    run("initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    run("pg_ctl", "-D", str(folder / "data"), "-w", "-o", options, "start")
    try:
        yield str(folder)
    finally:
        run("pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)
        (folder.parent / f"{folder.name}.log").unlink(missing_ok=True)


@pytest.fixture(scope="session")
def _postgres_template(postgres_cluster: str) -> str:
    ask_postgres(postgres_cluster, "CREATE DATABASE template_tieout")
    engine = open_database(_address(postgres_cluster, "template_tieout"))
    migrate(engine)
    engine.dispose()
    return "template_tieout"


@pytest.fixture
def postgres_url(postgres_cluster: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database without tables."""
    yield from _database(postgres_cluster, "template0")


@pytest.fixture
def postgres_engine(postgres_cluster: str, _postgres_template: str) -> Iterator[Engine]:
    """A PostgreSQL cache of its own with all tables, empty."""
    for url in _database(postgres_cluster, _postgres_template):
        engine = open_database(url)
        yield engine
        engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A cache with all tables, empty: the test runs on SQLite and on PostgreSQL."""
    found = request.getfixturevalue(f"{request.param}_engine")
    assert isinstance(found, Engine)
    return found


def _database(cluster: str, template: str) -> Iterator[str]:
    name = f"t{uuid.uuid4().hex}"
    ask_postgres(cluster, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _address(cluster, name)
    ask_postgres(cluster, f"DROP DATABASE {name} WITH (FORCE)")


def _address(cluster: str, name: str) -> str:
    return f"postgresql+psycopg://postgres@/{name}?host={cluster}"


def ask_postgres(cluster: str, statement: str) -> None:
    """Runs a statement on the cluster's own database."""
    with psycopg.connect(host=cluster, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(statement.encode())


def missing(reason: str) -> None:
    """A machine without it skips; the one that decides on a change must have it."""
    if _STRICT:
        pytest.fail(reason)
    pytest.skip(reason)
