"""A calendar part (RFC 5545, RFC 6047): what it asks for, and its event as a few lines to read.

The lines bear no words of ours: title, time, place, organiser and description, each as it was
written, so they can be read in any language.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from gateway.mail.format.charset import clean_line, clean_text, decode

if TYPE_CHECKING:
    from icalendar import Component

MEDIA_TYPES = frozenset({"text/calendar", "application/ics", "text/x-vcalendar"})

# Enough for a long description; attached files and lists of participants may be longer.
_MAX_BYTES = 64 * 1024
_MAX_TEXT = 20_000

_METHOD = re.compile(rb"^METHOD[ \t]*:[ \t]*([A-Za-z-]{1,32})", re.MULTILINE | re.IGNORECASE)
_EVENT = re.compile(rb"^BEGIN:(VEVENT|VTODO|VJOURNAL)\b", re.MULTILINE | re.IGNORECASE)


def method(declared: str, payload: bytes) -> str:
    """Give what the part is for (RFC 5546): REQUEST, REPLY, CANCEL ...; "" if it does not say.

    `declared` is the parameter of its Content-Type. The two should be equal; the calendar's own is
    what calendar programs act on.
    """
    found = _METHOD.search(payload[:_MAX_BYTES])
    name = found.group(1).decode("ascii") if found else declared.strip()
    plain = name.isascii() and name.replace("-", "").isalpha() and len(name) <= 32
    return name.upper() if plain else ""


def summary(payload: bytes, charset: str) -> str:
    """Give the first event as text; "" if there is none that can be read; never raises."""
    event = _first_event(payload[:_MAX_BYTES])
    if not event:
        return ""
    # UTF-8 is the default of a calendar (RFC 5545 section 3.1.4), whatever the mail's is.
    source = decode(event, charset)
    return clean_text("\n".join(line for line in _lines(source) if line))[:_MAX_TEXT].strip()


def _first_event(calendar: bytes) -> bytes:
    """Cut out the first event, so that time zones and others that it brings cost nothing."""
    begin = _EVENT.search(calendar)
    if begin is None:
        return b""
    closing = b"END:" + begin.group(1).upper()
    end = calendar.upper().find(closing, begin.end())
    return calendar[begin.start() : end] + closing + b"\r\n" if end >= 0 else b""


def _lines(event: str) -> list[str]:
    # Imported here because few mails have an event, and a tenth of a second is much to every start.
    from icalendar import Component  # noqa: PLC0415  see above

    try:
        found = Component.from_ical(event)
    except Exception:  # the library raises of many kinds, and a summary is extra
        return []
    described = str(found.get("description", "")).strip()
    return [
        clean_line(str(found.get("summary", ""))),
        _span(found),
        clean_line(str(found.get("location", ""))),
        _organizer(found),
        f"\n{described}" if described else "",
    ]


def _organizer(event: Component) -> str:
    found = event.get("organizer")
    if not isinstance(found, str):
        return ""
    name = str(getattr(found, "params", {}).get("CN", ""))
    address = found[7:] if found[:7].lower() == "mailto:" else found
    return clean_line(f"{name} <{address}>" if name and address else name or address)


def _span(event: Component) -> str:
    """Give when an event begins and ends, in its own time zone."""
    start = _date(event, "dtstart")
    if start is None:
        return ""
    zone = ""
    if isinstance(start, datetime):
        zone = f" {start.tzinfo or event.get('dtstart').params.get('TZID', '')}"
    end = _date(event, "dtend") or _date(event, "due")
    if end is not None and not isinstance(end, datetime) and end > date.min:
        end -= timedelta(days=1)  # a last day is the day after (RFC 5545 section 3.6.1)
    if end is None or end == start:
        return clean_line(_moment(start) + zone)
    same_day = isinstance(start, datetime) and _moment(start)[:10] == _moment(end)[:10]
    last = _moment(end)[11:] if same_day else _moment(end)
    return clean_line(f"{_moment(start)} \N{EN DASH} {last}{zone}")


def _date(event: Component, name: str) -> date | None:
    """Give a property as a date or time, None if it is missing or broken."""
    try:
        value = getattr(event.get(name), "dt", None)
    except ValueError:
        return None
    return value if isinstance(value, date) else None


def _moment(value: date) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:%Y-%m-%d}"
