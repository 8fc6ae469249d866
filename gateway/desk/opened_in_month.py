"""The times of opening that begin in a month, in order, with what is found in them by search.

To walk through the days costs as much as there are days; a case that is a year old has many, and
each mail asks. Instants and lengths are whole microseconds here, instants since 1970.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


def ticks(length: timedelta) -> int:
    """Give a length of time as microseconds."""
    return length // _TICK


def ticks_at(instant: datetime) -> int:
    """Give an instant as microseconds since 1970."""
    return (instant - _EPOCH) // _TICK


def instant(at: int) -> datetime:
    """Give the instant of so many microseconds. Raises OverflowError where no calendar has it."""
    return _EPOCH + timedelta(microseconds=at)


class OpenedInMonth:
    """Times of opening, one after the other, none overlapping another."""

    __slots__ = ("_before", "_begins", "_ends", "total")

    def __init__(self, spans: Iterable[tuple[int, int]], reached: int) -> None:
        """Take them in order of their beginning; what lies before `reached` is somebody else's."""
        self._begins, self._ends = array("q"), array("q")
        self._before = array("q")
        self.total = 0
        for begin, end in spans:
            opened = max(begin, reached)
            if opened < end:
                self._begins.append(opened)
                self._ends.append(end)
                self._before.append(self.total)
                self.total += end - opened
                reached = end

    def spans(self) -> Iterator[tuple[int, int]]:
        """Give the times, each by its beginning and its end."""
        return zip(self._begins, self._ends, strict=True)

    def until(self, at: int) -> int:
        """Give how much of the time of opening lies before an instant."""
        place = bisect_right(self._begins, at) - 1
        if place < 0:
            return 0
        return self._before[place] + min(at, self._ends[place]) - self._begins[place]

    def first_after(self, at: int) -> int | None:
        """Give the first instant of opening from `at` on, None if there is none."""
        place = bisect_right(self._ends, at)
        return max(at, self._begins[place]) if place < len(self._ends) else None

    def end_of(self, opened: int) -> int:
        """Give the instant at which so much of it, more than nothing, has passed."""
        place = bisect_left(self._before, opened) - 1
        return self._begins[place] + opened - self._before[place]

    def begin_of(self, opened: int) -> int:
        """Give the last instant before which so much of it, less than all, has passed."""
        place = bisect_right(self._before, opened) - 1
        return self._begins[place] + opened - self._before[place]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Months side by side, from `first` to `last`, counted since year 0.

    `opened` has all that is open from the instant `begin` to `end`.
    """

    first: int
    last: int
    begin: int
    end: int
    opened: OpenedInMonth
