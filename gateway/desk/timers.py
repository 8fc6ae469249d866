"""Which timers a ticket has, and when each is due.

The set follows from the ticket's state alone. Whoever writes a ticket makes the stored timers equal
to it, so a ticket whose customer has answered can have no stale reminder.
"""

from datetime import datetime

from gateway.config.desk import Desk
from gateway.config.service_time import Timer
from gateway.desk.calendar import NeverOpens, hours
from gateway.desk.decision import Due
from gateway.desk.ticket import Ticket

# Not a name that a desk could give a timer of its own.
HOLD_ENDS = "hold ends"

_AGAIN = "#"


def timers(ticket: Ticket, desk: Desk) -> tuple[Due, ...]:
    """Give the timers that a ticket in this state has, soonest first.

    While it is held none of its statuses' timers runs.
    """
    if ticket.hold_until is not None:
        return (Due(HOLD_ENDS, ticket.hold_until),)
    found = (_of_status(desk, ticket, one) for one in desk.timer if one.status == ticket.status)
    return tuple(sorted((one for one in found if one), key=lambda one: one.at))


def due_timer(ticket: Ticket, desk: Desk, now: datetime) -> Due | None:
    """Give the timer that fires now, None if none does.

    One at a time: after it, the next one may be no more.
    """
    at = (Due(one.timer, when_open(desk, ticket, one, now)) for one in timers(ticket, desk))
    return next((one for one in at if one.at <= now), None)


def when_open(desk: Desk, ticket: Ticket, due: Due, now: datetime) -> datetime:
    """Give when a timer fires that has waited until now for the hours in which it may."""
    timer = timer_of(desk, due.timer)
    if timer is None or not timer.only_in or due.at > now:
        return due.at
    try:
        opens = hours(desk, timer.only_in, ticket.timezone).next_opening(now)
    except NeverOpens:
        return due.at
    return due.at if opens <= now else opens


def timer_of(desk: Desk, name: str) -> Timer | None:
    """Give the desk's timer of that name; the end of a hold is none."""
    return next((one for one in desk.timer if one.name == name), None)


def times_fired(ticket: Ticket, timer: Timer) -> int:
    """Give how often a status's timer has fired since the ticket got it."""
    again = f"{timer.name}{_AGAIN}"
    return sum(one == timer.name or one.startswith(again) for one in ticket.fired)


def mark(timer: Timer, time: int) -> str:
    """Give what a ticket remembers a timer by that fires for the first time, or once more."""
    return timer.name if time == 1 else f"{timer.name}{_AGAIN}{time}"


def _of_status(desk: Desk, ticket: Ticket, timer: Timer) -> Due | None:
    fired = times_fired(ticket, timer)
    if fired >= timer.times:
        return None
    try:
        return Due(timer.name, _counted(desk, ticket, timer, fired + 1))
    except (NeverOpens, OverflowError):
        # Opening hours that end one day: what nobody is there for is never due.
        return None


def _counted(desk: Desk, ticket: Ticket, timer: Timer, times: int) -> datetime:
    """Give when a timer is due for so many times, each counted from the one before."""
    counting = hours(desk, timer.calendar, ticket.timezone)
    only_in = hours(desk, timer.only_in, ticket.timezone)
    at = ticket.since
    for _ in range(times):
        at = only_in.next_opening(counting.add(at, counting.length(timer.delay)))
    return at
