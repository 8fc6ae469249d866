"""Calendars in a desk file: hours that overlap, days that are none, calendars that never open."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TypeVar

from gateway.config import opening
from gateway.config.opening import Day, Span
from gateway.config.opening_bounds import closed_for_long
from gateway.config.public_holiday import is_known, regions
from gateway.config.references import References
from gateway.config.service_time import Calendar
from gateway.config.toml_file import did_you_mean
from gateway.errors import Finding

T = TypeVar("T")

_LONGEST_WORKING_DAY = timedelta(hours=24)


def check(names: References) -> Iterator[Finding]:
    """Find what is wrong with the calendars of a desk."""
    desk = names.desk
    yield from names.same_names("calendars", (one.name for one in desk.calendar), "calendar")
    yield from names.calendar(desk.opening_hours, "opening_hours")
    for index, calendar in enumerate(desk.calendar):
        findings = tuple(_calendar(names, calendar, index))
        yield from findings
        if not findings and (silent := closed_for_long(calendar)):
            message = (
                f'the calendar "{calendar.name}" stays closed for more than a year, '
                f"as from {silent} on"
            )
            yield names.file.finding(message, "calendar", index)


def _calendar(names: References, calendar: Calendar, index: int) -> Iterator[Finding]:
    at = ("calendar", index)
    yield from names.zone(calendar.timezone, *at, "timezone")
    yield from _regions(names, calendar, index)
    yield from names.duration(
        calendar.working_day, *at, "working_day", longest=_LONGEST_WORKING_DAY
    )
    for key in ("open", "holidays", "closed", "extra"):
        if calendar.always_open and getattr(calendar, key):
            message = f'"{key}" comes to nothing in a calendar that is always open'
            yield names.file.finding(message, *at, key)
    findings, week = _read(names, opening.parse_weekly, calendar.open, *at, "open")
    yield from findings
    yield from _overlaps(names, [(index, opening.of_week(one)) for index, one in week], *at, "open")
    if not calendar.open and not calendar.always_open:
        message = f'the calendar "{calendar.name}" never opens: it needs "open" or "always_open"'
        yield names.file.finding(message, *at)
    yield from _days(names, calendar, index)


def _regions(names: References, calendar: Calendar, index: int) -> Iterator[Finding]:
    """Find regions whose public holidays nobody knows."""
    at = ("calendar", index, "holidays")
    yield from names.twice(calendar.holidays, *at)
    for number, region in enumerate(calendar.holidays):
        if not is_known(region):
            message = f'nobody knows the public holidays of "{region}"'
            yield names.file.finding(f"{message}{did_you_mean(region, regions())}", *at, number)


def _days(names: References, calendar: Calendar, index: int) -> Iterator[Finding]:
    at = ("calendar", index)
    findings, closed = _read(names, opening.parse_closed, calendar.closed, *at, "closed")
    yield from findings
    days_off: set[Day] = set()
    for number, (day, _) in closed:
        if day in days_off:
            yield names.file.finding("the same day is closed already", *at, "closed", number)
        days_off.add(day)
    findings, extra = _read(names, opening.parse_exceptional, calendar.extra, *at, "extra")
    yield from findings
    seen: set[Day] = set()
    for number, one in extra:
        where = (*at, "extra", number)
        if one.day in seen:
            yield names.file.finding("the same day has hours already; write them all here", *where)
        elif one.day in days_off:
            yield names.file.finding('the same day stands in "closed"', *where)
        elif opening.overlapping(one.spans):
            yield names.file.finding("hours of this day overlap", *where)
        seen.add(one.day)


def _read(
    names: References, parse: Callable[[str], T], texts: tuple[str, ...], *at: str | int
) -> tuple[list[Finding], list[tuple[int, T]]]:
    """Read each text of a list; give what is wrong, and the others with their indices."""
    findings: list[Finding] = []
    found: list[tuple[int, T]] = []
    for index, text in enumerate(texts):
        try:
            found.append((index, parse(text)))
        except ValueError as error:
            message = f'entry {index + 1} of "{at[-1]}" {error}'
            findings.append(names.file.finding(message, *at, index))
    return findings, found


def _overlaps(
    names: References, found: list[tuple[int, tuple[Span, ...]]], *at: str | int
) -> Iterator[Finding]:
    """Find hours of the week that an entry, or one before it, has already."""
    taken: tuple[Span, ...] = ()
    for index, spans in found:
        if opening.overlapping(spans):
            message = f'hours of entry {index + 1} of "open" overlap each other'
            yield names.file.finding(message, *at, index)
        elif opening.overlapping((*taken, *spans)):
            message = f'hours of entry {index + 1} of "open" overlap those of an entry before it'
            yield names.file.finding(message, *at, index)
        else:
            taken = (*taken, *spans)
