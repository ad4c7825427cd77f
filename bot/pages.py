"""Our own web pages: one plain sheet with a title, words, lines that are right or wrong, and at most one button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_STYLE = """
body { font: 1.05rem/1.5 system-ui, sans-serif; color: #1d2733; background: #f4f6f8; margin: 0 }
main { max-width: 40rem; margin: 4rem auto; padding: 2rem 2.5rem; background: #fff; border: 1px solid #d9e0e6 }
h1 { font-size: 1.5rem; margin: 0 0 1rem } p { margin: 0 0 1rem }
ul { list-style: none; margin: 0 0 1.5rem; padding: 0 } li { padding: .5rem 0; border-top: 1px solid #e6ebef }
b { display: inline-block; min-width: 7rem } .good { color: #17663a } .wrong { color: #a3261b } .open { color: #8a5a00 }
a { display: inline-block; padding: .6rem 1.2rem; background: #1f3a4d; color: #fff; text-decoration: none }
footer { color: #66727d; font-size: .85rem; margin-top: 1.5rem }
"""
_SHEET = (
    '<!doctype html><html lang="en"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title} · Tieout</title>'
    "<style>{style}</style><main><h1>{title}</h1>{body}"
    "<footer>Tieout reads Cin7 Core and QuickBooks Online. It never writes to them.</footer></main></html>"
)
_MARKS = {"good": "connected", "wrong": "not connected", "open": "to do"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing and how it stands: `state` is "good", "wrong" or "open"; colour never says it alone."""

    name: str
    state: str
    words: str


def sheet(title: str, words: Sequence[str], lines: Sequence[Line] = (), button: tuple[str, str] | None = None) -> bytes:
    """The page as UTF-8; everything given is escaped. `button` is its words and our own path."""
    body = "".join(f"<p>{escape(text)}</p>" for text in words)
    if lines:
        body += f"<ul>{''.join(_item(line) for line in lines)}</ul>"
    if button:
        body += f'<p><a href="{escape(button[1], quote=True)}">{escape(button[0])}</a></p>'
    return _SHEET.format(title=escape(title), style=_STYLE, body=body).encode()


def _item(line: Line) -> str:
    mark = _MARKS[line.state]
    return f'<li><b>{escape(line.name)}</b> <span class="{line.state}">{mark}</span><br>{escape(line.words)}</li>'
