"""Which timers a ticket has, and when each is due; tables of desks and tickets."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.config.desk import Desk, Phase, Status
from gateway.config.service_time import Calendar, Target, Timer
from gateway.desk.lifecycle import fold, held, moved
from gateway.desk.targets import ClockState, clocks
from gateway.desk.ticket import Dated, Event, EventKind, Stay, Ticket
from gateway.desk.timers import HOLD_ENDS, timers
from lib.desks import ADA, DESK, NOW, TICKET

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OFFICE = Calendar("office", open=("mon-fri 09:00-17:00",), working_day="8h")
DESK = replace(
    DESK,
    calendar=(OFFICE,),
    status=(*DESK.status, Status("Waiting", Phase.WAITING)),
    severities=("high", "low"),
    target=(
        Target("answer", "4h", severities=("low",), calendar="office", met_by_answer=True),
        Target("answer", "1h", severities=("high",), calendar="office", met_by_answer=True),
        Target(
            "solution", "2 working days", calendar="office",
            paused_in_phases=("waiting",), met_in=("Answered",),
        ),
        Target("never", "none", met_by_answer=True),
    ),
)  # fmt: skip
# A Monday, 09:00 UTC.
TICKET = replace(TICKET, stays=(Stay("New", NOW),))


def desk(*timers: Timer) -> Desk:
    """Give the desk with these timers."""
    return replace(DESK, timer=timers)


def due(desk: Desk, ticket: Ticket = TICKET) -> list[tuple[str, str]]:
    """Give the timers of a ticket as (name, day and time)."""
    return [(one.timer, f"{one.at:%a %d %H:%M}") for one in timers(ticket, desk)]


def after(ticket: Ticket, status: str, at: datetime) -> Ticket:
    """Give the ticket once it has another status."""
    return fold(ticket, [moved(DESK, status, ADA, "the test", at)])


@pytest.mark.parametrize(
    ("timer", "expected"),
    [
        (Timer("a", "New", after="3d"), "Thu 05 09:00"),
        (Timer("a", "New", after="9h", calendar="office"), "Tue 03 10:00"),
        (Timer("a", "New", after="5 working days", calendar="office"), "Fri 06 17:00"),
        (Timer("a", "New", after="9h", only_in="office"), "Tue 03 09:00"),
        (Timer("a", "New", after="5d 1h", only_in="office"), "Mon 09 09:00"),
        (Timer("a", "New", after="10h", calendar="office", only_in="office"), "Tue 03 11:00"),
    ],
)
def test_a_status_timer_counts_in_its_calendar_and_fires_in_hours(
    timer: Timer, expected: str
) -> None:
    """A time of opening may end a day; only what waits for hours never fires outside of them."""
    assert [("a", expected)] == due(desk(timer))


@pytest.mark.parametrize(
    ("fired", "expected"),
    [
        ((), [("a", "Fri 06 17:00"), ("end", "Fri 27 17:00")]),
        (("a",), [("a", "Fri 13 17:00"), ("end", "Fri 27 17:00")]),
        (("a", "a#2"), [("a", "Fri 20 17:00"), ("end", "Fri 27 17:00")]),
        (("a", "a#2", "a#3"), [("end", "Fri 27 17:00")]),
        (("end",), [("a", "Fri 06 17:00")]),
    ],
)
def test_a_timer_with_times_fires_so_often(
    fired: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    """Each time as long after the one before; one row a name."""
    several = desk(
        Timer("a", "New", after="5 working days", times=3, calendar="office"),
        Timer("end", "New", after="20 working days", calendar="office"),
    )

    assert expected == due(several, replace(TICKET, fired=fired))


def test_each_time_counts_from_the_one_before_that_waited_for_hours() -> None:
    """A reminder that waited over the weekend is not followed by the next a day later."""
    remind = Timer("a", "New", after="5d", times=2, only_in="office")

    assert [("a", "Mon 09 09:00")] == due(desk(remind))
    assert [("a", "Mon 16 09:00")] == due(desk(remind), replace(TICKET, fired=("a",)))


@pytest.mark.parametrize(
    ("timer", "expected"),
    [
        (Timer("a", target="answer"), ["Mon 02 13:00"]),
        (Timer("a", target="answer", before="1h"), ["Mon 02 12:00"]),
        (Timer("a", target="answer", after="1h"), ["Mon 02 14:00"]),
        (Timer("a", target="answer", after="5h", calendar="office"), ["Tue 03 10:00"]),
        (Timer("a", target="solution", before="12h", calendar="office"), ["Mon 02 13:00"]),
        (
            Timer("a", target="solution", before="1 working day", calendar="office"),
            ["Tue 03 09:00"],
        ),
        (Timer("a", target="answer", after="5h", only_in="office"), ["Tue 03 09:00"]),
        (Timer("a", target="never"), []),
    ],
)  # fmt: skip
def test_a_targets_timer_counts_from_when_it_is_due(timer: Timer, expected: list[str]) -> None:
    """So long before, or after, or at once; what is not promised is never due."""
    assert expected == [at for _, at in due(desk(timer))]


WARN = Timer("warn", target="solution", before="1h")
LATE = Timer("late", target="solution")
LATER = Timer("later", target="solution", after="2h")


def test_a_targets_timers_stand_while_its_clock_does() -> None:
    """And go on with it, by what is left; so does what comes after it was missed."""
    ladder = desk(WARN, LATE, LATER)
    waiting = after(TICKET, "Waiting", NOW + HOUR)
    back = after(waiting, "Again", NOW + 3 * HOUR)

    assert [] == due(ladder, waiting)
    assert ["Wed 04 10:00", "Wed 04 11:00", "Wed 04 13:00"] == [at for _, at in due(ladder, back)]
    missed = after(back, "Waiting", datetime(2026, 3, 4, 12, tzinfo=UTC))
    assert [] == due(ladder, missed)
    again = after(missed, "Again", datetime(2026, 3, 9, 12, tzinfo=UTC))
    assert [("late", "Wed 04 11:00"), ("later", "Wed 04 13:00")] == due(ladder, again)


@pytest.mark.parametrize("status", ["Answered", "Done"])
def test_what_is_met_or_closed_has_no_timers_of_its_target(status: str) -> None:
    """Also where it was met late, or closed without it."""
    ladder = desk(WARN, LATE, LATER)

    assert [] == due(ladder, after(TICKET, status, NOW + HOUR))
    assert [] == due(ladder, after(TICKET, status, NOW + 9 * DAY))


def test_nothing_is_promised_of_what_is_nobodys_work() -> None:
    """So none of its targets can be missed, until agents are told of it."""
    ladder = desk(WARN, LATE, Timer("a", target="answer"))
    deflected = replace(TICKET, is_work=False)

    assert [] == due(ladder, deflected)
    assert {(ClockState.UNPROMISED, None)} == {
        (clock.state, clock.due) for clock in clocks(deflected, ladder, NOW + 9 * DAY)
    }


def test_an_answer_ends_the_timers_of_what_it_meets() -> None:
    """For good, whatever the case does afterwards."""
    answered = replace(TICKET, first_answered_at=NOW + HOUR, updated_at=NOW + HOUR)

    assert [] == due(desk(Timer("a", target="answer")), answered)


def test_another_severity_plans_anew_what_has_not_fired() -> None:
    """What has run is not forgotten: the promise may be broken at once."""
    event = Event(EventKind.CHANGED, NOW + 2 * HOUR, ADA, "", ())
    higher = replace(fold(TICKET, [event]), severity="high")
    ladder = desk(Timer("a", target="answer"), Timer("b", target="answer", after="1h"))

    assert [("a", "Mon 02 10:00"), ("b", "Mon 02 11:00")] == due(ladder, higher)
    assert [("b", "Mon 02 11:00")] == due(ladder, replace(higher, alerted=("a",)))


def test_what_reopens_a_case_begins_a_new_round_of_warnings() -> None:
    """But no day of its requester comes twice."""
    fired = replace(TICKET, alerted=("warn", "sales#2026-03-01"))
    closed = after(fired, "Done", NOW + HOUR)

    assert fired.alerted == closed.alerted
    assert ("sales#2026-03-01",) == after(closed, "Again", NOW + 2 * HOUR).alerted


def test_a_hold_suspends_what_counts_from_a_status_and_no_clock() -> None:
    """Whether clocks stand is what the desk says of its statuses."""
    several = desk(Timer("a", "New", after="1h"), LATE, Timer("day", since="bought", after="30d"))
    ticket = replace(TICKET, dates=(Dated("bought", date(2026, 3, 1)),))
    on_hold = fold(ticket, [held(DESK, ADA, NOW + 9 * DAY, NOW)])

    assert ["a", "late", "day"] == [name for name, _ in due(several, ticket)]
    assert ["late", HOLD_ENDS] == [name for name, _ in due(several, on_hold)]


BEGUN = "evaluating_since"
AMSTERDAM = "Europe/Amsterdam"


def local(*of: int) -> datetime:
    """Give an instant by the wall time in Amsterdam."""
    year, month, day, hour = of
    return datetime(year, month, day, hour, tzinfo=ZoneInfo(AMSTERDAM))


@pytest.mark.parametrize(
    ("timer", "expected"),
    [
        (Timer("a", since=BEGUN), local(2026, 3, 20, 0)),
        (Timer("a", since=BEGUN, after="30d"), local(2026, 4, 19, 0)),
        (Timer("a", since=BEGUN, after="30d 9h"), local(2026, 4, 19, 9)),
        (Timer("a", since=BEGUN, after="30d", only_in="office"), local(2026, 4, 20, 9)),
        (
            Timer("a", since=BEGUN, after="2 working days", calendar="office"),
            local(2026, 3, 23, 17),
        ),
    ],
)  # fmt: skip
def test_a_day_begins_at_midnight_where_the_desk_is(timer: Timer, expected: datetime) -> None:
    """And so does the one so many days later, though clocks change meanwhile."""
    ticket = replace(TICKET, dates=(Dated(BEGUN, date(2026, 3, 20)),))

    (found,) = timers(ticket, replace(desk(timer), timezone=AMSTERDAM))

    assert expected == found.at


EVALUATING = replace(TICKET, dates=(Dated(BEGUN, date(2026, 3, 1)),))


@pytest.mark.parametrize(
    ("ticket", "expected"),
    [
        (EVALUATING, ["a"]),
        (TICKET, []),
        (replace(TICKET, dates=(Dated("purchased_on", date(2026, 3, 1)),)), []),
        (replace(TICKET, dates=(Dated(BEGUN, date(2026, 1, 1)),)), []),
        (replace(TICKET, dates=(Dated(BEGUN, date.max),)), []),
        (replace(EVALUATING, status="Again"), []),
        (replace(EVALUATING, phase=Phase.CLOSED), []),
        (replace(EVALUATING, alerted=("a#2026-03-01",)), []),
        (replace(EVALUATING, alerted=("a#2026-02-01", "a")), ["a"]),
    ],
)
def test_a_day_counts_once_while_the_case_has_its_status(
    ticket: Ticket, expected: list[str]
) -> None:
    """What was over when the case was opened is nothing to wait for."""
    timer = Timer("a", since=BEGUN, after="30d", status="New")

    assert expected == [name for name, _ in due(desk(timer), ticket)]


def test_hours_that_end_one_day_break_nothing() -> None:
    """A timer for which nobody is ever there again is no timer, and mail goes on."""
    once = replace(OFFICE, name="once", open=("mon 09:00-10:00",), closed=tuple(
        f"{date(2026, 1, 1) + n * DAY}" for n in range(5 * 366)
    ))  # fmt: skip
    with_it = replace(
        desk(
            Timer("a", "New", after="1d", only_in="once"),
            Timer("b", "New", after="3 working days", calendar="once"),
            Timer("c", "New", after="1d"),
        ),
        calendar=(once,),
    )

    assert ["c"] == [name for name, _ in due(with_it)]
