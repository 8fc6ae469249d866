"""After a start, and after a desk's file was changed: the timers of all cases are looked at once.

A timer that is new, or due sooner than it was, would be found by nobody else: the stored ones say
when to look.
"""

from datetime import datetime

from gateway.house import House
from gateway.store.planning import look, plan

_BATCH = 500
# So many batches at a time: other ticks have their turn.
_BATCHES = 10


class Replanning:
    """Goes through the open tickets of a house once, some at a time."""

    def __init__(self, house: House) -> None:
        """Begin with the first ticket."""
        self._house = house
        self._desks = {desk.name: desk for desk in house.desks}
        self._reached: int | None = 0

    def go_on(self, now: datetime) -> int:
        """Look at the next tickets; give how many had other timers than they have now.

        Raises Transient when the store does not answer.
        """
        renewed = 0
        for _ in range(_BATCHES):
            if self._reached is None:
                break
            with self._house.database.reading() as connection:
                found = look(connection, self._desks, self._reached, _BATCH, now)
            if found.outdated:
                with self._house.database.writing() as connection:
                    plan(connection, self._desks, found.outdated, now)
            renewed += len(found.outdated)
            self._reached = found.last or None
        return renewed
