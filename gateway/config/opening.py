"""Opening hours and days of a calendar as an admin writes them: `mon-fri 09:00-12:30 13:00-17:00`.

Times of day are minutes after midnight, weekdays 1 for Monday to 7.
"""

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

MINUTES_OF_A_DAY = 24 * 60

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS = re.compile(r"([a-z]{3})(?:-([a-z]{3}))?")
_SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_DATE = re.compile(r"(?:(\d{4})-)?(\d\d)-(\d\d)")
_LEAP_YEAR = 2000


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A time of opening; `end` lies on the next day where it is more than a day's minutes."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Weekly:
    """When the desk is open each week: on these weekdays, in these spans."""

    weekdays: tuple[int, ...]
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A day of the calendar; `year` is 0 for the day of each year."""

    month: int
    day: int
    year: int = 0


@dataclass(frozen=True, slots=True)
class Exceptional:
    """A day with opening hours of its own, whatever its weekday or holiday."""

    day: Day
    spans: tuple[Span, ...]


def parse_weekly(text: str) -> Weekly:
    """Read `mon-fri 09:00-17:00`. Raises ValueError, with a sentence, if it is none."""
    days, *spans = text.lower().split() or [""]
    weekdays: list[int] = []
    for part in days.split(","):
        weekdays += _weekdays(part)
    if len(set(weekdays)) < len(weekdays):
        raise ValueError("names a weekday twice")
    return Weekly(tuple(sorted(weekdays)), _spans(spans))


def parse_exceptional(text: str) -> Exceptional:
    """Read `2026-12-05 10:00-14:00`. Raises ValueError, with a sentence, if it is none."""
    day, *spans = text.split() or [""]
    return Exceptional(parse_day(day), _spans(spans))


def parse_closed(text: str) -> tuple[Day, str]:
    """Read `2026-12-24 Christmas Eve`: a day, and what it is called, "" if that is not said.

    Raises ValueError, with a sentence, if it begins with no day.
    """
    day, _, name = text.strip().partition(" ")
    return parse_day(day), " ".join(name.split())


def parse_day(text: str) -> Day:
    """Read `2026-12-24`, or `12-24` for each year. Raises ValueError, with a sentence."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise ValueError('must begin with a day such as "2026-12-24", or "12-24" for each year')
    year, month, day = int(match[1] or 0), int(match[2]), int(match[3])
    try:
        date(year or _LEAP_YEAR, month, day)
    except ValueError:
        raise ValueError(f'names the day "{match[0]}", which no calendar has') from None
    return Day(month, day, year)


def overlapping(spans: tuple[Span, ...]) -> bool:
    """Say whether two spans have a minute in common."""
    return any(second.begin < first.end for first, second in pairwise(sorted(spans)))


def of_week(weekly: Weekly) -> tuple[Span, ...]:
    """Give all its spans as minutes of a week that begins on Monday; Sunday's night wraps round."""
    week = 7 * MINUTES_OF_A_DAY
    found: list[Span] = []
    for weekday in weekly.weekdays:
        for span in weekly.spans:
            begin = (weekday - 1) * MINUTES_OF_A_DAY + span.begin
            end = begin + span.end - span.begin
            found.append(Span(begin, min(end, week)))
            if end > week:
                found.append(Span(0, end - week))
    return tuple(found)


def _weekdays(text: str) -> list[int]:
    match = _DAYS.fullmatch(text)
    names = [name for name in match.groups() if name] if match else [""]
    if not set(names) <= set(_WEEKDAYS):
        raise ValueError(f'must begin with weekdays such as "mon-fri" or "sat", not "{text}"')
    first, last = _WEEKDAYS.index(names[0]), _WEEKDAYS.index(names[-1])
    return [(first + n) % 7 + 1 for n in range((last - first) % 7 + 1)]


def _spans(texts: list[str]) -> tuple[Span, ...]:
    if not texts:
        raise ValueError('needs hours such as "09:00-17:00" after the day')
    return tuple(_span(text) for text in texts)


def _span(text: str) -> Span:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f'must have hours such as "09:00-17:00", not "{text}"')
    begin, end = _minutes(match[1], match[2]), _minutes(match[3], match[4])
    if begin in {MINUTES_OF_A_DAY, end}:
        raise ValueError(f'has the hours "{text}", which are none; a whole day is "00:00-24:00"')
    return Span(begin, end if end > begin else end + MINUTES_OF_A_DAY)


def _minutes(hours: str, minutes: str) -> int:
    found = int(hours) * 60 + int(minutes)
    if found > MINUTES_OF_A_DAY or int(minutes) > 59:
        raise ValueError(f'has the time "{hours}:{minutes}", which no day has')
    return found
