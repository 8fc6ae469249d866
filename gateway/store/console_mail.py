"""What became of what somebody wrote in the console."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, literal_column, select

from gateway.store import raw
from gateway.store.large_mails import LargeMails
from gateway.store.schema import outbox, spool
from gateway.store.spool import CONSOLE, State

_MOST_TOLD = 50
_TOLD = ("id", "ticket", "spool", "template", "content", "queued_at")


@dataclass(frozen=True, slots=True)
class Written:
    """A mail that somebody wrote in the console, and where it stands; `ticket` is 0 until filed."""

    mail: int
    state: State
    reason: str
    ticket: int
    received_at: datetime
    content: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """A mail of ours to an agent; `ticket` and `mail` say what it is about, 0 for nothing."""

    outbox: int
    ticket: int
    mail: int
    template: str
    content: bytes


def find(connection: Connection, mail: int, author: str, large: LargeMails) -> Written | None:
    """Give what an author wrote in the console; None if that mail is no such.

    Raises Transient when it can't be read just now.
    """
    row = connection.execute(
        select(spool).where(
            spool.c.id == mail, spool.c.source == CONSOLE, spool.c.reverse_path == author
        )
    ).first()
    if row is None:
        return None
    content = raw.load(connection, row.raw, large)
    state = State(row.state)
    return Written(row.id, state, row.reason, row.ticket or 0, row.received_at, content)


def told_since(connection: Connection, address: str, since: datetime) -> tuple[Told, ...]:
    """Give the mails that an agent was told something by from then on, the newest first."""
    nothing: ColumnElement[str] = literal_column("''")
    # Each is a partial index; it is found only if that is said, spelt out.
    found = [
        row
        for kind in (outbox.c.domain == nothing, outbox.c.domain != nothing)
        for row in connection.execute(
            select(*(outbox.c[name] for name in _TOLD))
            .where(outbox.c.recipient == address, kind, outbox.c.queued_at >= since)
            .order_by(outbox.c.queued_at.desc())
            .limit(_MOST_TOLD)
        )
    ]
    found.sort(key=lambda row: (row.queued_at, row.id), reverse=True)
    return tuple(
        Told(row.id, row.ticket or 0, row.spool or 0, row.template, bytes(row.content))
        for row in found
    )
