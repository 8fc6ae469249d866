"""What one batch may use up. The kernel enforces it, by ending the process.

There is nothing to clean up: what the worker held is freed by its supervisor, and a mail that
ends its worker again and again is filed unread (`store/spool.py`).
"""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.config.settings import Worker


class Limits:
    """Bounds on memory for the process, on processor and wall time for each batch."""

    def __init__(self, settings: Worker) -> None:
        """Take the bounds from the configuration."""
        self._settings = settings

    def bound_memory(self) -> None:
        """Bound this process's address space for good, and leave no core files."""
        bound = self._settings.memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    @contextmanager
    def one_batch(self) -> Iterator[None]:
        """End this process by a signal if the block takes too long, by the clock or in effort."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime) + 1 + self._settings.cpu_seconds
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        if hard != resource.RLIM_INFINITY:
            soft = min(soft, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
        signal.setitimer(signal.ITIMER_REAL, self._settings.wall_seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
