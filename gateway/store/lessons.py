"""What a spam filter is to learn, until it has: mails that people called spam, or let in."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from gateway.desk.decision import Lesson
from gateway.desk.ticket import Direction
from gateway.store.database import insert
from gateway.store.schema import entries, lessons

# A filter that does not answer so often will not learn this mail any more.
_MOST_ATTEMPTS = 20


def put(connection: Connection, new: Sequence[Lesson], now: datetime) -> None:
    """Enter lessons; a later one about the same mail takes the place of the earlier.

    A ticket that no mail opened teaches nothing.
    """
    for lesson in new:
        about = lesson.spool or _opening_mail(connection, lesson.ticket)
        if about is None:
            continue
        values = {"spam": lesson.spam, "at": now, "attempts": 0, "learnt_at": None}
        connection.execute(
            insert(connection, lessons)
            .values(spool=about, **values)
            .on_conflict_do_update(index_elements=[lessons.c.spool], set_=values)
        )


def _opening_mail(connection: Connection, ticket: int) -> int | None:
    """Give the spool id of a ticket's first mail that came in."""
    of_ticket = (entries.c.ticket == ticket, entries.c.spool.is_not(None))
    first = select(entries.c.spool).where(*of_ticket, entries.c.direction == Direction.IN)
    return connection.execute(first.order_by(entries.c.id).limit(1)).scalar_one_or_none()


def due(connection: Connection, limit: int) -> tuple[Lesson, ...]:
    """Give the lessons that were not learnt yet, those tried least often first."""
    rows = connection.execute(
        select(lessons.c.spool, lessons.c.spam)
        .where(lessons.c.learnt_at.is_(None), lessons.c.attempts < _MOST_ATTEMPTS)
        .order_by(lessons.c.attempts, lessons.c.at, lessons.c.spool)
        .limit(limit)
    )
    return tuple(Lesson(row.spool, row.spam) for row in rows)


def learnt(connection: Connection, lesson: Lesson, now: datetime) -> None:
    """Note that a lesson was learnt, unless the opposite was said meanwhile."""
    same = (lessons.c.spool == lesson.spool, lessons.c.spam == lesson.spam)
    connection.execute(update(lessons).where(*same).values(learnt_at=now))


def tried(connection: Connection, lesson: Lesson) -> None:
    """Note that a lesson was tried for nothing."""
    connection.execute(
        update(lessons)
        .where(lessons.c.spool == lesson.spool, lessons.c.learnt_at.is_(None))
        .values(attempts=lessons.c.attempts + 1)
    )
