"""Whatever names the books hold, every message, window and page stays inside Slack's limits and mentions nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot import alert_blocks, blocks, modals, router
from bot.alert_life import raised
from bot.asking import quoted
from bot.blocks import cogs, home, recon, service, stock
from bot.replies import error_reply
from bot.slash import SLASHES
from bot.slash.forms import words_of
from bot.slash.stock import command_of
from bot.sync_message import Part, View
from bot.sync_message import letter as sync_letter
from reports.links import Hosts
from sync.domain.alerts import Alert, AlertKind, Link, Trouble
from tests.bot import hostile
from tests.bot.block_checker import message_faults, texts, view_faults
from tests.bot.hostile import names

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
# Documents are large: what fails is read as it is, because making it small takes minutes.
quick = settings(
    max_examples=40,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def faults(line: str, told: Sequence[Any]) -> list[str]:
    """What Slack would say to a reply, as it is sent."""
    sent, _ = blocks.fitted(told)
    return message_faults(blocks.one_line(line), sent)


def shown(told: Sequence[Any]) -> str:
    return "\n".join(texts(list(told)))


@quick
@given(hostile.cogs)
def test_sales_and_margin(document: dict[str, Any]) -> None:
    told, left_out = cogs.draw(document)
    assert faults(cogs.line(document), told) == []
    for figure in ("sales", "cogs", "gross_profit"):
        assert document["total"][figure] in shown(told)
    assert left_out == (bool(document["by"]) and len(document["rows"]) > 20)
    for row in document["rows"][:20] if document["by"] else ():
        assert row["sales"] in shown(told)


@quick
@given(hostile.stock, names)
def test_stock(document: dict[str, Any], location: str) -> None:
    told, left_out = stock.draw(document, location)
    assert faults(stock.line(document), told) == []
    first = document["products"][0]
    if len(document["products"]) > 1 or len(first["locations"]) != 1:
        assert first["totals"]["value"] in shown(told)
    if len(document["products"]) == 1 and not left_out:
        for place in first["locations"]:
            assert place["value"] in shown(told)


@quick
@given(hostile.recon)
def test_the_tie_out(document: dict[str, Any]) -> None:
    told, _ = recon.draw(document)
    assert faults(recon.line(document), told) == []
    moved = [c for c in document["controls"] if any(c[side].strip("-0.") for side in ("cin7", "qbo"))]
    for control in [c for c in moved if c["difference"].strip("-0.")][:15]:
        assert control["difference"] in shown(told)


@quick
@given(hostile.recon, st.sampled_from(("", "rounding")))
def test_the_details_of_the_tie_out(document: dict[str, Any], cause: str) -> None:
    told, _ = recon.details(document, cause, Hosts())
    assert faults(recon.line(document), told) == []
    addresses = [
        each["url"]
        for block in told
        for part in block.get("elements", ())
        for each in part.get("elements", ())
        if isinstance(each, dict) and each.get("type") == "link"
    ]
    assert all(address.startswith((Hosts().cin7, Hosts().qbo)) for address in addresses)


@quick
@given(hostile.status, st.integers(0, 50))
def test_status_history_and_errors(document: dict[str, Any], alerts: int) -> None:
    for told in (service.status(document, alerts, NOW)[0], service.history(document), service.errors(document, [])):
        assert faults(service.status_line(document), told) == []


@quick
@given(hostile.check)
def test_the_set_up_check(document: dict[str, Any]) -> None:
    assert faults("Set-up check", service.check(document)[0]) == []


@quick
@given(names, st.integers(0, 20))
def test_the_schedule(name: str, count: int) -> None:
    assert faults(name, service.schedule([(f"report:{name}", NOW)] * count, {f"report:{name}": name}, name)) == []


@quick
@given(hostile.show)
def test_one_document(document: dict[str, Any]) -> None:
    assert faults(document["number"], service.shown(document)[0]) == []


def alert(title: str, lines: list[str], remedy: str, owner: str, cause: str = "sync:cin7") -> Alert:
    trouble = Trouble(
        AlertKind.SYNC_FAILED,
        cause,
        title or "-",
        tuple(lines),
        remedy,
        links=(Link(title or "-", "https://example.com/"),),
        retry="sync",
    )
    move = raised(None, trouble, 1, NOW)
    assert move is not None
    return Alert(**{name: getattr(move.alert, name) for name in move.alert.__slots__} | {"owner": owner})


alerts = st.lists(
    st.builds(alert, names, st.lists(names, max_size=5), names, names, st.uuids().map(str)),
    max_size=14,
    unique_by=lambda a: a.id,
)


@quick
@given(alerts, st.booleans())
def test_the_list_of_alerts(some: list[Alert], buttons: bool) -> None:
    assert faults("alerts", service.alert_list(some, buttons=buttons)) == []
    assert faults("errors", service.errors({"figures": []}, some)) == []


@quick
@given(alerts)
def test_an_alerts_own_message_and_its_details(some: list[Alert]) -> None:
    for each in some:
        letter = alert_blocks.message(each, "C1", figures=True)
        assert message_faults(letter.text, letter.blocks) == []
        assert faults(each.trouble.title, [blocks.section(alert_blocks.details(each, []))]) == []


@quick
@given(hostile.status, alerts, names, st.booleans())
def test_app_home(document: dict[str, Any], some: list[Alert], broken: str, connected: bool) -> None:
    facts = home.Facts(
        user="U1",
        role="viewer",
        status=document,
        broken=broken,
        connect_url="https://example.com/qbo/connect",
        connected={"cin7": connected, "qbo": True},
        alerts=some,
        upcoming=[(broken, NOW)] * 12,
    )
    assert view_faults(home.view(facts)) == []
    assert view_faults(home.refusal(broken)) == []


parts = st.lists(
    st.builds(
        Part,
        st.sampled_from(("cin7", "qbo")),
        st.sampled_from(("sales", "ledger", "transactions")),  # our own words
        st.sampled_from(("running", "succeeded", "failed", "skipped")),
        st.integers(0, 10**9),
        st.none() | st.integers(0, 10**9),
        st.integers(0, 10**9),
        st.integers(0, 99),
        names,
    ),
    max_size=45,
)


@quick
@given(parts, names, st.lists(names, max_size=3), names, st.sampled_from(("running", "failed", "partial", "cancelled")))
def test_a_syncs_own_message(some: list[Part], who: str, joined: list[str], why: str, state: str) -> None:
    view = View("run1", state, who, NOW, parts=some, joined=joined, why=why, calls={"cin7": 3}, next_at=NOW)
    told = sync_letter(view, "C1", "U1")
    assert message_faults(told.text, told.blocks) == []


@quick
@given(names, names)
def test_windows(title: str, name: str) -> None:
    one = alert(title, [], "", "U0ANN1")
    for view in (
        modals.acknowledge(one, "U0ANN1", "C1"),
        modals.snooze(one, "C1"),
        modals.sign_off("2026-10-01..2026-10-31", name, "C1"),
    ):
        assert view_faults(view) == []


@given(st.dictionaries(st.text(max_size=9), st.dictionaries(st.text(max_size=5), st.text(max_size=20))), st.text())
def test_whatever_a_window_sends_back_is_read_or_refused(state: dict[str, Any], metadata: str) -> None:
    view = {
        "state": {"values": {name: {"input": value} for name, value in state.items()}},
        "private_metadata": metadata,
    }
    taken, errors = modals.read_acknowledge(view, "U1", date(2026, 11, 23))
    assert (taken is None) == bool(errors)
    assert modals.read_snooze(view, NOW) > NOW


@quick
@given(names, st.sampled_from([slash.name for slash in SLASHES]))
def test_any_words_behind_a_command_are_understood_or_refused_in_words(text: str, command: str) -> None:
    slash = router.find(command)
    try:
        asked = router.understood(slash, text)
    except Exception as fault:
        reply = error_reply(fault)
        assert "failed on our side" not in reply.text
        assert faults(reply.text, [blocks.said(reply.text)]) == []
    else:
        assert asked.request is not None or asked.form.word


@given(st.text(max_size=60), st.text(max_size=30))
def test_a_product_that_was_chosen_is_asked_for_by_its_very_name(sku: str, location: str) -> None:
    plain, place = blocks.plain(sku).strip(), blocks.plain(location).strip()
    if not plain or plain.startswith("-") or place.startswith("-") or plain.lower() in ("at", "in"):
        return
    if any(mark in plain + place for mark in "“”„«»‘’–—&"):
        return
    asked = router.understood(router.find("/stock"), command_of(plain, place).removeprefix("/stock"))
    assert (asked.request.query, asked.request.location) == (plain, place)


@given(st.text(max_size=40))
def test_quoted_words_are_one_word(words: str) -> None:
    plain = blocks.plain(words)
    if any(mark in plain for mark in "“”„«»‘’–—&"):
        return
    assert words_of(quoted(plain), {}) == [plain]


@quick
@given(
    st.lists(
        st.sampled_from((blocks.said("x" * 2_900), blocks.context("c"), blocks.actions(blocks.button("b", "a", "v")))),
        max_size=90,
    )
)
def test_what_is_cut_to_slacks_limits_says_so_and_keeps_its_end(told: list[dict[str, Any]]) -> None:
    sent, left_out = blocks.fitted(told)
    assert len(sent) <= 50
    assert blocks.size(sent) <= 12_000
    assert left_out == (len(sent) < len(told))
    if told and told[-1]["type"] != "section":
        assert sent[-1] == told[-1]


@given(st.text(alphabet="a&<>;|", max_size=6_000), st.integers(5, 3_000))
def test_escaped_words_are_never_cut_inside_an_entity(text: str, most: int) -> None:
    kept = blocks.cut_mrkdwn(blocks.escape(text), most)
    assert len(kept) <= most
    assert message_faults(kept or "x", []) == [] or len(kept) > 4_000
