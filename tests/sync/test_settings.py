"""Settings: every variable and key, every fault at once, and no secret in any text."""

from __future__ import annotations

import base64
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import SettingsError
from sync.settings import Secret, Settings, read, require
from sync.settings.keys import KEYS, NEEDS, VARIABLES

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
WHOLE = {
    "TIEOUT_SECRET_KEY": KEY,
    "CIN7_ACCOUNT_ID": "acc-1",
    "CIN7_APPLICATION_KEY": "hush-cin7",
    "QBO_CLIENT_ID": "client",
    "QBO_CLIENT_SECRET": "hush-client",
    "QBO_REALM_ID": "4620816365",
    "QBO_REFRESH_TOKEN": "hush-refresh",
    "SLACK_BOT_TOKEN": "xoxb-hush",
    "SLACK_APP_TOKEN": "xapp-hush",
    "SLACK_SIGNING_SECRET": "hush-signing",
    "HEARTBEAT_URL": "https://example.com/hush-beat",
    "DATABASE_URL": "postgresql+psycopg://tie:hush-db@db.example.com/tieout",
}


def faults(
    folder: Path, environ: dict[str, str] | None = None, toml: str = "", needs: tuple[str, ...] = ()
) -> list[str]:
    if toml:
        (folder / "tieout.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read(environ or {}, folder, needs=needs)
    return caught.value.faults


def good(folder: Path, toml: str, environ: dict[str, str] | None = None) -> Settings:
    (folder / "tieout.toml").write_text(toml, encoding="utf-8")
    return read(environ or {}, folder)


def test_nothing_set_gives_the_documented_defaults(tmp_path: Path) -> None:
    settings = read({}, tmp_path)
    assert settings.database_url == "sqlite:///tieout.db"
    assert settings.cin7.base_url == "https://inventory.dearsystems.com/ExternalApi/v2"
    assert settings.qbo.base_url == "https://quickbooks.api.intuit.com"
    assert settings.qbo.redirect_uri == "http://localhost:3000/qbo/callback"
    assert settings.slack.api_url == "https://slack.com/api/"
    assert (settings.host, settings.port) == ("127.0.0.1", 3000)
    assert (settings.company.week_start, settings.company.fiscal_year_start) == ("monday", (1, 1))
    assert (settings.rounding, settings.sales_posted_by) == (1, "cin7")
    assert (settings.sync.every, settings.sync.lease, settings.sync.give_up_after) == (3600, 60, 120)
    limits = settings.limits
    assert (limits.cin7_per_minute, limits.qbo_per_minute, limits.qbo_per_second) == (60, 500, 10)
    assert (settings.alerts.remind_after, settings.alerts.escalate_after, settings.alerts.late_after) == (
        14400,
        86400,
        10800,
    )
    assert settings.alerts.finding_above == Decimal("1000.00")
    assert settings.roles.viewer is None


def test_every_section_of_the_config_file_is_read(tmp_path: Path) -> None:
    settings = good(
        tmp_path,
        """
        [company]
        name = "Practice Ltd"
        time_zone = "Europe/London"
        week_start = "Sunday"
        fiscal_year_start = "04-06"
        [accounts]
        "500" = "80"
        [controls]
        clearing = ["660", "661"]
        [tolerance]
        rounding = 0
        [posting]
        sales = "other"
        [sync]
        every = "manual"
        entities = ["transactions", "ledger"]
        lease = "90s"
        [limits]
        cin7_per_minute = 30
        [slack]
        alerts = "C0123"
        [roles]
        controller = ["U0001", "S0001"]
        viewer = ["*"]
        [alerts]
        late_after = "0s"
        escalate_to = "S0002"
        finding_above = "250.50"
        [[schedule]]
        name = "weekly"
        report = "weekly"
        cron = "0 9 * * mon"
        channel = "C0456"
        """,
    )
    assert settings.company.name == "Practice Ltd"
    assert (settings.company.time_zone, settings.company.week_start) == ("Europe/London", "sunday")
    assert settings.company.fiscal_year_start == (4, 6)
    assert (settings.accounts, settings.controls) == ({"500": "80"}, {"clearing": ("660", "661")})
    assert (settings.rounding, settings.sales_posted_by) == (0, "other")
    assert settings.sync.every is None
    assert settings.sync.entities == ("transactions", "ledger")
    assert settings.roles.controller == ("U0001", "S0001")
    assert (settings.alerts.late_after, settings.alerts.finding_above) == (0, Decimal("250.50"))
    assert settings.schedules[0].cron == "0 9 * * mon"


def test_all_faults_are_listed_at_once_and_each_names_its_setting(tmp_path: Path) -> None:
    lines = faults(
        tmp_path,
        {"PORT": "http", "QBO_BASE_URL": "http://example.com", "CIN7_ACCOUNT_ID": "two words"},
        '[company]\ntime_zone = "Mars/Olympus"\n[sync]\nevry = "1h"\nlease = "0s"\n[colour]\n',
        needs=("cin7", "qbo"),
    )
    named = sorted(line.split(":")[0].split(" ")[0] for line in lines)
    assert named == sorted(
        [
            *("PORT", "QBO_BASE_URL", "CIN7_ACCOUNT_ID", "company.time_zone", "sync.evry", "sync.lease", "colour"),
            *("CIN7_APPLICATION_KEY", "QBO_CLIENT_ID", "QBO_CLIENT_SECRET", "QBO_REALM_ID", "TIEOUT_SECRET_KEY"),
        ]
    )
    assert "did you mean every?" in next(line for line in lines if line.startswith("sync.evry"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://x/y"),
        ("DATABASE_URL", "tieout.db"),
        ("TIEOUT_SECRET_KEY", "short"),
        ("TIEOUT_SECRET_KEY", f"{KEY},broken"),
        ("TIEOUT_SECRET_KEY", ","),
        ("CIN7_BASE_URL", "inventory.dearsystems.com"),
        ("CIN7_BASE_URL", "https://user:pw@example.com"),
        ("CIN7_BASE_URL", "https://example.com:port/"),
        ("CIN7_BASE_URL", "http://[::1"),
        ("QBO_BASE_URL", "http://127.0.0.1.example.com"),
        ("QBO_TOKEN_URL", "ftp://127.0.0.1/token"),
        ("QBO_REDIRECT_URI", "http://example.com/qbo/callback"),
        ("QBO_REALM_ID", "46/208"),
        ("SLACK_BOT_TOKEN", "xapp-1"),
        ("SLACK_APP_TOKEN", "xoxb-1"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("TIEOUT_CONFIG", "nowhere.toml"),
    ],
)
def test_a_malformed_variable_is_one_line_that_names_it(tmp_path: Path, name: str, value: str) -> None:
    lines = faults(tmp_path, {name: value})
    assert len(lines) == 1
    assert lines[0].startswith(f"{name}:")
    assert "\n" not in lines[0]


@pytest.mark.parametrize(
    ("toml", "name"),
    [
        ("[company]\nname = 5", "company.name"),
        ('[company]\nweek_start = "someday"', "company.week_start"),
        ('[company]\nfiscal_year_start = "02-29"', "company.fiscal_year_start"),
        ('[accounts]\n"500" = 80', "accounts"),
        ("accounts = 5", "accounts"),
        ('[controls]\nsales = ["500"]', "controls.sales"),
        ('[controls]\ncogs = "500"', "controls.cogs"),
        ('[controls]\ncogs = ["500"]\nrevenue = ["500"]', "controls.revenue"),
        ("[tolerance]\nrounding = -1", "tolerance.rounding"),
        ("[tolerance]\nrounding = true", "tolerance.rounding"),
        ('[posting]\nsales = "shopify"', "posting.sales"),
        ('[sync]\nevery = "hourly"', "sync.every"),
        ('[sync]\nentities = ["a", "a"]', "sync.entities"),
        ('[sync]\ngive_up_after = "5 minutes"', "sync.give_up_after"),
        ("[limits]\ncin7_per_minute = 61", "limits.cin7_per_minute"),
        ("[limits]\nqbo_per_second = 0", "limits.qbo_per_second"),
        ('[slack]\nalerts = "#finance"', "slack.alerts"),
        ('[roles]\nviewer = ["anna"]', "roles.viewer"),
        ('[alerts]\nfinding_above = "-1"', "alerts.finding_above"),
        ("[alerts]\nfinding_above = 1000.0", "alerts.finding_above"),
        ('[alerts]\nescalate_to = "C0123"', "alerts.escalate_to"),
        ("schedule = 5", "schedule"),
        ("company = 5", "company"),
    ],
)
def test_a_malformed_key_is_one_line_that_names_it(tmp_path: Path, toml: str, name: str) -> None:
    lines = faults(tmp_path, toml=toml)
    assert len(lines) == 1
    assert lines[0].startswith(f"{name} (in tieout.toml):")


def test_a_config_file_that_is_no_toml_is_named_with_the_place(tmp_path: Path) -> None:
    (line,) = faults(tmp_path, toml="[company")
    assert line.startswith("tieout.toml: is not valid TOML: ")
    assert "at end of document" in line


def test_a_schedule_says_each_of_its_faults(tmp_path: Path) -> None:
    one = '[[schedule]]\nname = "weekly"\nreport = "weekly"\ncron = "0 9 * *"\nchanel = "C0456"\n'
    lines = faults(tmp_path, toml=one + one.replace("0 9 * *", "0 9 * * mon"))
    assert [line for line in lines if "cron" in line and "five cron fields" in line]
    assert [line for line in lines if "chanel" in line and "did you mean channel?" in line]
    assert [line for line in lines if "channel" in line and "is missing" in line]
    assert [line for line in lines if "two schedules have this name" in line]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "[::1]"])
def test_plain_http_is_accepted_on_loopback(tmp_path: Path, host: str) -> None:
    assert read({"CIN7_BASE_URL": f"http://{host}:8080/v2/"}, tmp_path).cin7.base_url == f"http://{host}:8080/v2"


def test_the_redirect_address_is_kept_to_the_letter(tmp_path: Path) -> None:
    uri = "http://localhost:3000/qbo/callback/"
    assert read({"QBO_REDIRECT_URI": uri}, tmp_path).qbo.redirect_uri == uri


def test_the_environment_wins_over_the_env_file_and_blank_counts_as_not_set(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HOST=from-file\nPORT=4000\nCIN7_ACCOUNT_ID='a$HOME'\n", encoding="utf-8")
    settings = read({"HOST": "from-environment", "PORT": " "}, tmp_path)
    assert (settings.host, settings.port, settings.cin7.account_id) == ("from-environment", 4000, "a$HOME")
    sources = {shown.name: shown.source for shown in settings.shown}
    assert (sources["HOST"], sources["PORT"], sources["CIN7_BASE_URL"]) == ("environment", ".env", "default")


def test_the_env_file_stands_beside_the_config_file(tmp_path: Path) -> None:
    other = tmp_path / "etc"
    other.mkdir()
    (other / "books.toml").write_text('[company]\nname = "There"\n', encoding="utf-8")
    (other / ".env").write_text("HOST=there\n", encoding="utf-8")
    (tmp_path / ".env").write_text("HOST=here\n", encoding="utf-8")
    settings = read({"TIEOUT_CONFIG": "etc/books.toml"}, tmp_path)
    assert (settings.company.name, settings.host, settings.config) == ("There", "there", other / "books.toml")


def test_the_env_file_may_name_the_config_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TIEOUT_CONFIG=books.toml\n", encoding="utf-8")
    (tmp_path / "books.toml").write_text('[company]\nname = "Named"\n', encoding="utf-8")
    assert read({}, tmp_path).company.name == "Named"


def test_each_need_names_what_is_missing_and_nothing_else(tmp_path: Path) -> None:
    settings = read({"CIN7_ACCOUNT_ID": "a"}, tmp_path)
    with pytest.raises(SettingsError) as caught:
        require(settings, "cin7")
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["CIN7_APPLICATION_KEY"]
    require(settings)
    require(read(WHOLE, tmp_path), *NEEDS)


def test_a_missing_secret_key_comes_with_the_command_that_makes_one(tmp_path: Path) -> None:
    environ = {name: value for name, value in WHOLE.items() if name != "TIEOUT_SECRET_KEY"}
    (line,) = faults(tmp_path, environ, needs=("qbo",))
    assert line.startswith("TIEOUT_SECRET_KEY: is not set; make one with: python3 -c ")


def test_no_secret_is_in_any_text_of_the_settings(tmp_path: Path) -> None:
    settings = read(WHOLE, tmp_path)
    told = repr(settings) + str(settings) + repr(settings.shown) + f"{settings.cin7}{settings.qbo}{settings.slack}"
    assert "hush" not in told
    assert KEY not in told
    assert settings.cin7.application_key.reveal() == "hush-cin7"
    assert [key.reveal() for key in settings.secret_keys] == [KEY]


@pytest.mark.parametrize("variable", [v for v in VARIABLES if v.secret], ids=lambda v: str(v.name))
def test_a_malformed_secret_is_not_repeated_in_its_fault(tmp_path: Path, variable: object) -> None:
    name = variable.name  # type: ignore[attr-defined]  # parametrize hands objects over
    assert "hush hush" not in "\n".join(faults(tmp_path, {name: "hush hush"}))


@given(st.text())
def test_a_secret_shows_nothing_of_its_value(value: str) -> None:
    assert repr(Secret(value)) == str(Secret(value)) == f"{Secret(value)}" == ("***" if value else "''")


@given(st.integers(0, 999999), st.sampled_from("smhd"))
def test_a_duration_is_its_number_of_seconds(count: int, unit: str) -> None:
    from sync.settings.values import duration

    assert duration(f"{count}{unit}") == count * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]


def test_every_default_passes_its_own_check() -> None:
    for variable in VARIABLES:
        if variable.default:
            variable.check(variable.default)
    for key in KEYS:
        if key.default is not None:
            key.check(key.default)
