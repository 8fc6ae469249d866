"""To whom agents have written many answers lately, as a machine behind their address does."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, text

from gateway.store.portions import portions
from gateway.store.schema import entries, outbox

_HOUR = timedelta(hours=1)
# As the index has it: SQLite takes an index of some rows for no condition but its own.
_ANSWER = text("template = 'customer/answer'")


def answered(
    connection: Connection, agents: Collection[str], most: int, now: datetime
) -> dict[str, frozenset[str]]:
    """Give to whom each of these agents has written `most` answers in the last hour, or more.

    An answer on an incident counts once, however many reports of one person it answers.
    """
    found: dict[str, set[str]] = {}
    for some in portions(agents):
        rows = connection.execute(
            select(entries.c.author, outbox.c.recipient)
            .join(entries, entries.c.id == outbox.c.entry)
            .where(
                _ANSWER,
                outbox.c.queued_at >= now - _HOUR,
                entries.c.author.in_(some),
                entries.c.spool.is_not(None),
            )
            .group_by(entries.c.author, outbox.c.recipient)
            .having(func.count(outbox.c.entry.distinct()) >= most)
        )
        for row in rows:
            found.setdefault(row.author, set()).add(row.recipient)
    return {agent: frozenset(addresses) for agent, addresses in found.items()}
