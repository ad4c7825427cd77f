"""One sheet for each control with all its findings, the documents of findings, and the documents that were matched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC
from itertools import zip_longest

from reports.layout import period_words
from reports.links import Hosts, document_address
from reports.pack import Pack
from reports.reconcile.findings import Cin7Document, Finding, OpenSet, QboDocument
from reports.reconcile.paired import Paired
from reports.reconcile.tie_out import Control, spoken
from reports.workbook_parts import Block, Cell, Check, Column, Link, Page
from sync.domain.accounts import Source
from sync.domain.money import Money, digits

_MONEY = 13
_TITLES = {"cogs": "Cost of goods sold"}
_NAMED = 4  # documents that a finding's row names; the sheet of documents has them all
_FINDING = (
    Column("Cause", 18, wrap=True),
    Column("Kind", 7),
    Column("Subject", 14, wrap=True),
    Column("Amount", _MONEY, total=True),
    Column("At stake", _MONEY),
    Column("Events", 7),
    Column("Cin7 documents", 14, wrap=True),
    Column("QuickBooks documents", 14, wrap=True),
    Column("What it is", 36, wrap=True),
    Column("What to do", 32, wrap=True),
    Column("Sure", 7),
    Column("Owner", 11, wrap=True),
    Column("Due", 10),
    Column("First seen", 10),
    Column("Finding", 17),
)


def controls(pack: Pack, at: Hosts) -> Iterator[Page]:
    """A sheet for each control, and one for what belongs to none."""
    for control in pack.tied.controls:
        yield _control(pack, control, at)
    without = [found for found in pack.tied.findings if found.control is None]
    if without:
        block = Block(_FINDING, [finding_row(pack, found, at) for found in without], "Findings")
        yield Page("Set-up", "Findings about products and set-up", [_words(pack)], [block])


def _control(pack: Pack, control: Control, at: Hosts) -> Page:
    name = spoken(control.name, pack.books)
    findings, left = pack.findings(control.name), pack.ambiguous(control.name)
    rows = [*(finding_row(pack, found, at) for found in findings), *(_open_row(pack, each, at) for each in left)]
    said = "No finding: both systems say the same."
    blocks = [
        _figures(pack, control),
        _bridge(pack, control, findings, left),
        Block(_FINDING, rows, "Findings", empty=said, filtered=True),
    ]
    return Page(name, _TITLES.get(name, f"{name[:1].upper()}{name[1:]}"), [_words(pack)], blocks)


def _words(pack: Pack) -> str:
    return f"{pack.books.company.name}, {period_words(pack.period)}, {pack.currency}; Cin7 less QuickBooks."


def _figures(pack: Pack, control: Control) -> Block:
    def money(minor: int) -> Money:
        return Money(minor, pack.currency)

    rows: list[Sequence[Cell]] = [("Movement", *map(money, (control.cin7, control.qbo, control.difference)), "")]
    held = control.closing
    if held:
        before = (held.cin7 - control.cin7, held.qbo - control.qbo, held.opening_difference)
        told = f"of which {money(held.opening_explained)} explained by open findings" if held.opening_explained else ""
        rows.insert(0, ("Opening balance", *map(money, before), told))
        since = f"apart since {held.first_divergence}" if held.first_divergence else ""
        rows.append(("Closing balance", *map(money, (held.cin7, held.qbo, held.difference)), since))
    else:
        rows.append(("Closing balance", None, None, None, control.closing_reason))
    if held and held.subledger:
        stock = held.subledger
        words = f"stock value, ledger and their gap inside Cin7, {stock.taken_at:%Y-%m-%d %H:%M} UTC"
        rows.append(("Stock value", *map(money, (stock.value, stock.ledger, stock.difference)), words))
    columns = [Column("Figure", 18), *(Column(n, _MONEY) for n in ("Cin7", "QuickBooks", "Difference")),
               Column("Remark", 7)]  # fmt: skip
    return Block(columns, rows)


def _bridge(pack: Pack, control: Control, findings: Sequence[Finding], left: Sequence[OpenSet]) -> Block:
    """From Cin7's movement to QuickBooks', cause by cause."""
    sums: defaultdict[str, int] = defaultdict(int)
    for found in findings:
        if found.amount:
            sums[found.cause.replace("_", " ")] -= found.amount
    causes = sorted(sums.items(), key=lambda each: (-abs(each[1]), each[0]))
    unexplained = -sum(each.amount for each in left)

    def money(minor: int) -> Money:
        return Money(minor, pack.currency)

    rows: list[Sequence[Cell]] = [
        ("Cin7", money(control.cin7), None),
        *((cause, money(amount), None) for cause, amount in causes),
        ("unexplained", money(unexplained), None),
        (
            "QuickBooks",
            money(control.qbo),
            Check(f"=ROUND(SUM(B{{first}}:B{{above}})-B{{row}},{digits(pack.currency)})", money(0)),
        ),
    ]
    columns = [Column("Bridge", 18), Column("Amount", _MONEY), Column("Check (must be 0)")]
    return Block(columns, rows, "From Cin7 to QuickBooks", strong=True)


def finding_row(pack: Pack, found: Finding, at: Hosts) -> list[Cell]:
    """One finding in the columns of a control's sheet."""
    return [
        found.cause.replace("_", " "),
        found.nature,
        found.subject,
        Money(found.amount, pack.currency),
        None if found.at_stake is None else Money(found.at_stake, pack.currency),
        found.count,
        _cin7_names(found.cin7, at),
        _qbo_names(found.qbo, at),
        found.explanation,
        found.remedy,
        found.confidence,
        found.owner,
        found.due,
        found.first_seen and found.first_seen.astimezone(UTC).date(),
        found.id,
    ]


def _open_row(pack: Pack, left: OpenSet, at: Hosts) -> list[Cell]:
    documents = len(left.cin7) + len(left.qbo)
    said = "These documents could match in more than one way." if documents else "Nothing in the data explains this."
    named = (_cin7_names(left.cin7, at), _qbo_names(left.qbo, at))
    head: list[Cell] = ["unexplained", "open", "", Money(left.amount, pack.currency), None, documents or 1]
    return [*head, *named, said, "Look at these documents side by side.", "", "", None, None, ""]


def _cin7_names(documents: Sequence[Cin7Document], at: Hosts) -> Cell:
    return _names([_cin7_link(each, at) for each in documents])


def _qbo_names(documents: Sequence[QboDocument], at: Hosts) -> Cell:
    return _names([_qbo_link(each, at) for each in documents])


def _names(links: Sequence[Link]) -> Cell:
    if len(links) == 1:
        return links[0]
    more = f" and {len(links) - _NAMED} more" if len(links) > _NAMED else ""
    return ", ".join(dict.fromkeys(link.words for link in links[:_NAMED])) + more


def _cin7_link(document: Cin7Document, at: Hosts) -> Link:
    address = document_address(Source.CIN7, document.type, document.task_id, at)
    return Link(document.reference or document.task_id, address)


def _qbo_link(document: QboDocument, at: Hosts) -> Link:
    words = document.doc_number or f"{document.type} {document.id}"
    return Link(words, document_address(Source.QBO, document.type, document.id, at))


def documents(pack: Pack, at: Hosts) -> Page:
    """Every document of every finding and open set; in the period they add up to the finding's amount."""
    columns = [
        Column("Finding", 18),
        Column("Cause", 24),
        Column("Control", 20),
        Column("System", 11),
        Column("Type", 18),
        Column("Number", 20),
        Column("Date", 11),
        Column("Amount", _MONEY, total=True),
    ]
    rows: list[list[Cell]] = []
    told: list[tuple[str, str, str | None, Finding | OpenSet]] = [
        *((found.id, found.cause.replace("_", " "), found.control, found) for found in pack.tied.findings),
        *(("", "unexplained", left.control, left) for left in pack.tied.ambiguous),
    ]
    for id_, cause, control, found in told:
        head: list[Cell] = [id_, cause, spoken(control, pack.books) if control else ""]
        rows += [
            [*head, "Cin7", doc.type, _cin7_link(doc, at), doc.day, Money(doc.amount, pack.currency)]
            for doc in found.cin7
        ]
        rows += [
            [*head, "QuickBooks", doc.type, _qbo_link(doc, at), doc.day, Money(doc.amount, pack.currency)]
            for doc in found.qbo
        ]
    lines = [_words(pack), "What each document posts on the finding's control, in that control's own direction."]
    return Page("Finding documents", "Documents of the findings", lines, [Block(columns, rows)])


def open_findings(pack: Pack) -> Page:
    """What is open now, of whatever period, with its people."""
    columns = [
        Column("Cause", 24),
        Column("Kind", 9),
        Column("Control", 20),
        Column("Subject", 18),
        Column("Amount", _MONEY),
        Column("At stake", _MONEY),
        Column("Days open", 8),
        Column("First seen", 10),
        Column("Owner", 14),
        Column("Due", 11),
        Column("Came back", 8),
        Column("Note", 26, wrap=True),
        Column("What it is", 46, wrap=True),
        Column("Finding", 18),
    ]
    rows: list[list[Cell]] = []
    for each in pack.open:
        found = each.finding
        seen = found.first_seen
        rows.append(
            [
                found.cause.replace("_", " "),
                found.nature,
                spoken(found.control, pack.books) if found.control else "products",
                found.subject,
                Money(found.amount, pack.currency),
                None if found.at_stake is None else Money(found.at_stake, pack.currency),
                None if seen is None else max(0, (pack.made_at - seen).days),
                seen and seen.astimezone(UTC).date(),
                found.owner or "nobody",
                found.due,
                each.came_back,
                each.note,
                found.explanation,
                found.id,
            ]
        )
    lines = [f"{len(rows)} findings are open now, of this period and of others; {pack.currency}."]
    return Page("Open findings", "Open findings by age and owner", lines, [Block(columns, rows)])


class _Matched:
    """The rows of the matched documents, made as they are written: there may be a million."""

    def __init__(self, pack: Pack, at: Hosts) -> None:
        self._pack = pack
        self._at = at

    def __iter__(self) -> Iterator[list[Cell]]:
        spoken_of: dict[str, str] = {}
        for number, each in enumerate(self._pack.tied.paired, 1):
            if each.control not in spoken_of:
                spoken_of[each.control] = spoken(each.control, self._pack.books)
            yield from self._rows(number, each, spoken_of[each.control])

    def _rows(self, number: int, each: Paired, control: str) -> Iterator[list[Cell]]:
        currency, at = self._pack.currency, self._at
        difference: Cell = Money(each.difference, currency)
        for ours, theirs in zip_longest(each.cin7, each.qbo):
            left: list[Cell] = [None, None, None, None]
            if ours:
                left = [_cin7_link(ours, at), ours.type, ours.day, Money(ours.amount, currency)]
            right: list[Cell] = [None, None, None, None]
            if theirs:
                right = [_qbo_link(theirs, at), theirs.type, theirs.day, Money(theirs.amount, currency)]
            yield [number, control, *left, *right, difference, each.how, each.confidence]
            difference = None


def matched(pack: Pack, at: Hosts) -> Page:
    """Every matched document on every control that it posts on."""
    columns = [
        Column("Set", 8),
        Column("Control", 20),
        Column("Cin7 document", 18),
        Column("Type", 14),
        Column("Date", 11),
        Column("Cin7 amount", _MONEY, total=True),
        Column("QuickBooks document", 20),
        Column("Type", 14),
        Column("Date", 11),
        Column("QuickBooks amount", _MONEY, total=True),
        Column("Difference", 12, total=True),
        Column("Matched by", 11),
        Column("Sure", 8),
    ]
    lines = [
        _words(pack),
        "Documents of one set belong together; the difference stands in its first row. Totals follow the filter.",
        "What posts on a day outside the period is listed beside its counterpart.",
    ]
    return Page("Matched", "Matched documents", lines, [Block(columns, _Matched(pack, at))])
