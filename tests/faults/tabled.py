"""The table at the end, and the line of JSON that programs read."""

import json
import textwrap
from collections.abc import Sequence

from faults.fault import Held, Row

_WIDE = 56
_LONGEST = 400


def table(rows: Sequence[Row]) -> str:
    """Write all rows: what went wrong, what held, how long it took."""
    lines = [f"{'fault':<{_WIDE}}  {'':<7}  {'what held':<{_WIDE}}  seconds"]
    for row in rows:
        faults = textwrap.wrap(row.fault, _WIDE)
        said = textwrap.wrap(textwrap.shorten(row.said, _LONGEST), _WIDE) or [""]
        for number in range(max(len(faults), len(said))):
            first = number == 0
            lines.append(
                f"{_at(faults, number):<{_WIDE}}  {row.held if first else '':<7}  "
                f"{_at(said, number):<{_WIDE}}  {f'{row.seconds:7.1f}' if first else ''}".rstrip()
            )
    return "\n".join(lines)


def _at(lines: Sequence[str], number: int) -> str:
    return lines[number] if number < len(lines) else ""


def summary(rows: Sequence[Row], seconds: float) -> str:
    """Write the line of JSON."""
    counted = {held: sum(row.held is held for row in rows) for held in Held}
    return json.dumps(
        {
            "faults": len(rows),
            "held": counted[Held.HELD],
            "broken": counted[Held.BROKEN],
            "not_run": counted[Held.NOT_RUN],
            "seconds": round(seconds, 1),
        }
    )
