"""The gate before an MSA that is away: one connection is tried a back-off, not one a mail."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

_LOOK_AGAIN = 5.0


class Gate:
    """Shared by all threads; one that has a working connection need not ask."""

    def __init__(self) -> None:
        """Start open."""
        self._lock = Lock()
        self._failures = 0
        self._shut_at: datetime | None = None
        self._shut_until: datetime | None = None
        self._somebody_tries = False

    def allowance(self, now: datetime, most: int) -> int:
        """Say how many mails may be claimed: all, none, or one to try whether the MSA is back.

        Who was allowed one says how it went: `passed`, `shut` or `unused`.
        """
        with self._lock:
            if self._shut_until is None:
                return most
            if self._somebody_tries or self._is_shut(now):
                return 0
            self._somebody_tries = True
            return 1

    def opens_in(self, now: datetime) -> float:
        """Say in how many seconds it is worth asking again."""
        with self._lock:
            if self._shut_until is None:
                return 0.0
            if self._somebody_tries:
                return _LOOK_AGAIN
            return (self._shut_until - now).total_seconds() if self._is_shut(now) else 0.0

    def passed(self) -> bool:
        """Open: the MSA took a new connection. Whether the gate was shut."""
        with self._lock:
            was_shut = self._shut_until is not None
            self._failures = 0
            self._shut_until = None
            self._somebody_tries = False
            return was_shut

    def unused(self) -> None:
        """Let another try: there was nothing to try with."""
        with self._lock:
            self._somebody_tries = False

    def shut(self, now: datetime, pause: Callable[[int], timedelta]) -> datetime:
        """Shut, for as long as `pause` says for this many failures; until when.

        What other threads find out meanwhile is the same outage and prolongs nothing.
        """
        with self._lock:
            if self._shut_until is None or not self._is_shut(now):
                self._failures += 1
                self._shut_at = now
                self._shut_until = now + pause(self._failures)
            # Whoever was let through by a clock that was read before it shut has tried as well.
            self._somebody_tries = False
            return self._shut_until

    def _is_shut(self, now: datetime) -> bool:
        """Say whether it is, which ends where the time of day is set back to before it began."""
        if self._shut_at is None or self._shut_until is None:
            return False
        return self._shut_at <= now < self._shut_until
