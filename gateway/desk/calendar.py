"""When a desk works: opening hours, and arithmetic on the time that they are.

Hours are written as wall times of a zone. Each span of a day is made two instants in UTC, and all
arithmetic is on these, so that a night at a change of summer time is as long as it really is. This
is the only place that knows of zones. All instants are aware.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain
from typing import TypeVar
from zoneinfo import ZoneInfo

from gateway.config import opening
from gateway.config.desk import Desk
from gateway.config.duration import parse
from gateway.config.opening import Day, Span
from gateway.config.public_holiday import public_holiday
from gateway.config.service_time import Calendar, WorkingDays
from gateway.desk.opened_in_month import OpenedInMonth, Stretch, instant, ticks, ticks_at

_DAY = timedelta(days=1)
_NONE = timedelta()
_FIRST_DAY = datetime(MINYEAR, 1, 2, tzinfo=UTC)
_MOST_MONTHS_KEPT = 400
# Nobody is closed for so many whole months in a row who opens at all.
_MONTHS_CLOSED = 36

T = TypeVar("T")


class NeverOpens(ValueError):
    """A calendar has no more opening hours, at least for years, or until the end of all dates."""


class Hours:
    """The opening hours of one calendar in one zone.

    Raises NeverOpens from what looks for an opening where there is none.
    """

    def __init__(self, calendar: Calendar, zone: ZoneInfo) -> None:
        """Read what the calendar says, which was checked when it was loaded."""
        self.zone = zone
        self.always_open = calendar.always_open
        self._week: dict[int, list[Span]] = {}
        for text in calendar.open:
            weekly = opening.parse_weekly(text)
            for weekday in weekly.weekdays:
                self._week.setdefault(weekday, []).extend(weekly.spans)
        self._closed = dict(opening.parse_closed(text) for text in calendar.closed)
        extra = (opening.parse_exceptional(text) for text in calendar.extra)
        self._extra = {one.day: one.spans for one in extra}
        self._regions = calendar.holidays
        self._working_day = parse(calendar.working_day) if calendar.working_day else _DAY
        self._months: dict[int, OpenedInMonth] = {}
        self._known: Stretch | None = None

    def length(self, of: timedelta | WorkingDays) -> timedelta:
        """Give a length of time as time of opening: a working day is as long as it counts."""
        return of.count * self._working_day if isinstance(of, WorkingDays) else of

    def is_open(self, at: datetime) -> bool:
        """Say whether somebody works then."""
        if self.always_open:
            return True
        now, months = ticks_at(at), {self._month_before(at), self._month_of(at)}
        return any(self._month(month).first_after(now) == now for month in months)

    def next_opening(self, at: datetime) -> datetime:
        """Give the next instant at which somebody works: `at` itself if somebody does then."""
        if self.always_open:
            return at
        for month in self._onwards(at):
            found = month.first_after(ticks_at(at))
            if found is not None:
                return instant(found)
        raise NeverOpens

    def add(self, start: datetime, length: timedelta) -> datetime:
        """Give the instant at which so much time of opening has passed since `start`."""
        if self.always_open or length <= _NONE:
            return _moved(start, max(length, _NONE))
        left, begin = ticks(length), ticks_at(start)
        for month in self._onwards(start):
            gone = month.until(begin)
            if left <= month.total - gone:
                return instant(month.end_of(gone + left))
            left -= month.total - gone
        raise NeverOpens

    def subtract(self, end: datetime, length: timedelta) -> datetime:
        """Give the instant since which so much time of opening passed until `end`."""
        if self.always_open or length <= _NONE:
            return _moved(end, -max(length, _NONE))
        left, until = ticks(length), ticks_at(end)
        for month in self._backwards(end):
            gone = month.until(until)
            if left <= gone:
                return instant(month.begin_of(gone - left))
            left -= gone
        raise NeverOpens

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Give how much time of opening there is from `start` to `end`, none if that is before."""
        if end <= start:
            return _NONE
        if self.always_open:
            return end - start
        begin, until = ticks_at(start), ticks_at(end)
        known = self._known
        if known is None or begin < known.begin or until > known.end:
            known = self._known = self._stretch(start, end)
        return timedelta(microseconds=known.opened.until(until) - known.opened.until(begin))

    def _stretch(self, start: datetime, end: datetime) -> Stretch:
        """Give the months that two instants lie in, with those that were known before."""
        first, last = self._month_before(start), self._month_of(end)
        if self._known is not None:
            widest = min(first, self._known.first), max(last, self._known.last)
            if widest[1] - widest[0] < _MOST_MONTHS_KEPT:
                first, last = widest
        months = (self._month(number).spans() for number in range(first, last + 1))
        opened = OpenedInMonth(chain.from_iterable(months), ticks_at(_FIRST_DAY))
        # Nights of the month before it last into the first day.
        bounds = _first_of(first) + _DAY, _first_of(last + 1)
        begin, over = (ticks_at(_instant(day, 0, self.zone)) for day in bounds)
        return Stretch(first, last, begin, over, opened)

    def holiday(self, at: datetime, language: str = "") -> str:
        """Give what the day is called on which nobody works all day, "" if it is no such day.

        Public holidays are called so in the `language`, where somebody has translated them.
        """
        day = self._local(at)
        opened = self.always_open or _of(day, self._extra) is not None
        return "" if opened else self._off(day, language) or ""

    def _onwards(self, start: datetime) -> Iterator[OpenedInMonth]:
        """Give the months from an instant on, for as long as somebody may open again."""
        number, quiet = self._month_before(start), 0
        while quiet <= _MONTHS_CLOSED:
            month = self._month(number)
            yield month
            number, quiet = number + 1, 0 if month.total else quiet + 1

    def _backwards(self, end: datetime) -> Iterator[OpenedInMonth]:
        """Give the months before an instant, the last one first."""
        number, quiet = self._month_of(end), 0
        while quiet <= _MONTHS_CLOSED:
            month = self._month(number)
            yield month
            number, quiet = number - 1, 0 if month.total else quiet + 1

    def _local(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def _month_of(self, at: datetime) -> int:
        """Give the last month of which an opening may have begun at an instant, since year 0."""
        try:
            day = self._local(at)
        except OverflowError:  # the first or the last hours of all dates
            day = at.date()
        return 12 * day.year + day.month - 1

    def _month_before(self, at: datetime) -> int:
        """Give the first month of which an opening may last at an instant: nights go over it."""
        return self._month_of(max(at, _FIRST_DAY) - _DAY)

    def _month(self, number: int) -> OpenedInMonth:
        """Give the times of opening that begin in a month of the zone."""
        found = self._months.get(number)
        if found is None:
            if len(self._months) >= _MOST_MONTHS_KEPT:
                self._months.clear()
            found = self._months[number] = self._read_month(number)
        return found

    def _read_month(self, number: int) -> OpenedInMonth:
        year, month = divmod(number, 12)
        if not MINYEAR < year < MAXYEAR:  # days before and after it are none
            return OpenedInMonth((), 0)
        first = date(year, month + 1, 1)
        reached = max((end for _, end in self._read(first - _DAY)), default=ticks_at(_FIRST_DAY))
        days = (first + count * _DAY for count in range(monthrange(year, month + 1)[1]))
        return OpenedInMonth((span for day in days for span in self._read(day)), reached)

    def _read(self, day: date) -> Iterator[tuple[int, int]]:
        """Give the times of opening that begin on a day, in microseconds since 1970."""
        spans = _of(day, self._extra)
        if spans is None:
            off = self._off(day) is not None
            spans = () if off else tuple(self._week.get(day.isoweekday(), ()))
        for span in sorted(spans):
            begin, end = (_instant(day, minutes, self.zone) for minutes in (span.begin, span.end))
            if begin < end:
                yield ticks_at(begin), ticks_at(end)

    def _off(self, day: date, language: str = "") -> str | None:
        """Give the name of a day off, "" if it has none, None if it is no day off."""
        named = _of(day, self._closed)
        if named is not None:
            return named
        names = (public_holiday(region, day, language) for region in self._regions)
        return next((name for name in names if name), None)


def _first_of(month: int) -> date:
    """Give the first day of a month since year 0, or of one that dates have."""
    year, place = divmod(month, 12)
    return date(min(max(year, MINYEAR), MAXYEAR), place + 1, 1)


def _moved(at: datetime, by: timedelta) -> datetime:
    try:
        return at + by
    except OverflowError:
        raise NeverOpens from None


def hours(desk: Desk, calendar: str, persons_zone: str = "") -> Hours:
    """Give the hours of a desk's calendar by its name; "" is real time, which never stops.

    `persons_zone` is the zone of the person whom it is about, "" for the desk's.
    """
    found = next((one for one in desk.calendar if one.name == calendar), None)
    if found is None:
        return _REAL_TIME
    zone = found.timezone or desk.timezone
    if found.customers_timezone and persons_zone:
        zone = persons_zone
    return _hours(found, zone, found.timezone or desk.timezone)


def midnight(desk: Desk, day: date) -> datetime:
    """Give the instant at which a day begins where the desk is.

    Raises OverflowError for the first and the last day of all.
    """
    return _instant(day, 0, ZoneInfo(desk.timezone))


@lru_cache(maxsize=512)
def _hours(calendar: Calendar, zone: str, otherwise: str) -> Hours:
    """Make hours once; a zone that the directory has and nobody else knows is the desk's."""
    return Hours(calendar, _zone(zone) or ZoneInfo(otherwise))


def known_zone(name: str) -> bool:
    """Say whether there is a time zone of that name."""
    return bool(name) and _zone(name) is not None


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no name of a zone, a folder of zones
        return None


def _of(day: date, days: Mapping[Day, T]) -> T | None:
    """Give what stands for a day of a year, or else for that day of each year."""
    exact = days.get(Day(day.month, day.day, day.year))
    return exact if exact is not None else days.get(Day(day.month, day.day))


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Give the instant of a wall time, in UTC.

    Of a time that comes twice it is the first; of one that a change of clocks leaves out, it is
    the change.
    """
    extra, minute = divmod(minutes, opening.MINUTES_OF_A_DAY)
    wall = datetime.combine(day + extra * _DAY, time(minute // 60, minute % 60), zone)
    found = wall.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return found
    # Both readings of a time that is left out lie an offset away from the change: search it there.
    early, late = sorted((found, wall.replace(fold=1).astimezone(UTC)))
    before = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


_REAL_TIME = Hours(Calendar("real-time", always_open=True), ZoneInfo("UTC"))
