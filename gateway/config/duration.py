"""Lengths of time as an admin writes them: `6d 23h`."""

import re
from datetime import timedelta

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "min": "minutes", "s": "seconds"}
_PIECE = re.compile(r"(\d{1,6})\s*(w|d|h|min|m|s)(?![a-z])\s*")


def parse(text: str) -> timedelta:
    """Read a duration; a day is 24 hours. Raises ValueError, with a sentence, if it is none."""
    total = timedelta()
    position = 0
    while position < len(text.strip()):
        piece = _PIECE.match(text.strip(), position)
        if piece is None:
            break
        total += timedelta(**{_UNITS[piece[2]]: int(piece[1])})
        position = piece.end()
    if not text.strip() or position < len(text.strip()):
        raise ValueError('must be a duration such as "7d", "6d 23h" or "30m"')
    return total
