"""The events of timers that fire, by which a ticket remembers that they have."""

from datetime import datetime, timedelta

from gateway.config.desk import Desk
from gateway.config.service_time import Timer
from gateway.desk.calendar import NeverOpens, hours
from gateway.desk.decision import Due
from gateway.desk.lifecycle import into
from gateway.desk.ticket import Change, Event, EventKind, Ticket
from gateway.desk.timers import mark, times_fired

# So much of its time may a timer be late, and still be on time for those that follow.
_ON_TIME = 100


def status_timer_fired(desk: Desk, ticket: Ticket, timer: Timer, due: Due, now: datetime) -> Event:
    """Give the event of a status's timer that fired, with the status that the ticket gets, if any.

    Where it is late, the stay counts as begun so much later: the next one keeps its distance, and
    nobody is reminded and closed in one moment after an outage.
    """
    time = times_fired(ticket, timer) + 1
    since = _stay_begins(desk, ticket, timer, due, time, now)
    changes = (
        *((Change("since", since.isoformat()),) if since > ticket.since else ()),
        Change("fired", mark(timer, time)),
        *(into(desk, timer.then) if timer.then else ()),
    )
    which = f", {time} of {timer.times}" if timer.times > 1 else ""
    why = f"{timer.name} after {timer.after}{which}"
    return Event(EventKind.TIMER_FIRED, now, "casepost", why, changes)


def _stay_begins(
    desk: Desk, ticket: Ticket, timer: Timer, due: Due, time: int, now: datetime
) -> datetime:
    """Give since when a ticket counts as in its status, where the timer that fires is late."""
    if now - due.at <= (due.at - ticket.since) / _ON_TIME:
        return ticket.since
    counting = hours(desk, timer.calendar, ticket.timezone)
    passed: timedelta = time * counting.length(timer.delay)
    try:
        return counting.subtract(now, passed)
    except (NeverOpens, OverflowError):
        return ticket.since
