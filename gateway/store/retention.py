"""What has been kept for long enough, and what is done to it: a portion at a time.

Of each kind a row says up to which id it was looked (`retentions`). Whoever erases has it locked,
so that of several nodes one does; at the end it begins anew, for what was not to be erased then.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, and_, delete, func, null, select, update

from gateway.config.desk import Phase
from gateway.desk.decision import Reason
from gateway.store.database import insert
from gateway.store.large_mails import Named
from gateway.store.personal import marks
from gateway.store.personal.mails import erase_mails, erase_raw
from gateway.store.personal.posted import NOTHING, erase_words
from gateway.store.schema import audit, outbox, retentions, spool, tickets
from gateway.store.spool import State

_LOOKED_AT = 2000
_TAKEN_IN = (State.FILED.value, State.DUPLICATE.value)


@dataclass(frozen=True, slots=True)
class Run:
    """When something was last looked for, and how many were erased in all."""

    what: str
    at: datetime | None
    erased: int


Work = Callable[[Connection, Collection[int], datetime], set[Named]]
"""Erases rows by their ids; gives the names of large mails that are to be removed then."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that is kept for a time: rows that are `due` after it, at most so many at once."""

    key: Column[int]
    due: Callable[[datetime], ColumnElement[bool]]
    most: int


KINDS: Mapping[str, Kind] = {
    "closed_tickets": Kind(
        tickets.c.id,
        lambda before: and_(
            tickets.c.phase == Phase.CLOSED.value,
            tickets.c.updated_at < before,
            tickets.c.subject != marks.ERASED_TEXT,
        ),
        10,
    ),
    "raw_mail": Kind(
        spool.c.id,
        lambda before: and_(
            spool.c.state.in_(_TAKEN_IN), spool.c.settled_at < before, spool.c.raw != marks.RAW
        ),
        100,
    ),
    "dropped": Kind(
        spool.c.id,
        lambda before: and_(
            spool.c.state == State.FILED.value,
            spool.c.reason == Reason.DROPPED.value,
            spool.c.settled_at < before,
            spool.c.raw != marks.RAW,
        ),
        100,
    ),
    "spool_traces": Kind(
        spool.c.id,
        lambda before: and_(
            spool.c.state.in_(_TAKEN_IN), spool.c.settled_at < before, spool.c.trace.is_not(None)
        ),
        500,
    ),
    "outbox": Kind(
        outbox.c.id,
        lambda before: and_(outbox.c.settled_at < before, outbox.c.content != NOTHING),
        200,
    ),
    "audit": Kind(audit.c.id, lambda before: audit.c.at < before, 500),
}


def _forget_traces(connection: Connection, ids: Collection[int], now: datetime) -> set[Named]:
    del now
    connection.execute(update(spool).where(spool.c.id.in_(ids)).values(trace=null()))
    return set()


def _erase_words(connection: Connection, ids: Collection[int], now: datetime) -> set[Named]:
    del now
    erase_words(connection, ids)
    return set()


def _forget_acts(connection: Connection, ids: Collection[int], now: datetime) -> set[Named]:
    del now
    connection.execute(delete(audit).where(audit.c.id.in_(ids)))
    return set()


WORK: Mapping[str, Work] = {
    "raw_mail": erase_raw,
    "dropped": erase_mails,
    "spool_traces": _forget_traces,
    "outbox": _erase_words,
    "audit": _forget_acts,
}
"""What is done to each kind; tickets are more than rows (`privacy/retaining.py`)."""


def count(connection: Connection, what: str, before: datetime) -> int:
    """Count what was kept for long enough by then."""
    kind = KINDS[what]
    due = select(func.count()).select_from(kind.key.table).where(kind.due(before))
    found: int = connection.execute(due).scalar_one()
    return found


@dataclass(frozen=True, slots=True)
class Portion:
    """The next rows that are due; `more` says that there is more to look at right away."""

    ids: tuple[int, ...]
    more: bool


def next_portion(
    connection: Connection, what: str, before: datetime, now: datetime
) -> Portion | None:
    """Give what is to be erased in this transaction; None where another node is at it."""
    connection.execute(insert(connection, retentions).on_conflict_do_nothing(), {"what": what})
    row = connection.execute(
        select(retentions.c.reached)
        .where(retentions.c.what == what)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    kind = KINDS[what]
    looked = connection.execute(
        select(kind.key, kind.due(before).label("due"))
        .where(kind.key > row.reached)
        .order_by(kind.key)
        .limit(_LOOKED_AT)
    ).all()
    due = [one[0] for one in looked if one.due]
    ids = tuple(due[: kind.most])
    reached = ids[-1] if len(due) > kind.most else (looked[-1][0] if looked else 0)
    ended = len(due) <= kind.most and len(looked) < _LOOKED_AT
    connection.execute(
        update(retentions)
        .where(retentions.c.what == what)
        .values(reached=0 if ended else reached, at=now, erased=retentions.c.erased + len(ids))
    )
    return Portion(ids, more=not ended)


def still_due(
    connection: Connection, what: str, ids: Collection[int], before: datetime
) -> tuple[int, ...]:
    """Give those that are due, and stay so until this transaction ends.

    A mail that opens a case again may have been filed since they were looked for.
    """
    kind = KINDS[what]
    found = select(kind.key).where(kind.key.in_(ids), kind.due(before)).order_by(kind.key)
    return tuple(connection.execute(found.with_for_update()).scalars())


def runs(connection: Connection) -> tuple[Run, ...]:
    """Give what was done so far, by kind."""
    rows = connection.execute(select(retentions).order_by(retentions.c.what))
    return tuple(Run(row.what, row.at, row.erased) for row in rows)
