"""How fast mails go out, and so how many one connection takes at a time.

Where the MSA answers at once, one connection carries what comes and the others rest: threads that
all run hinder each other. Where it takes its time, each mail goes over a connection of its own.
"""

from threading import Lock

_AT_A_TIME = 0.25  # seconds that what one thread claims may take
_MOST = 25
_USUAL = 0.025  # seconds for a mail, before it is known
_WEIGHT = 0.3  # of the latest
_TOO_LONG = 1.0  # seconds after which what is left is for others


class Pace:
    """Shared by all threads of a courier."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._lock = Lock()
        self._seconds = _USUAL

    def took(self, seconds: float) -> None:
        """Note how long a mail took."""
        with self._lock:
            self._seconds += _WEIGHT * (seconds - self._seconds)

    @property
    def share(self) -> int:
        """How many mails a thread claims."""
        return max(1, min(int(_AT_A_TIME / max(self._seconds, 0.001)), _MOST))

    @property
    def is_quick(self) -> bool:
        """Whether whoever carries mail now is soon there for the next."""
        return self.share > 1

    @staticmethod
    def is_too_slow(seconds: float) -> bool:
        """Say whether a thread that has carried for so long gives back what is left."""
        return seconds > _TOO_LONG
