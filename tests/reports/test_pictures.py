"""The warm browser: it draws, it dies and comes back, it is missing or too slow; and it says so."""

from __future__ import annotations

import os
import signal
import stat
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from reports.pictures import ADD_PICTURES, NoBrowser, NoPicture, Pictures, find_browser

FIGURE: dict[str, Any] = {
    "data": [{"type": "bar", "x": [1, 2], "y": [3, 4]}],
    "layout": {"width": 200, "height": 150, "title": {"text": "$1 and $2"}},
}


def size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.fixture(scope="module")
def pictures(browser: str) -> Iterator[Pictures]:
    with Pictures(environ={"BROWSER_PATH": browser}) as warm:
        yield warm


@pytest.mark.browser
def test_a_picture_is_a_png_at_twice_the_figure_s_size(pictures: Pictures) -> None:
    assert size(pictures.png(FIGURE)) == (400, 300)


@pytest.mark.browser
def test_many_threads_share_one_browser(pictures: Pictures) -> None:
    pictures.png(FIGURE)
    assert pictures._warm is not None
    before = pictures._warm._kaleido.subprocess.pid
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda _: pictures.png(FIGURE), range(6)))
    assert {size(png) for png in drawn} == {(400, 300)}
    assert pictures._warm._kaleido.subprocess.pid == before


@pytest.mark.browser
def test_a_browser_that_was_killed_is_begun_anew(pictures: Pictures) -> None:
    pictures.png(FIGURE)
    assert pictures._warm is not None
    dead = pictures._warm._kaleido.subprocess
    os.killpg(dead.pid, signal.SIGKILL)
    dead.wait(60)
    assert size(pictures.png(FIGURE)) == (400, 300)
    assert pictures._warm is not None
    assert pictures._warm._kaleido.subprocess.pid != dead.pid


@pytest.mark.browser
def test_a_figure_that_cannot_be_drawn_is_told_and_the_next_one_is_drawn(pictures: Pictures) -> None:
    with pytest.raises(NoPicture, match="could not draw it") as told:
        pictures.png({"data": [{"type": "no such chart", "x": object()}], "layout": {}})
    assert not isinstance(told.value, NoBrowser)
    assert size(pictures.png(FIGURE)) == (400, 300)


@pytest.mark.browser
def test_a_closed_browser_is_gone_and_a_later_picture_begins_another(browser: str) -> None:
    pictures = Pictures(environ={"BROWSER_PATH": browser})
    pictures.png(FIGURE)
    assert pictures._warm is not None
    process = pictures._warm._kaleido.subprocess
    pictures.close()
    assert process.wait(60) is not None
    with pictures:
        assert size(pictures.png(FIGURE)) == (400, 300)


def script(folder: Path, text: str) -> str:
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def gone(process: int) -> bool:
    """Whether a process has ended, though its parent may not have looked yet."""
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_browser_that_does_not_answer_is_given_up_after_the_limit_and_killed(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    silent = script(tmp_path, f"echo $$ > {mark}; exec sleep 600")
    with Pictures(limit=1.0, environ={"BROWSER_PATH": silent}) as pictures, pytest.raises(NoBrowser, match="2 seconds"):
        pictures.png(FIGURE)
    assert gone(int(mark.read_text()))


def test_a_browser_that_ends_at_once_is_told(tmp_path: Path) -> None:
    with (
        Pictures(limit=10.0, environ={"BROWSER_PATH": script(tmp_path, "exit 1")}) as pictures,
        pytest.raises(NoBrowser, match="does not start"),
    ):
        pictures.png(FIGURE)


def test_without_a_browser_the_message_names_the_command_that_adds_pictures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from choreographer.browsers.chromium import Chromium

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(Chromium, "find_browser", lambda **_: None)
    with pytest.raises(NoBrowser, match="no browser is installed") as told:
        find_browser({})
    assert ADD_PICTURES in str(told.value)


def test_a_headless_shell_is_found_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from choreographer.browsers.chromium import Chromium

    script(tmp_path, "").replace("browser", "x")
    shell = tmp_path / "chromium-headless-shell"
    (tmp_path / "browser").rename(shell)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(Chromium, "find_browser", lambda **_: None)
    assert find_browser({}) == str(shell)


def test_a_wrong_browser_path_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoBrowser, match="there is no browser at BROWSER_PATH=/nowhere"):
        find_browser({"BROWSER_PATH": "/nowhere"})
