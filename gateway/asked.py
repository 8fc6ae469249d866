"""What a running daemon is asked for from outside: to end, or to read its files anew."""

import os
import select
import signal
from contextlib import suppress

_RENEW = signal.SIGHUP
_END = (signal.SIGTERM, signal.SIGINT)
_FROM_INSIDE = 0
_MOST = 4096


def delay_renewal() -> None:
    """Let SIGHUP wait until it is heeded: before that it would end the process.

    Whoever saves a file while a daemon starts may ask it at once to read the file anew.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {_RENEW})


class Asked:
    """Remembers what was asked for. `heed` signals from the main thread, then `renew` and wait."""

    def __init__(self) -> None:
        """Nothing has been asked for yet."""
        self._ended = False
        # The ends of a pipe, once signals are heeded.
        self._bell = self._rope = -1

    def heed(self) -> None:
        """Remember signals from now on: SIGTERM and SIGINT ask to end, SIGHUP to renew.

        Their numbers come by a pipe. The system may give a signal to any thread, and if that is
        not the main one, nothing else wakes whoever waits there.
        """
        self._bell, self._rope = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(self._rope, warn_on_full_buffer=False)
        for number in (*_END, _RENEW):
            signal.signal(number, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {_RENEW})

    def end(self) -> None:
        """Ask for the end from inside."""
        self._ended = True
        if self._rope != -1:
            # A pipe that is full is heard all the same.
            with suppress(BlockingIOError):
                os.write(self._rope, bytes([_FROM_INSIDE]))

    def renew(self) -> bool:
        """Wait until something is asked for; True where that is to renew, False to end.

        Who asks many times to renew means it once, and the end comes before all of that.
        """
        while not self._ended:
            select.select([self._bell], [], [])
            asked = set(os.read(self._bell, _MOST))
            if not asked.isdisjoint({*_END, _FROM_INSIDE}):
                break
            if _RENEW in asked:
                return True
        return False
