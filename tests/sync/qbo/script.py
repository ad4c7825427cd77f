"""Scripted answers for the tests of the client."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx

NOW = "2026-02-01T10:00:00-08:00"


@dataclass
class Script:
    """Answers requests in order, the last answer again and again, and keeps what was asked."""

    answers: list[httpx.Response | Exception]
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @property
    def statements(self) -> list[str]:
        return [request.url.params.get("query", request.content.decode()) for request in self.asked]


def rows(entity: str, *ids: str) -> httpx.Response:
    found = {entity: [{"Id": id_} for id_ in ids], "startPosition": 1, "maxResults": len(ids)} if ids else {}
    return httpx.Response(200, json={"QueryResponse": found, "time": NOW})


def fault(code: str, status: int = 400, message: str = "Something") -> httpx.Response:
    body = {"Fault": {"Error": [{"Message": message, "Detail": "", "code": code}], "type": "ValidationFault"}}
    return httpx.Response(status, json=body)
