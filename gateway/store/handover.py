"""What a courier writes of mails that it hands over: marks before DATA, and what became of them.

Those of many connections share a transaction, and a statement for all of them costs a tenth of one
for each.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, Update, bindparam, func, select, update

from gateway.store.bulk import Row, write_rows
from gateway.store.claims import FREED
from gateway.store.schema import outbox


class Change(NamedTuple):
    """What is written of mails of ours, and how to ask whether one is ours, before and after."""

    written: Update
    is_ours: Select[tuple[int]]


def _of(*ours: ColumnElement[bool]) -> Change:
    one = (outbox.c.id == bindparam("mail"), outbox.c.epoch == bindparam("claim"), *ours)
    return Change(update(outbox).where(*one), select(outbox.c.id).where(*one))


_CLAIMED = _of(outbox.c.claimed_by != "", outbox.c.settled_at.is_(None))
MARKED = _CLAIMED._replace(
    written=_CLAIMED.written.values(
        data_at=bindparam("now", type_=outbox.c.data_at.type),
        lease_until=bindparam("until", type_=outbox.c.lease_until.type),
    )
)
"""Notes that a mail is about to go: `mail`, `claim`, `now`, `until`."""

_LATEST = _of()
SETTLED = _LATEST._replace(
    written=_LATEST.written.values(
        **FREED,
        state=bindparam("became"),
        data_at=None,
        due_at=func.coalesce(bindparam("again", type_=outbox.c.due_at.type), outbox.c.due_at),
        settled_at=bindparam("at", type_=outbox.c.settled_at.type),
        uncertain_times=outbox.c.uncertain_times + bindparam("unsure"),
        last_reply=bindparam("reply"),
    )
)
"""Writes down what came of an attempt; `at` is when all is over, `unsure` counts as 0 or 1."""


def each(connection: Connection, change: Change, rows: Sequence[Row]) -> list[bool]:
    """Write a change for each row; say of each whether that mail was ours.

    A statement for many rows does not say which it missed, so that is asked where it missed any.
    """
    if write_rows(connection, change.written, rows) == len(rows):
        return [True] * len(rows)
    return [connection.execute(change.is_ours, dict(row)).first() is not None for row in rows]
