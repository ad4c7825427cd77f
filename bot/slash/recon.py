"""`/recon [PERIOD]`: the tie-out, its largest causes, and the way to its details."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot import blocks
from bot.asking import SIGN_OFF, ask_button, share_buttons, shared
from bot.blocks import recon as drawing
from bot.commands import findings, reconcile
from bot.replies import Reply
from bot.slash.cogs import span
from bot.slash.enclosing import file_buttons, split, with_files
from bot.slash.forms import CONTROLLER, OPERATOR, Ask, Form, Slash, may, reads
from bot.words import Parser, choice, day
from reports.links import hosts
from reports.reconcile.causes.help import cause_help
from reports.reconcile.view import NATURES
from sync.errors import UserError

_USAGE = "/recon [PERIOD] [details [CAUSE]|chart|workbook]"
_DETAILS = "details"
_ASSIGN = "/recon assign ID [to NAME] [due DATE] [note TEXT]"


@dataclass(frozen=True, slots=True)
class Request:
    """The period in the words of the person; `details` wants the findings one by one, those of `cause` where named.

    `file` is chart, workbook, or "" for neither.
    """

    period: str
    details: bool = False
    cause: str = ""
    file: str = ""


def parse(words: Sequence[str]) -> Request:
    plain = [word.lower() for word in words]
    if _DETAILS not in plain:
        words, file = split(words)
        return Request(reconcile.parse(reads(_USAGE, reconcile.arguments, words)).period, file=file)
    at = plain.index(_DETAILS)
    period = reconcile.parse(reads(_USAGE, reconcile.arguments, words[:at])).period
    return Request(period, details=True, cause=_cause(words[at + 1 :]))


def _cause(words: Sequence[str]) -> str:
    return choice("_".join(words).replace("-", "_"), tuple(NATURES), "The cause") if words else ""


def run(request: Request, ask: Ask) -> Reply:
    reply = reconcile.run(reconcile.Request(request.period), ask.deps)
    document: Any = reply.document
    again = f"/recon {span(document['period'])}"
    if request.details:
        told, left_out = drawing.details(document, request.cause, hosts(ask.deps.settings.qbo.base_url))
        again = " ".join(filter(None, (again, _DETAILS, request.cause)))
        reply = replace(reply, text=drawing.details_text(document, request.cause))
        told += shared(again)
    else:
        told, left_out = drawing.draw(document)
        told.append(blocks.actions(*_buttons(document, ask.role), *share_buttons(again)))
    reply = replace(reply, line=drawing.line(document), blocks=told, again=again, cut=left_out)
    if request.file:
        return with_files(reply, ask.deps, "reconcile", span(document["period"]), request.file)
    return reply


def _buttons(document: Any, role: str) -> list[blocks.Block]:
    period = span(document["period"])
    buttons = [ask_button("Details", f"/recon {period} {_DETAILS}"), *file_buttons(f"/recon {period}")]
    if may(role, CONTROLLER):
        buttons.append(blocks.button("Sign off", SIGN_OFF, period))
    return [*buttons, ask_button("Margin of this period", f"/cogs {period}")]


def parse_assign(words: Sequence[str]) -> findings.Request:
    if not words:
        raise UserError(f"Say which finding: {_ASSIGN}")
    spoken = {"to": "--to", "due": "--due", "note": "--note"}  # of this form alone: a period may be "x to y"
    named = reads(_ASSIGN, _assign_arguments, [spoken.get(word.lower(), word) for word in words])
    owner, note = " ".join(named.to).strip(), " ".join(named.note).strip()
    due = day(named.due) if named.due else None
    return findings.Request(assign=named.id, owner=owner, due=due, note=note or None)


def _assign_arguments(parser: Parser) -> None:
    parser.add_argument("id", metavar="ID")
    parser.add_argument("--to", nargs="+", metavar="NAME", default=[])
    parser.add_argument("--due", metavar="DATE")
    parser.add_argument("--note", nargs="+", metavar="TEXT", default=[])


def run_assign(request: findings.Request, ask: Ask) -> Reply:
    """Gives a finding an owner: whoever is named, else the asker."""
    owner = request.owner or (f"{ask.name} ({ask.user})" if ask.name else ask.user)
    kept = findings.assigned(replace(request, owner=owner), ask.deps, ask.user)
    found = kept.finding
    due = f", due {found.due}" if found.due else ""
    text = f"{found.subject} ({blocks.spoken(found.cause)}) belongs to {found.owner}{due}."
    document = {"schema": "tieout/assigned/1", "finding": found.id, "owner": found.owner, "due": str(found.due or "")}
    return Reply(text, document, line=text, blocks=[blocks.said(text)])


@dataclass(frozen=True, slots=True)
class Explain:
    """Which cause to explain; "" for a list of them all."""

    cause: str = ""


def parse_help(words: Sequence[str]) -> Explain:
    return Explain("" if [word.lower() for word in words] == ["causes"] else _cause(words))


def run_help(request: Explain, ask: Ask) -> Reply:
    if not request.cause:
        named = ", ".join(sorted(NATURES))
        text = f"Causes: {named}\n/recon help CAUSE says what a cause is, how it is seen, and what to do."
        return Reply(text, {"causes": sorted(NATURES)}, blocks=[blocks.header("Causes"), blocks.said(text)])
    text = cause_help(request.cause)
    return Reply(text, {"cause": request.cause, "text": text}, blocks=drawing.cause_words(request.cause, text))


COMMAND = Slash(
    "/recon",
    "Ties Cin7 to QuickBooks and names what differs",
    "[PERIOD] [details|chart|workbook] · help CAUSE",
    (
        Form(
            "",
            "[PERIOD] [details [CAUSE]|chart|workbook]",
            "The tie-out and its largest causes, or every finding",
            parse,
            run,
        ),
        Form(
            "assign",
            "ID [to NAME] [due DATE] [note TEXT]",
            "Gives a finding an owner: you, or NAME",
            parse_assign,
            run_assign,
            OPERATOR,
        ),
        Form(
            "help",
            "CAUSE",
            "What a cause is and what to do; `causes` lists them",
            parse_help,
            run_help,
            figures=False,
        ),
    ),
    {},
)
