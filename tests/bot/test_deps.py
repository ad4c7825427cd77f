"""What commands work with is what the settings say."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bot.deps import Deps
from bot.outside import Outside
from bot.replies import Reply
from reports.books import Config
from reports.pictures import Pictures
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


def test_a_browser_that_outlives_the_command_is_used_and_not_ended(tmp_path: Path) -> None:
    outside = Desk(tmp_path).outside()
    ended: list[str] = []

    class Warm(Pictures):
        def close(self) -> None:
            ended.append("closed")

    warm = Warm(environ={})
    with closing(Deps(read(outside.environ, tmp_path), outside, _no_other_command, {}, warm=warm)) as deps:
        assert deps.pictures is warm
    assert ended == []
    with closing(Deps(read(outside.environ, tmp_path), outside, _no_other_command, {})) as deps:
        assert deps.pictures is deps.pictures is not warm
