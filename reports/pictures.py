"""Draws figures as PNG with one warm browser, which any thread may use; a picture that fails says why, in time.

kaleido lives in one loop of its own here. Nothing is fetched: plotly.js is the package's own file, and MathJax, which
kaleido would load from the network, is off (it would also take "$1 and $2" for a formula).
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import threading
from collections.abc import Coroutine, Mapping
from concurrent.futures import TimeoutError as TooLate
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

log = logging.getLogger("tieout.pictures")

ADD_PICTURES = "sudo apt-get install -y --no-install-recommends chromium fonts-liberation"
SCALE = 2
# kaleido itself looks for Chrome, Chromium, Edge and Brave, and for what plotly_get_chrome brought; not for these.
_ALSO = ("chromium-headless-shell", "chrome-headless-shell", "headless_shell")
_BROWSER = "BROWSER_PATH"
_SLOW_START = 2  # times the limit, for a browser that begins on a busy machine
_PARTING = 5.0  # seconds that each step of an end may take


class NoPicture(Exception):
    """A picture could not be made; the message says why, and what to do."""


class NoBrowser(NoPicture):
    """There is no browser to draw with, or none that answers."""


def find_browser(environ: Mapping[str, str] = os.environ) -> str:
    """The browser to draw with: BROWSER_PATH, else what is installed; NoBrowser where there is none."""
    told = environ.get(_BROWSER, "")
    if told:
        if Path(told).is_file() and os.access(told, os.X_OK):
            return told
        raise NoBrowser(f"there is no browser at {_BROWSER}={told}; correct it, or run: {ADD_PICTURES}")
    from choreographer.browsers.chromium import Chromium

    found = Chromium.find_browser(skip_local=False) or next(filter(None, map(shutil.which, _ALSO)), None)
    if not found:
        raise NoBrowser(f"no browser is installed to draw with; pictures are added by: {ADD_PICTURES}")
    return str(found)


class Pictures:
    """One browser, begun with the first picture and kept warm until `close`; safe to use from many threads.

    `limit`: seconds that one picture may take; the browser's start may take twice as long.
    """

    def __init__(self, limit: float = 30.0, environ: Mapping[str, str] | None = None) -> None:
        self._limit = limit
        self._environ = os.environ if environ is None else environ
        self._lock = threading.Lock()
        self._warm: _Warm | None = None

    def __enter__(self) -> Pictures:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def png(self, figure: Mapping[str, Any]) -> bytes:
        """The PNG of a figure (plotly's JSON with layout.width and layout.height), at twice its size.

        A browser that died is begun anew, once. Raises NoPicture where there is no browser, where it does not answer
        in time (NoBrowser), or where it cannot draw the figure.
        """
        for last in (False, True):
            warm = self._running()
            try:
                return warm.png(figure, self._limit)
            except _Died as error:
                self._drop(warm)
                log.warning("the browser that draws pictures died: %s", error)
                if last:
                    raise NoBrowser(f"the browser died twice while drawing ({error})") from error
            except NoBrowser:
                self._drop(warm)
                raise
        raise AssertionError("the loop returns or raises")

    def close(self) -> None:
        """Ends the browser; a later picture begins a new one."""
        with self._lock:
            warm, self._warm = self._warm, None
        if warm:
            warm.end(polite=True)

    def _running(self) -> _Warm:
        with self._lock:
            if self._warm is None:
                self._warm = _Warm.begin(find_browser(self._environ), self._limit)
            return self._warm

    def _drop(self, warm: _Warm) -> None:
        """Ends a browser that is of no use any more; another thread may have begun a new one meanwhile."""
        with self._lock:
            if self._warm is warm:
                self._warm = None
        warm.end(polite=False)


class _Died(Exception):
    """The browser went away."""


class _Warm:
    """A browser and the loop in which kaleido speaks to it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="pictures", daemon=True)
        self._kaleido: Any = None

    @classmethod
    def begin(cls, browser: str, limit: float) -> _Warm:
        warm = cls()
        warm._thread.start()
        try:
            warm._wait(warm._open(browser, limit), limit * _SLOW_START)
        except _Died as error:
            warm.end(polite=False)
            raise NoBrowser(f"the browser {browser} does not start ({error})") from error
        except NoPicture:
            warm.end(polite=False)
            raise
        return warm

    def png(self, figure: Mapping[str, Any], limit: float) -> bytes:
        picture: bytes = self._wait(self._kaleido.calc_fig(dict(figure), opts={"format": "png", "scale": SCALE}), limit)
        return picture

    async def _open(self, browser: str, limit: float) -> None:
        from kaleido import Kaleido

        self._kaleido = Kaleido(n=1, timeout=limit, mathjax=False, path=browser)
        await self._kaleido.open()

    def _wait(self, work: Coroutine[Any, Any, Any], limit: float) -> Any:
        from choreographer.errors import BrowserClosedError, BrowserFailedError, ChannelClosedError

        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(limit)
        except (TooLate, TimeoutError):
            future.cancel()
            raise NoBrowser(f"the browser did not answer within {limit:g} seconds") from None
        except (BrowserClosedError, BrowserFailedError, ChannelClosedError, BrokenPipeError) as error:
            raise _Died(type(error).__name__) from error
        except Exception as error:
            log.warning("a picture failed", exc_info=error)
            raise NoPicture(f"the browser could not draw it ({type(error).__name__})") from error

    def end(self, *, polite: bool) -> None:
        """Closes the browser, or kills it and all that it started; then its loop."""
        if polite and self._kaleido is not None:
            with suppress(NoPicture, _Died):
                self._wait(self._kaleido.close(), _PARTING)
        process = getattr(self._kaleido, "subprocess", None)
        if process is not None and process.poll() is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # choreographer gives it a session of its own
            process.wait(_PARTING)
        with suppress(NoPicture, _Died):
            self._wait(_cancel_others(), _PARTING)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PARTING)
        if not self._thread.is_alive():
            self._loop.close()


async def _cancel_others() -> None:
    """Ends what still waits in this loop, so that nothing is left half done."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
