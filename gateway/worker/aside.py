"""Suspect mails are taken aside: by a process beside the worker, one by one.

A mail that ends that process ends no worker, which meanwhile goes on with the mails that nobody
suspects. It is there only while there are suspects.
"""

import time

from gateway.errors import Transient
from gateway.house import House
from gateway.store.house_time import HouseTime
from gateway.store.waiting import Wanted, suspects_wait
from gateway.worker.forked import Forked

# While other mail keeps a worker busy, it looks for suspects so often, in seconds.
_LOOK_EACH = 0.5


class Aside:
    """Has suspects taken for one worker."""

    def __init__(self, house: House, now: HouseTime) -> None:
        """Prepare; nothing runs yet."""
        self._house = house
        self._now = now
        self._next = 0.0
        self.process = Forked(house, now, Wanted.SUSPECT, stays=False)

    def look(self, *, idle: bool) -> None:
        """Learn what the process did, and start one if suspects wait."""
        self.process.hear()
        moment = time.monotonic()
        if (idle or moment >= self._next) and self.process.may_begin:
            self._next = moment + _LOOK_EACH
            if self._is_wanted():
                self.process.begin()

    def _is_wanted(self) -> bool:
        try:
            self._now.ask()
            with self._house.database.reading() as connection:
                return suspects_wait(connection, self._now())
        except Transient:
            return False  # Whoever claims next says so.
