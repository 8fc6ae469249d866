"""Tickets as they were at any time, from their events."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from gateway.desk.lifecycle import blank, fold
from gateway.desk.ticket import Event, Ticket
from gateway.store.archive import event_of
from gateway.store.portions import portions
from gateway.store.schema import events, tickets

_MOST_MERGES = 10


@dataclass(frozen=True, slots=True)
class History:
    """A ticket before its first event, and its events in their order."""

    blank: Ticket
    events: tuple[Event, ...]

    def after(self, count: int) -> Ticket | None:
        """Give the ticket after so many events; None before its first."""
        return fold(self.blank, self.events[:count]) if count else None

    def before(self, at: datetime) -> int:
        """Count the events before a time."""
        return sum(event.at < at for event in self.events)

    def run(self, at: datetime, said: Sequence[str]) -> range | None:
        """Give the places of the events of one moment whose kinds and reasons a trace has.

        None if there are none such.
        """
        texts = [f"{event.kind.value}: {event.why}" for event in self.events]
        wanted = list(said)
        for start, event in enumerate(self.events):
            if event.at == at and texts[start : start + len(wanted)] == wanted and wanted:
                return range(start, start + len(wanted))
        return None

    def of(self, run: range) -> tuple[Event, ...]:
        """Give the events at these places."""
        return self.events[run.start : run.stop]

    @property
    def merged_into(self) -> frozenset[int]:
        """Give the ids of the tickets that it was ever merged into."""
        changes = (change for event in self.events for change in event.changes)
        return frozenset(int(one.value) for one in changes if one.field == "merged_into") - {0}


def read_histories(connection: Connection, wanted: Collection[int]) -> dict[int, History]:
    """Give the histories of tickets, and of those that they were ever merged into."""
    found: dict[int, History] = {}
    missing = {ticket for ticket in wanted if ticket}
    for _ in range(1 + _MOST_MERGES):
        if not missing:
            break
        more = _read(connection, missing)
        found |= more
        missing = {into for one in more.values() for into in one.merged_into} - found.keys()
    return found


def _read(connection: Connection, wanted: Collection[int]) -> dict[int, History]:
    found: dict[int, History] = {}
    for some in portions(wanted):
        begun = connection.execute(
            select(tickets.c.id, tickets.c.number, tickets.c.desk, tickets.c.opened_at).where(
                tickets.c.id.in_(some)
            )
        )
        said: dict[int, list[Event]] = {}
        happened = connection.execute(
            select(events).where(events.c.ticket.in_(some)).order_by(events.c.version)
        )
        for row in happened:
            said.setdefault(row.ticket, []).append(event_of(row))
        for row in begun:
            start = blank(row.id, row.number, row.desk, row.opened_at)
            found[row.id] = History(start, tuple(said.get(row.id, ())))
    return found


def numbered(connection: Connection, numbers: Collection[str]) -> dict[str, int]:
    """Give the ids of tickets by their case numbers."""
    found: dict[str, int] = {}
    for some in portions(numbers):
        rows = connection.execute(
            select(tickets.c.number, tickets.c.id).where(tickets.c.number.in_(some))
        )
        found |= {row.number: row.id for row in rows}
    return found
