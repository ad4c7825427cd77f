"""The enclosures of letters: bytes kept until Slack has shared them, each step noted before it is taken."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, select, update

from sync.domain.letters import Enclosure, FileParcel
from sync.store.bot_tables import OutboxFileRow, OutboxRow
from sync.store.db import reading, writing
from sync.store.upsert import table_of

_FILES, _BOX = table_of(OutboxFileRow), table_of(OutboxRow)


class StoredEnclosures:
    """The files of one company's letters, for the process that has claimed the letter."""

    def __init__(self, engine: Engine, company: int) -> None:
        self._engine = engine
        self._company = company

    def next_file(self, key: str) -> FileParcel | None:
        """The first enclosure of a letter that is not shared yet, with its bytes; None where none is left."""
        query = select(_FILES).where(_FILES.c.company == self._company, _FILES.c.key == key, _FILES.c.state == "due")
        with reading(self._engine) as session:
            row = session.execute(query.order_by(_FILES.c.position).limit(1)).first()
        if row is None:
            return None
        file = Enclosure(row.name, row.title, row.content)
        return FileParcel(row.position, file, row.slack_id, row.unsure, row.tries)

    def uploaded(self, key: str, position: int, slack_id: str) -> None:
        """Slack has the bytes under `slack_id`; nobody sees them yet."""
        self._set_file(key, position, slack_id=slack_id, unsure=False)

    def sharing(self, key: str, position: int) -> None:
        """Notes, before the call that shares the file, that it may be shared from now on."""
        self._set_file(key, position, unsure=True)

    def file_shared(self, key: str, position: int) -> None:
        """The file stands in its thread; its bytes are let go, and blocks that show it are due for an update."""
        values = {"state": "shared", "unsure": False, "fault": "", "content": b""}
        self._set_file(key, position, **values)
        with writing(self._engine) as session:
            mine = (_BOX.c.company == self._company, _BOX.c.key == key)
            session.execute(update(_BOX).where(*mine, _BOX.c.letter.contains('"file:')).values(sent=0, state="due"))

    def not_shared(self, key: str, position: int, fault: str, *, give_up: bool, unsure: bool) -> None:
        """A try failed; the file waits for the letter's next turn, or is given up: the letter's words stay."""
        more = {"state": "failed", "content": b""} if give_up else {}
        self._set_file(key, position, fault=fault, unsure=unsure, tries=_FILES.c.tries + 1, **more)

    def _set_file(self, key: str, position: int, **values: Any) -> None:
        mine = (_FILES.c.company == self._company, _FILES.c.key == key, _FILES.c.position == position)
        with writing(self._engine, durable=True) as session:
            session.execute(update(_FILES).where(*mine).values(values))
