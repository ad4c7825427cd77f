"""`tieout connect` against the practice servers: consent, refusal, foreign states, and the first set-up."""

from __future__ import annotations

import base64
import re
import socket
import stat
import threading
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from dotenv import dotenv_values

from bot.manifest import SCOPES
from bot.replies import DONE, FAILED, WRONG_USAGE
from sync.sandbox.books import Cin7Books, QboBooks, World
from sync.sandbox.serve import Served, serve
from sync.sandbox.switches import Switches
from sync.store.db import open_database
from sync.store.tokens import TokenBox
from tests.bot.fake_slack import FakeSlack
from tests.bot.fake_slack_http import serve as serving_slack
from tests.bot.outsides import Desk

KEY = base64.urlsafe_b64encode(bytes(32)).decode()
ME = {"Company": "Hand Made Ltd", "Currency": "USD", "TimeZone": "America/New_York"}


@pytest.fixture
def served() -> Iterator[Served]:
    qbo = QboBooks(
        company_info={"CompanyName": "Hand Made Inc", "DefaultTimeZone": "America/New_York"},
        preferences={"CurrencyPrefs": {}},
    )
    with serve(World(1, Switches(), date(2026, 1, 31), Cin7Books(me=ME), qbo), limits=False) as started:
        yield started


@pytest.fixture
def redirect_uri() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://localhost:{probe.getsockname()[1]}/qbo/callback"


@pytest.fixture
def desk(tmp_path: Path, served: Served, redirect_uri: str) -> Desk:
    environ = dict(served.environ) | {
        "QBO_REDIRECT_URI": redirect_uri,
        "DATABASE_URL": f"sqlite:///{tmp_path}/cache.db",
        "TIEOUT_SECRET_KEY": KEY,
    }
    del environ["QBO_REFRESH_TOKEN"]
    return Desk(tmp_path, environ)


class Person(threading.Thread):
    """Follows the link like a browser would; `change` alters the redirect's query on the way."""

    def __init__(self, desk: Desk, change: dict[str, str] | None = None) -> None:
        super().__init__(daemon=True)
        self._desk = desk
        self._change = change or {}

    def browse(self, link: str) -> bool:
        self._desk.browsed.append(link)
        self.link = link
        self.start()
        return True

    def run(self) -> None:
        target = httpx.get(self.link).headers["location"]
        if self._change:
            query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()} | self._change
            target = str(httpx.URL(target, params={name: value for name, value in query.items() if value}))
        httpx.get(target)


def connected(desk: Desk, person: Person, *words: str) -> int:
    desk.browse = person.browse
    return desk.run("connect", *words)


def test_a_consent_is_stored_encrypted_and_both_companies_are_named(desk: Desk) -> None:
    assert connected(desk, Person(desk)) == DONE
    said = desk.out.getvalue()
    assert "Connected to QuickBooks: Hand Made Inc" in said
    assert "Cin7 Core: Hand Made Ltd." in said
    engine = open_database(desk.environ["DATABASE_URL"])
    kept = TokenBox(engine, [KEY]).load(desk.environ["QBO_REALM_ID"])
    engine.dispose()
    assert kept is not None
    assert kept.refresh
    assert kept.refresh.encode() not in (desk.folder / "cache.db").read_bytes()
    assert kept.refresh not in said + desk.err.getvalue()


def test_the_answer_with_json_is_one_document_and_the_link_goes_to_stderr(desk: Desk) -> None:
    assert connected(desk, Person(desk), "--json") == DONE
    document = desk.document()
    assert document["schema"] == "tieout/connect/1"
    assert document["companies"] == {"cin7": "Hand Made Ltd", "qbo": "Hand Made Inc"}
    assert "client_id=" in desk.err.getvalue()


def test_a_refusal_at_intuit_is_told_in_words(desk: Desk) -> None:
    assert connected(desk, Person(desk, {"error": "access_denied", "code": "", "realmId": ""})) == FAILED
    assert "was not allowed" in desk.err.getvalue()


def test_another_company_than_the_settings_name_is_refused_before_anything_is_stored(desk: Desk) -> None:
    assert connected(desk, Person(desk, {"realmId": "999"})) == WRONG_USAGE
    assert "QBO_REALM_ID" in desk.err.getvalue()
    engine = open_database(desk.environ["DATABASE_URL"])
    assert TokenBox(engine, [KEY]).load("999") is None
    engine.dispose()


def test_a_company_id_that_no_setting_names_is_written_beside_the_config(desk: Desk) -> None:
    realm = desk.environ["QBO_REALM_ID"]
    desk.environ = {name: value for name, value in desk.environ.items() if name != "QBO_REALM_ID"}
    assert connected(desk, Person(desk)) == DONE
    assert dotenv_values(desk.folder / ".env") == {"QBO_REALM_ID": realm}
    assert stat.S_IMODE((desk.folder / ".env").stat().st_mode) == 0o600


def test_without_a_browser_the_address_is_pasted(desk: Desk, redirect_uri: str) -> None:
    desk.environ = {
        **desk.environ,
        "QBO_REDIRECT_URI": redirect_uri.replace("http://localhost", "https://books.example.com"),
    }
    desk.paste = lambda: httpx.get(re.findall(r"http\S+", desk.out.getvalue())[0]).headers["location"]
    assert desk.run("connect", "--no-browser") == DONE
    assert desk.browsed == []
    assert "Connected to QuickBooks: Hand Made Inc" in desk.out.getvalue()


def test_at_a_terminal_only_what_is_missing_is_asked_and_kept_for_its_owner(desk: Desk) -> None:
    asked = ("CIN7_APPLICATION_KEY", "QBO_CLIENT_SECRET", "TIEOUT_SECRET_KEY")
    held = dict(desk.environ)
    desk.environ = {name: value for name, value in held.items() if name not in asked}
    desk.terminal = True
    desk.answers = [held["CIN7_APPLICATION_KEY"], held["QBO_CLIENT_SECRET"], "", "", "y"]
    assert connected(desk, Person(desk)) == DONE
    assert [question.split()[0] for question in desk.questions] == [
        *("CIN7_APPLICATION_KEY", "QBO_CLIENT_SECRET", "SLACK_BOT_TOKEN"),
        *("SLACK_APP_TOKEN", "Write"),
    ]
    written = dotenv_values(desk.folder / ".env")
    assert sorted(written) == sorted(asked)
    assert stat.S_IMODE((desk.folder / ".env").stat().st_mode) == 0o600
    assert held["QBO_CLIENT_SECRET"] not in desk.out.getvalue()
    assert "CIN7_APPLICATION_KEY=***" in desk.out.getvalue()


def test_without_a_terminal_the_missing_settings_are_listed(desk: Desk) -> None:
    desk.environ = {"DATABASE_URL": desk.environ["DATABASE_URL"]}
    assert desk.run("connect") == WRONG_USAGE
    named = [line.split(":")[0] for line in desk.err.getvalue().splitlines()]
    assert named == ["TIEOUT_SECRET_KEY", "QBO_CLIENT_ID", "QBO_CLIENT_SECRET"]


def typed(desk: Desk, without: tuple[str, ...], *answers: str) -> None:
    """A person at a terminal who is asked for `without` and answers so."""
    desk.environ = {name: value for name, value in desk.environ.items() if name not in without}
    desk.terminal, desk.answers = True, answers


def test_keys_that_cin7_refuses_are_told_and_nothing_is_written(desk: Desk) -> None:
    typed(desk, ("CIN7_APPLICATION_KEY",), "wrong-key", "", "")
    assert connected(desk, Person(desk)) == WRONG_USAGE
    assert "Cin7 refused the access keys" in desk.err.getvalue()
    assert not (desk.folder / ".env").exists()


def test_an_answer_that_cannot_be_right_is_told_and_asked_again(desk: Desk) -> None:
    typed(desk, ("SLACK_BOT_TOKEN",), "xapp-1-wrong", "", "", "y")
    assert connected(desk, Person(desk)) == DONE
    assert "SLACK_BOT_TOKEN holds the other kind of token" in desk.out.getvalue()


def test_whoever_says_no_has_nothing_written(desk: Desk) -> None:
    typed(desk, ("CIN7_APPLICATION_KEY",), desk.environ["CIN7_APPLICATION_KEY"], "", "", "n")
    assert connected(desk, Person(desk)) == WRONG_USAGE
    assert "Nothing was written" in desk.err.getvalue()
    assert not (desk.folder / ".env").exists()


def test_a_pasted_refresh_token_needs_no_consent(desk: Desk, served: Served) -> None:
    desk.environ = {**desk.environ, "QBO_REFRESH_TOKEN": served.environ["QBO_REFRESH_TOKEN"]}
    assert desk.run("connect", "--token") == DONE
    assert desk.browsed == []
    assert "Connected to QuickBooks: Hand Made Inc" in desk.out.getvalue()
    assert served.environ["QBO_REFRESH_TOKEN"] not in desk.out.getvalue() + desk.err.getvalue()


def test_a_token_that_is_not_set_is_named(desk: Desk) -> None:
    assert desk.run("connect", "--token") == WRONG_USAGE
    assert "QBO_REFRESH_TOKEN" in desk.err.getvalue()


# -- Slack


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    made = FakeSlack(scopes=",".join(SCOPES))
    made.channels = {
        "C0ALERTS": {"name": "finance-alerts", "is_member": False},
        "C0REPORTS": {"name": "finance-reports", "is_member": False},
        "C0SECRET": {"name": "board", "is_member": False, "is_private": True},
        "C0OLD": {"name": "old", "is_archived": True},
    }
    with serving_slack(made):
        yield made


def in_slack(desk: Desk, slack: FakeSlack, **more: str) -> None:
    own = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_API_URL": slack.api_url}
    desk.environ = {**desk.environ, **own, **more}


def test_channels_are_found_by_name_written_to_the_config_and_joined(desk: Desk, slack: FakeSlack) -> None:
    in_slack(desk, slack)
    (desk.folder / "tieout.toml").write_text('# ours\n[company]\nname = "Acme"\n')
    desk.terminal, desk.answers = True, ["#finance-alerts", "finance-reports", "y"]
    assert connected(desk, Person(desk)) == DONE
    told = tomllib.loads((desk.folder / "tieout.toml").read_text())
    assert told == {"company": {"name": "Acme"}, "slack": {"alerts": "C0ALERTS", "reports": "C0REPORTS"}}
    assert (desk.folder / "tieout.toml").read_text().startswith("# ours")
    assert slack.channels["C0ALERTS"]["is_member"] is slack.channels["C0REPORTS"]["is_member"] is True
    said = desk.out.getvalue()
    assert "alerts: #finance-alerts (C0ALERTS), joined." in said
    assert "xoxb-1" not in said


def test_rights_that_the_token_lacks_are_named_with_what_they_are_for(desk: Desk, slack: FakeSlack) -> None:
    in_slack(desk, slack)
    slack.scopes = "chat:write,commands"
    assert connected(desk, Person(desk)) == DONE
    named = re.findall(r"^    ([a-z:]+): ", desk.out.getvalue(), re.M)
    assert named == sorted(SCOPES.keys() - {"chat:write", "commands"})
    assert f"files:write: {SCOPES['files:write']}" in desk.out.getvalue()


@pytest.mark.parametrize(
    ("channel", "words"),
    [("C0SECRET", "is private: type /invite @Tieout there"), ("C0OLD", "is archived"), ("C0NONE", "no such channel")],
)
def test_a_channel_that_cannot_be_joined_says_what_to_do(
    desk: Desk, slack: FakeSlack, channel: str, words: str
) -> None:
    in_slack(desk, slack)
    (desk.folder / "tieout.toml").write_text(f'[slack]\nalerts = "{channel}"\n')
    assert connected(desk, Person(desk), "--json") == DONE
    (place,) = desk.document()["slack"]["channels"]
    assert words.split()[-1] in place["fault"] or words in place["fault"]


def test_a_token_that_slack_does_not_know_is_told_and_the_books_stay_connected(desk: Desk, slack: FakeSlack) -> None:
    in_slack(desk, slack)
    slack.fault("auth.test", "invalid_auth")
    assert connected(desk, Person(desk)) == DONE
    assert "set SLACK_BOT_TOKEN" in desk.out.getvalue()


def test_a_name_that_slack_does_not_show_is_answered_with_near_ones(desk: Desk, slack: FakeSlack) -> None:
    in_slack(desk, slack)
    desk.terminal, desk.answers = True, ["finance-alrts"]
    assert connected(desk, Person(desk)) == DONE
    assert "there are #finance-alerts, #finance-reports" in desk.out.getvalue()
