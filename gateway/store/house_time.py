"""The time that all nodes of a house go by: that of the database's server, where there is one.

Leases, limits and what is due are written by one node and read by another, whose clock may be
minutes off. So each asks the server for the time now and then, and counts on from there by a clock
that nobody sets. With SQLite there is one machine, and its own clock holds.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from gateway.store.database import Database

ASKED_EACH = timedelta(minutes=1)
"""So often it is worth asking anew; meanwhile no two machines drift apart by much."""
# An answer that took longer says too little.
_SLOWEST = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A time of the server, and what the machine's counter said then, in seconds."""

    at: datetime
    counted: float


class HouseTime:
    """Give the time in UTC when called; safe for several threads."""

    def __init__(
        self,
        database: Database,
        own: Callable[[], datetime] = lambda: datetime.now(UTC),
        counter: Callable[[], float] | None = None,
    ) -> None:
        """Start with the machine's `own` time; `counter` counts seconds, also of a sleep."""
        self._database = database
        self._own = own
        self._counter = counter or seconds_running
        self._mark: _Mark | None = None

    def __call__(self) -> datetime:
        """Give the time."""
        mark = self._mark
        if mark is None:
            return self._own()
        return mark.at + timedelta(seconds=self._counter() - mark.counted)

    def is_due(self) -> bool:
        """Say whether the server should be asked."""
        if self._database.is_sqlite:
            return False
        mark = self._mark
        return mark is None or self._counter() - mark.counted >= ASKED_EACH.total_seconds()

    def ask(self) -> None:
        """Ask the server if that is due. Raises Transient."""
        if self.is_due():
            with self._database.reading() as connection:
                self.ask_by(lambda: connection.execute(text(TIME_OF_SERVER)).scalar_one())

    def ask_by(self, answer: Callable[[], datetime]) -> None:
        """Set it by the server's answer to TIME_OF_SERVER.

        It was given somewhere between the question and its coming: half of that time ago.
        """
        asked = self._counter()
        at = answer()
        heard = self._counter()
        if self._mark is None or heard - asked <= _SLOWEST.total_seconds():
            self._mark = _Mark(at.astimezone(UTC), (asked + heard) / 2)


TIME_OF_SERVER = "SELECT clock_timestamp()"


def seconds_running() -> float:
    """Count seconds by a clock that nobody sets, and that goes on while the machine sleeps."""
    # Linux has it; elsewhere a clock has to do that may stand still while the machine sleeps.
    boottime: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)
