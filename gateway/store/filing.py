"""Writing down what was decided: the one write of a mail's way.

Everything a mail leads to is written in the transaction that ends its way in the spool. What was
read on a snapshot is checked again here: the claim's epoch, the fingerprint, the ticket's version.
A batch is written with a few statements for all its mails; if one conflicts, the caller writes
each by itself and sends the one that conflicts back to the look-up.
"""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, bindparam, update

from gateway.desk.model import Decision, Entry, Event, Outcome, Ticket
from gateway.mail.model import Attachment
from gateway.store.claims import FREED
from gateway.store.database import insert
from gateway.store.outbox import Outgoing, row_of
from gateway.store.schema import (
    entries,
    events,
    fingerprints,
    links,
    message_ids,
    outbox,
    spool,
    tickets,
)
from gateway.store.spool import State


class Conflict(Exception):
    """Somebody else wrote first: the mail must be looked up again."""


@dataclass(frozen=True, slots=True)
class Filing:
    """A decision ready to be written: with ids, case number and rendered mails.

    `ticket` is the ticket after its events; None where the decision touches none. `expires_at` is
    set where the fingerprint counts only for a while.
    """

    spool_id: int
    epoch: int
    received_at: datetime
    desk: str
    fingerprint: str
    expires_at: datetime | None
    message_id: str
    decision: Decision
    ticket: Ticket | None
    entry_id: int
    outgoing: tuple[Outgoing, ...]
    trace: dict[str, object]


def write(connection: Connection, filings: Sequence[Filing], now: datetime) -> None:
    """Write these filings, all or none. Raises Conflict when what they rest on has changed.

    No two of them may touch the same ticket or bear the same fingerprint.
    """
    _settle(connection, filings, now)
    originals = [f for f in filings if f.decision.outcome is not Outcome.DUPLICATE]
    _remember_fingerprints(connection, originals)
    _write_tickets(connection, originals)
    touched = [f for f in originals if f.ticket is not None]
    _insert(connection, events, (row for f in touched for row in _event_rows(f)))
    _insert(connection, entries, (row for f in touched for row in _entry_rows(f)))
    _insert(connection, links, (row for f in touched for row in _link_rows(f)))
    _insert(connection, outbox, (row_of(mail) for f in touched for mail in f.outgoing))
    ids = [row for f in touched for row in _message_id_rows(f)]
    if ids:
        ids.sort(key=lambda row: str(row["message_id"]))
        connection.execute(insert(connection, message_ids).on_conflict_do_nothing(), ids)


_STATES = {
    Outcome.FILED: State.FILED,
    Outcome.HELD: State.HELD,
    Outcome.DUPLICATE: State.DUPLICATE,
}


def _settle(connection: Connection, filings: Sequence[Filing], now: datetime) -> None:
    settled = connection.execute(
        update(spool)
        .where(
            spool.c.id == bindparam("spool_id"),
            spool.c.epoch == bindparam("claim"),
            spool.c.state == State.WAITING,
        )
        .values(
            **FREED,
            state=bindparam("new_state"),
            reason=bindparam("new_reason"),
            desk=bindparam("new_desk"),
            ticket=bindparam("new_ticket"),
            duplicate_of=bindparam("original"),
            trace=bindparam("new_trace", type_=spool.c.trace.type),
            settled_at=bindparam("at", type_=spool.c.settled_at.type),
        ),
        [
            {
                "spool_id": f.spool_id,
                "claim": f.epoch,
                "new_state": _STATES[f.decision.outcome],
                "new_reason": f.decision.reason.value,
                "new_desk": f.desk,
                "new_ticket": f.ticket.id if f.ticket else None,
                "original": f.decision.duplicate_of,
                "new_trace": f.trace,
                "at": now,
            }
            for f in filings
        ],
    )
    _expect(settled.rowcount, len(filings), "a claim was lost")


def _remember_fingerprints(connection: Connection, filings: Sequence[Filing]) -> None:
    """Enter each mail's fingerprint; one that is there already, and still counts, conflicts."""
    if not filings:
        return
    entry = insert(connection, fingerprints).values(
        desk=bindparam("of_desk"),
        fingerprint=bindparam("found"),
        spool=bindparam("mail"),
        expires_at=bindparam("until", type_=fingerprints.c.expires_at.type),
    )
    received = bindparam("received", type_=fingerprints.c.expires_at.type)
    entered = connection.execute(
        entry.on_conflict_do_update(
            index_elements=[fingerprints.c.desk, fingerprints.c.fingerprint],
            set_={"spool": entry.excluded.spool, "expires_at": entry.excluded.expires_at},
            where=fingerprints.c.expires_at <= received,
        ).execution_options(preserve_rowcount=True),
        [
            {
                "of_desk": f.desk,
                "found": f.fingerprint,
                "mail": f.spool_id,
                "until": f.expires_at,
                "received": f.received_at,
            }
            # In one order everywhere, so that two writers never wait for each other.
            for f in sorted(filings, key=lambda f: (f.desk, f.fingerprint))
        ],
    )
    _expect(entered.rowcount, len(filings), "the same mail was filed meanwhile")


def _write_tickets(connection: Connection, filings: Sequence[Filing]) -> None:
    new = [f.ticket for f in filings if f.ticket and f.decision.ticket is None]
    _insert(connection, tickets, (_ticket_row(ticket) for ticket in new))
    changed = [
        {
            "ticket_id": f.ticket.id,
            "found": f.decision.ticket.version,
            **{f"new_{name}": value for name, value in _ticket_row(f.ticket).items()},
        }
        for f in sorted(filings, key=lambda f: f.ticket.id if f.ticket else 0)
        if f.ticket and f.decision.ticket is not None
    ]
    if not changed:
        return
    columns = [c for c in tickets.c if c.name not in {"id", "number", "desk", "opened_at"}]
    updated = connection.execute(
        update(tickets)
        .where(tickets.c.id == bindparam("ticket_id"), tickets.c.version == bindparam("found"))
        .values({c.name: bindparam(f"new_{c.name}", type_=c.type) for c in columns}),
        changed,
    )
    _expect(updated.rowcount, len(changed), "a ticket changed meanwhile")


def _ticket_row(ticket: Ticket) -> dict[str, object]:
    row = {field.name: getattr(ticket, field.name) for field in dataclasses.fields(ticket)}
    return {**row, "phase": ticket.phase.value, "participants": list(ticket.participants)}


def _event_rows(filing: Filing) -> Iterable[dict[str, object]]:
    assert filing.ticket is not None  # noqa: S101  the caller took only those
    first = filing.ticket.version - len(filing.decision.events) + 1
    for version, event in enumerate(filing.decision.events, first):
        yield _event_row(filing.ticket.id, version, event)


def _event_row(ticket: int, version: int, event: Event) -> dict[str, object]:
    return {
        "ticket": ticket,
        "version": version,
        "at": event.at,
        "kind": event.kind.value,
        "actor": event.actor,
        "why": event.why,
        "changes": [[change.field, change.value] for change in event.changes],
    }


def _entry_rows(filing: Filing) -> Iterable[dict[str, object]]:
    entry = filing.decision.entry
    if entry is not None and filing.ticket is not None:
        yield _entry_row(entry, filing.entry_id, filing.ticket.id, filing.spool_id)
    for mail in filing.outgoing:
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
        "attachments": [_attachment(attachment) for attachment in entry.attachments],
        "automatic": entry.automatic,
        "internal": entry.internal,
    }


def _attachment(attachment: Attachment) -> dict[str, object]:
    return {
        "part": attachment.part,
        "name": attachment.name,
        "type": attachment.media_type,
        "size": attachment.size,
        "disposition": attachment.disposition.value,
        "content_id": attachment.content_id,
    }


def _link_rows(filing: Filing) -> Iterable[dict[str, object]]:
    assert filing.ticket is not None  # noqa: S101  the caller took only those
    for other in filing.decision.links:
        yield {"ticket": filing.ticket.id, "other": other, "why": filing.decision.reason.value}


def _message_id_rows(filing: Filing) -> Iterable[dict[str, object]]:
    assert filing.ticket is not None  # noqa: S101  the caller took only those
    if filing.message_id:
        yield {"message_id": filing.message_id, "ticket": filing.ticket.id, "given_to": ""}
    for mail in filing.outgoing:
        yield {"message_id": mail.message_id, "ticket": mail.ticket, "given_to": mail.recipient}


def _insert(connection: Connection, table: Table, rows: Iterable[dict[str, object]]) -> None:
    listed = list(rows)
    if listed:
        connection.execute(table.insert(), listed)


def _expect(found: int, expected: int, why: str) -> None:
    if found != expected:
        raise Conflict(why)
