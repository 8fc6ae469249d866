"""A due timer's way, from the clock's tick to everything that it leads to.

    look_up          the only read, on a snapshot: tickets with a due timer, and all about them
    decide, render   policy, pure
    apply            the only write, short; a ticket that changed meanwhile is looked up again

A timer looks again when it is due: the stored row only says when to look. A ticket whose customer
has written, and whose mail is still in the spool, is left for later: nobody is told "you did not
answer" while their answer is being filed.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from gateway import maillog
from gateway.config.desk import Desk
from gateway.desk.ticket import Ticket
from gateway.desk.timers import decide, timers
from gateway.errors import Transient
from gateway.house import House
from gateway.letters import Occasion
from gateway.maillog import Verb
from gateway.rendering import Numbered, render
from gateway.store.diary import Appointment, appointments, lock
from gateway.store.effects import Conflict, Effects, set_timers, write_effects

_log = logging.getLogger("casepost.agenda")

_BATCH = 200


def sweep(house: House, now: datetime) -> int:
    """Fire the timers that are due, at most one a ticket; give how many fired.

    Raises Transient when the store does not answer.
    """
    desks = {desk.name: desk for desk in house.desks}
    addresses = {desk.name: desk.addresses for desk in house.desks}
    with house.database.reading() as connection:
        due = appointments(connection, addresses, now, _BATCH)
    effects: list[Effects] = []
    outdated: list[Ticket] = []
    for appointment in due:
        if appointment.answered:
            continue
        try:
            found = settle(house, desks[appointment.ticket.desk], appointment, now)
        except Transient:
            raise
        except Exception:  # one ticket's fault must not stop every other's time
            _log.exception("the timer of case %s can't fire", appointment.ticket.number)
            continue
        if found is None:
            outdated.append(appointment.ticket)
        else:
            effects.append(found)
    if outdated:
        _renew(house, outdated, desks)
    return apply(house, effects)


def settle(house: House, desk: Desk, appointment: Appointment, now: datetime) -> Effects | None:
    """Decide what becomes of a ticket, and render all that will be written and sent.

    None if there is nothing to do after all.
    """
    ticket, person = appointment.ticket, appointment.person
    decision = decide(ticket, desk, person, now)
    if decision is None:
        return None
    last = appointment.last_message_id
    about = Occasion(desk, (last,) if last else (), ticket.subject if person else "")
    rendered = render(house, about, decision, Numbered(), now)
    assert rendered.ticket is not None  # noqa: S101  the decision has an event
    return Effects(rendered.decision, rendered.ticket, rendered.timers, rendered.outgoing)


def _renew(house: House, tickets: Sequence[Ticket], desks: Mapping[str, Desk]) -> None:
    """Make stored timers what the desk says now; its file was changed since they were stored."""
    with house.database.writing() as connection:
        present = lock(connection, [ticket.id for ticket in tickets])
        due = [(ticket.id, one) for ticket in present for one in timers(ticket, desks[ticket.desk])]
        set_timers(connection, [ticket.id for ticket in present], due)


def apply(house: House, effects: Sequence[Effects]) -> int:
    """Write down what fired, each ticket under a savepoint; give how many there were.

    A ticket that changed meanwhile is left as it is: the next sweep looks at it anew.
    """
    if not effects:
        return 0
    written = []
    with house.database.writing() as connection:
        for one in effects:
            try:
                with connection.begin_nested():
                    write_effects(connection, [one])
            except Conflict:
                _log.info("case %s changed before its timer fired", one.ticket.number)
            else:
                written.append(one)
    for one in written:
        for mail in one.outgoing:
            maillog.event(
                Verb.QUEUED,
                case=one.ticket.number,
                outbox=mail.id,
                template=mail.template,
                to=maillog.domain_of(mail.recipient),
            )
    return len(written)
