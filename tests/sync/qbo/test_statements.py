from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.qbo import statements


def read_back(quoted: str) -> str:
    """What a reader that knows backslash escapes takes a quoted text for; it must end at the last character."""
    assert quoted[0] == "'"
    found, place = [], 1
    while quoted[place] != "'":
        place += quoted[place] == "\\"
        found.append(quoted[place])
        place += 1
    assert place == len(quoted) - 1, "the text ends before the statement does"
    return "".join(found)


@given(st.text())
def test_no_value_leaves_its_quotes(value: str) -> None:
    assert read_back(statements.quote(value)) == value


@given(st.text(alphabet="\\'a", max_size=8))
def test_no_mix_of_backslashes_and_apostrophes_leaves_its_quotes(value: str) -> None:
    assert read_back(statements.quote(value)) == value


def test_a_page_is_ordered_and_bounded() -> None:
    assert statements.select("Invoice", start=1001) == (
        "SELECT * FROM Invoice ORDERBY Id STARTPOSITION 1001 MAXRESULTS 1000"
    )


def test_list_entities_are_asked_for_with_their_inactive_rows() -> None:
    assert statements.select("Item", where="Name = 'x'") == (
        "SELECT * FROM Item WHERE Active IN (true, false) AND Name = 'x' ORDERBY Id STARTPOSITION 1 MAXRESULTS 1000"
    )
    assert statements.count("Account") == "SELECT COUNT(*) FROM Account WHERE Active IN (true, false)"
    assert statements.count("Bill") == "SELECT COUNT(*) FROM Bill"


def test_a_condition_on_active_is_left_as_it_is() -> None:
    assert "WHERE Active = true ORDERBY" in statements.select("Item", where="Active = true")


def test_instants_carry_their_offset() -> None:
    pacific = timezone(timedelta(hours=-8))
    when = datetime(2026, 1, 5, 10, 20, 30, 987654, tzinfo=pacific)
    assert statements.changed_since(when) == "MetaData.LastUpdatedTime >= '2026-01-05T18:20:30Z'"
    with pytest.raises(ValueError, match="aware"):
        statements.changed_since(datetime(2026, 1, 5))  # noqa: DTZ001  # a naive one is the point


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_is_never_later_than_asked_for(when: datetime) -> None:
    asked = datetime.fromisoformat(statements.in_utc(when))
    assert timedelta(0) <= when - asked < timedelta(seconds=1)


def test_days_and_ids_are_quoted() -> None:
    assert statements.dated(date(2026, 1, 1), date(2026, 1, 31)) == (
        "TxnDate >= '2026-01-01' AND TxnDate <= '2026-01-31'"
    )
    assert statements.among(["1", "2'"]) == r"Id IN ('1', '2\'')"


@pytest.mark.parametrize("name", ["Invoice WHERE", "Invoice;", "", "1", "In'voice"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        statements.select(name)
    with pytest.raises(ValueError, match="not a name"):
        statements.count(name)


@pytest.mark.parametrize(("start", "limit"), [(0, 10), (1, 0), (1, 1001)])
def test_a_page_that_cannot_be_is_refused(start: int, limit: int) -> None:
    with pytest.raises(ValueError, match="a page starts at 1"):
        statements.select("Invoice", start=start, limit=limit)


def test_the_entity_of_a_statement_is_read_back() -> None:
    assert statements.entity_in(statements.select("JournalEntry")) == "JournalEntry"
    assert statements.entity_in(statements.count("Bill")) == "Bill"
