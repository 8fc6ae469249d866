"""What reports are made of: the tickets of a time, what was spent on them, ratings, clicks.

Rows are read as they come, so that however many tickets there are, few are in memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, func, or_, select

from gateway.config.desk import Phase
from gateway.desk.ticket import EventKind, Stay, Ticket
from gateway.store.schema import article_clicks, articles, events, feedback, tickets

_AT_ONCE = 1000
# What an event of time spent says: how much, and the type that the ticket had.
_SPENT = "time_spent"
_SPENT_ON = "spent_on"

_KIND: tuple[Column[Any], ...] = (
    tickets.c.type,
    tickets.c.severity,
    tickets.c.organisation,
    tickets.c.product,
)
_BEGUN = func.coalesce(tickets.c.submitted_at, tickets.c.opened_at).label("begun")
_COLUMNS: tuple[ColumnElement[Any], ...] = (
    *_KIND,
    _BEGUN,
    tickets.c.status,
    tickets.c.phase,
    tickets.c.timezone,
    tickets.c.first_answered_at,
    tickets.c.stays,
    tickets.c.merged_into,
    tickets.c.canned,
    tickets.c.suggested,
    tickets.c.is_work,
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which tickets are meant: a desk's; of one organisation or product, unless it is ""."""

    desk: str
    organisation: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True)
class TimeSpent:
    """So many seconds that an agent recorded for a ticket that had this `type` then."""

    type: str
    severity: str
    organisation: str
    product: str
    seconds: int


def tickets_of(
    connection: Connection, chosen: Chosen, begin: datetime, end: datetime
) -> Iterator[Ticket]:
    """Give the tickets that were there before `end`, but those that rest since before `begin`.

    They have what figures are made of, and nothing that anybody wrote.
    """
    moved = or_(tickets.c.phase != Phase.CLOSED.value, tickets.c.updated_at >= begin)
    asked = select(*_COLUMNS).where(*_those(chosen), end > _BEGUN, moved)
    for row in connection.execute(asked.execution_options(yield_per=_AT_ONCE)):
        yield _ticket(row)


def time_spent(
    connection: Connection, chosen: Chosen, begin: datetime, end: datetime
) -> Iterator[TimeSpent]:
    """Give the time that was recorded from `begin` until before `end`."""
    columns = (*_KIND, events.c.changes)
    asked = (
        select(*columns)
        .join(events, events.c.ticket == tickets.c.id)
        .where(
            *_those(chosen),
            tickets.c.time_spent > 0,
            tickets.c.updated_at >= begin,
            events.c.kind == EventKind.TIME_SPENT.value,
            events.c.at >= begin,
            events.c.at < end,
        )
    )
    for row in connection.execute(asked.execution_options(yield_per=_AT_ONCE)):
        kind, severity, organisation, product, changes = row
        said = dict(changes)
        # What the case was then; of older events nobody knows but what it is now.
        spent_on = said.get(_SPENT_ON, kind)
        yield TimeSpent(spent_on, severity, organisation, product, int(said.get(_SPENT, 0)))


def ratings(
    connection: Connection, chosen: Chosen, begin: datetime, end: datetime
) -> dict[int, int]:
    """Give how often each number of stars was given from `begin` until before `end`."""
    rows = connection.execute(
        select(feedback.c.stars, func.count())
        .join(tickets, tickets.c.id == feedback.c.ticket)
        .where(
            *_those(chosen),
            feedback.c.stars.is_not(None),
            feedback.c.rated_at >= begin,
            feedback.c.rated_at < end,
        )
        .group_by(feedback.c.stars)
    )
    return {int(stars): count for stars, count in rows}


def clicks(connection: Connection, product: str, first: date, last: date) -> int:
    """Count the clicks on articles, of one product unless it is "", on days in UTC."""
    asked = (
        select(func.coalesce(func.sum(article_clicks.c.clicks), 0))
        .join(articles, articles.c.id == article_clicks.c.article)
        .where(article_clicks.c.day >= first, article_clicks.c.day <= last)
    )
    if product:
        asked = asked.where(articles.c.product == product)
    return int(connection.scalar(asked) or 0)


def _those(chosen: Chosen) -> tuple[ColumnElement[bool], ...]:
    given = {"organisation": chosen.organisation, "product": chosen.product}
    own = (tickets.c[name] == value for name, value in given.items() if value)
    return (tickets.c.desk == chosen.desk, *own)


def _ticket(row: Row[tuple[object, ...]]) -> Ticket:
    """Give a ticket with what figures are made of; the rest is empty."""
    return Ticket(
        id=0,
        number="",
        desk="",
        subject="",
        type=row.type,
        severity=row.severity,
        status=row.status,
        phase=Phase(row.phase),
        requester="",
        participants=(),
        assignee="",
        language="",
        opened_at=row.begun,
        updated_at=row.begun,
        version=0,
        since=row.begun,
        organisation=row.organisation,
        product=row.product,
        timezone=row.timezone,
        submitted_at=row.begun,
        first_answered_at=row.first_answered_at,
        stays=tuple(Stay(status, datetime.fromisoformat(since)) for status, since in row.stays),
        merged_into=row.merged_into,
        canned=tuple(row.canned),
        suggested=row.suggested,
        is_work=row.is_work,
    )
