"""What is due: tickets whose timers have run out, and whether their customers have just written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from gateway.config.address import without_extension
from gateway.desk.person import Person
from gateway.desk.ticket import Ticket
from gateway.store import directory, feedback, limits, orders
from gateway.store.lookup import ticket_of
from gateway.store.schema import absences, outbox, spool, tickets, timers
from gateway.store.spool import is_waiting

PATIENCE = timedelta(minutes=10)
"""So long does a due timer wait for mail to its desk that was not read yet."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """A ticket with a timer that is due.

    `last_message_id` is that of the last mail that we sent to its requester, "" if there was none.
    `answered` says that a mail still in the spool may be the answer of its requester. `away` are
    the agents who are. `told` counts what they were told of the ticket in the last hour, and
    `orders` what its requester ordered, where the desk asks. `asked_at` is when feedback was asked
    for on the ticket last, `requester_asked_at` when the requester was, on whatever ticket.
    """

    ticket: Ticket
    person: Person | None
    last_message_id: str
    answered: bool
    away: frozenset[str] = frozenset()
    told: int = 0
    orders: int = 0
    asked_at: datetime | None = None
    requester_asked_at: datetime | None = None


def appointments(
    connection: Connection,
    desks: Mapping[str, Collection[str]],
    now: datetime,
    limit: int,
    began: datetime | None = None,
    without: Collection[int] = (),
) -> tuple[Appointment, ...]:
    """Give the tickets of these desks that have had a due timer longest, each once.

    `desks` gives the addresses of each desk by its name. The tickets are those of at most `limit`
    timers, none of those in `without`. Mail is waited for from when a timer was due, or from when
    the house `began` to read it.
    """
    # In the order of the index, without GROUP BY: that would read the timers of all tickets.
    rows = connection.execute(
        select(tickets, timers.c.due_at.label("fires_at"))
        .join(timers, timers.c.ticket == tickets.c.id)
        .where(timers.c.due_at <= now, tickets.c.desk.in_(list(desks)))
        .where(timers.c.ticket.not_in(list(without)))
        .order_by(timers.c.due_at, timers.c.ticket)
        .limit(limit)
    ).all()
    if not rows:
        return ()
    waits_since = {row.id: max(row.fires_at, began or row.fires_at) for row in reversed(rows)}
    due = list({row.id: ticket_of(row) for row in rows}.values())
    people = directory.find(connection, {ticket.requester for ticket in due})
    last = _last_message_ids(connection, due)
    waiting = _waiting(connection)
    absent = away(connection, now)
    told = limits.news(connection, {ticket.id for ticket in due}, now)
    return tuple(
        Appointment(
            ticket,
            people.get(ticket.requester),
            last.get(ticket.id, ""),
            waiting.may_answer(
                ticket, desks[ticket.desk], patient=now - waits_since[ticket.id] < PATIENCE
            ),
            absent,
            told.get(ticket.id, 0),
        )
        for ticket in due
    )


def with_orders(
    connection: Connection, due: Sequence[Appointment], desks: Collection[str]
) -> tuple[Appointment, ...]:
    """Add how many orders the requesters have, on the desks that ask."""
    people = {one.person.address for one in due if one.person and one.ticket.desk in desks}
    bought = orders.of_persons(connection, people)
    counts = {address: len(theirs) for address, theirs in bought.items()}
    return tuple(
        replace(one, orders=counts.get(one.person.address, 0)) if one.person else one for one in due
    )


def with_requests(
    connection: Connection, due: Sequence[Appointment], desks: Collection[str]
) -> tuple[Appointment, ...]:
    """Add when feedback was asked for last, on the desks that ask."""
    asking = [one.ticket for one in due if one.ticket.desk in desks]
    on = feedback.asked_on(connection, [ticket.id for ticket in asking])
    by = feedback.asked(connection, {ticket.requester for ticket in asking})
    return tuple(
        replace(
            one, asked_at=on.get(one.ticket.id), requester_asked_at=by.get(one.ticket.requester)
        )
        for one in due
    )


@dataclass(frozen=True, slots=True)
class _Waiting:
    """The mails in the spool: their reverse-paths, and their recipients ("" where unknown)."""

    reverse_paths: frozenset[str]
    recipients: frozenset[str]

    def may_answer(self, ticket: Ticket, addresses: Collection[str], *, patient: bool) -> bool:
        """Say whether one of them may be the answer of this ticket's requester.

        Who wrote a mail is not known before it is read: the reverse-path may be another, or none.
        So any mail for the desk counts, but not for ever: one that is stuck must not stop time.
        """
        if ticket.requester in self.reverse_paths:
            return True
        return patient and ("" in self.recipients or not self.recipients.isdisjoint(addresses))


def _waiting(connection: Connection) -> _Waiting:
    rows = connection.execute(
        select(spool.c.reverse_path, spool.c.recipient).where(is_waiting()).distinct()
    ).all()
    return _Waiting(
        frozenset((row.reverse_path or "").lower() for row in rows) - {""},
        frozenset(without_extension(row.recipient) for row in rows),
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


def away(connection: Connection, now: datetime) -> frozenset[str]:
    """Give the agents who are away."""
    rows = connection.execute(select(absences.c.agent).where(absences.c.until > now))
    return frozenset(row.agent for row in rows)


def _last_message_ids(connection: Connection, due: Sequence[Ticket]) -> dict[int, str]:
    rows = connection.execute(
        select(outbox.c.ticket, outbox.c.message_id)
        .join(tickets, tickets.c.id == outbox.c.ticket)
        .where(
            outbox.c.ticket.in_([ticket.id for ticket in due]),
            outbox.c.recipient == tickets.c.requester,
            # A requester may be an agent, too.
            outbox.c.template.not_like("agent/%"),
        )
        .order_by(outbox.c.id)
    )
    return {row.ticket: row.message_id for row in rows}
