"""Has the C library give large blocks back when they are freed, so that one long answer does not stay in memory."""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # glibc's malloc.h
_LARGE = 1 << 20


def give_back_freed() -> None:
    """Fixes glibc's thresholds for this process; does nothing where the C library is another.

    By itself glibc raises them to the largest block freed so far (mallopt(3)): after one answer of 20 MB each
    thread may keep up to 40 MB that it has no use for. Measured, that was a fifth of a long first sync's peak.
    """
    if sys.platform != "linux":
        return
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_MMAP_THRESHOLD, _LARGE)
        set_option(_TRIM_THRESHOLD, 2 * _LARGE)
