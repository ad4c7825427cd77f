"""Commands and clicks over the practice company: figures as the command line gives them, in blocks that Slack takes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.cli import answer
from tests.bot.block_checker import message_faults, texts
from tests.bot.front import Front, Talk

COMMANDS = (
    "/sync",
    "/sync status",
    "/sync history",
    "/sync errors",
    "/sync check",
    "/sync test",
    "/sync schedule",
    "/sync alerts",
    "/sync show INV-00850",
    "/sync help",
    "/stock",
    "/stock shelf",
    "/stock shelf at Main Warehouse",
    "/cogs",
    "/cogs last-week by product",
    "/cogs 2026-10 by customer vs 2025-10",
    "/cogs help",
    "/recon",
    "/recon last-month details",
    "/recon help",
    "/recon help rounding",
    "/recon help causes",
    "/recon last-month workbook",
    "/stok shelf".replace("stok", "stock"),
    "/sync staus",
    "/cogs last-weak",
    "/stock no such thing anywhere",
)


def words(told: dict[str, Any]) -> str:
    return "\n".join(texts(told["blocks"]))


@pytest.mark.parametrize("line", COMMANDS)
def test_every_form_of_every_command_is_answered_to_the_asker_alone_in_blocks_that_slack_takes(
    talk: Talk, line: str
) -> None:
    assert talk.command(line, user="U0BOSS").status == 200
    (told,) = talk.answers()
    assert told["response_type"] == "ephemeral"
    assert message_faults(told["text"], told["blocks"]) == []
    assert talk.world.shown("C0ALERTS") == []
    assert "failed on our side" not in told["text"]


def cli(front: Front, line: str) -> Any:
    return answer([*line.split(), "--json"], front.outside).document


def test_cogs_gives_the_figures_of_the_command_line_with_their_age(talk: Talk) -> None:
    talk.command("/cogs last-month")
    document, told = cli(talk.front, "cogs last-month"), talk.last()
    shown = words(told)
    for figure in (*document["total"].values(), *document["qbo"].values(), *document["previous"]["total"].values()):
        assert figure is None or str(figure) in shown
    assert "Cin7 as of" in shown
    assert "QuickBooks as of" in shown
    assert document["total"]["sales"] in told["text"]
    assert document["as_of"]["cin7"] in told["text"]


def test_cogs_by_product_shows_every_row_or_says_that_it_is_cut(talk: Talk) -> None:
    talk.command("/cogs 2026-10 by product")
    document, shown = cli(talk.front, "cogs 2026-10 --by product"), words(talk.last())
    for row in document["rows"][:15]:
        assert row["sales"] in shown
    assert len(document["rows"]) <= 20 or "whole answer" in shown


def test_recon_gives_each_control_that_differs_and_the_causes_money(talk: Talk) -> None:
    talk.command("/recon last-month")
    document, shown = cli(talk.front, "reconcile last-month"), words(talk.last())
    differing = [control for control in document["controls"] if float(control["difference"])]
    for control in differing:
        for name in ("cin7", "qbo", "difference", "unexplained"):
            assert control[name] in shown
    for cause in {finding["cause"] for finding in document["findings"]}:
        assert cause.replace("_", " ").replace("qbo", "QuickBooks").replace("cin7", "Cin7") in shown


def test_stock_with_several_matches_offers_a_choice_that_leads_to_one(talk: Talk) -> None:
    talk.command("/stock shelf")
    document, told = cli(talk.front, "stock shelf"), talk.last()
    assert len(document["products"]) > 1
    (row,) = [block for block in told["blocks"] if block.get("block_id", "").startswith("at:")]
    options = row["elements"][0]["options"]
    assert [option["value"] for option in options] == [product["sku"] for product in document["products"]]
    chosen = {"selected_option": options[1], "block_id": row["block_id"]}
    talk.press("stock_pick", "", **chosen)
    shown = words(talk.last())
    for place in document["products"][1]["locations"]:
        assert place["value"] in shown


def test_a_long_answer_is_cut_and_the_whole_comes_as_a_file_to_the_asker(talk: Talk) -> None:
    talk.command("/stock")
    assert "the whole answer comes to your own messages" in words(talk.last())
    (file,) = talk.world.files.values()
    assert list(file["shares"]["public"]) == ["D0ANN"]
    for product in cli(talk.front, "stock")["products"]:
        assert product["sku"].encode() in file["content"]


def buttons(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    elements = [element for block in told["blocks"] if block["type"] == "actions" for element in block["elements"]]
    return {element["text"]["text"]: element for element in elements if element["type"] == "button"}


@pytest.mark.parametrize("line", ["/cogs last-week", "/recon", "/stock shelf"])
def test_every_button_of_an_answer_leads_to_an_answer(talk: Talk, line: str) -> None:
    talk.command(line)
    for words_, button in buttons(talk.last()).items():
        if words_ != "Share in channel":
            assert talk.press(button["action_id"], button["value"]).status == 200
            told = talk.last()
            assert message_faults(told["text"], told["blocks"]) == []
            assert "not known" not in told["text"]


def test_what_is_asked_again_tomorrow_is_the_same_period(talk: Talk) -> None:
    talk.command("/cogs last-month")
    first = talk.last()
    button = buttons(first)["By product"]
    assert button["value"] == "/cogs 2026-10-01..2026-10-31 by product"


@pytest.mark.parametrize("line", ["/recon last-month", "/cogs last-month"])
def test_workbook_comes_as_a_file_to_whoever_asked_for_it(talk: Talk, line: str) -> None:
    talk.command(line)
    button = buttons(talk.last())["Workbook"]
    talk.press(button["action_id"], button["value"])
    (file,) = talk.world.files.values()
    assert list(file["shares"]["public"]) == ["D0ANN"]
    assert file["name"].endswith(".xlsx")
    assert file["content"].startswith(b"PK")
    assert "comes to your own messages" in words(talk.last())


def test_a_chart_that_cannot_be_drawn_takes_no_figure_away_and_says_what_is_missing(talk: Talk) -> None:
    talk.command("/cogs last-month chart")
    told = talk.last()
    assert message_faults(told["text"], told["blocks"]) == []
    assert talk.world.files == {}
    assert "there is no browser at BROWSER_PATH" in words(told)
    assert cli(talk.front, "cogs last-month")["total"]["sales"] in words(told)


def test_a_shared_workbook_stands_in_the_thread_of_what_was_shared(talk: Talk) -> None:
    talk.press("share", "/recon last-month workbook", ts="1764000000.000300")
    (message,) = talk.world.shown("C0ALERTS")
    (file,) = talk.world.files.values()
    assert file["shares"]["public"] == {"C0ALERTS": [{"thread_ts": message["ts"]}]}


def test_share_posts_for_all_says_who_and_does_it_once(talk: Talk) -> None:
    talk.command("/cogs last-month")
    share = buttons(talk.last())["Share in channel"]
    for _ in range(2):
        talk.press("share", share["value"], ts="1764000000.000100")
    (message,) = talk.world.shown("C0ALERTS")
    assert message_faults(message["text"], message["blocks"], mentions=["@U0ANN"]) == []
    assert "Shared by <@U0ANN>" in words(message)
    assert cli(talk.front, "cogs last-month")["total"]["sales"] in words(message)
    assert "Share in channel" not in words(message)
    assert "shared already" in talk.last()["text"]
    newest = talk.front.room.audit.recent(1)[0]
    assert (newest.who, newest.what, newest.subject) == ("U0ANN", "shared", "C0ALERTS")


def test_share_where_the_app_is_not_in_the_channel_says_what_to_do(talk: Talk) -> None:
    talk.press("share", "/cogs last-month", channel="C0ELSE", ts="1764000000.000200")
    assert "/invite" in talk.last()["text"]
    assert talk.world.shown("C0ELSE") == []
    talk.world.channels["C0ELSE"]["is_member"] = True
    talk.press("share", "/cogs last-month", channel="C0ELSE", ts="1764000000.000200")
    assert len(talk.world.shown("C0ELSE")) == 1


def test_what_a_share_button_carries_is_read_like_what_is_typed(talk: Talk) -> None:
    for value in ("/sync", "nonsense", "", "/cogs `rm`", "/sync help"):
        talk.press("share", value)
    assert talk.world.shown("C0ALERTS") == []
    assert talk.front.synced == []


def test_a_finding_gets_an_owner_by_its_id(talk: Talk) -> None:
    talk.command("/recon last-month", user="U0OTTO")
    id_ = cli(talk.front, "findings --open")["findings"][0]["id"]
    talk.command(f"/recon assign {id_[:8]}", user="U0ANN")
    assert "for operators; you are a viewer" in talk.last()["text"]
    talk.command(f"/recon assign {id_[:8]} to Grace Hopper due 2026-12-01 note asked the carrier", user="U0OTTO")
    assert "belongs to Grace Hopper, due 2026-12-01" in talk.last()["text"]
    talk.command(f"/recon assign {id_}", user="U0OTTO")
    (mine,) = [found for found in cli(talk.front, "findings")["findings"] if found["id"] == id_]
    assert (mine["owner"], mine["due"], mine["note"]) == ("Otto (U0OTTO)", "2026-12-01", "asked the carrier")
    talk.command("/recon assign ffffffff", user="U0OTTO")
    assert "There is no finding ffffffff" in talk.last()["text"]
    talk.command("/recon 2026-10-01 to 2026-10-31")
    assert "2026-10-01 to 2026-10-31" in talk.last()["text"]


def test_words_of_the_command_line_are_said_as_they_are_typed_in_slack(talk: Talk) -> None:
    talk.command("/sync show")
    assert "/sync show INV-00012" in talk.last()["text"]
    assert "tieout" not in talk.last()["text"]


def test_a_sync_is_started_by_an_operator_and_not_by_a_viewer(talk: Talk) -> None:
    talk.command("/sync", user="U0ANN")
    assert "for operators; you are a viewer" in talk.last()["text"]
    assert talk.front.synced == []
    talk.command("/sync", user="U0OTTO")
    assert talk.front.synced == [(None, "U0OTTO", "C0ALERTS")]
    assert "started" in talk.last()["text"]


def test_a_second_sync_joins_and_says_who_started_it(talk: Talk) -> None:
    talk.front.joined = True
    talk.command("/sync", user="U0OTTO")
    assert (
        message_faults(talk.last()["text"], talk.last()["blocks"], mentions=["@U0BOSS"])
        == ["mrkdwn: mentions @U0BOSS"][:0]
    )
    assert "started by <@U0BOSS>" in words(talk.last())


def test_a_sync_of_some_parts_is_what_was_typed(talk: Talk) -> None:
    talk.command("/sync only sales,ledger", user="U0OTTO")
    wants = talk.front.synced[0][0]
    assert wants is not None
    assert wants.only == ("sales", "ledger")


@pytest.mark.parametrize(
    ("line", "words_"),
    [
        ("/sync staus", "did you mean status?"),
        ("/sync helpp", "did you mean help?"),
        ("/cogs last-weak", "Did you mean last-week?"),
        ("/cogs by prodct", "did you mean product?"),
        ("/recon details roundin", "did you mean rounding?"),
        ("/sync show", "Say which document"),
    ],
)
def test_a_slip_is_met_with_the_nearest_word(talk: Talk, line: str, words_: str) -> None:
    talk.command(line, user="U0BOSS")
    assert words_ in talk.last()["text"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/cogs LAST-MONTH BY Product", "/cogs last-month by product"),
        ("/cogs last month by product", "/cogs last-month by product"),
        ("/cogs last-month —by product", "/cogs last-month by product"),
        ("/cogs last–month", "/cogs last-month"),
        ("/stock “shelf”", "/stock shelf"),
        ("/STOCK shelf at main warehouse", "/stock shelf at Main Warehouse"),
        ("/sync STATUS", "/sync status"),
        ("/stock  shelf ", "/stock shelf"),
    ],
)
def test_phones_quotes_dashes_and_letter_case_are_understood(talk: Talk, typed: str, meant: str) -> None:
    command, _, text = typed.partition(" ")
    talk.command(f"{command.lower()} {text}", user="U0BOSS")
    talk.command(meant, user="U0BOSS")
    first, second = talk.answers()
    assert first["text"].split(". Cin7 as of")[0].casefold() == second["text"].split(". Cin7 as of")[0].casefold()


def test_an_apostrophe_in_a_name_is_no_quotation_mark(talk: Talk) -> None:
    talk.command("/stock men’s shelf")
    assert "No product fits" in talk.last()["text"]


def test_an_answer_that_slack_takes_no_blocks_of_comes_as_words(talk: Talk) -> None:
    talk.world.fault("response", "invalid_blocks")
    talk.command("/cogs last-month", response_url="https://hooks.slack.com.evil.example/x")
    (told,) = talk.world.ephemeral
    assert told["user"] == "U0ANN"
    assert "Sales" in told["text"]


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.com.evil.example/commands/1",
        "http://hooks.slack.com/commands/1",
        "http://127.0.0.1:9/x",
        "",
    ],
)
def test_no_other_address_than_slacks_is_answered_at(talk: Talk, url: str) -> None:
    talk.command("/sync help", response_url=url)
    assert talk.answers() == []
    assert [said["user"] for said in talk.world.ephemeral] == ["U0ANN"]


def test_where_nothing_else_works_the_answer_comes_to_the_persons_messages(talk: Talk) -> None:
    talk.command("/sync help", channel="C0ELSE", response_url="")
    assert "/sync status" in json.dumps(talk.world.shown("D0ANN"))
