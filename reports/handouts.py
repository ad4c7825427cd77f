"""A report as files: pictures, the page and the workbook; what cannot be made is told and does not stop the rest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO

from reports import workbook
from reports.charts import CHARTS, Drawn, Missing, charts
from reports.links import Hosts
from reports.local import Local
from reports.pack import Pack
from reports.page import html
from reports.pictures import NoBrowser, NoPicture, Pictures

KINDS = ("png", "html", "xlsx")

Tell = Callable[[str], None]
Write = Callable[[IO[bytes]], None]


@dataclass(frozen=True, slots=True)
class Handout:
    """One file: `kind` is png, html or xlsx, `title` what it says first, `alt` all that a picture says, in words."""

    kind: str
    name: str
    title: str
    content: bytes = field(repr=False)
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that could not be made."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Handouts:
    """The files of one report, pictures first, in the order in which they are shown."""

    files: tuple[Handout, ...]
    failed: tuple[Failed, ...] = ()

    def of(self, kind: str) -> tuple[Handout, ...]:
        return tuple(each for each in self.files if each.kind == kind)

    @property
    def failure(self) -> str:
        """One line about what is missing and why; "" where nothing is."""
        by_reason: dict[str, list[str]] = {}
        for each in self.failed:
            by_reason.setdefault(each.reason, []).append(each.name)
        return "; ".join(f"Without {', '.join(names)}: {reason}" for reason, names in by_reason.items())


def handouts(
    report: str,
    pack: Pack,
    local: Local,
    pictures: Pictures,
    *,
    kinds: Collection[str] = KINDS,
    at: Hosts = Hosts(),  # noqa: B008  is immutable
    write: Write | None = None,
    tell: Tell = lambda _: None,
) -> Handouts:
    """The files of `report` (a key of CHARTS) about a pack.

    `write` writes the workbook (default: the weekly pack's); `tell` is told what is being made. `at` are the
    applications that links lead to.
    """
    made: list[Handout | Failed] = []
    if "png" in kinds:
        drawn, missing = charts(pack, local, CHARTS[report])
        made += _pictures(report, pack, drawn, missing, pictures, tell)
    if "html" in kinds:
        tell("the page")
        page = html(pack, local, CHARTS[report], at)
        made.append(Handout("html", f"{_stem(report, pack)}.html", "Interactive page", page))
    if "xlsx" in kinds:
        tell("the workbook")
        out = BytesIO()
        (write or (lambda stream: workbook.write(pack, stream, at)))(out)
        made.append(Handout("xlsx", f"{_stem(report, pack)}.xlsx", "Workbook", out.getvalue()))
    files = tuple(each for each in made if isinstance(each, Handout))
    return Handouts(files, tuple(each for each in made if isinstance(each, Failed)))


def _pictures(
    report: str, pack: Pack, drawn: Sequence[Drawn], missing: Sequence[Missing], pictures: Pictures, tell: Tell
) -> Iterator[Handout | Failed]:
    hopeless = ""
    for n, each in enumerate(drawn, start=1):
        name = f"{_stem(report, pack)}-{each.chart.name}.png"
        if hopeless:
            yield Failed(name, hopeless)
            continue
        tell(f"picture {n} of {len(drawn)}: {each.chart.name}")
        try:
            yield Handout("png", name, each.chart.title, pictures.png(each.figure()), each.chart.alt)
        except NoBrowser as error:  # the next picture would wait as long, in vain
            hopeless = str(error)
            yield Failed(name, hopeless)
        except NoPicture as error:
            yield Failed(name, str(error))
    for lacking in missing:
        yield Failed(f"{_stem(report, pack)}-{lacking.name}.png", lacking.reason)


def _stem(report: str, pack: Pack) -> str:
    period = pack.period
    days = str(period.start) if len(period) == 1 else f"{period.start}_{period.end}"
    return f"{report}-{days}"
