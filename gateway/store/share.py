"""Which waiting mails are free to be claimed, and how many of them are one worker's share."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from gateway.store.schema import spool
from gateway.store.spool import is_waiting

# A batch costs something by itself, whatever is in it.
_LEAST = 10


def is_free(now: datetime) -> ColumnElement[bool]:
    """Say that a mail waits, that nobody holds it, and that it may be looked at by now."""
    return and_(
        is_waiting(),
        or_(spool.c.lease_until.is_(None), spool.c.lease_until <= now),
        or_(spool.c.not_before.is_(None), spool.c.not_before <= now),
    )


def share(connection: Connection, now: datetime, limit: int, workers: int) -> int:
    """Say how many mails one of so many workers takes, at most `limit`.

    Where less waits than they could all take, each has its part: else one of them would still be
    at work for a whole batch when the others have nothing left to do.
    """
    if workers == 1:
        return limit
    some = select(spool.c.id).where(is_free(now)).limit(limit * workers).subquery()
    waiting = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return min(limit, max(_LEAST, -(-waiting // workers)))
