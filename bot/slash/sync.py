"""`/sync` and its forms: starts a sync, and says how syncs, figures, alerts, schedule and set-up stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot import blocks, trial_watch
from bot.asking import ask_button, share_buttons, shared
from bot.blocks import service as drawing
from bot.commands import check, show, status, sync
from bot.replies import Reply
from bot.schedule import rules_of
from bot.slash.forms import OPERATOR, Ask, Form, Slash, may, nothing, reads
from sync.domain.alerts import AlertKind

_USAGE = "/sync [full] [since DATE] [only ENTITY…]"
_PHRASES = {"full": "--full", "since": "--since", "only": "--only"}
_OF_SYNCS = (AlertKind.SYNC_FAILED, AlertKind.SYNC_LATE, AlertKind.RECONNECT, AlertKind.BUDGET)


def parse(words: Sequence[str]) -> sync.Request:
    return sync.parse(reads(_USAGE, sync.arguments, words))


def run(request: sync.Request, ask: Ask) -> Reply:
    """Starts a sync or joins the one that runs; its own message in the channel shows how it goes."""
    everything = not (request.full or request.since or request.only)
    wants = None if everything else sync.wants(request, ask.deps)
    ticket = ask.service.start_sync(wants, ask.user, ask.channel)
    if ticket.joined:
        text = f"A sync is running already, started by {ticket.started_by} at {ticket.since:%Y-%m-%d %H:%M} UTC."
        who = f"started by {blocks.mention(ticket.started_by)} {blocks.when(ticket.since)}"
        told = [blocks.section(f"A sync is running already, {who}. You joined it.")]
    else:
        text = "A sync was started; its own message says how it goes."
        told = [blocks.said(text)]
    where = (
        "Its message in the channel"
        if ticket.channel == ask.channel and ticket.channel
        else "Its result, sent to you directly,"
    )
    told.append(blocks.context(f"{where} says how it goes."))
    return Reply(
        text, {"schema": "tieout/started/1", "run": ticket.run, "joined": ticket.joined}, line=text, blocks=told
    )


def run_status(request: None, ask: Ask) -> Reply:
    reply = status.run(status.Request(), ask.deps)
    document: Any = reply.document
    upcoming = dict(reversed(list(ask.service.upcoming())))
    told, left_out = drawing.status(document, len(ask.service.alerts()), upcoming.get("sync"))
    buttons = [
        ask_button("History", "/sync history"),
        ask_button("Errors", "/sync errors"),
        ask_button("Alerts", "/sync alerts"),
    ]
    told.append(blocks.actions(*buttons, *share_buttons("/sync status")))
    return replace(reply, line=drawing.status_line(document), blocks=told, again="/sync status", cut=left_out)


def run_history(request: None, ask: Ask) -> Reply:
    reply = status.run(status.Request(), ask.deps)
    document: Any = reply.document
    told = [*drawing.history(document), *shared("/sync history")]
    return replace(reply, line=drawing.status_line(document), blocks=told, again="/sync history")


def run_errors(request: None, ask: Ask) -> Reply:
    document: Any = status.run(status.Request(), ask.deps).document
    failed = [f"{f['source']} {f['entity']}: {f['error']}" for f in document["figures"] if f["error"]]
    standing = [alert for alert in ask.service.alerts() if alert.trouble.kind in _OF_SYNCS]
    text = "\n".join([*failed, *(alert.trouble.title for alert in standing)]) or "Nothing failed at the last reading."
    told = [*drawing.errors(document, standing), *shared("/sync errors")]
    return Reply(text, document, line=text.partition("\n")[0], blocks=told, again="/sync errors")


def run_alerts(request: None, ask: Ask) -> Reply:
    alerts = ask.service.alerts()
    text = "\n".join(f"{alert.trouble.title} ({alert.state.value})" for alert in alerts) or "No alert is open."
    told = drawing.alert_list(alerts, buttons=may(ask.role, OPERATOR)) if alerts else [blocks.said(text)]
    document = {
        "schema": "tieout/alerts/1",
        "alerts": [{"id": a.id, "kind": a.trouble.kind.value, "state": a.state.value} for a in alerts],
    }
    return Reply(text, document, line=text.partition("\n")[0], blocks=told)


def run_schedule(request: None, ask: Ask) -> Reply:
    upcoming = list(ask.service.upcoming())
    rules = _rules(ask)
    lines = [f"{drawing.job_words(job)}: {at:%Y-%m-%d %H:%M} UTC ({rules.get(job, '')})" for job, at in upcoming]
    text = "\n".join(lines) or "Nothing is scheduled."
    document = {
        "schema": "tieout/schedule/1",
        "next": [{"job": job, "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "rule": rules.get(job)} for job, at in upcoming],
    }
    told = drawing.schedule(upcoming, rules, ask.service.zone)
    return Reply(text, document, line=lines[0] if lines else text, blocks=told)


def _rules(ask: Ask) -> Mapping[str, str]:
    """Each job's rule in words."""
    return {job: str(rule) for job, rule in rules_of(ask.deps.settings, ask.service.zone).items()}


def parse_test(words: Sequence[str]) -> check.Request:
    return check.Request(" ".join(words).strip())


def run_check(request: check.Request | None, ask: Ask) -> Reply:
    reply = check.run(request or check.Request(), ask.deps)
    document: Any = reply.document
    told, left_out = drawing.check(document)
    if ask.user and request is not None and not document.get("test_sync", {}).get("done", True):
        ask.deps.wait_for_test(ask.user, request.test_sync or "", trial_watch.DAYS)
        told.append(blocks.context("You are told directly when every step is judged."))
    again = "/sync check" if request is None else f"/sync test {request.test_sync}".strip()
    return replace(reply, line=f"Set-up check: {document['status']}", blocks=told, again=again, cut=left_out)


def parse_show(words: Sequence[str]) -> show.Request:
    return show.parse(reads("/sync show NUMBER", show.arguments, words))


def run_show(request: show.Request, ask: Ask) -> Reply:
    reply = show.run(request, ask.deps)
    document: Any = reply.document
    told, left_out = drawing.shown(document)
    again = f"/sync show {request.number}"
    told += shared(again)
    line = f"{document['number']}: {document['state']}. {blocks.age_words(document)}"
    return replace(reply, line=line, blocks=told, again=again, cut=left_out)


COMMAND = Slash(
    "/sync",
    "Brings the figures up to date; status, alerts, schedule, set-up",
    "status · history · errors · check · test · schedule · alerts · show NUMBER · help",
    (
        Form(
            "",
            "[full] [since DATE] [only ENTITY…]",
            "Starts a sync, or joins the one that runs",
            parse,
            run,
            OPERATOR,
            figures=False,
        ),
        Form("status", "", "Last sync, age of each figure, API calls used", nothing, run_status),
        Form("history", "", "The newest ten syncs", nothing, run_history),
        Form("errors", "", "What could not be read, and why", nothing, run_errors),
        Form("check", "", "The set-up check: accounts, products, closing dates", nothing, run_check),
        Form("test", "[NUMBER]", "A test sale's and a purchase's way through both systems", parse_test, run_check),
        Form("schedule", "", "What runs next, and when", nothing, run_schedule),
        Form("alerts", "", "Every open alert", nothing, run_alerts),
        Form("show", "NUMBER", "One document: both sides, state, findings", parse_show, run_show),
    ),
    _PHRASES,
    only_forms=True,
)
