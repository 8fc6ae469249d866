"""Past mails and what was decided on them, in the order in which they came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Boolean, ColumnElement, Connection, and_, func, literal_column, select

from gateway.errors import Transient
from gateway.store.claims import Claimed, load_one
from gateway.store.large_mails import LargeMails
from gateway.store.personal import marks
from gateway.store.schema import spool
from gateway.store.spool import State

_DECIDED = (State.FILED.value, State.HELD.value)


@dataclass(frozen=True, slots=True)
class Window:
    """Which mails are looked at: those received since then, of one desk or, with "", of all."""

    since: datetime
    desk: str = ""

    def holds(self) -> ColumnElement[bool]:
        """Say that a mail lies in it."""
        of_desk = (spool.c.desk == self.desk,) if self.desk else ()
        return and_(spool.c.received_at >= self.since, *of_desk)

    def holds_by_day(self) -> ColumnElement[bool]:
        """Say the same, found by the index of days."""
        return and_(spool.c.day >= self.since.date().isoformat(), self.holds())


@dataclass(frozen=True, slots=True)
class Decided:
    """A mail that was decided on: `claimed` as it came, None if its bytes are gone.

    `ticket` is the id of the one that it belongs to, None if it belongs to none. `trace` is what
    was stored when it was decided on last, at `settled_at`.
    """

    spool_id: int
    claimed: Claimed | None
    reason: str
    desk: str
    ticket: int | None
    author: str
    received_at: datetime
    settled_at: datetime
    trace: Mapping[str, object]


def count_states(connection: Connection, window: Window) -> dict[str, int]:
    """Count the mails by where they stand."""
    rows = connection.execute(
        select(spool.c.state, func.count()).where(window.holds_by_day()).group_by(spool.c.state)
    )
    return {row[0]: row[1] for row in rows}


def count_window(connection: Connection, window: Window) -> tuple[int, int]:
    """Give how many mails were decided on, and the first one's spool id less one."""
    first, count = connection.execute(
        select(func.min(spool.c.id), func.count()).where(
            window.holds_by_day(), spool.c.state.in_(_DECIDED)
        )
    ).one()
    return count, (first or 1) - 1


def read_decided(
    connection: Connection, window: Window, after: int, limit: int, large: LargeMails
) -> tuple[Decided, ...]:
    """Give the next mails after a spool id that were decided on; large ones are in `large`.

    Of copies of a mail, only the first was decided on. Ids are in the order of arrival, so that no
    index of days is looked for.
    """
    rows = connection.execute(
        select(
            spool.c.id,
            spool.c.reason,
            spool.c.desk,
            spool.c.ticket,
            spool.c.author,
            spool.c.received_at,
            spool.c.settled_at,
            spool.c.trace,
            spool.c.raw,
        )
        .where(spool.c.id > after, window.holds(), spool.c.state.in_(_DECIDED))
        .order_by(spool.c.id)
        .limit(limit)
    ).all()
    return tuple(
        Decided(
            spool_id=row.id,
            claimed=None if row.raw == marks.RAW else _claimed(connection, row.id, large),
            reason=row.reason,
            desk=row.desk,
            ticket=row.ticket,
            author=row.author,
            received_at=row.received_at,
            settled_at=row.settled_at or row.received_at,
            trace=row.trace or {},
        )
        for row in rows
    )


def _claimed(connection: Connection, spool_id: int, large: LargeMails) -> Claimed | None:
    try:
        return load_one(connection, spool_id, large)
    except Transient:
        return None


def came_before(connection: Connection, mail: Decided, within: timedelta) -> int:
    """Count the mails of the same author to the same desk that came in the time before one."""
    return _count(connection, mail, within, spool.c.author == mail.author)


def strangers_before(connection: Connection, mail: Decided, within: timedelta) -> int:
    """Count the tickets that strangers opened on the same desk in the time before a mail."""
    return _count(connection, mail, within, literal_column("stranger", Boolean))


def _count(
    connection: Connection, mail: Decided, within: timedelta, which: ColumnElement[bool]
) -> int:
    return connection.execute(
        select(func.count()).where(
            which,
            spool.c.desk == mail.desk,
            spool.c.received_at >= mail.received_at - within,
            spool.c.received_at <= mail.received_at,
            spool.c.id != mail.spool_id,
        )
    ).scalar_one()
