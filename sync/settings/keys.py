"""The tables of settings: every environment variable and every key of tieout.toml, with default, check and meaning."""

from __future__ import annotations

from dataclasses import dataclass

from sync.settings import values
from sync.settings.values import Check, several


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable; `default` "" means none. `group` is what `needs` asks for by name."""

    name: str
    default: str
    check: Check
    meaning: str
    secret: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of one section of tieout.toml; `default` None means none."""

    section: str
    name: str
    default: object
    check: Check
    meaning: str


_INTUIT = "the app's keys page at developer.intuit.com"
_CIN7 = "Cin7 Core: Integrations & API > API"

VARIABLES = (
    Variable("DATABASE_URL", "sqlite:///tieout.db", values.database_url, "the cache: SQLite or PostgreSQL"),
    Variable("TIEOUT_CONFIG", "tieout.toml", values.text, "business settings; optional"),
    Variable(
        "TIEOUT_SECRET_KEY",
        "",
        values.fernet_keys,
        "encrypts stored tokens; the first key writes, all read",
        True,
        "key",
    ),
    Variable("CIN7_BASE_URL", "https://inventory.dearsystems.com/ExternalApi/v2", values.base_url, "Cin7 Core's API"),
    Variable("CIN7_ACCOUNT_ID", "", values.word, _CIN7, group="cin7"),
    Variable("CIN7_APPLICATION_KEY", "", values.word, _CIN7, True, "cin7"),
    Variable("QBO_BASE_URL", "https://quickbooks.api.intuit.com", values.base_url, "QuickBooks Online's API"),
    Variable(
        "QBO_TOKEN_URL",
        "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
        values.base_url,
        "where Intuit gives tokens",
    ),
    Variable(
        "QBO_AUTHORIZE_URL", "https://appcenter.intuit.com/connect/oauth2", values.base_url, "where a person says yes"
    ),
    Variable(
        "QBO_REDIRECT_URI",
        "http://localhost:3000/qbo/callback",
        values.redirect_uri,
        "as registered with Intuit; production keys need https",
    ),
    Variable("QBO_CLIENT_ID", "", values.word, _INTUIT, group="app"),
    Variable("QBO_CLIENT_SECRET", "", values.word, _INTUIT, True, "app"),
    Variable("QBO_REALM_ID", "", values.path_word, "the company id; `tieout connect` finds it", group="realm"),
    Variable("QBO_REFRESH_TOKEN", "", values.word, "a first token, pasted; `tieout connect` makes it needless", True),
    Variable("QBO_WEBHOOK_VERIFIER", "", values.word, "for QuickBooks' webhooks", True),
    Variable(
        "SLACK_BOT_TOKEN",
        "",
        values.slack_token("xoxb-", "xapp-", "Bot User OAuth Token"),
        "the Slack app's bot token",
        True,
        "slack",
    ),
    Variable(
        "SLACK_APP_TOKEN",
        "",
        values.slack_token("xapp-", "xoxb-", "App-Level Token"),
        "present: Socket Mode; else signed HTTP",
        True,
    ),
    Variable("SLACK_SIGNING_SECRET", "", values.word, "checks Slack's signature in HTTP mode", True, "signing"),
    Variable("SLACK_API_URL", "https://slack.com/api/", values.slack_url, "Slack's Web API"),
    Variable("HOST", "127.0.0.1", values.word, "where `tieout serve` listens"),
    Variable("PORT", "3000", values.whole(0, 65535), "where `tieout serve` listens"),
    Variable("HEARTBEAT_URL", "", values.url, "called after each good sync", True),
)

CONTROLS = (
    "inventory",
    "in_transit",
    "work_in_progress",
    "accrued_purchases",
    "receivables",
    "payables",
    "revenue",
    "cogs",
    "inventory_adjustments",
    "tax",
    "clearing",
)

_channel = values.slack_id("CDG", '"C0123"')
_members = several(values.member)

KEYS = (
    Key("company", "name", None, values.text, "how answers name the company"),
    Key("company", "time_zone", None, values.time_zone, "default: Cin7's"),
    Key("company", "week_start", "monday", values.one_of(*values.WEEKDAYS), "first day of this-week and last-week"),
    Key("company", "fiscal_year_start", "01-01", values.month_day, "month and day"),
    Key("tolerance", "rounding", 1, values.whole(0), "minor units for each ledger row of a matched pair"),
    Key("matching", "patterns", None, several(values.pattern), "expressions whose group 1 is Cin7's number"),
    Key("posting", "sales", "cin7", values.one_of("cin7", "other"), "who posts revenue to QuickBooks"),
    Key("sync", "every", "1h", values.every, 'how often `tieout serve` syncs, or "manual"'),
    Key("sync", "entities", None, several(values.word), "the only entities to sync; default: all"),
    Key("sync", "lease", "60s", values.some_time, "a dead process's claim is free again after this long"),
    Key("sync", "give_up_after", "120s", values.some_time, "how long a source that does not answer is tried"),
    Key("limits", "cin7_per_minute", 60, values.whole(1, 60), "lower it to leave room for other apps"),
    Key("limits", "qbo_per_minute", 500, values.whole(1, 500), "lower it to leave room for other apps"),
    Key("limits", "qbo_per_second", 10, values.whole(1, 10), "lower it to leave room for other apps"),
    Key("slack", "alerts", None, _channel, "channel id for alerts"),
    Key("slack", "reports", None, _channel, "channel id for reports"),
    Key("roles", "controller", None, _members, "may also sign off; default: workspace admins"),
    Key("roles", "operator", None, _members, "may also sync, acknowledge, snooze and retry"),
    Key("roles", "viewer", None, _members, "may ask; default: every full member"),
    Key("alerts", "remind_after", "4h", values.some_time, "an open alert is mentioned again"),
    Key("alerts", "escalate_after", "24h", values.some_time, "an open alert goes to escalate_to"),
    Key("alerts", "escalate_to", None, values.slack_id("SUW", '"S0123"'), "a user group or a user"),
    Key("alerts", "late_after", "3h", values.duration, 'no good sync for so long is an alert; "0s": off'),
    Key("alerts", "finding_above", "1000.00", values.amount, "a new finding of this size is an alert"),
)

SCHEDULE_KEYS = (
    Key("schedule", "name", None, values.word, "its own name"),
    Key("schedule", "report", None, values.one_of("weekly", "month-end", "cogs", "stock"), "which report"),
    Key("schedule", "cron", None, values.cron, "five fields, company time zone"),
    Key("schedule", "channel", None, _channel, "channel id"),
)

# What a command may need, in the words of `needs`: groups of variables that must be set.
NEEDS = {
    "cin7": ("cin7",),
    "qbo": ("app", "realm", "key"),
    "connect": ("app", "key"),
    "slack": ("slack", "signing"),
}
