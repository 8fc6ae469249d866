"""One ticket as its page shows it: its row, the newest of its entries and events, and its links.

Whatever a ticket has grown to, a page reads only so much of it; older entries are on older pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from gateway.desk.requested import Rating
from gateway.desk.ticket import Event, Ticket
from gateway.mail.reply.model import Fold, FoldKind
from gateway.store import feedback
from gateway.store.archive import event_of
from gateway.store.lookup import ticket_of
from gateway.store.outbox import OutboxState
from gateway.store.schema import entries, events, links, outbox, spool, tickets

_MOST_ENTRIES = 50
_MOST_EVENTS = 200
_MOST_LINKS = 100
_MOST_POSTED = 500
_POSTED = ("entry", "recipient", "state", "last_reply", "settled_at")


@dataclass(frozen=True, slots=True)
class File:
    """An attachment of an entry of `size` bytes; `part` and `piece` say where in its mail it is."""

    part: int
    piece: int
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Said:
    """An entry; `mail` is the received mail that it came by, 0 for none."""

    id: int
    at: datetime
    kind: str
    direction: str
    author: str
    text: str
    folds: tuple[Fold, ...]
    files: tuple[File, ...]
    automatic: bool
    internal: bool
    undelivered: tuple[tuple[str, str], ...]
    mail: int


@dataclass(frozen=True, slots=True)
class Posted:
    """A mail that took an entry's words to somebody, and how far it came.

    `reply` is what the server said last that takes our mail.
    """

    recipient: str
    state: OutboxState
    reply: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Related:
    """A ticket that another one is linked to, and why."""

    number: str
    subject: str
    desk: str
    why: str


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket with what its page shows, entries and events oldest first.

    `posted` are the mails that bore the words of entries, by the ids of these.

    `before` is the id of the first entry where older ones are left out, 0 where none are; `later`
    says that newer ones are. `merged_into` and `parent` are case numbers, "" where there is none;
    `reports` counts the tickets of which it is the incident.
    """

    ticket: Ticket
    said: tuple[Said, ...]
    posted: Mapping[int, tuple[Posted, ...]]
    events: tuple[Event, ...]
    related: tuple[Related, ...]
    merged_into: str
    parent: str
    rating: Rating | None
    due_at: datetime | None
    reports: int = 0
    before: int = 0
    later: bool = False


def find(connection: Connection, number: str) -> Ticket | None:
    """Give the ticket with that case number, in any letter case; None if there is none."""
    row = connection.execute(select(tickets).where(tickets.c.number == number.upper())).first()
    return None if row is None else ticket_of(row)


def page_of(connection: Connection, ticket: Ticket, before: int = 0) -> TicketPage:
    """Give what the page of a ticket shows; entries older than that with the id `before`, if any.

    Which entries those are is found first, without reading what all others say.
    """
    said = _newest(connection, ticket.id, before)
    happened = connection.execute(
        select(events)
        .where(events.c.ticket == ticket.id)
        .order_by(events.c.version.desc())
        .limit(_MOST_EVENTS)
    ).all()
    shown = said[:_MOST_ENTRIES]
    numbers = _numbers(connection, ticket)
    return TicketPage(
        ticket=ticket,
        said=_in_full(connection, shown),
        posted=_posted(connection, ticket.id, shown),
        events=tuple(event_of(row) for row in reversed(happened)),
        related=_related(connection, ticket.id),
        merged_into=numbers.get(ticket.merged_into, ""),
        parent=numbers.get(ticket.parent, ""),
        rating=feedback.rating_of(connection, ticket.id),
        due_at=connection.execute(
            select(tickets.c.due_at).where(tickets.c.id == ticket.id)
        ).scalar(),
        reports=_reports(connection, ticket.id),
        before=shown[-1] if len(said) > _MOST_ENTRIES else 0,
        later=bool(before),
    )


def entry_of(connection: Connection, ticket: Ticket, mail: int) -> Said | None:
    """Give the entry of a ticket that came by that mail; None if none did."""
    row = connection.execute(
        select(entries).where(entries.c.spool == mail, entries.c.ticket == ticket.id)
    ).first()
    return None if row is None else _said(row)


def ticket_of_mail(connection: Connection, mail: int) -> Ticket | None:
    """Give the ticket that a received mail was filed on; None if there is none."""
    row = connection.execute(
        select(tickets).join(spool, spool.c.ticket == tickets.c.id).where(spool.c.id == mail)
    ).first()
    return None if row is None else ticket_of(row)


def _newest(connection: Connection, ticket: int, before: int) -> list[int]:
    """Give the ids of the newest entries before that one, newest first, and one more."""
    older: tuple[ColumnElement[bool], ...] = ()
    if before:
        at = select(entries.c.at).where(entries.c.id == before).scalar_subquery()
        same = and_(entries.c.at == at, entries.c.id < before)
        older = (or_(entries.c.at < at, same),)
    found = connection.execute(
        select(entries.c.id)
        .where(entries.c.ticket == ticket, *older)
        .order_by(entries.c.at.desc(), entries.c.id.desc())
        .limit(_MOST_ENTRIES + 1)
    )
    return list(found.scalars())


def _in_full(connection: Connection, ids: list[int]) -> tuple[Said, ...]:
    rows = connection.execute(
        select(entries).where(entries.c.id.in_(ids)).order_by(entries.c.at, entries.c.id)
    )
    return tuple(_said(row) for row in rows)


def _posted(connection: Connection, ticket: int, ids: list[int]) -> dict[int, tuple[Posted, ...]]:
    """Give the mails that bore the words of these entries, but for what agents were told."""
    found: dict[int, tuple[Posted, ...]] = {}
    rows = connection.execute(
        select(*(outbox.c[name] for name in _POSTED))
        .where(outbox.c.ticket == ticket, outbox.c.entry.in_(ids))
        .order_by(outbox.c.id)
        .limit(_MOST_POSTED)
    )
    for row in rows:
        one = Posted(row.recipient, OutboxState(row.state), row.last_reply, row.settled_at)
        found[row.entry] = (*found.get(row.entry, ()), one)
    return found


def _numbers(connection: Connection, ticket: Ticket) -> dict[int, str]:
    named = {one for one in (ticket.merged_into, ticket.parent) if one}
    if not named:
        return {}
    rows = connection.execute(select(tickets.c.id, tickets.c.number).where(tickets.c.id.in_(named)))
    return {row.id: row.number for row in rows}


def _reports(connection: Connection, ticket: int) -> int:
    """Count the reports of an incident."""
    # The partial index holds no other rows; it is found only if that is said.
    own = select(func.count()).where(tickets.c.parent != 0, tickets.c.parent == ticket)
    return connection.execute(own).scalar_one()


def _related(connection: Connection, number: int) -> tuple[Related, ...]:
    """Give the tickets that one is linked to, and those that were merged into it."""
    linked = connection.execute(
        select(tickets.c.number, tickets.c.subject, tickets.c.desk, links.c.why)
        .join(links, links.c.other == tickets.c.id)
        .where(links.c.ticket == number)
        .order_by(tickets.c.id.desc())
        .limit(_MOST_LINKS)
    )
    return tuple(Related(row.number, row.subject, row.desk, row.why) for row in linked)


def _said(row: Row[tuple[object, ...]]) -> Said:
    return Said(
        id=row.id,
        at=row.at,
        kind=row.kind,
        direction=row.direction,
        author=row.author,
        text=row.text,
        folds=tuple(Fold(start, end, FoldKind(kind)) for start, end, kind in row.folds),
        files=tuple(
            File(kept["part"], kept.get("piece", 0), kept["name"], kept["type"], kept["size"])
            for kept in row.attachments
        ),
        automatic=row.automatic,
        internal=row.internal,
        undelivered=tuple((address, why) for address, why in row.undelivered),
        mail=row.spool or 0,
    )
