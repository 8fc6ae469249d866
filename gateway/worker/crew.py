"""A worker and the processes forked from it: who takes which mails.

In peace a worker takes them itself, all but the suspects. One whose predecessor died of a mail is
guarded: a process takes them in its place, so that the next such mail costs but a fork. That is
memory for safety, so after a while without a death it takes them itself again.
"""

import time
from collections.abc import Sequence
from itertools import chain
from socket import socket

from gateway.house import House
from gateway.store.house_time import HouseTime
from gateway.store.waiting import Wanted
from gateway.worker.aside import Aside
from gateway.worker.batches import Batches
from gateway.worker.deaths import QUIET_SECONDS
from gateway.worker.forked import Forked, is_alone


class Crew:
    """Takes what waits, by whomever."""

    def __init__(self, house: House, now: HouseTime, *, guarded: bool) -> None:
        """Prepare; nothing runs yet."""
        self._batches = Batches(house, now)
        self._aside = Aside(house, now)
        self._guarded = guarded
        self._stand_in = Forked(house, now, Wanted.SOUND, stays=True)

    def lines(self) -> Sequence[socket]:
        """Give what can be read when `take` has something to do."""
        return tuple(chain(self._aside.process.lines(), self._stand_in.lines()))

    def take(self, *, idle: bool) -> bool:
        """Take in a batch, or see to it that others do; False if there is nothing to do now."""
        self._aside.look(idle=idle)
        if self._guarded:
            self._guarded = self._guard()
        if self._guarded:
            return False
        apart = self._aside.process.is_running or is_alone()
        return self._batches.take(Wanted.SOUND if apart else Wanted.ALL)

    def wake(self) -> None:
        """Say that mail waits."""
        self._stand_in.wake()

    def finish(self) -> None:
        """Let all finish what is in their hands, and wait for their end."""
        for process in (self._stand_in, self._aside.process):
            process.ask_to_end()
        for process in (self._stand_in, self._aside.process):
            process.finish()

    def _guard(self) -> bool:
        """See to the process in this one's place; False if there is to be none any more."""
        stand_in = self._stand_in
        stand_in.hear()
        if time.monotonic() - stand_in.died_at > QUIET_SECONDS or not is_alone():
            stand_in.finish()
            return False
        return not stand_in.may_begin or stand_in.begin()
