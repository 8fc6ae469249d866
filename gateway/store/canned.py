"""Which canned answers people got lately."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, text

from gateway.store.portions import portions
from gateway.store.schema import outbox, tickets

# As the index has it: SQLite takes an index of some rows for no condition but its own.
_COUNTED = text("domain <> ''")


@dataclass(frozen=True, slots=True)
class Canned:
    """A canned answer that somebody got about a ticket of a desk."""

    recipient: str
    desk: str
    template: str
    queued_at: datetime


def canned(
    connection: Connection, addresses: Collection[str], templates: Collection[str], since: datetime
) -> tuple[Canned, ...]:
    """Give those of these answers that people got since then, the oldest first."""
    found: list[Canned] = []
    for some in portions(addresses):
        rows = connection.execute(
            select(outbox.c.recipient, tickets.c.desk, outbox.c.template, outbox.c.queued_at)
            .join(tickets, tickets.c.id == outbox.c.ticket)
            .where(
                _COUNTED,
                outbox.c.recipient.in_(some),
                outbox.c.queued_at >= since,
                outbox.c.template.in_(templates),
            )
            .order_by(outbox.c.queued_at, outbox.c.id)
        )
        found += [Canned(*row) for row in rows]
    return tuple(found)
