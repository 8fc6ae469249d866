"""Which timers a ticket has, and what becomes of it when one fires.

The set follows from the ticket's state alone. Whoever writes a ticket makes the stored timers equal
to it, so a ticket whose customer has answered can have no stale reminder.
"""

from collections.abc import Collection
from datetime import datetime

from gateway.config.desk import Desk
from gateway.desk import news
from gateway.desk.decision import Decision, Due, Outcome, Reason, Reply
from gateway.desk.known import ReplyRole
from gateway.desk.lifecycle import hold_ended, timer_fired
from gateway.desk.person import Person
from gateway.desk.ticket import Ticket
from gateway.mail.model import Mailbox

# Not a name that a desk could give a timer of its own.
HOLD_ENDS = "hold ends"


def timers(ticket: Ticket, desk: Desk) -> tuple[Due, ...]:
    """Give the timers that a ticket in this state has, soonest first.

    While it is held it has none but that of the hold's end.
    """
    if ticket.hold_until is not None:
        return (Due(HOLD_ENDS, ticket.hold_until),)
    due = (
        Due(timer.name, ticket.since + timer.delay)
        for timer in desk.timer
        if timer.status == ticket.status and timer.name not in ticket.fired
    )
    return tuple(sorted(due, key=lambda one: one.at))


def decide(
    ticket: Ticket,
    desk: Desk,
    person: Person | None,
    now: datetime,
    away: Collection[str] = (),
) -> Decision | None:
    """Decide what becomes of a ticket whose first timer is due; None if none is, after all.

    One timer at a time: after it, the next one may be no more. `away` are the agents who are.
    """
    due = next((one for one in timers(ticket, desk) if one.at <= now), None)
    if due is None:
        return None
    if due.timer == HOLD_ENDS:
        told = news.of_hold_ended(desk, ticket, away)
        events = (hold_ended(desk, ticket, now),)
        return Decision(Outcome.FILED, Reason.TIMER, ticket, events, replies=told)
    timer = next(timer for timer in desk.timer if timer.name == due.timer)
    withheld: tuple[str, ...] = ()
    replies: tuple[Reply, ...] = ()
    if timer.mail and ticket.requester and ticket.answerable:
        to = Mailbox(person.name if person else "", ticket.requester)
        reply = Reply(timer.mail, to, ticket.language, unasked=True, reply_role=ReplyRole.CUSTOMER)
        replies = (reply,)
    elif timer.mail:
        withheld = (f"{timer.mail}: nobody who may get automatic mail",)
    return Decision(
        Outcome.FILED,
        Reason.TIMER,
        ticket,
        (timer_fired(desk, timer, now),),
        replies=replies,
        withheld=withheld,
    )
