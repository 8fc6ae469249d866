"""Stored timers, made what they are now where nothing has been written on a ticket since.

Whoever writes a ticket stores its timers, and what comes first of its targets. But
a desk's file may change meanwhile, and so may a program that learned of new timers.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from gateway.config.desk import Desk, Phase
from gateway.desk.decision import Due
from gateway.desk.due_now import when_open
from gateway.desk.targets import Nearest, nearest
from gateway.desk.ticket import Ticket
from gateway.desk.timers import timers as timers_of
from gateway.store.diary import lock
from gateway.store.effects import set_nearest, set_timers
from gateway.store.lookup import ticket_of
from gateway.store.schema import tickets, timers


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at some tickets found: those that are not stored as they are now.

    `outdated` are their ids, `last` is the id of the last one looked at, 0 if there was none.
    """

    outdated: tuple[int, ...]
    last: int


def look(
    connection: Connection, desks: Mapping[str, Desk], after: int, most: int, now: datetime
) -> Looked:
    """Look at the next tickets of these desks that are not closed, in the order of their ids."""
    rows = connection.execute(
        select(tickets)
        .where(tickets.c.id > after, tickets.c.phase != Phase.CLOSED.value)
        .where(tickets.c.desk.in_(list(desks)))
        .order_by(tickets.c.id)
        .limit(most)
    ).all()
    found = [(ticket_of(row), Nearest(row.due_at, row.risk_at)) for row in rows]
    stored: dict[int, set[Due]] = {ticket.id: set() for ticket, _ in found}
    for row in connection.execute(select(timers).where(timers.c.ticket.in_(list(stored)))):
        stored[row.ticket].add(Due(row.timer, row.due_at))
    outdated = tuple(
        ticket.id
        for ticket, kept in found
        if stored[ticket.id] != set(_planned(desks, ticket, now))
        or kept != nearest(ticket, desks[ticket.desk])
    )
    return Looked(outdated, found[-1][0].id if found else 0)


def plan(
    connection: Connection, desks: Mapping[str, Desk], ids: Collection[int], now: datetime
) -> None:
    """Make what is stored of the timers and targets of tickets what it is now."""
    present = lock(connection, list(ids))
    due = [(ticket.id, one) for ticket in present for one in _planned(desks, ticket, now)]
    set_timers(connection, [ticket.id for ticket in present], due)
    found = [(ticket.id, nearest(ticket, desks[ticket.desk])) for ticket in present]
    set_nearest(connection, found)


def _planned(desks: Mapping[str, Desk], ticket: Ticket, now: datetime) -> tuple[Due, ...]:
    """Give the timers that a ticket has, each when it fires: one that waited may wait for hours."""
    desk = desks[ticket.desk]
    return tuple(
        Due(one.timer, when_open(desk, ticket, one, now)) for one in timers_of(ticket, desk)
    )
