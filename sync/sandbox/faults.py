"""What can be made to go wrong on the practice servers, as rules: where, at which call, and how."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Kind(StrEnum):
    """One way to go wrong: throttles, gateway and body faults answer instead of the server, others spoil its answer."""

    THROTTLE_429 = "429 with the vendor's text, no Retry-After"
    THROTTLE_503 = "503 without Retry-After"
    THROTTLE_60_SECONDS = "429 with Retry-After: 60 Seconds"
    THROTTLE_30_SEC = "429 with Retry-After: 30 sec"
    THROTTLE_ODD_STATUS = "a status that says nothing about throttling, the body text does"
    THROTTLE_200 = "status 200, only the body text tells"
    THROTTLE_JSON = "429 with the gateway's JSON fault"
    THROTTLE_XML = "429 with the gateway's XML fault"
    MONTH_JSON = "429 that lasts until next month, in JSON"
    MONTH_XML = "429 that lasts until next month, in XML"
    ERROR_500 = "500"
    ERROR_502 = "502 with a proxy's HTML page"
    ERROR_504 = "504"
    XML_FAULT = "an XML fault though JSON was asked for"
    HTML_200 = "an HTML page with status 200"
    ERROR_200 = "an error object with status 200"
    EMPTY = "status 200 and no body"
    UNAUTHORISED = "401 though the token is good"
    CUT_JSON = "JSON that ends early, with an honest Content-Length"
    CUT_BODY = "the connection ends in the middle of the body"
    RESET = "the connection is reset before anything is done"
    LOST = "everything is done, then the connection is reset before the answer"
    LATE = "the answer comes `seconds` late"
    HANG = "no answer until the client gives up"
    SHIFT_INSERT = "a row came in before this page since the page before"
    SHIFT_DELETE = "a row before this page is gone since the page before"
    MOVING_TOTAL = "Total is one more than there is"
    DUPLICATE_ROWS = "the page repeats its first row"
    UNKNOWN_TYPE = "the first row has a Type that nobody documented"
    UNKNOWN_STATUS = "the first row has a Status that nobody documented"
    EMPTIES = "what is empty is null, blank or missing in turn"
    FIELD_NULL = "`field` of the first row is null"
    FIELD_BLANK = "`field` of the first row is blank"
    FIELD_MISSING = "`field` of the first row is missing"
    TYPOS = "keys are spelled as the vendor misspells them"


# What happens to the rows, and what happens to an answer on its way; every other kind answers instead of the server.
ROW_KINDS = frozenset(
    {
        Kind.SHIFT_INSERT,
        Kind.SHIFT_DELETE,
        Kind.MOVING_TOTAL,
        Kind.DUPLICATE_ROWS,
        Kind.UNKNOWN_TYPE,
        Kind.UNKNOWN_STATUS,
        Kind.EMPTIES,
        Kind.FIELD_NULL,
        Kind.FIELD_BLANK,
        Kind.FIELD_MISSING,
        Kind.TYPOS,
    }
)
WIRE_KINDS = frozenset({Kind.CUT_JSON, Kind.CUT_BODY, Kind.LOST, Kind.LATE})


@dataclass(frozen=True, slots=True)
class Rule:
    """A fault and when it strikes, counted from 1 over the calls that fit `source` and `path`.

    `source`: "cin7", "qbo", "oauth" or "" for all. `path`: a regular expression looked for in the path, any case.
    `nth`: that call only; `every`: each k-th; `upto`: the first n; all zero: every call.
    """

    kind: Kind
    source: str = ""
    path: str = ""
    nth: int = 0
    every: int = 0
    upto: int = 0
    field: str = ""
    seconds: float = 0.0

    def fits(self, source: str, path: str) -> bool:
        return self.source in ("", source) and re.search(self.path, path, re.IGNORECASE) is not None

    def strikes(self, count: int) -> bool:
        if not (self.nth or self.every or self.upto):
            return True
        return count == self.nth or count <= self.upto or bool(self.every and count % self.every == 0)


@dataclass(frozen=True, slots=True)
class Faults:
    """The rules, and the ways of the two vendors that a test may want otherwise.

    `cin7_throttle`, `qbo_throttle`: how a call over the limit is refused. `cell_cap`: cells a report may have;
    `cap_form`: "row" ends the report early with a row that says so, "text" answers with the bare sentence.
    `rotate_every`: the refresh token changes at each n-th refresh, 0 never. `reuse_kills`: after so many refreshes
    with a replaced token the grant is dead, 0 never. `overlap`: a replaced token still works. `consent`: what the user
    clicks; "asked" shows a page with both answers.
    `access_seconds`: life of an access token. `batch_objects`: rows a batch may return in all.
    `hold`: the longest silence of HANG, seconds.
    """

    rules: tuple[Rule, ...] = ()
    cin7_throttle: Kind = Kind.THROTTLE_429
    qbo_throttle: Kind = Kind.THROTTLE_XML
    cell_cap: int = 400_000
    cap_form: Literal["row", "text"] = "row"
    rotate_every: int = 1
    reuse_kills: int = 1
    overlap: bool = False
    consent: Literal["given", "refused", "asked"] = "given"
    access_seconds: int = 3600
    batch_objects: int = 1000
    hold: float = 300.0


class Chance:
    """Counts the calls for each rule and tells which rules strike; safe to use from many threads."""

    def __init__(self, faults: Faults) -> None:
        self._lock = threading.Lock()
        self._counts: dict[int, int] = {}
        self._faults = faults

    @property
    def faults(self) -> Faults:
        return self._faults

    def replace(self, faults: Faults) -> None:
        """Other faults from now on, counted from the beginning."""
        with self._lock:
            self._faults = faults
            self._counts.clear()

    def strike(self, source: str, path: str) -> tuple[Rule, ...]:
        """The rules that strike this call."""
        struck = []
        with self._lock:
            for index, rule in enumerate(self._faults.rules):
                if rule.fits(source, path):
                    self._counts[index] = self._counts.get(index, 0) + 1
                    if rule.strikes(self._counts[index]):
                        struck.append(rule)
        return tuple(struck)
