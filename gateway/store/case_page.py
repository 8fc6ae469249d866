"""What was said on a ticket between the desk and one of those who take part in it.

It is what they wrote, and what was mailed to them: no notes, no words of others, nothing from
before they took part.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, Select, func, or_, select

from gateway.desk.ticket import EntryKind, Ticket
from gateway.mail.model import Attachment, Disposition
from gateway.mail.reply.model import Fold, FoldKind
from gateway.store.lookup import ticket_of
from gateway.store.schema import entries, outbox, tickets

_NOT_THEIRS = ("agent/%", "partner/%")


@dataclass(frozen=True, slots=True)
class Told:
    """Something said: `own` by the reader, else by the desk, and `automatic` by no person.

    `cut` says that the text goes on. `files` came by the mail `spool`, 0 for none.
    """

    at: datetime
    own: bool
    automatic: bool
    text: str
    cut: bool
    folds: tuple[Fold, ...]
    files: tuple[Attachment, ...]
    spool: int


def ticket_with(connection: Connection, ticket_id: int) -> Ticket | None:
    """Give a ticket by its id; None if there is none."""
    row = connection.execute(select(tickets).where(tickets.c.id == ticket_id)).first()
    return None if row is None else ticket_of(row)


def told(
    connection: Connection, ticket_id: int, reader: str, *, most: int, longest: int
) -> tuple[Told, ...]:
    """Give the newest of what was said, newest first; of each text so many characters."""
    found = connection.execute(
        select(
            entries.c.at,
            entries.c.author,
            entries.c.automatic,
            entries.c.folds,
            entries.c.attachments,
            entries.c.spool,
            func.substr(entries.c.text, 1, longest).label("text"),
            (func.length(entries.c.text) > longest).label("cut"),
        )
        .where(
            entries.c.ticket == ticket_id,
            entries.c.internal.is_(False),
            entries.c.kind != EntryKind.NOTE.value,
            or_(entries.c.author == reader, entries.c.id.in_(_mailed(ticket_id, reader))),
        )
        .order_by(entries.c.at.desc(), entries.c.id.desc())
        .limit(most)
    )
    return tuple(_told(row, reader, longest) for row in found.mappings())


def _mailed(ticket_id: int, reader: str) -> Select[tuple[int]]:
    """Give the entries whose words were mailed to a reader as a customer."""
    mailed = select(outbox.c.entry).where(
        outbox.c.ticket == ticket_id, outbox.c.recipient == reader, outbox.c.entry.is_not(None)
    )
    return mailed.where(*(outbox.c.template.not_like(name) for name in _NOT_THEIRS))


def _told(row: RowMapping, reader: str, longest: int) -> Told:
    folds = (Fold(start, min(end, longest), FoldKind(kind)) for start, end, kind in row["folds"])
    return Told(
        at=row["at"],
        own=row["author"] == reader,
        automatic=row["automatic"],
        text=row["text"],
        cut=bool(row["cut"]),
        folds=tuple(fold for fold in folds if fold.start < longest),
        files=tuple(
            Attachment(
                part=kept["part"],
                name=kept["name"],
                media_type=kept["type"],
                size=kept["size"],
                disposition=Disposition(kept["disposition"]),
                content_id=kept["content_id"],
                piece=kept["piece"],
            )
            for kept in row["attachments"]
        ),
        spool=row["spool"] or 0,
    )
