"""A bell for courier threads: there is mail, which wakes one, or it is time to stop."""

from threading import Condition


class Bell:
    """Counts its rings, so that one that came while nobody listened is heard all the same."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._rings = 0
        self._stopping = False

    @property
    def rings(self) -> int:
        """How often it rang so far."""
        with self._condition:
            return self._rings

    @property
    def stopping(self) -> bool:
        """Whether it rang to stop."""
        with self._condition:
            return self._stopping

    def ring(self, *, stop: bool = False) -> None:
        """Wake one who waits; to stop, everybody."""
        with self._condition:
            self._rings += 1
            self._stopping = self._stopping or stop
            if stop:
                self._condition.notify_all()
            else:
                self._condition.notify()

    def wait(self, heard: int, seconds: float) -> None:
        """Wait until it has rung more than `heard` times, at most so long."""
        with self._condition:
            self._condition.wait_for(lambda: self._rings > heard or self._stopping, seconds)
