"""One calendar serves promises, targets and timers: its arithmetic holds whatever the hours are."""

import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.config.public_holiday import public_holiday
from gateway.config.service_time import Calendar, WorkingDays
from gateway.desk.calendar import Hours, NeverOpens, hours, known_zone
from lib.desks import DESK
from lib.random_time import QUARTER, Wall, quarters, random_calendar, random_instant

NONE = timedelta()
HOUR = timedelta(hours=1)
OFFICE = Calendar("office", open=("mon-fri 09:00-12:30 13:00-17:00",), working_day="7h 30m")
NIGHT = Calendar("night", open=("sat,sun 22:00-06:00",))
# All their changes of clocks lie between one o'clock and four, when no random hours begin or end.
ZONES = ("UTC", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
CHANGES = {
    "Europe/Amsterdam": (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)),
    "America/New_York": (datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)),
    "Australia/Lord_Howe": (datetime(2026, 4, 4, tzinfo=UTC), datetime(2026, 10, 3, tzinfo=UTC)),
}


def in_zone(calendar: Calendar, zone: str = "Europe/Amsterdam") -> Hours:
    """Give the hours of a calendar somewhere."""
    return Hours(calendar, ZoneInfo(zone))


def utc(text: str) -> datetime:
    """Read an instant of 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


def some(chance: random.Random, count: int) -> Iterator[tuple[Hours, Calendar, str]]:
    """Give many calendars, each in a zone, where clocks mostly change."""
    for _ in range(count):
        calendar, zone = random_calendar(chance), chance.choice(ZONES)
        yield in_zone(calendar, zone), calendar, zone


def near(chance: random.Random, zone: str) -> datetime:
    """Give an instant of the days about one of the two nights in which clocks change."""
    change = chance.choice(CHANGES.get(zone, CHANGES["Europe/Amsterdam"]))
    return random_instant(chance, change - timedelta(days=3), timedelta(days=6))


def test_arithmetic_agrees_with_itself() -> None:
    """What is added has passed, what is subtracted comes back, and more time ends no sooner."""
    chance = random.Random(6)  # noqa: S311  it is no secret
    for counted, calendar, zone in some(chance, 500):
        said = f"{calendar} in {zone}"
        for _ in range(2):
            start = near(chance, zone)
            short, long = sorted(timedelta(microseconds=chance.randrange(10**11)) for _ in range(2))
            end = counted.add(start, long)
            assert long == counted.between(start, end), said
            assert end == counted.add(counted.add(start, short), long - short), said
            assert counted.add(start, short) <= end, said
            assert end <= counted.add(start + HOUR, long), said
            back = counted.subtract(end, long)
            assert long == counted.between(back, end), said
            assert counted.next_opening(start) <= counted.next_opening(back), said
            assert counted.subtract(end, short) >= back, said
            opens = counted.next_opening(start)
            assert counted.is_open(opens), said
            assert NONE == counted.between(start, opens), said
            assert counted.is_open(start) == (start == opens), said


def test_it_is_what_a_clock_on_the_wall_says() -> None:
    """Each quarter of an hour is open or not, over both summer-time nights; that is all of it."""
    chance = random.Random(7)  # noqa: S311  it is no secret
    for counted, calendar, zone in some(chance, 150):
        start, wall = quarters(near(chance, zone)), Wall(calendar, ZoneInfo(zone))
        window = [start + count * QUARTER for count in range(120)]
        opened = [at for at in window if wall.is_open(at)]
        said = f"{calendar} in {zone} from {start}"
        assert len(opened) * QUARTER == counted.between(start, start + 120 * QUARTER), said
        probed = start + chance.randrange(120) * QUARTER
        assert (probed in opened) == counted.is_open(probed), said
        if opened:
            place = chance.randrange(len(opened))
            assert opened[place] + QUARTER == counted.add(start, (place + 1) * QUARTER), said
            left = (len(opened) - place) * QUARTER
            assert opened[place] == counted.subtract(start + 120 * QUARTER, left), said


@pytest.mark.parametrize(
    ("night", "begins", "ends", "length"),
    [
        ("spring", "03-28 21:00", "03-29 04:00", 7 * HOUR),
        ("autumn", "10-24 20:00", "10-25 05:00", 9 * HOUR),
        ("winter", "01-10 21:00", "01-11 05:00", 8 * HOUR),
    ],
)
def test_a_night_is_as_long_as_it_is(night: str, begins: str, ends: str, length: timedelta) -> None:
    """From ten to six there are eight hours, but for two nights of the year."""
    del night
    counted = in_zone(NIGHT)
    assert (utc(begins), utc(ends)) == (
        counted.next_opening(utc(begins) - HOUR),
        counted.add(utc(begins), length),
    )
    assert length == counted.between(utc(begins), utc(ends))


def test_hours_that_a_night_leaves_out_are_none() -> None:
    """And those that come twice are open the first time."""
    small = in_zone(Calendar("small", open=("sun 02:15-02:45",)))
    assert NONE == small.between(utc("03-28 12:00"), utc("03-29 12:00"))
    assert HOUR / 2 == small.between(utc("10-24 12:00"), utc("10-25 12:00"))
    assert utc("10-25 00:15") == small.next_opening(utc("10-24 12:00"))
    over = in_zone(Calendar("over", open=("sun 01:30-02:30",)))
    assert utc("03-29 01:00") == over.add(utc("03-28 12:00"), HOUR / 2)


def test_working_days_are_as_long_as_the_desksays() -> None:
    """Two of them from Friday morning end on Tuesday morning, whatever the hours in between."""
    counted = in_zone(OFFICE)
    assert 15 * HOUR == counted.length(WorkingDays(2))
    assert 15 * HOUR == counted.length(15 * HOUR)
    friday = utc("06-05 10:00")
    assert utc("06-09 10:00") == counted.add(friday, counted.length(WorkingDays(2)))
    assert friday == counted.subtract(utc("06-09 10:00"), counted.length(WorkingDays(2)))


def test_nobody_works_on_days_off_but_for_extra_hours() -> None:
    """Public holidays, days that are closed, of one year or each, and a Saturday that is open."""
    counted = in_zone(
        Calendar(
            "shop",
            open=("mon-fri 09:00-17:00",),
            holidays=("NL", "DE-BY"),
            closed=("2026-12-24 Christmas Eve", "06-11", "2026-04-28 Counting"),
            extra=("2026-04-27 10:00-12:00", "06-13 10:00-14:00"),
        )
    )
    work = 8 * HOUR
    for day, opened, name, spoken in (
        ("04-06", NONE, "Tweede paasdag", "Ostermontag"),
        ("04-27", 2 * HOUR, "", ""),
        ("04-28", NONE, "Counting", "Counting"),
        ("06-04", NONE, "Fronleichnam", "Fronleichnam"),
        ("06-05", work, "", ""),
        ("06-11", NONE, "", ""),
        ("06-13", 4 * HOUR, "", ""),
        ("12-24", NONE, "Christmas Eve", "Christmas Eve"),
        ("12-27", NONE, "", ""),
    ):
        morning = utc(f"{day} 09:00")
        assert opened == counted.between(morning - 9 * HOUR, morning + 9 * HOUR), day
        assert (name, opened > NONE) == (counted.holiday(morning), counted.is_open(morning)), day
        if name != "Tweede paasdag":
            assert spoken == counted.holiday(morning, "de"), day
    assert "Tweede paasdag" == counted.holiday(utc("04-06 11:00"), "nl")
    assert "Easter Monday" == counted.holiday(utc("04-06 11:00"), "en")
    assert "" == public_holiday("NL", date(2026, 6, 4))


def test_real_time_never_stops() -> None:
    """It is what counts where a desk names no calendar; nothing opens it, since nothing closes."""
    counted = hours(DESK, "")
    saturday = utc("06-06 03:00")
    assert counted.is_open(saturday)
    assert saturday == counted.next_opening(saturday)
    assert saturday + 30 * HOUR == counted.add(saturday, 30 * HOUR)
    assert saturday - 30 * HOUR == counted.subtract(saturday, 30 * HOUR)
    assert 30 * HOUR == counted.between(saturday, saturday + 30 * HOUR)
    assert NONE == counted.between(saturday, saturday - HOUR)
    assert "" == counted.holiday(utc("12-25 10:00"))
    assert 2 * 24 * HOUR == counted.length(WorkingDays(2))


@pytest.mark.parametrize("always", [True, False])
def test_no_length_of_time_is_no_time(always: bool) -> None:  # noqa: FBT001  a parameter
    """Nothing added or subtracted stays where it is, open or not."""
    calendar = Calendar("x", always_open=always, open=() if always else OFFICE.open)
    counted, sunday = in_zone(calendar), utc("06-07 11:00")
    for length in (NONE, -HOUR):
        assert sunday == counted.add(sunday, length)
        assert sunday == counted.subtract(sunday, length)


def test_a_calendar_that_never_opens_says_so() -> None:
    """It is refused when a desk is loaded; whoever asks all the same never waits for an answer."""
    closed = in_zone(Calendar("never", closed=("12-24",)))
    now = utc("06-05 10:00")
    for ask in (closed.add, closed.subtract):
        with pytest.raises(NeverOpens):
            ask(now, HOUR)
    with pytest.raises(NeverOpens):
        closed.next_opening(now)
    assert not closed.is_open(now)
    assert NONE == closed.between(now, now + 100 * HOUR)


@pytest.mark.parametrize("at", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_the_ends_of_all_dates_raise_nothing_else(at: datetime, zone: str) -> None:
    """A day of the directory may be any that a calendar has."""
    counted, real = in_zone(OFFICE, zone), in_zone(Calendar("x", always_open=True), zone)
    assert counted.is_open(at) in {True, False}
    assert counted.between(at, at) == NONE
    for ask in (counted.add, counted.subtract, real.add, real.subtract):
        with suppress(NeverOpens):
            assert abs(ask(at, HOUR) - at) < timedelta(days=800)


def test_a_persons_zone_holds_where_the_calendar_says_so() -> None:
    """One that nobody knows is the desk's; so is none."""
    theirs = Calendar("theirs", open=("mon-fri 09:00-17:00",), customers_timezone=True)
    desk = replace(DESK, calendar=(theirs, OFFICE))
    monday = utc("06-08 00:00")
    for zone, opens in (
        ("America/New_York", "06-08 13:00"),
        ("", "06-08 09:00"),
        ("Mars/Olympus", "06-08 09:00"),
        ("../../etc/passwd", "06-08 09:00"),
    ):
        assert utc(opens) == hours(desk, "theirs", zone).next_opening(monday)
        assert utc("06-08 09:00") == hours(desk, "office", zone).next_opening(monday)
    assert [True, False, False, False] == [
        known_zone(zone) for zone in ("Asia/Tokyo", "Mars/Olympus", "", "../../etc/passwd")
    ]
