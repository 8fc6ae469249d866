"""Writing down what new tickets are like, and which are incidents; see `store/lookup/alike.py`."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select

from gateway.config.desk import Phase
from gateway.store.bulk import write_rows
from gateway.store.conflict import expect
from gateway.store.database import insert
from gateway.store.effects import Effects
from gateway.store.schema import bands, incidents, likenesses, tickets

_AT_ONCE = 10_000

_LIKENESS = likenesses.insert()
_BAND = bands.insert()


def write_likenesses(connection: Connection, touched: Sequence[Effects]) -> None:
    """Enter what the tickets that mails opened are like, and those that have become parents.

    A child is found by its incident, and needs no bands of its own. Raises Conflict when an
    incident that gets a child was closed meanwhile.
    """
    opened = [
        (e.ticket, e.arrival.likeness)
        for e in touched
        if e.touched.ticket is None and e.arrival is not None
    ]
    rows = [
        {
            "ticket": ticket.id,
            "desk": ticket.desk,
            "sketch": like.sketch,
            "signature": like.signature,
        }
        for ticket, like in opened
        if like.sketch or like.signature
    ]
    write_rows(connection, _LIKENESS, rows)
    values = [
        {"desk": ticket.desk, "value": value, "ticket": ticket.id, "at": ticket.opened_at}
        for ticket, like in opened
        if not ticket.parent
        for value in like.bands
    ]
    write_rows(connection, _BAND, values)
    _note_incidents(connection, touched)


def _note_incidents(connection: Connection, touched: Sequence[Effects]) -> None:
    found = {
        e.ticket.parent: {
            "ticket": e.ticket.parent,
            "desk": e.ticket.desk,
            "at": e.ticket.updated_at,
        }
        for e in touched
        if e.ticket.parent and (e.touched.ticket is None or not e.touched.ticket.parent)
    }
    if found:
        _require_open(connection, found)
        entry = insert(connection, incidents)
        connection.execute(
            entry.on_conflict_do_update(
                index_elements=[incidents.c.ticket], set_={"at": entry.excluded.at}
            ),
            [found[ticket] for ticket in sorted(found)],
        )


def _require_open(connection: Connection, parents: Collection[int]) -> None:
    """See to it that nobody becomes the child of an incident that is over."""
    rows = connection.execute(
        select(tickets.c.id)
        .where(tickets.c.id.in_(parents), tickets.c.phase != Phase.CLOSED)
        .with_for_update(read=True)
    )
    expect(len(rows.all()), len(parents), "an incident was closed meanwhile")


def forget(connection: Connection, before: datetime) -> int:
    """Delete the bands of tickets opened before then, about so many at once; say how many."""
    old = select(bands.c.at).where(bands.c.at < before).order_by(bands.c.at)
    latest = connection.execute(old.offset(_AT_ONCE).limit(1)).scalar_one_or_none()
    condition = bands.c.at <= latest if latest else bands.c.at < before
    return connection.execute(delete(bands).where(condition)).rowcount
