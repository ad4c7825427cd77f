"""What stands against a sign-off, and whether what was frozen still holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from reports.answers import reconcile
from reports.books import Config, Incomplete
from reports.load_evidence import standing
from reports.reconcile.closing import Balances
from reports.reconcile.findings import Finding
from reports.reconcile.tie_out import TieOut, tie_out
from reports.remember import assign, remember, sign
from reports.sign_off import compared, evidence, hashed, reasons, report_hash, to_json, to_text
from sync.domain.accounts import Posting, Source
from sync.errors import UserError
from sync.store.db import reading, writing
from sync.store.ledger import WindowReading, replace_window
from tests.reports.ledgers import JANUARY, READ, TODAY, books, cache

CLEAN = """
2026-01-05 Sale t1 INV-1 610 200 100.00
qbo 2026-01-05 Invoice 7 INV-1 84:100.00 79:-100.00
"""
GAP = "2026-01-06 Sale t2 INV-2 610 200 5.00"
NOBODYS = Finding("f1", "f1", "missing_in_qbo", "error", "revenue", 500, "INV-2", "certain", "", "")
SIGNED = READ + timedelta(hours=1)


def result(text: str = CLEAN, *findings: Finding, **more: object) -> TieOut:
    found = replace(books(text), **more)  # type: ignore[arg-type]  # any field of Books
    return tie_out(found, Balances(unreachable="no balances here"), findings=findings)


def test_a_period_in_order_may_be_signed_off() -> None:
    assert reasons(result(), tolerance=1) == ()


def test_an_error_without_an_owner_stands_against_it_and_one_with_an_owner_does_not() -> None:
    receivable = replace(NOBODYS, id="f2", control="receivables")
    against = reasons(result(CLEAN + GAP, NOBODYS, receivable), tolerance=1)
    assert [(reason.id, reason.subject) for reason in against] == [("unowned_error", "f1"), ("unowned_error", "f2")]
    assert "tieout findings assign f1 --owner NAME" in against[0].message
    owned = [replace(each, owner="Ada") for each in (NOBODYS, receivable)]
    assert reasons(result(CLEAN + GAP, *owned), tolerance=1) == ()


@pytest.mark.parametrize("nature", ["timing", "policy"])
def test_what_is_no_error_needs_no_owner(nature: str) -> None:
    both = [replace(NOBODYS, nature=nature), replace(NOBODYS, id="f2", nature=nature, control="receivables")]
    assert reasons(result(CLEAN + GAP, *both), tolerance=1) == ()


@pytest.mark.parametrize(("tolerance", "refused"), [(499, True), (500, False)])
def test_what_is_unexplained_beyond_the_tolerance_stands_against_it(tolerance: int, refused: bool) -> None:
    against = {(reason.id, reason.subject) for reason in reasons(result(CLEAN + GAP), tolerance)}
    assert against == ({("unexplained", "revenue"), ("unexplained", "receivables")} if refused else set())


def test_missing_data_and_a_period_that_is_not_over_stand_against_it() -> None:
    lacking = result(incomplete=(Incomplete("qbo", "ledger", "not read whole"),))
    assert [(reason.id, reason.subject) for reason in reasons(lacking, 1)] == [("incomplete", "qbo ledger")]
    early = result(today=JANUARY.end)
    assert [reason.id for reason in reasons(early, 1)] == ["period_open"]


def test_a_report_asked_later_or_owned_by_another_has_the_same_hash() -> None:
    first = evidence(result(CLEAN + GAP, NOBODYS), {}).report
    later = result(CLEAN + GAP, replace(NOBODYS, owner="Ada"), as_of=dict.fromkeys(Source, SIGNED))
    assert report_hash(first) == report_hash(evidence(later, {}).report)
    other = result(CLEAN + GAP, replace(NOBODYS, amount=499))
    assert report_hash(first) != report_hash(evidence(other, {}).report)


def test_a_hash_does_not_depend_on_the_order_of_keys() -> None:
    assert hashed({"a": 1, "b": [2]}) == hashed({"b": [2], "a": 1}) != hashed({"a": 1, "b": [3]})


def test_a_period_that_nobody_signed_says_so() -> None:
    answer = compared(result(), evidence(result(), {}), None, ())
    assert (answer.status, to_json(answer)["signed_by"]) == ("unsigned", None)
    assert "is not signed off" in to_text(answer)


def _stand(engine: Engine) -> tuple[TieOut, str, tuple[str, ...], int]:
    with reading(engine) as session:
        found = reconcile(session, 1, JANUARY, Config(), today=TODAY)
        answer = standing(session, found, Config())
    return found, answer.status, answer.changed, len(answer.late)


def _sign(engine: Engine, by: str = "Grace") -> str:
    with reading(engine) as session:
        found = reconcile(session, 1, JANUARY, Config(), today=TODAY)
        answer = standing(session, found, Config())
    with writing(engine) as session:
        found = remember(session, 1, found, at=SIGNED)
        return sign(session, 1, answer, found, by=by, tolerance=1, at=SIGNED).status


def _read_anew(engine: Engine, amount: int) -> None:
    pairs = (("84", amount), ("79", -amount))
    told = [Posting(Source.QBO, a, date(2026, 1, 5), minor, "7", "Invoice", "INV-1") for a, minor in pairs]
    days = WindowReading(JANUARY.start, JANUARY.end, len(told), True, "", SIGNED + timedelta(hours=1))
    with writing(engine) as session:
        replace_window(session, 1, Source.QBO, days, told)


def test_a_signed_period_holds_until_its_books_change(engine: Engine) -> None:
    cache(engine, CLEAN)
    assert _stand(engine)[1:] == ("unsigned", (), 0)
    assert _sign(engine) == "signed"
    assert _stand(engine)[1:] == ("signed", (), 0)
    _read_anew(engine, 10_000)
    assert _stand(engine)[1:] == ("signed", (), 0)
    _read_anew(engine, 12_000)
    status, changed, late = _stand(engine)[1:]
    assert (status, late) == ("changed", 1)
    assert (
        {"qbo_ledger", "qbo_balances", "report"}
        <= set(changed)
        <= {"qbo_ledger", "qbo_balances", "report", "documents"}
    )


def test_a_refused_sign_off_keeps_nothing(engine: Engine) -> None:
    cache(engine, CLEAN + GAP)
    assert _sign(engine) == "refused"
    assert _stand(engine)[1] == "unsigned"


def test_other_settings_are_told_as_such(engine: Engine) -> None:
    cache(engine, CLEAN)
    assert _sign(engine) == "signed"
    with reading(engine) as session:
        config = Config(controls={"clearing": ("200",)})
        found = reconcile(session, 1, JANUARY, config, today=TODAY)
        answer = standing(session, found, config)
    assert answer.status == "changed"
    assert {"config", "account_map"} <= set(answer.changed)
    assert "the account map changed" in to_text(answer)


def test_owners_are_given_by_an_id_or_how_it_begins(engine: Engine) -> None:
    cache(engine, CLEAN + GAP)
    both = [replace(NOBODYS, id="abcd1234"), replace(NOBODYS, id="abcd9999", control="receivables")]
    with writing(engine) as session:
        remember(session, 1, result(CLEAN + GAP, *both), at=READ)
    given = {"due": None, "note": None, "who": "Grace", "at": READ}
    with writing(engine) as session:
        found = assign(session, 1, "ABCD1", owner="Ada", **given)  # type: ignore[arg-type]  # the same for every call
    assert (found.finding.id, found.finding.owner) == ("abcd1234", "Ada")
    for words, fault in (("abcd", "fits 2 findings"), ("abc", "no finding"), ("zzzz", "no finding")):
        with writing(engine) as session, pytest.raises(UserError, match=fault):
            assign(session, 1, words, owner="Ada", **given)  # type: ignore[arg-type]  # as above
