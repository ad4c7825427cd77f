"""The settings as the program uses them: frozen, exact, and with secrets that never print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from re import Pattern


class Secret:
    """A value that shows as *** wherever it is printed, logged or compared by eye; `reveal` gives it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "***" if self._value else "''"

    def __str__(self) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)


@dataclass(frozen=True, slots=True)
class Cin7Settings:
    base_url: str
    account_id: str
    application_key: Secret


@dataclass(frozen=True, slots=True)
class QboSettings:
    base_url: str
    token_url: str
    authorize_url: str
    redirect_uri: str
    client_id: str
    client_secret: Secret
    realm_id: str
    refresh_token: Secret
    webhook_verifier: Secret


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """Tokens and the channels (ids) that alerts and reports go to; "" where none is set."""

    bot_token: Secret
    app_token: Secret
    signing_secret: Secret
    api_url: str
    alerts: str
    reports: str


@dataclass(frozen=True, slots=True)
class CompanySettings:
    """`time_zone` is "" where Cin7's own is used; `fiscal_year_start` is (month, day)."""

    name: str
    time_zone: str
    week_start: str
    fiscal_year_start: tuple[int, int]


@dataclass(frozen=True, slots=True)
class SyncSettings:
    """Seconds; `every` is None where only a person starts a sync; `entities` empty means all of them."""

    every: int | None
    entities: tuple[str, ...]
    lease: int
    give_up_after: int


@dataclass(frozen=True, slots=True)
class LimitSettings:
    cin7_per_minute: int
    qbo_per_minute: int
    qbo_per_second: int


@dataclass(frozen=True, slots=True)
class RoleSettings:
    """Slack ids per role; None where the default stands (admins are controllers, members viewers)."""

    controller: tuple[str, ...] | None
    operator: tuple[str, ...] | None
    viewer: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Seconds, and the finding size (base currency) from which one is an alert; `late_after` 0 is off."""

    remind_after: int
    escalate_after: int
    escalate_to: str
    late_after: int
    finding_above: Decimal


@dataclass(frozen=True, slots=True)
class Schedule:
    name: str
    report: str
    cron: str
    channel: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One effective setting as `tieout config` shows it: secrets as ***, `source` where it came from."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, checked; `sync.settings.read` makes one from an environment and a folder."""

    config: Path
    env_file: Path
    database_url: str = field(repr=False)  # may carry a password
    secret_keys: tuple[Secret, ...]
    cin7: Cin7Settings
    qbo: QboSettings
    slack: SlackSettings
    host: str
    port: int
    heartbeat_url: Secret
    company: CompanySettings
    accounts: Mapping[str, str]
    controls: Mapping[str, tuple[str, ...]]
    rounding: int
    sales_posted_by: str
    patterns: tuple[Pattern[str], ...]
    sync: SyncSettings
    limits: LimitSettings
    roles: RoleSettings
    alerts: AlertSettings
    schedules: tuple[Schedule, ...]
    shown: tuple[Shown, ...] = field(default=(), repr=False)
