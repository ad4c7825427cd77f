"""What people read about causes is what the rules say of themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.findings import CAUSES
from reports.reconcile.causes.help import MEANINGS, cause_help, page

_PAGE = Path(__file__).parents[3] / "docs" / "causes.md"


def test_the_docs_page_is_what_the_rules_say() -> None:
    written = _PAGE.read_text(encoding="utf-8")
    assert written == page(), "run: python3 -m uv run python -m reports.reconcile.causes.help > docs/causes.md"


def test_every_cause_that_can_be_found_is_explained_and_no_other() -> None:
    assert sorted(MEANINGS) == sorted(CAUSES)
    assert all(f"### `{cause}`" in page() for cause in CAUSES)


@pytest.mark.parametrize("words", ["missing_in_qbo", "Missing in QBO", " missing-in-qbo "])
def test_a_cause_is_explained_under_any_way_of_writing_its_name(words: str) -> None:
    told = cause_help(words)
    assert told.startswith("missing_in_qbo (error): Cin7 posts the document")
    assert [line.partition(":")[0] for line in told.splitlines()[1:]] == ["How seen", "Remedy", "When it is wrong"]


def test_what_is_no_cause_has_no_explanation() -> None:
    with pytest.raises(KeyError):
        cause_help("lost_in_space")
