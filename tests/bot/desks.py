"""What tests of the bot's engine room share: a clock that only the test moves, an open pace, and a company."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import select

from bot.outbox import Outbox
from bot.outbox_ports import Allowance
from bot.slack import Slack
from sync.domain.letters import Enclosure, Letter
from sync.store.bot_tables import OutboxRow
from sync.store.db import reading, writing
from sync.store.outbox import StoredOutbox
from sync.store.writes import save_company
from tests.bot.fake_slack import FakeSlack

HOURS = timedelta(hours=1)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Seconds since 1970; stands still until it is moved."""

    at: float = MONDAY.timestamp()

    def __call__(self) -> float:
        return self.at

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)


@dataclass
class OpenPace:
    """Lets every call through at once; keeps the pauses that Slack asked for."""

    clock: Clock
    until: dict[str, float] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def claim(self, limits: Sequence[Allowance], now: float) -> float:
        self.asked += [limit.bucket for limit in limits]
        return max(0.0, *(self.until.get(limit.bucket, 0.0) - now for limit in limits))

    def pause(self, bucket: str, until: float) -> None:
        self.until[bucket] = max(until, self.until.get(bucket, 0.0))


@dataclass
class Desk:
    """An outbox over a real database and a real connection to the small Slack; `patience`: seconds to wait for it."""

    engine: Engine
    slack: FakeSlack
    clock: Clock = field(default_factory=Clock)
    patience: int = 30

    def __post_init__(self) -> None:
        self.slack.clock = self.clock
        self.company = company_of(self.engine)
        self.box = StoredOutbox(self.engine, self.company)
        self.pace = OpenPace(self.clock)
        self.api = Slack("xoxb-test", self.slack.api_url, timeout=self.patience)
        self.outbox = Outbox(self.box, self.api, self.pace, self.clock, sits=0.0)  # its clock stands still

    def run(self, seconds: float = 0.0, steps: int = 500) -> None:
        """Works until nothing is due for `seconds` more by the clock, which moves to each next due time."""
        end = self.clock.at + seconds
        for _ in range(steps):
            if self.outbox.step():
                continue
            later = [due for due in self._due() if due > self.clock.at]
            if not later or min(later) > end:
                break
            self.clock.at = min(later)
        self.clock.at = max(end, self.clock.at)

    def _due(self) -> list[float]:
        with reading(self.engine) as session:
            rows = session.exec(select(OutboxRow).where(OutboxRow.state == "due")).all()
        return [max(row.not_before, row.claimed_until) for row in rows]


def company_of(engine: Engine) -> int:
    """The one company of a test's cache."""
    with writing(engine) as session:
        return save_company(session, cin7_account="7f0e", qbo_realm="9130", currency="USD")


def letter(
    key: str = "report:1",
    text: str = "The week ties out",
    channel: str = "C0ALERTS",
    thread_of: str = "",
    repost: bool = True,
    pictures: Sequence[str] = (),
    files: Sequence[Enclosure] = (),
) -> Letter:
    """A letter with one section of its text, picture blocks, and metadata that names it."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    images = [{"type": "image", "alt_text": name, "slack_file": {"id": f"file:{name}"}} for name in pictures]
    return Letter(
        key=key,
        channel=channel,
        text=text,
        blocks=[section, *images],
        event="tieout_report",
        payload={"report": key, "period": "2026-W47", "channel": channel},
        identity=("report", "period"),
        thread_of=thread_of,
        repost=repost,
        enclosures=tuple(files),
    )
