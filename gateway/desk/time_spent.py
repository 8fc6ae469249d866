"""What agents' time was spent on: the type that a case had when the time was recorded."""

from collections.abc import Iterable, Mapping

from gateway.desk.ticket import Event, EventKind


def by_type(events: Iterable[Event]) -> Mapping[str, int]:
    """Give the seconds that were spent on a ticket by its type then, the first one first.

    `events` are all of the ticket's, oldest first.
    """
    found: dict[str, int] = {}
    kind = ""
    for event in events:
        said = {change.field: change.value for change in event.changes}
        kind = said.get("type", kind)
        if event.kind is EventKind.TIME_SPENT:
            spent_on = said.get("spent_on", kind)
            found[spent_on] = found.get(spent_on, 0) + int(said.get("time_spent", "0"))
    return found
