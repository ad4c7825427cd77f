"""The pages in docs/: generated ones are fresh, every link leads somewhere, and every command in them is run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.cli import find, parser_of
from bot.manifest import SCOPES
from reports.setup_help import page
from sync.sandbox.generate import build
from sync.sandbox.serve import Served, serve
from tests.bot.fake_slack import FakeSlack
from tests.bot.fake_slack_http import serve as serve_slack
from tests.bot.served import serving
from tests.conftest import missing

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(path.name for path in DOCS.glob("*.md"))
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.S | re.M)
_PATIENCE = 240
BASH = shutil.which("bash") or "/bin/bash"


def commands(name: str, language: str) -> list[str]:
    """The commands of a page's blocks of one language, in order."""
    text = (DOCS / name).read_text(encoding="utf-8")
    blocks = [block for kind, block in _BLOCK.findall(text) if kind == language]
    return [line.removeprefix("$ ") for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def test_the_page_of_checks_is_made_from_the_rules() -> None:
    told = "run: python3 -m uv run python -m reports.setup_help > docs/checks.md"
    assert (DOCS / "checks.md").read_text(encoding="utf-8") == page(), told


@pytest.mark.parametrize("name", PAGES)
def test_every_link_and_picture_of_a_page_is_there(name: str) -> None:
    links = re.findall(r"\]\((?!http)([\w/.-]+)\)", (DOCS / name).read_text(encoding="utf-8"))
    assert [link for link in links if not (DOCS / link).is_file()] == []


def test_every_picture_is_shown_and_small() -> None:
    shown = {link for name in PAGES for link in re.findall(r"\((pictures/[\w.-]+)\)", (DOCS / name).read_text())}
    kept = {f"pictures/{path.name}": path.stat().st_size for path in (DOCS / "pictures").iterdir()}
    assert shown == set(kept)
    assert max(kept.values()) < 100_000


def inline() -> list[str]:
    """Every `tieout …` within the text of the pages."""
    found = (re.findall(r"`(tieout [^`]+)`", _BLOCK.sub("", (DOCS / name).read_text())) for name in PAGES)
    return sorted({command for some in found for command in some})


@pytest.mark.parametrize("command", inline())
def test_every_command_in_the_text_is_one_that_the_program_has(command: str) -> None:
    _, name, *words = shlex.split(command)
    found = find(name)
    found.parse(parser_of(found).read(words))


@pytest.fixture(scope="module")
def vendors() -> Iterator[Served]:
    with serve(build(5, today=datetime.now(UTC).date(), months=3), limits=False) as served:
        yield served


@pytest.fixture(scope="module")
def slack() -> Iterator[FakeSlack]:
    made = FakeSlack(scopes=",".join(SCOPES))
    made.channels = {"C0ALERTS": {"name": "finance-alerts", "is_member": True}}
    with serve_slack(made):
        yield made


@pytest.fixture
def folder(vendors: Served, slack: FakeSlack, tmp_path: Path) -> Path:
    """A folder as a newcomer has it: keys in .env, `tieout` on the path, a browser that says yes at Intuit."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    own = {name: value for name, value in vendors.environ.items() if name not in ("QBO_REFRESH_TOKEN", "QBO_REALM_ID")}
    own |= {
        "TIEOUT_SECRET_KEY": Fernet.generate_key().decode(),
        "QBO_REDIRECT_URI": f"http://127.0.0.1:{port}/qbo/callback",
        "PORT": port,
        "SLACK_BOT_TOKEN": "xoxb-docs",
        "SLACK_SIGNING_SECRET": "signing-docs",
        "SLACK_API_URL": slack.api_url,
    }
    (tmp_path / ".env").write_text("".join(f"{name}='{value}'\n" for name, value in own.items()))
    programs = tmp_path / "bin"
    programs.mkdir()
    follow = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()"
    script(programs / "tieout", f'exec "{sys.executable}" -m bot "$@"')
    script(programs / "follow", f"""exec "{sys.executable}" -c '{follow}' "$1" """)
    return tmp_path


def script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


def environ(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
    path = f"{folder}/bin:{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {**kept, "PATH": path, "PYTHONPATH": str(ROOT), "BROWSER": f"{folder}/bin/follow %s", **more}


def ran(command: str, folder: Path, env: dict[str, str]) -> None:
    """Runs one command as it stands; fails with what it printed where it does not end well."""
    done = subprocess.run(  # noqa: S603  the project's own pages say what is run
        [BASH, "-c", command],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def typed(folder: Path, command: str, **more: str) -> None:
    ran(command, folder, environ(folder, **more))


def served(folder: Path) -> None:
    """`tieout serve` answers, and ends in good order."""
    with serving(folder, environ(folder)) as running:
        assert running.get("/healthz").status_code == running.get("/readyz").status_code == 200
        assert "Connect Tieout" in running.get("/connect").text
        assert running.end() < 10


def test_the_set_up_works_as_it_is_written(folder: Path) -> None:
    for command in commands("setup.md", "console"):
        if command == "tieout serve":
            served(folder)
        else:
            typed(folder, command)
    assert "QBO_REALM_ID" in (folder / ".env").read_text()


def test_operations_work_as_they_are_written(folder: Path) -> None:
    typed(folder, "tieout connect")
    typed(folder, "tieout sync")
    for command in commands("operations.md", "console"):
        typed(folder, command)
    assert (folder / "tieout-backup.db").is_file()


@pytest.mark.postgres
def test_a_dump_of_postgresql_comes_back(postgres_cluster: str, postgres_url: str, folder: Path) -> None:
    from tests.conftest import ask_postgres

    typed(folder, "tieout connect", DATABASE_URL=postgres_url)
    name = re.findall(r"@/(\w+)\?", postgres_url)[0]
    ask_postgres(postgres_cluster, f"CREATE DATABASE tieout TEMPLATE {name}")
    try:
        path = f"{_postgres_bin()}:{os.environ['PATH']}"
        for command in commands("operations.md", "postgresql"):
            typed(folder, command, PGHOST=postgres_cluster, PGUSER="postgres", PATH=path)
        restored = postgres_url.replace(f"/{name}?", "/restored?")
        typed(folder, "tieout config", DATABASE_URL=restored)
    finally:
        for each in ("tieout", "restored"):
            ask_postgres(postgres_cluster, f"DROP DATABASE IF EXISTS {each}")


def _postgres_bin() -> str:
    return str(max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("/usr/bin")))


def test_an_upgrade_works_as_it_is_written(tmp_path: Path) -> None:
    if not (ROOT / ".git").exists():
        missing("needs the repository's history (.git), which this copy does not have")
    # As in a shell of its own: neither the virtual environment of the tests nor its Python, which has no uv.
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"} | {"UV_LINK_MODE": "copy"}
    env["PATH"] = os.pathsep.join(
        each for each in env["PATH"].split(os.pathsep) if not Path(each, "../pyvenv.cfg").exists()
    )
    ran(f"git clone -q {shlex.quote(str(ROOT))} clone", tmp_path, env)
    for command in commands("operations.md", "upgrade"):
        ran(command, tmp_path / "clone", env)


def test_what_is_run_is_everything_that_is_written() -> None:
    kinds = {kind for name in PAGES for kind, block in _BLOCK.findall((DOCS / name).read_text()) if "$ " in block}
    assert kinds == {"console", "postgresql", "upgrade"}
    assert {name for name in PAGES if commands(name, "console")} == {"setup.md", "operations.md"}
