"""How one setting's text or TOML value is checked and read; every fault says what to write instead."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
MAKE_A_KEY = 'python3 -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'

Check = Callable[[object], object]


def is_loopback(host: str) -> bool:
    """True for localhost, 127.0.0.0/8 and ::1: names and addresses that never leave the machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def word(value: object) -> str:
    """An id or a token: printable ASCII without spaces, so that it can stand in a header or a path."""
    if not isinstance(value, str) or not re.fullmatch(r"[!-~]+", value):
        raise ValueError("must be one word without spaces; copy it again")
    return value


def path_word(value: object) -> str:
    """An id that stands in a URL path, like QuickBooks' company id."""
    if re.search(r"[/?#%\\]", word(value)):
        raise ValueError("must be the bare id, without / ? # or %")
    return word(value)


def text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError('must be text in quotes, like "Practice Ltd"')
    return value.strip()


def one_of(*choices: str) -> Check:
    """One of the given words, in any case."""

    def check(value: object) -> str:
        if not isinstance(value, str) or value.lower() not in choices:
            raise ValueError("must be one of " + ", ".join(f'"{c}"' for c in choices))
        return value.lower()

    return check


def whole(low: int, high: int | None = None) -> Check:
    """A whole number from `low` to `high`, both allowed."""
    bounds = f"a whole number of {low} or more" if high is None else f"a whole number from {low} to {high}"

    def check(value: object) -> int:
        number = int(value) if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value) else value
        if isinstance(number, bool) or not isinstance(number, int) or number < low:
            raise ValueError(f"must be {bounds}")
        if high is not None and number > high:
            raise ValueError(f"must be {bounds}")
        return number

    return check


def duration(value: object) -> int:
    """Seconds of "60s", "15m", "4h" or "1d"."""
    found = re.fullmatch(r"(\d{1,7})\s*([smhd])", value.strip()) if isinstance(value, str) else None
    if not found:
        raise ValueError('must be a duration like "60s", "15m", "4h" or "1d"')
    return int(found[1]) * _SECONDS[found[2]]


def some_time(value: object) -> int:
    """A duration that is not zero."""
    seconds = duration(value)
    if not seconds:
        raise ValueError('must be longer than zero, like "60s" or "4h"')
    return seconds


def every(value: object) -> int | None:
    """Seconds between two syncs; None where only a person starts them."""
    if value == "manual":
        return None
    try:
        seconds = duration(value)
    except ValueError:
        seconds = 0
    if not seconds:
        raise ValueError('must be "manual" or a duration like "15m" or "1h"')
    return seconds


def amount(value: object) -> Decimal:
    """An exact, non-negative amount written as text."""
    try:
        number = Decimal(value) if isinstance(value, str) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise ValueError('must be an amount in quotes, like "1000.00"')
    return number


def time_zone(value: object) -> str:
    try:
        return ZoneInfo(text(value)).key
    except (LookupError, ValueError, OSError):  # ZoneInfo: unknown, absolute or odd names, or the name of a folder
        raise ValueError('must be an IANA time zone, like "America/New_York"') from None


def month_day(value: object) -> tuple[int, int]:
    """Month and day on which the fiscal year starts."""
    try:
        found = re.fullmatch(r"(\d\d)-(\d\d)", value) if isinstance(value, str) else None
        first = date(2001, int(found[1]), int(found[2])) if found else None
    except ValueError:
        first = None
    if first is None:
        raise ValueError('must be a month and a day that every year has, like "01-01" or "07-01"')
    return first.month, first.day


def url(value: object) -> str:
    """An https address; plain http on loopback only, because secrets travel in it."""
    try:
        parts = urlsplit(word(value))
        host, _ = parts.hostname or "", parts.port  # reading the port is what checks it
    except ValueError:
        raise ValueError("must be a full address like https://example.com/path") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("must be a full address like https://example.com/path")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not carry a user name or password")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError(f"plain http is accepted on loopback only; write https://{host}")
    return str(value)


def base_url(value: object) -> str:
    """An address that paths are put behind: no query, no fragment, no slash at the end."""
    address = url(value)
    if "?" in address or "#" in address:
        raise ValueError("must end with the path, without ? or #")
    return address.rstrip("/")


def slack_url(value: object) -> str:
    return base_url(value) + "/"


def redirect_uri(value: object) -> str:
    """Kept to the letter: Intuit compares it with the registered one, slash by slash."""
    base_url(value)
    return str(value)


def database_url(value: object) -> str:
    if not isinstance(value, str) or not re.match(r"(sqlite:///|postgres(ql)?(\+psycopg)?://).", value):
        raise ValueError("must be sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME")
    return value


def fernet_keys(value: object) -> tuple[str, ...]:
    """Comma-separated Fernet keys (32 bytes in URL-safe base 64); never repeated in a message."""
    keys = tuple(part.strip() for part in str(value).split(",") if part.strip())
    if not keys or not all(_is_fernet_key(key) for key in keys):
        raise ValueError(f"must be Fernet keys with commas between them; make one with: {MAKE_A_KEY}")
    return keys


def _is_fernet_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, altchars=b"-_", validate=True)) == 32
    except (ValueError, binascii.Error):
        return False


def slack_token(prefix: str, other: str, name: str) -> Check:
    """A Slack token; the two kinds are easily swapped, so the other kind is refused."""

    def check(value: object) -> str:
        if word(value).startswith(other):
            raise ValueError(f"holds the other kind of token; this one begins with {prefix} ({name})")
        return word(value)

    return check


def slack_id(kinds: str, example: str) -> Check:
    """A Slack id that begins with one of `kinds`."""

    def check(value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(rf"[{kinds}][A-Z0-9]{{2,20}}", value):
            raise ValueError(f"must be an id like {example}, not a name (Slack shows it under the details)")
        return value

    return check


def member(value: object) -> str:
    """A user, a user group, or "*" for every full member."""
    return "*" if value == "*" else str(slack_id("UWS", '"U0123", "S0456" or "*"')(value))


def pattern(value: object) -> re.Pattern[str]:
    """A regular expression without regard to case; its first group, or all of it, is a document number."""
    told = text(value)
    try:
        return re.compile(told, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"is no regular expression ({error}): {told!r}") from None


def several(check: Check) -> Check:
    """A list whose every item passes `check`; no item twice."""

    def check_all(value: object) -> tuple[object, ...]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise ValueError('must be a list, like ["a", "b"]')
        items = tuple(check(item) for item in value)
        if len(set(items)) != len(items):
            raise ValueError("names something twice")
        return items

    return check_all


def account_map(value: object) -> Mapping[str, str]:
    """Cin7 account codes with the id of the QuickBooks account that each one is."""
    pairs = dict(value) if isinstance(value, Mapping) else {}
    for code, account in pairs.items():
        if not isinstance(account, str) or not account.strip():
            raise ValueError(f'account "{code}" must be followed by a QuickBooks account id in quotes, like "80"')
    return pairs


def cron(value: object) -> str:
    """Five fields, in the company's time zone."""
    from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]  # ships no types; slow to import

    try:
        CronTrigger.from_crontab(str(value), timezone="UTC")
    except ValueError:
        raise ValueError('must be five cron fields, like "0 9 * * mon"') from None
    return " ".join(str(value).split())
