"""Which mails wait and may be taken, and which of them are suspect.

A mail is suspect whose worker died, or whose taking in failed in a batch: it is taken alone, so
that it can harm no other. One whose lease ended counts as such.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum, auto

from sqlalchemy import ColumnElement, Connection, Row, and_, not_, or_, select, true

from gateway.store.schema import raw_mails, spool
from gateway.store.spool import is_waiting

# Suspects are older than most of what waits; to look for them through all of a long queue, again
# and again, would cost more than the mails before them do.
_LOOKED_AT = 500


class Wanted(Enum):
    """Which of the waiting mails a process takes: all, those without suspicion, or the others."""

    ALL = auto()
    SOUND = auto()
    SUSPECT = auto()


def oldest(
    connection: Connection, now: datetime, wanted: Wanted, limit: int
) -> Sequence[Row[tuple[int, bool, int]]]:
    """Lock the oldest mails that may be taken: `id`, `suspect` and `size` in bytes of each."""
    return connection.execute(
        select(spool.c.id, _SUSPECT.label("suspect"), raw_mails.c.size)
        .join(raw_mails, raw_mails.c.sha256 == spool.c.raw)
        .where(_free(now), _OF[wanted])
        .order_by(spool.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=spool)
    ).all()


def suspects_wait(connection: Connection, now: datetime) -> bool:
    """Say whether there is a suspect to be taken among the oldest mails."""
    first = (
        select(_SUSPECT.label("suspect"))
        .where(_free(now))
        .order_by(spool.c.id)
        .limit(_LOOKED_AT)
        .subquery()
    )
    found = connection.execute(select(first.c.suspect).where(first.c.suspect).limit(1))
    return found.first() is not None


def _free(now: datetime) -> ColumnElement[bool]:
    return and_(
        is_waiting(),
        or_(spool.c.lease_until.is_(None), spool.c.lease_until <= now),
        or_(spool.c.not_before.is_(None), spool.c.not_before <= now),
    )


_SUSPECT = or_(spool.c.alone, spool.c.claimed_by != "")
_OF = {Wanted.ALL: true(), Wanted.SOUND: not_(_SUSPECT), Wanted.SUSPECT: _SUSPECT}
