"""A practice company put into a cache at once, by the vendors' own translators and without HTTP, and tied out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine, delete, insert
from sqlmodel import Session

from reports import answers
from reports.books import Config
from reports.reconcile.tie_out import TieOut
from sync.cin7 import company as cin7_company
from sync.cin7 import to_domain as cin7
from sync.cin7.resources import RESOURCES as CIN7
from sync.domain.accounts import Posting, Source
from sync.domain.period import Period
from sync.qbo import company as qbo_company
from sync.qbo import to_domain as qbo
from sync.qbo.resources import RESOURCES as QBO
from sync.qbo.resources import Shape
from sync.sandbox.books import World
from sync.store import tables, writes
from sync.store.db import reading, writing
from sync.store.former import note_closing
from sync.store.ledger import WindowReading, replace_window
from sync.store.names import upsert_names

READ = datetime(2026, 11, 22, 22, tzinfo=UTC)
ALWAYS = Period(date.min, date.max)


@dataclass
class Cached:
    """The cache of one practice company; `load` again after the world changed is like a later sync."""

    engine: Engine
    world: World
    company: int = 0
    at: datetime = READ

    def load(self) -> Cached:
        """Brings everything the world's two systems show now into the cache."""
        self.at += timedelta(hours=1)
        with writing(self.engine) as session:
            self.company = writes.save_company(session, cin7_account="practice", qbo_realm="practice")
            self._facts(session)
            self._cin7(session)
            self._qbo(session)
            for source, entity in (("cin7", "transactions"), ("qbo", "ledger")):
                writes.record_figure(session, self.company, source, entity, as_of=self.at, complete=True, reason="")
        return self

    def tie_out(self, period: Period, config: Config | None = None) -> TieOut:
        with reading(self.engine) as session:
            return answers.reconcile(session, self.company, period, config or Config(), today=self.world.today)

    def _facts(self, session: Session) -> None:
        me = cin7_company.company_facts(self.world.cin7.me)
        books = qbo_company.read_company(self.world.qbo.company_info, self.world.qbo.preferences)
        note_closing(session, self.company, Source.CIN7, me.lock_day, self.at)
        note_closing(session, self.company, Source.QBO, books.close_day, self.at)
        writes.update_company(
            session,
            self.company,
            name=me.company,
            currency=me.currency,
            time_zone=me.time_zone,
            opening_day=me.opening_day,
            cin7_lock_day=me.lock_day,
            qbo_name=books.name,
            qbo_currency=books.currency,
            qbo_close_day=books.close_day,
            multi_currency=books.multi_currency,
        )

    def _cin7(self, session: Session) -> None:
        lists, currency = self.world.cin7.lists, self.world.currency
        for resource in CIN7:
            rows = lists.get(resource.path.lower(), [])
            if resource.name == "accounts":
                writes.upsert_accounts(session, self.company, map(cin7.account, rows))
            elif resource.name == "locations":
                places = [place for row in rows for place in cin7.locations(row)]
                writes.upsert_locations(session, self.company, places)
            elif resource.name == "products":
                writes.upsert_products(session, self.company, map(cin7.product, rows))
                movements = self.world.cin7.movements
                moved = [{**row, "Movements": movements.get(str(row["ID"]).lower(), [])} for row in rows]
                found = {cin7.product(row).id: cin7.movements(row) for row in moved}
                writes.replace_movements(session, self.company, found)
            elif resource.name == "availability":
                levels = sorted(map(cin7.stock_level, rows), key=repr)
                writes.replace_stock(session, self.company, levels, taken_at=self.at, day=self.world.today)
            elif resource.kind:
                documents = [cin7.document(resource, row, currency) for row in rows]
                writes.upsert_documents(session, self.company, documents, seen_at=self.at)
                ids = {document.id for document in documents}
                writes.mark_missing(session, self.company, Source.CIN7, resource.kind, seen=ids, at=self.at)
        pairs = [cin7.postings(row, currency) for row in lists["transactions"]]
        self._ledger(session, Source.CIN7, [side for pair in pairs for side in pair], len(pairs))

    def _qbo(self, session: Session) -> None:
        entities, currency = self.world.qbo.entities, self.world.currency
        items = {str(row["Id"]): qbo.item(row) for row in entities.get("Item", [])}
        skus = {id_: item.sku for id_, item in items.items() if item.sku}
        for resource in QBO:
            rows = entities.get(resource.api, [])
            if resource.name == "accounts":
                writes.upsert_accounts(session, self.company, map(qbo.account, rows))
            elif resource.name == "items":
                writes.upsert_products(session, self.company, items.values())
            elif resource.shape is Shape.LIST:
                upsert_names(session, self.company, [qbo.name(resource.api, row) for row in rows])
            elif resource.shape is Shape.TRANSACTION:
                documents = [qbo.document(resource.api, row, currency, skus, items) for row in rows]
                writes.upsert_documents(session, self.company, documents, seen_at=self.at)
                ids = {document.id for document in documents}
                writes.mark_missing(session, self.company, Source.QBO, resource.api, seen=ids, at=self.at)
        postings = list(self._postings())
        self._ledger(session, Source.QBO, postings, len(postings))

    def _postings(self) -> Iterator[Posting]:
        for row in self.world.qbo.postings:
            yield Posting(
                Source.QBO, row.account_id, row.date, row.amount, row.txn_id, row.entity, row.doc_number, "", row.name,
                row.memo,
            )  # fmt: skip

    def _ledger(self, session: Session, source: Source, postings: list[Posting], rows: int) -> None:
        reading_ = WindowReading(ALWAYS.start, ALWAYS.end, rows, True, "", self.at)
        replace_window(session, self.company, source, reading_, postings)


def shuffle(engine: Engine, order: list[int]) -> None:
    """Writes the postings of a cache again in another order of rows."""
    with writing(engine) as session:
        rows = [dict(row) for row in session.execute(tables.PostingRow.__table__.select()).mappings()]  # type: ignore[attr-defined]  # a SQLModel's table
        session.execute(delete(tables.PostingRow))
        again = [{k: v for k, v in rows[place % len(rows)].items() if k != "id"} for place in order]
        session.execute(insert(tables.PostingRow), again)
