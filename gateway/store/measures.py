"""What a monitoring system measures: all of it on one snapshot, and counted by the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, text

from gateway.store import aside, books, outbox, overview, retention
from gateway.store.books import SourceHealth
from gateway.store.overview import Left
from gateway.store.retention import Run
from gateway.store.schema import alarms, feedback, tickets, timers
from gateway.store.schema import outbox as mails

RATED_WITHIN = timedelta(days=30)
_SPOOL = ("waiting", "filed", "duplicate", "held", "failed")
# Spelt out, not bound: a partial index is found by nothing else.
_UNSENT = text("settled_at IS NULL")


@dataclass(frozen=True, slots=True)
class Intake:
    """What one source has brought so far, and how far its books differ, in mails."""

    source: str
    received: int
    difference: int


@dataclass(frozen=True, slots=True)
class Rated:
    """How often the customers of a desk gave so many stars within `RATED_WITHIN`."""

    desk: str
    stars: int
    count: int


@dataclass(frozen=True, slots=True)
class Measures:
    """How a house does at the time `at`.

    `spool` and `outbox` count mails by state. `waits_since` is when the oldest mail came that waits
    to be taken in, `queued_since` when the oldest was queued that waits to be sent. `left` are the
    tickets that are not closed, `timers` how many timers are due, `retained` what was kept for long
    enough and is erased.
    """

    at: datetime
    intakes: tuple[Intake, ...]
    spool: dict[str, int]
    waits_since: datetime | None
    outbox: dict[str, int]
    queued_since: datetime | None
    sources: tuple[SourceHealth, ...]
    alarms: int
    left: tuple[Left, ...]
    timers: int
    ratings: tuple[Rated, ...]
    retained: tuple[Run, ...] = ()


def read(connection: Connection, desks: Sequence[str], now: datetime) -> Measures:
    """Measure a house with these desks."""
    accounts = books.accounts(connection)
    return Measures(
        at=now,
        intakes=tuple(
            Intake(
                source,
                sum(one.received for one in accounts if one.source == source),
                sum(abs(one.difference) for one in accounts if one.source == source),
            )
            for source in sorted({one.source for one in accounts})
        ),
        spool={state: sum(getattr(one, state) for one in accounts) for state in _SPOOL},
        waits_since=aside.waits_since(connection),
        outbox=outbox.counts(connection),
        queued_since=connection.execute(
            select(func.min(mails.c.queued_at)).where(_UNSENT)
        ).scalar_one(),
        sources=books.health(connection),
        alarms=connection.scalar(
            select(func.count()).select_from(alarms).where(alarms.c.until > now)
        )
        or 0,
        left=overview.left(connection, desks, now),
        timers=connection.scalar(
            select(func.count()).select_from(timers).where(timers.c.due_at <= now)
        )
        or 0,
        ratings=_ratings(connection, now),
        retained=retention.runs(connection),
    )


def _ratings(connection: Connection, now: datetime) -> tuple[Rated, ...]:
    rows = connection.execute(
        select(tickets.c.desk, feedback.c.stars, func.count())
        .join(tickets, tickets.c.id == feedback.c.ticket)
        .where(feedback.c.rated_at > now - RATED_WITHIN, feedback.c.stars.is_not(None))
        .group_by(tickets.c.desk, feedback.c.stars)
        .order_by(tickets.c.desk, feedback.c.stars)
    )
    return tuple(Rated(*row) for row in rows)
