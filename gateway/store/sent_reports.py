"""Which reports were mailed: each once, whatever number of nodes there is."""

from datetime import datetime

from sqlalchemy import Connection, exists, select

from gateway.store.database import insert
from gateway.store.schema import sent_reports, tickets


def is_sent(connection: Connection, desk: str, period: str) -> bool:
    """Say whether a desk's report of a period, such as `2026-03`, has been seen to."""
    asked = select(exists().where(sent_reports.c.desk == desk, sent_reports.c.period == period))
    return bool(connection.scalar(asked))


def note(connection: Connection, desk: str, period: str, at: datetime) -> bool:
    """Note that it is seen to in this transaction; False if somebody else did so before.

    Whoever does so at the same time waits until this transaction has ended.
    """
    entered = connection.execute(
        insert(connection, sent_reports)
        .values(desk=desk, period=period, at=at)
        .on_conflict_do_nothing()
        .execution_options(preserve_rowcount=True)
    )
    return entered.rowcount == 1


def has_cases(connection: Connection, desk: str, before: datetime) -> bool:
    """Say whether a desk had any case before an instant: else it was not there yet."""
    asked = select(exists().where(tickets.c.desk == desk, tickets.c.opened_at < before))
    return bool(connection.scalar(asked))
