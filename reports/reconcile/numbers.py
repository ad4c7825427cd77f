"""Document numbers as people and programs write them: equal ones told from different ones, and found inside texts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

MOST_CHARACTERS = 21  # the longest DocNumber (QBO docs)

_TOKEN = re.compile(r"[^\W_](?:[\w/.#:-]*[^\W_])?")
_CUTS = re.compile(r"[-/_:#.]")
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_LETTERS_DIGITS = re.compile(r"([A-Z]+)[^A-Z0-9]{0,2}([0-9]+)(?![0-9A-Z])")
_SHORTEST = 3  # characters of a number inside another
_WORDS = "COPY|DUP|DUPLICATE|[A-Z]{1,2}"
_COPY = re.compile(rf"(?:[-_ ./(#]+(?:\d{{1,2}}|{_WORDS})|(?:{_WORDS}))\)?")  # INV-1002 is no copy of INV-100


def plain(number: str) -> str:
    """A number without regard to case and runs of blanks."""
    made = " ".join(number.upper().split())
    return number if made == number else made


def loose(number: str) -> str:
    """A number without dashes, blanks and leading zeros: "inv-00012" and "INV 12" are the same."""
    return _ZEROS.sub("", re.sub(r"[^0-9A-Z]+", "-", number.upper())).replace("-", "")


def tokens(text: str) -> Iterator[str]:
    """The words of a text that might be numbers, in upper case."""
    return (found.group().upper() for found in _TOKEN.finditer(text) if any(c.isdigit() for c in found.group()))


def suffixes(token: str) -> Iterator[str]:
    """What stands after each dash or slash, the longest first: of COGS-INV-00012 "INV-00012", then "00012"."""
    return (token[cut.end() :] for cut in _CUTS.finditer(token))


def named(text: str, known: Collection[str]) -> list[tuple[str, str]]:
    """(number, prefix before it) for each of the `known` numbers that a text names, each once, in order.

    A whole word comes before its end: of "COGS-INV-00012" INV-00012 is taken, not 00012, unless only that is known.
    """
    found: dict[str, str] = {}
    whole = plain(text)
    if whole in known:
        return [(whole, "")]
    for token in tokens(text):
        if token in known:
            found.setdefault(token, "")
            continue
        for end in suffixes(token):
            if end in known and len(end) > 1:
                found.setdefault(end, token[: len(token) - len(end)])
                break
    return list(found.items())


def inside(text: str, known: Collection[str]) -> Iterator[str]:
    """Known numbers that stand in a longer one between dashes or slashes, with something behind: INV-12-COGS."""
    for token in tokens(text):
        if token in known or any(end in known for end in suffixes(token)):
            continue
        cuts = list(_CUTS.finditer(token))
        starts, ends = [0, *(cut.end() for cut in cuts)], [cut.start() for cut in cuts]
        spans = sorted(((s, e) for s in starts for e in ends if e - s >= _SHORTEST), key=lambda x: (x[0] - x[1], x))
        span = next((token[s:e] for s, e in spans if token[s:e] in known), "")
        if span:
            yield span


def ends_another(number: str, text: str, shapes: Collection[str]) -> bool:
    """Whether a text has a number only as the end of another: 00003 in "Reversal of WO-00003", where numbers like
    WO-00001 are given out. `shapes` are the patterns of the numbers that are."""
    words = list(tokens(text))
    longer = (part for word in words for part in runs(word) if part.endswith(number) and part != number)
    return number not in words and any(shape(part) in shapes for part in longer)


def runs(token: str) -> Iterator[str]:
    """Every run of a token from one dash or slash to another, itself included."""
    cuts = list(_CUTS.finditer(token))
    starts, ends = [0, *(cut.end() for cut in cuts)], [*(cut.start() for cut in cuts), len(token)]
    return (token[start:end] for start in starts for end in ends if start < end)


def glued(text: str, alike: Mapping[str, str]) -> Iterator[str]:
    """Numbers that a text has without their dashes or zeros, or right behind other letters: "inv 12", COGSINV00012."""
    if not alike:
        return
    for found in _LETTERS_DIGITS.finditer(text.upper()):
        letters, number = found.group(1), str(int(found.group(2)))
        form = next((letters[n:] + number for n in range(len(letters)) if letters[n:] + number in alike), number)
        if form in alike and form != number:
            yield alike[form]


def is_copy(number: str, of: str) -> bool:
    """Whether a number is another with a short suffix, as a second posting of one document gets: INV-12-1, INV-12A."""
    ours, other = plain(number), plain(of)
    return ours != other and ours.startswith(other) and bool(other) and bool(_COPY.fullmatch(ours[len(other) :]))


def stems(number: str) -> Iterator[str]:
    """What is left of a number without a short suffix, the longest first."""
    ours = plain(number)
    return (ours[:cut] for cut in range(len(ours) - 1, 2, -1) if _COPY.fullmatch(ours[cut:]))


def shape(number: str) -> str:
    """The pattern of a number: INV-00012 is "INV-99999"."""
    return re.sub(r"\d", "9", plain(number))


def digits(number: str) -> int:
    """The digits of a number as one whole number, 0 where it has none."""
    return int("".join(c for c in number if c in "0123456789") or "0")
