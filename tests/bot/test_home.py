"""App Home as each person sees it when they open it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.blocks.home import Facts, view
from tests.bot.block_checker import texts, view_faults
from tests.bot.front import Talk


def home(talk: Talk, user: str) -> str:
    talk.event(
        f"Ev-{user}-{talk.world.count('views.publish')}", {"type": "app_home_opened", "user": user, "tab": "home"}
    )
    view = talk.world.homes[user]
    assert view_faults(view) == []
    return "\n".join(texts(view["blocks"]))


def test_it_tells_connections_age_alerts_and_next_runs(talk: Talk) -> None:
    mine = talk.front.alert("Cin7 Core was read only in part", cause="sync:cin7")
    talk.front.alert("The figures are late", cause="sync_late")
    talk.front.room.alerts.acknowledge(mine.id, "U0BOSS", "controller", owner="U0ANN", reason="")
    told = home(talk, "U0ANN")
    assert "not connected; run `tieout connect`" in told  # the settings of this desk name no company
    assert "Your open alerts*\n• Cin7 Core was read only in part" in told
    assert "Nobody has taken these on*\n• The figures are late" in told
    assert "Next runs*\n• sync: <!date^" in told
    assert "report weekly" in told
    assert "You are a viewer here" in told
    assert "Your open alerts" not in home(talk, "U0OTTO")


@pytest.mark.parametrize(
    ("broken", "error", "words"),
    [
        ("", None, ":white_check_mark: *QuickBooks Online*: ledger as of <!date^"),
        ("", "timed <out>", ":warning: *QuickBooks Online*: ledger as of"),
        ("Intuit refused", None, "Intuit refused); <https://example.com/qbo/connect|Reconnect> ledger as of"),
    ],
)
def test_a_connection_is_well_or_says_what_is_wrong(broken: str, error: str | None, words: str) -> None:
    figures = [
        {"source": source, "entity": entity, "as_of": "2026-11-22T15:00:08Z", "error": error}
        for source, entity in (("cin7", "transactions"), ("qbo", "ledger"))
    ]
    facts = Facts(
        user="U1",
        role="operator",
        status={"figures": figures, "runs": [], "budget": []},
        broken=broken,
        connect_url="https://example.com/qbo/connect",
        connected={"cin7": True, "qbo": True},
        alerts=[],
        upcoming=[("sync", datetime(2026, 11, 23, 9, tzinfo=UTC))],
    )
    told = "\n".join(texts(view(facts)["blocks"]))
    assert words in told
    assert "<out>" not in told
    assert "You are an operator here" in told


def test_guests_and_strangers_see_words_and_no_figure(talk: Talk) -> None:
    talk.front.alert("12,000.00 USD at stake")
    for user in ("U0GUEST", "U0THEM"):
        told = home(talk, user)
        assert "Tieout gives figures" in told
        assert not any(character.isdigit() for character in told)


def test_the_messages_tab_shows_nothing_new(talk: Talk) -> None:
    talk.event("Ev-messages", {"type": "app_home_opened", "user": "U0ANN", "tab": "messages"})
    assert talk.world.homes == {}


def test_its_buttons_ask_and_are_answered_in_the_persons_messages(talk: Talk) -> None:
    home(talk, "U0ANN")
    row = next(block for block in talk.world.homes["U0ANN"]["blocks"][::-1] if block["type"] == "actions")
    for button in row["elements"]:
        talk.interact(
            {
                "type": "block_actions",
                "user": {"id": "U0ANN"},
                "container": {"type": "view", "view_id": "V1"},
                "trigger_id": "1.trigger",
                "actions": [{**button, "block_id": "b"}],
            }
        )
    assert len(talk.world.shown("D0ANN")) == len(row["elements"])
