"""The benchmark of the tie-out compares ways that see the same rows, and says what it found."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from bench import tieout
from bench.calls import NOON, TODAY
from bench.filled import fill
from bench.tied import WAYS


def test_every_way_sees_the_same_rows(sqlite_engine: Engine) -> None:
    fill(sqlite_engine, 2_000, TODAY, NOON)
    path = Path(str(sqlite_engine.url.database))
    rows = {way: WAYS[way](path) for way in WAYS}
    joined = {rows[way] for way in WAYS if way != "tieout"}
    assert len(joined) == 1
    assert rows["tieout"] > 0


def test_time_ratio_and_memory_are_told_beside_their_goals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tieout, "_ROUNDS", {200: 1})
    monkeypatch.setattr(tieout, "WAYS", {way: WAYS[way] for way in ("tieout", "python")})
    seconds, ratio, memory = list(tieout.measure())
    assert seconds.name == "tieout: 200 postings a side"
    assert ratio.goal is not None
    assert str(ratio.goal) == "<= 3.0"
    assert "python" in ratio.note
    assert memory.goal is not None
    assert memory.goal.bound == 1_500
