"""What is kept of a person, read out: rows as plain values, and which mails are theirs."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, or_, select

from gateway.desk.ticket import Direction
from gateway.store.personal import marks
from gateway.store.personal.found import Found, Wanted
from gateway.store.portions import portions
from gateway.store.schema import (
    absences,
    audit,
    correspondents,
    defect_notices,
    entries,
    events,
    feedback,
    links,
    orders,
    outbox,
    person_aliases,
    persons,
    rule_hits,
    sessions,
    sign_in_failures,
    spool,
    tickets,
    users,
)

Plain = dict[str, Any]

# Secrets, and what tells nobody anything; of tickets what they are about is in other parts.
_LEFT_OUT = frozenset({"password", "secret", "token", "version", "requester", "participants"})


PARTS = (
    *("person", "aliases", "orders", "absences", "limits"),
    *("ratings", "notices", "user", "audit"),
)
"""The parts of an export that are rows, apart from tickets and mails."""


def rows_of(connection: Connection, wanted: Wanted) -> dict[str, list[Plain]]:
    """Give a person's rows by the part of the export that they are in."""
    theirs = wanted.theirs.all

    def own(*columns: Column[Any]) -> list[Plain]:
        table = columns[0].table
        assert isinstance(table, Table)  # noqa: S101  a column of a table of ours
        found = select(table).where(or_(*(one.in_(theirs) for one in columns)))
        return [_plain(row._asdict()) for row in connection.execute(found)]

    known = select(users.c.id).where(users.c.address.in_(theirs))
    signed_in = select(sessions).where(sessions.c.user.in_(known))
    return {
        "person": own(persons.c.address),
        "aliases": own(person_aliases.c.address),
        "orders": own(orders.c.address),
        "absences": own(absences.c.agent),
        "limits": [*own(correspondents.c.address), *own(rule_hits.c.sender)],
        "ratings": own(feedback.c.recipient),
        "notices": own(defect_notices.c.recipient),
        "user": [
            *own(users.c.address),
            *own(sign_in_failures.c.address),
            *(_plain(row._asdict()) for row in connection.execute(signed_in)),
        ],
        "audit": own(audit.c.actor),
    }


def tickets_of(
    connection: Connection, wanted: Wanted, found: Found, *, internal: bool
) -> list[Plain]:
    """Give a person's tickets, and those that they take part in, with what they may read of them.

    That is what they wrote and what was sent to them; on their own tickets with `internal` also
    what agents wrote to each other, and why everything happened.
    """
    return [
        _ticket(connection, wanted, one, is_own=is_own, internal=internal)
        for ids, is_own in ((found.cases, True), (found.joined, False))
        for one in ids
    ]


def _ticket(
    connection: Connection, wanted: Wanted, ticket: int, *, is_own: bool, internal: bool
) -> Plain:
    row = connection.execute(select(tickets).where(tickets.c.id == ticket)).one()
    all_columns = _plain(row._asdict())
    kept = all_columns if is_own else {name: all_columns[name] for name in ("number", "desk")}
    found = {
        **kept,
        "part": "requester" if is_own else "participant",
        "entries": _entries(connection, wanted, ticket, is_own=is_own, internal=internal),
    }
    if is_own:
        found["links"] = list(
            connection.execute(
                select(tickets.c.number)
                .join(links, links.c.other == tickets.c.id)
                .where(links.c.ticket == ticket)
            ).scalars()
        )
        found["events"] = _events(connection, ticket, internal=internal)
    return found


def _entries(
    connection: Connection, wanted: Wanted, ticket: int, *, is_own: bool, internal: bool
) -> list[Plain]:
    posted = select(outbox.c.entry).where(
        outbox.c.ticket == ticket, outbox.c.recipient.in_(wanted.theirs.all)
    )
    sent = set(connection.execute(posted).scalars())
    rows = connection.execute(
        select(entries).where(entries.c.ticket == ticket).order_by(entries.c.at, entries.c.id)
    )
    return [
        _plain(row._asdict())
        for row in rows
        if (row.author in wanted.theirs and row.direction == Direction.IN.value)
        or row.id in sent
        or (is_own and not wanted.is_anothers(row.author) and (internal or not row.internal))
    ]


def _events(connection: Connection, ticket: int, *, internal: bool) -> list[Plain]:
    names = ("at", "kind", "actor", "why", "changes") if internal else ("at", "kind")
    columns = [events.c[name] for name in names]
    rows = connection.execute(
        select(*columns).where(events.c.ticket == ticket).order_by(events.c.version)
    )
    return [_plain(row._asdict()) for row in rows]


def mails_of(connection: Connection, wanted: Wanted, found: Found) -> Iterator[Plain]:
    """Give the mails that a person wrote, without those that are erased."""
    ids = [*found.mails, *found.waiting]
    for some in portions(ids):
        by_entry = dict(_authors(connection, some))
        rows = connection.execute(
            select(spool).where(spool.c.id.in_(some), spool.c.raw != marks.RAW).order_by(spool.c.id)
        ).all()
        for row in rows:
            author = by_entry.get(row.id, row.author or row.reverse_path or "")
            if author in wanted.theirs:
                mail = _plain(row._asdict())
                yield {name: mail[name] for name in _OF_MAIL}


_OF_MAIL = (
    *("id", "source", "reverse_path", "recipient", "peer", "helo", "tls", "message_id"),
    *("received_at", "state", "reason", "desk", "ticket", "author", "trace"),
)


def _authors(connection: Connection, mails: Sequence[int]) -> Iterator[tuple[int, str]]:
    rows = connection.execute(
        select(entries.c.spool, entries.c.author).where(entries.c.spool.in_(mails))
    )
    for row in rows:
        yield row.spool, row.author


def sent_to(connection: Connection, wanted: Wanted) -> Iterator[tuple[Plain, bytes]]:
    """Give the mails that were sent to a person, each with its bytes."""
    theirs = outbox.c.recipient.in_(wanted.theirs.all)
    ids = list(
        connection.execute(select(outbox.c.id).where(theirs).order_by(outbox.c.id)).scalars()
    )
    for one in ids:
        row = connection.execute(select(outbox).where(outbox.c.id == one)).one()
        mail = _plain(row._asdict())
        yield {name: mail[name] for name in _OF_SENT}, bytes(row.content)


_OF_SENT = (
    "id",
    "ticket",
    "template",
    "recipient",
    "message_id",
    "queued_at",
    "state",
    "settled_at",
)


def _plain(row: Mapping[str, Any]) -> Plain:
    """Give a row as JSON has it."""
    return {name: _value(value) for name, value in row.items() if name not in _LEFT_OUT}


def _value(value: Any) -> Any:  # noqa: ANN401  whatever a column has
    return value.isoformat() if isinstance(value, datetime | date) else value


def is_nothing(parts: Mapping[str, Collection[Plain]], found: Found) -> bool:
    """Say whether there is nothing to read out."""
    theirs = (found.cases, found.joined, found.mails, found.waiting, found.sent, found.stopped)
    return not any(parts.values()) and not any(theirs)
