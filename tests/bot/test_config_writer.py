"""Values written into tieout.toml: everything else in it stays as it was."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config_writer import with_values, write
from sync.errors import UserError


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[slack]\nalerts = "C1"\n'),
        ("# ours\n", '# ours\n\n[slack]\nalerts = "C1"\n'),
        ('[slack]\nreports = "C2"\n[sync]\n', '[slack]\nalerts = "C1"\nreports = "C2"\n[sync]\n'),
        ('[slack] # ids\nalerts = "C9"  # old\n', '[slack] # ids\nalerts = "C1"  # old\n'),
        ('[sync]\nalerts = "no"\n', '[sync]\nalerts = "no"\n\n[slack]\nalerts = "C1"\n'),
    ],
)
def test_a_key_is_added_or_replaced_where_it_belongs(before: str, after: str) -> None:
    assert with_values(before, "slack", {"alerts": "C1"}) == after


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30))
def test_any_text_comes_back_as_it_was_written(value: str) -> None:
    before = '[company]\nname = "Acme"\n[slack]\nreports = "C2"\n'
    told = tomllib.loads(with_values(before, "slack", {"alerts": value}))
    assert told == {"company": {"name": "Acme"}, "slack": {"alerts": value, "reports": "C2"}}


def test_a_file_that_is_no_toml_is_left_alone_and_the_lines_to_write_are_told(tmp_path: Path) -> None:
    path = tmp_path / "tieout.toml"
    path.write_text("[slack\n")
    with pytest.raises(UserError, match=r"write there by hand: \[slack\] alerts"):
        write(path, "slack", {"alerts": "C1"})
    assert path.read_text() == "[slack\n"
    assert [each.name for each in tmp_path.iterdir()] == ["tieout.toml"]
