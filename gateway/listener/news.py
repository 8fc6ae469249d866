"""That a commit is done, from the thread that commits to the loop where clients wait for it.

Many mails are committed together. To wake a loop, or a worker, costs as much for one of them as for
all, and the thread that commits gives up its turn each time.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress

_Waiter = asyncio.Future[None]


class News:
    """Collects who is to hear of it until `tell` is called; safe for several threads.

    `received` is called once for all mails that were received.
    """

    def __init__(self, received: Callable[[], None]) -> None:
        self._received = received
        self._any = False
        self._waiters: deque[tuple[asyncio.AbstractEventLoop, _Waiter]] = deque()

    def came(self) -> None:
        """Note that a mail was received."""
        self._any = True

    def done(self, loop: asyncio.AbstractEventLoop, waiter: _Waiter) -> None:
        """Note that a loop's waiter waits no more."""
        self._waiters.append((loop, waiter))

    def tell(self) -> None:
        """Tell everybody."""
        if self._any:
            self._any = False
            self._received()
        loops: dict[asyncio.AbstractEventLoop, list[_Waiter]] = {}
        with suppress(IndexError):
            while True:
                loop, waiter = self._waiters.popleft()
                loops.setdefault(loop, []).append(waiter)
        for loop, waiters in loops.items():
            with suppress(RuntimeError):  # The listener may have ended meanwhile.
                loop.call_soon_threadsafe(_wake, waiters)


def _wake(waiters: list[_Waiter]) -> None:
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(None)
