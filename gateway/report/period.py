"""Which days a report is about, and into which pieces their course is divided."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
# The most days of a course by days, and by weeks.
_BY_DAYS = 45
_BY_WEEKS = 200


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included, in the zone of a desk.

    `begin` is the instant at which the first one begins, `end` that at which the last one is over.
    What happens from `until` on does not count: a period that is not over yet ends now.
    """

    first: date
    last: date
    begin: datetime
    end: datetime
    until: datetime

    def has(self, at: datetime) -> bool:
        """Say whether an instant belongs to it."""
        return self.begin <= at < self.until


@dataclass(frozen=True, slots=True)
class Course:
    """A period in pieces: their first days, and the instants at which they begin, in order."""

    days: tuple[date, ...]
    begins: tuple[datetime, ...]

    def piece(self, at: datetime) -> int:
        """Give the place of the piece that an instant of the period belongs to."""
        return bisect_right(self.begins, at) - 1


def period(first: date, last: date, timezone: str, now: datetime) -> Period:
    """Give the period of these days in a zone that is known, as far as it has come by now.

    Raises ValueError, with a sentence, if it ends before it begins, or has not begun.
    """
    if last < first:
        raise ValueError(f"{last} is before {first}")
    try:
        begin, end = _midnight(first, timezone), _midnight(last + _DAY, timezone)
    except OverflowError:
        raise ValueError("these days are out of every calendar's range") from None
    if begin > now:
        raise ValueError(f"{first} has not begun yet")
    return Period(first, last, begin, end, min(end, now))


def month_before(now: datetime, timezone: str) -> tuple[date, date]:
    """Give the first and the last day of the last month that is over in a zone."""
    today = now.astimezone(ZoneInfo(timezone)).date()
    last = today.replace(day=1) - _DAY
    return last.replace(day=1), last


def month_after(now: datetime, timezone: str) -> datetime:
    """Give the instant at which the next month begins in a zone."""
    today = now.astimezone(ZoneInfo(timezone)).date()
    return _midnight((today.replace(day=1) + 31 * _DAY).replace(day=1), timezone)


def course(of: Period, timezone: str) -> Course:
    """Divide a period: by days, weeks that begin on Mondays, or months, as long as it is."""
    length = (of.last - of.first) // _DAY + 1
    days = tuple(
        day
        for day in (of.first + place * _DAY for place in range(length))
        if day == of.first or _begins(day, length)
    )
    return Course(days, tuple(_midnight(day, timezone) for day in days))


def _begins(day: date, length: int) -> bool:
    """Say whether a day begins a piece of a period that is so many days long."""
    if length <= _BY_DAYS:
        return True
    return day.isoweekday() == 1 if length <= _BY_WEEKS else day.day == 1


def _midnight(day: date, timezone: str) -> datetime:
    """Give the instant, in UTC, at which a day begins.

    Where a change of clocks leaves midnight out, it is the change.
    """
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)
