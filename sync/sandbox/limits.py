"""Call limits as the vendors keep them: so many calls in any window of so many seconds."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping

Window = tuple[int, float]


class Limits:
    """Sliding windows by name; each is (calls, seconds). Refused calls do not count."""

    def __init__(self, windows: Mapping[str, tuple[Window, ...]], clock: Callable[[], float]) -> None:
        self._clock = clock
        self._windows = windows
        self._admitted: dict[str, deque[float]] = {name: deque() for name in windows}
        self._lock = threading.Lock()

    def admit(self, *names: str) -> bool:
        """Counts a call in all the named windows, or in none of them where one is full; unknown names have no limit."""
        known = [name for name in names if name in self._windows]
        with self._lock:
            now = self._clock()
            if any(self._full(name, now) for name in known):
                return False
            for name in known:
                self._admitted[name].append(now)
            return True

    def _full(self, name: str, now: float) -> bool:
        admitted = self._admitted[name]
        longest = max(seconds for _, seconds in self._windows[name])
        while admitted and now - admitted[0] >= longest:
            admitted.popleft()
        return any(
            len(admitted) >= calls and now - admitted[-calls] < seconds for calls, seconds in self._windows[name]
        )
