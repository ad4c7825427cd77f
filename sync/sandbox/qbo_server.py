"""QuickBooks Online's side of the practice company: sign-in, limits, and the reading half of the accounting API."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sync.sandbox.books import World
from sync.sandbox.faults import Chance, Rule
from sync.sandbox.limits import Limits
from sync.sandbox.payload import as_json, as_xml
from sync.sandbox.qbo_data import ApiError, QboData, now
from sync.sandbox.qbo_detail import NOTICE
from sync.sandbox.qbo_oauth import AUTHORIZE_PATH, REALM_ID, TOKEN_PATH, Grants
from sync.sandbox.qbo_reports import cut_short, draw, too_large
from sync.sandbox.qbo_tree import ReportError
from sync.sandbox.query import QueryError
from sync.sandbox.refusals import bad_token, damaged, fault_body, gateway_json, refusal, service_fault
from sync.sandbox.shelf import Shelf
from sync.sandbox.web import Answer, Call

_ROUTE = re.compile(r"/v3/company/(?P<realm>[^/]+)/(?P<rest>.+?)/?$")
_MOST_AT_ONCE = 10
_MOST_IN_BATCH = 30


class QboServer:
    """The application behind the one address that plays Intuit's three hosts; `world` is asked anew at every call."""

    def __init__(
        self,
        world: Callable[[], World],
        chance: Chance,
        shelf: Shelf,
        grants: Grants,
        limits: Limits | None,
        violation: Callable[[str], None],
    ) -> None:
        self._data = QboData(world, shelf)
        self._world = world
        self._chance = chance
        self._grants = grants
        self._limits = limits
        self._violation = violation

    def __call__(self, call: Call) -> Answer:
        """The answer to one request, faults and limits included."""
        if call.path in (AUTHORIZE_PATH, TOKEN_PATH):
            return self._signing_in(call)
        route = _ROUTE.match(call.path)
        if not route:
            return Answer(404, b"<html><body>Not Found</body></html>", "text/html")
        if self._over_limit(call, route["rest"]):
            over = refusal(self._chance.faults.qbo_throttle, "qbo")
            return over or gateway_json(429, 3001, "ThrottleExceeded", None)
        rules = self._chance.strike("qbo", call.path)
        for rule in rules:
            instead = refusal(rule.kind, "qbo", self._chance.faults.hold)
            if instead:
                return instead
        if not self._grants.accepts(call.headers.get("authorization", "").removeprefix("Bearer ")):
            return bad_token()
        if route["realm"] != REALM_ID:
            return gateway_json(403, 3100, "ApplicationAuthorizationFailed", None)
        answer = self._answered(call, route["rest"], rules)
        return replace(damaged(answer, rules), headers=(("intuit_tid", f"1-{int(call.at * 1000):x}"),))

    def _signing_in(self, call: Call) -> Answer:
        rules = self._chance.strike("oauth", call.path)
        for rule in rules:
            instead = refusal(rule.kind, "oauth", self._chance.faults.hold)
            if instead:
                return instead
        answer = self._grants.token(call) if call.path == TOKEN_PATH else self._grants.authorize(call)
        return damaged(answer, rules)

    def _over_limit(self, call: Call, rest: str) -> bool:
        if self._limits is None:
            return False
        return call.in_flight > _MOST_AT_ONCE or not self._limits.admit("all", rest.split("/")[0])

    def _answered(self, call: Call, rest: str, rules: tuple[Rule, ...]) -> Answer:
        stamp = now(self._world())
        try:
            payload = self._payload(call, rest, rules, stamp)
        except QueryError as error:
            return service_fault(error.code, error.message, str(error), stamp)
        except ReportError as error:
            return service_fault(2010, "Request has invalid or unsupported property", str(error), stamp)
        except ApiError as error:
            return service_fault(error.code, error.message, str(error), stamp, status=error.status)
        if isinstance(payload, Answer):
            return payload
        if "json" in call.headers.get("accept", ""):
            return Answer(200, as_json(payload))
        return Answer(200, as_xml(payload, stamp), "application/xml;charset=UTF-8")

    def _payload(self, call: Call, rest: str, rules: tuple[Rule, ...], stamp: str) -> dict[str, Any] | Answer:
        kind, _, tail = rest.partition("/")
        if call.method == "POST" and kind == "query":
            return {"QueryResponse": self._data.query(call.body.decode(), rules), "time": stamp}
        if call.method == "POST" and kind == "batch":
            return self._batch(call, rules, stamp)
        if call.method != "GET":
            return self._refused(call)
        if kind == "query":
            return {"QueryResponse": self._data.query(call.params.get("query", ""), rules), "time": stamp}
        if kind == "cdc":
            return self._data.changes(call.params.get("entities", ""), call.params.get("changedSince", ""), stamp)
        if kind == "reports":
            return self._report(tail, call.params, stamp)
        return {**self._data.read(kind, tail, call.params), "time": stamp}

    def _refused(self, call: Call) -> Answer:
        """Tieout never writes: what would change the books is noted as a violation."""
        self._violation(f"{call.method} {call.path}")
        return gateway_json(403, 3100, "AuthorizationFailed", None)

    def _batch(self, call: Call, rules: tuple[Rule, ...], stamp: str) -> dict[str, Any] | Answer:
        try:
            items = json.loads(call.body).get("BatchItemRequest", [])
        except (ValueError, AttributeError):
            raise ApiError(2010, "Request has invalid or unsupported property", "The body is no batch") from None
        if len(items) > _MOST_IN_BATCH:
            detail = f"The maximum number of items in a batch is {_MOST_IN_BATCH}"
            raise ApiError(1040, "The batch request has too many items", detail)
        if any("Query" not in item for item in items):
            return self._refused(call)
        left = self._chance.faults.batch_objects
        answers = []
        for item in items:
            answer = self._batch_item(str(item["Query"]), rules, left)
            left -= answer.get("QueryResponse", {}).get("maxResults", 0)
            answers.append({"bId": item.get("bId"), **answer})
        return {"BatchItemResponse": answers[::-1], "time": stamp}  # in no order that one may rely on

    def _batch_item(self, statement: str, rules: tuple[Rule, ...], left: int) -> dict[str, Any]:
        try:
            response = self._data.query(statement, rules)
        except QueryError as error:
            return fault_body(error.code, error.message, str(error))
        if response.get("maxResults", 0) > left:
            return fault_body(10100, "The result set is too large", "A batch returns at most 1000 objects in all")
        return {"QueryResponse": response}

    def _report(self, name: str, params: dict[str, str], stamp: str) -> dict[str, Any] | Answer:
        faults = self._chance.faults
        tree = draw(self._data.ledger(), name, params, self._world().today, stamp)
        if not too_large(tree, faults.cell_cap):
            return tree
        if faults.cap_form == "text":
            return Answer(200, NOTICE.encode(), "text/plain; charset=utf-8")
        return cut_short(tree, faults.cell_cap)
