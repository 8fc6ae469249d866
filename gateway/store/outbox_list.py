"""Outgoing mails as people look at them: page by page, and one by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, Select, func, select

from gateway.store.outbox import OutboxState
from gateway.store.pages import Asked, Paged, paged
from gateway.store.schema import outbox, tickets

UNSENT = tuple(state for state in OutboxState if state is not OutboxState.SENT)
"""The states of mails that did not go out."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An outgoing mail; `number` is the case number of its ticket, "" if it is about none.

    `spool_id` is the held mail that it is about, None if it is about none. `due_at` is when it is
    tried next, None if it will not be; `busy` says that it is in a courier's hands.
    """

    id: int
    state: OutboxState
    template: str
    recipient: str
    reverse_path: str
    message_id: str
    number: str
    spool_id: int | None
    automatic: bool
    queued_at: datetime
    due_at: datetime | None
    settled_at: datetime | None
    attempts: int
    last_reply: str
    busy: bool


def kept(connection: Connection, states: tuple[OutboxState, ...], asked: Asked) -> Paged[Kept]:
    """Give a page of the mails in these states, the newest first."""
    # Of several states the ids are found first, by their index: in the order of ids all would be
    # passed that were sent.
    of = outbox.alias()
    ids = select(of.c.id).where(of.c.state.in_([state.value for state in states]))
    single = outbox.c.state == states[0].value
    statement = _asked().where(single if len(states) == 1 else outbox.c.id.in_(ids))
    found = paged(connection, statement, outbox.c.id, asked)
    return Paged(tuple(_kept(row) for row in found.rows), found.newer, found.older)


def find(connection: Connection, mail_id: int) -> tuple[Kept, bytes] | None:
    """Give an outgoing mail and its bytes; None if there is none."""
    row = connection.execute(
        _asked().add_columns(outbox.c.content).where(outbox.c.id == mail_id)
    ).first()
    return None if row is None else (_kept(row), bytes(row.content))


def unsent_counts(connection: Connection) -> Mapping[OutboxState, int]:
    """Count the mails that did not go out, by state; those that did are too many to count."""
    rows = connection.execute(
        select(outbox.c.state, func.count())
        .where(outbox.c.state.in_([state.value for state in UNSENT]))
        .group_by(outbox.c.state)
    )
    found = {row[0]: row[1] for row in rows}
    return {state: found.get(state.value, 0) for state in UNSENT}


def _asked() -> Select[tuple[object, ...]]:
    columns = [column for column in outbox.c if column.name != "content"]
    return select(*columns, tickets.c.number).outerjoin(tickets, tickets.c.id == outbox.c.ticket)


def _kept(row: Row[tuple[object, ...]]) -> Kept:
    return Kept(
        id=row.id,
        state=OutboxState(row.state),
        template=row.template,
        recipient=row.recipient,
        reverse_path=row.reverse_path,
        message_id=row.message_id,
        number=row.number or "",
        spool_id=row.spool,
        automatic=row.automatic,
        queued_at=row.queued_at,
        due_at=None if row.settled_at else row.due_at,
        settled_at=row.settled_at,
        attempts=row.attempts,
        last_reply=row.last_reply,
        busy=bool(row.claimed_by),
    )
