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

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Aged:
    """What a process has of memory, and its age in seconds; one that was `forked`, or a worker."""

    pid: int
    forked: bool
    age: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Sample:
    """One look: seconds since the beginning, mails, and megabytes resident.

    `daemons` is of the daemon that has most, 0 where none is running; `workers` are all of them,
    and the processes forked from them.
    """

    at: float
    received: int
    waiting: int
    unsent: int
    unbalanced: int
    daemons: float
    workers: tuple[Aged, ...]

    @property
    def largest_worker(self) -> float:
        """Give what the one has that has most, 0 where none is running."""
        return max((one.megabytes for one in self.workers), default=0)


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
        tuple(_aged(pid, pids[0]) for pids in groups for pid in pids[1:]),
    )


def _aged(pid: int, daemon: int) -> Aged:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        up = float(Path("/proc/uptime").read_text().split()[0])
    except OSError:
        return Aged(pid, forked=False, age=0, megabytes=0)
    age = up - int(fields[19]) / _TICKS
    return Aged(pid, int(fields[1]) != daemon, age, _resident(pid))


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
