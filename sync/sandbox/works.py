"""The inside of a practice company: its business, its integration, and what brings both sets of books up to date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sync.sandbox.books import World
from sync.sandbox.cin7_side import Cin7Side
from sync.sandbox.company import Company
from sync.sandbox.integration import Integration
from sync.sandbox.trading import trade
from sync.sandbox.truth import tell


@dataclass(eq=False)
class Works:
    """What stands behind a world's books; who changes it calls `publish` to let the servers show it."""

    world: World
    company: Company
    cin7: Cin7Side
    integration: Integration

    def publish(self) -> None:
        """Brings both sets of books and the truth to the state of the business."""
        self.cin7.publish()
        self.integration.publish()
        tell(self.company, self.integration, self.world.truth)
        self.world.today = self.company.today

    def trade_on(self, days: int) -> None:
        trade(self.company, days)
        self.publish()

    def rest(self, days: int = 1) -> None:
        """Lets days pass on which nobody works: what is saved next bears a later stamp; what was due waits."""
        self.company.today += timedelta(days)
        self.publish()
