"""How the service is, in Slack: syncs, ages, failures, due times, alerts, the set-up check and one document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot import alert_blocks, blocks
from bot.alert_texts import SYSTEMS
from bot.blocks import Block
from sync.domain.alerts import Alert

Document = Mapping[str, Any]
_ALERTS = 10  # with buttons, in one message
_FIGURES = 80  # rows of ages: all of them, as long as Slack takes them
_LINES = 12  # of one document; the command line shows all
_NEW_LINE: Block = {"type": "text", "text": "\n"}
_CHECKS = {"error": ":x:", "warning": ":warning:", "ok": ":white_check_mark:"}


def status_line(document: Document) -> str:
    """How the newest sync went, in one sentence."""
    runs = document["runs"]
    if not runs:
        return "No sync has run yet. Type /sync to start one."
    newest = runs[0]
    ended = newest["finished_at"] or "not yet"
    return f"The newest sync is {newest['status']} (began {newest['started_at']}, ended {ended})."


def status(document: Document, alerts: int, next_at: datetime | None) -> tuple[list[Block], bool]:
    """The newest sync, the age of each figure, and the calls used."""
    rows = [
        (f"{f['source']} {blocks.spoken(f['entity'])}", f["as_of"] or "never", f["error"] or "")
        for f in document["figures"]
    ]
    told = [blocks.header("Status"), blocks.said(status_line(document))]
    told += (
        [blocks.table(("figures of", "as of", "last failure"), rows, 3, _FIGURES)]
        if rows
        else [blocks.said("Nothing is cached yet.")]
    )
    calls = [
        f"{SYSTEMS.get(b['source'], b['source'])}, {'last minute' if b['window'] == 'minute' else 'this month'}: "
        f"{b['used']} calls used{'' if b['limit'] is None else ' of ' + str(b['limit'])}"
        for b in document["budget"]
    ]
    told += [blocks.said("\n".join(calls))] if calls else []
    coming = f"Next sync {blocks.when(next_at)}." if next_at else "No sync is scheduled."
    open_ = f"{alerts} open alert{'' if alerts == 1 else 's'}."
    return [*told, blocks.context(coming, open_)], not blocks.shows_all(rows, _FIGURES)


def history(document: Document) -> list[Block]:
    """The newest syncs in a table."""
    rows = [
        (run["started_at"], run["status"], _lasted(run), run["calls"].get("cin7", 0), run["calls"].get("qbo", 0))
        for run in document["runs"]
    ]
    head = ("sync", "status", "seconds", "Cin7 calls", "QuickBooks calls")
    shown = blocks.table(head, rows, words=2) if rows else blocks.said("No sync has run yet. Type /sync to start one.")
    return [blocks.header("The newest syncs"), shown]


def _lasted(run: Document) -> str:
    if not run["finished_at"]:
        return "running" if run["status"] == "running" else ""
    return str(round((blocks.instant_of(run["finished_at"]) - blocks.instant_of(run["started_at"])).total_seconds()))


def errors(document: Document, alerts: Sequence[Alert]) -> list[Block]:
    """What of the newest reading failed and why, and the alerts that stand because of it."""
    failed = [f for f in document["figures"] if f["error"]]
    items = [
        (
            blocks.words(f"{SYSTEMS.get(f['source'], f['source'])} {blocks.spoken(f['entity'])}", bold=True),
            blocks.words(f": {f['error']} (figures as of {f['as_of'] or 'never'})"),
        )
        for f in failed[:30]
    ]
    told = [
        blocks.header("What failed"),
        blocks.listed(items) if items else blocks.said("Nothing failed at the last reading."),
    ]
    return [*told, *_stands(alerts)]


def _stands(alerts: Sequence[Alert]) -> list[Block]:
    if not alerts:
        return []
    titles = "\n".join(f"• {blocks.escape(blocks.plain(alert.trouble.title))}" for alert in alerts[:_ALERTS])
    return [blocks.section(f"*Open alerts* (`/sync alerts` shows them with their buttons)\n{titles}")]


def alert_list(alerts: Sequence[Alert], *, buttons: bool) -> list[Block]:
    """Every alert that is not resolved, the oldest first, with its buttons for whoever may press them."""
    told = [blocks.header(f"{len(alerts)} open alert{'' if len(alerts) == 1 else 's'}")]
    for alert in alerts[:_ALERTS]:
        drawn = [dict(block) for block in alert_blocks.message(alert, "", figures=True).blocks]
        told += drawn if buttons else [block for block in drawn if block["type"] != "actions"]
    if len(alerts) > _ALERTS:
        told.append(blocks.context(f"and {len(alerts) - _ALERTS} more"))
    return told


def schedule(upcoming: Iterable[tuple[str, datetime]], rules: Mapping[str, str], zone: str) -> list[Block]:
    """Jobs with their rule and next due time, each reader's own zone beside the company's."""
    items = [
        f"• *{blocks.escape(job_words(job))}*: {blocks.when(at)} ({blocks.escape(rules.get(job, ''))})"
        for job, at in upcoming
    ]
    shown = (
        blocks.section("\n".join(items)) if items else blocks.said("Nothing is scheduled ([sync] every, [[schedule]]).")
    )
    return [
        blocks.header("Schedule"),
        shown,
        blocks.context(f"Rules are in the company's time zone, {blocks.escape(zone)}."),
    ]


def job_words(job: str) -> str:
    """ "report weekly" of "report:weekly"."""
    return blocks.plain(job.replace(":", " "))


def check(document: Document) -> tuple[list[Block], bool]:
    """The set-up check: what is wrong first, with what to do."""
    order = ("error", "warning", "ok")
    checks = sorted(document["checks"], key=lambda each: order.index(each["status"]))
    wrong = [each for each in checks if each["status"] != "ok"]
    count = {status: sum(each["status"] == status for each in checks) for status in order}
    told = [
        blocks.header("Set-up check"),
        blocks.section(f"{count['error']} errors, {count['warning']} warnings, {count['ok']} in order."),
    ]
    sale = [each for each in checks if str(each["id"]).startswith("test_sync") and each["status"] == "ok"]
    told += [_check(each) for each in [*wrong, *sale][:15]]
    return [*told, blocks.ages(document)], len(wrong) > 15


def _check(each: Document) -> Block:
    """One line of the check: what is wrong, why it matters, what it touches, what to do, and where."""
    stake = f" ({each['at_stake']} at stake)" if each["at_stake"] else ""
    state = f" ({each['state']})" if each.get("state") else ""  # of a test sync's step
    told = [
        {"type": "emoji", "name": _CHECKS[each["status"]].strip(":")},
        blocks.words(f" {each['subject'] or each['id']}{state}", bold=True, most=150),
        blocks.words(f": {each['message']}{stake}"),
    ]
    for title, text in (("Why: ", each["why"]), ("What to do: ", each["fix"])):
        told += [_NEW_LINE, blocks.words(title, italic=True), blocks.words(text)] if text else []
    address = str(each["link"] or "")
    if address.startswith("https://"):
        told += [blocks.words(" "), blocks.link("Open the place", address)]
    return blocks.paragraph(*told)


def shown(document: Document) -> tuple[list[Block], bool]:
    """One document as both systems have it."""
    told = [blocks.header(f"{document['number']}: {document['state']}")]
    transaction = document["transaction"]
    told.append(
        blocks.said(
            f"{transaction['type']}, {transaction['customer_name'] or 'no name'}, {transaction['date'] or 'no day'}"
        )
    )
    for key, name in (("cin7", "Cin7"), ("qbo", "QuickBooks")):
        papers = ", ".join(_paper(paper) for paper in document[key]["documents"]) or "no document"
        told.append(blocks.said(f"{name}: {papers}"))
    rows = [(blocks.spoken(c["control"]), c["cin7"], c["qbo"], c["difference"]) for c in document["controls"]]
    head = (f"control, {document['currency']}", "Cin7", "QuickBooks", "difference")
    told += [blocks.table(head, rows)] if rows else []
    lines = [_line(line) for line in document["lines"]]
    told += (
        [blocks.said("Cin7's lines:"), blocks.listed([[blocks.words(each)] for each in lines[:_LINES]])]
        if lines
        else []
    )
    told += [blocks.said("\n".join(each["reason"] for each in document["unread"]))] if document["unread"] else []
    open_ = [found for found in document["findings"] if found["state"] == "open"]
    items = [
        (blocks.words(blocks.spoken(f["cause"]), bold=True), blocks.words(f": {f['explanation']}")) for f in open_[:8]
    ]
    told += [blocks.listed(items)] if items else []
    cut = not blocks.shows_all(rows) or len(lines) > _LINES or len(open_) > 8
    return [*told, blocks.ages(document)], cut


def _line(line: Document) -> str:
    """A line of a Cin7 document that was read whole: which part of it, how many of what, and its money."""
    what = " ".join(filter(None, (line["quantity"] and f"{line['quantity']} ×", line["sku"] or line["name"])))
    money = [f"{word} {line[key]}" for key, word in (("price", "at"), ("amount", "is"), ("cost", "cost")) if line[key]]
    return f"{' '.join(filter(None, (line['section'], line['document'])))}: {' '.join((what, *money))}"


def _paper(paper: Document) -> str:
    gone = " deleted" if paper["deleted_at"] else " voided" if paper["voided"] else ""
    total = f" {paper['total']} {paper['currency']}" if paper["total"] is not None else ""
    status_ = f" {paper['status']}" if paper["status"] else ""
    return f"{paper['type']} {paper['number'] or paper['id']}{status_}{gone}{total}"
