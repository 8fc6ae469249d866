"""Calendars by chance, and whether somebody works then as a clock on the wall says it.

Hours begin and end on a quarter of an hour, and never in those hours of the night in which a change
of clocks makes a time come twice or not at all.
"""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gateway.config import opening
from gateway.config.opening import Day, Span
from gateway.config.public_holiday import public_holiday
from gateway.config.service_time import Calendar

QUARTER = timedelta(minutes=15)
_DAY = timedelta(days=1)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_REGIONS = ("NL", "DE-BY", "FI")
# Quarters of a day at which hours may begin or end.
_QUARTERS = (0, *range(4 * 4, 24 * 4))


def random_calendar(chance: random.Random) -> Calendar:
    """Make a calendar that a desk could have, with nights and days off."""
    return Calendar(
        "random",
        open=tuple(_week(chance)),
        holidays=tuple(chance.sample(_REGIONS, chance.choice((0, 0, 1, 2)))),
        closed=tuple({_day(chance) for _ in range(chance.randrange(4))}),
        extra=tuple(f"{_day(chance)} {_clock(chance)}" for _ in range(chance.randrange(3))),
        working_day=f"{chance.randint(1, 24)}h",
    )


def _week(chance: random.Random) -> Iterator[str]:
    """Give hours of a week, none overlapping: every second piece of one that is cut."""
    cuts = sorted(
        (day, quarter)
        for day, quarter in {
            (chance.randrange(7), chance.choice(_QUARTERS)) for _ in range(chance.randint(8, 30))
        }
    )
    yield f"wed {_clock(chance)}" if len(cuts) < 2 else _hours(cuts[0], cuts[1])
    for begin, end in zip(cuts[2::2], cuts[3::2], strict=False):
        yield _hours(begin, end)


def _hours(begin: tuple[int, int], end: tuple[int, int]) -> str:
    """Write hours from one cut to another, to the end of the day if that is a day away or more."""
    (day, first), (last_day, last) = begin, end
    if last_day > day + 1 or (last_day == day + 1 and last >= first):
        last = 0
    return f"{_WEEKDAYS[day]} {_time(first)}-{_time(last or 96)}"


def _clock(chance: random.Random) -> str:
    first, last = sorted(chance.sample(_QUARTERS, 2))
    return f"{_time(first)}-{_time(last)}"


def _time(quarter: int) -> str:
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"


def _day(chance: random.Random) -> str:
    """Write a day, mostly one about which clocks change."""
    day = date(2026, chance.choice((3, 4, 10, 11)), 1) + timedelta(chance.randrange(30))
    return chance.choice((f"{day}", f"{day:%m-%d}"))


def random_instant(chance: random.Random, after: datetime, within: timedelta) -> datetime:
    """Give an instant of a time, to the microsecond or on the quarter."""
    found = after + timedelta(microseconds=chance.randrange(within // timedelta(microseconds=1)))
    return chance.choice((found, quarters(found)))


def quarters(at: datetime) -> datetime:
    """Give the quarter of an hour that an instant lies in."""
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


class Wall:
    """When somebody works, by what the clock on the wall shows."""

    def __init__(self, calendar: Calendar, zone: ZoneInfo) -> None:
        """Read the calendar once; days are looked at when they are asked for."""
        self._calendar, self._zone = calendar, zone
        self._days: dict[date, tuple[Span, ...]] = {}

    def is_open(self, at: datetime) -> bool:
        """Say whether somebody works then."""
        shown = at.astimezone(self._zone).replace(tzinfo=None)
        for day in (shown.date(), shown.date() - _DAY):
            if day not in self._days:
                self._days[day] = _spans(self._calendar, day)
            minute = (shown - datetime.combine(day, time())) // timedelta(minutes=1)
            if any(span.begin <= minute < span.end for span in self._days[day]):
                return True
        return False


def _spans(calendar: Calendar, day: date) -> tuple[Span, ...]:
    days = (Day(day.month, day.day, day.year), Day(day.month, day.day))
    extra = [opening.parse_exceptional(text) for text in calendar.extra]
    for one in days:
        for other in extra:
            if other.day == one:
                return other.spans
    off = {opening.parse_closed(text)[0] for text in calendar.closed}
    if off.intersection(days) or any(public_holiday(r, day) for r in calendar.holidays):
        return ()
    weekly = [opening.parse_weekly(text) for text in calendar.open]
    return tuple(s for one in weekly if day.isoweekday() in one.weekdays for s in one.spans)
