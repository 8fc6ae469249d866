"""Looking at what is kept: whole tickets, and why each mail went its way."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, func, select

from gateway.desk.requested import Rating
from gateway.desk.ticket import Change, Event, EventKind, Ticket
from gateway.mail.reply.model import Fold, FoldKind, new_text
from gateway.store import feedback
from gateway.store.lookup import ticket_of
from gateway.store.schema import entries, events, links, spool, tickets

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class KeptAttachment:
    """An attachment of an entry, for showing; `size` in bytes."""

    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """An entry as it is shown; `spool_id` is the mail that it came by, if it came.

    `undelivered` are the addresses that its words did not reach, each with why.
    """

    at: datetime
    kind: str
    author: str
    direction: str
    text: str
    folds: tuple[Fold, ...]
    attachments: tuple[KeptAttachment, ...]
    automatic: bool
    internal: bool
    spool_id: int | None
    undelivered: tuple[tuple[str, str], ...] = ()

    @property
    def reply_text(self) -> str:
        """Give what is new in the text."""
        return new_text(self.text, self.folds)


@dataclass(frozen=True, slots=True)
class Listed:
    """A ticket with the number of its entries.

    `merged_into` and `parent` are case numbers, "" where there is none.
    """

    ticket: Ticket
    entries: int
    merged_into: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """A ticket with all that belongs to it; `links` are case numbers with the reason.

    `merged_into` and `parent` are case numbers, "" where there is none. `rating` is the customer's
    of the last closing that they rated.
    """

    ticket: Ticket
    entries: tuple[KeptEntry, ...]
    events: tuple[Event, ...]
    links: tuple[tuple[str, str], ...]
    merged_into: str = ""
    parent: str = ""
    rating: Rating | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """What the spool says of one mail; `text` and `folds` are its entry's, if it is one."""

    spool_id: int
    state: str
    reason: str
    desk: str
    case_number: str
    received_at: datetime
    source: str
    duplicate_of: int | None
    trace: dict[str, object]
    text: str | None
    folds: tuple[Fold, ...]


def list_tickets(connection: Connection) -> tuple[Listed, ...]:
    """Give all tickets in order of opening."""
    return tuple(each_ticket(connection))


def each_ticket(connection: Connection) -> Iterator[Listed]:
    """Give all tickets in order of opening, as they are read: few are in memory."""
    counted = (
        select(entries.c.ticket, func.count().label("said")).group_by(entries.c.ticket).subquery()
    )
    merged, parents = tickets.alias("merged"), tickets.alias("parents")
    asked = (
        select(
            tickets,
            func.coalesce(counted.c.said, 0).label("said"),
            merged.c.number.label("merged_number"),
            parents.c.number.label("parent_number"),
        )
        .outerjoin(counted, counted.c.ticket == tickets.c.id)
        .outerjoin(merged, merged.c.id == tickets.c.merged_into)
        .outerjoin(parents, parents.c.id == tickets.c.parent)
        .order_by(tickets.c.id)
    )
    for row in connection.execute(asked.execution_options(yield_per=_AT_ONCE)):
        related = row.merged_number or "", row.parent_number or ""
        yield Listed(ticket_of(row), row.said, *related)


def whole(connection: Connection, number: str) -> Whole | None:
    """Give the ticket with that case number, in any letter case; None if there is none."""
    row = connection.execute(select(tickets).where(tickets.c.number == number.upper())).first()
    if row is None:
        return None
    ticket = ticket_of(row)
    said = connection.execute(
        select(entries).where(entries.c.ticket == ticket.id).order_by(entries.c.at, entries.c.id)
    )
    happened = connection.execute(
        select(events).where(events.c.ticket == ticket.id).order_by(events.c.version)
    )
    linked = connection.execute(
        select(tickets.c.number, links.c.why)
        .join(links, links.c.other == tickets.c.id)
        .where(links.c.ticket == ticket.id)
        .order_by(tickets.c.id)
    )
    related = {ticket.merged_into, ticket.parent}
    named = connection.execute(
        select(tickets.c.id, tickets.c.number).where(tickets.c.id.in_(related))
    )
    numbers = {other.id: other.number for other in named}
    return Whole(
        ticket,
        tuple(_entry(entry) for entry in said),
        tuple(event_of(event) for event in happened),
        tuple((link.number, link.why) for link in linked),
        numbers.get(ticket.merged_into, ""),
        numbers.get(ticket.parent, ""),
        feedback.rating_of(connection, ticket.id),
    )


def explained(connection: Connection, spool_id: int) -> Explained | None:
    """Give what became of a mail, and why; None if the spool does not know it."""
    row = connection.execute(
        select(spool, tickets.c.number, entries.c.text, entries.c.folds)
        .outerjoin(tickets, tickets.c.id == spool.c.ticket)
        .outerjoin(entries, entries.c.spool == spool.c.id)
        .where(spool.c.id == spool_id)
    ).first()
    if row is None:
        return None
    return Explained(
        spool_id=row.id,
        state=row.state,
        reason=row.reason,
        desk=row.desk,
        case_number=row.number or "",
        received_at=row.received_at,
        source=row.source,
        duplicate_of=row.duplicate_of,
        trace=row.trace or {},
        text=row.text,
        folds=_folds(row.folds or []),
    )


def traces(connection: Connection) -> tuple[tuple[str, dict[str, object]], ...]:
    """Give why each mail that was decided on went its way, with the desk that it was for."""
    rows = connection.execute(select(spool.c.desk, spool.c.trace).order_by(spool.c.id))
    return tuple((row.desk or "", row.trace) for row in rows if row.trace)


def _folds(kept: list[tuple[int, int, str]]) -> tuple[Fold, ...]:
    return tuple(Fold(start, end, FoldKind(kind)) for start, end, kind in kept)


def _entry(row: Row[tuple[object, ...]]) -> KeptEntry:
    return KeptEntry(
        at=row.at,
        kind=row.kind,
        author=row.author,
        direction=row.direction,
        text=row.text,
        folds=_folds(row.folds),
        attachments=tuple(
            KeptAttachment(kept["name"], kept["type"], kept["size"]) for kept in row.attachments
        ),
        automatic=row.automatic,
        internal=row.internal,
        spool_id=row.spool,
        undelivered=tuple((address, why) for address, why in row.undelivered),
    )


def event_of(row: Row[tuple[object, ...]]) -> Event:
    """Make an event of its row."""
    return Event(
        EventKind(row.kind),
        row.at,
        row.actor,
        row.why,
        tuple(Change(field, value) for field, value in row.changes),
    )
