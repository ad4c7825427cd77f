"""Test syncs that somebody waits for: told once when they are done, and let go after a week."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import col, select

from bot.trial_watch import look
from sync.domain.letters import Letter
from sync.errors import UserError
from sync.store.checks import TrialBook, WaitedTrial
from sync.store.db import reading
from sync.store.tables import DocumentRow
from tests.bot.block_checker import texts
from tests.bot.desks import company_of
from tests.bot.front import Talk

NOW = 1_790_000_000.0
WEEK = 7 * 86400.0


@dataclass
class Told:
    done: bool

    def to_text(self) -> list[str]:
        return ["right   Invoice INV-1 is in QuickBooks."]


def waiting(engine: Engine, *users: str) -> TrialBook:
    book = TrialBook(engine, company_of(engine))
    for user in users:
        book.begin(WaitedTrial(user, "INV-1", NOW, NOW + WEEK))
    return book


def test_whoever_waits_is_told_once_when_it_is_done(engine: Engine) -> None:
    book, letters = waiting(engine, "U0ANN"), list[Letter]()
    look(book, lambda number: Told(False), letters.append, NOW)
    assert letters == []
    asked: list[str] = []
    look(book, lambda number: asked.append(number) or Told(True), letters.append, NOW)  # type: ignore[func-returns-value]
    look(book, lambda number: Told(True), letters.append, NOW)
    (letter,) = letters
    assert asked == ["INV-1"]
    assert (letter.channel, letter.text.splitlines()) == (
        "U0ANN",
        ["Your test sync is done.", "right   Invoice INV-1 is in QuickBooks."],
    )
    assert book.waiting() == []


def test_each_person_waits_for_the_last_one_that_they_asked_for(engine: Engine) -> None:
    book = waiting(engine, "U0ANN", "U0BEN")
    book.begin(WaitedTrial("U0ANN", "INV-2", NOW, NOW + WEEK))
    assert [(each.user, each.number) for each in book.waiting()] == [("U0ANN", "INV-2"), ("U0BEN", "INV-1")]


def test_after_a_week_it_is_told_as_it_stands(engine: Engine) -> None:
    book, letters = waiting(engine, "U0ANN"), list[Letter]()
    look(book, lambda number: Told(False), letters.append, NOW + WEEK + 1)
    assert letters[0].text.startswith("Your test sync is not done after 7 days.")
    assert book.waiting() == []


def test_one_that_cannot_be_judged_does_not_stop_the_others(engine: Engine) -> None:
    book, letters = waiting(engine, "U0ANN"), list[Letter]()
    book.begin(WaitedTrial("U0BEN", "gone", NOW, NOW + WEEK))

    def judge(number: str) -> Told:
        if number == "gone":
            raise UserError("No document has that number")
        return Told(True)

    look(book, judge, letters.append, NOW)
    assert [letter.channel for letter in letters] == ["U0ANN"]
    assert [each.user for each in book.waiting()] == ["U0BEN"]


def test_a_test_sync_that_is_under_way_is_waited_for_by_whoever_asked_in_slack(talk: Talk) -> None:
    with talk.front.deps() as deps:
        with reading(deps.engine) as session:
            mine = (DocumentRow.source == "cin7", DocumentRow.kind == "Sale", DocumentRow.invoice == "")
            open_order = session.exec(
                select(DocumentRow.number).where(*mine, col(DocumentRow.voided).is_(False))
            ).first()
        book = TrialBook(deps.engine, talk.front.company)
        assert open_order
        talk.command(f"/sync test {open_order}", user="U0BOSS")
        assert [(each.user, each.number) for each in book.waiting()] == [("U0BOSS", open_order)]
        assert "You are told directly when every step is judged." in "\n".join(texts(talk.last()["blocks"]))
