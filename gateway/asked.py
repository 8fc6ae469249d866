"""What a running daemon is asked for from outside: to end, or to read its files anew."""

import signal
from queue import Empty, SimpleQueue

_RENEW = signal.SIGHUP
_END = (signal.SIGTERM, signal.SIGINT)


def delay_renewal() -> None:
    """Let SIGHUP wait until it is heeded: before that it would end the process.

    Whoever saves a file while a daemon starts may ask it at once to read the file anew.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {_RENEW})


class Asked:
    """Remembers what was asked for. `heed` signals from the main thread, then `renew` and wait."""

    def __init__(self) -> None:
        """Nothing has been asked for yet."""
        # A queue, since an Event must not be set by a signal that interrupts its waiter.
        self._asked: SimpleQueue[int] = SimpleQueue()

    def heed(self) -> None:
        """Remember signals from now on: SIGTERM and SIGINT ask to end, SIGHUP to renew."""
        for number in (*_END, _RENEW):
            signal.signal(number, lambda number, _: self._asked.put(number))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {_RENEW})

    def end(self) -> None:
        """Ask for the end from inside."""
        self._asked.put(0)

    def renew(self) -> bool:
        """Wait until something is asked for; True where that is to renew, False to end.

        Who asks many times to renew means it once, and the end comes before all of that.
        """
        asked = {self._asked.get()}
        try:
            while True:
                asked.add(self._asked.get_nowait())
        except Empty:
            return asked == {_RENEW}
