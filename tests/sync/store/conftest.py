"""What tests of the store share."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from sync.store.db import writing
from sync.store.writes import save_company


@pytest.fixture
def company(engine: Engine) -> int:
    """A company in the cache of `engine`."""
    with writing(engine) as session:
        return save_company(
            session, cin7_account="7f0e", qbo_realm="9130", currency="USD", time_zone="Australia/Sydney"
        )
