"""Which timers a ticket has, and when each is due.

The set follows from the ticket's state alone. Whoever writes a ticket makes the stored timers equal
to it, so a ticket whose customer has answered can have no stale reminder.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from gateway.config.desk import Desk, Phase
from gateway.config.service_time import Timer, WorkingDays
from gateway.desk.calendar import NeverOpens, hours, midnight
from gateway.desk.decision import Due
from gateway.desk.targets import Clock, ClockState, clocks, stands
from gateway.desk.ticket import Dated, Ticket

# None of these is in a name that a desk could give a timer of its own.
HOLD_ENDS = "hold ends"
_AGAIN = "#"

_DAY = timedelta(days=1)
_TO_COME = frozenset({ClockState.RUNNING, ClockState.AT_RISK})
_UNMET = _TO_COME | {ClockState.MISSED}


def timers(ticket: Ticket, desk: Desk) -> tuple[Due, ...]:
    """Give the timers that a ticket in this state has, soonest first.

    While it is held only the clocks of its targets go on, where they do not stand.
    """
    found = list(_of_targets(desk, ticket))
    if ticket.hold_until is not None:
        found.append(Due(HOLD_ENDS, ticket.hold_until))
    else:
        found += _others(desk, ticket)
    return tuple(sorted(found, key=lambda one: one.at))


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


def mark_of_day(timer: Timer, dated: Dated) -> str:
    """Give what a ticket remembers a timer by that has fired for a day of its requester."""
    return f"{timer.name}{_AGAIN}{dated.day}"


def marked(remembered: str) -> str:
    """Give the name of the timer that a ticket remembers so."""
    return remembered.partition(_AGAIN)[0]


def dated_of(ticket: Ticket, timer: Timer) -> Dated | None:
    """Give the day of the requester that a timer counts from."""
    return next((one for one in ticket.dates if one.column == timer.since), None)


def clock_of(ticket: Ticket, desk: Desk, timer: Timer, now: datetime) -> Clock | None:
    """Give how a ticket stands with the target of a timer; None where it has no such target."""
    return next((c for c in clocks(ticket, desk, now) if c.target.name == timer.target), None)


def _others(desk: Desk, ticket: Ticket) -> Iterator[Due]:
    """Give the timers of the ticket's status, and of its requester's days."""
    for timer in desk.timer:
        due = None
        if timer.since:
            due = _of_day(desk, ticket, timer)
        elif timer.status and timer.status == ticket.status:
            due = _of_status(desk, ticket, timer)
        if due is not None:
            yield Due(timer.name, due)


def _of_targets(desk: Desk, ticket: Ticket) -> Iterator[Due]:
    """Give the timers of the targets whose clocks go on: one before it is due, and one after."""
    waiting = [t for t in desk.timer if t.target and t.name not in ticket.alerted]
    if not waiting or ticket.phase is Phase.CLOSED:
        return
    found = {clock.target.name: clock for clock in clocks(ticket, desk, ticket.updated_at)}
    for timer in waiting:
        clock = found.get(timer.target)
        if clock is None or stands(clock.target, ticket.status, ticket.phase):
            continue
        due = clock.due
        if due is not None and clock.state in (_TO_COME if timer.before else _UNMET):
            at = _counted(desk, ticket, timer, due, timer.delay)
            if at is not None:
                yield Due(timer.name, at)


def _of_status(desk: Desk, ticket: Ticket, timer: Timer) -> datetime | None:
    """Give when a timer is due that counts from when the ticket got its status."""
    fired = times_fired(ticket, timer)
    if fired >= timer.times:
        return None
    at: datetime | None = ticket.since
    for _ in range(fired + 1):
        # Each counts from the one before.
        at = _counted(desk, ticket, timer, at, timer.delay) if at else None
    return at


def _of_day(desk: Desk, ticket: Ticket, timer: Timer) -> datetime | None:
    """Give when a timer is due that counts from a day of the ticket's requester.

    A day that was over when the case was opened is none of its timers.
    """
    dated = dated_of(ticket, timer)
    elsewhere = bool(timer.status) and timer.status != ticket.status
    if dated is None or elsewhere or ticket.phase is Phase.CLOSED:
        return None
    if mark_of_day(timer, dated) in ticket.alerted:
        return None
    day, length = dated.day, timer.delay
    try:
        if isinstance(length, timedelta) and not timer.calendar:
            # Days are days of the year, however long they are when clocks change.
            days, length = divmod(length, _DAY)
            day += days * _DAY
        begins = midnight(desk, day)
    except OverflowError:
        return None
    at = _counted(desk, ticket, timer, begins, length)
    return at if at is not None and at > ticket.opened_at else None


def _counted(
    desk: Desk, ticket: Ticket, timer: Timer, start: datetime, length: timedelta | WorkingDays
) -> datetime | None:
    """Give when so much time has passed since `start`, or is left until then; None if never."""
    counting = hours(desk, timer.calendar, ticket.timezone)
    only_in = hours(desk, timer.only_in, ticket.timezone)
    passed = counting.length(length)
    try:
        at = counting.subtract(start, passed) if timer.before else counting.add(start, passed)
        return only_in.next_opening(at)
    except (NeverOpens, OverflowError):
        # Opening hours that end one day: what nobody is there for is never due.
        return None
