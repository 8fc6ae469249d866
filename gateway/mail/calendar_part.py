"""A calendar part (RFC 5545, RFC 6047): what it asks for, and its event as a few lines to read.

The lines bear no words of ours: title, time, place, organiser and description, each as it was
written, so they can be read in any language.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from gateway.mail.charset import clean_line, clean_text, decode

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
    from icalendar import Component  # noqa: PLC0415

    # The library raises of many kinds on what people's programs write, and a summary is extra.
    try:
        found = Component.from_ical(event)
        organizer = found.get("organizer")
        address = str(organizer or "").removeprefix("mailto:").removeprefix("MAILTO:")
        name = str(organizer.params.get("CN", "")) if organizer is not None else ""
        return [
            clean_line(str(found.get("summary", ""))),
            _span(found),
            clean_line(str(found.get("location", ""))),
            clean_line(f"{name} <{address}>" if name and address else name or address),
            f"\n{text}" if (text := str(found.get("description", "")).strip()) else "",
        ]
    except Exception:
        return []


def _span(event: Component) -> str:
    """Give when an event begins and ends, in its own time zone."""
    begin = event.get("dtstart")
    start = getattr(begin, "dt", None)
    end = getattr(event.get("dtend") or event.get("due"), "dt", None)
    if not isinstance(start, date):
        return ""
    zone = ""
    if isinstance(start, datetime):
        zone = f" {start.tzinfo or begin.params.get('TZID', '')}"
    if not isinstance(end, date) or end == start:
        return clean_line(_moment(start) + zone)
    same_day = isinstance(start, datetime) and _moment(start)[:10] == _moment(end)[:10]
    last = _moment(end)[11:] if same_day else _moment(end)
    return clean_line(f"{_moment(start)} \N{EN DASH} {last}{zone}")


def _moment(value: date) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:%Y-%m-%d}"
