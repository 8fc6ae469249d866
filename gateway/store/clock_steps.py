"""What a clock that was ahead has left behind: rows that wait for a time that is far away.

A lease, or a wait, that ends later than any could that began now was written under a clock that
somebody has set back since. Mail that it holds up would wait for as long as the clock was ahead,
hours or days, and so would a mailbox for its reader. Leases are shortened to what they may be from
now on, and not ended: who holds one may be at work, and of an outgoing mail nobody else may have
it meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, or_, update

from gateway.store.schema import leases, outbox, spool
from gateway.store.spool import is_waiting


@dataclass(frozen=True, slots=True)
class Longest:
    """How long anything ever waits: a worker's lease, a courier's, and a mail for the MSA.

    `lease` is that of what one process of all nodes does at a time, such as reading a mailbox.
    """

    worker_lease: timedelta
    courier_lease: timedelta
    retry: timedelta
    lease: timedelta

    # Of a mail that could not be taken in just now (worker/shift.py); not a setting.
    put_off = timedelta(minutes=2)


def put_right(connection: Connection, now: datetime, longest: Longest) -> int:
    """Let nothing wait for longer than it may; how many rows were held up."""
    changed = [
        update(spool)
        .where(is_waiting(), spool.c.not_before > now + longest.put_off)
        .values(not_before=now),
        update(spool)
        .where(is_waiting(), spool.c.lease_until > now + longest.worker_lease)
        .values(lease_until=now + longest.worker_lease),
        update(outbox)
        .where(outbox.c.settled_at.is_(None), outbox.c.lease_until > now + longest.courier_lease)
        .values(lease_until=now + longest.courier_lease),
        update(outbox)
        .where(
            outbox.c.settled_at.is_(None),
            or_(
                outbox.c.due_at > now + longest.retry,
                # Due when it was queued, which is not yet.
                and_(outbox.c.attempts == 0, outbox.c.due_at > now),
            ),
        )
        .values(due_at=now),
        update(leases)
        .where(leases.c.lease_until > now + longest.lease)
        .values(lease_until=now + longest.lease),
    ]
    return sum(connection.execute(statement).rowcount for statement in changed)
