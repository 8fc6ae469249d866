"""Numbers that are known before a transaction writes them, and are never given twice.

A process reserves blocks; the reservation reaches the disk with or before the first durable commit
that uses one of its numbers. A process that dies leaves a gap: of ids that nobody sees, a wide one;
of case numbers none, where they are given one by one, and a small one in the middle of a rush.
"""

from collections.abc import Callable
from threading import Lock

from sqlalchemy import update

from gateway.config.case_number import CaseNumberPattern
from gateway.failpoint import reached
from gateway.store.database import Database, insert
from gateway.store.schema import counters

TICKET = "ticket"
ENTRY = "entry"
OUTBOX = "outbox"

_ID_BLOCK = 1000
_LARGEST_CASE_BLOCK = 64
# A block of case numbers that is used up within so many seconds is followed by one twice as large.
_RUSH = 10.0


def case_of(pattern: CaseNumberPattern) -> str:
    """Name the counter of the case numbers that a pattern makes.

    Not the desk's: a desk may be renamed, and two may exchange their patterns.
    """
    return f"case:{'|'.join(pattern.pieces)}"


class Numbers:
    """Gives numbers from blocks reserved for this process; safe for several threads."""

    def __init__(self, database: Database, seconds: Callable[[], float]) -> None:
        """Start without any block; `seconds` is a clock that only goes forward."""
        self._database = database
        self._seconds = seconds
        # Of each counter of case numbers: the size of the last block, and when it was reserved.
        self._last: dict[str, tuple[int, float]] = {}
        self._next: dict[str, int] = {}
        self._end: dict[str, int] = {}
        self._lock = Lock()

    def take(self, counter: str) -> int:
        """Give the next number of a counter, counting from 1. Raises Transient."""
        with self._lock:
            number = self._next.get(counter, 0)
            if number == self._end.get(counter, 0):
                number, self._end[counter] = self._reserve(counter)
            self._next[counter] = number + 1
            return number

    def give_back(self) -> None:
        """Return what was reserved and not used, where nobody has reserved since."""
        with self._lock, self._database.writing(durable=False) as connection:
            for counter, end in self._end.items():
                connection.execute(
                    update(counters)
                    .where(counters.c.name == counter, counters.c.next == end)
                    .values(next=self._next[counter])
                )
            self._next.clear()
            self._end.clear()

    def _reserve(self, counter: str) -> tuple[int, int]:
        size = self._case_block(counter) if counter.startswith("case:") else _ID_BLOCK
        with self._database.writing(durable=False) as connection:
            entry = insert(connection, counters).values(name=counter, next=1 + size)
            end = connection.execute(
                entry.on_conflict_do_update(
                    index_elements=[counters.c.name], set_={"next": counters.c.next + size}
                ).returning(counters.c.next)
            ).scalar_one()
        reached("numbers.reserved")
        return end - size, end

    def _case_block(self, counter: str) -> int:
        """Say how many case numbers to reserve: one, unless the last ones went fast."""
        now = self._seconds()
        size, since = self._last.get(counter, (0, now))
        rush = now - since <= _RUSH
        size = min(2 * size, _LARGEST_CASE_BLOCK) if size and rush else 1
        self._last[counter] = size, now
        return size
