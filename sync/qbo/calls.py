"""The requests to QuickBooks Online's API: reads of objects, statements and reports, and nothing else."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from sync.domain.period import Period
from sync.qbo import faults
from sync.qbo.auth import Grant, QboAccess
from sync.qbo.reports import Report
from sync.qbo.wire import NAME, SYSTEM
from sync.transport import Answer, Call, CallLog, Limit, Tally, Transport

# Intuit docs, "Minor versions": lower ones answer as 75 since August 2025.
_MINOR_VERSION = "75"
# Older Intuit docs gave reports 200 a minute (python-quickbooks#83), the present ones batches 40.
_REPORTS = Limit("qbo reports", 200, 60.0)
_BATCHES = Limit("qbo batch", 40, 60.0)
_IN_FLIGHT = 10
# Intuit docs: a request that runs for more than 120 seconds is cut off.
_SECONDS = 120.0
_LONGEST_IN_ADDRESS = 1500


class Calls:
    """Sends reads of one company; a POST carries statements alone, and nobody outside chooses a verb or a body."""

    def __init__(
        self,
        access: QboAccess,
        grant: Grant,
        log: CallLog,
        *,
        limits: tuple[Limit, ...],
        give_up_after: float,
        clock: Callable[[], float],
        sleep: Callable[[float], object] | None,
        http: httpx.Client,
        cancel: threading.Event | None,
    ) -> None:
        self.realm = access.realm_id
        self._transport = Transport(
            NAME,
            access.base_url,
            http,
            log,
            limits,
            system=SYSTEM,
            judge=faults.judge,
            headers=lambda: {"Authorization": f"Bearer {grant.bearer()}"},
            renew=lambda refused: _renew(grant, refused),
            clock=clock,
            sleep=sleep,
            give_up_after=give_up_after,
            max_in_flight=_IN_FLIGHT,
            cancel=cancel,
        )

    @property
    def sent(self) -> Tally:
        return self._transport.sent

    def close(self) -> None:
        self._transport.close()

    def get(self, resource: str, tally: Tally, id: str = "", **params: str) -> Mapping[str, Any]:  # noqa: A002
        """The JSON object at `resource`, or at its `id`."""
        path = f"{resource}/{quote(id, safe='')}" if id else resource
        return _object(self._send(path, tally, params))

    def ask(self, statement: str, tally: Tally) -> Mapping[str, Any]:
        """The answer to a statement; one too long for an address goes as a body."""
        if len(statement) <= _LONGEST_IN_ADDRESS:
            return self.get("query", tally, query=statement)
        return _object(self._send("query", tally, {}, content=statement, kind="application/text"))

    def ask_together(self, selects: Sequence[str], tally: Tally) -> Mapping[str, Any]:
        """The answer to several statements in one call; each one's bId is its place in `selects`."""
        items = [{"bId": str(number), "Query": select} for number, select in enumerate(selects)]
        body = json.dumps({"BatchItemRequest": items})
        return _object(self._send("batch", tally, {}, (_BATCHES,), content=body, kind="application/json"))

    def report(self, name: str, period: Period, tally: Tally, **params: str) -> Report:
        """A report on accrual basis: the default would be the company's preference; a lone end date is ignored."""
        days = {"start_date": period.start.isoformat(), "end_date": period.end.isoformat()}
        answer = self._send(f"reports/{name}", tally, {**params, **days, "accounting_method": "Accrual"}, (_REPORTS,))
        if not isinstance(answer.value, Report):
            raise TypeError("the judge makes a Report of every usable report")
        return answer.value

    def _send(
        self,
        path: str,
        tally: Tally,
        params: Mapping[str, str],
        limits: tuple[Limit, ...] = (),
        *,
        content: str | None = None,
        kind: str = "",
    ) -> Answer:
        typed = {"Content-Type": kind} if content is not None else {}
        call = Call(
            f"v3/company/{quote(self.realm, safe='')}/{path}",
            "GET" if content is None else "POST",
            params={**params, "minorversion": _MINOR_VERSION},
            headers={"Accept": "application/json", **typed},
            content=None if content is None else content.encode(),
            limits=limits,
            timeout=_SECONDS,
        )
        return self._transport.send(call, tally)


def _object(answer: Answer) -> Mapping[str, Any]:
    if not isinstance(answer.value, Mapping):
        raise TypeError("the judge makes an object of every usable answer")
    return answer.value


def _renew(grant: Grant, refused: Mapping[str, str]) -> None:
    grant.renew(refused["Authorization"].removeprefix("Bearer "))
