"""The worker's process: `python -P -m gateway.worker`, started by the supervisor only.

It reads its orders and then wake-ups from standard input, and ends when that closes; it
writes a byte to standard output whenever it may have queued outgoing mail.
"""

import contextlib
import os
import select
import signal
import sys
import time

from gateway import logs
from gateway.config.log import LogFormat
from gateway.errors import Transient
from gateway.failpoint import reached
from gateway.house import open_house
from gateway.resolver import authenticator
from gateway.rspamd import Rspamd
from gateway.store.house_time import HouseTime
from gateway.worker.handover import receive
from gateway.worker.limits import Limits
from gateway.worker.shift import Shift

_LONGEST_WAIT = 1.0
# What the process ends with that has no memory left.
_NO_MEMORY = 12


def main() -> None:
    """Work until standard input closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logs.to_stderr()
    # numpy reserves tens of megabytes of addresses for each core otherwise, and ends the process
    # where they are bounded; what we multiply is small.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    orders = receive(sys.stdin.fileno())
    if orders is None:
        return
    reached("worker.ordered")
    logs.to_stderr(as_json=orders.configuration.settings.log.format is LogFormat.JSON)
    house = open_house(orders.configuration, orders.templates)
    house.database.bound_writing()
    limits = Limits(house.settings.worker)
    limits.bound_memory()
    # Asking needs no password; teaching does, and is not done here.
    rspamd = Rspamd(house.settings.spam, str, time.monotonic)
    now = HouseTime(house.database)
    shift = Shift(house, now, authenticator(house.settings), rspamd.ask)
    while True:
        with contextlib.suppress(Transient):  # the clock goes on by itself; the shift says so
            now.ask()
        with limits.one_batch():
            done = _one_batch(shift)
        if done:
            _tell()
        if _closed(wait=0.0 if done else _LONGEST_WAIT):
            break
    house.numbers.give_back()
    house.database.close()


def _one_batch(shift: Shift) -> bool:
    """Take in a batch; end where memory is used up, so that no mail pays for what others took."""
    try:
        return shift.one_batch()
    except MemoryError:
        # There may be no room even to say so: the supervisor does.
        os._exit(_NO_MEMORY)


def _tell() -> None:
    """Let the supervisor know that there may be outgoing mail; if it is gone, so are we soon."""
    with contextlib.suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), b".")


def _closed(wait: float) -> bool:
    """Wait for a wake-up for that many seconds; say whether the supervisor is gone."""
    wakes = sys.stdin.fileno()
    ready, _, _ = select.select([wakes], [], [], wait)
    return bool(ready) and not os.read(wakes, 4096)


if __name__ == "__main__":
    main()
