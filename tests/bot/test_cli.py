"""The command line's rim: help, faults in plain words, exit statuses, and one JSON document on stdout."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands import COMMANDS
from bot.replies import DONE, FAILED, WRONG_USAGE, error_reply
from sync.errors import AuthExpired, NotSynced, NotThere, SettingsError, UserError
from tests.bot.outsides import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize("words", [("help",), ("--help",), ("-h",)])
def test_help_names_every_command_and_ends_well(desk: Desk, words: tuple[str, ...]) -> None:
    assert desk.run(*words) == DONE
    assert all(f"  {command.name} " in desk.out.getvalue() for command in COMMANDS)


def test_no_command_is_wrong_usage_and_shows_the_commands_on_stderr(desk: Desk) -> None:
    assert desk.run() == WRONG_USAGE
    assert desk.out.getvalue() == ""
    assert "usage: tieout COMMAND" in desk.err.getvalue()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command.name))
@pytest.mark.parametrize("form", ["{} --help", "help {}"])
def test_each_command_explains_itself_without_any_setting(desk: Desk, command: object, form: str) -> None:
    name = command.name  # type: ignore[attr-defined]  # parametrize hands objects over
    assert desk.run(*form.format(name).split()) == DONE
    assert desk.out.getvalue().startswith(f"usage: tieout {name}")
    assert "--json" in desk.out.getvalue()


def test_the_version_is_told(desk: Desk) -> None:
    assert desk.run("--version") == DONE
    assert desk.out.getvalue().startswith("tieout ")


def test_a_misspelt_command_is_answered_with_the_nearest_one(desk: Desk) -> None:
    assert desk.run("stokc") == WRONG_USAGE
    assert "did you mean stock?" in desk.err.getvalue()


def test_a_misspelt_option_is_answered_with_the_nearest_one(desk: Desk) -> None:
    assert desk.run("sync", "--ful") == WRONG_USAGE
    assert "did you mean --full?" in desk.err.getvalue()


def test_an_option_without_its_value_is_wrong_usage(desk: Desk) -> None:
    assert desk.run("sync", "--since") == WRONG_USAGE
    assert "--since" in desk.err.getvalue()
    assert "usage: tieout sync" in desk.err.getvalue()


@pytest.mark.parametrize(
    "words", [("--json", "stokc"), ("sync", "--json"), ("cogs", "--by", "colour", "--json"), ("--json",)]
)
def test_every_failure_with_json_is_one_document_on_stdout(desk: Desk, words: tuple[str, ...]) -> None:
    assert desk.run(*words) == WRONG_USAGE
    document = desk.document()
    assert document["schema"] in ("tieout/error/1", "tieout/help/1")
    assert desk.err.getvalue()


def test_all_missing_settings_of_a_sync_are_listed_at_once(desk: Desk) -> None:
    assert desk.run("sync", "--json") == WRONG_USAGE
    document = desk.document()
    assert document["error"] == "SettingsError"
    named = [fault.split(":")[0] for fault in document["faults"]]
    assert named == [
        "TIEOUT_SECRET_KEY",
        "CIN7_ACCOUNT_ID",
        "CIN7_APPLICATION_KEY",
        "QBO_CLIENT_ID",
        "QBO_CLIENT_SECRET",
        "QBO_REALM_ID",
    ]


@pytest.mark.parametrize("command", ["stock", "cogs", "reconcile"])
def test_an_answer_before_the_first_sync_names_the_command_that_makes_one(desk: Desk, command: str) -> None:
    desk.environ = {"DATABASE_URL": f"sqlite:///{desk.folder}/cache.db"}
    assert desk.run(command) == FAILED
    assert "tieout sync" in desk.err.getvalue()


def test_the_settings_are_shown_with_their_source_and_without_secrets(desk: Desk) -> None:
    desk.environ = {"QBO_CLIENT_SECRET": "hush", "HOST": "::1", "DATABASE_URL": "postgresql+psycopg://u:hush@h/d"}
    assert desk.run("config", "--json") == DONE
    shown = {one["name"]: one for one in desk.document()["settings"]}
    assert shown["QBO_CLIENT_SECRET"]["value"] == "***"
    assert shown["HOST"] == {"name": "HOST", "value": "::1", "source": "environment"}
    assert shown["sync.lease"]["source"] == "default"
    assert "hush" not in desk.out.getvalue()
    assert desk.run("config") == DONE
    assert "hush" not in desk.out.getvalue()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UserError("no such period"), WRONG_USAGE),
        (SettingsError(["A: b"]), WRONG_USAGE),
        (NotThere("no such SKU"), FAILED),
        (NotSynced(), FAILED),
        (AuthExpired("connect again", system="qbo"), FAILED),
        (RuntimeError("boom"), FAILED),
    ],
)
def test_each_kind_of_error_has_its_exit_status(error: Exception, status: int) -> None:
    assert error_reply(error).status == status


def test_an_unknown_failure_shows_a_reference_and_the_log_has_the_rest(caplog: pytest.LogCaptureFixture) -> None:
    reply = error_reply(ValueError("customer 4711 owes"))
    assert "4711" not in reply.text
    assert str(reply.document["ref"]) in reply.text
    assert str(reply.document["ref"]) in caplog.text


def test_ctrl_c_is_one_word_and_no_traceback() -> None:
    reply = error_reply(KeyboardInterrupt())
    assert (reply.text, reply.status) == ("Stopped.", 130)
