"""The events of timers that fire, by which a ticket remembers that they have."""

from datetime import date, datetime

from gateway.config.desk import Desk
from gateway.config.service_time import Timer
from gateway.desk.calendar import NeverOpens, hours
from gateway.desk.due_now import DueNow
from gateway.desk.lifecycle import into, kept_from
from gateway.desk.ticket import Change, Dated, Event, EventKind, Ticket
from gateway.desk.timers import dated_of, mark, mark_of_day, times_fired

# So much of its time may a timer be late, and still be on time for those that follow.
_ON_TIME = 100
_OURSELVES = "casepost"


def fired(desk: Desk, ticket: Ticket, due: DueNow, timer: Timer, now: datetime) -> Event:
    """Give the event of a timer that fires, with the status that the ticket gets, if any."""
    if timer.target:
        why, marks = _of_target(timer, due)
    elif timer.since:
        why, marks = _of_day(ticket, timer)
    else:
        why, marks = _of_status(desk, ticket, timer, due, now)
    status = into(desk, timer.then) if _moves(desk, ticket, due, timer) else ()
    return Event(EventKind.TIMER_FIRED, now, _OURSELVES, why, (*marks, *status))


def _moves(desk: Desk, ticket: Ticket, due: DueNow, timer: Timer) -> bool:
    """Say whether the ticket gets the timer's status, which it may have, or be kept from."""
    wanted = bool(timer.then) and timer.then != ticket.status and not due.stale
    return wanted and not kept_from(desk, ticket, timer.then)


def replanned(ticket: Ticket, dated: Dated, day: date | None, now: datetime) -> Event:
    """Give the event of a requester whose day is another one by now, or none."""
    written = day.isoformat() if day else ""
    why = f"{dated.column} is {written or 'no day'} now, and was {dated.day}"
    changes = (Change("dated", f"{dated.column} {written}"),)
    return Event(EventKind.CHANGED, now, ticket.requester, why, changes)


def _of_target(timer: Timer, due: DueNow) -> tuple[str, tuple[Change, ...]]:
    """Remember a timer of a target, and those before it that are too late to do anything."""
    marks = tuple(Change("alerted", one.name) for one in (*due.overtaken, timer))
    late = ", ".join(one.name for one in (*due.overtaken, *((timer,) if due.stale else ())))
    when = f"{timer.target} was due"
    if timer.delay:
        length, side = (timer.before, "before") if timer.before else (timer.after, "after")
        when = f"{length} {side} {timer.target} is due"
    why = f"{timer.name}: {when}"
    return f"{why}; too late for {late}" if late else why, marks


def _of_day(ticket: Ticket, timer: Timer) -> tuple[str, tuple[Change, ...]]:
    """Remember a timer of a day, and which day it was: it fires once for each."""
    dated = dated_of(ticket, timer)
    marks = (Change("alerted", mark_of_day(timer, dated)),) if dated else ()
    counted = f"{timer.after} after {timer.since}" if timer.after else timer.since
    return f"{timer.name}: {counted} {dated.day if dated else ''}".rstrip(), marks


def _of_status(
    desk: Desk, ticket: Ticket, timer: Timer, due: DueNow, now: datetime
) -> tuple[str, tuple[Change, ...]]:
    """Remember a status's timer that fired.

    Where it is late, the stay counts as begun so much later: the next one keeps its distance, and
    nobody is reminded and closed in one moment after an outage.
    """
    time = times_fired(ticket, timer) + 1
    since = _stay_begins(desk, ticket, timer, due, now, time)
    moved = (Change("since", since.isoformat()),) if since > ticket.since else ()
    which = f", {time} of {timer.times}" if timer.times > 1 else ""
    why = f"{timer.name} after {timer.after}{which}"
    return why, (*moved, Change("fired", mark(timer, time)))


def _stay_begins(
    desk: Desk, ticket: Ticket, timer: Timer, due: DueNow, now: datetime, time: int
) -> datetime:
    """Give since when a ticket counts as in its status, where the timer that fires is late."""
    if now - due.at <= (due.at - ticket.since) / _ON_TIME:
        return ticket.since
    counting = hours(desk, timer.calendar, ticket.timezone)
    try:
        return counting.subtract(now, time * counting.length(timer.delay))
    except (NeverOpens, OverflowError):
        return ticket.since
