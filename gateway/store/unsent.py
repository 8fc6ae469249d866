"""Outgoing mails that did not go out, as people look at them and have them tried again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, select, update

from gateway.store.claims import FREED
from gateway.store.outbox import OutboxState
from gateway.store.schema import outbox, tickets


@dataclass(frozen=True, slots=True)
class Unsent:
    """An outgoing mail; `number` is the case number of its ticket, "" if it is about none.

    `due_at` is when it will be tried next, None if it will not be.
    """

    id: int
    state: OutboxState
    template: str
    recipient: str
    number: str
    queued_at: datetime
    due_at: datetime | None
    attempts: int
    last_reply: str


def unsent(connection: Connection) -> tuple[Unsent, ...]:
    """Give all outgoing mails that were not sent, oldest first."""
    rows = connection.execute(
        select(outbox, tickets.c.number)
        .outerjoin(tickets, tickets.c.id == outbox.c.ticket)
        .where(outbox.c.state.in_([s for s in OutboxState if s is not OutboxState.SENT]))
        .order_by(outbox.c.id)
    )
    return tuple(
        Unsent(
            id=row.id,
            state=OutboxState(row.state),
            template=row.template,
            recipient=row.recipient,
            number=row.number or "",
            queued_at=row.queued_at,
            due_at=None if row.settled_at else row.due_at,
            attempts=row.attempts,
            last_reply=row.last_reply,
        )
        for row in rows
    )


def try_again(connection: Connection, ids: Sequence[int], now: datetime) -> dict[int, str]:
    """Let mails be tried at once, as if for the first time; give why not, of each that can't be.

    A mail in a courier's hands is let alone. One whose fate nobody knows may arrive twice.
    """
    refused: dict[int, str] = {}
    erased = (func.length(outbox.c.content) == 0).label("erased")
    asked = select(outbox.c.id, outbox.c.state, outbox.c.claimed_by, erased)
    rows = connection.execute(asked.where(outbox.c.id.in_(ids)).with_for_update())
    found = {row.id: row for row in rows}
    free = []
    for mail_id in dict.fromkeys(ids):
        row = found.get(mail_id)
        if row is None:
            refused[mail_id] = f"there is no outgoing mail {mail_id}"
        elif row.state == OutboxState.SENT:
            refused[mail_id] = f"outgoing mail {mail_id} was sent"
        elif row.erased:
            refused[mail_id] = f"outgoing mail {mail_id} was erased"
        elif row.claimed_by:
            refused[mail_id] = f"outgoing mail {mail_id} is being sent just now"
        else:
            free.append(mail_id)
    connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(free))
        .values(
            **FREED,
            state=OutboxState.QUEUED,
            data_at=None,
            due_at=now,
            settled_at=None,
            attempts=0,
            # Given up since it was old, it would be given up again at once.
            queued_at=case((outbox.c.state == OutboxState.FAILED, now), else_=outbox.c.queued_at),
        )
    )
    return refused
