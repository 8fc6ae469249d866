"""What the overview shows: what came in, what is left, what is due next, how content people are.

All is of some desks, and counted by the database from indexes, so that a page takes no longer for
all that was ever closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import ColumnElement, Connection, Row, case, func, select, text

from gateway.store.outbox import OutboxState
from gateway.store.schema import feedback, outbox, spool, tickets
from gateway.store.spool import State

AGES = tuple(timedelta(days=count) for count in (0, 1, 3, 7, 30))
"""The ages at which the pieces of a backlog begin."""
_HOUR = timedelta(hours=1)
# Spelt out, not bound: a partial index is found by nothing else.
_NOT_CLOSED = text("phase <> 'closed'")
_ASIDE = text("state IN ('held', 'failed')")
_OVER = text("state = 'waiting'")
# What of a comment is shown.
_LONGEST_COMMENT = 500


@dataclass(frozen=True, slots=True)
class Arrived:
    """How many mails that came in one piece of time are in a state; `piece` counts from 0."""

    piece: int
    state: str
    count: int


@dataclass(frozen=True, slots=True)
class Left:
    """The tickets of a desk that are not closed, of one status and severity.

    `ages` counts them by `AGES`, the youngest first. Of `running` ones a target runs; of these some
    are `overdue`, and others `at_risk` of it.
    """

    desk: str
    status: str
    severity: str
    count: int
    ages: tuple[int, ...]
    running: int
    at_risk: int
    overdue: int


@dataclass(frozen=True, slots=True)
class DueNext:
    """A ticket of which a target runs; `risk_at` is when it was, or will be, at risk."""

    number: str
    desk: str
    subject: str
    severity: str
    assignee: str
    due_at: datetime
    risk_at: datetime | None


@dataclass(frozen=True, slots=True)
class Given:
    """How often so many stars were given since each of the instants that were asked for."""

    stars: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said with their stars."""

    number: str
    desk: str
    stars: int
    comment: str
    rated_at: datetime


def arrived_by_hour(
    connection: Connection, desks: Sequence[str] | None, begin: datetime, hours: int
) -> tuple[Arrived, ...]:
    """Count the mails of each hour from `begin` on by what became of them; None for all desks."""
    # The last hour that began by then: a comparison for each, as every database has them.
    piece = case(
        *((spool.c.received_at >= begin + nth * _HOUR, nth) for nth in reversed(range(hours))),
        else_=0,
    )
    rows = connection.execute(
        select(piece.label("piece"), spool.c.state, func.count().label("count"))
        .where(
            spool.c.day >= f"{begin:%Y-%m-%d}",
            spool.c.received_at >= begin,
            *_of(spool.c.desk, desks),
        )
        .group_by("piece", spool.c.state)
    )
    return tuple(Arrived(row.piece, row.state, row[2]) for row in rows)


def arrived_by_day(
    connection: Connection, desks: Sequence[str] | None, days: Sequence[str]
) -> tuple[Arrived, ...]:
    """Count the mails of each of these days, in UTC, one after the other; None for all desks."""
    places = {day: place for place, day in enumerate(days)}
    rows = connection.execute(
        select(spool.c.day, spool.c.state, func.count().label("count"))
        .where(spool.c.day >= days[0], spool.c.day <= days[-1], *_of(spool.c.desk, desks))
        .group_by(spool.c.day, spool.c.state)
    )
    return tuple(Arrived(places[row.day], row.state, row[2]) for row in rows)


def left(connection: Connection, desks: Sequence[str], now: datetime) -> tuple[Left, ...]:
    """Count the tickets that are not closed."""
    ended = [now - age for age in AGES[1:]]
    younger = [_count(tickets.c.opened_at > at) for at in ended]
    rows = connection.execute(
        select(
            tickets.c.desk,
            tickets.c.status,
            tickets.c.severity,
            func.count().label("left"),
            func.count(tickets.c.due_at).label("running"),
            _count(tickets.c.due_at <= now).label("overdue"),
            _count((tickets.c.risk_at <= now) & (tickets.c.due_at > now)).label("at_risk"),
            *(one.label(f"younger_{nth}") for nth, one in enumerate(younger)),
        )
        .where(_NOT_CLOSED, tickets.c.desk.in_(desks))
        .group_by(tickets.c.desk, tickets.c.status, tickets.c.severity)
    )
    return tuple(_left(row) for row in rows)


def _left(row: Row[tuple[object, ...]]) -> Left:
    younger = [0, *(getattr(row, f"younger_{nth}") for nth in range(len(AGES) - 1)), row.left]
    return Left(
        row.desk,
        row.status,
        row.severity,
        row.left,
        tuple(more - less for less, more in pairwise(younger)),
        row.running,
        row.at_risk,
        row.overdue,
    )


def due_next(connection: Connection, desks: Sequence[str], most: int) -> tuple[DueNext, ...]:
    """Give the tickets whose first target is due soonest, what is overdue first."""
    names = ("number", "desk", "subject", "severity", "assignee", "due_at", "risk_at")
    rows = connection.execute(
        select(*(tickets.c[name] for name in names))
        .where(_NOT_CLOSED, tickets.c.due_at.is_not(None), tickets.c.desk.in_(desks))
        .order_by(tickets.c.due_at, tickets.c.id)
        .limit(most)
    )
    return tuple(DueNext(*row) for row in rows)


def ratings(
    connection: Connection, desks: Sequence[str] | None, since: Sequence[datetime]
) -> tuple[Given, ...]:
    """Count the ratings since each of these instants, the first of which is the earliest."""
    asked = select(
        feedback.c.stars,
        *(_count(feedback.c.rated_at >= at).label(f"since_{nth}") for nth, at in enumerate(since)),
    ).where(feedback.c.rated_at >= since[0], feedback.c.stars.is_not(None))
    if desks is not None:
        asked = asked.join(tickets, tickets.c.id == feedback.c.ticket).where(
            tickets.c.desk.in_(desks)
        )
    rows = connection.execute(asked.group_by(feedback.c.stars).order_by(feedback.c.stars.desc()))
    return tuple(Given(row[0], tuple(row[1:])) for row in rows)


def comments(
    connection: Connection, desks: Sequence[str], since: datetime, most: int
) -> tuple[Comment, ...]:
    """Give the last comments, the newest first."""
    rows = connection.execute(
        select(
            tickets.c.number,
            tickets.c.desk,
            feedback.c.stars,
            func.substr(feedback.c.comment, 1, _LONGEST_COMMENT),
            feedback.c.rated_at,
        )
        .join(tickets, tickets.c.id == feedback.c.ticket)
        .where(
            feedback.c.rated_at >= since,
            feedback.c.stars.is_not(None),
            feedback.c.comment != "",
            tickets.c.desk.in_(desks),
        )
        .order_by(feedback.c.rated_at.desc(), feedback.c.id.desc())
        .limit(most)
    )
    return tuple(Comment(*row) for row in rows)


def aside(connection: Connection, desks: Sequence[str] | None) -> dict[str, int]:
    """Count the mails that are held and those that failed, by state; None for all desks."""
    rows = connection.execute(
        select(spool.c.state, func.count())
        .where(_ASIDE, *_of(spool.c.desk, desks))
        .group_by(spool.c.state)
    )
    found: dict[str, int] = {row[0]: row[1] for row in rows}
    return {state.value: found.get(state.value, 0) for state in (State.HELD, State.FAILED)}


def waiting(connection: Connection) -> int:
    """Count the mails that wait to be taken in."""
    asked = select(func.count()).select_from(spool).where(_OVER)
    return connection.execute(asked).scalar_one()


def unsent(connection: Connection) -> dict[str, int]:
    """Count the outgoing mails that have not gone out, by state."""
    states = [state.value for state in OutboxState if state is not OutboxState.SENT]
    rows = connection.execute(
        select(outbox.c.state, func.count())
        .where(outbox.c.state.in_(states))
        .group_by(outbox.c.state)
    )
    found: dict[str, int] = {row[0]: row[1] for row in rows}
    return {state: found.get(state, 0) for state in states}


def is_new(connection: Connection, desks: Sequence[str]) -> bool:
    """Say whether these desks have never had a ticket."""
    asked = select(tickets.c.id).where(tickets.c.desk.in_(desks)).limit(1)
    return connection.execute(asked).first() is None


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)


def _of(column: ColumnElement[str], desks: Sequence[str] | None) -> list[ColumnElement[bool]]:
    return [] if desks is None else [column.in_(desks)]
