"""Processes that are killed in the middle of sending: `python -m tests.bot.outbox_process DATABASE API_URL`.

For each step N a child puts a letter with a file, changes it, and sends it; before its N-th call of the store or of
Slack, which is after the one before, it is killed. The next child, whose clock is later, sends what is left. In the
end the counts of letters are printed as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from bot.outbox import Outbox
from bot.slack import Slack
from sync.domain.letters import Enclosure
from sync.store.db import migrate, open_database
from sync.store.outbox import StoredOutbox
from tests.bot.desks import Clock, OpenPace, company_of, letter

_LATER = 100.0  # seconds between two lives: any claim is over by then
_MOST = 60  # calls that sending one letter can take at most


class Mortal:
    """Stands before the store or Slack, and kills the process at one call of all of them together."""

    def __init__(self, inner: object, steps: Callable[[], bool]) -> None:
        self._inner = inner
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._inner, name)

        def call(*args: Any, **named: Any) -> Any:
            if self._steps():
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **named)

        return call


def send(database: str, url: str, number: int, clock: Clock, die_at: int) -> None:
    """One life: sends all that is due; dies at the call `die_at`, never where that is negative."""
    engine = open_database(f"sqlite:///{database}")
    count = iter(range(10_000))
    box = StoredOutbox(engine, company_of(engine))

    def steps() -> bool:
        return next(count) == die_at

    mortal_box: Any = Mortal(box, steps)
    mortal_slack: Any = Mortal(Slack("xoxb-test", url, timeout=30), steps)
    outbox = Outbox(mortal_box, mortal_slack, OpenPace(clock), clock)
    if number >= 0:
        file = Enclosure("week.xlsx", "The week", b"figures")
        outbox.put(letter(f"report:{number}", "first", files=[file]))
        while outbox.step():
            pass
        outbox.put(letter(f"report:{number}", "second", files=[file]))
    for _ in range(4):
        while outbox.step():
            pass
        clock.at += 35


def child(work: Callable[[], None]) -> bool:
    """Runs `work` in a process of its own; True when that was killed."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def main(database: str, url: str) -> None:
    engine = open_database(f"sqlite:///{database}")
    migrate(engine)
    engine.dispose()
    letters, killed = 0, 0
    for number in range(_MOST):
        # Slack dates messages by its own clock, which is the real one here: ours may not run too far ahead.
        letters, clock = letters + 1, Clock(time.time())
        died = child(partial(send, database, url, number, clock, number))
        clock.at += _LATER
        # What was cut off before its second put is put again, as the caller of a killed process would.
        child(partial(send, database, url, number, clock, -1))
        killed += died
        if not died:
            break
    engine = open_database(f"sqlite:///{database}")
    counts = StoredOutbox(engine, company_of(engine)).counts()
    print(json.dumps({"letters": letters, "killed": killed, "counts": counts}))  # noqa: T201  what it is for


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
