"""`python -m bench.packed FOLDER START END [pictures]`: one pack of the cache in FOLDER, what it took on stdout."""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import kaleido
import plotly.graph_objects as go

from bench.calls import NOON, TODAY
from bench.synced import peak
from reports import answers, workbook
from reports.books import Config
from reports.charts import CHARTS, charts
from reports.local import local
from reports.page import html
from reports.pictures import SCALE, Pictures, find_browser
from sync.domain.period import Period
from sync.store.db import open_database, reading

_TIMES, _WARM = 15, 2


def main() -> int:
    folder, start, end, *more = sys.argv[1:]
    engine = open_database(f"sqlite:///{Path(folder) / 'bench.db'}")
    period = Period(date.fromisoformat(start), date.fromisoformat(end))
    steps: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        began = time.monotonic()
        found = work()
        steps[name] = time.monotonic() - began
        return found

    with reading(engine) as session:
        pack = timed("data", lambda: answers.weekly(session, 1, period, Config(), today=TODAY, now=NOON))
    if pack.incomplete:
        raise RuntimeError(f"the pack is not complete: {pack.incomplete[0]}")
    told = local(pack.books.company)
    page = timed("page", lambda: html(pack, told, CHARTS["weekly"]))
    out = io.BytesIO()
    timed("workbook", lambda: workbook.write(pack, out))
    found: dict[str, Any] = {
        "steps": steps,
        "seconds": sum(steps.values()),
        "cpu": time.process_time(),
        "peak": peak(),
        "html": len(page),
        "xlsx": len(out.getvalue()),
        "matched": sum(control.matched or 0 for control in pack.tied.controls),
    }
    if more:
        found["pictures"] = _pictures([each.figure() for each in charts(pack, told, CHARTS["weekly"])[0]])
    print(json.dumps(found))
    return 0


def _pictures(figures: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Seconds of a cold first picture, and of warm ones: ours and plotly's own, in turn, each with a warm browser."""
    bare = [go.Figure(figure) for figure in figures]
    with Pictures() as pictures:
        began = time.perf_counter()
        pictures.png(figures[0])
        cold = time.perf_counter() - began
        kaleido.start_sync_server(n=1, path=find_browser(), mathjax=False, silence_warnings=True)
        try:
            ours, theirs = [], []
            for n in range(_WARM + _TIMES):
                for figure, same in zip(figures, bare, strict=True):
                    first = time.perf_counter()
                    pictures.png(figure)
                    second = time.perf_counter()
                    same.write_image(io.BytesIO(), format="png", scale=SCALE)
                    third = time.perf_counter()
                    if n >= _WARM:
                        ours.append(second - first)
                        theirs.append(third - second)
        finally:
            kaleido.stop_sync_server()
    return {"cold": cold, "warm": median(ours), "bare": median(theirs), "count": len(figures), "times": _TIMES}


if __name__ == "__main__":
    sys.exit(main())
