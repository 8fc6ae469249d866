"""Which mails the people on a ticket have, so that an answer stands below them in their programs.

Those are the mails that they wrote themselves and those that we sent them: never an agent's.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from gateway.desk.known import KnownId
from gateway.desk.ticket import EntryKind
from gateway.store.portions import portions
from gateway.store.schema import entries, outbox, spool

_MOST = 20


def read_given(connection: Connection, ids: Collection[int]) -> dict[int, tuple[KnownId, ...]]:
    """Give the newest ids on each of these tickets, oldest first, each with whose it is."""
    found: dict[int, list[tuple[datetime, KnownId]]] = {}
    for some in portions(ids):
        place = func.row_number().over(partition_by=entries.c.ticket, order_by=entries.c.id.desc())
        ranked = (
            select(entries.c.id, place.label("place"))
            .where(entries.c.ticket.in_(some), entries.c.kind == EntryKind.CUSTOMER.value)
            .subquery()
        )
        written = (
            select(entries.c.ticket, entries.c.author, spool.c.message_id, entries.c.at)
            .join(ranked, and_(ranked.c.id == entries.c.id, ranked.c.place <= _MOST))
            # What somebody else forwarded is that one's mail.
            .join(spool, and_(spool.c.id == entries.c.spool, spool.c.author == entries.c.author))
        )
        sent = (
            select(outbox.c.ticket, outbox.c.recipient, outbox.c.message_id, outbox.c.queued_at)
            .where(outbox.c.ticket.in_(some), outbox.c.template.not_like("agent/%"))
            .order_by(outbox.c.id.desc())
            .limit(_MOST * len(some))
        )
        for query in (written, sent):
            for ticket, whose, message_id, at in connection.execute(query):
                if message_id:
                    known = KnownId(message_id, ticket, whose)
                    found.setdefault(ticket, []).append((at, known))
    return {
        ticket: tuple(known for _, known in sorted(dated, key=lambda one: one[0]))
        for ticket, dated in found.items()
    }
