"""Journals that stand for many documents: the sales, payments or costs of one channel on one day or in one month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import NamedTuple, TypeAlias

from reports.reconcile.documents import Doc, Legs, Slots, less, summed, turnover
from reports.reconcile.working import Work

_FAMILY = {
    "invoice": "sales",
    "credit": "sales",
    "payment": "payments",
    "refund": "payments",
    "cost": "cost",
    "applied": "payments",
}
_FAMILIES = (("sales",), ("payments",), ("cost",), ("sales", "payments"), ("sales", "cost"),
             ("sales", "payments", "cost"))  # fmt: skip


_EVERY = "*"  # all channels together
_UNNAMED = ("", _EVERY)
_AWAY = 10  # days from its documents that a journal may be dated
_IN = "\t"  # between a channel and one of its currencies
Own: TypeAlias = dict[tuple[date, Legs], list[Doc]]  # what single events post, by day
NOTHING: Mapping[Doc, str] = {}


class Bucket(NamedTuple):
    """The documents that one journal may stand for: `first` to `last` are the days, `families` what they are."""

    channel: str
    families: tuple[str, ...]
    first: date
    last: date


def match_summaries(work: Work, channels: Mapping[Doc, str], currencies: Mapping[Doc, str] = NOTHING) -> None:
    """Puts the open sales events of a channel together with the journal that is their sum, or is meant to be.

    `channels`: Cin7 event -> its sales channel ("" for none); `currencies`: the currency that its sale is in, where
    that is known: a journal may stand for one currency of a channel. A journal that equals the sum of a day's or a
    month's events is theirs, be they of one channel, of none, or of all; one that names the channel, or is called as
    the channel's other journals are, and is dated in them is theirs too, with a difference.
    """
    events = [doc for doc in work.cin7 if doc.role in _FAMILY]
    journals = [txn for txn in work.qbo if txn.kind == "JournalEntry"]
    keys = _keys(events, channels, currencies)
    every = {monthly: _buckets(events, keys, monthly) for monthly in (False, True)}
    sums: defaultdict[tuple[tuple[str, ...], Legs], list[tuple[Bucket, list[Doc]]]] = defaultdict(list)
    for buckets in every.values():
        for bucket, docs in sorted(buckets.items(), key=lambda each: (each[0].channel in _UNNAMED, each[0])):
            if bucket.channel not in _UNNAMED or len(docs) > 1:
                sums[bucket.families, summed(docs)].append((bucket, docs))
    own: Own = defaultdict(list)
    for doc in events:
        own[doc.day, doc.legs].append(doc)
    for families in _FAMILIES:
        # Journals of one family are the rule; sums over several would catch what another connector adds up.
        if len(families) > 1 and any(case.how == "summary" for case in work.cases):
            break
        for txn in journals:
            _sum_of(work, txn, sums.get((families, txn.legs), ()), own)
        _of_other_days(work, journals, families, sums, own)
    _nothing(work, every[_monthly(work)])
    _by_name(work, [doc for doc in events if doc in work.cin7], channels, currencies)


def _keys(
    events: Iterable[Doc], channels: Mapping[Doc, str], currencies: Mapping[Doc, str]
) -> dict[Doc, tuple[str, ...]]:
    """The buckets that an event may lie in: its channel, all channels, and one currency of a channel with several."""
    used: defaultdict[str, set[str]] = defaultdict(set)
    for doc in events:
        used[channels.get(doc, "")].add(currencies.get(doc, ""))
    found = {}
    for doc in events:
        channel = channels.get(doc, "")
        part = (f"{channel}{_IN}{currencies.get(doc, '')}",) if len(used[channel]) > 1 else ()
        found[doc] = (channel, _EVERY, *part)
    return found


def _sum_of(work: Work, txn: Doc, some: Iterable[tuple[Bucket, list[Doc]]], own: Own) -> None:
    """Takes the first of these buckets that is dated right and still open as a whole."""
    for bucket, docs in some:
        whole = all(doc in work.cin7 for doc in docs)
        if (
            txn in work.qbo
            and whole
            and bucket.first <= txn.day <= bucket.last
            and _stands_for(work, txn, bucket, docs, own)
        ):
            work.put(docs, [txn], "summary", "certain").channel = bucket.channel.partition(_IN)[0]


def _of_other_days(
    work: Work,
    journals: Iterable[Doc],
    families: tuple[str, ...],
    sums: Mapping[tuple[tuple[str, ...], Legs], list[tuple[Bucket, list[Doc]]]],
    own: Own,
) -> None:
    """Journals that are the sum of a day or month that they lie some days beside, where they are called as the
    channel's are, or sums are the company's rule. Two sums that are as near stay open."""
    learnt = _called(work)
    rule = any(case.how == "summary" and case.qbo and len(case.cin7) > 1 for case in work.cases)
    for txn in [txn for txn in journals if txn in work.qbo]:
        called = {learnt[stem] for stem in _stems(txn) if stem in learnt}
        fits = []
        for bucket, docs in sums.get((families, txn.legs), ()):
            away, channel = max(txn.day - bucket.last, bucket.first - txn.day).days, bucket.channel.partition(_IN)[0]
            sum_of_some = rule and len(docs) > 1 and not _others(work, txn, docs, own)
            told = sum_of_some or channel in called or _names(work, txn, channel)
            if 0 < away <= _AWAY and told and all(doc in work.cin7 for doc in docs):
                fits.append((away, channel, docs))
        nearest = [each for each in fits if each[0] == min(fit[0] for fit in fits)]
        if len({tuple(docs) for _, _, docs in nearest}) == 1:
            work.put(nearest[0][2], [txn], "summary", "strong").channel = nearest[0][1]


def _stands_for(work: Work, txn: Doc, bucket: Bucket, docs: list[Doc], own: Own) -> bool:
    """Whether a journal that does not name the channel may be the sum: no other event of its day posts just that, and
    of a single document a journal of another day is none, unless it closes the month."""
    if _names(work, txn, bucket.channel.partition(_IN)[0]):
        return True
    if _others(work, txn, docs, own):
        return False
    return len(docs) > 1 or txn.day in (docs[0].day, bucket.last)


def _others(work: Work, txn: Doc, docs: Collection[Doc], own: Own) -> bool:
    return any(doc in work.cin7 and doc not in docs for doc in own.get((txn.day, txn.legs), ()))


def _nothing(work: Work, buckets: Mapping[Bucket, list[Doc]]) -> None:
    """Where a channel's journals stand for its documents, those that come to nothing have no journal to post."""
    channels = {case.channel for case in work.cases if case.how == "summary"}
    for bucket, docs in sorted(buckets.items()):
        whole = len(bucket.families) == 1 and all(doc in work.cin7 for doc in docs)
        if whole and bucket.channel in channels and not summed(docs):
            work.put(docs, [], "summary")


def _buckets(events: Iterable[Doc], keys: Mapping[Doc, Iterable[str]], monthly: bool) -> dict[Bucket, list[Doc]]:
    found: defaultdict[Bucket, list[Doc]] = defaultdict(list)
    for doc in events:
        first, last = days_of(doc.day, monthly)
        for families in _FAMILIES:
            if _FAMILY[doc.role] in families:
                for channel in keys[doc]:
                    found[Bucket(channel, families, first, last)].append(doc)
    return found


def days_of(day: date, monthly: bool) -> tuple[date, date]:
    """The day itself, or the first and last day of its month."""
    if not monthly:
        return day, day
    first = day.replace(day=1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first, date.fromordinal(following.toordinal() - 1)


def _by_name(work: Work, events: list[Doc], channels: Mapping[Doc, str], currencies: Mapping[Doc, str]) -> None:
    """Journals that name a channel and post what its open events post, though not as much."""
    known = sorted({channels.get(doc, "") for doc in events} - {""})
    spans, learnt = _spans(work), _called(work)
    for txn in [txn for txn in work.qbo if txn.kind == "JournalEntry"]:
        named = [channel for channel in known if _names(work, txn, channel)]
        named = named or sorted({learnt[stem] for stem in _stems(txn) if stem in learnt})
        if len(named) != 1:
            continue
        ours = [doc for doc in events if doc in work.cin7 and named[0] in (_EVERY, channels.get(doc, ""))]
        header = work.header(txn)
        options = []
        for monthly in spans:
            first, last = days_of(txn.day, monthly)
            within = [doc for doc in ours if first <= doc.day <= last]
            alike = [doc for doc in within if header and currencies.get(doc, "") == header.currency]
            options.append(_best(alike or within, txn, work.slots))
        best = min(filter(None, options), key=lambda docs: turnover(less(summed(docs), txn.legs)), default=[])
        if best:
            work.put(best, [txn], "summary", "strong").channel = named[0]


def _called(work: Work) -> dict[str, str]:
    """What the journals that are sums have in their numbers and notes before the date -> their channel."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for case in work.cases:
        if case.how == "summary" and case.qbo:
            for stem in _stems(case.qbo[0]):
                found[stem].add(case.channel)
    return {stem: next(iter(channels)) for stem, channels in found.items() if len(channels) == 1}


def _stems(txn: Doc) -> set[str]:
    """The letters of its number and of each of its notes, as far as they have two at least."""
    stems = {"".join(c for c in text.casefold() if c.isalpha()) for text in (txn.number, *txn.texts)}
    return {stem for stem in stems if len(stem) > 1}


def _best(events: list[Doc], txn: Doc, slots: Slots) -> list[Doc]:
    """Of the families that post on the journal's controls, those that come nearest to it."""
    wanted = {slots.controls[slot] for slot, _ in txn.legs}
    options = []
    for place, families in enumerate(_FAMILIES):
        docs = [doc for doc in events if _FAMILY[doc.role] in families]
        touched = {slots.controls[slot] for doc in docs for slot, _ in doc.legs}
        if docs and wanted <= touched:
            options.append((turnover(less(summed(docs), txn.legs)), place, docs))
    return min(options, key=lambda option: option[:2])[2] if options else []


def _monthly(work: Work) -> bool:
    """Whether the company's journals stand for months: as those do that were found to be sums."""
    spans = [len({doc.day for doc in case.cin7}) > 1 for case in work.cases if case.how == "summary"]
    return sum(spans) * 2 > len(spans)


def _spans(work: Work) -> tuple[bool, ...]:
    """What a journal may stand for: a day (False), a month (True), or either where both occur; the usual one first."""
    usual = _monthly(work)
    seen = {len({doc.day for doc in case.cin7}) > 1 for case in work.cases if case.how == "summary"}
    return (usual, not usual) if seen == {False, True} else (usual,)


def _names(work: Work, txn: Doc, channel: str) -> bool:
    header = work.header(txn)
    word = "".join(c for c in channel.casefold() if c.isalnum())
    texts = (txn.number, txn.name, *txn.texts, *((header.memo,) if header else ()))
    said = ["".join(c for c in text.casefold() if c.isalnum()) for text in texts]
    return bool(word) and any(word in text or word[:9] in text for text in said)
