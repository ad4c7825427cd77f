from __future__ import annotations

import platform
import subprocess
import sys

import pytest

_KEPT = """
import sys
from pathlib import Path
from sync.memory import give_back_freed

def resident():
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024

if sys.argv[1] == "give back":
    give_back_freed()
before = resident()
answer = b"x" * (24 << 20)
del answer  # glibc now holds blocks of up to 24 MB for small
next_answer, small = b"x" * (16 << 20), b"x" * 1024
del next_answer
print(resident() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no such thresholds")
def test_what_a_long_answer_took_is_given_back_when_it_was_read() -> None:
    assert _kept("as it is") > 12 << 20, "else there is nothing to mend"
    assert _kept("give back") < 4 << 20


def _kept(manner: str) -> int:
    done = subprocess.run([sys.executable, "-c", _KEPT, manner], capture_output=True, text=True, check=True)  # noqa: S603  our own words
    return int(done.stdout)
