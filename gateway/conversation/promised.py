"""Which targets, and which calendars, a conversation puts to use.

A target is put to use by a case that meets or misses it, or to which it promises nothing: that its
clock runs says little.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from gateway.config.desk import Desk
from gateway.config.service_time import Target
from gateway.conversation.played import Kind, Part
from gateway.desk.automatic_answer import ACKNOWLEDGE
from gateway.desk.targets import ClockState, targets_for

_ENDED = frozenset(
    state.value
    for state in (ClockState.MET, ClockState.LATE, ClockState.MISSED, ClockState.UNPROMISED)
)


def row_of(target: Target) -> str:
    """Give the name of a target with the types and severities that it is for: many share a name."""
    of = ", ".join((*target.types, *target.severities))
    return f"{target.name} ({of})" if of else target.name


def reached(desks: Mapping[str, Desk], tickets: Iterable[Mapping[str, Any]]) -> Iterator[Part]:
    """Give the targets that have come to an end on tickets, as these are in `show --json`."""
    for ticket in tickets:
        desk = desks.get(ticket["desk"])
        ended = {one["name"] for one in ticket["targets"] if one["state"] in _ENDED}
        if desk is None or not ended:
            continue
        for target in targets_for(desk, ticket["type"], ticket["severity"]):
            if target.name in ended:
                yield Part(ticket["desk"], Kind.TARGET, row_of(target))


def calendars(desks: Iterable[Desk], used: Collection[Part]) -> Iterator[Part]:
    """Give the calendars by which these parts of desks count, or wait, or speak of hours."""
    for desk in desks:
        names = [t.calendar for t in desk.target if Part(desk.name, Kind.TARGET, row_of(t)) in used]
        for timer in desk.timer:
            if Part(desk.name, Kind.TIMER, timer.name) in used:
                names += (timer.calendar, timer.only_in)
        if Part(desk.name, Kind.TEMPLATE, ACKNOWLEDGE) in used:
            names.append(desk.opening_hours)
        yield from (Part(desk.name, Kind.CALENDAR, name) for name in names if name)
