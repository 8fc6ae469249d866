"""Timers of random desks, on tickets to which anything happens, with a clock that stops at times.

Whatever the desk says and whenever somebody looks: nothing fires too soon, twice, or too late to be
of use.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from gateway.config.desk import Desk, Phase, Status
from gateway.config.service_time import Calendar, Target, Timer
from gateway.desk.calendar import hours
from gateway.desk.decision import Decision
from gateway.desk.due_now import due_now, when_open
from gateway.desk.firing import decide
from gateway.desk.lifecycle import (
    agent_answered,
    blank,
    customer_wrote,
    fold,
    held,
    hold_ended,
    into,
    moved,
)
from gateway.desk.targets import ClockState, clocks
from gateway.desk.ticket import Change, Event, EventKind, Ticket
from gateway.desk.timers import timers
from lib.desks import ADA, DESK, JAN, NOW

MINUTE = timedelta(minutes=1)
CALENDARS = (
    Calendar("office", open=("mon-fri 09:00-12:30 13:00-17:00",), working_day="7h 30m"),
    Calendar("night", open=("sun-thu 22:00-06:00",), timezone="Europe/Amsterdam", working_day="8h"),
)
STATUSES = (
    Status("New", Phase.OPEN),
    Status("Working", Phase.OPEN),
    Status("Waiting", Phase.WAITING),
    Status("Done", Phase.CLOSED),
)
LENGTHS = ("10m", "3h", "1d", "2d 5h", "6d")


def random_desk(random: Random) -> Desk:
    """Give a desk with some timers and targets."""
    targets = tuple(
        Target(
            name,
            random.choice((*LENGTHS, "1 working days")),
            calendar=random.choice(("office", "night")),
            paused_in_phases=("waiting",),
            met_by_answer=name == "answer",
            met_in=("Working",) if name == "solution" else (),
        )
        for name in ("answer", "solution")
    )
    kinds = (_of_status, _of_status, _of_status, _of_target, _of_target, _of_target, _of_target)
    made = tuple(kind(random, f"t{number}") for number, kind in enumerate(kinds))
    lifecycle = replace(DESK.lifecycle, after_customer="New", reopened="New")
    return replace(
        DESK,
        status=STATUSES,
        lifecycle=lifecycle,
        calendar=CALENDARS,
        target=targets,
        timer=made,
        severities=("high", "low"),
    )


def _of_status(random: Random, name: str) -> Timer:
    calendar = random.choice(("", "office", "night"))
    days = ("2 working days", "1 working day") if calendar else LENGTHS
    ends = random.random() < 0.2
    return Timer(
        name,
        random.choice(("New", "Working", "Waiting")),
        after=random.choice((*LENGTHS, *days)),
        times=1 if ends else random.randint(1, 4),
        calendar=calendar,
        only_in=random.choice(("", "", "office")),
        mail="customer/reminder",
        then="Done" if ends else "",
    )


def _of_target(random: Random, name: str) -> Timer:
    before = random.random() < 0.4
    length = random.choice(("10m", "1h", "5h"))
    return Timer(
        name,
        target=random.choice(("answer", "solution")),
        before=length if before else "",
        after="" if before or random.random() < 0.5 else length,
        calendar=random.choice(("", "office")) if before else "",
        only_in=random.choice(("", "", "office")),
        notify=("agents",),
    )


@dataclass
class Life:
    """A ticket with all that happened to it, and when each of its timers fired."""

    desk: Desk
    ticket: Ticket
    events: list[Event]
    fired: dict[str, list[datetime]] = field(default_factory=dict)

    def happen(self, *events: Event) -> None:
        """Add events."""
        was_closed = self.ticket.phase is Phase.CLOSED
        self.ticket = fold(self.ticket, events)
        reopened = was_closed and self.ticket.phase is not Phase.CLOSED
        begun = any(c.field in {"status", "restarted"} for e in events for c in e.changes)
        for timer in self.desk.timer:
            if reopened if timer.target else begun:
                self.fired.pop(timer.name, None)
        self.events += events

    def watch(self, now: datetime, until: datetime) -> None:
        """Let everything fire when it is due."""
        while (soon := self._next(now)) < until:
            now = soon
            self.look(now)

    def _next(self, now: datetime) -> datetime:
        """Give when something fires next."""
        due = timers(self.ticket, self.desk)
        at = (when_open(self.desk, self.ticket, one, max(now, one.at)) for one in due)
        return max(now, min(at, default=datetime.max.replace(tzinfo=UTC)))

    def look(self, now: datetime) -> None:
        """Let what is due fire, one after the other, and look at each."""
        for _ in range(3 * len(self.desk.timer)):
            due = due_now(self.ticket, self.desk, now)
            decision = decide(self.ticket, self.desk, None, now)
            if due is None:
                assert decision is None
                return
            assert decision is not None
            if due.timer is not None:
                self._is_right(due.timer, decision, now)
            self.happen(*decision.events)
        pytest.fail("timers go on for ever")

    def _is_right(self, timer: Timer, decision: Decision, now: datetime) -> None:
        zone = self.ticket.timezone
        before = self.fired.setdefault(timer.name, [])
        if timer.target:
            states = {c.target.name: c.state for c in clocks(self.ticket, self.desk, now)}
            state = states[timer.target]
            running = (ClockState.RUNNING, ClockState.AT_RISK)
            assert state in ((*running, ClockState.MISSED) if timer.before else [ClockState.MISSED])
            assert [] == before
            assert bool(decision.replies) == (not timer.before or state in running)
        else:
            counted = hours(self.desk, timer.calendar, zone)
            begun = max([self.ticket.stays[-1].since, *before])
            assert counted.between(begun, now) >= counted.length(timer.delay)
            assert len(before) < timer.times
            assert 1 == len(decision.replies)
        if timer.only_in:
            assert hours(self.desk, timer.only_in, zone).is_open(now)
        before.append(now)


def happenings(random: Random, life: Life, at: datetime) -> Iterator[Event]:
    """Give something that happens to a ticket."""
    desk, ticket = life.desk, life.ticket
    match random.randrange(6):
        case 0:
            yield from customer_wrote(desk, ticket, JAN, at, answerable=True)
        case 1:
            yield from agent_answered(desk, ticket, ADA, at)
        case 2 | 3:
            yield moved(desk, random.choice(STATUSES).name, ADA, "", at)
        case 4:
            severity = random.choice(("high", "low"))
            yield Event(EventKind.CHANGED, at, ADA, "", (Change("severity", severity),))
        case _ if ticket.hold_until is None:
            yield held(desk, ADA, at + timedelta(days=1), at)
        case _:
            yield hold_ended(desk, ticket, at)


@pytest.mark.parametrize("seed", range(25))
def test_nothing_fires_too_soon_or_twice_or_too_late(seed: int) -> None:
    """Both where somebody looks every minute that matters, and where nobody did for days."""
    random = Random(seed)  # noqa: S311  not for cryptography
    desk = random_desk(random)
    opened = Event(EventKind.OPENED, NOW, JAN, "", (*into(desk, "New"), Change("requester", JAN)))
    begun = blank(1, "NO-1", desk.name, NOW)
    life = Life(desk, begun, [])
    life.happen(opened)
    now = NOW
    for _ in range(40):
        until = now + random.choice((MINUTE, 5 * MINUTE, timedelta(hours=7), timedelta(days=3)))
        if random.random() < 0.7:
            life.watch(now, until)
        now = until
        # Where nobody watched, all that fell due meanwhile is looked at now.
        life.look(now)
        life.happen(*happenings(random, life, now))

    assert life.ticket == fold(begun, life.events)
