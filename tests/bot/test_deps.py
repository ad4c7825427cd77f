"""What commands work with is what the settings say."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bot.deps import Deps
from bot.outside import Outside
from bot.replies import Reply
from reports.books import Config
from sync.settings import read
from tests.bot.outsides import Desk


def _no_other_command(_words: Sequence[str], _outside: Outside) -> Reply:
    raise AssertionError


def test_every_setting_that_decides_figures_reaches_the_reports(tmp_path: Path) -> None:
    (tmp_path / "tieout.toml").write_text(
        '[company]\ntime_zone = "Asia/Tokyo"\n[accounts]\n"500" = "80"\n[controls]\nclearing = ["660"]\n'
        '[tolerance]\nrounding = 3\n[posting]\nsales = "other"\n',
        encoding="utf-8",
    )
    outside = Desk(tmp_path).outside()
    with closing(Deps(read(outside.environ, tmp_path), outside, _no_other_command, {})) as deps:
        assert deps.config == Config({"500": "80"}, {"clearing": ("660",)}, "Asia/Tokyo", 3, sales_elsewhere=True)
