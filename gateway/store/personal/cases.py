"""Erasing what tickets say: of a person's own, and of those that they take part in.

What happened when, in which status, and how long it took, stays: reports say what they said.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from gateway.config.desk import Desk, Phase
from gateway.desk import lifecycle
from gateway.desk.ticket import Change, Direction, Event, EventKind, Ticket
from gateway.store.effects import event_row, ticket_row
from gateway.store.lookup import ticket_of
from gateway.store.personal.found import Wanted
from gateway.store.personal.marks import ERASED, ERASED_TEXT
from gateway.store.schema import (
    ancestors,
    bands,
    entries,
    events,
    likenesses,
    message_ids,
    tickets,
    timers,
)

_OF_CONTENT = {"subject": ERASED_TEXT, "requester": ""}
_NO_FILES: dict[str, object] = {
    "text": ERASED_TEXT,
    "folds": [],
    "attachments": [],
    "undelivered": [],
}


@dataclass(frozen=True, slots=True)
class Erasure:
    """By whom something is erased, of whom, and at what time; `desk` is a ticket's, if known."""

    wanted: Wanted
    at: datetime
    actor: str
    why: str
    desk: Callable[[str], Desk | None]


def erase_case(connection: Connection, ticket_id: int, erasure: Erasure) -> bool:
    """Erase what a ticket of theirs says, and close it; False if there is none.

    Entries of other customers stay.
    """
    ticket = _locked(connection, ticket_id)
    if ticket is None:
        return False
    wanted = erasure.wanted
    rows = connection.execute(
        select(entries.c.id, entries.c.author, entries.c.direction).where(
            entries.c.ticket == ticket_id
        )
    )
    theirs = [
        row.id
        for row in rows
        if wanted.all_mails
        or row.direction == Direction.OUT.value
        or not wanted.is_anothers(row.author)
    ]
    _erase_entries(connection, theirs, wanted)
    _rewrite_events(connection, ticket_id, lambda change: _whole(change, wanted), wanted)
    for table in (likenesses, bands, ancestors, timers):
        connection.execute(delete(table).where(table.c.ticket == ticket_id))
    _forget_ids(connection, ticket_id, wanted)
    without = replace(
        ticket,
        subject=ERASED_TEXT,
        requester="",
        participants=_others(ticket, wanted),
        account="" if ticket.account in wanted.theirs else ticket.account,
        dates=(),
    )
    _write(connection, without, (*_closing(ticket, erasure.desk(ticket.desk)), _NO_ANSWER), erasure)
    return True


def leave_case(connection: Connection, ticket_id: int, erasure: Erasure) -> bool:
    """Erase what they said on somebody else's ticket, and take them off it; False if it is gone."""
    ticket = _locked(connection, ticket_id)
    if ticket is None:
        return False
    wanted = erasure.wanted
    said = select(entries.c.id).where(
        entries.c.ticket == ticket_id,
        entries.c.author.in_(wanted.theirs.all),
        entries.c.direction == Direction.IN.value,
    )
    _erase_entries(connection, list(connection.execute(said).scalars()), wanted)
    _rewrite_events(connection, ticket_id, lambda change: _joined(change, wanted), wanted)
    _forget_ids(connection, ticket_id, wanted)
    without = replace(
        ticket,
        participants=_others(ticket, wanted),
        account="" if ticket.account in wanted.theirs else ticket.account,
    )
    _write(connection, without, (), erasure)
    return True


_NO_ANSWER = Change("answerable", "no")


def _locked(connection: Connection, ticket_id: int) -> Ticket | None:
    found = select(tickets).where(tickets.c.id == ticket_id).with_for_update()
    row = connection.execute(found).first()
    return None if row is None else ticket_of(row)


def _others(ticket: Ticket, wanted: Wanted) -> tuple[str, ...]:
    return tuple(one for one in ticket.participants if one not in wanted.theirs)


def _erase_entries(connection: Connection, ids: Sequence[int], wanted: Wanted) -> None:
    """Erase what entries say; of the house's own it stays known who wrote them."""
    if not ids:
        return
    connection.execute(update(entries).where(entries.c.id.in_(ids)).values(_NO_FILES))
    theirs = entries.c.author.in_(wanted.theirs.all)
    if wanted.all_mails:
        theirs = entries.c.author.not_in(wanted.own)
    connection.execute(
        update(entries)
        .where(entries.c.id.in_(ids), theirs, entries.c.author != "")
        .values(author=ERASED)
    )


def _rewrite_events(
    connection: Connection, ticket_id: int, change: Callable[[list[str]], list[str]], wanted: Wanted
) -> None:
    """Make events say nothing of the person; folding them goes on giving the ticket's row."""
    theirs = wanted.theirs
    changed = []
    for row in connection.execute(select(events).where(events.c.ticket == ticket_id)):
        values = {
            "new_actor": theirs.replaced(row.actor, ERASED),
            "new_why": theirs.replaced(row.why, ERASED),
            "new_changes": [change(one) for one in row.changes],
        }
        if [*values.values()] != [row.actor, row.why, row.changes]:
            changed.append({"of_version": row.version, **values})
    if changed:
        connection.execute(
            update(events)
            .where(events.c.ticket == ticket_id, events.c.version == bindparam("of_version"))
            .values(
                actor=bindparam("new_actor"),
                why=bindparam("new_why"),
                changes=bindparam("new_changes", type_=events.c.changes.type),
            ),
            changed,
        )


def _whole(change: list[str], wanted: Wanted) -> list[str]:
    """Give a change of a ticket that was theirs."""
    field, value = change
    if field in _OF_CONTENT:
        return [field, _OF_CONTENT[field]]
    if field == "dated":
        # A column without a day forgets it.
        return [field, value.partition(" ")[0]]
    return _joined(change, wanted)


def _joined(change: list[str], wanted: Wanted) -> list[str]:
    """Give a change without them; nobody takes part under an empty address."""
    field, value = change
    if field in {"participant", "participant_left", "account"} and value in wanted.theirs:
        return [field, ""]
    return [field, wanted.theirs.replaced(value, ERASED)]


def _forget_ids(connection: Connection, ticket_id: int, wanted: Wanted) -> None:
    """Forget which mails of ours they have: an answer to one is a mail of a stranger."""
    connection.execute(
        delete(message_ids).where(
            message_ids.c.ticket == ticket_id, message_ids.c.given_to.in_(wanted.theirs.all)
        )
    )


def _closing(ticket: Ticket, desk: Desk | None) -> tuple[Change, ...]:
    """Give the changes that close an open ticket: its timers end, and nobody works on it."""
    if ticket.phase is Phase.CLOSED:
        return ()
    statuses = (one.name for one in desk.status if one.phase is Phase.CLOSED) if desk else iter(())
    status = next(statuses, None)
    if desk is None or status is None:
        return (Change("phase", Phase.CLOSED.value),)
    return lifecycle.into(desk, status)


def _write(
    connection: Connection, ticket: Ticket, changes: Iterable[Change], erasure: Erasure
) -> None:
    """Write a ticket with the event that says so; what somebody decided on it before is refused."""
    event = Event(EventKind.ERASED, erasure.at, erasure.actor, erasure.why, tuple(changes))
    after = lifecycle.fold(ticket, (event,))
    row: dict[str, Any] = ticket_row(after)
    if after.phase is Phase.CLOSED:
        row |= {"due_at": None, "risk_at": None}
    connection.execute(update(tickets).where(tickets.c.id == ticket.id).values(row))
    connection.execute(events.insert().values(event_row(ticket.id, after.version, event)))
