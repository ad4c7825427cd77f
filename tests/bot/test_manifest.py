"""The manifest: whole, valid by Slack's own schema, in step with the code, and asking for nothing that is not used."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.app import EVENTS
from bot.manifest import SCOPES, main, manifest
from bot.slash import SLASHES
from tests.conftest import missing

ROOT = Path(__file__).parents[2]
_BESIDE = ROOT.parent / "shared" / "reference"
# Slack's methods that the code calls -> the scope that each needs (Slack docs, the methods' own pages).
CALLS = {
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "chat_delete": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_replies": {"channels:history", "groups:history", "im:history"},
    "conversations_open": {"im:write"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_list": {"channels:read", "groups:read"},
    "conversations_join": {"channels:join"},
    "apps_connections_open": set(),
    "files_getUploadURLExternal": {"files:write"},
    "files_completeUploadExternal": {"files:write"},
    "files_info": {"files:read"},
    "users_info": {"users:read"},
    "usergroups_users_list": {"usergroups:read"},
    "auth_test": set(),
    "views_open": set(),
    "views_publish": set(),
}


@pytest.fixture(scope="module")
def schema() -> Any:
    samples = os.environ.get("TIEOUT_SAMPLES")
    folder = Path(samples).parent if samples else _BESIDE
    path = folder / "slack-manifest-v2.schema.json"
    if not path.is_file():
        missing("needs Slack's manifest schema beside the recorded payloads: name their folder in TIEOUT_SAMPLES")
    return json.loads(path.read_text(encoding="utf-8"))


def written() -> Any:
    return yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))


def test_manifest_yml_is_what_the_code_says() -> None:
    assert written() == manifest()


@pytest.mark.samples
@pytest.mark.parametrize("address", ["", "https://tieout.example.com"])
def test_both_forms_are_valid_by_slacks_schema(schema: Any, address: str) -> None:
    jsonschema.Draft7Validator(schema).validate(manifest(address))


@pytest.mark.samples
def test_the_schema_refuses_what_is_wrong(schema: Any) -> None:
    wrong = manifest()
    wrong["features"]["slash_commands"][0]["command"] = "sync"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate(wrong)


def test_every_command_event_and_scope_is_in_it_and_no_other() -> None:
    told = manifest()
    assert [each["command"] for each in told["features"]["slash_commands"]] == [slash.name for slash in SLASHES]
    assert set(told["settings"]["event_subscriptions"]["bot_events"]) == set(EVENTS)
    assert set(told["oauth_config"]["scopes"]["bot"]) == set(SCOPES)


def test_each_scope_is_needed_by_a_call_that_is_made_and_each_call_has_its_scope() -> None:
    code = (ROOT / "bot" / "slack.py").read_text(encoding="utf-8")
    called = set(re.findall(r"_client\.(\w+)", code))
    assert called == set(CALLS)
    needed = set().union(*(CALLS[name] for name in called))
    assert needed | {"commands"} == set(SCOPES)


def test_each_scope_stands_in_manifest_yml_with_its_reason() -> None:
    text = (ROOT / "manifest.yml").read_text(encoding="utf-8")
    for scope, reason in SCOPES.items():
        assert f"- {scope}  # {reason}" in text


def test_the_form_for_http_names_our_one_address_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["https://tieout.example.com/"]) == 0
    told = json.loads(capsys.readouterr().out)
    url = "https://tieout.example.com/slack/events"
    assert {each["url"] for each in told["features"]["slash_commands"]} == {url}
    assert told["settings"]["event_subscriptions"]["request_url"] == url
    assert told["settings"]["interactivity"]["request_url"] == url
    assert told["settings"]["socket_mode_enabled"] is False


@pytest.mark.parametrize("address", ["http://tieout.example.com", "tieout.example.com", "https://"])
def test_an_address_that_slack_would_not_call_is_refused(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([address]) == 2
    assert "https" in capsys.readouterr().err
