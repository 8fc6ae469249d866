"""A due timer's way, from the clock's tick to everything that it leads to.

    look_up          the only read, on a snapshot: tickets with a due timer, and all about them
    decide, render   policy, pure
    apply            the only write, short; a ticket that changed meanwhile is looked up again

A timer looks again when it is due: the stored row only says when to look. A ticket whose customer
has written, and whose mail is still in the spool, is left for later: nobody is told "you did not
answer" while their answer is being filed.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from gateway import in_hand, maillog
from gateway.config.desk import Desk
from gateway.desk.asking import asking
from gateway.desk.due_now import due_now
from gateway.desk.firing import decide
from gateway.desk.limits import Restraint, of_timer
from gateway.desk.rules import Fired, rule_on_time
from gateway.desk.ruling import NO_RULING
from gateway.desk.ticket import Ticket
from gateway.desk.told import Told
from gateway.errors import Transient
from gateway.failpoint import reached
from gateway.house import House
from gateway.letters import Occasion
from gateway.rendering import Numbered, Rendered, render
from gateway.store import limits, rule_counts
from gateway.store.conflict import Conflict
from gateway.store.diary import (
    PATIENCE,
    Appointment,
    appointments,
    with_orders,
    with_requests,
)
from gateway.store.effects import write_effects
from gateway.store.imap import last_success
from gateway.store.planning import plan

_log = logging.getLogger("casepost.agenda")

_BATCH = 200
# So many batches of what is due, and can not fire now, are passed over for what can.
_MOST_BATCHES = 10


def sweep(house: House, now: datetime, began: datetime | None = None) -> int:
    """Fire the timers that are due, at most one a ticket; give how many fired.

    `began` is when the house began to work, if that is not for ever: what came before may wait
    unread, and time has patience with it. Raises Transient when the store does not answer.
    """
    if began is not None and _unread(house, began, now):
        return 0
    passed: set[int] = set()
    for _ in range(_MOST_BATCHES):
        due, restraint, told = _look_up(house, now, began, passed)
        if not due:
            break
        reached("agenda.looked_up")
        fired = apply(house, _settled(house, due, restraint, told, now), now)
        _raise(house, told, now)
        if fired:
            return fired
        passed.update(one.ticket.id for one in due)
    return 0


def _unread(house: House, began: datetime, now: datetime) -> bool:
    """Say whether a mailbox was not looked at since then, in which answers may wait: for a while.

    One that cannot be reached must not stop time.
    """
    # A beginning in the future is that of a clock that was set back since.
    if not house.settings.imap or now - began >= PATIENCE or now < began:
        return False
    with house.database.reading() as connection:
        last = [last_success(connection, f"imap:{one.name}") for one in house.settings.imap]
    return any(at is None or at < began for at in last)


def _look_up(
    house: House, now: datetime, began: datetime | None, without: Collection[int]
) -> tuple[tuple[Appointment, ...], Restraint, Told]:
    """Read the tickets that are due, what may be sent on them, and what agents were told."""
    desks = {desk.name: desk.addresses for desk in house.desks}
    with house.database.reading() as connection:
        due = appointments(connection, desks, now, _BATCH, began, without)
        ordering = {name for name, needs in house.needs.items() if needs.accounts}
        due = with_orders(connection, due, ordering)
        inquiring = {desk.name for desk in house.desks if desk.feedback.ask}
        due = with_requests(connection, due, inquiring)
        people = {address for one in due for address in one.ticket.everybody}
        sent = limits.sendings(connection, people, now)
        theirs = {one.ticket.desk for one in due}
        agents = {a.address for desk in house.desks if desk.name in theirs for a in desk.agent}
        informed = limits.informed(connection, agents, now)
    sending = house.settings.sending
    restraint = Restraint(sending, sent.values(), house.routes.is_ours)
    return due, restraint, Told(sending.timers_hour, informed)


def _settled(
    house: House, due: Sequence[Appointment], restraint: Restraint, told: Told, now: datetime
) -> list[Rendered]:
    """Decide on each ticket that is due, and renew the timers of those where nothing is."""
    desks = {desk.name: desk for desk in house.desks}
    fired: list[Rendered] = []
    outdated: list[Ticket] = []
    for appointment in due:
        if appointment.answered:
            continue
        with in_hand.case(appointment.ticket.number):
            try:
                desk = desks[appointment.ticket.desk]
                found = settle(house, desk, appointment, restraint, now, told)
            except Transient:
                raise
            except Exception:  # one ticket's fault must not stop every other's time
                _log.exception("a timer can't fire")
                continue
        if found is None:
            outdated.append(appointment.ticket)
        else:
            fired.append(found)
            restraint.add(found.mails)
            told.add(found.mails)
    if outdated:
        # The desk's file was changed, or one waits for hours.
        with house.database.writing() as connection:
            plan(connection, desks, [ticket.id for ticket in outdated], now)
    return fired


def _raise(house: House, told: Told, now: datetime) -> None:
    """Let operators know whom timers tell no more."""
    if told.spared:
        with house.database.writing(durable=False) as connection:
            limits.raise_told(connection, told.spared, now)


def settle(
    house: House,
    desk: Desk,
    appointment: Appointment,
    restraint: Restraint,
    now: datetime,
    told: Told | None = None,
) -> Rendered | None:
    """Decide what becomes of a ticket, and render all that will be written and sent.

    None if there is nothing to do after all. `told` is what its agents were told lately.
    """
    ticket, person = appointment.ticket, appointment.person
    due = due_now(ticket, desk, now)
    ruling = NO_RULING
    if due and due.timer:
        ruling = rule_on_time(desk, Fired(ticket, due.timer.name, person, appointment.orders), now)
    decision = decide(ticket, desk, person, now, appointment.away, ruling)
    if decision is None:
        return None
    decision = restraint.restrain(decision, of_timer(ticket, person, appointment.told), now)
    if told is not None:
        decision = told.spare(decision, now)
    asked = appointment.requester_asked_at
    people = {ticket.requester: asked} if asked else {}
    decision = asking(desk, decision, people, now, appointment.asked_at)
    last = appointment.last_message_id
    about = Occasion(desk, (last,) if last else (), ticket.subject if person else "")
    rendered = render(house, about, decision, Numbered(), now)
    return replace(rendered, ruled=tuple(one.rule for one in ruling.verdicts if one.hit))


def apply(house: House, fired: Sequence[Rendered], now: datetime) -> int:
    """Write down what fired; give how many there were.

    One whose tickets changed meanwhile, or whose mail is one too many by now, is left as it is: the
    next sweep looks at it anew.
    """
    if not fired:
        return 0
    with house.database.writing() as connection:
        limits.lock(connection, [mail for one in fired for mail in one.mails])
        written = _written(house, connection, fired, now)
        ruled = ((one.ticket.desk, rule) for one in written if one.ticket for rule in one.ruled)
        rule_counts.add(connection, ruled, now)
    reached("agenda.fired")
    for one in written:
        _log_queued(one)
    return len(written)


def _written(
    house: House, connection: Connection, fired: Sequence[Rendered], now: datetime
) -> Sequence[Rendered]:
    """Write all with a few statements, under a savepoint; if one conflicts, each by itself."""
    try:
        with connection.begin_nested():
            limits.check(
                connection,
                [mail for one in fired for mail in one.mails],
                house.settings.sending,
                now,
            )
            write_effects(connection, [effects for one in fired for effects in one.effects])
            reached("agenda.written")
    except Conflict as conflict:
        if len(fired) == 1:
            _log.info("the timer of case %s fires later: %s", _number(fired[0]), conflict)
            return ()
    else:
        return fired
    return [one for alone in fired for one in _written(house, connection, [alone], now)]


def _log_queued(one: Rendered) -> None:
    for effects in one.effects:
        for mail in effects.outgoing:
            case = effects.ticket.number
            maillog.queued(mail.id, mail.template, mail.recipient, case=case)


def _number(one: Rendered) -> str:
    return one.ticket.number if one.ticket else ""
