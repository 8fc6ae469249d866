"""Time in a desk file: zones, lengths, calendars that open and targets that can be met."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from gateway.config import opening
from gateway.config.opening import Day, Span
from gateway.config.references import References
from gateway.config.service_time import Calendar, Target, WorkingDays
from gateway.config.toml_file import did_you_mean
from gateway.errors import Finding

T = TypeVar("T")

_DAYS_OF_A_LEAP_YEAR = 366
_LONGEST_WORKING_DAY = timedelta(hours=24)


def check(names: References) -> Iterator[Finding]:
    """Find what is wrong with zones, lengths of time, calendars and targets of a desk."""
    desk = names.desk
    yield from _zone(names, desk.timezone, "timezone")
    yield from names.duration(desk.remember_answers or "0s", "remember_answers")
    yield from names.duration(desk.reopen_within, "reopen_within")
    yield from names.duration(desk.duplicates.within or "0s", "duplicates", "within")
    yield from names.duration(desk.incident.within or "0s", "incident", "within")
    yield from names.duration(desk.strangers.within or "0s", "strangers", "within")
    yield from names.same_names("calendars", (one.name for one in desk.calendar), "calendar")
    for index, calendar in enumerate(desk.calendar):
        yield from _calendar(names, calendar, index)
    for index, target in enumerate(desk.target):
        yield from _target(names, target, index)
    yield from _same_targets(names)


def _zone(names: References, zone: str, *at: str | int) -> Iterator[Finding]:
    try:
        ZoneInfo(zone or "UTC")
    except (ValueError, OSError):  # a key that is a folder of zones, for one
        known: tuple[str, ...] = ()
    except KeyError:  # the zoneinfo module's own is one
        known = tuple(sorted(available_timezones()))
    else:
        return
    message = f'"timezone" is "{zone}", which is no time zone{did_you_mean(zone, known)}'
    yield names.file.finding(message, *at)


def _calendar(names: References, calendar: Calendar, index: int) -> Iterator[Finding]:
    at = ("calendar", index)
    yield from _zone(names, calendar.timezone, *at, "timezone")
    yield from names.twice(calendar.holidays, *at, "holidays")
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


def _days(names: References, calendar: Calendar, index: int) -> Iterator[Finding]:
    at = ("calendar", index)
    findings, closed = _read(names, opening.parse_closed, calendar.closed, *at, "closed")
    yield from findings
    yield from names.twice(calendar.closed, *at, "closed")
    yearly = {day for _, (day, _) in closed if not day.year}
    if len(yearly) == _DAYS_OF_A_LEAP_YEAR:
        message = f'the calendar "{calendar.name}" never opens: each day of the year is closed'
        yield names.file.finding(message, *at, "closed")
    findings, extra = _read(names, opening.parse_exceptional, calendar.extra, *at, "extra")
    yield from findings
    seen: set[Day] = set()
    for number, one in extra:
        where = (*at, "extra", number)
        if one.day in seen:
            yield names.file.finding("the same day has hours already; write them all here", *where)
        elif one.day in {day for _, (day, _) in closed}:
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


def _target(names: References, target: Target, index: int) -> Iterator[Finding]:
    at = ("target", index)
    for key, find, values in (
        ("types", names.type, target.types),
        ("severities", names.severity, target.severities),
        ("paused_in", names.status, target.paused_in),
        ("met_in", names.status, target.met_in),
    ):
        yield from names.twice(values, *at, key)
        for number, value in enumerate(values):
            yield from find(value, *at, key, number)
    yield from names.twice(target.paused_in_phases, *at, "paused_in_phases")
    yield from names.calendar(target.calendar, *at, "calendar")
    yield from _within(names, target, index)


def _within(names: References, target: Target, index: int) -> Iterator[Finding]:
    at = ("target", index)
    try:
        allowed = target.allowed
    except ValueError as error:
        yield names.file.finding(f'"within" {error}', *at, "within")
        return
    if allowed is None:
        return
    calendar = next((one for one in names.desk.calendar if one.name == target.calendar), None)
    if isinstance(allowed, WorkingDays):
        if not allowed.count:
            yield names.file.finding('"within" must be at least one working day', *at, "within")
        if not target.calendar:
            yield names.file.finding('"within" has working days, and needs a "calendar"', *at)
        elif calendar and not calendar.working_day:
            message = f'the calendar "{calendar.name}" does not say how long a "working_day" is'
            yield names.file.finding(message, *at, "calendar")
    else:
        yield from names.duration(target.within or "0s", *at, "within")
    if not target.met_by_answer and not target.met_in:
        message = (
            f'the target "{target.name}" can never be met: it needs "met_by_answer" or "met_in"'
        )
        yield names.file.finding(message, *at)


def _same_targets(names: References) -> Iterator[Finding]:
    """Find targets of one name for the same type and severity."""
    targets = names.desk.target
    for index, target in enumerate(targets):
        for other in targets[:index]:
            same_type = not (
                target.types and other.types and not set(target.types) & set(other.types)
            )
            one, two = set(target.severities), set(other.severities)
            if target.name == other.name and same_type and (not one or not two or one & two):
                message = (
                    f'another target "{target.name}" is for cases of the same type and severity'
                )
                yield names.file.finding(message, "target", index)
                break
