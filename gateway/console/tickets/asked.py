"""What the address of a list asks for, read with bounds: whatever is odd in it asks for nothing."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from gateway.config.desk import Desk
from gateway.console.visit import Visit
from gateway.store.ticket_list import MOST_WORDS, Order, Place, Shown, Sought

ME, NOBODY = "me", "nobody"

_LONGEST = 200
FIELDS = (
    *("q", "desk", "shown", "status", "severity", "type", "assignee", "group", "tag", "late"),
    "order",
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# The ticket's id, microseconds since the epoch, and whether they are those of its last change.
_PLACE = re.compile(r"([1-9][0-9]{0,17})\.([0-9]{1,17})\.([dc])")
_DUELESS = "c"


def asked_of(visit: Visit) -> dict[str, str]:
    """Give the fields of a list's address that say something, by their names."""
    fields = {name: visit.query(name).strip()[:_LONGEST] for name in FIELDS}
    return {name: value for name, value in fields.items() if value}


def sought_of(visit: Visit, asked: Mapping[str, str], desks: Sequence[Desk]) -> Sought:
    """Give which tickets of these desks are asked for."""
    assignee = asked.get("assignee")
    people = {ME: visit.user.address, NOBODY: ""}
    return Sought(
        desks=tuple(desk.name for desk in desks),
        shown=next((one for one in Shown if one == asked.get("shown")), Shown.LIVE),
        status=asked.get("status", ""),
        severity=asked.get("severity", ""),
        type=asked.get("type", ""),
        assignee=None if assignee is None else people.get(assignee, assignee),
        group=asked.get("group", ""),
        tag=asked.get("tag", ""),
        late=visit.now if "late" in asked else None,
        words=tuple(asked.get("q", "").split()[:MOST_WORDS]),
        order=next((one for one in Order if one == asked.get("order")), Order.DUE),
    )


def written(place: Place) -> str:
    """Write where a page begins, for an address."""
    micros = (place.at - _EPOCH) // _MICROSECOND
    return f"{place.id}.{micros}.{_DUELESS if place.dueless else 'd'}"


def place_of(text: str) -> Place | None:
    """Read where a page begins; None for what we did not write."""
    found = _PLACE.fullmatch(text)
    if found is None:
        return None
    try:
        at = _EPOCH + int(found[2]) * _MICROSECOND
    except OverflowError:
        return None
    return Place(int(found[1]), at, found[3] == _DUELESS)
