"""How pages of the console write times: exact for machines, short for people."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_JUST_NOW = timedelta(seconds=60)
# Longer ago than this the day tells more than how many of them went by.
_LONGEST = timedelta(days=60)


def moment(at: datetime | None, zone: str = "UTC") -> Markup:
    """Write a time in a zone, as in "2 Mar 2026, 09:00 UTC"; nothing for None."""
    if at is None:
        return Markup()
    return _time(at, _written(at, zone))


def day(at: datetime | None, zone: str = "UTC") -> Markup:
    """Write the day of a time in a zone, as in "2 Mar 2026"; nothing for None."""
    if at is None:
        return Markup()
    local = at.astimezone(ZoneInfo(zone))
    return _time(at, f"{local.day} {local:%b %Y}")


def ago(at: datetime | None, now: datetime, zone: str = "UTC") -> Markup:
    """Write how far from now a time is, as in "3 hours ago" or "in 2 days", exact in its title."""
    if at is None:
        return Markup()
    distance = abs(now - at)
    if distance > _LONGEST:
        return day(at, zone)
    if distance < _JUST_NOW:
        return _time(at, "just now", _written(at, zone))
    length = span(distance)
    return _time(at, f"{length} ago" if at < now else f"in {length}", _written(at, zone))


def span(length: timedelta) -> str:
    """Write a length of time by its largest unit, as in "3 hours"."""
    seconds = abs(int(length.total_seconds()))
    for size, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {name}{'s' * (count > 1)}"
    return f"{seconds} second{'s' * (seconds != 1)}"


def _written(at: datetime, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b %Y, %H:%M %Z}"


def _time(at: datetime, text: str, title: str = "") -> Markup:
    """Give the element, as HTML has it."""
    machine = at.isoformat(timespec="seconds")
    if title:
        return Markup('<time datetime="{}" title="{}">{}</time>').format(machine, title, text)
    return Markup('<time datetime="{}">{}</time>').format(machine, text)
