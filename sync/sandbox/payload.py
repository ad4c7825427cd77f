"""Payloads as bytes: JSON with exact numbers, and the XML that QuickBooks prefers when nobody asks for JSON."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

# The C encoder cannot write a Decimal as a number: it goes out as a marked string whose quotes are then removed.
_MARK = "\x01"
_MARKED = re.compile(r'"\\u0001([^"]*)"')
_NAMESPACE = "http://schema.intuit.com/finance/v3"


def as_json(payload: Any) -> bytes:
    """UTF-8 JSON; a Decimal becomes a number with exactly its digits. Books hold no floats."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), default=_exact)
    return _MARKED.sub(r"\1", text).encode()


def _exact(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{_MARK}{value:f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a payload: {value!r}")


def as_xml(payload: dict[str, Any], stamp: str) -> bytes:
    """The payload as an IntuitResponse document."""
    inner = "".join(_element(key, value) for key, value in payload.items() if key != "time")
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f'{head}<IntuitResponse xmlns="{_NAMESPACE}" time="{stamp}">{inner}</IntuitResponse>'.encode()


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, item) for item in value)
    if isinstance(value, dict):
        return f"<{name}>{''.join(_element(key, inner) for key, inner in value.items())}</{name}>"
    if isinstance(value, bool):
        value = str(value).lower()
    return f"<{name}>{escape(str(value))}</{name}>"
