"""Dates of the directory, as they are written there."""

import re
from datetime import date

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_WITH_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}")


def read_date(text: str) -> date:
    """Give the date that a cell holds. Raises ValueError unless it is written as 2026-03-31.

    ISO 8601 has further forms; they and those of each country are refused, since 03/04/2026 is two
    days.
    """
    if _ISO.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError(f'"{text}" is no day of the calendar') from None
    raise ValueError(f'"{text}" is no date; write year, month and day as in 2026-03-31')


def date_of(text: str) -> date | None:
    """Give the date that stored text holds, None where it holds none: it never raises.

    The day is taken of a date with a time, as a spreadsheet writes them.
    """
    timed = _WITH_TIME.match(text)
    try:
        return read_date(timed[1] if timed else text)
    except ValueError:
        return None
