"""A look at something slow, which all who ask meanwhile share."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class SharedLook(Generic[T]):
    """Looks once at a time, on a thread of its own: one that hangs holds up no other, nor our end.

    To be asked from one event loop.
    """

    def __init__(self, look: Callable[[], T]) -> None:
        """Look at nothing yet."""
        self._look = look
        self._found: Future[T] | None = None

    async def result(self, patience: float) -> T | None:
        """Give what is found within so many seconds, None if it takes longer.

        Raises what the look raises.
        """
        found = self._found
        if found is None or found.done():
            found = self._found = Future()
            Thread(target=self._run, args=(found,), daemon=True).start()
        try:
            # The look goes on, also where nobody waits for it any more.
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(found)), patience)
        except TimeoutError:
            return None

    def _run(self, found: Future[T]) -> None:
        try:
            found.set_result(self._look())
        except BaseException as error:  # whoever asked gets it
            found.set_exception(error)
