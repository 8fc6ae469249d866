"""What is looked at again and again while the load goes on: books and memory."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from gateway.store import books
from gateway.store.schema import outbox, spool
from gateway.store.spool import State
from soak.fleet import Fleet

_PAGE = os.sysconf("SC_PAGE_SIZE")
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """One look: seconds since the beginning, mails, and megabytes resident.

    `daemons` and `workers` are of the process that has most; 0 where none is running.
    """

    at: float
    received: int
    waiting: int
    unsent: int
    unbalanced: int
    daemons: float
    workers: float


def look(fleet: Fleet, at: float) -> Sample:
    """Take a sample."""
    with fleet.database.reading() as connection:
        accounts = books.accounts(connection)
        unsent = select(func.count()).select_from(outbox).where(outbox.c.settled_at.is_(None))
        waiting = select(func.count()).select_from(spool).where(spool.c.state == State.WAITING)
        wait, to_send = (connection.execute(one).scalar_one() for one in (waiting, unsent))
    groups = [node.processes() for node in fleet.nodes if not node.ended]
    return Sample(
        at,
        sum(account.received for account in accounts),
        wait,
        to_send,
        sum(abs(account.difference) for account in accounts),
        max((_resident(pids[0]) for pids in groups), default=0),
        max((_resident(pid) for pids in groups for pid in pids[1:]), default=0),
    )


def _resident(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * _PAGE / _MEGABYTE


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value that so many of them are not above; 0 where there are none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
