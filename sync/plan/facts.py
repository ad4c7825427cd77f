"""Who the company is on either side: name, base currency, time zone, lock and closing dates."""

from __future__ import annotations

from sync.domain.accounts import Source
from sync.plan.run import Outcome, Sync
from sync.store import former, reads, writes
from sync.store.db import reading, writing
from sync.transport import Tally


def cin7(sync: Sync, tally: Tally) -> Outcome:
    """`GET /me` into the company's row (Cin7 docs: Me)."""
    me = sync.cin7.me(tally=tally)
    with writing(sync.engine) as session:
        changed = writes.update_company(
            session,
            sync.company,
            name=me.company,
            currency=me.currency,
            time_zone=me.time_zone,
            cin7_lock_day=me.lock_day,
            opening_day=me.opening_day,
        )
        former.note_closing(session, sync.company, Source.CIN7, me.lock_day, sync.started)
    return Outcome(1, changed, 1)


def qbo(sync: Sync, tally: Tally) -> Outcome:
    """CompanyInfo and Preferences into the company's row (Intuit docs: CompanyInfo, Preferences)."""
    company = sync.qbo.company(tally=tally)
    sync.qbo_time = company.told_at
    with writing(sync.engine) as session:
        changed = writes.update_company(
            session,
            sync.company,
            qbo_name=company.name,
            qbo_currency=company.currency,
            qbo_close_day=company.close_day,
            multi_currency=company.multi_currency,
            fiscal_year_start=f"{company.fiscal_year_start_month:02d}-01",
        )
        former.note_closing(session, sync.company, Source.QBO, company.close_day, sync.started)
    return Outcome(1, changed, 2)


def qbo_preferences(sync: Sync, tally: Tally) -> Outcome:
    """What may change from one day to the next: the closing date, and whether there are several currencies."""
    told = sync.qbo.preferences(tally=tally)
    sync.qbo_time = told.told_at
    with writing(sync.engine) as session:
        changed = writes.update_company(
            session, sync.company, qbo_close_day=told.close_day, multi_currency=told.multi_currency
        )
        former.note_closing(session, sync.company, Source.QBO, told.close_day, sync.started)
    return Outcome(1, changed, 1)


def currency_known(sync: Sync, source: Source) -> bool:
    """Without its base currency no amount of a system can be read."""
    with reading(sync.engine) as session:
        company = reads.company(session, sync.company)
        return bool(company.currency if source is Source.CIN7 else company.qbo_currency)


def several_currencies(sync: Sync) -> bool:
    with reading(sync.engine) as session:
        return reads.company(session, sync.company).multi_currency
