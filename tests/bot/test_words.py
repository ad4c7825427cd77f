"""Words as people type them: quotes of phones, spoken options, near misses."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import PHRASES, find, parser_of
from bot.commands import cogs, stock, sync
from bot.prompt import words_of
from bot.words import choice, day, did_you_mean, spoken
from sync.errors import UserError


def asked(line: str) -> object:
    """The request that a line at the prompt becomes."""
    name, *words = words_of(line, PHRASES)
    command = find(name)
    return command.parse(parser_of(command).read(words))


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        ("cogs", cogs.Request("last-month")),
        ("cogs last week by product", cogs.Request("last week", "product")),
        ("COGS last week by Products", cogs.Request("last week", "product")),
        ("cogs 2026-01 by channel vs 2025-01", cogs.Request("2026-01", "channel", "2025-01")),
        ("/cogs ytd", cogs.Request("ytd")),
        ("tieout cogs mtd --by customer", cogs.Request("mtd", "customer")),
        ("stock", stock.Request()),
        ("stock blue mug at Main Warehouse", stock.Request("blue mug", "Main Warehouse")),
        ("stock “blue mug”", stock.Request("blue mug")),
        ("sync", sync.Request()),
        ("sync full", sync.Request(full=True)),
        ("sync since 2026-01-31 only sales,ledger", sync.Request(False, date(2026, 1, 31), ("sales", "ledger"))),
        ("sync --only Credit-Memos sales", sync.Request(only=("credit_memos", "sales"))),
    ],
)
def test_a_typed_line_becomes_the_request_it_means(line: str, request_: object) -> None:
    assert asked(line) == request_


def test_an_open_quotation_mark_is_told() -> None:
    with pytest.raises(UserError, match="quotation mark"):
        spoken('stock "blue mug', {})


@pytest.mark.parametrize("word", ["2026-02-30", "yesterday", ""])
def test_a_day_that_does_not_exist_is_told_with_the_form(word: str) -> None:
    with pytest.raises(UserError, match="2026-01-31"):
        day(word)


def test_an_unknown_group_lists_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"did you mean channel\?\nKnown: product, category"):
        choice("chanel", cogs.GROUPS, "The group")


def test_nothing_near_gives_no_guess() -> None:
    assert did_you_mean("zzz", ["stock", "sync"]) == ""


@pytest.mark.parametrize("line", ["demo", "connect --no-browser"])
def test_commands_that_make_no_sense_at_the_prompt_say_so(line: str) -> None:
    with pytest.raises(UserError, match="command line"):
        words_of(line, PHRASES)


@given(st.text(st.characters(blacklist_categories=["Cs"])))
def test_any_line_is_words_or_a_plain_fault(line: str) -> None:
    try:
        words = words_of(line, PHRASES)
    except UserError:
        return
    assert all(isinstance(word, str) for word in words)


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"]))))
def test_any_words_of_cogs_are_a_request_or_a_plain_fault(words: list[str]) -> None:
    command = find("cogs")
    try:
        request = command.parse(parser_of(command).read(words))
    except UserError:
        return
    assert isinstance(request, cogs.Request)
