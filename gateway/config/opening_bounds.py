"""Calendars that would make whoever reckons with them search for years: long silence, few hours."""

from collections.abc import Iterator
from datetime import date, timedelta

from gateway.config import duration, opening
from gateway.config.opening import Day
from gateway.config.public_holiday import public_holiday, public_holidays
from gateway.config.service_time import Calendar, WorkingDays

MOST_WORKING_DAYS = 2600
LONGEST = timedelta(days=3660)
"""Nothing takes longer in real time than ten years."""

_FIRST, _YEARS = date(2020, 1, 1), 40
_DAY = timedelta(days=1)
_LONGEST_CLOSED = timedelta(days=366)
# A weekday comes 52 times a year, and has to be off each time; public holidays come and go.
_FEW = 40


def closed_for_long(calendar: Calendar) -> date | None:
    """Give the day from which a calendar stays closed for more than a year, None if there is none.

    What its keys say is right each by itself.
    """
    free = {day for region in calendar.holidays for day in public_holidays(region, _FIRST.year)}
    if calendar.always_open or len(free) + len(calendar.closed) < _FEW:
        return None
    last = _FIRST - _DAY
    for day in _open_days(calendar):
        if day - last > _LONGEST_CLOSED:
            break
        last = day
    return None if (_FIRST + _YEARS * 365 * _DAY) - last < _LONGEST_CLOSED else last + _DAY


def _open_days(calendar: Calendar) -> Iterator[date]:
    """Give the days of a long time on which somebody works."""
    weekdays = {n for text in calendar.open for n in opening.parse_weekly(text).weekdays}
    closed = {opening.parse_closed(text)[0] for text in calendar.closed}
    extra = {opening.parse_exceptional(text).day for text in calendar.extra}
    for count in range(_YEARS * 365):
        day = _FIRST + count * _DAY
        names = {Day(day.month, day.day), Day(day.month, day.day, day.year)}
        if extra & names or (
            day.isoweekday() in weekdays
            and not closed & names
            and not any(public_holiday(region, day) for region in calendar.holidays)
        ):
            yield day


def takes_too_long(calendar: Calendar | None, length: timedelta | WorkingDays) -> bool:
    """Say whether so much time of a calendar takes more than ten years; None is real time.

    A calendar that cannot be read takes no time here: that is found elsewhere.
    """
    try:
        return _real(calendar, length) > LONGEST
    except (ValueError, OverflowError):
        return False


def _real(calendar: Calendar | None, length: timedelta | WorkingDays) -> timedelta:
    """Give about how much real time a length of time takes."""
    if isinstance(length, WorkingDays):
        working_day = calendar.working_day if calendar else ""
        length = length.count * duration.parse(working_day or "24h")
    if calendar is None or calendar.always_open:
        return length
    weekly = [opening.parse_weekly(text) for text in calendar.open]
    spans = (span for one in weekly for span in opening.of_week(one))
    week = timedelta(minutes=sum(span.end - span.begin for span in spans))
    return length / week * 7 * _DAY if week else timedelta()
