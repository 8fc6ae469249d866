"""Times as agents write them: a length such as `7d`, or a date, in UTC."""

import re
from datetime import UTC, datetime, timedelta

from gateway.config import duration
from gateway.desk.commands.model import CommandOutcome
from gateway.desk.commands.work import Refused

_FURTHEST = timedelta(days=3653)
_LONGEST = timedelta(hours=1000)
_DATE = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T]([0-9]{2}):([0-9]{2}))?(?: ?(?:UTC|Z))?", re.IGNORECASE
)
_BEFORE = ("until ", "till ", "for ")


def until(argument: str, now: datetime, usage: str) -> datetime:
    """Give the moment that is meant; of a date alone its first.

    Raises Refused if it is none, in the past, or more than ten years away.
    """
    text = argument.lower()
    for word in _BEFORE:
        text = text.removeprefix(word)
    date = _DATE.fullmatch(text)
    if date is None:
        return now + length(text, usage, _FURTHEST)
    year, month, day, hour, minute = (int(part or 0) for part in date.groups())
    try:
        moment = datetime(year, month, day, hour, minute, tzinfo=UTC)
    except ValueError:
        raise Refused(CommandOutcome.NO_TIME, usage) from None
    if moment <= now:
        raise Refused(CommandOutcome.IN_THE_PAST, shown(moment))
    if moment - now > _FURTHEST:
        raise Refused(CommandOutcome.TOO_FAR, usage)
    return moment


def length(argument: str, usage: str, longest: timedelta = _LONGEST) -> timedelta:
    """Give the length of time that is meant. Raises Refused if it is none, zero or too long."""
    try:
        found = duration.parse(argument.lower())
    except ValueError:
        raise Refused(CommandOutcome.NO_TIME, usage) from None
    except OverflowError:
        found = timedelta.max
    if found > longest:
        raise Refused(CommandOutcome.TOO_FAR, usage)
    if not found:
        raise Refused(CommandOutcome.NO_TIME, usage)
    return found


def shown(moment: datetime) -> str:
    """Give a moment as people read it: `2026-04-01 14:00 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
