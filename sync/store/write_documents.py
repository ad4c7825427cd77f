"""Writes documents and their lines: the lists say what a document is, a Cin7 detail adds what they leave out."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, insert, update
from sqlmodel import Session

from sync.domain.accounts import Source
from sync.domain.documents import Document, Line
from sync.errors import InvariantBroken
from sync.store.reads import known_ids
from sync.store.tables import DocumentRow, LineRow
from sync.store.upsert import batches, table_of, upsert

_BATCH = 500  # documents whose present state is looked up at once
_FACTS = tuple(field.name for field in fields(Document) if field.name not in ("source", "kind", "id", "lines"))
_LINE = tuple(field.name for field in fields(Line))

_Key = tuple[str, str]  # source, kind
_Row = dict[str, Any]


def upsert_documents(
    session: Session, company: int, documents: Iterable[Document], seen_at: datetime, *, detail: bool = False
) -> int:
    """Keeps document headers, and their lines where they are told; how many documents were new or really differ.

    `seen_at` is when the reading began that showed them, the same for all pages of one run: within one reading
    an older `updated` never replaces a newer one, whichever page comes last.
    Lines are replaced where a document brings some, where `detail` says that it is told whole, and for QBO,
    which always tells documents whole. Else an earlier detail's lines stay, but `detail_at` is cleared when the
    document's `updated`, `version` or `status` moved, so that it is read again. A Cin7 detail fills what the list
    left blank and never overrules it (the two state the same fields differently). What is seen is deleted no more.
    Raises InvariantBroken for a document with two lines at one position.
    """
    changed = 0
    for batch in batches(documents, _BATCH):
        groups: dict[_Key, dict[str, Document]] = defaultdict(dict)
        for document in batch:
            group = groups[str(document.source), document.kind]
            other = group.get(document.id)
            if other is None or _rank(document) > _rank(other):
                group[document.id] = document
        for key, group in sorted(groups.items()):
            changed += _write(session, company, key, group, seen_at, detail)
    return changed


def mark_deleted(session: Session, company: int, source: Source, kind: str, ids: Iterable[str], at: datetime) -> int:
    """Notes that documents are gone from their system since `at`; they stay as evidence. How many were not so noted."""
    table, count = table_of(DocumentRow), 0
    live = (*_of(table, company, (str(source), kind)), table.c.deleted_at.is_(None))
    for batch in batches(sorted(set(ids)), _BATCH):
        gone = update(table).where(*live, table.c.id.in_(batch)).values(deleted_at=at).returning(table.c.id)
        count += len(session.execute(gone).all())
    return count


def mark_missing(session: Session, company: int, source: Source, kind: str, seen: Set[str], at: datetime) -> int:
    """Notes as deleted every document of the kind that a whole reading did not show; how many."""
    missing = [id_ for id_ in known_ids(session, company, source, kind) if id_ not in seen]
    return mark_deleted(session, company, source, kind, missing, at)


def _write(
    session: Session, company: int, key: _Key, group: Mapping[str, Document], seen_at: datetime, detail: bool
) -> int:
    table = table_of(DocumentRow)
    held = session.execute(table.select().where(*_of(table, company, key), table.c.id.in_(group)))
    before = {row["id"]: dict(row) for row in held.mappings()}
    rows: dict[str, _Row] = {}
    lines: dict[str, list[tuple[Any, ...]]] = {}
    for id_, document in group.items():
        old = before.get(id_)
        stale = old is not None and _stale(document, old, seen_at, detail)
        whole = detail or bool(document.lines) or document.source is Source.QBO
        fresh = {"company": company, "source": key[0], "kind": key[1], "id": id_, **_facts(document)}
        marks = {"deleted_at": None, "seen_at": seen_at, "detail_at": seen_at if whole else None}
        if old is not None and stale:
            rows[id_] = old | {"deleted_at": None}
            continue
        rows[id_] = fresh | marks if old is None else _joined(document, fresh | marks, old, detail, whole)
        if whole:
            lines[id_] = _lines(document)
    changed = {id_ for id_, row in rows.items() if _told(row) != _told(before.get(id_))}
    upsert(session, DocumentRow, [row for id_, row in sorted(rows.items()) if row != before.get(id_)])
    changed |= _replace_lines(session, company, key, lines)
    return len(changed)


def _stale(document: Document, old: _Row, seen_at: datetime, detail: bool) -> bool:
    """Whether a reading that began no later shows an older state; a Cin7 detail's stamp is not the list's."""
    if detail and document.source is Source.CIN7:
        return False
    known = document.updated is not None and old["updated"] is not None
    return bool(known and seen_at <= old["seen_at"] and document.updated < old["updated"])


def _joined(document: Document, fresh: _Row, old: _Row, detail: bool, whole: bool) -> _Row:
    """What is known of a Cin7 document from its list and its detail; QBO tells all at once."""
    if document.source is Source.QBO:
        return fresh
    if detail:
        return fresh | {name: old[name] for name in _FACTS if not _blank(old[name])}
    if any(fresh[name] != old[name] for name in ("updated", "version", "status")):
        return fresh
    kept = {name: old[name] for name in _FACTS if _blank(fresh[name])}
    return fresh | kept | ({} if whole else {"detail_at": old["detail_at"]})


def _blank(value: object) -> bool:
    """Nothing was said; a zero says something."""
    return value is None or value is False or value in ("", "[]")


def _told(row: _Row | None) -> list[Any] | None:
    """What counts as the document's own; when we saw it does not."""
    return None if row is None else [row["deleted_at"], *(row[name] for name in _FACTS)]


def _facts(document: Document) -> _Row:
    links = json.dumps(sorted([link.kind, link.id] for link in document.links))
    return {name: getattr(document, name) for name in _FACTS} | {"links": links}


def _lines(document: Document) -> list[tuple[Any, ...]]:
    rows = sorted((tuple(getattr(line, name) for name in _LINE) for line in document.lines), key=lambda row: row[0])
    if len({row[0] for row in rows}) != len(rows):
        raise InvariantBroken(f"{document.kind} {document.number} ({document.id}) has two lines at one position")
    return rows


def _replace_lines(session: Session, company: int, key: _Key, lines: Mapping[str, list[tuple[Any, ...]]]) -> set[str]:
    """Rewrites the lines of the documents whose lines differ, and says which these are."""
    if not lines:
        return set()
    table = table_of(LineRow)
    mine = _of(table, company, key)
    held: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    columns = [table.c[name] for name in _LINE]
    query = table.select().with_only_columns(table.c.id, *columns).where(*mine, table.c.id.in_(lines))
    for id_, *row in session.execute(query.order_by(table.c.id, table.c.position)):
        held[id_].append(tuple(row))
    changed = {id_ for id_, rows in lines.items() if rows != held[id_]}
    if gone := [id_ for id_ in changed if held[id_]]:
        session.execute(delete(table).where(*mine, table.c.id.in_(gone)))
    start = {"company": company, "source": key[0], "kind": key[1]}
    rows = [start | {"id": id_} | dict(zip(_LINE, row, strict=True)) for id_ in sorted(changed) for row in lines[id_]]
    if rows:
        session.execute(insert(LineRow), rows)
    return changed


def _of(table: Table, company: int, key: _Key) -> tuple[Any, ...]:
    return (table.c.company == company, table.c.source == key[0], table.c.kind == key[1])


def _rank(document: Document) -> tuple[bool, str, str]:
    """Of two states of one document in a batch the newer one stays, whatever their order."""
    updated = document.updated
    return (updated is not None, updated.isoformat(timespec="microseconds") if updated else "", repr(document))
