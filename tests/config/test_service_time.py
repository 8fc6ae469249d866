"""Calendars and targets as values: what an admin writes is what will be computed with."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from gateway.config.desk import Desk
from gateway.config.load import load
from gateway.config.opening import (
    Day,
    Exceptional,
    Span,
    Weekly,
    of_week,
    overlapping,
    parse_day,
    parse_exceptional,
    parse_weekly,
)
from gateway.config.opening_bounds import closed_for_long, takes_too_long
from gateway.config.public_holiday import is_known, regions
from gateway.config.service_time import Calendar, Target, WorkingDays

SHIPPED = load(Path(__file__).resolve().parents[2] / "config" / "casepost.toml")

MINUTES = timedelta(minutes=1)
HOURS = timedelta(hours=1)

# The tables of two of the shipped desks: name, type, severity -> how soon.
PRIORITIES: Mapping[tuple[str, str, str], timedelta | WorkingDays | None] = {
    **{("response", "technical", f"p{n}"): 30 * MINUTES for n in range(1, 5)},
    ("response", "query", ""): 30 * MINUTES,
    ("response", "service-task", ""): 30 * MINUTES,
    ("review", "technical", "p1"): 1 * HOURS,
    ("review", "technical", "p2"): 4 * HOURS,
    ("review", "technical", "p3"): WorkingDays(1),
    ("review", "technical", "p4"): WorkingDays(1),
    ("review", "query", ""): WorkingDays(1),
    ("review", "service-task", ""): WorkingDays(3),
    ("resolution", "technical", "p1"): 4 * HOURS,
    ("resolution", "technical", "p2"): WorkingDays(2),
    ("resolution", "technical", "p3"): WorkingDays(14),
    ("resolution", "technical", "p4"): None,
    ("resolution", "query", ""): WorkingDays(3),
    ("resolution", "service-task", ""): None,
}
CONTRACT: Mapping[tuple[str, str, str], timedelta | WorkingDays | None] = {
    ("response", "", "high"): WorkingDays(1),
    ("response", "", "medium"): WorkingDays(2),
    ("response", "", "low"): WorkingDays(3),
    ("resolution", "", "high"): WorkingDays(5),
    ("resolution", "", "medium"): WorkingDays(10),
    ("resolution", "", "low"): WorkingDays(15),
}


def fits(target: Target, name: str, type_: str, severity: str) -> bool:
    """Say whether a target is for a case of that type and severity."""
    return (
        target.name == name
        and (not target.types or type_ in target.types)
        and (not target.severities or severity in target.severities)
    )


@pytest.mark.parametrize(
    ("desk", "table"),
    [
        (SHIPPED.desk("sla-priorities"), PRIORITIES),
        (SHIPPED.desk("maintenance-contract"), CONTRACT),
    ],
    ids=lambda value: value.name if isinstance(value, Desk) else "",
)
def test_the_shipped_tables_are_said_exactly(
    desk: Desk, table: Mapping[tuple[str, str, str], timedelta | WorkingDays | None]
) -> None:
    """Each figure is one target's, and clocks stop while the customer is waited for."""
    for case, allowed in table.items():
        (target,) = [one for one in desk.target if fits(one, *case)]
        assert allowed == target.allowed, case
        assert allowed is None or "waiting" in target.paused_in_phases


def test_hours_of_a_week() -> None:
    """Lists and ranges of weekdays, also over the week's end; several spans a day."""
    day, evening = Span(9 * 60, 17 * 60), Span(18 * 60, 20 * 60)
    assert Weekly((1, 2, 3, 4, 5), (day,)) == parse_weekly("mon-fri 09:00-17:00")
    assert Weekly((1, 3), (day, evening)) == parse_weekly("Mon,WED 09:00-17:00 18:00-20:00")
    assert Weekly((1, 6, 7), (Span(0, 24 * 60),)) == parse_weekly("sat-mon 00:00-24:00")


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    """Sunday's goes on at the beginning of the week."""
    night = parse_weekly("sun 22:00-06:00")
    assert (Span(22 * 60, 30 * 60),) == night.spans
    assert (Span(6 * 1440 + 1320, 7 * 1440), Span(0, 360)) == of_week(night)
    assert overlapping((*of_week(night), *of_week(parse_weekly("mon 05:00-09:00"))))
    assert not overlapping((*of_week(night), *of_week(parse_weekly("mon 06:00-09:00"))))


def test_days_of_one_year_or_of_each() -> None:
    """The leap day is a day of each year that has one."""
    assert Day(12, 24, 2026) == parse_day("2026-12-24")
    assert Day(2, 29) == parse_day("02-29")
    hours = Exceptional(Day(12, 5, 2026), (Span(600, 840),))
    assert hours == parse_exceptional("2026-12-05 10:00-14:00")
    with pytest.raises(ValueError, match="which no calendar has"):
        parse_day("2026-02-29")


@pytest.mark.parametrize(
    "text", ["", " ", "mon", "09:00-17:00", "mon 0900-1700", "mon 09:00-17:60"]
)
def test_what_says_no_hours_is_refused(text: str) -> None:
    """With a sentence for its author."""
    with pytest.raises(ValueError, match=r"must|needs|has the time"):
        parse_weekly(text)


def sundays(*, but: int = 0) -> tuple[str, ...]:
    """Give the Sundays of two years as days off."""
    first = date(2030, 1, 6)
    return tuple(str(first + timedelta(weeks=week)) for week in range(but, 104))


@pytest.mark.parametrize(
    ("calendar", "since"),
    [
        (Calendar("x", always_open=True), None),
        (Calendar("x", open=("sun 10:00-12:00",), closed=sundays()), date(2029, 12, 31)),
        (Calendar("x", open=("sun 10:00-12:00",), closed=sundays(but=60)), None),
        (Calendar("x", open=("sat,sun 10:00-12:00",), closed=sundays()), None),
        (
            Calendar(
                "x",
                open=("sun 10:00-12:00",),
                closed=sundays(),
                extra=("2030-09-05 10:00-11:00", "2031-05-01 10:00-11:00"),
            ),
            None,
        ),
        (Calendar("x", open=("mon 09:00-17:00",), holidays=("NL", "DE-BY", "FI")), None),
        (
            Calendar(
                "x",
                open=("mon-sun 09:00-17:00",),
                closed=tuple(f"{date(2028, 1, 1) + timedelta(n):%m-%d}" for n in range(366)),
            ),
            date(2020, 1, 1),
        ),
    ],
)
def test_a_calendar_that_stays_closed_for_a_year_is_found(
    calendar: Calendar, since: date | None
) -> None:
    """Whoever reckoned with it would search for an opening without end."""
    assert since == closed_for_long(calendar)


@pytest.mark.parametrize(
    ("calendar", "length", "too_long"),
    [
        (None, timedelta(days=3660), False),
        (None, timedelta(days=3661), True),
        (Calendar("x", always_open=True), timedelta(days=3660), False),
        (Calendar("x", open=("mon 09:00-10:00",), working_day="8h"), WorkingDays(60), False),
        (Calendar("x", open=("mon 09:00-10:00",), working_day="8h"), WorkingDays(70), True),
        (Calendar("x", open=("mon 09:00-10:00",), working_day="a day"), WorkingDays(70), False),
        (Calendar("x", open=("mon",)), timedelta(days=3660), False),
    ],
)
def test_what_takes_ten_years_is_found(
    calendar: Calendar | None, length: timedelta | WorkingDays, *, too_long: bool
) -> None:
    """A calendar that is written wrong has a finding of its own."""
    assert too_long is takes_too_long(calendar, length)


def test_regions_are_those_whose_holidays_are_known() -> None:
    """Each can be written in a desk file, and a wrong one is known to be wrong."""
    found = regions()
    assert {"NL", "DE", "DE-BY", "FI"} <= set(found)
    assert all(is_known(region) for region in found[::80])
    assert not is_known("XX")
    assert not is_known("DE-XX")
