"""Writing what becomes of tickets: rows, events, entries, timers, outgoing mails."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, Insert, Table, Update, bindparam, delete, update

from gateway.desk.decision import Due, Touched
from gateway.desk.likeness import NO_LIKENESS, Likeness
from gateway.desk.targets import NONE_RUNS, Nearest
from gateway.desk.ticket import FIELDS, Entry, Event, Ticket
from gateway.mail.model import Attachment
from gateway.store import defects, feedback
from gateway.store.bulk import write_rows
from gateway.store.conflict import expect
from gateway.store.database import insert, insert_into
from gateway.store.outbox import Outgoing, row_of
from gateway.store.schema import (
    ancestors,
    entries,
    events,
    links,
    message_ids,
    outbox,
    tickets,
    timers,
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """The mail that led to what is written.

    `message_ids` are its own, and that of the mail that it forwards; `ancestors` are ids that it
    answers and that nobody here has seen. `likeness` is kept if it opens a ticket.
    """

    spool_id: int
    message_ids: tuple[str, ...] = ()
    ancestors: tuple[str, ...] = ()
    likeness: Likeness = NO_LIKENESS


@dataclass(frozen=True, slots=True)
class Effects:
    """What is written on one ticket: `ticket` is the ticket after its events.

    `timers` are all that the ticket has from now on, `nearest` is what comes first of its targets.
    `entry_id` and `note_id` are the ids of entry and note, `why` says why it is linked to others.
    `arrival` is set if a mail led to it, and belongs to this ticket.
    """

    touched: Touched
    ticket: Ticket
    timers: tuple[Due, ...]
    outgoing: tuple[Outgoing, ...]
    entry_id: int = 0
    note_id: int = 0
    why: str = ""
    arrival: Arrival | None = None
    nearest: Nearest = NONE_RUNS


def write_effects(connection: Connection, touched: Sequence[Effects]) -> None:
    """Write what becomes of tickets, no two of them the same.

    Raises Conflict when one is not as it was found.
    """
    _write_tickets(connection, touched)
    _write_timers(connection, touched)
    _insert(connection, events, (row for e in touched for row in _event_rows(e)))
    _insert(connection, entries, (row for e in touched for row in _entry_rows(e)))
    _write_links(connection, touched)
    defects.enter(connection, (row for e in touched for row in _defect_rows(e)))
    mails = [mail for e in touched for mail in e.outgoing]
    queue(connection, mails)
    feedback.enter(connection, [(mail.id, mail.request) for mail in mails if mail.request])
    _note_ids(connection, message_ids, (row for e in touched for row in _message_id_rows(e)))
    _note_ids(connection, ancestors, (row for e in touched for row in _ancestor_rows(e)))


def queue(connection: Connection, mails: Sequence[Outgoing]) -> None:
    """Queue mails; whatever goes out passes here, and no mail is queued in another transaction."""
    _insert(connection, outbox, (row_of(mail) for mail in mails))


def _write_tickets(connection: Connection, touched: Sequence[Effects]) -> None:
    new = [_row(e) for e in touched if e.touched.ticket is None]
    if new:
        entered = write_rows(connection, _entered_once(connection.dialect.name, tickets), new)
        # Numbers of an earlier configuration, or of a database that was put together by hand.
        expect(entered, len(new), "a case number is taken")
    changed = [
        {
            "ticket_id": e.ticket.id,
            "found": e.touched.ticket.version,
            **{f"new_{name}": value for name, value in _row(e).items()},
        }
        for e in sorted(touched, key=lambda e: e.ticket.id)
        if e.touched.ticket is not None
    ]
    if not changed:
        return
    expect(write_rows(connection, _CHANGED, changed), len(changed), "a ticket changed meanwhile")


def _changed() -> Update:
    """Give the statement that makes a ticket's row what it is now."""
    columns = [c for c in tickets.c if c.name not in {"id", "number", "desk", "opened_at"}]
    return (
        update(tickets)
        .where(tickets.c.id == bindparam("ticket_id"), tickets.c.version == bindparam("found"))
        .values({c.name: bindparam(f"new_{c.name}", type_=c.type) for c in columns})
    )


_CHANGED = _changed()
_FORGET_TIMERS = delete(timers).where(timers.c.ticket == bindparam("of_ticket"))


def _row(effects: Effects) -> dict[str, object]:
    nearest = effects.nearest
    return {**ticket_row(effects.ticket), "due_at": nearest.due, "risk_at": nearest.risk}


def ticket_row(ticket: Ticket) -> dict[str, object]:
    """Give the row that a ticket is kept as, without what follows from it and its desk."""
    row = {field: getattr(ticket, field) for field in FIELDS}
    return {
        **row,
        "phase": ticket.phase.value,
        "participants": list(ticket.participants),
        "fired": list(ticket.fired),
        "tags": list(ticket.tags),
        "canned": list(ticket.canned),
        "by_agent": list(ticket.by_agent),
        "defects": [[defect.number, defect.url] for defect in ticket.defects],
        "alerted": list(ticket.alerted),
        "stays": [[stay.status, stay.since.isoformat()] for stay in ticket.stays],
        "dates": [[dated.column, dated.day.isoformat()] for dated in ticket.dates],
    }


def _write_timers(connection: Connection, touched: Sequence[Effects]) -> None:
    """Make the stored timers of these tickets equal to the set that follows from their state."""
    known = [e.ticket.id for e in touched if e.touched.ticket is not None]
    set_timers(connection, known, [(e.ticket.id, due) for e in touched for due in e.timers])


def set_timers(
    connection: Connection, known: Sequence[int], due: Sequence[tuple[int, Due]]
) -> None:
    """Forget the timers of known tickets, and enter these, each with its ticket."""
    write_rows(connection, _FORGET_TIMERS, [{"of_ticket": ticket} for ticket in known])
    _insert(
        connection,
        timers,
        ({"ticket": ticket, "timer": one.timer, "due_at": one.at} for ticket, one in due),
    )


def set_nearest(connection: Connection, found: Sequence[tuple[int, Nearest]]) -> None:
    """Make what is stored of the targets of tickets what it is now, each with its ticket."""
    if found:
        renewed = update(tickets).where(tickets.c.id == bindparam("of_ticket"))
        connection.execute(
            renewed.values(due_at=bindparam("due"), risk_at=bindparam("risk")),
            [{"of_ticket": ticket, "due": one.due, "risk": one.risk} for ticket, one in found],
        )


def _event_rows(effects: Effects) -> Iterable[dict[str, object]]:
    first = effects.ticket.version - len(effects.touched.events) + 1
    for version, event in enumerate(effects.touched.events, first):
        yield event_row(effects.ticket.id, version, event)


def event_row(ticket: int, version: int, event: Event) -> dict[str, object]:
    """Give the row that an event is kept as."""
    return {
        "ticket": ticket,
        "version": version,
        "at": event.at,
        "kind": event.kind.value,
        "actor": event.actor,
        "why": event.why,
        "changes": [[change.field, change.value] for change in event.changes],
    }


def _entry_rows(effects: Effects) -> Iterable[dict[str, object]]:
    entry = effects.touched.entry
    if entry is not None:
        spool_id = effects.arrival.spool_id if effects.arrival else None
        yield _entry_row(entry, effects.entry_id, effects.ticket.id, spool_id)
    note = effects.touched.note
    if note is not None:
        yield _entry_row(note, effects.note_id, effects.ticket.id, None)
    for mail in effects.outgoing:
        if mail.entry is not None:
            yield _entry_row(mail.entry, mail.entry_id, mail.ticket, None)


def _entry_row(entry: Entry, entry_id: int, ticket: int, spool_id: int | None) -> dict[str, object]:
    return {
        "id": entry_id,
        "ticket": ticket,
        "spool": spool_id,
        "at": entry.at,
        "kind": entry.kind.value,
        "direction": entry.direction.value,
        "author": entry.author,
        "text": entry.text,
        "folds": [[fold.start, fold.end, fold.kind.value] for fold in entry.folds],
        "attachments": [_attachment(attachment) for attachment in entry.attachments],
        "automatic": entry.automatic,
        "internal": entry.internal,
    }


def _attachment(attachment: Attachment) -> dict[str, object]:
    return {
        "part": attachment.part,
        "piece": attachment.piece,
        "name": attachment.name,
        "type": attachment.media_type,
        "size": attachment.size,
        "disposition": attachment.disposition.value,
        "content_id": attachment.content_id,
    }


def _write_links(connection: Connection, touched: Sequence[Effects]) -> None:
    """Link tickets; of a link that is there already, why it is there is what holds now."""
    rows = [
        {"ticket": e.ticket.id, "other": other, "why": e.why}
        for e in sorted(touched, key=lambda e: e.ticket.id)
        for other in dict.fromkeys(e.touched.links)
    ]
    if rows:
        entry = insert(connection, links)
        connection.execute(
            entry.on_conflict_do_update(
                index_elements=[links.c.ticket, links.c.other], set_={"why": entry.excluded.why}
            ),
            rows,
        )


def _defect_rows(effects: Effects) -> Iterable[tuple[int, str]]:
    for event in effects.touched.events:
        for change in event.changes:
            if change.field == "defect":
                yield effects.ticket.id, change.value.partition(" ")[0]


def _message_id_rows(effects: Effects) -> Iterable[dict[str, object]]:
    for message_id in effects.arrival.message_ids if effects.arrival else ():
        yield {"message_id": message_id, "ticket": effects.ticket.id, "given_to": ""}
    for mail in effects.outgoing:
        yield {"message_id": mail.message_id, "ticket": mail.ticket, "given_to": mail.recipient}


def _ancestor_rows(effects: Effects) -> Iterable[dict[str, object]]:
    for message_id in effects.arrival.ancestors if effects.arrival else ():
        yield {"message_id": message_id, "ticket": effects.ticket.id}


def _note_ids(connection: Connection, table: Table, rows: Iterable[dict[str, object]]) -> None:
    """Note on which ticket ids were seen, in one order everywhere; known ones stay as they are."""
    listed = sorted(rows, key=lambda row: (str(row["message_id"]), row["ticket"]))
    write_rows(connection, _entered_once(connection.dialect.name, table), listed)


def _insert(connection: Connection, table: Table, rows: Iterable[dict[str, object]]) -> None:
    write_rows(connection, _entered(table), list(rows))


@cache
def _entered(table: Table) -> Insert:
    return table.insert()


@cache
def _entered_once(dialect: str, table: Table) -> Insert:
    """Give the statement that enters a row unless its key is there."""
    return insert_into(dialect, table).on_conflict_do_nothing()
