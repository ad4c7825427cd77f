"""`tieout serve` as a process of its own, beside a served practice company and a Slack: what a person would run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from cryptography.fernet import Fernet

from tests.bot.fake_slack import FakeSlack
from tests.bot.fake_slack_http import AppCaller

SECRET = "signing-secret-of-the-tests"
_PATIENCE = 120.0
PROMPTLY = 10.0  # seconds in which SIGTERM ends `serve`, as docs/operations.md says


@dataclass
class Served:
    """The process, its address, and everything that it has printed so far."""

    process: subprocess.Popen[str]
    address: str = ""
    lines: list[str] = field(default_factory=list)
    listening: threading.Event = field(default_factory=threading.Event)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.address}{path}", timeout=20, trust_env=False)

    def caller(self, slack: FakeSlack) -> AppCaller:
        return AppCaller(slack, f"{self.address}/slack/events", SECRET)

    def end(self, number: int = signal.SIGTERM) -> float:
        """Sends the signal; gives the seconds until the process has ended."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(_PATIENCE)
        return time.monotonic() - began

    @property
    def log(self) -> str:
        return "".join(self.lines)


def settings(folder: Path, slack_url: str, vendors: Mapping[str, str], **more: str) -> dict[str, str]:
    """The environment of a served Tieout in `folder`; its tieout.toml is the test's."""
    own = {
        "DATABASE_URL": f"sqlite:///{folder / 'tieout.db'}",
        "TIEOUT_SECRET_KEY": Fernet.generate_key().decode(),
        "SLACK_BOT_TOKEN": "xoxb-of-the-tests",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": slack_url,
        "PORT": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
    return {**kept, **vendors, **own, **more}


@contextmanager
def serving(folder: Path, environ: Mapping[str, str]) -> Iterator[Served]:
    """The running process, once it listens; killed at the end of the block where it still runs."""
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve"],
        cwd=folder,
        env={**environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    served = Served(process)
    reader = threading.Thread(target=_read, args=(served,), daemon=True)
    reader.start()
    try:
        assert served.listening.wait(_PATIENCE), served.log
        assert served.address, served.log
        yield served
    finally:
        process.kill()
        process.wait(_PATIENCE)
        reader.join(_PATIENCE)


def _read(served: Served) -> None:
    assert served.process.stdout is not None
    with served.process.stdout as lines:
        for line in lines:
            served.lines.append(line)
            if "serves at " in line:
                served.address = line.split("serves at ")[1].split(",")[0]
                served.listening.set()
    served.listening.set()


def until(true: Callable[[], object], patience: float = _PATIENCE) -> None:
    """Returns as soon as it is true; fails where it does not become so."""
    pause, end = threading.Event(), time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, "it did not become so"
        pause.wait(0.02)
