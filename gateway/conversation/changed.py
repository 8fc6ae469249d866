"""What a step changed: tickets, in the shape of `show --json`, and which timers fired on them."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.conversation.firings import firings
from gateway.conversation.played import Fired

Shown = Mapping[str, Any]

# What follows from the time that it is.
_PASSING = frozenset({"due", "targets", "timers"})
_NOTHING_YET: Shown = {"events": ()}


def changed(before: Mapping[str, Shown], tickets: Sequence[Shown]) -> tuple[Shown, ...]:
    """Give the tickets to which something happened since they were as `before`, by their numbers.

    That time passes alone is nothing.
    """
    return tuple(t for t in tickets if _lasting(before.get(t["number"], {})) != _lasting(t))


def fired(before: Mapping[str, Shown], tickets: Sequence[Shown]) -> tuple[Fired, ...]:
    """Give the timers that fired on tickets since they were as `before`, in order of time."""
    found = (
        one
        for ticket in tickets
        for one in firings(ticket, len(before.get(ticket["number"], _NOTHING_YET)["events"]))
    )
    return tuple(sorted(found, key=lambda one: one.at))


def _lasting(ticket: Shown) -> Shown:
    return {key: value for key, value in ticket.items() if key not in _PASSING}
