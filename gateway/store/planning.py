"""Stored timers, made what they are now where nothing has been written on a ticket since.

Whoever writes a ticket stores its timers. But a desk's file may change meanwhile, and so may a
program that learned of new timers.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from gateway.config.desk import Desk, Phase
from gateway.desk.decision import Due
from gateway.desk.due_now import when_open
from gateway.desk.ticket import Ticket
from gateway.desk.timers import timers as timers_of
from gateway.store.diary import lock
from gateway.store.effects import set_timers
from gateway.store.lookup import ticket_of
from gateway.store.schema import tickets, timers


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at some tickets found: those with other timers than they have now, by their ids.

    `last` is the id of the last one looked at, 0 if there was none.
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
    found = [ticket_of(row) for row in rows]
    stored: dict[int, set[Due]] = {ticket.id: set() for ticket in found}
    for row in connection.execute(select(timers).where(timers.c.ticket.in_(list(stored)))):
        stored[row.ticket].add(Due(row.timer, row.due_at))
    outdated = tuple(
        ticket.id for ticket in found if stored[ticket.id] != set(_planned(desks, ticket, now))
    )
    return Looked(outdated, found[-1].id if found else 0)


def plan(
    connection: Connection, desks: Mapping[str, Desk], ids: Collection[int], now: datetime
) -> None:
    """Make the stored timers of tickets what they are now."""
    present = lock(connection, list(ids))
    due = [(ticket.id, one) for ticket in present for one in _planned(desks, ticket, now)]
    set_timers(connection, [ticket.id for ticket in present], due)


def _planned(desks: Mapping[str, Desk], ticket: Ticket, now: datetime) -> tuple[Due, ...]:
    """Give the timers that a ticket has, each when it fires: one that waited may wait for hours."""
    desk = desks[ticket.desk]
    return tuple(
        Due(one.timer, when_open(desk, ticket, one, now)) for one in timers_of(ticket, desk)
    )
