"""The tie-out in Slack: controls, largest causes, and every finding with its documents, as in `tieout/reconcile/1`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot import blocks
from bot.blocks import Block
from bot.blocks.cogs import period_words
from reports.links import Hosts, document_address
from sync.domain.accounts import Source

Document = Mapping[str, Any]
_HEAD = ("Cin7", "QuickBooks", "difference", "unexplained", "closing gap")
_NATURES = {"error": 0, "timing": 1, "policy": 2}
_CAUSES = 8  # of the tie-out's message
_FINDINGS = 12  # of Details
_PAPERS = 6  # documents named with one finding
_SAID, _PAPER = 600, 120  # characters of an explanation, and of a document's words


def line(document: Document) -> str:
    """The answer in one sentence."""
    moved = _moved(document)
    agree = sum(_zero(control["difference"]) for control in moved)
    unexplained = [c for c in moved if not _zero(c["unexplained"])]
    rest = ", ".join(f"{blocks.spoken(c['control'])} {c['unexplained']}" for c in unexplained[:3])
    told = f"Unexplained: {rest}." if rest else "Nothing is unexplained."
    return (
        f"Cin7 beside QuickBooks {period_words(document['period'])}, {document['currency']}: {agree} of {len(moved)} "
        f"controls agree to the cent. {told} {blocks.age_words(document)}"
    )


def draw(document: Document) -> tuple[list[Block], bool]:
    """Blocks without buttons, and whether controls or findings were left out."""
    moved = _moved(document)
    agree = sum(_zero(control["difference"]) for control in moved)
    # What differs stands first: a table shows twenty rows.
    ordered = sorted(moved, key=lambda control: _zero(control["difference"]) and _zero(control["unexplained"]))
    rows = [_control(control) for control in ordered]
    currency = document["currency"]
    told = [
        blocks.header(f"Cin7 beside QuickBooks {period_words(document['period'])}"),
        blocks.section(f"*{agree} of {len(moved)}* controls agree to the cent."),
    ]
    told += [blocks.table((f"control, {currency}", *_HEAD), rows)] if rows else [blocks.said("Nothing moved.")]
    told += _since(moved) + _causes(document) + _proofs(document)
    return [*told, blocks.ages(document)], not blocks.shows_all(rows)


def _moved(document: Document) -> list[Document]:
    """The controls on which anything happened, or whose balances differ."""
    return [
        control
        for control in document["controls"]
        if not (
            _zero(control["cin7"]) and _zero(control["qbo"]) and _zero((control["closing"] or {}).get("difference"))
        )
    ]


def _zero(amount: str | None) -> bool:
    return amount is None or not Decimal(amount)


def _control(control: Document) -> Sequence[object]:
    gap = control["closing"]["difference"] if control["closing"] else ""
    figures = (control[name] for name in ("cin7", "qbo", "difference", "unexplained"))
    return (blocks.spoken(control["control"]), *figures, gap)


def _since(controls: Iterable[Document]) -> list[Block]:
    since = [
        f"{blocks.spoken(control['control'])}: the balances diverge since {control['closing']['first_divergence']}."
        for control in controls
        if control["closing"] and control["closing"]["first_divergence"]
    ]
    return [blocks.said("\n".join(since))] if since else []


@dataclass(frozen=True, slots=True)
class _Cause:
    """One cause: its events (findings of one root), and their money, each event with its largest amount."""

    cause: str
    nature: str
    count: int
    money: Decimal


def _causes(document: Document) -> list[Block]:
    """The largest causes, errors first."""
    causes = _grouped(document["findings"])
    if not causes:
        return []
    currency = document["currency"]
    items = [
        (
            blocks.words(blocks.spoken(each.cause), bold=True),
            blocks.words(f" ({each.nature}), {each.count} {'event' if each.count == 1 else 'events'}"),
            *([blocks.words(f", {each.money} {currency}")] if each.money else []),
        )
        for each in causes[:_CAUSES]
    ]
    more = len(causes) - _CAUSES
    items += [(blocks.words(f"and {more} more causes, in Details"),)] if more > 0 else []
    return [blocks.section("*Largest causes*"), blocks.listed(items)]


def _grouped(findings: Iterable[Document]) -> list[_Cause]:
    groups: defaultdict[tuple[str, str], dict[str, Document]] = defaultdict(dict)
    for found in findings:
        events = groups[found["nature"], found["cause"]]
        if found["root"] not in events or _size(found) > _size(events[found["root"]]):
            events[found["root"]] = found
    causes = [
        _Cause(cause, nature, sum(f["count"] for f in some.values()), sum(map(_size, some.values()), Decimal(0)))
        for (nature, cause), some in groups.items()
    ]
    return sorted(causes, key=lambda each: (_NATURES.get(each.nature, 3), -each.money, each.cause))


def _size(found: Document) -> Decimal:
    """The money of a finding: what it makes, else what is at stake."""
    return abs(Decimal(found["amount"])) or abs(Decimal(found["at_stake"] or 0))


def _proofs(document: Document) -> list[Block]:
    told = [f"QuickBooks' own {proof['report']}: {proof['status']}" for proof in document["proofs"]]
    told += [f"Not mapped to QuickBooks: Cin7 account {code}" for code in document.get("unmapped") or ()]
    return [blocks.said("\n".join(told[:20]))] if told else []


def details(document: Document, cause: str, at: Hosts) -> tuple[list[Block], bool]:
    """Every finding with its documents and what to do, the largest first; of one cause where it is named.

    `at` are the web applications that show the documents.
    """
    found = _ordered(document, cause)
    told = [blocks.header(_title(document, cause))]
    for each in found[:_FINDINGS]:
        told += _finding(each, document["currency"], at)
    told += [] if found else [blocks.said("There is none.")]
    told += _open_sets(document, cause)
    return [*told, blocks.ages(document)], len(found) > _FINDINGS


def details_text(document: Document, cause: str) -> str:
    """All of the same in plain text, with every document."""
    lines = [_title(document, cause), ""]
    for found in _ordered(document, cause):
        stake = f", {found['at_stake']} at stake" if found["at_stake"] and not _zero(found["at_stake"]) else ""
        where = f" on {blocks.spoken(found['control'])}" if found["control"] else ""
        lines.append(
            f"{blocks.spoken(found['cause'])}: {found['subject']}, {found['amount']} {document['currency']}{where}"
            f"{stake} ({found['nature']}, {found['confidence']}, {found['id']})"
        )
        lines += [f"    {found['explanation']}", f"    What to do: {found['remedy']}"]
        lines += [f"    Owner: {found['owner']}, due {found['due'] or 'not set'}"] if found["owner"] else []
        lines += [f"    {text}" for text, _ in _named(found)]
    sets = [] if cause else document["ambiguous"]
    lines += [f"Unexplained on {blocks.spoken(each['control'])}: {each['amount']}" for each in sets]
    return "\n".join([*lines, "", blocks.age_words(document)])


def _title(document: Document, cause: str) -> str:
    return f"Findings {period_words(document['period'])}" + (f": {blocks.spoken(cause)}" if cause else "")


def _ordered(document: Document, cause: str) -> list[Document]:
    """Errors first, the largest first; of one cause where it is named."""
    found = [each for each in document["findings"] if not cause or each["cause"] == cause]
    return sorted(found, key=lambda each: (_NATURES.get(each["nature"], 3), -_size(each), each["id"]))


def _finding(found: Document, currency: str, at: Hosts) -> list[Block]:
    control = f" on {blocks.spoken(found['control'])}" if found["control"] else ""
    stake = f", {found['at_stake']} at stake" if found["at_stake"] and not _zero(found["at_stake"]) else ""
    owned = f" Owner: {found['owner']}." if found["owner"] else ""
    due = f" Due: {found['due']}." if found["due"] else ""
    told = [
        blocks.words(f"{blocks.spoken(found['cause'])}: {found['subject']}", bold=True, most=200),
        blocks.words(f"\u2002{found['amount']} {currency}{control}{stake} ({found['nature']}, {found['confidence']}) "),
        blocks.words(found["id"][:8], code=True),
        _new_line(),
        blocks.words(found["explanation"], most=_SAID),
        _new_line(),
        blocks.words("What to do: ", italic=True),
        blocks.words(found["remedy"], most=_SAID),
        blocks.words(f"{owned}{due}" or " ", most=200),
    ]
    links = list(_papers(found, at))
    for index, each in enumerate(links[:_PAPERS]):
        told += [_new_line() if not index else blocks.words(" · "), each]
    if len(links) > _PAPERS:
        told.append(blocks.words(f" and {len(links) - _PAPERS} more"))
    return [blocks.paragraph(*told)]


def _new_line() -> Block:
    return {"type": "text", "text": "\n"}


def _papers(found: Document, at: Hosts) -> Iterable[Block]:
    """The documents with what they post, each with a link where its system has a page for it."""
    for text, (source, kind, id_) in _named(found):
        address = document_address(source, kind, id_, at)
        shown = blocks.cut(text, _PAPER)
        yield blocks.link(shown, address) if address else blocks.words(shown)


def _named(found: Document) -> Iterable[tuple[str, tuple[Source, str, str]]]:
    """The documents of a finding in words, and by system, type and id."""
    for d in found["cin7"]:
        number = d["reference"] or d["task_id"]
        yield f"{number} of {d['date']} in Cin7 ({d['amount']})", (Source.CIN7, d["type"], d["task_id"])
    for d in found["qbo"]:
        number = d["doc_number"] or d["id"]
        yield f"{number} of {d['date']} in QuickBooks ({d['amount']})", (Source.QBO, d["type"], d["id"])


def _open_sets(document: Document, cause: str) -> list[Block]:
    """What nothing explains; nothing of it where one cause was asked for."""
    sets = [] if cause else document["ambiguous"]
    told = []
    for each in sets[:_CAUSES]:
        names = [d["reference"] for d in each["cin7"]] + [d["doc_number"] or d["id"] for d in each["qbo"]]
        among = f", among {', '.join(names[:_PAPERS])}{' …' if len(names) > _PAPERS else ''}" if names else ""
        told.append((blocks.words(f"{blocks.spoken(each['control'])} {each['amount']}{among}"),))
    return [blocks.section("*Unexplained*"), blocks.listed(told)] if told else []


def cause_words(cause: str, text: str) -> list[Block]:
    """What a cause is, from its rule's own words."""
    return [blocks.header(blocks.spoken(cause)), blocks.said(text)]
