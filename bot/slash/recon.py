"""`/recon [PERIOD]`: the tie-out, its largest causes, and the way to its details."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot import blocks
from bot.asking import SIGN_OFF, ask_button, share_buttons, shared
from bot.blocks import recon as drawing
from bot.commands import reconcile
from bot.replies import Reply
from bot.slash.cogs import span
from bot.slash.forms import CONTROLLER, Ask, Form, Slash, may, reads
from bot.words import choice
from reports.links import hosts
from reports.reconcile.causes import RULES, STATE_RULES
from reports.reconcile.view import NATURES
from sync.errors import UserError

_USAGE = "/recon [PERIOD] [details [CAUSE]]"
_DETAILS = "details"


@dataclass(frozen=True, slots=True)
class Request:
    """The period in the words of the person; `details` wants the findings one by one, those of `cause` where named."""

    period: str
    details: bool = False
    cause: str = ""


def parse(words: Sequence[str]) -> Request:
    plain = [word.lower() for word in words]
    if _DETAILS not in plain:
        return Request(reconcile.parse(reads(_USAGE, reconcile.arguments, words)).period)
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
        told += shared(again)
    else:
        told, left_out = drawing.draw(document)
        told.append(blocks.actions(*_buttons(document, ask.role), *share_buttons(again)))
    return replace(reply, line=drawing.line(document), blocks=told, again=again, cut=left_out)


def _buttons(document: Any, role: str) -> list[blocks.Block]:
    period = span(document["period"])
    buttons = [ask_button("Details", f"/recon {period} {_DETAILS}")]
    if may(role, CONTROLLER):
        buttons.append(blocks.button("Sign off", SIGN_OFF, period))
    return [*buttons, ask_button("Margin of this period", f"/cogs {period}")]


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
    text = explained(request.cause)
    return Reply(text, {"cause": request.cause, "text": text}, blocks=drawing.cause_words(request.cause, text))


def explained(cause: str) -> str:
    """What the rule of a cause says of itself."""
    for rule in (*RULES, *STATE_RULES):
        if rule.__module__.rpartition(".")[2] == cause:
            lines = [line.strip() for line in (rule.__doc__ or "").strip().splitlines()]
            return "\n".join(lines).replace(f"**{cause}**", cause)
    if cause == "opening_difference":
        return (
            "opening_difference: the balances were apart before the period began.\nRemedy: tie out the periods before."
        )
    raise UserError(f"Nothing more is known about {cause}")


COMMAND = Slash(
    "/recon",
    "Ties Cin7 to QuickBooks and names what differs",
    "[PERIOD] [details] · help CAUSE",
    (
        Form("", "[PERIOD] [details [CAUSE]]", "The tie-out and its largest causes, or every finding", parse, run),
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
