"""Mails of the spool that somebody looks at, page by page: held, failed, waiting, dropped.

Conditions of partial indexes are spelt out: no index is found by a bound parameter.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, LargeBinary, Row, Select, and_, func, select, text

from gateway.desk.decision import Reason
from gateway.errors import Transient
from gateway.store.large_mails import LargeMails, Named
from gateway.store.pages import Asked, Paged, paged
from gateway.store.schema import raw_mails, spool
from gateway.store.spool import State, is_waiting

# A header block is seldom longer, and the rest of a mail has nothing for a list.
_HEAD = 64 * 1024


class Queue(StrEnum):
    """Where mails lie that are no ticket's, and not just filed."""

    HELD = "held"
    FAILED = "failed"
    WAITING = "waiting"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Queued:
    """A mail of a queue; `head` is its beginning, b"" where that can't be read just now.

    `reverse_path` is None where no transport said one; `size` in bytes. `author` is the one clean
    From address once the mail was read.
    """

    spool_id: int
    received_at: datetime
    source: str
    reverse_path: str | None
    recipient: str
    desk: str
    reason: str
    author: str
    attempts: int
    size: int
    head: bytes


_COLUMNS = (
    spool.c.id.label("spool_id"),
    *(
        spool.c[name]
        for name in (
            *("received_at", "source", "reverse_path", "recipient"),
            *("desk", "reason", "author", "attempts"),
        )
    ),
)

_NAMED = (raw_mails.c.sha256, raw_mails.c.generation)


def queued(
    connection: Connection, queue: Queue, asked: Asked, large: LargeMails, desk: str = ""
) -> Paged[Queued]:
    """Give a page of a queue, the newest mails first; `large` has the large ones."""
    statement = _asked(queue)
    if desk:
        statement = statement.where(spool.c.desk == desk)
    found = paged(connection, statement, spool.c.id, asked)
    mails = tuple(_mail(row, large) for row in found.rows)
    return Paged(mails, found.newer, found.older)


def _asked(queue: Queue) -> Select[tuple[object, ...]]:
    beginning = func.substr(raw_mails.c.content, 1, _HEAD, type_=LargeBinary).label("head")
    return (
        select(*_COLUMNS, *_NAMED, raw_mails.c.size, beginning)
        .join(raw_mails, raw_mails.c.sha256 == spool.c.raw)
        .where(_in(queue))
    )


def _mail(row: Row[tuple[object, ...]], large: LargeMails) -> Queued:
    fields = dict(row._mapping)  # noqa: SLF001  SQLAlchemy's public name
    named = Named(fields.pop("sha256"), fields.pop("generation"))
    head = fields.pop("head")
    head = _head_of(large, named) if head is None else bytes(head)
    return Queued(**fields, head=head)


def named(
    connection: Connection, queue: Queue, ids: Collection[int], large: LargeMails
) -> list[Queued]:
    """Give these mails of a queue, without those that do not lie there any more."""
    rows = connection.execute(_asked(queue).where(spool.c.id.in_(ids)).order_by(spool.c.id))
    return [_mail(row, large) for row in rows]


def sizes(connection: Connection) -> Mapping[Queue, int]:
    """Count the mails of each queue."""
    return {
        queue: connection.execute(
            select(func.count()).select_from(spool).where(_in(queue))
        ).scalar_one()
        for queue in Queue
    }


def reasons(connection: Connection, spool_ids: Collection[int]) -> Mapping[int, str]:
    """Give why mails stand where they stand, by their ids."""
    rows = connection.execute(select(spool.c.id, spool.c.reason).where(spool.c.id.in_(spool_ids)))
    return {row.id: row.reason for row in rows}


def _in(queue: Queue) -> ColumnElement[bool]:
    """Say that a mail lies in a queue."""
    match queue:
        case Queue.WAITING:
            return is_waiting()
        case Queue.DROPPED:
            ticketless = text("state = 'filed' AND ticket IS NULL")
            return and_(ticketless, spool.c.reason == Reason.DROPPED.value)
        case _:
            aside = text("state IN ('held', 'failed')")
            return and_(aside, spool.c.state == State(queue.value).value)


def _head_of(large: LargeMails, named: Named) -> bytes:
    try:
        return large.read_head(named, _HEAD)
    except Transient:
        return b""  # The mail stands in the list all the same.
