"""Batch after batch within what one may use up, and a word to the supervisor after each."""

import contextlib
import os
import sys
import time

from gateway.errors import Transient
from gateway.house import House
from gateway.resolver import authenticator
from gateway.rspamd import Rspamd
from gateway.store.house_time import HouseTime
from gateway.store.waiting import Wanted
from gateway.worker.limits import Limits
from gateway.worker.shift import Shift

# What the process ends with that has no memory left.
_NO_MEMORY = 12


class Batches:
    """Takes batches in for one process: what it has open is not for a process forked from it."""

    def __init__(self, house: House, now: HouseTime) -> None:
        """Prepare; nothing is claimed."""
        # Asking needs no password; teaching does, and is not done here.
        rspamd = Rspamd(house.settings.spam, str, time.monotonic)
        self._limits = Limits(house.settings.worker)
        self._now = now
        self._shift = Shift(house, now, authenticator(house.settings), rspamd.ask)

    def take(self, wanted: Wanted) -> bool:
        """Take in one batch; False if nothing waited or the store did not answer."""
        with contextlib.suppress(Transient):  # the clock goes on by itself; the shift says so
            self._now.ask()
        with self._limits.one_batch():
            done = self._one(wanted)
        if done:
            _tell()
        return done

    def _one(self, wanted: Wanted) -> bool:
        """End where memory is used up, so that no mail pays for what others took."""
        try:
            return self._shift.one_batch(wanted)
        except MemoryError:
            # There may be no room even to say so: the supervisor does.
            os._exit(_NO_MEMORY)


def _tell() -> None:
    """Let the supervisor know that there may be outgoing mail; if it is gone, so are we soon."""
    with contextlib.suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), b".")
