"""The worker's process: `python -P -m gateway.worker`, started by the supervisor only.

It reads its orders and then wake-ups from standard input, and ends when that closes; it
writes a byte to standard output whenever it may have queued outgoing mail. So do the processes
that it forks (`crew.py`), which end before it does.
"""

import os
import select
import signal
import sys

from gateway import logs
from gateway.config.log import LogFormat
from gateway.failpoint import reached
from gateway.house import open_house
from gateway.store.house_time import HouseTime
from gateway.worker.crew import Crew
from gateway.worker.forked import LONGEST_WAIT
from gateway.worker.handover import GUARDED, receive
from gateway.worker.limits import Limits


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
    Limits(house.settings.worker).bound_memory()
    now = HouseTime(house.database)
    crew = Crew(house, now, guarded=GUARDED in sys.argv)
    done = True
    while _waited(crew, 0.0 if done else LONGEST_WAIT):
        done = crew.take(idle=not done)
    crew.finish()
    house.numbers.give_back()
    house.database.close()


def _waited(crew: Crew, seconds: float) -> bool:
    """Wait so long for a wake-up, or for what the crew says; False if the supervisor is gone."""
    wakes = sys.stdin.fileno()
    ready, _, _ = select.select([wakes, *crew.lines()], [], [], seconds)
    if wakes in ready:
        if not os.read(wakes, 4096):
            return False
        crew.wake()
    return True


if __name__ == "__main__":
    main()
