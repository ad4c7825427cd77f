"""What each cause means, for people, read from the docstring of its rule: Slack's help and the docs page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from inspect import getdoc

from reports.reconcile.causes import RULES, STATE_RULES, opening_difference
from reports.reconcile.view import NATURES

_FORM = re.compile(
    r"\*\*(?P<cause>\w+)\*\*: (?P<what>.+?)\s+How seen: (?P<seen>.+?)\s+Remedy: (?P<remedy>.+?)"
    r"\s+When it is wrong: (?P<wrong>.+)",
    re.DOTALL,
)
_KINDS = {
    "error": "Errors: somebody has to mend them",
    "timing": "Timing: it clears by itself",
    "policy": "Policy: known, and watched",
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """A cause in words: what it is, how it is seen, what to do, and when the finding is wrong."""

    cause: str
    nature: str
    what: str
    seen: str
    remedy: str
    wrong: str


def _meaning(rule: object) -> Meaning:
    found = _FORM.fullmatch(getdoc(rule) or "")
    if found is None:
        raise ValueError(f"the docstring of {rule} does not say what its cause is, how seen, remedy, when wrong")
    words = {name: " ".join(text.split()) for name, text in found.groupdict().items()}
    return Meaning(nature=NATURES[words["cause"]], **words)


MEANINGS = {
    each.cause: each for each in map(_meaning, (*(rule for rule in (*RULES, *STATE_RULES)), opening_difference.find))
}


def cause_help(cause: str) -> str:
    """A cause in a few lines of plain text; the name may be written with blanks or dashes. KeyError for no cause."""
    told = MEANINGS[re.sub(r"[\s-]+", "_", cause.strip().lower())]
    return "\n".join(
        (
            f"{told.cause} ({told.nature}): {told.what}",
            f"How seen: {told.seen}",
            f"Remedy: {told.remedy}",
            f"When it is wrong: {told.wrong}",
        )
    )


def page() -> str:
    """docs/causes.md: every cause, by kind, in the order in which they are tried."""
    lines = [
        "# Causes",
        "",
        "What a finding of `tieout reconcile` can say. This page is made from the rules' own docstrings by",
        "`python3 -m uv run python -m reports.reconcile.causes.help > docs/causes.md`. A document has one cause on",
        "each control, the first that fits; findings of one event share their root.",
        "Where a journal entry would cure a finding, it carries one in words; Tieout posts nothing.",
    ]
    for nature, title in _KINDS.items():
        lines += ["", f"## {title}"]
        for told in (each for each in MEANINGS.values() if each.nature == nature):
            lines += ["", f"### `{told.cause}`", "", f"{_capital(told.what)}", ""]
            lines += [f"- **How seen**: {told.seen}", f"- **Remedy**: {told.remedy}"]
            lines += [f"- **When it is wrong**: {told.wrong}"]
    return "\n".join(lines) + "\n"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201  the page is what this is for
