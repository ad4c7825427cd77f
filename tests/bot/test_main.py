"""The program as a process: exit status, streams, and signals."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bot.stopping import stopping


def tieout(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-m", "bot", *words], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )


def test_the_process_prints_one_document_and_ends_with_the_status(tmp_path: Path) -> None:
    done = tieout(tmp_path, "config", "--json", HOST="127.0.0.2")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["schema"] == "tieout/config/1"
    assert list(tmp_path.iterdir()) == []


def test_faults_of_settings_are_status_2_on_stderr(tmp_path: Path) -> None:
    done = tieout(tmp_path, "stock", PORT="http", DATABASE_URL="tieout.db")
    assert (done.returncode, done.stdout) == (2, "")
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["DATABASE_URL", "PORT"]


def test_a_letter_that_the_terminal_lacks_is_no_traceback(tmp_path: Path) -> None:
    done = tieout(tmp_path, "help", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "ENTITY?" in done.stdout


def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "help"], cwd=tmp_path, env={}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 0
    assert said == b""


def test_the_first_signal_asks_and_the_second_insists() -> None:
    before, cancel = signal.getsignal(signal.SIGINT), threading.Event()
    with stopping(cancel):
        signal.raise_signal(signal.SIGTERM)
        assert cancel.is_set()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_signals_are_left_alone_outside_the_main_thread() -> None:
    before = signal.getsignal(signal.SIGINT)
    seen: list[object] = []

    def work() -> None:
        with stopping(threading.Event()):
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]
