"""What a restored database may not simply go on with: what happened after the copy is not known.

Numbers that may have been given meanwhile are passed over, and outgoing mail that was on its way is
kept back, for it may have been sent. Sessions end, and claims of processes that are gone are free.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from sqlalchemy import ColumnElement, Connection, delete, func, select, text, update

from gateway.store import audit
from gateway.store.audit import OPERATOR, Act
from gateway.store.claims import FREED
from gateway.store.database import insert
from gateway.store.outbox import OutboxState
from gateway.store.schema import counters, metadata, outbox, sessions, spool, tickets

# Ids that people do not read are many, and cost nothing.
_IDS = 1_000_000
_LEAST_NUMBERS = 100
_DAY = timedelta(days=1)
# The counter that says, in seconds since 1970, of when the copy is.
_COPIED = "restored:copied_at"


@dataclass(frozen=True, slots=True)
class Settled:
    """What was done: outgoing mails kept back, and case numbers of each kind passed over."""

    kept_back: int
    skipped: int


def settle(
    connection: Connection, made_at: datetime, now: datetime, *, skip: int | None, send: bool
) -> Settled:
    """Make a restored database fit to go on with, in one transaction.

    `made_at` is when the copy was made. Without `send` what had not gone out by then is `uncertain`
    and not tried by itself. `skip` is how many case numbers to pass over; None for twice as many as
    the busiest day had for each day since, and at least a hundred.
    """
    skipped = _likely(connection, made_at, now) if skip is None else skip
    is_case = counters.c.name.startswith("case:")
    _advance(connection, skipped, is_case)
    _advance(connection, _IDS, ~is_case)
    _advance_sequences(connection)
    kept_back = 0 if send else _keep_back(connection, made_at, now)
    _note_copy(connection, made_at)
    connection.execute(delete(sessions))
    connection.execute(update(spool).where(spool.c.claimed_by != "").values(**FREED))
    detail = f"as of {made_at.isoformat(timespec='seconds')}; {kept_back} mails kept back"
    audit.note(connection, Act(now, OPERATOR, "house.restore", "", detail))
    return Settled(kept_back, skipped)


def _likely(connection: Connection, made_at: datetime, now: datetime) -> int:
    """Say how many case numbers may have been given since, with room to spare."""
    day = func.date(tickets.c.opened_at)
    counted = select(func.count().label("opened")).select_from(tickets).group_by(day).subquery()
    busiest = connection.execute(select(func.max(counted.c.opened))).scalar() or 0
    days = ceil(max(now - made_at, timedelta()) / _DAY) + 1
    return max(_LEAST_NUMBERS, 2 * int(busiest) * days)


def _advance(connection: Connection, by: int, which: ColumnElement[bool]) -> None:
    connection.execute(update(counters).where(which).values(next=counters.c.next + by))


def _advance_sequences(connection: Connection) -> None:
    """Pass over ids that the database itself gives; some are known outside, in mails and links."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("UPDATE sqlite_sequence SET seq = seq + :by"), {"by": _IDS})
        return
    find = text("SELECT pg_get_serial_sequence(:table, 'id')")
    advance = text("SELECT setval(CAST(:name AS regclass), nextval(CAST(:name AS regclass)) + :by)")
    for name, table in sorted(metadata.tables.items()):
        sequence = connection.execute(find, {"table": name}).scalar() if "id" in table.c else None
        if sequence:
            connection.execute(advance, {"name": sequence, "by": _IDS})


def _keep_back(connection: Connection, made_at: datetime, now: datetime) -> int:
    """Keep what was on its way: nobody knows whether it has gone out since."""
    reply = f"restored from a copy of {made_at.isoformat(timespec='seconds')}: it may have gone out"
    kept = connection.execute(
        update(outbox)
        .where(outbox.c.settled_at.is_(None))
        .values(
            **FREED,
            state=OutboxState.UNCERTAIN,
            data_at=None,
            settled_at=now,
            last_reply=reply,
        )
    )
    return kept.rowcount


def _note_copy(connection: Connection, made_at: datetime) -> None:
    """Note of when the copy is."""
    seconds = int(made_at.timestamp())
    noted = insert(connection, counters).values(name=_COPIED, next=seconds)
    connection.execute(noted.on_conflict_do_update(index_elements=["name"], set_={"next": seconds}))


def copied_at(connection: Connection) -> datetime | None:
    """Say of when the copy is that this database was restored from; None if it never was.

    What was kept outside the database since then may be another house's that goes on beside this
    one, or what the house before it accepted last.
    """
    seconds = connection.execute(select(counters.c.next).where(counters.c.name == _COPIED)).scalar()
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
