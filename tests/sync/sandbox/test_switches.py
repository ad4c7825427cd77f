"""The switches: legal values, drawing by seed, and what a wrong value says."""

from __future__ import annotations

import pytest

from sync.sandbox.switches import Switches, legal_values


def test_the_first_legal_value_is_the_default() -> None:
    assert {name: values[0] for name, values in legal_values().items()} == {
        name: getattr(Switches(), name) for name in legal_values()
    }


def test_the_same_seed_draws_the_same_switches() -> None:
    assert Switches.drawn(7) == Switches.drawn(7)


@pytest.mark.parametrize("name", legal_values())
def test_every_value_of_every_switch_is_drawn_by_some_seed(name: str) -> None:
    drawn = {getattr(Switches.drawn(seed), name) for seed in range(200)}
    assert drawn == set(legal_values()[name])


def test_an_illegal_value_names_the_switch_and_what_is_legal() -> None:
    with pytest.raises(ValueError, match=r"page_cap=500 .* \(1000, 100, 250\)"):
        Switches(page_cap=500)  # type: ignore[arg-type]  # on purpose: the check is at run time
