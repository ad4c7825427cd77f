"""Writes the pack as one HTML file that needs nothing else: charts, tables, and every finding with its documents.

The template escapes whatever is put into it; the page's policy lets run only the scripts that are in it.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports.books import instant
from reports.bridge import apart, gap
from reports.chart import SYSTEMS, Chart, footer
from reports.chart_texts import slug
from reports.charts import Drawn, Missing, charts, plotly_js
from reports.headline import headline
from reports.links import Hosts, document_address
from reports.local import Local
from reports.pack import Pack
from reports.reconcile.findings import Finding, OpenSet
from reports.reconcile.tie_out import Control
from reports.words import cause_label, control_label
from sync.domain.accounts import Source

_FOLDER = "page_files"


@dataclass(frozen=True, slots=True)
class Shown:
    """A chart on the page; `control` is that of a bridge, else "". `short` is what a link to it says."""

    chart: Chart
    note: str
    control: str
    short: str


def html(pack: Pack, local: Local, names: Iterable[str], hosts: Hosts = Hosts()) -> bytes:  # noqa: B008  is immutable
    """The page with the named charts, controls, findings and evidence, as UTF-8."""
    drawn, missing = charts(pack, local, names)
    top = {each.chart.name for each in drawn}
    bridges, _ = charts(pack, local, [f"bridge-{control.name}" for control in apart(pack.tied)])
    figures: dict[str, Any] = {}
    shown = [_shown(each, figures, pack) for each in drawn]
    inside = {each.control: [_shown(each, figures, pack)] for each in bridges if each.chart.name not in top}
    plotly, js = _script(plotly_js()), _script(_text("page.js"))
    page = {
        **_head(pack, local, missing),
        "charts": shown,
        "controls": [
            _control(pack, control, local, hosts, inside.get(control.name, [])) for control in pack.tied.controls
        ],
        "products": [_finding(found, pack, local, hosts) for found in pack.tied.findings if found.control is None],
        "evidence": _evidence(pack, local),
        "foot": footer(pack, local),
    }
    told = (
        _environment()
        .get_template("page.html")
        .render(
            page=page,
            policy=_policy(plotly, js),
            css=Markup(_text("page.css")),  # noqa: S704  a file of ours
            plotly=plotly,
            js=js,
            figures=_data(figures),
        )
    )
    return told.encode()


def _shown(each: Drawn, figures: dict[str, Any], pack: Pack) -> Shown:
    figures[each.chart.name], note = each.bare()
    short = f"Bridge of {control_label(each.control, pack.books)}" if each.control else each.chart.name.capitalize()
    return Shown(each.chart, note, each.control, short)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("reports", _FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=False
    )


def _text(name: str) -> str:
    return (files("reports") / _FOLDER / name).read_text(encoding="utf-8")


def _script(text: str) -> Markup:
    """A script of ours or of plotly's, as it stands."""
    if "</script" in text.lower():
        raise ValueError("a script that ends the page's script element cannot stand in it")
    return Markup(text)  # noqa: S704  no data is in it


def _data(figures: Mapping[str, Any]) -> Markup:
    """Figures as JSON that no HTML parser can mistake for markup."""
    text = json.dumps(figures, separators=(",", ":"), ensure_ascii=True)
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)  # noqa: S704  escaped just above


def _policy(*scripts: str) -> str:
    hashes = " ".join(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _head(pack: Pack, local: Local, missing: Sequence[Missing]) -> dict[str, Any]:
    told = headline(pack, local)
    return {
        "title": told.title,
        "lines": told.lines,
        "company": pack.books.company.name or "The company",
        "currency": pack.currency,
        "period": local.span(pack.period),
        "made": f"Made {local.instant(pack.made_at)}. {footer(pack, local)[0]}",
        "incomplete": [f"{each.source} {each.entity}: {each.reason}" for each in pack.incomplete],
        "missing": missing,
    }


def _control(pack: Pack, control: Control, local: Local, hosts: Hosts, bridge: Sequence[Shown]) -> dict[str, Any]:
    closing = control.closing
    return {
        "name": control.name,
        "slug": slug(control.name),
        "label": control_label(control.name, pack.books),
        "cin7": local.money(control.cin7),
        "qbo": local.money(control.qbo),
        "difference": local.signed(control.difference),
        "differs": bool(control.difference),
        "closing": local.signed(closing.difference) if closing else "–",
        "apart": bool(closing and gap(control)),
        "facts": _facts(pack, control, local),
        "bridge": bridge,
        "findings": [_finding(found, pack, local, hosts) for found in pack.findings(control.name)],
        "ambiguous": [
            {"amount": local.signed(left.amount), "documents": _documents(left, local, hosts)}
            for left in pack.ambiguous(control.name)
        ],
    }


def _facts(pack: Pack, control: Control, local: Local) -> list[tuple[str, str]]:
    names = pack.books.accounts
    sides = ((Source.CIN7, control.cin7_accounts), (Source.QBO, control.qbo_accounts))
    told = [", ".join(f"{code} {names[source, code].name}" for code in codes) or "none" for source, codes in sides]
    facts = [
        ("Cin7 accounts", told[0]),
        ("QuickBooks accounts", told[1]),
        ("Explained", local.signed(control.explained)),
        ("Unexplained", local.signed(control.unexplained)),
    ]
    if control.matched is not None:
        facts.append(("Matched documents", local.count(control.matched)))
    closing = control.closing
    if closing is None:
        return [*facts, ("Closing balance", control.closing_reason)]
    facts += [
        ("Closing balance", f"Cin7 {local.money(closing.cin7)}, QuickBooks {local.money(closing.qbo)}"),
        ("Gap before the period", local.signed(closing.opening_difference)),
        ("of it explained", local.signed(closing.opening_explained)),
        ("of it unexplained", local.signed(closing.opening_unexplained)),
    ]
    if closing.first_divergence:
        facts.append(("Apart since", local.day(closing.first_divergence)))
    if stock := closing.subledger:
        beside = f"{local.money(stock.value)} on {local.instant(stock.taken_at)}, ledger {local.money(stock.ledger)}"
        facts.append(("Cin7 stock value", f"{beside}, difference {local.signed(stock.difference)}"))
    return facts


def _finding(found: Finding, pack: Pack, local: Local, hosts: Hosts) -> dict[str, Any]:
    control = control_label(found.control, pack.books) if found.control else ""
    memory = [f"Finding {found.id}", f"confidence: {found.confidence}"]
    memory += [f"on {control}"] if control else []
    memory += [f"at stake {local.money(found.at_stake)}"] if found.at_stake is not None else []
    memory += [f"{found.count} documents"] if found.count > 1 else []
    memory += [f"first seen {local.instant(found.first_seen)}"] if found.first_seen else []
    memory += [f"owner {found.owner}"] if found.owner else ["no owner"]
    memory += [f"due {local.day(found.due)}"] if found.due else []
    return {
        "id": found.id,
        "cause": found.cause,
        "label": cause_label(found.cause),
        "subject": control_label(found.subject, pack.books) if found.subject == found.control else found.subject,
        "nature": found.nature,
        "owner": found.owner,
        "amount": local.signed(found.amount),
        "explanation": found.explanation,
        "remedy": found.remedy,
        "memory": ", ".join(memory),
        "documents": _documents(found, local, hosts),
    }


def _documents(found: Finding | OpenSet, local: Local, hosts: Hosts) -> list[dict[str, str]]:
    cin7 = [
        {
            "system": "Cin7",
            "kind": each.type,
            "number": each.reference or each.task_id,
            "day": local.day(each.day),
            "amount": local.money(each.amount),
            "address": document_address(Source.CIN7, each.type, each.task_id, hosts),
        }
        for each in found.cin7
    ]
    qbo = [
        {
            "system": "QuickBooks",
            "kind": other.type,
            "number": other.doc_number or other.id,
            "day": local.day(other.day),
            "amount": local.money(other.amount),
            "address": document_address(Source.QBO, other.type, other.id, hosts),
        }
        for other in found.qbo
    ]
    return [*cin7, *qbo]


def _evidence(pack: Pack, local: Local) -> list[tuple[str, str]]:
    run = pack.evidence.run
    told = [] if run is None else [("Sync", f"{run.run}, {run.status}, ended {instant(run.finished_at) or 'not yet'}")]
    told += [(f"{SYSTEMS[source]} as of", instant(at) or "never") for source, at in pack.as_of.items()]
    told += [(f"QuickBooks' own {proof.report}", proof.status) for proof in pack.books.proofs]
    told += [(f"Hash: {name.replace('_', ' ')}", value) for name, value in pack.evidence.hashes.items()]
    return [*told, ("Made at", instant(pack.made_at) or "")]
