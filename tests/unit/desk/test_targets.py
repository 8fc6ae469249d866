"""Clocks of targets: what the ledger of a ticket comes to, whatever happened to the ticket."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.config.desk import Desk, Lifecycle, Phase, Status
from gateway.config.service_time import Calendar, Target
from gateway.desk import lifecycle
from gateway.desk.targets import NONE_RUNS, Clock, ClockState, Nearest, clocks, nearest
from gateway.desk.ticket import Change, Event, EventKind, Ticket
from lib.desks import ADA, DESK
from lib.random_time import QUARTER, Wall

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
START = datetime(2026, 3, 23, 8, 30, tzinfo=UTC)
"""A Monday; clocks change on the Sunday after."""

OFFICE = Calendar("office", open=("mon-fri 09:00-17:00",), closed=("2026-04-06",), working_day="8h")
THEIRS = replace(OFFICE, name="theirs", customers_timezone=True)
DESK_WITH_TARGETS = replace(
    DESK,
    timezone="Europe/Amsterdam",
    status=(
        Status("New", Phase.OPEN),
        Status("Working", Phase.OPEN),
        Status("Asked", Phase.WAITING),
        Status("Parked", Phase.OPEN),
        Status("Solved", Phase.OPEN),
        Status("Done", Phase.CLOSED),
        Status("Dropped", Phase.CLOSED),
    ),
    lifecycle=Lifecycle(start="New", reopened="Working", after_agent={"New": "Working"}),
    severities=("high", "low"),
    types=("question", "favour"),
    calendar=(OFFICE, THEIRS),
    target=(
        Target("response", "1h", severities=("high",), calendar="office", met_by_answer=True),
        Target("response", "3h", calendar="theirs", met_by_answer=True),
        Target(
            "review",
            "1 working day",
            types=("question",),
            calendar="office",
            paused_in_phases=("waiting",),
            met_by_answer=True,
            met_in=("Solved",),
        ),
        Target("resolution", "none", types=("favour",), met_in=("Done",)),
        Target(
            "resolution",
            "2 working days",
            severities=("high",),
            calendar="office",
            paused_in_phases=("waiting",),
            paused_in=("Parked",),
            met_in=("Solved", "Done"),
        ),
        Target("resolution", "4d", paused_in=("Parked", "Asked"), met_in=("Done",)),
    ),
)
STATUSES = tuple(status.name for status in DESK_WITH_TARGETS.status)


def opened(submitted: datetime = START, desk: Desk = DESK_WITH_TARGETS) -> Event:
    """Give the event of a case that was opened five seconds after its mail came."""
    opening = lifecycle.Opening("It stays white", "jan@klant.example", "en", answerable=True)
    opening = replace(opening, submitted_at=submitted, timezone="America/New_York")
    return lifecycle.opened(desk, opening, submitted + timedelta(seconds=5))


def folded(events: list[Event], desk: Desk = DESK_WITH_TARGETS) -> Ticket:
    """Give the ticket that events come to."""
    return lifecycle.fold(lifecycle.blank(1, "N-1", desk.name, events[0].at), events)


def moved(status: str, at: datetime) -> Event:
    """Give the event of a case that gets a status."""
    return lifecycle.moved(DESK_WITH_TARGETS, status, ADA, "it is so", at)


def clock_of(name: str, events: list[Event], now: datetime) -> Clock:
    """Give how a case stands with a target."""
    found = clocks(folded(events), DESK_WITH_TARGETS, now)
    return next(clock for clock in found if clock.target.name == name)


def history(chance: random.Random) -> list[Event]:
    """Give what happens to a case in two weeks, on quarters of an hour."""
    at = START + chance.randrange(96) * QUARTER
    events = [replace(opened(at), at=at)]
    if nobodys := chance.randrange(8) == 0:
        changes = (*events[0].changes, Change("is_work", "no"))
        events = [replace(events[0], changes=changes)]
    for _ in range(chance.randrange(9)):
        at += chance.choice((0, 1, 2, 5, 20, 70, 200)) * QUARTER
        ticket = folded(events)
        match chance.randrange(5):
            case 0:
                events += lifecycle.agent_answered(DESK_WITH_TARGETS, ticket, ADA, at)
            case 1:
                change = chance.choice(
                    (
                        Change("severity", chance.choice(DESK_WITH_TARGETS.severities)),
                        Change("type", chance.choice(DESK_WITH_TARGETS.types)),
                    )
                )
                events.append(Event(EventKind.CHANGED, at, ADA, "it is so", (change,)))
            case 2 if nobodys:
                events.append(lifecycle.becomes_work(at))
            case _:
                events.append(moved(chance.choice(STATUSES), at))
    return events


class Slow:
    """Clocks by counting the quarters of an hour in which they run, from the events alone."""

    def __init__(self) -> None:
        """Look once at all quarters of a time, by the calendars and zones in which they count."""
        quarters = [START + count * QUARTER for count in range(-96, 50 * 96)]
        walls = {
            "office": Wall(OFFICE, ZoneInfo("Europe/Amsterdam")),
            "theirs": Wall(OFFICE, ZoneInfo("America/New_York")),
        }
        self._open = {
            name: {at for at in quarters if wall.is_open(at)} for name, wall in walls.items()
        }
        self._open[""] = set(quarters)

    def clock(self, target: Target, events: list[Event], now: datetime) -> Clock:
        """Give how a case stands with a target."""
        statuses, answer = _seen(events, now)
        met_at = _met(target, statuses, answer)
        at, works = _began(events)
        allowed = _ALLOWED[target.within] if works else None
        spent, over = timedelta(), None
        while at < (met_at or now):
            status = [status for since, status in statuses if since <= at][-1]
            if at in self._open[target.calendar] and not _stands(target, status):
                spent += QUARTER
                if spent == allowed:
                    over = at + QUARTER
            at += QUARTER
        status = statuses[-1][1]
        due = over
        if allowed is not None and not over and (met_at or not _stands(target, status)):
            due, left = at, allowed - spent
            while left:
                left -= QUARTER if due in self._open[target.calendar] else timedelta()
                due += QUARTER
        state = _state(target, status, met_at, over, spent, allowed)
        return Clock(target, state, due, met_at, spent, allowed)


def _began(events: list[Event]) -> tuple[datetime, bool]:
    """Give since when a case is somebody's work, and whether it is at all."""
    works = [event.at for event in events if Change("is_work", "yes") in event.changes]
    if Change("is_work", "no") in events[0].changes:
        return min(works, default=events[0].at), bool(works)
    return events[0].at, True


def _seen(events: list[Event], now: datetime) -> tuple[list[tuple[datetime, str]], datetime | None]:
    """Give which statuses a case got when, and when it was answered first."""
    changes = [
        (event.at, change) for event in events if event.at <= now for change in event.changes
    ]
    statuses = [(at, change.value) for at, change in changes if change.field == "status"]
    answers = [at for at, change in changes if change.field == "answered"]
    return statuses, min(answers, default=None)


def _met(
    target: Target, statuses: list[tuple[datetime, str]], answer: datetime | None
) -> datetime | None:
    reached: datetime | None = None
    for at, status in statuses:
        if status in target.met_in:
            reached = reached or at
        elif DESK_WITH_TARGETS.phase_of(status) is not Phase.CLOSED:
            reached = None
    ways = [reached, answer if target.met_by_answer else None]
    return min((way for way in ways if way), default=None)


def _stands(target: Target, status: str) -> bool:
    phase = DESK_WITH_TARGETS.phase_of(status)
    paused = phase.value in target.paused_in_phases or status in target.paused_in
    return paused or phase is Phase.CLOSED or status in target.met_in


_ALLOWED = {
    "none": None,
    "1h": HOUR,
    "3h": 3 * HOUR,
    "4d": 4 * DAY,
    "1 working day": 8 * HOUR,
    "2 working days": 16 * HOUR,
}


def _state(
    target: Target,
    status: str,
    met_at: datetime | None,
    over: datetime | None,
    spent: timedelta,
    allowed: timedelta | None,
) -> ClockState:
    if allowed is None:
        return ClockState.UNPROMISED
    if met_at:
        return ClockState.LATE if over and over < met_at else ClockState.MET
    if over:
        return ClockState.MISSED
    if DESK_WITH_TARGETS.phase_of(status) is Phase.CLOSED:
        return ClockState.NEEDLESS
    if _stands(target, status):
        return ClockState.PAUSED
    return ClockState.RUNNING if spent < allowed * 3 / 4 else ClockState.AT_RISK


def _of_each_name(ticket: Ticket) -> list[Target]:
    """Give the first target of each name that is for such a ticket."""
    found: list[Target] = []
    for target in DESK_WITH_TARGETS.target:
        fits = ticket.type in (target.types or (ticket.type,))
        fits = fits and ticket.severity in (target.severities or (ticket.severity,))
        if fits and target.name not in [one.name for one in found]:
            found.append(target)
    return found


def test_clocks_are_what_the_ledger_comes_to() -> None:
    """After any sequence of statuses, severities, types and answers, at any time, even before."""
    chance, slow = random.Random(8), Slow()  # noqa: S311  it is no secret
    seen: set[ClockState] = set()
    for _ in range(250):
        events = history(chance)
        ticket = folded(events)
        now = events[0].at + chance.randrange(14 * 96) * QUARTER
        expected = [slow.clock(target, events, now) for target in _of_each_name(ticket)]
        assert expected == list(clocks(ticket, DESK_WITH_TARGETS, now)), f"{events} at {now}"
        seen.update(clock.state for clock in expected)
    assert set(ClockState) == seen


def test_a_change_of_severity_keeps_what_has_run() -> None:
    """Half an hour is gone of the one hour as it is of the three."""
    later = START + HOUR
    events = [opened(), Event(EventKind.CHANGED, later, ADA, "", (Change("severity", "high"),))]
    before = clock_of("response", events[:1], later)
    after = clock_of("response", events, later)
    # Nine o'clock in New York is three in the afternoon in Amsterdam, that week.
    assert (timedelta(), 3 * HOUR) == (before.spent, before.allowed)
    assert (HOUR, HOUR, ClockState.MISSED) == (after.spent, after.allowed, after.state)
    assert START + HOUR == after.due


def test_what_is_due_does_not_move_while_the_clock_runs() -> None:
    """Whoever asks at any time is told the same instant, to the microsecond."""
    submitted = START + timedelta(microseconds=123_457)
    events = [opened(submitted), moved("Working", submitted + 2 * HOUR)]
    found = {
        clock_of("resolution", events, submitted + count * 0.731 * HOUR).due for count in range(120)
    }
    assert {submitted + 4 * DAY} == found
    due = {clock_of("review", events, submitted + count * HOUR / 2).due for count in range(60)}
    assert {submitted + DAY} == due


def test_a_pause_moves_what_is_due() -> None:
    """While it lasts nothing is due; after it, it is as much later."""
    asked, back = START + 2 * HOUR, START + 5 * HOUR
    events = [opened(), moved("Asked", asked), moved("Working", back)]
    paused = clock_of("review", events, asked + HOUR)
    assert (ClockState.PAUSED, None, 2 * HOUR) == (paused.state, paused.due, paused.spent)
    # Three hours later than half past eight, over the night.
    resumed = clock_of("review", events, back)
    assert (ClockState.RUNNING, START + DAY + 3 * HOUR) == (resumed.state, resumed.due)
    late = clock_of("review", events, START + DAY + HOUR)
    assert (ClockState.AT_RISK, 6 * HOUR, resumed.due) == (late.state, late.spent, late.due)


def test_what_was_met_and_left_again_goes_on() -> None:
    """A case that is closed out of what met its target has not left it."""
    solved, closed, again = (START + count * DAY for count in (1, 2, 3))
    events = [opened(), moved("Solved", solved), moved("Dropped", closed), moved("Working", again)]
    assert (ClockState.MET, solved) == (
        (met := clock_of("review", events, closed + HOUR)).state,
        met.met_at,
    )
    assert ClockState.MISSED is clock_of("review", events, again + DAY).state
    dropped = [opened(), moved("Dropped", START + HOUR)]
    needless = clock_of("review", dropped, START + DAY)
    assert (ClockState.NEEDLESS, None) == (needless.state, needless.due)


def test_a_status_that_the_desk_lost_is_what_the_ticket_says() -> None:
    """Closed cases do not run late when somebody gives their status another name."""
    ticket = folded([opened(), moved("Dropped", START + HOUR)])
    desk = replace(DESK_WITH_TARGETS, status=DESK_WITH_TARGETS.status[:5])
    assert ClockState.NEEDLESS is clocks(ticket, desk, START + 9 * DAY)[0].state
    lost = replace(ticket, phase=Phase.OPEN)
    assert ClockState.MISSED is clocks(lost, desk, START + 9 * DAY)[0].state


def test_a_ticket_without_a_ledger_has_clocks_all_the_same() -> None:
    """They run since it was opened."""
    ticket = replace(folded([opened()]), stays=(), submitted_at=None)
    (clock,) = (c for c in clocks(ticket, DESK_WITH_TARGETS, START) if c.target.within == "4d")
    assert ticket.opened_at + 4 * DAY == clock.due


def test_a_desk_without_targets_promises_nothing() -> None:
    """Nor does one whose calendar never opens again."""
    ticket = folded([opened()])
    assert () == clocks(ticket, DESK, START)
    never = replace(DESK_WITH_TARGETS, calendar=(Calendar("office"), Calendar("theirs")))
    assert {(ClockState.RUNNING, None)} == {
        (clock.state, clock.due) for clock in clocks(ticket, never, START) if clock.target.calendar
    }


def test_what_comes_first_is_the_first_of_the_clocks_that_go_on() -> None:
    """After anything that may happen to a case; at risk is when its clock would say so."""
    chance = random.Random(9)  # noqa: S311  it is no secret
    instant, seen = timedelta(microseconds=1), {"none": 0, "risk": 0, "over": 0}
    unmet = {ClockState.RUNNING, ClockState.AT_RISK, ClockState.MISSED}
    for _ in range(250):
        ticket = folded(history(chance))
        now = ticket.updated_at
        runs = [
            clock
            for clock in clocks(ticket, DESK_WITH_TARGETS, now)
            if clock.state in unmet and not _stands(clock.target, ticket.status)
        ]
        found = nearest(ticket, DESK_WITH_TARGETS)
        assert min((clock.due for clock in runs if clock.due), default=None) == found.due
        if found.risk is None:
            seen["none"] += 1
        elif found.risk > now:
            seen["risk"] += 1
            before, after = (
                {clock.state for clock in clocks(ticket, DESK_WITH_TARGETS, at)}
                for at in (found.risk - instant, found.risk)
            )
            assert ClockState.AT_RISK not in before
            assert ClockState.AT_RISK in after
        else:
            seen["over"] += 1
            assert {clock.state for clock in runs} & (unmet - {ClockState.RUNNING})
    assert min(seen.values()) > 20


def test_nothing_comes_first_of_what_nobody_works_on() -> None:
    """Neither of a closed case, nor of one that waits for its customer, nor where none is left."""
    events = [opened(), moved("Working", START + HOUR)]
    working = folded(events)
    assert Nearest(START + DAY, START + 6 * HOUR) == nearest(
        replace(working, first_answered_at=None), _only("review")
    )
    assert NONE_RUNS == nearest(folded([*events, moved("Dropped", START + DAY)]), _only("review"))
    assert NONE_RUNS == nearest(folded([*events, moved("Asked", START + DAY)]), _only("review"))
    assert NONE_RUNS == nearest(folded([*events, moved("Solved", START + DAY)]), _only("review"))
    assert NONE_RUNS == nearest(working, DESK)


def _only(name: str) -> Desk:
    targets = tuple(one for one in DESK_WITH_TARGETS.target if one.name == name)
    return replace(DESK_WITH_TARGETS, target=targets)
