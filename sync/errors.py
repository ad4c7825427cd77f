"""Every error that a person may be told, and nothing else.

AppError                     `str(error)` is what the person reads; details go to the log
├── UserError                the asker can mend it: a bad period, wrong usage
│   ├── SettingsError        one or more settings are missing or malformed; all are listed
│   └── NotThere             an SKU, a location or a document that neither system knows: no figure can be given
├── NotSynced                no data yet, or older than asked; names the command that fetches it
├── SyncRunning              another process holds the sync of this company
├── UpstreamError            one of the two systems did not answer as needed
│   ├── AuthExpired          the connection must be made again
│   ├── RateLimited          throttled for longer than the patience set
│   ├── QuotaSpent           the monthly allowance is used up; trying again is useless
│   ├── Unavailable          no usable answer within the patience set
│   ├── Rejected             the system understood and refused (code and detail kept)
│   ├── TooLarge             a report with more rows than the system gives at once
│   └── UnexpectedPayload    an answer that does not fit: names the document and the field
└── InvariantBroken          our own fault: figures that must agree do not
"""

from __future__ import annotations


class AppError(Exception):
    """Something went wrong on our side."""

    def __str__(self) -> str:
        return super().__str__() or (self.__doc__ or "").strip()


class UserError(AppError):
    """That could not be understood."""


class SettingsError(UserError):
    """One or more settings are missing or malformed."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class NotThere(UserError):
    """Neither system knows that."""


class NotSynced(AppError):
    """Nothing is in the cache yet. Run: tieout sync"""


class SyncRunning(AppError):
    """A sync of this company is already running."""


class UpstreamError(AppError):
    """One of the two systems did not answer as needed."""

    def __init__(self, message: str, *, system: str, request_id: str = "") -> None:
        super().__init__(message)
        self.system = system
        self.request_id = request_id


class AuthExpired(UpstreamError):
    """The connection must be made again. Run: tieout connect"""


class RateLimited(UpstreamError):
    """The system kept refusing calls because too many were made."""


class QuotaSpent(UpstreamError):
    """The monthly allowance of API calls is used up."""


class Unavailable(UpstreamError):
    """The system gave no usable answer."""


class Rejected(UpstreamError):
    """The system understood the request and refused it."""

    def __init__(
        self, message: str, *, system: str, request_id: str = "", status: int = 0, code: int | None = None
    ) -> None:
        super().__init__(message, system=system, request_id=request_id)
        self.status = status
        self.code = code


class TooLarge(UpstreamError):
    """The report has more rows than the system gives at once."""


class UnexpectedPayload(UpstreamError):
    """The answer does not have the expected form."""


class InvariantBroken(AppError):
    """Figures that must agree do not; no number is given."""
