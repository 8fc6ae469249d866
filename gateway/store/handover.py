"""What a courier writes of mails that it hands over: marks before DATA, and what became of them.

Those of many connections share a transaction, and a statement for all of them costs a tenth of one
for each.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, Update, bindparam, func, update

from gateway.store.bulk import Row, write_rows
from gateway.store.claims import FREED
from gateway.store.schema import outbox

MARKED = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("mail"),
        outbox.c.epoch == bindparam("claim"),
        outbox.c.claimed_by != "",
        outbox.c.settled_at.is_(None),
    )
    .values(
        data_at=bindparam("now", type_=outbox.c.data_at.type),
        lease_until=bindparam("until", type_=outbox.c.lease_until.type),
    )
)
"""Notes that a mail is about to go: `mail`, `claim`, `now`, `until`."""

SETTLED = (
    update(outbox)
    .where(outbox.c.id == bindparam("mail"), outbox.c.epoch == bindparam("claim"))
    .values(
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


def each(connection: Connection, statement: Update, rows: Sequence[Row]) -> list[bool]:
    """Carry out a statement for each row; say of each whether there was such a mail.

    All of them at once, as long as none is missing. Else it is undone and found out one by one,
    since a statement for many rows does not say which.
    """
    if len(rows) <= 1:
        return [write_rows(connection, statement, [row]) == 1 for row in rows]
    every = connection.begin_nested()
    if write_rows(connection, statement, rows) == len(rows):
        every.commit()
        return [True] * len(rows)
    every.rollback()
    return [write_rows(connection, statement, [row]) == 1 for row in rows]
