"""How a report's numbers are written for people."""

from datetime import date

from gateway.report.tables import Cell, Kind

_NOTHING = "\N{EN DASH}"
_MINUTE = 60
_HOUR = 60 * _MINUTE


def written(cell: Cell, kind: Kind) -> str:
    """Write a cell; what is not known is a dash."""
    if cell is None or cell == "":
        return _NOTHING
    if isinstance(cell, str):
        return cell
    match kind:
        case Kind.SHARE:
            return share(cell)
        case Kind.LENGTH:
            return length(cell)
        case _:
            return f"{cell:,}"


def share(part: float) -> str:
    """Write a part of 1 in percent; what is not all of it is never written as 100 %."""
    percent = part * 100
    return f"{min(percent, 99.9) if percent < 100 else percent:.1f} %"


def length(seconds: float) -> str:
    """Write a length of time in hours and minutes: days of 24 hours are no working days."""
    minutes = round(seconds / _MINUTE)
    if seconds and not minutes:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"


def days(first: date, last: date) -> str:
    """Write a period."""
    return f"{first} to {last}" if first != last else f"{first}"
