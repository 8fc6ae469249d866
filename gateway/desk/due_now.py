"""Which timer of a ticket fires now: one at a time, since after it the next may be no more."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from gateway.config.desk import Desk
from gateway.config.service_time import Timer
from gateway.desk.calendar import NeverOpens, hours
from gateway.desk.decision import Due
from gateway.desk.targets import Clock, ClockState
from gateway.desk.ticket import Ticket
from gateway.desk.timers import clock_of, timer_of, timers


@dataclass(frozen=True, slots=True)
class DueNow:
    """What is due on a ticket since `at`: a timer, or the end of its hold where there is none.

    `clock` is that of the timer's target. `overtaken` are earlier timers of the same target: after
    an outage only the latest acts. A `stale` one is remembered, and does nothing: there is nothing
    to be warned of any more.
    """

    timer: Timer | None
    at: datetime
    clock: Clock | None = None
    overtaken: tuple[Timer, ...] = ()

    @property
    def stale(self) -> bool:
        """Say whether it is a warning of what has happened."""
        warns = self.timer is not None and bool(self.timer.before)
        return warns and self.clock is not None and self.clock.state is ClockState.MISSED


def due_now(ticket: Ticket, desk: Desk, now: datetime) -> DueNow | None:
    """Give what fires now, None if nothing does."""
    due = tuple(_due(ticket, desk, now))
    if not due:
        return None
    first = timer_of(desk, due[0].timer)
    if first is None or not first.target:
        return DueNow(first, due[0].at)
    ladder = [(t, one.at) for one in due if (t := timer_of(desk, one.timer)) and _alike(t, first)]
    overtaken = tuple(timer for timer, _ in ladder[:-1])
    timer, at = ladder[-1]
    return DueNow(timer, at, clock_of(ticket, desk, timer, now), overtaken)


def when_open(desk: Desk, ticket: Ticket, due: Due, now: datetime) -> datetime:
    """Give when a timer fires that has waited until now for the hours in which it may."""
    timer = timer_of(desk, due.timer)
    if timer is None or not timer.only_in or due.at > now:
        return due.at
    try:
        opens = hours(desk, timer.only_in, ticket.timezone).next_opening(now)
    except (NeverOpens, OverflowError):
        return due.at
    return due.at if opens <= now else opens


def _due(ticket: Ticket, desk: Desk, now: datetime) -> Iterator[Due]:
    return (one for one in timers(ticket, desk) if when_open(desk, ticket, one, now) <= now)


def _alike(one: Timer, other: Timer) -> bool:
    return one.target == other.target
