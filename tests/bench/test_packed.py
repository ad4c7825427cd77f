"""The benchmark of the pack, on a small cache: it makes the whole pack and tells what it took."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import packed
from bench.calls import NOON, TODAY
from bench.filled import fill
from bench.pack import _snapshots
from bench.syncing import new_cache


def test_a_small_pack_is_made_whole_and_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = new_cache(tmp_path)
    fill(engine, 2_000, TODAY, NOON)
    assert _snapshots(engine, 3) == 3 * 10_000
    engine.dispose()
    monkeypatch.setattr("sys.argv", ["bench.packed", str(tmp_path), "2026-10-01", "2026-10-31"])
    assert packed.main() == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found["steps"]) == {"data", "page", "workbook"}
    assert found["matched"] > 0
    assert found["peak"] > 0
