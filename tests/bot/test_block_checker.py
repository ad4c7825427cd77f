"""The checker of blocks itself: it takes what stands at each limit of Slack's, and refuses what is one beyond."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bot.block_checker import message_faults, view_faults


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "x") -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn(text)}


def button(n: int = 0, **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": f"a{n}", "text": plain("x"), **more}


def actions(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements), **more}


def select(count: int, text: int = 1, value: int = 3) -> dict[str, Any]:
    options = [{"text": plain("o" * text), "value": f"{n:0{value}}"} for n in range(count)]
    return actions({"type": "static_select", "action_id": "s", "placeholder": plain("p"), "options": options})


def table(rows: int, columns: int = 1) -> dict[str, Any]:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "c"}] * columns] * rows}


def rich(text: str) -> dict[str, Any]:
    run = {"type": "text", "text": text}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [run]}]}


AT_THE_LIMIT: list[tuple[str, list[dict[str, Any]], list[dict[str, Any]]]] = [
    ("blocks", [section()] * 50, [section()] * 51),
    ("section text", [section("x" * 3000)], [section("x" * 3001)]),
    ("empty text", [section("x")], [section("")]),
    ("fields", [{"type": "section", "fields": [plain("x")] * 10}], [{"type": "section", "fields": [plain("x")] * 11}]),
    (
        "field text",
        [{"type": "section", "fields": [plain("x" * 2000)]}],
        [{"type": "section", "fields": [plain("x" * 2001)]}],
    ),
    ("header", [{"type": "header", "text": plain("x" * 150)}], [{"type": "header", "text": plain("x" * 151)}]),
    ("header is plain", [{"type": "header", "text": plain("x")}], [{"type": "header", "text": mrkdwn("x")}]),
    (
        "context elements",
        [{"type": "context", "elements": [plain("x")] * 10}],
        [{"type": "context", "elements": [plain("x")] * 11}],
    ),
    ("action elements", [actions(*map(button, range(25)))], [actions(*map(button, range(26)))]),
    ("action ids", [actions(button(0), button(1))], [actions(button(0), button(0))]),
    ("button text", [actions(button(text=plain("x" * 75)))], [actions(button(text=plain("x" * 76)))]),
    ("button value", [actions(button(value="v" * 2000))], [actions(button(value="v" * 2001))]),
    ("button style", [actions(button(style="danger"))], [actions(button(style="warning"))]),
    ("button keys", [actions(button())], [actions(button(colour="red"))]),
    ("action id length", [actions(button(action_id="a" * 255))], [actions(button(action_id="a" * 256))]),
    ("block id length", [actions(button(), block_id="b" * 255)], [actions(button(), block_id="b" * 256)]),
    (
        "block id once",
        [actions(button(), block_id="a"), actions(button(), block_id="b")],
        [actions(button(), block_id="a"), actions(button(), block_id="a")],
    ),
    ("options", [select(100)], [select(101)]),
    ("option text", [select(1, text=75)], [select(1, text=76)]),
    ("option value", [select(1, value=75)], [select(1, value=76)]),
    ("table rows", [table(100)], [table(101)]),
    ("table columns", [table(1, 20)], [table(1, 21)]),
    ("one table", [table(1)], [table(1), table(1)]),
    ("even rows", [table(2)], [{"type": "table", "rows": [*table(1)["rows"], *table(1, 2)["rows"]]}]),
    ("cells", [table(1)], [{"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]}]),
    ("rich text", [rich("x" * 3000)], [rich("x" * 3001)]),
    ("rich text has words", [rich("x")], [rich("")]),
    ("known blocks", [section()], [{"type": "section2"}]),
    ("all text", [section("x" * 3000)] * 4, [*[section("x" * 3000)] * 4, section("x")]),
    ("no inputs", [section()], [{"type": "input", "label": plain("x"), "element": {"type": "datepicker"}}]),
    (
        "images",
        [{"type": "image", "alt_text": "x", "image_url": "https://example.com/x.png"}],
        [{"type": "image", "image_url": "https://example.com/x.png"}],
    ),
    ("mentions", [section("<!date^1^{date}|x> <https://example.com|x> &lt;!channel&gt;")], [section("<!channel>")]),
    ("people", [section("someone")], [section("<@U0BOSS1>")]),
    ("whole entities", [section("a &amp; b")], [section("a &am")]),
    ("whole links", [section("<https://example.com|x>")], [section("<https://exam")]),
]


@pytest.mark.parametrize(
    ("name", "good", "bad"), AT_THE_LIMIT, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_stands_at_a_limit_passes_and_one_more_does_not(
    name: str, good: list[dict[str, Any]], bad: list[dict[str, Any]]
) -> None:
    assert message_faults("x", good) == []
    assert message_faults("x", bad) != []


def test_a_message_has_words_beside_its_blocks() -> None:
    assert message_faults("", [section()]) != []
    assert message_faults("x" * 4001, [section()]) != []
    assert message_faults("<!here>", [section()]) != []


def test_a_mention_that_is_meant_passes() -> None:
    assert message_faults("x", [section("Shared by <@U0ANN>")], mentions=["@U0ANN"]) == []


DAY = {"type": "input", "label": plain("l"), "element": {"type": "datepicker", "action_id": "d"}}


def modal(**more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("t"), "blocks": [section()], **more}


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (modal(title=plain("t" * 24)), modal(title=plain("t" * 25))),
        (modal(submit=plain("t" * 24)), modal(submit=plain("t" * 25))),
        (modal(close=plain("t" * 24)), modal(close=plain("t" * 25))),
        (modal(private_metadata="m" * 3000), modal(private_metadata="m" * 3001)),
        (modal(callback_id="m" * 255), modal(callback_id="m" * 256)),
        (modal(blocks=[section()] * 100), modal(blocks=[section()] * 101)),
        (modal(), modal(footer=plain("f"))),
        (modal(blocks=[DAY], submit=plain("s")), modal(blocks=[DAY])),
        ({"type": "home", "blocks": [section()] * 100}, {"type": "home", "blocks": [section()] * 101}),
        ({"type": "home", "blocks": []}, {"type": "page", "blocks": []}),
    ],
)
def test_a_window_at_its_limits_passes_and_one_more_does_not(good: dict[str, Any], bad: dict[str, Any]) -> None:
    assert view_faults(good) == []
    assert view_faults(bad) != []
