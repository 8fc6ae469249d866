"""How dates, times, lengths of time, numbers and counts are written in a language, by Babel.

Babel is imported when the first of them is: a daemon or worker need not wait for it to start.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from babel import Locale

Format: TypeAlias = Literal["short", "medium", "long", "full"]
_Unit: TypeAlias = Literal["day", "hour", "minute", "second"]

FORMATS: tuple[Format, ...] = ("short", "medium", "long", "full")
"""How much of a date is said, from 17/06/2026 to its weekday."""

_LAST_LANGUAGE = "en"
# English is read in all countries; dates of this kind cannot be misread in any of them.
_TERRITORIES = {"en": "en_GB"}
_UNITS: tuple[tuple[_Unit, int], ...] = (
    ("day", 86_400),
    ("hour", 3600),
    ("minute", 60),
    ("second", 1),
)
_NEVER = 1e15
_MOST_UNITS = 2
_UNIVERSAL = frozenset({"UTC", "Etc/UTC", "Etc/GMT", "GMT", "Etc/Universal", "Universal"})
_COUNT = "#"


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom something is written: in which language, by two letters, and in which zone.

    With `names_zone` times of day say which zone they are of.
    """

    language: str = _LAST_LANGUAGE
    timezone: str = "UTC"
    names_zone: bool = False


def date(moment: datetime, how: Format, reader: Reader) -> str:
    """Write a day, as in 2 March 2026."""
    from babel.dates import format_date  # noqa: PLC0415  see above

    return format_date(_local(moment, reader), how, locale=_locale(reader.language))


def time(moment: datetime, reader: Reader) -> str:
    """Write a time of day without seconds."""
    return _time(moment, reader) + _zone(moment, reader)


def date_and_time(moment: datetime, how: Format, reader: Reader) -> str:
    """Write day and time as the language puts them together."""
    from babel.dates import get_datetime_format  # noqa: PLC0415  see above

    pattern = str(get_datetime_format(how, locale=_locale(reader.language))).replace("'", "")
    pattern = pattern.replace("{0}", _time(moment, reader))
    return pattern.replace("{1}", date(moment, how, reader)) + _zone(moment, reader)


def duration(length: timedelta, reader: Reader) -> str:
    """Write a length of time in its two largest units; less than a second counts as none."""
    from babel.lists import format_list  # noqa: PLC0415  see above

    locale = _locale(reader.language)
    left, parts = round(abs(length).total_seconds()), []
    for unit, seconds in _UNITS:
        count, left = divmod(left, seconds)
        if count:
            parts.append(_unit(count, unit, reader.language))
        # What is far smaller than the largest unit does not matter: no days and seconds.
        if parts and (len(parts) == _MOST_UNITS or not count):
            break
    return format_list(parts or [_unit(0, "minute", reader.language)], "standard", locale=locale)


def number(value: float, reader: Reader) -> str:
    """Write a number with the language's own marks."""
    from babel.numbers import format_decimal  # noqa: PLC0415  see above

    return format_decimal(value, locale=_locale(reader.language))


def categories(language: str) -> tuple[str, ...]:
    """Give the forms that a counted word has in a language, as CLDR names them, in its order."""
    tags = _locale(language).plural_form.tags
    known = ("zero", "one", "two", "few", "many")
    return (*(tag for tag in known if tag in tags), "other")


def counted(count: float, forms: tuple[str, ...], reader: Reader) -> str:
    """Write a count with the form of the word that belongs to it; `#` in it is the number.

    Raises ValueError for another number of forms than the language has.
    """
    wanted = categories(reader.language)
    if len(forms) != len(wanted):
        names = ", ".join(wanted)
        raise ValueError(f'in "{reader.language}" a counted word has these forms: {names}')
    form = forms[wanted.index(_locale(reader.language).plural_form(count))]
    return form.replace(_COUNT, number(count, reader), 1)


def _time(moment: datetime, reader: Reader) -> str:
    from babel.dates import format_time  # noqa: PLC0415  see above

    return format_time(_local(moment, reader), "short", locale=_locale(reader.language))


def _zone(moment: datetime, reader: Reader) -> str:
    """Give what follows a time of day to say which zone it is of."""
    from babel.dates import get_timezone_name  # noqa: PLC0415  see above

    if not reader.names_zone:
        return ""
    if is_universal(reader.timezone):
        return " (UTC)"
    name = get_timezone_name(_local(moment, reader), locale=_locale(reader.language))
    return f" ({name})"


def is_universal(timezone: str) -> bool:
    """Say whether a zone is universal time, which no place has for its own clock."""
    return timezone in _UNIVERSAL


def _unit(count: int, unit: _Unit, language: str) -> str:
    from babel.dates import format_timedelta  # noqa: PLC0415  see above

    length = timedelta(seconds=count * dict(_UNITS)[unit])
    locale = _locale(language)
    # Nothing is as long as the threshold, so that the unit asked for is taken.
    return format_timedelta(length, unit, _NEVER, locale=locale)


@lru_cache(maxsize=64)
def _locale(language: str) -> "Locale":
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415  see above

    try:
        return Locale.parse(_TERRITORIES.get(language, language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_TERRITORIES[_LAST_LANGUAGE])


def _local(moment: datetime, reader: Reader) -> datetime:
    from babel.dates import get_timezone  # noqa: PLC0415  see above

    try:
        return moment.astimezone(get_timezone(reader.timezone))
    except (LookupError, ValueError, OSError):  # unknown, no name of a zone, a folder of zones
        return moment
