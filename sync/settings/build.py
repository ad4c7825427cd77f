"""Checked values to Settings: which value stands in which field."""

from __future__ import annotations

from pathlib import Path

from sync.settings.keys import CONTROLS
from sync.settings.reading import Reading
from sync.settings.shape import (
    AlertSettings,
    Cin7Settings,
    CompanySettings,
    LimitSettings,
    QboSettings,
    RoleSettings,
    Schedule,
    Secret,
    Settings,
    SlackSettings,
    SyncSettings,
)


def build(reading: Reading, config: Path, env_file: Path) -> Settings:
    """The settings of a reading without faults."""
    found = reading.found
    return Settings(
        config=config,
        env_file=env_file,
        database_url=found["DATABASE_URL"],
        secret_keys=tuple(Secret(key) for key in found.get("TIEOUT_SECRET_KEY", ())),
        cin7=Cin7Settings(
            found["CIN7_BASE_URL"], found.get("CIN7_ACCOUNT_ID", ""), _secret(reading, "CIN7_APPLICATION_KEY")
        ),
        qbo=_qbo(reading),
        slack=_slack(reading),
        host=found["HOST"],
        port=found["PORT"],
        heartbeat_url=_secret(reading, "HEARTBEAT_URL"),
        company=_company(reading),
        accounts=found.get("accounts", {}),
        controls={name: found[f"controls.{name}"] for name in CONTROLS if f"controls.{name}" in found},
        rounding=found["tolerance.rounding"],
        sales_posted_by=found["posting.sales"],
        patterns=found.get("matching.patterns") or (),
        sync=_sync(reading),
        limits=LimitSettings(
            found["limits.cin7_per_minute"], found["limits.qbo_per_minute"], found["limits.qbo_per_second"]
        ),
        roles=RoleSettings(found.get("roles.controller"), found.get("roles.operator"), found.get("roles.viewer")),
        alerts=_alerts(reading),
        schedules=_schedules(reading),
        shown=tuple(reading.shown),
    )


def _secret(reading: Reading, name: str) -> Secret:
    return Secret(reading.found.get(name, ""))


def _qbo(reading: Reading) -> QboSettings:
    found = reading.found
    return QboSettings(
        base_url=found["QBO_BASE_URL"],
        token_url=found["QBO_TOKEN_URL"],
        authorize_url=found["QBO_AUTHORIZE_URL"],
        redirect_uri=found["QBO_REDIRECT_URI"],
        client_id=found.get("QBO_CLIENT_ID", ""),
        client_secret=_secret(reading, "QBO_CLIENT_SECRET"),
        realm_id=found.get("QBO_REALM_ID", ""),
        refresh_token=_secret(reading, "QBO_REFRESH_TOKEN"),
        webhook_verifier=_secret(reading, "QBO_WEBHOOK_VERIFIER"),
    )


def _slack(reading: Reading) -> SlackSettings:
    return SlackSettings(
        bot_token=_secret(reading, "SLACK_BOT_TOKEN"),
        app_token=_secret(reading, "SLACK_APP_TOKEN"),
        signing_secret=_secret(reading, "SLACK_SIGNING_SECRET"),
        api_url=reading.found["SLACK_API_URL"],
        alerts=reading.found.get("slack.alerts", ""),
        reports=reading.found.get("slack.reports", ""),
    )


def _company(reading: Reading) -> CompanySettings:
    return CompanySettings(
        name=reading.found.get("company.name", ""),
        time_zone=reading.found.get("company.time_zone", ""),
        week_start=reading.found["company.week_start"],
        fiscal_year_start=reading.found["company.fiscal_year_start"],
    )


def _sync(reading: Reading) -> SyncSettings:
    return SyncSettings(
        every=reading.found["sync.every"],
        entities=reading.found.get("sync.entities", ()),
        lease=reading.found["sync.lease"],
        give_up_after=reading.found["sync.give_up_after"],
    )


def _alerts(reading: Reading) -> AlertSettings:
    return AlertSettings(
        remind_after=reading.found["alerts.remind_after"],
        escalate_after=reading.found["alerts.escalate_after"],
        escalate_to=reading.found.get("alerts.escalate_to", ""),
        late_after=reading.found["alerts.late_after"],
        finding_above=reading.found["alerts.finding_above"],
    )


def _schedules(reading: Reading) -> tuple[Schedule, ...]:
    return tuple(
        Schedule(*(reading.found[f"{label}: {part}"] for part in ("name", "report", "cron", "channel")))
        for label in reading.found["schedules"]
    )
