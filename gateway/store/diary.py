"""What is due: tickets whose timers have run out, and whether their customers have just written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from gateway.desk.model import Person, Ticket
from gateway.store import directory
from gateway.store.lookup import ticket_of
from gateway.store.schema import outbox, spool, tickets, timers
from gateway.store.spool import is_waiting


@dataclass(frozen=True, slots=True)
class Appointment:
    """A ticket with a timer that is due.

    `last_message_id` is that of the last mail that we sent to its requester, "" if there was none.
    `answered` says that a mail still in the spool may come from its requester.
    """

    ticket: Ticket
    person: Person | None
    last_message_id: str
    answered: bool


def appointments(
    connection: Connection, desks: Sequence[str], now: datetime, limit: int
) -> tuple[Appointment, ...]:
    """Give the tickets of these desks that have had a due timer longest, each once.

    They are those of at most `limit` timers.
    """
    # In the order of the index, without GROUP BY: that would read the timers of all tickets.
    rows = connection.execute(
        select(tickets)
        .join(timers, timers.c.ticket == tickets.c.id)
        .where(timers.c.due_at <= now, tickets.c.desk.in_(desks))
        .order_by(timers.c.due_at, timers.c.ticket)
        .limit(limit)
    )
    due = list({row.id: ticket_of(row) for row in rows}.values())
    if not due:
        return ()
    people = directory.find(connection, {ticket.requester for ticket in due})
    last = _last_message_ids(connection, due)
    writing = _writing(connection, due)
    return tuple(
        Appointment(
            ticket,
            people.get(ticket.requester),
            last.get(ticket.id, ""),
            None in writing or ticket.requester in writing,
        )
        for ticket in due
    )


def lock(connection: Connection, ids: Sequence[int]) -> tuple[Ticket, ...]:
    """Read tickets as they are now; nobody else changes them until the transaction ends."""
    rows = connection.execute(
        select(tickets).where(tickets.c.id.in_(ids)).order_by(tickets.c.id).with_for_update()
    )
    return tuple(ticket_of(row) for row in rows)


def next_due(connection: Connection) -> datetime | None:
    """Say when the next timer is due, or None if there is none."""
    due: datetime | None = connection.execute(select(func.min(timers.c.due_at))).scalar_one()
    return due


def _last_message_ids(connection: Connection, due: Sequence[Ticket]) -> dict[int, str]:
    rows = connection.execute(
        select(outbox.c.ticket, outbox.c.message_id)
        .where(outbox.c.ticket.in_([ticket.id for ticket in due]))
        .order_by(outbox.c.id)
    )
    return {row.ticket: row.message_id for row in rows}


def _writing(connection: Connection, due: Sequence[Ticket]) -> set[str | None]:
    """Give the reverse-paths of waiting mails that may be these requesters' answers.

    A mail from a mailbox may have no reverse-path, and may be anybody's.
    """
    requesters = [ticket.requester for ticket in due]
    rows = connection.execute(
        select(func.lower(spool.c.reverse_path))
        .where(
            is_waiting(),
            or_(spool.c.reverse_path.is_(None), func.lower(spool.c.reverse_path).in_(requesters)),
        )
        .distinct()
    )
    return set(rows.scalars())
