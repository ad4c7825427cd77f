"""`tieout report`: a report as files, namely charts as PNG, one interactive page, and a workbook."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot import packs
from bot.deps import Deps
from bot.progress import stages
from bot.replies import DONE, FAILED, Reply
from bot.words import Parser, choice
from reports.books import ages, period_json
from reports.layout import age_lines
from sync.errors import UserError

if TYPE_CHECKING:
    from reports.handouts import Handout, Handouts

REPORTS = tuple(packs.DEFAULT_PERIODS)


@dataclass(frozen=True, slots=True)
class Request:
    """`report` is one of REPORTS, `period` in the words of the person, `folder` where the files go."""

    report: str
    period: str
    folder: str


def arguments(parser: Parser) -> None:
    parser.add_argument("report", nargs="?", metavar="REPORT", help=", ".join(REPORTS))
    parser.add_argument(
        "period", nargs="*", metavar="PERIOD", help="like 2026-W03; default: last-week, or last-month for a month's"
    )
    parser.add_argument("--output", metavar="DIR", help="the folder that gets the files; made where it is not there")


def parse(args: argparse.Namespace) -> Request:
    if not args.report:
        raise UserError(f"Say which: tieout report {'|'.join(REPORTS)} [PERIOD] --output DIR")
    report = choice(args.report, REPORTS, "The report")
    if not args.output:
        raise UserError(f"Say where to: tieout report {report} --output DIR")
    return Request(report, " ".join(args.period) or packs.DEFAULT_PERIODS[report], args.output)


def run(request: Request, deps: Deps) -> Reply:
    folder = _folder(deps.outside.folder / Path(request.folder).expanduser())
    with stages(deps.outside.stderr) as tell:
        tell("the tie-out")
        made = packs.made(deps, request.period, request.report)
        found = packs.files(deps, request.report, made, ("png", "html", "xlsx"), tell)
        paths = [_written(folder, each) for each in found.files]
    document = {
        "schema": "tieout/report/1",
        "period": period_json(made.pack.period),
        "files": [
            {"kind": each.kind, "name": each.name, "path": str(path)}
            for each, path in zip(found.files, paths, strict=True)
        ],
        "failed": [{"name": each.name, "reason": each.reason} for each in found.failed],
        **ages(made.pack.as_of, made.pack.incomplete),
    }
    return Reply(_text(request.report, made, found, paths), document, FAILED if found.failed else DONE)


def _text(report: str, made: packs.Made, found: Handouts, paths: Sequence[Path]) -> str:
    from reports.charts import CHARTS, charts
    from reports.headline import headline

    told = headline(made.pack, made.local)
    lines: Sequence[str] = told.lines
    if report in ("cogs", "stock"):  # a part of the pack says what its charts find
        lines = [f"{each.chart.title}." for each in charts(made.pack, made.local, CHARTS[report])[0]]
    files = [f"  {path}" for path in paths]
    failure = [f"{found.failure}."] if found.failure else []
    ages_ = age_lines(made.pack.as_of, made.pack.incomplete)
    return "\n".join([told.title, *lines, "", f"{len(files)} files:", *files, *failure, "", *ages_])


def _folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder} cannot be used ({error.strerror}); name a folder you may write") from None
    return folder.resolve()


def _written(folder: Path, each: Handout) -> Path:
    """Writes a file whole or not at all; an earlier one of that name stays until the new one is there."""
    path = folder / each.name
    try:
        handle, name = tempfile.mkstemp(prefix=f".{each.name}-", dir=folder)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(each.content)
            os.chmod(name, 0o644)
            os.replace(name, path)
        except OSError:
            with suppress(FileNotFoundError):
                os.unlink(name)
            raise
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}); name a folder you may write") from None
    return path
