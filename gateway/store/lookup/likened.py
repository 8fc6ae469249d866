"""Mails that others are looked for that are like them, and tickets with what they are like."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, select, text

from gateway.desk.ticket import Ticket
from gateway.store.lookup.sought import Sought
from gateway.store.lookup.threads import ticket_of
from gateway.store.portions import portions
from gateway.store.schema import likenesses, tickets

# Written out, so that the indexes of open tickets are known to hold.
IS_OPEN = text("tickets.phase <> 'closed'")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who wrote at a time, and what to look for."""

    sought: Sought
    author: str
    organisation: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """A ticket and what its first mail was like."""

    ticket: Ticket
    sketch: bytes
    signature: str


def seen(connection: Connection, ids: Collection[int]) -> dict[int, Seen]:
    """Give open tickets with what they are like."""
    found = {}
    for some in portions(ids):
        rows = connection.execute(
            select(tickets, likenesses.c.sketch, likenesses.c.signature)
            .join(likenesses, likenesses.c.ticket == tickets.c.id)
            .where(tickets.c.id.in_(some), tickets.c.merged_into == 0, IS_OPEN)
        )
        found.update({row.id: seen_of(row) for row in rows})
    return found


def seen_of(row: Row[tuple[object, ...]]) -> Seen:
    """Make it of a ticket's row with sketch and signature, which may be missing."""
    return Seen(ticket_of(row), row.sketch or b"", row.signature or "")
