"""A date as mail programs write it for people, in the seven languages: `ti 2.11.2026 klo 9.12`.

This is no RFC 5322 date: Outlook, Gmail and the others write it in the reader's language and
mostly without a zone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_LONGEST = 200


def _numbered(names: str, first: int) -> dict[str, int]:
    """Give words their numbers: they are parted by blanks, those of one number by bars."""
    return {
        word: number
        for number, words in enumerate(names.split(), first)
        for word in words.split("|")
    }


def _finnish_months() -> dict[str, int]:
    stems = "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu"
    forms = ("", "k", "kuu", "kuuta", "kuun")
    return {stem + form: number for number, stem in enumerate(stems.split(), 1) for form in forms}


_MONTHS = {
    **_finnish_months(),
    **_numbered(
        "january|jan february|feb march|mar april|apr may june|jun july|jul august|aug "
        "september|sep|sept october|oct november|nov december|dec",
        1,
    ),
    **_numbered(
        "januar|jänner|jän februar|feber märz|mär|mrz april mai juni juli august september "
        "oktober|okt november dezember|dez",
        1,
    ),
    **_numbered(
        "januari februari maart|mrt april mei juni juli augustus september oktober november "
        "december",
        1,
    ),
    **_numbered(
        "janvier|janv février|févr|fév|fevrier|fevr mars avril|avr mai juin juillet|juil "
        "août|aout septembre octobre novembre décembre|déc|decembre",
        1,
    ),
    **_numbered("januari februari mars april maj juni juli augusti", 1),
    **_numbered(
        "enero|ene febrero marzo abril|abr mayo junio julio agosto|ago "
        "septiembre|setiembre|set octubre noviembre diciembre|dic",
        1,
    ),
}
_DOUBTFUL = frozenset({"mar"})

_WEEKDAYS = {
    **_numbered(
        "monday|mon tuesday|tue|tues wednesday|wed thursday|thu|thur|thurs friday|fri "
        "saturday|sat sunday|sun",
        0,
    ),
    **_numbered("montag|mo dienstag|di mittwoch|mi donnerstag|do freitag|fr samstag|sa sonntag", 0),
    **_numbered("maandag|ma dinsdag woensdag|wo donderdag vrijdag|vr zaterdag|za zondag|zo", 0),
    **_numbered("maanantai tiistai|ti keskiviikko|ke torstai|to perjantai|pe lauantai|la", 0),
    **_numbered(
        "maanantaina tiistaina keskiviikkona torstaina perjantaina lauantaina sunnuntaina", 0
    ),
    **_numbered("lundi|lun mardi|mar mercredi|mer jeudi|jeu vendredi|ven samedi|sam dimanche", 0),
    **_numbered("måndag|mån tisdag|tis onsdag|ons torsdag|tors fredag|fre lördag|lör söndag", 0),
    **_numbered("lunes martes miércoles|mié jueves|jue viernes|vie sábado|sáb domingo|dom", 0),
    "sunnuntai": 6,
    "su": 6,
    "dim": 6,
    "sön": 6,
    "so": 6,
    "sonnabend": 5,
}

# Minutes east of UTC. Names that mean different zones in different countries are left out.
_ZONES = {
    **dict.fromkeys(("gmt", "utc", "z", "wet"), 0),
    **dict.fromkeys(("cet", "mez", "hnec", "bst", "west", "met"), 60),
    **dict.fromkeys(("cest", "mesz", "haec", "eet", "mest"), 120),
    **dict.fromkeys(("eest", "oesz"), 180),
    "oez": 120,
    "msk": 180,
    "edt": -240,
    "est": -300,
    "cdt": -300,
    "cst": -360,
    "mdt": -360,
    "mst": -420,
    "pdt": -420,
    "pst": -480,
}

_WORD = re.compile(r"[^\W\d_]+")
_NEAR = 12
_DAY_BEFORE = re.compile(r"(?<![\d:.])\d{1,2}(?:st|nd|rd|th|er|º|:e)?(?:[.,]? (?:de )?|[-./]|\.)$")
_DAY_AFTER = re.compile(r"[. ,-]{1,2}\d")
_NUMBER = re.compile(r"(?<![\d])\d{1,4}(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})([-/.]) ?(\d{1,2})\2 ?(\d{4}|\d{2})(?!\d)")
_CLOCK = re.compile(
    r"(?<![\d.:+-])(\d{1,2}) ?[:.h] ?(\d{2})(?:[:.](\d{2}))?(?!\d)"
    r"(?: ?(?:([ap])\.? ?m\b|(fm|ap|vorm)\b|(em|ip|nachm)\b))?"
)
_OFFSET = re.compile(
    r"(?:\b(?:gmt|utc) ?([+-]) ?(\d{1,2})(?::?(\d{2}))?|(?<!\w)([+-])(\d{2}):?(\d{2}))(?!\d)"
)
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"))


@dataclass(frozen=True, slots=True)
class Reading:
    """What helps to read a date that can be read in two ways.

    `day_first` says that the language puts the day before the month. `before` is a time by which
    the date had passed; `offset` is the zone of the writer's clock, for dates that name none.
    """

    day_first: bool = False
    before: datetime | None = None
    offset: timedelta = timedelta()


def read(written: str, reading: Reading) -> datetime | None:
    """Read a date as aware UTC; None if it cannot be read or would lie after `reading.before`.

    A date without a time of day is its first minute.
    """
    value = " ".join(written[:_LONGEST].lower().translate(_HYPHENS).split())
    month = _month(value)
    days, rest = _named(value, month) if month else _numeric(value, reading)
    if not days:
        return None
    clock = _CLOCK.search(rest)
    time, zone = _time(clock), _zone(rest[clock.end() :] if clock else "")
    if time is None:
        return None
    offset = reading.offset if zone is None else zone
    return _likeliest(filter(None, (_at(day, time, offset) for day in days)), reading)


def _month(value: str) -> int:
    """Give the number of the month that is named beside a day, 0 if none is.

    A person may be called Jan, and `mar.` is a Tuesday in French and Spanish.
    """
    found: list[str] = []
    for match in _WORD.finditer(value):
        if match.group() not in _MONTHS:
            continue
        before = value[max(0, match.start() - _NEAR) : match.start()]
        if _DAY_BEFORE.search(before) or _DAY_AFTER.match(value, match.end()):
            found.append(match.group())
    sure = [word for word in found if word not in _DOUBTFUL]
    return _MONTHS[(sure or found)[0]] if found else 0


def _named(value: str, month: int) -> tuple[list[tuple[int, int, int]], str]:
    """Give the day of a date whose month is a word, and the text in which the time is sought."""
    clock = _CLOCK.search(value)
    around = (
        value[: clock.start()] + " " + _OFFSET.sub(" ", value[clock.end() :]) if clock else value
    )
    numbers = _NUMBER.findall(around)
    short = [int(number) for number in numbers if len(number) <= 2]
    years = [int(number) for number in numbers if len(number) == 4]
    if not years and len(short) > 1:
        years = [2000 + short.pop()]
    return ([(years[0], month, short[0])] if years and short else []), value


def _numeric(value: str, reading: Reading) -> tuple[list[tuple[int, int, int]], str]:
    """Give the days that a date in figures can mean, likeliest first, and the text without it."""
    if match := _YEAR_FIRST.search(value):
        year, month, day = map(int, match.groups())
        return [(year, month, day)], value[: match.start()] + " " + value[match.end() :]
    match = _YEAR_LAST.search(value)
    if not match:
        return [], ""
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    year += 2000 if year < 100 else 0
    days = [(year, second, first), (year, first, second)]
    if reading.day_first or match[2] == ".":
        days = days if first <= 12 < second else days[:1]
    named = _WORD.search(value)
    weekday = _WEEKDAYS.get(named.group()) if named else None
    fitting = [day for day in days if weekday is not None and _weekday(day) == weekday]
    return fitting or days, value[: match.start()] + " " + value[match.end() :]


def _weekday(day: tuple[int, int, int]) -> int | None:
    moment = _at(day, (0, 0, 0), timedelta())
    return None if moment is None else moment.weekday()


def _time(clock: re.Match[str] | None) -> tuple[int, int, int] | None:
    """Give the time of day that a clock shows; midnight if there is none, None if it is none."""
    if clock is None:
        return 0, 0, 0
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if clock[4] or clock[5] or clock[6]:
        if not 1 <= hour <= 23:
            return None
        afternoon = clock[4] == "p" or bool(clock[6])
        hour = hour % 12 + (12 if afternoon else 0) if hour <= 12 else hour
    return (hour, minute, second) if hour < 24 and minute < 60 and second < 61 else None


def _zone(rest: str) -> timedelta | None:
    """Give the zone that follows a time, None if none does."""
    if match := _OFFSET.search(rest):
        sign, hours, minutes = match[1] or match[4], match[2] or match[5], match[3] or match[6]
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return -offset if sign == "-" else offset
    named = [_ZONES[word] for word in _WORD.findall(rest) if word in _ZONES]
    return timedelta(minutes=named[0]) if named else None


def _at(
    day: tuple[int, int, int], time: tuple[int, int, int], offset: timedelta
) -> datetime | None:
    hour, minute, second = time
    try:
        return datetime(*day, hour, minute, min(second, 59), tzinfo=UTC) - offset
    except (ValueError, OverflowError):
        return None


def _likeliest(moments: Iterable[datetime], reading: Reading) -> datetime | None:
    """Of what a date can mean, give the latest that had passed: mail is forwarded while fresh."""
    if reading.before is None:
        return next(iter(moments), None)
    # Clocks are wrong by hours, and a zone that was guessed is, too.
    latest = reading.before + timedelta(days=1)
    return max((moment for moment in moments if moment <= latest), default=None)
