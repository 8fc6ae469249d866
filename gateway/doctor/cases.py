"""Whether cases are in something that the configuration has no more: a status, a desk, an agent.

They stay as they are and mail on them goes its way, but nothing leads a case out of a status that
its desk does not know, and no timer of a desk that is gone is ever due.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, func, select

from gateway.config.desk import Desk, Phase
from gateway.doctor.check import Check, ok, warning
from gateway.store.schema import tickets

_MOST_SHOWN = 5
_FIELDS = ("status", "type", "severity", "language", "assignee", "group")


def check_cases(connection: Connection, desks: Iterable[Desk]) -> Check:
    """Count the open cases that have what their desk's file does not have."""
    known = {desk.name: _known(desk) for desk in desks}
    lost: Counter[str] = Counter()
    columns = [tickets.c[name] for name in ("desk", *_FIELDS)]
    query = select(*columns, func.count()).where(tickets.c.phase != Phase.CLOSED.value)
    for desk, *values, count in connection.execute(query.group_by(*columns)):
        for what in _lost(known, desk, dict(zip(_FIELDS, values, strict=True))):
            lost[what] += count
    if not lost:
        return ok("cases", "all that open cases are in is configured")
    shown = "; ".join(f"{count} {what}" for what, count in lost.most_common(_MOST_SHOWN))
    return warning("cases", f"open cases have what the desks' files have no more: {shown}")


def _known(desk: Desk) -> dict[str, frozenset[str]]:
    return {
        "status": frozenset(one.name for one in desk.status),
        "type": frozenset(desk.types),
        "severity": frozenset(desk.severities),
        "language": frozenset(desk.languages),
        "assignee": frozenset(one.address for one in desk.agent),
        "group": frozenset(one.name for one in desk.group),
    }


def _lost(
    known: dict[str, dict[str, frozenset[str]]], desk: str, values: dict[str, str]
) -> Iterator[str]:
    if desk not in known:
        yield f'of the desk "{desk}"'
        return
    for field, value in values.items():
        if value and value not in known[desk][field]:
            yield f'with the {field} "{value}" ({desk})'
